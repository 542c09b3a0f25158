using System.Text;
using Orleans.Doozer.Consensus;
using Orleans.Doozer.KeyStore;

namespace Orleans.Doozer.Simulation;

/// <summary>Everything in one run.</summary>
internal sealed class World
{
    private readonly Dictionary<NodeId, SimNode> _byId = [];     // only ever looked up by key
    private readonly DeterministicRandom _random;

    public World(ulong seed, Sabotage sabotage, bool verbose, SimOptions? options = null)
    {
        _random = new DeterministicRandom(seed);
        Seed = seed;
        Sabotage = sabotage;
        var drawn = SimOptions.Draw(_random.Fork());
        Options = options ?? drawn;
        Trace = new Trace(Queue, verbose);
        History = new ClientHistory(Queue);
        Network = new Network(this, _random.Fork());
        Mangler = new Mangler(this);
        var genesis = CreateNodes();
        Checker = new Checker(this, genesis);
        Start(genesis);
    }

    public ulong Seed { get; }

    public Sabotage Sabotage { get; }

    public SimOptions Options { get; }

    public EventQueue Queue { get; } = new();

    public Trace Trace { get; }

    public Network Network { get; }

    public Mangler Mangler { get; }

    public Checker Checker { get; }

    /// <summary>What the clients saw.</summary>
    public ClientHistory History { get; }

    /// <summary>Staleness is left to the checker of <see cref="History"/>, to see that it catches by itself.</summary>
    public bool OnlyHistory { get; init; }

    /// <summary>Told of every step at which a host does something that lasts or that others can see; true when the node crashed
    /// there.</summary>
    public Func<SimNode, string, bool>? Step { get; set; }

    public List<SimNode> Nodes { get; } = [];

    public SimNode? Find(NodeId id) => _byId.GetValueOrDefault(id);

    public bool DiesAt(SimNode node, string step) => Step is not null && Step(node, step);

    public DeterministicRandom Fork() => _random.Fork();

    /// <summary>Where consensus systems lose data: a node joins or catches up while others write, and crashes at once.</summary>
    public void Installed(SimNode node)
    {
        if (Options.Crashes && !Network.Calm && _random.Chance(300))
        {
            node.RunLater(_random.Between(0, 20_000), () =>
            {
                node.Crash();
                Queue.After(_random.Between(1_000, 1_000_000), node.Restart);
            });
        }
    }

    /// <summary>A new node with an empty disk, which joins.</summary>
    public SimNode AddSpare()
    {
        var node = Create();
        node.Start();
        node.Transfers.Join();
        return node;
    }

    private SimNode Create()
    {
        var node = new SimNode(this, Nodes.Count, _random.NodeId(), _random.Fork());
        Nodes.Add(node);
        _byId.Add(node.Id, node);
        return node;
    }

    private List<byte[]> CreateNodes()
    {
        for (var i = 0; i < Options.InitialVoters; i++)
        {
            Create();
        }

        var commands = ControlFiles.Genesis("local", Nodes[0].Id, "a0", "h0", "v").ToList();
        for (var i = 1; i < Nodes.Count; i++)
        {
            commands.Add(Set($"/ctl/cal/{i}", Nodes[i].Id.Value));
            commands.Add(Set(ControlFiles.NodeFile(Nodes[i].Id, "addr"), $"a{i}"));
        }

        // Spare votes for the operator to give; a leader that gives votes makes them.
        for (var i = Nodes.Count; i < 6 && Options.AutomaticVoters == 0; i++)
        {
            commands.Add(Set($"/ctl/cal/{i}", ""));
        }

        var state = Options.ForReplica(0).State;
        var machine = StateMachine.CreateGenesis(commands, state);
        var voters = new ConfigurationChange(new Slot(1), new VotingConfiguration(Nodes.Select(node => node.Id)));
        return [.. SnapshotCodec.Encode(machine.CaptureAt(Slot.Zero), [voters], SnapshotHost.ChunkBytes)];
    }

    private void Start(List<byte[]> genesis)
    {
        foreach (var node in Nodes.ToList())
        {
            node.Disk.SaveSnapshot(Slot.Zero, genesis);
            node.Registered = true;
            node.Start();
            node.Transfers.Join();
        }
    }

    private static Command Set(string path, string text) =>
        new(null, Grains.WriteKind.Set, path, Encoding.UTF8.GetBytes(text), Revision.Missing);
}
