using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Orleans.Doozer.Consensus;
using Orleans.Doozer.KeyStore;
using Orleans.Doozer.Runtime.Diagnostics;
using Orleans.Doozer.Runtime.Front;
using Orleans.Doozer.Runtime.Grains;
using Orleans.Doozer.Runtime.Journal;

namespace Orleans.Doozer.Runtime.Stores;

/// <summary>
/// Runs one store's <see cref="Replica"/> on this node: a mailbox and a loop that steps it, hands its writes to the journal, its
/// messages to the peers and its results to whoever waits. There is no protocol in it. It belongs to the silo: every activation of the
/// store's grains finds this one object.
/// </summary>
internal sealed partial class StoreHost : IAsyncDisposable
{
    private const int InputsPerStep = 512;
    private readonly Channel<StoreInput> _mailbox = Channel.CreateUnbounded<StoreInput>(new() { SingleReader = true });
    private readonly Effects _effects = new();
    private readonly Queue<Outgoing> _toSelf = new();
    private readonly List<PendingReply> _gated = [];
    private readonly PeerSender _peers;
    private readonly JournalReads _journalReads;
    private readonly IJournal _journal;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly DoozerMetrics _metrics;
    private readonly Action<Exception> _onFault;
    private readonly long _started;
    private readonly Replica _replica;
    private readonly Dictionary<long, TokenOwner> _tokens = [];
    private volatile LeaderView _leader = NoLeader();
    private volatile TaskCompletionSource _appliedSignal = NewSignal();
    private volatile bool _stopped;
    private Task _loop = Task.CompletedTask;
    private ITimer? _timer;
    private ITimer? _wake;
    private VotingConfiguration? _voters;
    private Slot _decided;
    private long _nextToken;
    private int _tickQueued;

    public StoreHost(
        string store, StoreHostServices services, ReplicaOptions options, PersistedState persisted, StoreSnapshot? snapshot)
    {
        Store = store;
        Self = services.Self;
        _journal = services.Journal;
        _time = services.Time;
        _logger = services.Logger;
        _metrics = services.Metrics;
        _onFault = services.OnFault;
        _started = _time.GetTimestamp();
        _replica = new Replica(Self, options, persisted, snapshot, services.Seed);
        _peers = new PeerSender(this, services);
        _journalReads = new JournalReads(store, services.Journal);
        Tap = new ProtocolTap(services.Time);
        Snapshots = new SnapshotTransfer(this, services);
        Reads = new ReadGate(this, services.Time, services.Options.RequestTimeout);
        Watches = new WatchHub(this, services);
        WatchStreams = new WatchStreams(this, services);
        Publish();
    }

    public string Store { get; }

    public NodeId Self { get; }

    public SnapshotTransfer Snapshots { get; }

    public ReadGate Reads { get; }

    /// <summary>For those who look at the protocol at work.</summary>
    public ProtocolTap Tap { get; }

    public WatchHub Watches { get; }

    public WatchStreams WatchStreams { get; }

    /// <summary>The applied state, published for readers on any thread; null until this node has joined.</summary>
    public StateMachine? Machine => _replica.Machine;

    /// <summary>What a caller is told who comes before there is one.</summary>
    public string NotJoined => $"node {Self} has not joined store '{Store}' yet; use another node";

    /// <summary>Who leads, with a token that is cancelled when that changes.</summary>
    public LeaderView Leader => _leader;

    /// <summary>A view of the replica for status displays and the node agent, refreshed after each step.</summary>
    public ReplicaStatus Status { get; private set; } = ReplicaStatus.Empty;

    /// <summary>Completes when slots are applied after the call.</summary>
    public Task NextApplied => _appliedSignal.Task;

    private long NowMs => (long)_time.GetElapsedTime(_started).TotalMilliseconds;

    /// <summary>Answers from now on, and does nothing of its own accord.</summary>
    public void Start()
    {
        _loop = Task.Run(RunAsync);
        Watches.Start();
    }

