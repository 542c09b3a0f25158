using System.Net;

namespace Orleans.Doozer.Clustering.Tests;

/// <summary>Rows as Orleans writes them.</summary>
internal static class Entries
{
    private static int _generation = 1;

    public static SiloAddress Address(int port = 9) => SiloAddress.New(IPAddress.Loopback, port, Interlocked.Increment(ref _generation));

    public static MembershipEntry Entry(string name = "TestSiloName", int port = 9) => new()
    {
        SiloAddress = Address(port),
        HostName = "host",
        SiloName = name,
        Status = SiloStatus.Joining,
        ProxyPort = 30000,
        StartTime = DateTime.UtcNow,
        IAmAliveTime = DateTime.UtcNow,
    };
}
