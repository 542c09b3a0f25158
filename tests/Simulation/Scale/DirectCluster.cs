using System.Globalization;
using System.Text;
using Orleans.Doozer.Consensus;
using Orleans.Doozer.Grains;
using Orleans.Doozer.KeyStore;

namespace Orleans.Doozer.Simulation;

/// <summary>One voter that writes, and nodes that follow it; messages arrive in order and at once.</summary>
internal sealed class DirectCluster
{
    private const int Files = 1000;
    private readonly Dictionary<NodeId, DirectNode> _nodes = [];
    private readonly Queue<(NodeId From, NodeId To, Message Message)> _wire = new();
    private readonly byte[] _value = new byte[128];
    private readonly ReplicaOptions _options;
    private readonly IReadOnlyList<byte[]> _genesis;
    private long _token;

    public DirectCluster(StateMachineOptions state, long snapshotSlots = 25_000, long snapshotBytes = 64 << 20, long logMemoryBytes = 4 << 20)
    {
        _options = new ReplicaOptions
        {
            State = state,
            SnapshotSlots = snapshotSlots,
            SnapshotRevisions = snapshotSlots,
            SnapshotBytes = snapshotBytes,
            LogMemoryBytes = logMemoryBytes,
            Voters = new() { Count = 0, ForgetMs = 0 },
        };
        var leader = NodeId.Parse("A");
        var machine = StateMachine.CreateGenesis(ControlFiles.Genesis("local", leader, "a", "h", "v"), _options.State);
        _genesis = [.. SnapshotCodec.Encode(machine.CaptureAt(Slot.Zero), [new(new(1), new([leader]))])];
        Leader = Add("A", _genesis);
        while (!Leader.Replica.IsLeading)
        {
            Tick();
        }
    }

    public DirectNode Leader { get; }

    public long NowMs { get; private set; }

    /// <summary>Messages between different nodes.</summary>
    public long Messages { get; private set; }

    public long LargestMessage { get; private set; }

    public long Chunks { get; set; }

    public long LargestChunk { get; set; }

    public DirectNode Find(NodeId id) => _nodes[id];

    /// <summary>A node that begins with the cluster's first state.</summary>
    public DirectNode AddFollower(string name) => Register(Add(name, _genesis));

    /// <summary>A node that begins with nothing and asks the leader.</summary>
    public DirectNode AddNew(string name) => Register(Add(name, null));

    /// <summary>Writes so many slots of one command each.</summary>
    public void Write(long slots)
    {
        for (var i = 0L; i < slots; i++)
        {
            var path = string.Create(CultureInfo.InvariantCulture, $"/data/{_token % Files}");
            Write(new Command(null, WriteKind.Set, path, _value, Revision.Clobber));
        }
    }

    public void ForgetCounts() => (Messages, LargestMessage, Chunks, LargestChunk) = (0, 0, 0, 0);

    /// <summary>Lets time pass until the node has all that the leader has.</summary>
    /// <returns>In how many ticks.</returns>
    public int CatchUp(DirectNode node)
    {
        node.IsCutOff = false;
        for (var ticks = 1; ticks < 1000; ticks++)
        {
            if (node.Replica.Machine is null)
            {
                node.Step((replica, effects) =>
                {
                    replica.FetchFrom(Leader.Id, effects);
                    return null;
                }, node.Id);
            }

            Tick();
            if (node.Replica.Applied == Leader.Replica.Applied)
            {
                return ticks;
            }
        }

        return int.MaxValue;
    }

    public void Send(NodeId from, NodeId to, Message message) => _wire.Enqueue((from, to, message));

    private DirectNode Add(string name, IReadOnlyList<byte[]>? genesis)
    {
        var node = new DirectNode(this, NodeId.Parse(name), _options, genesis);
        _nodes.Add(node.Id, node);
        return node;
    }

    /// <summary>The leader speaks to the nodes that have a file below /ctl/node.</summary>
    private DirectNode Register(DirectNode node)
    {
        Write(new Command(null, WriteKind.Set, ControlFiles.NodeFile(node.Id, "addr"), Encoding.UTF8.GetBytes("a"), Revision.Clobber));
        return node;
    }

    private void Write(Command command)
    {
        Leader.Step((replica, effects) =>
        {
            replica.Propose(++_token, CommandCodec.Encode(command), effects);
            replica.Pump(NowMs, effects);
            return null;
        }, Leader.Id);
        Deliver();
        if (_token % 100 == 0)
        {
            Tick();
        }
    }

    private void Tick()
    {
        NowMs += 15;
        foreach (var node in _nodes.Values)
        {
            if (!node.IsCutOff)
            {
                node.Step((replica, effects) =>
                {
                    replica.Tick(NowMs, effects);
                    return null;
                }, node.Id);
            }
        }

        Deliver();
    }

    private void Deliver()
    {
        while (_wire.TryDequeue(out var sent))
        {
            var (from, to, message) = sent;
            if (from != to)
            {
                if (_nodes[to].IsCutOff || _nodes[from].IsCutOff)
                {
                    continue;
                }

                Messages++;
                LargestMessage = Math.Max(LargestMessage, message is Fetched fetched ? fetched.Entries.Sum(entry => entry.Batch.Length) : 0);
            }

            _nodes[to].Step((replica, effects) => replica.Receive(from, message, NowMs, effects), from);
        }
    }
}
