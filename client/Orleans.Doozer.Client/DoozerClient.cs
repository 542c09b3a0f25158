using System.Runtime.CompilerServices;
using Orleans.Doozer.Grains;

namespace Orleans.Doozer;

/// <summary>
/// A store as an application uses it, over any Orleans client or a silo's own grain factory. Make one for each store and keep it:
/// it is safe for concurrent use, and its writes carry its identity, so that a retry of a write is recognized as one.
/// </summary>
/// <remarks>
/// A cancelled write throws <see cref="OperationCanceledException"/> and may still happen. The memory that is passed as a value
/// must not change until the call has completed: a retry reads it again.
/// </remarks>
public sealed class DoozerClient : IDoozer
{
    private readonly DoozerClientOptions _options;
    private readonly StoreCaller _caller;
    private readonly Watches _watches;
    private readonly LogPosition _position;
    private readonly Func<Task<long>> _askPosition;
    private readonly Guid _client = Guid.NewGuid();
    private long _sequence;

    /// <summary>Makes a client; nothing is called before its first request.</summary>
    /// <param name="grains">An Orleans client, or a silo's grain factory.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <param name="time">The clock for time limits and pauses; null for the system's.</param>
    /// <exception cref="ArgumentException">A setting is wrong; the message says which.</exception>
    public DoozerClient(IGrainFactory grains, DoozerClientOptions? options = null, TimeProvider? time = null)
        : this(grains, options, new GatewayLosses(), time)
    {
    }

    internal DoozerClient(IGrainFactory grains, DoozerClientOptions? options, GatewayLosses losses, TimeProvider? time)
    {
        ArgumentNullException.ThrowIfNull(grains);
        _options = options ?? new DoozerClientOptions();
        if (_options.Describe() is { } problem)
        {
            throw new ArgumentException(problem, nameof(options));
        }

        _caller = new StoreCaller(grains, _options, losses, time ?? TimeProvider.System);
        _watches = new Watches(grains, _options, _caller, new NodePicker(_caller));
        _position = new LogPosition(time ?? TimeProvider.System);
        _askPosition = AskPositionAsync;
    }

    /// <inheritdoc/>
    public string Store => _options.Store;

    /// <inheritdoc/>
    public async Task<DoozerEntry?> GetAsync(
        string path, DoozerRead read = default, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(path);
        var reply = await _caller.GetAsync(new ReadRequest(path, read), cancellationToken).ConfigureAwait(false);
        _position.Learn(reply.Status.Position);
        return reply.Entry;
    }

