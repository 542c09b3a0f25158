namespace Orleans.Doozer.SystemTests;

/// <summary>The main job, shown in half a minute: three processes, one store, and the leader killed with kill -9.</summary>
internal static class Demo
{
    public static async Task RunAsync()
    {
        Say("Starting three doozerd on loopback, each with a data directory of its own; the second and third join and get a vote by themselves:");
        await using var cluster = await DoozerdCluster.StartAsync();
        foreach (var node in cluster.Nodes)
        {
            Console.WriteLine($"  doozerd -l 127.0.0.1:{node.Port}{(node == cluster.Nodes[0] ? "" : $" -a 127.0.0.1:{cluster.Nodes[0].Port}")}");
        }

        Say("A write at the first node, read at the third:");
        await ShowAsync(cluster.Nodes[0], "blue", "set", "/app/colour", "-1");
        await ShowAsync(cluster.Nodes[2], "", "get", "/app/colour");

        var leader = cluster.FindLeader();
        Say($"kill -9 of the leader, which is on port {cluster.Nodes[leader].Port}; the others go on:");
        await cluster.Nodes[leader].KillAsync();
        var alive = cluster.Nodes[(leader + 1) % 3];
        await ShowAsync(alive, "green", "set", "/app/colour", "-1");

        Say("It comes back and has what it missed:");
        cluster.Nodes[leader].Start();
        await cluster.Nodes[leader].WaitAsync();
        await ShowAsync(cluster.Nodes[leader], "", "get", "/app/colour");

        Say("All three killed at once and restarted:");
        await Task.WhenAll(cluster.Nodes.Select(node => node.KillAsync()));
        cluster.Nodes.ForEach(node => node.Start());
        await Task.WhenAll(cluster.Nodes.Select(node => node.WaitAsync()));
        await ShowAsync(cluster.Nodes[1], "", "get", "/app/colour");
        await ShowAsync(cluster.Nodes[1], "", "find", "/ctl/cal");
        Say("Done; the nodes are stopped and their directories removed.");
    }

    private static async Task ShowAsync(DoozerdProcess node, string input, params string[] arguments)
    {
        var echo = input.Length > 0 ? $"printf {input} | " : "";
        Console.WriteLine($"  {echo}doozer -a '{node.Uri}' {string.Join(' ', arguments)}");
        var result = await Programs.RunAsync(Programs.Doozer, arguments, input, node.Uri);
        Console.WriteLine($"    {(result.ExitCode == 0 ? result.Output : result.Error).TrimEnd().ReplaceLineEndings("\n    ")}");
    }

    private static void Say(string text) => Console.WriteLine($"\n{text}");
}
