using System.Text;
using Orleans.Doozer.Consensus;
using Orleans.Doozer.Grains;
using Orleans.Doozer.KeyStore;
using Orleans.Doozer.Runtime;
using Orleans.Doozer.Runtime.Front;

namespace Orleans.Doozer.Gateway.Tests.Support;

/// <summary>A store of one node: the shipping state machine, every write a slot of its own.</summary>
internal sealed class SingleNodeStore : IStoreNode, IStoreNodes
{
    public const string SelfId = "ABCDEFGHIJKLMNOP";
    private readonly object _gate = new();
    private readonly StateMachine _machine;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _sequence;

    public SingleNodeStore(int history = 1000)
    {
        _machine = StateMachine.CreateGenesis(
            ControlFiles.Genesis("local", Self, "127.0.0.1:8046", "host", "0.1"), new() { History = history });
    }

    public string Store => "default";

    public NodeId Self { get; } = NodeId.Parse(SelfId);

    public NodeId Leader => Self;

    public bool HasJoined { get; set; } = true;

    public StoreView Current => _machine.Current;

    /// <summary>What STATUS is to answer with.</summary>
    public NodeStatus Status { get; set; } = new()
    {
        Node = NodeId.Parse(SelfId),
        Store = "default",
        Address = "127.0.0.1:8046",
        HostName = "host",
        Version = "0.1",
        Uptime = TimeSpan.FromMilliseconds(1234.5),
        ClusterName = "local",
        ClusterId = "c1",
        Journal = "sqlite",
        HasJoined = true,
        Leader = NodeId.Parse("LEADER"),
        BallotRound = 7,
        Voters = [NodeId.Parse("LEADER"), NodeId.Parse(SelfId)],
        IsVoter = true,
        IsBehind = true,
        Applied = new(100),
        Accepted = new(102),
        Revision = new(90),
        OldestRevision = new(5),
        Files = 12,
        Bytes = 3456,
    };

    /// <summary>Calls of <see cref="WatchAsync"/> that have not returned.</summary>
    public Signal Watching { get; } = new();

    /// <summary>Calls of <see cref="WriteAsync"/> that have begun.</summary>
    public Signal WritesBegun { get; } = new();

    /// <summary>Runs before a write: to hold it back, or to answer it otherwise.</summary>
    public Func<WriteRequest, Task<WriteReply?>>? OnWrite { get; set; }

    /// <summary>Runs before a read.</summary>
    public Func<DoozerRead, CancellationToken, Task>? OnRead { get; set; }

    public IStoreNode Get(string store) =>
        store == Store ? this : throw new DoozerException(DoozerErrorCode.Other, $"there is no store '{store}' here");

    public RequestId NewRequestId() => new(Guid.Empty, Interlocked.Increment(ref _sequence), 0);

    public long Set(string path, string value) => Apply(WriteKind.Set, path, value);

    public long Delete(string path) => Apply(WriteKind.Delete, path, "");

    public long Nop() => Apply(WriteKind.Nop, "/", "");

    public async Task<StoreView> ReadAsync(DoozerRead read, CancellationToken cancellationToken)
    {
        if (OnRead is { } hook)
        {
            await hook(read, cancellationToken);
        }

        while (read.Consistency == ReadConsistency.At)
        {
            var changed = Volatile.Read(ref _changed).Task;
            if (_machine.History.TryGetView(read.Revision, out var view))
            {
                return view;
            }

            if (read.Revision <= Current.Revision)
            {
                throw new DoozerTooLateException("gone");
            }

            await changed.WaitAsync(cancellationToken);
        }

        return Current;
    }

    public async Task<WriteReply> WriteAsync(WriteRequest request, CancellationToken cancellationToken)
    {
        WritesBegun.Add(1);
        if (OnWrite is { } hook && await hook(request) is { } reply)
        {
            return reply;
        }

        cancellationToken.ThrowIfCancellationRequested();
        var outcome = Apply(new Command(request.Id, request.Kind, request.Path, request.Value, request.Expected));
        return new(outcome.Error, null, outcome.Revision, 0);
    }

    public async Task<WatchReply> WatchAsync(WatchRequest request, CancellationToken cancellationToken)
    {
        var glob = Glob.Parse(request.Glob);
        Watching.Add(1);
        try
        {
            while (true)
            {
                var changed = Volatile.Read(ref _changed).Task;
                var page = _machine.History.Read(request.From, int.MaxValue);
                var events = page.Events.Where(change => glob.IsMatch(change.Path)).Take(request.Limit).ToArray();
                if (page.TooLate || events.Length > 0)
                {
                    return new(StatusOf(page.TooLate ? DoozerErrorCode.TooLate : DoozerErrorCode.None), events, page.Next);
                }

                try
                {
                    await changed.WaitAsync(request.MaxWait, cancellationToken);
                }
                catch (TimeoutException)
                {
                    return new(StatusOf(DoozerErrorCode.None), [], page.Next);
                }
            }
        }
        finally
        {
            Watching.Add(-1);
        }
    }

    private ReadStatus StatusOf(DoozerErrorCode error) => new(error, null, Current.Revision, 0);

    private long Apply(WriteKind kind, string path, string value)
    {
        var outcome = Apply(new Command(null, kind, path, Encoding.UTF8.GetBytes(value), Revision.Clobber));
        Assert.Equal(DoozerErrorCode.None, outcome.Error);
        return outcome.Revision.Value;
    }

    private CommandOutcome Apply(Command command)
    {
        lock (_gate)
        {
            var outcome = _machine.Apply(_machine.Applied.Next, BatchCodec.Encode([CommandCodec.Encode(command)]))[0];
            var next = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Interlocked.Exchange(ref _changed, next).TrySetResult();
            return outcome;
        }
    }
}