    /// <inheritdoc/>
    public async Task<DoozerStat> StatAsync(string path, DoozerRead read = default, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(path);
        var reply = await _caller.ReadAsync(
            new ReadRequest(path, read), read, static (door, request, token) => door.Stat(request, token),
            static reply => reply.Status, cancellationToken).ConfigureAwait(false);
        _position.Learn(reply.Status.Position);
        return reply.Stat;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> ListAsync(
        string path, DoozerRead read = default, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(path);
        var request = new ReadRequest(path, read, null, _options.PageSize);
        List<string>? names = null;
        while (true)
        {
            var reply = await _caller.ReadAsync(
                request, request.Read, static (door, page, token) => door.List(page, token), static page => page.Status,
                cancellationToken).ConfigureAwait(false);
            _position.Learn(reply.Status.Position);
            if (!reply.More && names is null)
            {
                return reply.Names;
            }

            names ??= [];
            names.AddRange(reply.Names);
            if (!reply.More)
            {
                return names;
            }

            // All pages tell of the revision that the first was read at, whichever node brings them.
            var at = names.Count == reply.Names.Length ? DoozerRead.At(reply.Status.Revision) : request.Read;
            request = request with { Read = at, After = names[^1] };
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<DoozerEntry> WalkAsync(
        string glob, DoozerRead read = default, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(glob);
        var request = new WalkRequest(glob, read, null, _options.PageSize);
        while (true)
        {
            var reply = await _caller.ReadAsync(
                request, request.Read, static (door, page, token) => door.Walk(page, token), static page => page.Status,
                cancellationToken).ConfigureAwait(false);
            _position.Learn(reply.Status.Position);
            foreach (var entry in reply.Entries)
            {
                yield return entry;
            }

            if (!reply.More)
            {
                yield break;
            }

            var at = request.After is null ? DoozerRead.At(reply.Status.Revision) : request.Read;
            request = request with { Read = at, After = reply.Entries[^1].Path };
        }
    }

    /// <inheritdoc/>
    public async Task<Revision> RevisionAsync(DoozerRead read = default, CancellationToken cancellationToken = default)
    {
        var status = await _caller.ReadAsync(
            read, read, static (door, how, token) => door.Position(how, token), static status => status, cancellationToken)
            .ConfigureAwait(false);
        _position.Learn(status.Position);
        return status.Revision;
    }

    /// <inheritdoc/>
    public Task<Revision> SetAsync(
        string path, ReadOnlyMemory<byte> value, Revision expected, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(path);
        return WriteAsync(WriteKind.Set, path, value, expected, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<Revision> CreateAsync(string path, ReadOnlyMemory<byte> value, CancellationToken cancellationToken = default) =>
        SetAsync(path, value, Revision.Missing, cancellationToken);

    /// <inheritdoc/>
    public Task<Revision> DeleteAsync(string path, Revision expected, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(path);
        return WriteAsync(WriteKind.Delete, path, default, expected, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<Revision> NopAsync(CancellationToken cancellationToken = default) =>
        WriteAsync(WriteKind.Nop, DoozerPath.Root, default, Revision.Clobber, cancellationToken);

    /// <inheritdoc/>
    public async Task<DoozerEvent> WaitAsync(string glob, Revision from, CancellationToken cancellationToken = default)
    {
        await foreach (var change in _watches.ReadAsync(Glob.Parse(glob), from, cancellationToken).ConfigureAwait(false))
        {
            return change;
        }

        throw new InvalidOperationException("a watch ends by cancellation or with its first event");
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<DoozerEvent> WatchAsync(
        string glob, Revision? from = null, CancellationToken cancellationToken = default)
    {
        // Not in the enumerator: a bad pattern is told to the caller at once.
        var parsed = Glob.Parse(glob);
        return from is { } revision
            ? _watches.ReadAsync(parsed, revision, cancellationToken)
            : WatchFromNowAsync(parsed, cancellationToken);
    }

    private async IAsyncEnumerable<DoozerEvent> WatchFromNowAsync(
        Glob glob, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var now = await RevisionAsync(DoozerRead.Linearizable, cancellationToken).ConfigureAwait(false);
        var changes = _watches.ReadAsync(glob, now.Next, cancellationToken);
        await foreach (var change in changes.ConfigureAwait(false))
        {
            yield return change;
        }
    }

    private async Task<Revision> WriteAsync(
        WriteKind kind, string path, ReadOnlyMemory<byte> value, Revision expected, CancellationToken cancellationToken)
    {
        var since = await _position.GetAsync(_askPosition, cancellationToken).ConfigureAwait(false);
        var id = new RequestId(_client, Interlocked.Increment(ref _sequence), since);
        var request = new WriteRequest(id, kind, path, value, expected);
        var reply = await _caller.WriteAsync(request, cancellationToken).ConfigureAwait(false);
        _position.Learn(reply.Position);
        return reply.Error == DoozerErrorCode.None ? reply.Revision : throw DoozerException.From(reply.Error, reply.Detail);
    }

    private async Task<long> AskPositionAsync()
    {
        var route = await _caller.RouteAsync(CancellationToken.None).ConfigureAwait(false);
        _position.Learn(route.Status.Position);
        return route.Status.Position;
    }
}
