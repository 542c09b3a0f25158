namespace Orleans.Doozer.Runtime.Tests;

public sealed class DoozerOptionsTests
{
    public static TheoryData<string, Action<DoozerOptions>> Mistakes => new()
    {
        { "set DataDirectory", options => options.InMemory = false },
        { "set only one of InMemory and DataDirectory", options => options.DataDirectory = "/somewhere" },
        { "every store needs a name", options => options.Stores.Clear() },
        { "every store needs a name", options => options.Stores.Add("a/b") },
        { "every store needs a name", options => options.Stores.Add("a#1") },
        { "the cluster name 'a b'", options => options.ClusterName = "a b" },
        { "History must be at least 1", options => options.History = 0 },
        { "HistoryBytes must be at least 1 MiB", options => options.HistoryBytes = (1 << 20) - 1 },
        { "MaxValueBytes", options => options.MaxValueBytes = 0 },
        { "MaxPathLength", options => options.MaxPathLength = 1 },
        { "MaxPendingRequests", options => options.MaxPendingRequests = 0 },
        { "MaxPendingBytes", options => options.MaxPendingBytes = 0 },
        { "MaxWatchers", options => options.MaxWatchers = 0 },
        { "MaxStoreBytes", options => options.MaxStoreBytes = 0 },
        { "RequestTimeout", options => options.RequestTimeout = TimeSpan.Zero },
        { "Pulse must not be negative", options => options.Pulse = TimeSpan.FromSeconds(-1) },
        { "ElectionMinMs", options => options.Times = options.Times with { ElectionMinMs = 1 } },
        { "ElectionMaxMs", options => options.Times = options.Times with { ElectionMaxMs = options.Times.ElectionMinMs } },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void Describe_OneMistake_OneSentenceNamesIt(string part, Action<DoozerOptions> mistake)
    {
        var options = new DoozerOptions { InMemory = true };
        mistake(options);
        Assert.Contains(part, DoozerOptionsValidator.Describe(options), StringComparison.Ordinal);
    }

    [Fact]
    public void Describe_Defaults_NothingIsWrong() =>
        Assert.Null(DoozerOptionsValidator.Describe(new DoozerOptions { InMemory = true }));
}
