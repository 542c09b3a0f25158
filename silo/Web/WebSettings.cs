using System.Net;

namespace Doozer.Silo.Web;

/// <summary>What is said about the web view.</summary>
/// <param name="Name">The address as it was written.</param>
/// <param name="Address">Where it listens.</param>
/// <param name="IsDefault">Whether nobody asked for this address: then the node goes on without it where it is taken.</param>
/// <param name="AllowRemote">Whether other machines may read without signing in.</param>
/// <param name="HostNames">More names for the page.</param>
internal sealed record WebSettings(
    HostAddress Name, IPEndPoint Address, bool IsDefault, bool AllowRemote, IReadOnlyList<string> HostNames);
