using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.Clustering.Tests.Simulation;

/// <summary>How a run departs from the shipping register; the defaults do not.</summary>
internal sealed record Variant
{
    public static Variant Shipping { get; } = new();

    /// <summary>What a node finds on its disk after a crash.</summary>
    public Func<RegisterVotes, RegisterVotes> Recover { get; init; } = votes => votes;

    /// <summary>Makes a node's proposer.</summary>
    public Func<RegisterPeer, RegisterProposer> Proposer { get; init; } = self => new RegisterProposer(self);

    /// <summary>Whether an answer waits until the votes behind it are durable.</summary>
    public bool AnswerWaitsForDisk { get; init; } = true;
}

/// <summary>
/// Five nodes with the shipping acceptor, proposer and reader, in virtual time on one thread: messages are lost, doubled and
/// reordered, disks sync late, nodes crash and lose what was not synced. Fixed by its seed.
/// </summary>
internal sealed class RegisterSimulation
{
    public const int NodeCount = 5;
    private const string Cluster = "sim";
    private readonly DeterministicRandom _random;
    private readonly PriorityQueue<Action, (long Time, long Order)> _events = new();
    private readonly SimNode[] _nodes;
    private readonly RegisterPeer[] _peers;
    private readonly Variant _variant;
    private long _order;
    private long _now;
    private long _marks;
    private bool _faults = true;

    public RegisterSimulation(ulong seed, Variant variant)
    {
        _random = new DeterministicRandom(seed);
        _variant = variant;
        _peers = [.. Enumerable.Range(0, NodeCount).Select(i => new RegisterPeer(NodeId.Parse($"N{i}"), $"n{i}:1"))];
        _nodes = [.. _peers.Select(peer => new SimNode(this, peer))];
        foreach (var node in _nodes)
        {
            node.Disk = node == _nodes[0]
                ? RegisterVotes.Founding(node.Peer, Cluster, "sim")
                : RegisterVotes.Empty(node.Peer.Node) with { ClusterId = Cluster, KnownAcceptors = [_nodes[0].Peer], KnownVersion = 1 };
            node.Start();
        }
    }

    public History History { get; } = new();

    /// <summary>Runs the safety phase with faults, then the liveness phase without; the history holds what broke.</summary>
    public void Run()
    {
        // Grow first, as a cluster does, so that most of the run has more than one acceptor.
        At(0, () => _nodes[0].Submit(SimChange.Toggle(1)));
        At(200, () => _nodes[0].Submit(SimChange.Toggle(2)));
        for (var i = 0; i < 90; i++)
        {
            At(_random.Between(0, 9_000), RandomOperation);
        }

        for (var i = 0; i < 40; i++)
        {
            At(_random.Between(300, 9_000), RandomCrash);
        }

        At(10_000, () => _faults = false);
        At(12_000, () =>
        {
            foreach (var node in _nodes)
            {
                node.Submit(SimChange.Write);
            }
        });
        while (_events.TryDequeue(out var action, out var when) && when.Time < 40_000 && History.Violation is null)
        {
            _now = when.Time;
            action();
        }

        History.Check(_now, _nodes.Count(node => node.IsBusy));
    }

    private void RandomOperation()
    {
        var node = _nodes[_random.Between(0, NodeCount - 1)];
        node.Submit(_random.Between(0, 9) switch
        {
            < 3 => SimChange.Read,
            < 7 => SimChange.Write,
            _ => SimChange.Toggle((int)_random.Between(0, NodeCount - 1)),
        });
    }

    private void RandomCrash()
    {
        var node = _nodes[_random.Between(0, NodeCount - 1)];
        node.Crash();
        At(_random.Between(0, 3) == 0 ? _random.Between(1, 400) : _random.Between(1, 15), node.Start);
    }

    private void At(long delay, Action action) => _events.Enqueue(action, (_now + delay, _order++));

    // The network: in the fault phase an eighth is lost, an eighth doubled, and delays differ enough to reorder everything.
    private void Carry(Action deliver)
    {
        var copies = !_faults ? 1 : _random.Between(0, 15) switch { < 2 => 0, < 4 => 2, _ => 1 };
        for (; copies > 0; copies--)
        {
            At(_faults && _random.Between(0, 9) == 0 ? _random.Between(20, 900) : _random.Between(1, 20), deliver);
        }
    }

    private sealed class SimNode(RegisterSimulation world, RegisterPeer peer)
    {
        private readonly Queue<Action> _inbox = new();
        private RegisterVotes _votes = null!;
        private RegisterProposer _proposer = null!;
        private Operation? _operation;
        private int _life;
        private bool _up;
        private bool _saving;

        public RegisterPeer Peer => peer;

        public RegisterVotes Disk { get; set; } = null!;

        public bool IsBusy => _operation is not null;

        public void Start()
        {
            if (_up)
            {
                return;
            }

            _up = true;
            Disk = _votes = _life == 0 ? Disk : world._variant.Recover(Disk);
            _proposer = world._variant.Proposer(peer);
        }

        public void Crash()
        {
            // What was not synced is gone: the promise in memory, the answers that waited for it, the operation under way.
            _up = false;
            _life++;
            _saving = false;
            _inbox.Clear();
            _operation = null;
        }

