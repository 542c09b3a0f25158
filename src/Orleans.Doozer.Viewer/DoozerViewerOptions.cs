using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace Orleans.Doozer.Viewer;

/// <summary>How the web view is served.</summary>
public sealed class DoozerViewerOptions
{
    /// <summary>Where it listens: 127.0.0.1:8000.</summary>
    public IPEndPoint Address { get; set; } = new(IPAddress.Loopback, 8000);

    /// <summary>The store that it shows: <c>default</c>.</summary>
    public string Store { get; set; } = "default";

    /// <summary>Signs in for reading and writing. None (null or empty): the page writes nothing.</summary>
    public string? ReadWriteSecret { get; set; }

    /// <summary>Signs in for reading. None (null or empty): everybody who may connect may read.</summary>
    public string? ReadOnlySecret { get; set; }

    /// <summary>Whether other machines may read without signing in, where no read-only secret forbids it. Default false: from loopback
    /// only.</summary>
    public bool AllowRemote { get; set; }

    /// <summary>Names under which the page may be asked for (the Host header), beside IP addresses, <c>localhost</c> and the machine's
    /// name. Others are refused: their owner could have a victim's browser read the page for him.</summary>
    public IList<string> HostNames { get; } = [];

    /// <summary>Serves https with this certificate, which has its key; null for http.</summary>
    public X509Certificate2? Certificate { get; set; }

    /// <summary>How long a sign-in lasts: 12 hours.</summary>
    public TimeSpan SessionTime { get; set; } = TimeSpan.FromHours(12);

    /// <summary>How many sign-ins, and wrong secrets of programs, are taken from one address in a minute: 10.</summary>
    public int SignInsPerMinute { get; set; } = 10;

    /// <summary>How many pages may be open at once: 100.</summary>
    public int MaxSockets { get; set; } = 100;

    /// <summary>A page that takes nothing for so long is disconnected: 30 s.</summary>
    public TimeSpan SendTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a health check may take: 2 s.</summary>
    public TimeSpan CheckTimeout { get; set; } = TimeSpan.FromSeconds(2);
}
