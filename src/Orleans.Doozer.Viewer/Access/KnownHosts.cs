using System.Net;
using Microsoft.AspNetCore.Http;

namespace Orleans.Doozer.Viewer.Access;

/// <summary>
/// The names under which the page may be asked for. Somebody who owns a name can have it point to this address after his own page was
/// loaded (DNS rebinding); the browser then takes our page for his, but still sends his name. An address cannot be redirected so.
/// </summary>
internal sealed class KnownHosts
{
    private readonly HashSet<string> _names = new(StringComparer.OrdinalIgnoreCase) { "localhost", Environment.MachineName };

    public KnownHosts(DoozerViewerOptions options) => _names.UnionWith(options.HostNames);

    /// <exception cref="ViewerException">The request came under another name.</exception>
    public void Require(HostString host)
    {
        var name = host.Host;
        if (!IPAddress.TryParse(name.Trim('[', ']'), out _) && !_names.Contains(name.TrimEnd('.')))
        {
            var shown = name.Length <= 100 ? name : name[..100];
            throw ViewerException.Forbidden(
                "host", $"this page is not served under the name '{shown}'; use the node's address, or allow the name with --web-host");
        }
    }
}