        public void Submit(SimChange change)
        {
            if (!_up || _operation is not null)
            {
                return;
            }

            var mark = ++world._marks;
            var began = world.History.Begin();
            _operation = new Operation(change, change.Kind == SimKind.Read ? new RegisterReader(mark << 16) : null, mark, began);
            world.History.Submitted(mark, change.Kind);
            Attempt(_operation);
        }

        // One request at a time, and none before the votes behind the last answer are on disk.
        private void Receive(RegisterRequest request, SimNode from)
        {
            if (!_up)
            {
                return;
            }

            _inbox.Enqueue(() => Vote(request, from));
            Drain();
        }

        private void Drain()
        {
            while (!_saving && _inbox.TryDequeue(out var next))
            {
                next();
            }
        }

        private void Vote(RegisterRequest request, SimNode from)
        {
            var decision = RegisterAcceptor.Decide(_votes, Cluster, request);
            var reply = () => world.Carry(() => from.Answer(peer.Node, decision.Reply));
            if (ReferenceEquals(decision.Votes, _votes))
            {
                reply();
                return;
            }

            if (!world._variant.AnswerWaitsForDisk)
            {
                _votes = decision.Votes;
                reply();
            }

            _saving = true;
            var life = _life;
            world.At(world._random.Between(1, 30), () =>
            {
                if (life != _life)
                {
                    return;
                }

                _saving = false;
                Disk = _votes = decision.Votes;
                if (decision.Reply is AcceptedReply && request is AcceptRequest accept)
                {
                    world.History.Accepted(peer.Node, accept.Ballot, accept.State);
                }

                if (world._variant.AnswerWaitsForDisk)
                {
                    reply();
                }

                Drain();
            });
        }

        private void Answer(NodeId from, RegisterReply reply)
        {
            if (_up && _operation is { } operation)
            {
                var step = operation.Settling || operation.Reader is null
                    ? _proposer.Receive(from, reply)
                    : operation.Reader.Receive(from, reply);
                Perform(operation, step);
            }
        }

        private void Attempt(Operation operation)
        {
            var attempt = ++operation.Attempts;
            operation.Settling = false;
            var step = operation.Reader is { } reader
                ? reader.Begin(_votes.KnownAcceptors)
                : _proposer.Begin(_votes.KnownAcceptors, _votes.Promised, operation.Change.Apply(world._peers), operation.Mark);
            Perform(operation, step);
            var life = _life;
            world.At(world._random.Between(150, 600), () =>
            {
                // Silence, or a lost attempt: begin again after a random moment.
                if (_up && life == _life && _operation == operation && operation.Attempts == attempt)
                {
                    Attempt(operation);
                }
            });
        }

        private void Perform(Operation operation, RegisterStep step)
        {
            switch (step)
            {
                case SendStep send:
                    foreach (var to in send.To)
                    {
                        var target = world._nodes.Single(node => node.Peer.Node == to.Node);
                        if (target == this)
                        {
                            Receive(send.Request, this);
                        }
                        else
                        {
                            world.Carry(() => target.Receive(send.Request, this));
                        }
                    }

                    break;
                case SettleStep:
                    operation.Settling = true;
                    Perform(operation, _proposer.Begin(_votes.KnownAcceptors, _votes.Promised, _ => null, operation.Mark));
                    break;
                case DoneStep done:
                    _operation = null;
                    world.History.Finished(operation.Mark, operation.Began, done.State, done.Changed);
                    if (done.State.AcceptorsVersion > _votes.KnownVersion)
                    {
                        Disk = Disk with { KnownAcceptors = done.State.Acceptors, KnownVersion = done.State.AcceptorsVersion };
                        _votes = _votes with { KnownAcceptors = done.State.Acceptors, KnownVersion = done.State.AcceptorsVersion };
                    }

                    break;
            }
        }
    }

    private sealed class Operation(SimChange change, RegisterReader? reader, long mark, long began)
    {
        public SimChange Change { get; } = change;

        public RegisterReader? Reader { get; } = reader;

        public long Mark { get; } = mark;

        public long Began { get; } = began;

        public int Attempts { get; set; }

        public bool Settling { get; set; }
    }

    internal enum SimKind
    {
        Read,
        Write,
        Toggle,
    }

    internal sealed record SimChange(SimKind Kind, int Node = 0)
    {
        public static SimChange Read { get; } = new(SimKind.Read);

        public static SimChange Write { get; } = new(SimKind.Write);

        public static SimChange Toggle(int node) => new(SimKind.Toggle, node);

        public Func<RegisterState, RegisterState?> Apply(IReadOnlyList<RegisterPeer> peers) => Kind switch
        {
            SimKind.Write => state => state with { TableVersion = state.TableVersion + 1 },
            SimKind.Toggle when peers[Node] is var peer => state =>
                !state.Acceptors.Contains(peer) ? state.WithAcceptors(state.Acceptors.Add(peer))
                : state.Acceptors.Length > 1 ? state.WithAcceptors(state.Acceptors.Remove(peer))
                : null,
            _ => _ => null,
        };
    }
}
