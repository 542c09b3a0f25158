using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.Clustering.Tests;

/// <summary>Silos in processes of their own, which can be killed and stopped for real, watched through the register.</summary>
internal sealed class SiloProcesses : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("doozer-register-").FullName;
    private readonly Dictionary<int, (int Register, int Silo, int Gateway)> _ports = [];
    private readonly Dictionary<int, Process> _running = [];
    private readonly RegisterClient _client = new(TimeSpan.FromMilliseconds(300), TimeSpan.FromSeconds(1), TimeProvider.System);

    public static string Name(int index) => $"PROC{index}";

    /// <summary>A new cluster of three, all of them acceptors.</summary>
    public static async Task<SiloProcesses> StartAsync()
    {
        var silos = new SiloProcesses();
        for (var i = 0; i < 3; i++)
        {
            silos.Start(i);
            await silos.ActiveAsync(i, TimeSpan.FromSeconds(20), at: 0);
        }

        await using var guest = new RegisterNode(silos.GuestOptions());
        await guest.StartAsync();
        await guest.SetAcceptorsAsync([.. Enumerable.Range(0, 3).Select(i => (NodeId.Parse(Name(i)), silos.Address(i)))]);
        return silos;
    }

    public string Address(int index) => $"127.0.0.1:{_ports[index].Register}";

    public void Start(int index)
    {
        if (!_ports.TryGetValue(index, out var ports))
        {
            _ports[index] = ports = (FreePort(), FreePort(), FreePort());
        }

        var (register, silo, gateway) = ports;
        var log = Path.Combine(_root, $"{index}.log");
        string[] args = [typeof(Program).Assembly.Location, Name(index), Path.Combine(_root, $"{index}"), $"{register}", $"{silo}", $"{gateway}"];
        var attach = index == 0 ? "" : Address(0);
        var command = $"exec dotnet {string.Join(' ', args)} {attach} >> {log} 2>&1";
        _running[index] = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", command]))!;
    }

    public void Signal(int index, string signal)
    {
        using var kill = Process.Start("/bin/kill", [$"-{signal}", $"{_running[index].Id}"]);
        kill.WaitForExit();
        if (signal == "KILL")
        {
            _running[index].WaitForExit();
        }
    }

    public Task<TimeSpan> ActiveAsync(int index, TimeSpan deadline, int at) => Poll.UntilAsync(
        async () => (await StatusesAsync(index, at)) is [SiloStatus.Active, .. var earlier] && earlier.All(status => status == SiloStatus.Dead),
        deadline, $"{Name(index)} Active and its earlier generations Dead{Tails()}");

    public Task<TimeSpan> DeadAsync(int index, TimeSpan deadline, int at) => Poll.UntilAsync(
        async () => (await StatusesAsync(index, at)) is [SiloStatus.Dead, ..], deadline, $"{Name(index)} Dead");

    /// <summary>The statuses of a node's rows, newest generation first; none when the register did not answer.</summary>
    public async Task<SiloStatus[]> StatusesAsync(int index, int at)
    {
        try
        {
            return await _client.CallAsync(Address(at), "", new ReadRequest(), default) is ReadReply read
                ? [.. read.State.Rows.Values.Where(row => row.SiloName == Name(index))
                    .OrderByDescending(row => SiloAddress.FromParsableString(row.Silo).Generation).Select(row => (SiloStatus)row.Status)]
                : [];
        }
        catch (IOException)
        {
            return [];
        }
    }

    public void Dispose()
    {
        foreach (var process in _running.Values.Where(process => !process.HasExited))
        {
            process.Kill();
            process.WaitForExit();
        }

        _client.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    private RegisterNodeOptions GuestOptions() => new()
    {
        Self = NodeId.Parse("GUEST"),
        ListenEndpoint = new IPEndPoint(IPAddress.Loopback, 0),
        Attach = { Address(0) },
    };

    private string Tails() => Environment.GetEnvironmentVariable("DOOZER_TEST_LOG") is null ? "" : $" (logs in {_root})";

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