    /// <summary>Stands for election from now on. A silo that is not active yet can ask the others for their votes, but they find no way to
    /// it: as the leader it would keep all their writes waiting until it is.</summary>
    public void StartClock()
    {
        _timer ??= _time.CreateTimer(_ => QueueTick(), null, TimeSpan.Zero, TimeSpan.FromMilliseconds(15));
        _wake ??= _time.CreateTimer(_ => QueueTick(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>A request of a peer (or of this node's own replica): completes with the reply once what it rests on is durable.</summary>
    public Task<Message> ReceiveAsync(NodeId from, PeerRequest request)
    {
        var reply = new TaskCompletionSource<Message>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(new RequestInput(from, request, reply));
        return reply.Task;
    }

    /// <summary>Commands for this node as leader; completes when the fate of each is known here.</summary>
    public Task<ProposeReply> ProposeAsync(ProposeRequest request)
    {
        if (request.Commands.Length == 0)
        {
            return Task.FromResult(new ProposeReply([]));
        }

        var call = new ProposeCall(request.Commands.Length);
        Post(new ProposeInput(request.Commands, call));
        return call.Task;
    }

    public void Post(StoreInput input)
    {
        if (!_mailbox.Writer.TryWrite(input))
        {
            input.Abandon();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _timer?.Dispose();
        _wake?.Dispose();
        _mailbox.Writer.TryComplete();
        await _loop;
        await _journalReads.DisposeAsync();
        WatchStreams.Dispose();
        await Watches.DisposeAsync();
        Snapshots.Dispose();
    }

    private static LeaderView NoLeader()
    {
        var source = new CancellationTokenSource();
        return new LeaderView(NodeId.None, Ballot.Zero, source);
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void QueueTick()
    {
        // One tick in the mailbox is enough: a busy loop must not find a thousand of them.
        if (Interlocked.Exchange(ref _tickQueued, 1) == 0)
        {
            Post(TickInput.Instance);
        }
    }

    private async Task RunAsync()
    {
        try
        {
            while (await _mailbox.Reader.WaitToReadAsync())
            {
                for (var taken = 0; taken < InputsPerStep && _mailbox.Reader.TryRead(out var input); taken++)
                {
                    Take(input);
                }

                _replica.Pump(NowMs, _effects);
                Dispatch();
            }
        }
        catch (Exception exception)
        {
            // The step that failed is thrown away whole: nothing of it was written, sent or answered.
            Fault(exception);
        }
        finally
        {
            Abandon();
        }
    }

    private void Take(StoreInput input)
    {
        var now = NowMs;
        switch (input)
        {
            case RequestInput request:
                Note(request.From, request.Request);
                AddReply(new PendingReply(request.Reply, request.From, _replica.Receive(request.From, request.Request, now, _effects)!));
                break;
            case ReplyInput reply:
                Note(reply.From, reply.Reply);
                _replica.Receive(reply.From, reply.Reply, now, _effects);
                break;
            case ProposeInput propose:
                for (var i = 0; i < propose.Commands.Length; i++)
                {
                    _tokens.Add(++_nextToken, new TokenOwner(propose.Call, i));
                    _replica.Propose(_nextToken, propose.Commands[i], _effects);
                }

                break;
            case ReadInput read:
                _tokens.Add(++_nextToken, new TokenOwner(read.Close(), 0));
                _replica.Read(_nextToken);
                break;
            case TickInput:
                Volatile.Write(ref _tickQueued, 0);
                Tap.Expire();
                _replica.Tick(now, _effects);
                break;
            case ActionInput action:
                action.Run(_replica, now, _effects);
                break;
            default:
                throw new InvalidOperationException($"unknown input {input.GetType().Name}");
        }
    }

    private void Fault(Exception exception)
    {
        if (!_stopped)
        {
            _stopped = true;
            _mailbox.Writer.TryComplete();
            StoreLog.Faulted(_logger, exception, Store, exception.Message);
            _onFault(exception);
        }
    }

    private void Abandon()
    {
        while (_mailbox.Reader.TryRead(out var input))
        {
            input.Abandon();
        }

        foreach (var owner in _tokens.Values)
        {
            StoreInput.Abandon(owner.Call);
        }

        _tokens.Clear();
    }

    private readonly record struct PendingReply(TaskCompletionSource<Message>? Remote, NodeId To, Message Message);

    private readonly record struct TokenOwner(object Call, int Index);
}
