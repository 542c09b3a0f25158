using System.Text;
using Orleans.Doozer.Consensus;
using Orleans.Doozer.Grains;

namespace Orleans.Doozer.KeyStore;

/// <summary>Doozer's conventions below <c>/ctl</c>: the cluster's name, its voters and nodes are ordinary files.</summary>
public static class ControlFiles
{
    /// <summary>The CAL slots: a file for each vote; its content is the voter's id, or nothing while the vote is free.</summary>
    public const string VotersDirectory = "/ctl/cal";

    /// <summary>The file with the cluster's name.</summary>
    public const string Name = "/ctl/name";

    private const string NodesDirectory = "/ctl/node";

    private static readonly Glob VoterFiles = Glob.Parse(VotersDirectory + "/*");

    /// <summary>The nodes that hold a CAL slot, each once, in order of the slots' names. Content that is no node id is
    /// ignored.</summary>
    public static IReadOnlyList<NodeId> Voters(StoreView view)
    {
        var voters = new List<NodeId>();
        foreach (var slot in VoterSlots(view))
        {
            if (!slot.Voter.IsNone && !voters.Contains(slot.Voter))
            {
                voters.Add(slot.Voter);
            }
        }

        return voters;
    }

    /// <summary>All CAL slots, in order of their names.</summary>
    public static IReadOnlyList<VoterSlot> VoterSlots(StoreView view)
    {
        var slots = new List<VoterSlot>();
        foreach (var file in view.Walk(VoterFiles))
        {
            var isVoter = NodeId.TryParse(Encoding.UTF8.GetString(file.Value.Span), out var voter);
            slots.Add(new(file.Path, file.Revision, isVoter ? voter : NodeId.None, file.Value.IsEmpty));
        }

        return slots;
    }

    /// <summary>The nodes that ever wrote about themselves, in order.</summary>
    public static IReadOnlyList<NodeId> Nodes(StoreView view)
    {
        var nodes = new List<NodeId>();
        foreach (var name in view.List(NodesDirectory, null, int.MaxValue).Names)
        {
            if (NodeId.TryParse(name, out var node))
            {
                nodes.Add(node);
            }
        }

        return nodes;
    }

    /// <summary>The path of a node's file, as <c>/ctl/node/ID/addr</c>.</summary>
    public static string NodeFile(NodeId node, string name) => $"{NodesDirectory}/{node.Value}/{name}";

    /// <summary>The address that a node wrote for itself; null when it wrote none.</summary>
    public static string? Address(StoreView view, NodeId node) => Text(view, NodeFile(node, "addr"));

    /// <summary>Whether the operator keeps a node from voting: its file <c>standby</c> says <c>true</c>.</summary>
    public static bool IsStandby(StoreView view, NodeId node) => Text(view, NodeFile(node, "standby"))?.Trim() == "true";

    /// <summary>A file's text; null when there is no file.</summary>
    public static string? Text(StoreView view, string path) => view.GetEntry(path) is { } file ? Encoding.UTF8.GetString(file.Value.Span) : null;

    /// <summary>Deletes what the store knows of a node that is gone. One that comes back after all writes it again.</summary>
    public static IEnumerable<Command> Forget(StoreView view, NodeId node)
    {
        var files = view.Walk(Glob.Parse(NodeFile(node, "**"))).ToList();
        if (view.GetEntry($"/ctl/ns/{Text(view, Name)}/{node.Value}") is { } name)
        {
            files.Add(name);
        }

        return files.Select(file => new Command(null, WriteKind.Delete, file.Path, default, file.Revision));
    }

    /// <summary>What the first node of a new cluster begins with, in Doozer's order (its peer/peer.go).</summary>
    /// <exception cref="DoozerBadPathException">The name of the cluster cannot be a part of a path.</exception>
    public static IReadOnlyList<Command> Genesis(
        string clusterName, NodeId self, string address, string hostname, string version) =>
    [
        Create(Name, clusterName),
        Create(NodeFile(self, "addr"), address),
        Create(NodeFile(self, "hostname"), hostname),
        Create(NodeFile(self, "version"), version),
        Create(VotersDirectory + "/0", self.Value),
        Create($"/ctl/ns/{clusterName}/{self.Value}", address),
    ];

    private static Command Create(string path, string text)
    {
        DoozerPath.Require(path);
        return new(null, WriteKind.Set, path, Encoding.UTF8.GetBytes(text), Revision.Missing);
    }
}
