namespace Orleans.Doozer.SystemTests;

/// <summary>A watcher at one node sees what is written at the others.</summary>
[Collection("system")]
public sealed class WatchTests
{
    [Fact]
    public async Task Watch_ChangesAtTheOtherNodes_AreSeenInOrderOnce()
    {
        await using var cluster = await DoozerdCluster.StartAsync();
        const int Changes = 200;
        using var watcher = Programs.Start(
            Programs.Doozer, ["watch", "-r", "1", "/watched/*"], Path.GetTempPath(), cluster.Nodes[2].Uri);
        var seen = ReadRecordsAsync(watcher.StandardOutput, Changes);
        using var first = new NodeClient(cluster.Nodes[0].Address);
        using var second = new NodeClient(cluster.Nodes[1].Address);
        var written = new List<string>();
        for (var number = 0; number < Changes; number++)
        {
            var path = $"/watched/{number % 7}";
            var (outcome, revision) = await (number % 2 == 0 ? first : second).SetAsync(path, $"{number}");
            Assert.Equal(Outcome.Ok, outcome);
            written.Add($"{path} {revision} set {$"{number}".Length} {number}");
        }

        Assert.Equal(written, await seen.WaitAsync(TimeSpan.FromSeconds(30)));
        watcher.Kill();
    }

    private static async Task<List<string>> ReadRecordsAsync(StreamReader output, int count)
    {
        var records = new List<string>();
        while (records.Count < count)
        {
            var head = await output.ReadLineAsync();
            var body = await output.ReadLineAsync();
            records.Add($"{head} {body}");
        }

        return records;
    }
}
