extern alias doozerd;

using System.Net;
using System.Net.Sockets;
using doozerd::Doozer.Silo;
using Microsoft.Extensions.Configuration;

namespace Orleans.Doozer.SystemTests;

/// <summary>Mistakes of operators: one clear line each, and the running cluster unharmed.</summary>
[Collection("system")]
public sealed class BadInputTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("doozer-badinput-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData("-l", "no-such-host.invalid:8046", "cannot be resolved")]
    [InlineData("-l", "not a host:8046", "is no host and port")]
    [InlineData("-a", "not a host", "is no host and port")]
    [InlineData("-a", "127.0.0.1:60000", "beyond 65535")]
    [InlineData("-d", "/proc/doozerd", "cannot be created or written")]
    [InlineData("-d", "/proc/sys", "cannot be created or written")]
    [InlineData("-d", "/proc/version", "is a file")]
    [InlineData("-c", "no/name", "cluster name")]
    public async Task Doozerd_MistakeThatWaitingCannotMend_SaysOneLineAndEnds(string option, string value, string expected)
    {
        var port = FreePorts.ForDoozerd(1)[0];
        string[] own = option == "-l" ? [] : ["-l", $"127.0.0.1:{port}"];
        string[] data = option == "-d" ? [] : ["-d", Path.Combine(_root, "data")];

        var result = await Programs.RunAsync(Programs.Doozerd, [.. own, .. data, option, value]);

        Assert.Equal(1, result.ExitCode);
        RequireOneComplaint(result.Error, expected);
    }

    [Fact]
    public void CommandLine_RepeatedAttach_IsTakenOnceAndKeepsItsNames()
    {
        var parsed = SiloCommandLine.Create().Parse(["-a", "db1", "-a", "db2:9000", "-a", "db1:8046", "-a", "db2:9000"]);

        var settings = SiloCommandLine.Read(parsed, new ConfigurationBuilder().Build());

        Assert.Equal(["db1:23046", "db2:24000"], settings.Attach.Select(address => address.ToString()));
    }

    [Fact]
    public async Task Doozerd_AttachWhereNoClusterAnswers_SaysWhyForEachAndJoinsWhenItComesUp()
    {
        var ports = FreePorts.ForDoozerd(4);
        using var mute = Listen(ports[2]);
        using var noisy = Listen(ports[3]);
        _ = Task.Run(() => ShoutAsync(noisy));
        await using var joining = new DoozerdProcess("127.0.0.1", ports[1],
        [
            "-l", $"127.0.0.1:{ports[1]}", "-d", Path.Combine(_root, "n1"), "-a", $"127.0.0.1:{ports[0]}", "-a", $"127.0.0.1:{ports[2]}",
            "-a", $"127.0.0.1:{ports[3]}", "-a", "no-such-host.invalid",
        ]);
        joining.Start();
        await Wait.UntilAsync(
            () => Task.FromResult(joining.Log.Contains("Waiting to join", StringComparison.Ordinal)), "it says what it waits for");
        var line = Assert.Single(joining.Log.Split('\n'), text => text.Contains("Waiting to join", StringComparison.Ordinal));
        Assert.Contains($"127.0.0.1:{ports[0] + 15_000}: Connection refused", line, StringComparison.Ordinal);
        Assert.Contains($"127.0.0.1:{ports[2] + 15_000}: no answer within", line, StringComparison.Ordinal);
        Assert.Contains($"127.0.0.1:{ports[3] + 15_000}: what answers there is no membership register", line, StringComparison.Ordinal);
        Assert.Contains("no-such-host.invalid:23046: ", line, StringComparison.Ordinal);

        await using var founder = new DoozerdProcess(ports[0], attach: null, Path.Combine(_root, "n0"));
        founder.Start();
        await joining.WaitAsync();
        await RequireWriteAsync(joining, "/joined");
    }

    [Fact]
    public async Task Doozerd_AttachToAClusterOfAnotherName_SaysOneLineAndHarmsNobody()
    {
        await using var cluster = await DoozerdCluster.StartAsync(nodes: 1);
        var port = FreePorts.ForDoozerd(2)[1];

        var result = await Programs.RunAsync(
            Programs.Doozerd,
            ["-l", $"127.0.0.1:{port}", "-d", Path.Combine(_root, "west"), "-c", "west", "-a", $"127.0.0.1:{cluster.Nodes[0].Port}"]);

        Assert.Equal(1, result.ExitCode);
        RequireOneComplaint(result.Error, "belongs to the cluster named 'local'; this node was told to join 'west'");
        await RequireWriteAsync(cluster.Nodes[0], "/unharmed");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Doozerd_CopiedDataDirectoryWhileTheOriginalLives_SaysOneLineAndHarmsNobody(int nodes)
    {
        await using var cluster = await DoozerdCluster.StartAsync(nodes);
        var original = cluster.Nodes[^1];
        Assert.Equal(0, await original.StopAsync());
        var copy = Path.Combine(_root, "copy");
        Copy(DataOf(original), copy);
        original.Start();
        await original.WaitAsync();
        var port = FreePorts.ForDoozerd(nodes + 1)[^1];
        string[] attach = nodes == 1 ? [] : ["-a", $"127.0.0.1:{cluster.Nodes[0].Port}"];

        var result = await Programs.RunAsync(Programs.Doozerd, ["-l", $"127.0.0.1:{port}", "-d", copy, .. attach]);

        Assert.Equal(1, result.ExitCode);
        RequireOneComplaint(result.Error, "runs already");
        foreach (var node in cluster.Nodes)
        {
            await RequireWriteAsync(node, $"/unharmed/{node.Port}");
        }
    }

    internal static string DataOf(DoozerdProcess node) =>
        node.Log[(node.Log.IndexOf("data in ", StringComparison.Ordinal) + 8)..].Split('\n')[0].Trim();

    private static async Task RequireWriteAsync(DoozerdProcess node, string path)
    {
        // A node that has just joined has to copy the state before it passes writes on.
        await Wait.UntilAsync(
            async () => (await Programs.RunAsync(Programs.Doozer, ["set", path, "-1"], "x", node.Uri)).ExitCode == 0,
            $"the node on port {node.Port} takes a write; it says:\n{node.Log}");
    }

    private static void RequireOneComplaint(string error, string expected)
    {
        var complaint = Assert.Single(error.Split('\n'), line => line.StartsWith("doozerd: ", StringComparison.Ordinal));
        Assert.Contains(expected, complaint, StringComparison.Ordinal);
        Assert.DoesNotContain(error.Split('\n'), line => line.TrimStart().StartsWith("at ", StringComparison.Ordinal));
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }
    }

    private static TcpListener Listen(int port)
    {
        var listener = new TcpListener(IPAddress.Loopback, port + 15_000);
        listener.Start();
        return listener;
    }

    private static async Task ShoutAsync(TcpListener noisy)
    {
        // Ends with the listener.
        while (true)
        {
            using var client = await noisy.AcceptTcpClientAsync();
            await client.GetStream().WriteAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray());
        }
    }
}
