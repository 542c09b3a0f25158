using System.Net;
using Doozer.Cli.Sessions;
using Doozer.Silo.Web;

namespace Doozer.Silo;

/// <summary>What the command line, the environment and appsettings say, checked and complete.</summary>
/// <param name="Listen">Where Doozer's clients connect.</param>
/// <param name="Name">The same as it was written: how the node is known to the others.</param>
/// <param name="Attach">Membership registers of nodes of the cluster to join; empty to found one.</param>
/// <param name="Boot">The Doozer in which the cluster is found or made by its name; null for none.</param>
/// <param name="ClusterName">The cluster's name.</param>
/// <param name="DataDirectory">Where the node keeps its state; null to keep nothing.</param>
/// <param name="History">Revisions that stay readable.</param>
/// <param name="Pulse">How often the node tells how far it is.</param>
/// <param name="Voters">Up to how many nodes vote.</param>
/// <param name="VoterTimeout">After how long a silence a node loses its vote.</param>
/// <param name="Zone">The zone the node is in; null when it tells none.</param>
/// <param name="SiloPort">Where the other silos connect.</param>
/// <param name="GatewayPort">Where Orleans clients connect.</param>
/// <param name="RegisterPort">Where the membership register listens.</param>
/// <param name="TlsCertificate">The certificate file for Doozer's clients; null for none.</param>
/// <param name="TlsKey">Its key file.</param>
/// <param name="Web">The web view; null for none.</param>
/// <param name="ReadWriteSecret">Allows everything; null or empty when there is none.</param>
/// <param name="ReadOnlySecret">Allows reading; null or empty when there is none.</param>
/// <param name="Notices">What the operator should know about options that have no effect.</param>
internal sealed record SiloSettings(
    IPEndPoint Listen,
    HostAddress Name,
    IReadOnlyList<HostAddress> Attach,
    DoozerUri? Boot,
    string ClusterName,
    string? DataDirectory,
    int History,
    TimeSpan Pulse,
    int Voters,
    TimeSpan VoterTimeout,
    string? Zone,
    int SiloPort,
    int GatewayPort,
    int RegisterPort,
    string? TlsCertificate,
    string? TlsKey,
    WebSettings? Web,
    string? ReadWriteSecret,
    string? ReadOnlySecret,
    IReadOnlyList<string> Notices)
{
    public const int SiloOffset = 10_000;
    public const int GatewayOffset = 20_000;

    // Below Linux's ephemeral ports for the usual -l, so that no outgoing connection sits on it.
    public const int RegisterOffset = Orleans.Doozer.Clustering.RegisterAddress.Offset;

    /// <summary>Where the others find this node's membership register.</summary>
    public string RegisterAddress => new HostAddress(Name.Host, RegisterPort).ToString();
}

/// <summary>A mistake of the operator, said in one line.</summary>
internal sealed class SettingsException(string message) : Exception(message);
