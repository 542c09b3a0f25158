using System.Collections.Concurrent;
using System.Reflection;
using Orleans.Doozer.Grains;

namespace Orleans.Doozer.Runtime.Tests.Client;

/// <summary>A grain factory whose grains do what a test says: no cluster, no network.</summary>
public class FakeStore : DispatchProxy
{
    private readonly ConcurrentDictionary<string, object> _grains = new();
    private int _follows;

    public ConcurrentQueue<WriteRequest> Writes { get; } = new();

    /// <summary>The key of the front door of each.</summary>
    public ConcurrentQueue<string> WriteDoors { get; } = new();

    /// <summary>The front doors that stand at the leader.</summary>
    public string[] LeaderDoors { get; set; } = [];

    /// <summary>The front doors that answer nobody.</summary>
    public string[] FrozenDoors { get; set; } = [];

    /// <summary>The key of the front door of each question where it stands.</summary>
    public ConcurrentQueue<string> RouteDoors { get; } = new();

    public ConcurrentQueue<(string Key, WatchRequest Request)> Polls { get; } = new();

    public ConcurrentQueue<(string Key, WatchStreamChange Change)> Changes { get; } = new();

    /// <summary>What becomes of a change of a watch stream.</summary>
    public Func<WatchStreamChange, WatchStreamChanged> OnChange { get; set; } = _ => new WatchStreamChanged(default, []);

    /// <summary>What becomes of the n-th question to a watch stream, from 0; of the next ones, nothing.</summary>
    public List<Func<Task<WatchStreamReply>>> OnFollow { get; set; } = [];

    /// <summary>What becomes of the n-th attempt to write, from 0.</summary>
    public Func<int, Task<WriteReply>> OnWrite { get; set; } =
        _ => Task.FromResult(new WriteReply(DoozerErrorCode.None, null, new Revision(1), 1));

    /// <summary>How many requests each call with several had.</summary>
    public ConcurrentQueue<int> WriteCalls { get; } = new();

    public ConcurrentQueue<int> GetCalls { get; } = new();

    /// <summary>How a call with several writes fails, after they were carried out; null when it does not.</summary>
    public Func<WriteRequest[], Exception?> OnWriteAll { get; set; } = _ => null;

    /// <summary>What becomes of a read.</summary>
    public Func<ReadRequest, GetReply> OnGet { get; set; } = request =>
        new GetReply(new ReadStatus(DoozerErrorCode.None, null, new Revision(5), 7), new DoozerEntry(request.Path, default, new Revision(5)));

    /// <summary>What becomes of several.</summary>
    public Func<ReadRequest[], GetReply?[]> OnGetAll { get; set; } = _ => throw new TimeoutException("no reads");

    /// <summary>What becomes of the n-th poll of a watch, from 0.</summary>
    public Func<int, Task<WatchReply>> OnWait { get; set; } = _ => throw new TimeoutException("no watch");

    /// <summary>Where the front door says it stands.</summary>
    public Func<RouteReply> OnRoute { get; set; } =
        () => new RouteReply("A", ["A", "B"], new ReadStatus(DoozerErrorCode.None, null, new Revision(5), 7));

    public Task<WatchStreamReply> Follow()
    {
        var number = Interlocked.Increment(ref _follows) - 1;
        return number < OnFollow.Count ? OnFollow[number]() : new TaskCompletionSource<WatchStreamReply>().Task;
    }

    public static (IGrainFactory Grains, FakeStore Store) Create()
    {
        var grains = Create<IGrainFactory, FakeStore>();
        return (grains, (FakeStore)(object)grains);
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        var grain = targetMethod!.GetGenericArguments()[0];
        var key = (string)args![0]!;
        return _grains.GetOrAdd($"{grain.Name} {key}", _ => FakeGrain.Create(grain, this, key));
    }
}

/// <summary>One grain of a <see cref="FakeStore"/>.</summary>
public class FakeGrain : DispatchProxy
{
    private FakeStore _store = null!;
    private string _key = "";

    public static object Create(Type grain, FakeStore store, string key)
    {
        var fake = DispatchProxy.Create(grain, typeof(FakeGrain));
        ((FakeGrain)fake)._store = store;
        ((FakeGrain)fake)._key = key;
        return fake;
    }

    private bool IsFrozen => _store.FrozenDoors.Contains(_key);

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        switch (targetMethod!.Name)
        {
            case nameof(IStoreGrain.Write):
                return WriteAsync((WriteRequest)args![0]!);
            case nameof(IStoreGrain.WriteAll):
                return WriteAllAsync((WriteRequest[])args![0]!);
            case nameof(IStoreGrain.Get):
                return Task.Run(() => _store.OnGet((ReadRequest)args![0]!));
            case nameof(IStoreGrain.GetAll):
                _store.GetCalls.Enqueue(((ReadRequest[])args![0]!).Length);
                return Task.FromResult(_store.OnGetAll((ReadRequest[])args[0]!));
            case nameof(IDirectoryGrain.Wait):
                _store.Polls.Enqueue((_key, (WatchRequest)args![0]!));
                return _store.OnWait(_store.Polls.Count - 1);
            case nameof(IDirectoryGrain.Change):
                _store.Changes.Enqueue((_key, (WatchStreamChange)args![0]!));
                return Task.FromResult(_store.OnChange((WatchStreamChange)args[0]!));
            case nameof(IDirectoryGrain.Follow):
                return _store.Follow();
            case nameof(IStoreGrain.Route):
                _store.RouteDoors.Enqueue(_key);
                return IsFrozen ? new TaskCompletionSource<RouteReply>().Task : Task.FromResult(_store.OnRoute());
            default:
                throw new NotSupportedException(targetMethod.Name);
        }
    }

    private async Task<WriteReply[]> WriteAllAsync(WriteRequest[] requests)
    {
        _store.WriteCalls.Enqueue(requests.Length);
        var replies = await Task.WhenAll(Array.ConvertAll(requests, WriteAsync));
        return _store.OnWriteAll(requests) is { } failure ? throw failure : replies;
    }

    private async Task<WriteReply> WriteAsync(WriteRequest request)
    {
        _store.Writes.Enqueue(request);
        _store.WriteDoors.Enqueue(_key);
        if (IsFrozen)
        {
            await new TaskCompletionSource().Task;
        }

        return await _store.OnWrite(_store.Writes.Count - 1) with { AtLeader = _store.LeaderDoors.Contains(_key) };
    }
}
