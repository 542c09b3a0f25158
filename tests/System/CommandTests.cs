namespace Orleans.Doozer.SystemTests;

/// <summary>doozer's verbs against a real doozerd, and doozerd's own complaints.</summary>
[Collection("system")]
public sealed class CommandTests
{
    [Fact]
    public async Task Verbs_OneNode_BehaveAsDoozers()
    {
        await using var cluster = await DoozerdCluster.StartAsync(nodes: 1);
        var uri = cluster.Uri;

        var added = await DoozerAsync(uri, "hello", "add", "/a/b");
        Assert.Equal(0, added.ExitCode);
        var revision = added.Output.Trim();
        Assert.Equal("hello", (await DoozerAsync(uri, "", "get", "/a/b")).Output);
        Assert.Equal($"{revision} 5\n", (await DoozerAsync(uri, "", "stat", "/a/b")).Output);
        Assert.Equal("d 1\n", (await DoozerAsync(uri, "", "stat", "/a")).Output);
        Assert.Equal("/a\n/a/b\n", (await DoozerAsync(uri, "", "find", "/a")).Output);
        Assert.Equal(1, (await DoozerAsync(uri, "again", "add", "/a/b")).ExitCode);

        var set = await DoozerAsync(uri, "bye", "set", "/a/b", revision);
        Assert.Equal(0, set.ExitCode);
        Assert.Equal(1, (await DoozerAsync(uri, "late", "set", "/a/b", revision)).ExitCode);
        Assert.Equal("hello", (await DoozerAsync(uri, "", "-r", revision, "get", "/a/b")).Output);
        Assert.Equal($"/a/b {set.Output.Trim()} set 3\nbye\n", (await DoozerAsync(uri, "", "wait", "-r", set.Output.Trim(), "/a/*")).Output);

        Assert.Equal(0, (await DoozerAsync(uri, "", "touch", "/a/b")).ExitCode);
        Assert.Equal(0, (await DoozerAsync(uri, "", "nop")).ExitCode);
        Assert.True(long.Parse((await DoozerAsync(uri, "", "rev")).Output) > long.Parse(set.Output));
        Assert.Equal((await DoozerAsync(uri, "", "get", "/ctl/cal/0")).Output, (await DoozerAsync(uri, "", "self")).Output);
        Assert.Equal(1, (await DoozerAsync(uri, "", "del", "/a/b", revision)).ExitCode);
        Assert.Equal(0, (await DoozerAsync(uri, "", "del", "/a/b", "-1")).ExitCode);
        var gone = await DoozerAsync(uri, "", "stat", "/a/b");
        Assert.Equal((2, "No such file or directory: /a/b\n"), (gone.ExitCode, gone.Error));
    }

