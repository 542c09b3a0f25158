using System.ComponentModel;
using System.Diagnostics;

namespace Orleans.Doozer.SystemTests;

/// <summary>Nodes whose wall clocks are an hour apart, each way: real processes with a preloaded clock.</summary>
[Collection("system")]
public sealed class ClockTests : IAsyncLifetime
{
    private static readonly int[] Skews = [0, 3600, -3600];
    private readonly string _root = Directory.CreateTempSubdirectory("doozer-clock-").FullName;
    private readonly List<DoozerdProcess> _nodes = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }

        Directory.Delete(_root, recursive: true);
    }

    [SkippableFact]
    public async Task ThreeNodes_ClocksAnHourApart_VoteSurviveAKillAndARestartWithoutTheOneAhead()
    {
        var clock = await CompileClockAsync();
        var ports = FreePorts.ForDoozerd(3);
        for (var i = 0; i < 3; i++)
        {
            var node = new DoozerdProcess(ports[i], i == 0 ? null : ports[0], Path.Combine(_root, $"n{i}"));
            node.Environment["LD_PRELOAD"] = clock;
            node.Environment["CLOCK_SKEW"] = $"{Skews[i]}";
            _nodes.Add(node);
            node.Start();
            await node.WaitAsync();
        }

        await DoozerdCluster.WaitForVotersAsync(_nodes[0], 3);
        RequireSkew();
        await RequireReadEverywhereAsync("/all", 0, 1, 2);

        // The one ahead dies and comes back.
        await _nodes[1].KillAsync();
        await RequireReadEverywhereAsync("/without-the-one-ahead", 0, 2);
        _nodes[1].Start();
        await _nodes[1].WaitAsync();
        await RequireReadEverywhereAsync("/again", 0, 1, 2);

        // All die, and the one ahead stays away: its last signs of life are of the future.
        await Task.WhenAll(_nodes.Select(node => node.KillAsync()));
        _nodes[0].Start();
        _nodes[2].Start();
        await Task.WhenAll(_nodes[0].WaitAsync(), _nodes[2].WaitAsync());
        await RequireReadEverywhereAsync("/two-of-three", 0, 2);
    }

    /// <summary>That the clocks are off at all, as the nodes' own logs tell.</summary>
    private void RequireSkew()
    {
        var hours = _nodes.Select(node => DateTime.Parse(node.Log[..19], System.Globalization.CultureInfo.InvariantCulture)).ToList();
        Assert.InRange((hours[1] - hours[0]).TotalMinutes, 59, 62);
        Assert.InRange((hours[0] - hours[2]).TotalMinutes, 57, 61);
    }

    private async Task RequireReadEverywhereAsync(string directory, params int[] indexes)
    {
        foreach (var writer in indexes)
        {
            var path = $"{directory}/{writer}";
            var added = await Programs.RunAsync(Programs.Doozer, ["add", path], path, _nodes[writer].Uri);
            Assert.True(added.ExitCode == 0, added.Error);
            foreach (var reader in indexes)
            {
                Assert.Equal(path, (await Programs.RunAsync(Programs.Doozer, ["get", path], uri: _nodes[reader].Uri)).Output);
            }
        }
    }

    private async Task<string> CompileClockAsync()
    {
        var library = Path.Combine(_root, "skewed-clock.so");
        var source = Path.Combine(Programs.Root, "tests", "System", "skewed-clock.c");
        try
        {
            using var compiler = Process.Start("cc", ["-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"]);
            await compiler.WaitForExitAsync();
            Assert.Equal(0, compiler.ExitCode);
        }
        catch (Win32Exception)
        {
            Skip.If(true, "there is no C compiler to make a skewed clock with");
        }

        return library;
    }
}
