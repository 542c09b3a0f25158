using System.Net;
using System.Net.Sockets;

namespace Orleans.Doozer.Benchmarks.Servers;

/// <summary>Finds ports on loopback.</summary>
internal static class FreePorts
{
    // Below the ports that the system gives to outgoing connections, with room for doozerd's derived ones.
    private const int Lowest = 6000;
    private const int Range = 3000;

    /// <summary>So many ports whose derived ones are free too.</summary>
    public static List<int> Find(int count, params int[] offsets)
    {
        var ports = new List<int>();
        for (var port = Lowest + (Environment.ProcessId % Range); ports.Count < count; port++)
        {
            if (offsets.Append(0).All(offset => IsFree(port + offset)))
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
