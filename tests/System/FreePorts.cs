using System.Net;
using System.Net.Sockets;

namespace Orleans.Doozer.SystemTests;

/// <summary>Finds ports on loopback.</summary>
internal static class FreePorts
{
    // All, the derived ones too, below those that the system gives to outgoing connections (32768 on Linux).
    private const int Lowest = 4000;
    private const int Range = 3000;

    // What a doozerd opens beside the port of its -l: silo, register, gateway.
    private static readonly int[] Doozerd = [10_000, 15_000, 20_000];

    /// <summary>Ports for the -l of so many doozerd.</summary>
    /// <param name="count">How many.</param>
    /// <param name="further">Offsets of ports that a test derives itself.</param>
    public static List<int> ForDoozerd(int count, params int[] further) => Find(count, [.. Doozerd, .. further]);

    /// <summary>So many ports whose derived ones are free too.</summary>
    public static List<int> Find(int count, params int[] offsets)
    {
        var ports = new List<int>();
        for (var port = Lowest + (Environment.ProcessId % Range); ports.Count < count; port++)
        {
            if (IsFree(port) && Array.TrueForAll(offsets, offset => IsFree(port + offset)))
            {
                ports.Add(port);
            }
        }

        return ports;
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
