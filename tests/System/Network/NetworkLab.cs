using System.ComponentModel;
using System.Diagnostics;
using Doozer.Cli.Wire;

namespace Orleans.Doozer.SystemTests.Network;

/// <summary>There can be no network namespaces here; the message says why.</summary>
internal sealed class NoNetworkException(string reason) : Exception(reason);

/// <summary>
/// A machine for each node: network namespaces joined by a bridge, on which this process is too and stays connected to all of them.
/// </summary>
/// <remarks>
/// A direction is cut by telling the one namespace a hardware address for the other that nobody has: what it sends there is lost
/// without a word, as on a broken link. So nothing is needed but iproute2 and root.
/// </remarks>
internal sealed class NetworkLab : IDisposable
{
    private const int Port = 8046;
    private const string NobodysAddress = "02:00:00:00:00:00";
    private readonly string _name = $"dz{Environment.ProcessId}";
    private readonly string _net = $"10.213.{(Environment.ProcessId % 250) + 1}";
    private readonly int _nodes;
    private int _disposed;

    public NetworkLab(int nodes)
    {
        _nodes = nodes;
        AppDomain.CurrentDomain.ProcessExit += OnExit;
        try
        {
            Ip([], [$"link add {_name} type bridge", $"addr add {_net}.254/24 dev {_name}", $"link set {_name} up"]);
            for (var i = 0; i < nodes; i++)
            {
                Ip([], [
                    $"netns add {Namespace(i)}",
                    $"link add {_name}v{i} type veth peer name eth0 address {HardwareAddress(i)} netns {Namespace(i)}",
                    $"link set {_name}v{i} master {_name} up",
                ]);
                Ip(In(i), ["link set lo up", $"addr add {Addresses[i].Host}/24 dev eth0", "link set eth0 up"]);
            }

            Heal();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Where each node serves clients.</summary>
    public IReadOnlyList<ServerAddress> Addresses =>
        [.. Enumerable.Range(0, _nodes).Select(i => new ServerAddress($"{_net}.{i + 1}", Port))];

    /// <summary>The command that runs a program on a node's machine and becomes it.</summary>
    public IReadOnlyList<string> Wrapper(int node) => ["ip", "netns", "exec", Namespace(node)];

    /// <summary>Loses everything that goes from one node to another, until <see cref="Heal"/>.</summary>
    public void Cut(IEnumerable<(int From, int To)> directions)
    {
        foreach (var group in directions.GroupBy(direction => direction.From))
        {
            Ip(In(group.Key), [.. group.Select(direction => Neighbour(direction.To, NobodysAddress))]);
        }
    }

    public void Heal()
    {
        for (var i = 0; i < _nodes; i++)
        {
            Ip(In(i), [.. Enumerable.Range(0, _nodes).Where(other => other != i).Select(other => Neighbour(other, HardwareAddress(other)))]);
        }
    }

    /// <summary>Whether a connection from one node to another's Doozer port comes about.</summary>
    public bool CanConnect(int from, int to)
    {
        var dial = $"exec 3<>/dev/tcp/{Addresses[to].Host}/{Port}";
        using var process = Process.Start("ip", ["netns", "exec", Namespace(from), "timeout", "1", "bash", "-c", dial]);
        process.WaitForExit();
        return process.ExitCode == 0;
    }

    /// <summary>Takes everything away again, with whatever still runs in it.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        AppDomain.CurrentDomain.ProcessExit -= OnExit;
        for (var i = 0; i < _nodes; i++)
        {
            // Without the namespace its end of the pair goes, and the other end with it; what was never made is no error here.
            Run("sh", ["-c", $"ip netns pids {Namespace(i)} 2>/dev/null | xargs -r kill -9; ip netns del {Namespace(i)}"]);
        }

        Run("ip", ["link", "del", _name]);
    }

    private static string HardwareAddress(int node) => $"02:00:00:00:01:{node:x2}";

    private string Namespace(int node) => $"{_name}-{node}";

    private string[] In(int node) => ["-n", Namespace(node)];

    private string Neighbour(int node, string hardwareAddress) =>
        $"neigh replace {Addresses[node].Host} lladdr {hardwareAddress} dev eth0 nud permanent";

    private static void Ip(string[] options, string[] lines)
    {
        if (Run("ip", [.. options, "-batch", "-"], string.Join('\n', lines) + "\n") is { Length: > 0 } error)
        {
            throw new NoNetworkException($"network namespaces cannot be made here (they need root and iproute2): {error}");
        }
    }

    /// <summary>Runs a command to its end.</summary>
    /// <returns>What it complained about; nothing when it went well.</returns>
    private static string Run(string program, string[] arguments, string input = "")
    {
        try
        {
            using var process = Programs.Start(program, arguments, Path.GetTempPath());
            process.StandardInput.Write(input);
            process.StandardInput.Close();
            var error = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? "" : error.Length > 0 ? error.ReplaceLineEndings(" ").Trim() : $"{program} ended with {process.ExitCode}";
        }
        catch (Win32Exception exception)
        {
            return exception.Message;
        }
    }

    private void OnExit(object? sender, EventArgs e) => Dispose();
}