    [Theory]
    [InlineData("put", "--total", "200", "--clients", "8")]
    [InlineData("range", "--total", "200", "--key-space-size", "20")]
    [InlineData("watch", "--streams", "2", "--watch-per-stream", "5", "--put-total", "20", "--put-rate", "0")]
    [InlineData("watch-latency", "--put-total", "5", "--put-rate", "0")]
    public async Task Bench_EachWorkload_MeasuresWithoutErrors(params string[] load)
    {
        await using var cluster = await DoozerdCluster.StartAsync(nodes: 1);

        var run = await DoozerAsync(cluster.Uri, "", ["bench", .. load, "--warm-up", "100ms", "--conns", "2"]);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.StartsWith($"{load[0]}", run.Output, StringComparison.Ordinal);
        Assert.Contains("errors: none", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doozerd_Terminated_EndsCleanlyAndContinuesWhereItWas()
    {
        await using var cluster = await DoozerdCluster.StartAsync(nodes: 1);
        var node = cluster.Nodes[0];
        Assert.Equal(0, (await DoozerAsync(node.Uri, "kept", "add", "/kept")).ExitCode);
        Assert.Equal(0, await node.StopAsync());
        node.Start();
        await node.WaitAsync();
        Assert.Equal("kept", (await DoozerAsync(node.Uri, "", "get", "/kept")).Output);
    }

    [Theory]
    [InlineData("-l", "nonsense:99999")]
    [InlineData("-l", "0.0.0.0:8046")]
    [InlineData("-l", "127.0.0.1:60000")]
    [InlineData("-a", "127.0.0.1:8046")]
    [InlineData("-d", "/proc/version")]
    [InlineData("--history", "-5")]
    [InlineData("-pulse", "soon")]
    [InlineData("-tlscert", "only.pem")]
    [InlineData("-b", "127.0.0.1:8046")]
    [InlineData("-b", "doozer:?cn=east")]
    [InlineData("--nonsense", "x")]
    public async Task Doozerd_WrongUse_SaysOneLineAndFails(string option, string value)
    {
        var result = await Programs.RunAsync(Programs.Doozerd, [option, value]);

        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith("doozerd: ", result.Error, StringComparison.Ordinal);
        Assert.Single(result.Error.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public async Task Doozerd_DataDirectoryInUse_SaysOneLineAndHarmsNobody()
    {
        await using var cluster = await DoozerdCluster.StartAsync(nodes: 1);
        var node = cluster.Nodes[0];
        var directory = node.Log[(node.Log.IndexOf("data in ", StringComparison.Ordinal) + 8)..].Split('\n')[0].Trim();

        var second = await Programs.RunAsync(Programs.Doozerd, ["-l", $"127.0.0.1:{node.Port + 1}", "-d", directory]);
        var samePort = await Programs.RunAsync(Programs.Doozerd, ["-l", $"127.0.0.1:{node.Port}", "--memory"]);

        Assert.Equal((1, 1), (second.ExitCode, samePort.ExitCode));
        Assert.Single(second.Error.TrimEnd('\n').Split('\n'));
        Assert.Contains("in use", samePort.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await DoozerAsync(node.Uri, "x", "add", "/still/here")).ExitCode);
    }

    [Fact]
    public async Task Doozerd_DirectoryOfAnotherCluster_SaysOneLineAndHarmsNobody()
    {
        await using var cluster = await DoozerdCluster.StartAsync(nodes: 1);
        await using var other = await DoozerdCluster.StartAsync(nodes: 1);
        var node = cluster.Nodes[0];
        var directory = node.Log[(node.Log.IndexOf("data in ", StringComparison.Ordinal) + 8)..].Split('\n')[0].Trim();
        Assert.Equal(0, await node.StopAsync());

        var mixed = await Programs.RunAsync(
            Programs.Doozerd, ["-l", $"127.0.0.1:{node.Port}", "-d", directory, "-a", $"127.0.0.1:{other.Nodes[0].Port}"]);

        Assert.Equal(1, mixed.ExitCode);
        Assert.Contains("belongs to cluster", mixed.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await DoozerAsync(other.Uri, "x", "add", "/still/here")).ExitCode);
    }

    [Fact]
    public async Task Doozerd_TerminatedWhileItWaitsToJoin_EndsCleanly()
    {
        await using var waiting = new DoozerdProcess(8946, attach: 8947, Directory.CreateTempSubdirectory("doozer-system-").FullName);
        waiting.Start();
        await Wait.UntilAsync(
            () => Task.FromResult(waiting.Log.Contains("Waiting to join", StringComparison.Ordinal)), "it says what it waits for");

        Assert.Equal(0, await waiting.StopAsync());
    }

    [Theory]
    [InlineData("-h")]
    [InlineData("-v")]
    public async Task Doozerd_HelpAndVersion_GoToStandardOutput(string option)
    {
        var result = await Programs.RunAsync(Programs.Doozerd, [option]);

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Contains("doozerd", result.Output, StringComparison.Ordinal);
    }

    private static Task<ProgramResult> DoozerAsync(string uri, string input, params string[] arguments) =>
        Programs.RunAsync(Programs.Doozer, arguments, input, uri);
}
