using Doozer.Cli.Sessions;
using Doozer.Cli.Wire;
using Orleans.Doozer.Protocol;

namespace Doozer.Cli.Cluster;

/// <summary>
/// Finds every node of a cluster, starting from the addresses of a URI, and asks each by itself: so what is found holds without a
/// quorum, and one node that hangs delays nothing but its own line.
/// </summary>
internal sealed class ClusterSurvey(DoozerUri uri, TimeSpan timeout) : IDisposable
{
    /// <summary>How often a node with newer news may name nodes that were not known.</summary>
    private const int RoundsMax = 3;

    private readonly Dictionary<ServerAddress, NodeProbe> probes = [];
    private ControlFiles control = ControlFiles.None;
    private string clusterId = "";

    /// <summary>The URI with the addresses that answer: where a change is worth sending.</summary>
    internal DoozerUri Reachable
    {
        get
        {
            List<ServerAddress> found = [.. Answers().Where(answer => answer.Report is { Joined: true }).Select(answer => answer.Address)];
            return found.Count > 0 ? uri with { Addresses = found } : uri;
        }
    }

    /// <summary>Looks at all nodes.</summary>
    /// <exception cref="DoozerException">None of the URI's addresses answers, or they are of different clusters.</exception>
    internal async Task<ClusterState> LookAsync(CancellationToken cancellationToken)
    {
        await AskNewAsync(uri.Addresses, cancellationToken);
        RequireOneCluster();
        for (int round = 0; round < RoundsMax; round++)
        {
            if (!await ReadControlFilesAsync(cancellationToken)
                || !await AskNewAsync(control.Nodes.Where(IsMissing).SelectMany(AddressOf), cancellationToken))
            {
                break;
            }
        }

        long reference = await AskAgainAsync(cancellationToken);
        return ClusterState.From(control, Answers(), reference);
    }

    /// <summary>Looks once more at the nodes that have answered, and at what the store says about them now.</summary>
    internal async Task<ClusterState> LookAgainAsync(CancellationToken cancellationToken)
    {
        long reference = await AskAgainAsync(cancellationToken);
        await ReadControlFilesAsync(cancellationToken);
        return ClusterState.From(control, Answers(), reference);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (NodeProbe probe in probes.Values)
        {
            probe.Dispose();
        }
    }

    private static IEnumerable<ServerAddress> AddressOf(NodeEntry node) =>
        ServerAddress.TryParse(node.Address, out ServerAddress address) ? [address] : [];

    // How far a node is behind is measured by what the others had before it was asked: so a busy store does not look late.
    private async Task<long> AskAgainAsync(CancellationToken cancellationToken)
    {
        long reference = Reports().Select(report => report.Revision).DefaultIfEmpty().Max();
        await Task.WhenAll(probes.Values.Where(probe => probe.HasAnswered).Select(probe => probe.AskAsync(cancellationToken)));
        return reference;
    }

    private List<NodeAnswer> Answers() => [.. probes.Values.Select(Judge)];

    private IEnumerable<StatusReport> Reports() => Answers().Select(answer => answer.Report).OfType<StatusReport>();

    private bool IsMissing(NodeEntry node) => Reports().All(report => report.Node != node.Id);

    // False when nobody new was asked.
    private async Task<bool> AskNewAsync(IEnumerable<ServerAddress> addresses, CancellationToken cancellationToken)
    {
        List<NodeProbe> asked =
        [
            .. addresses.Distinct().Where(address => !probes.ContainsKey(address))
                .Select(address => new NodeProbe(uri, address, timeout)),
        ];
        asked.ForEach(probe => probes.Add(probe.Address, probe));
        await Task.WhenAll(asked.Select(probe => probe.AskAsync(cancellationToken)));
        return asked.Count > 0;
    }

    private void RequireOneCluster()
    {
        List<NodeProbe> answered = [.. probes.Values.Where(probe => probe.Report is not null)];
        if (answered.Count == 0)
        {
            throw new CannotConnectException([.. probes.Values.Select(probe => new ConnectFailure(probe.Address, probe.Reason))]);
        }

        List<NodeProbe> members = [.. answered.Where(probe => probe.Report!.ClusterId.Length > 0)];
        clusterId = members.Count > 0 ? members[0].Report!.ClusterId : "";
        if (members.Find(probe => probe.Report!.ClusterId != clusterId) is { } stranger)
        {
            throw new DoozerException(
                $"{members[0].Address} is of cluster {Printable(clusterId)} and {stranger.Address} of cluster "
                + $"{Printable(stranger.Report!.ClusterId)}; name nodes of one cluster");
        }
    }

    // From the node that is furthest; from the next one if that fails meanwhile. False when nobody has joined.
    private async Task<bool> ReadControlFilesAsync(CancellationToken cancellationToken)
    {
        IEnumerable<NodeProbe> candidates = probes.Values
            .Where(probe => Judge(probe).Report is { Joined: true, Revision: > 0 } report && report.Revision > control.Revision)
            .OrderByDescending(probe => probe.Report!.AppliedSlot).ToList();
        DoozerException? failure = null;
        foreach (NodeProbe probe in candidates)
        {
            try
            {
                control = await probe.ReadControlFilesAsync(probe.Report!.Revision, cancellationToken);
                return true;
            }
            catch (DoozerException exception)
            {
                failure = exception;
            }
        }

        return failure is null || control.Revision > 0 ? false : throw failure;
    }

    // Another cluster's node may stand where one of ours was.
    private NodeAnswer Judge(NodeProbe probe) =>
        probe.Report is { ClusterId: { Length: > 0 } other } && clusterId.Length > 0 && other != clusterId
            ? new NodeAnswer(probe.Address, null, $"it belongs to cluster {other}")
            : probe.Answer;

    private static string Printable(string text) => ServerError.Printable(text);
}
