using Orleans.Doozer.TestingHost;

namespace Orleans.Doozer.Runtime.Tests.Cluster;

[Collection(ClusterTests.Name)]
public sealed class LimitTests
{
    [Fact]
    public async Task Write_TooManyPending_SomeAreRefusedAndTheOthersDone()
    {
        await using var cluster = await StartAsync(node => node.MaxPendingRequests = 4);
        var before = await cluster.Client.RevisionAsync();
        var results = await Task.WhenAll(Enumerable.Range(0, 200).Select(number => OutcomeOfAsync(
            () => cluster.Client.CreateAsync($"/f/{number}", default))));
        Assert.All(results, result => Assert.Contains(result, new[] { DoozerErrorCode.None, DoozerErrorCode.LimitExceeded }));
        Assert.Contains(DoozerErrorCode.LimitExceeded, results);
        var done = results.Count(result => result == DoozerErrorCode.None);
        Assert.InRange(done, 1, 199);
        Assert.Equal(before.Value + done, (await cluster.Client.RevisionAsync()).Value);
        Assert.Equal(done, (await cluster.Client.ListAsync("/f")).Count);
    }

    [Fact]
    public async Task Write_AfterManyRefusals_TheLimitOfBytesStillHolds()
    {
        await using var cluster = await StartAsync(node =>
        {
            node.MaxPendingRequests = 4;
            node.MaxPendingBytes = 64 * 1024;
        });
        var results = await Task.WhenAll(Enumerable.Range(0, 200).Select(number => OutcomeOfAsync(
            () => cluster.Client.CreateAsync($"/f/{number}", new byte[4096]))));
        Assert.Contains(DoozerErrorCode.LimitExceeded, results);

        Assert.Equal(
            DoozerErrorCode.LimitExceeded, await OutcomeOfAsync(() => cluster.Client.CreateAsync("/large", new byte[100 * 1024])));
        Assert.Equal(DoozerErrorCode.None, await OutcomeOfAsync(() => cluster.Client.CreateAsync("/small", new byte[4096])));
    }

    [Fact]
    public async Task Set_StoreIsFull_IsRefusedUntilSomethingIsDeleted()
    {
        await using var cluster = await StartAsync(node => node.MaxStoreBytes = 2000);
        await cluster.Client.CreateAsync("/big", new byte[2000]);
        var error = await Assert.ThrowsAsync<DoozerException>(() => cluster.Client.CreateAsync("/more", default));
        Assert.Equal(DoozerErrorCode.LimitExceeded, error.Code);
        Assert.Contains("MaxStoreBytes", error.Message, StringComparison.Ordinal);
        await cluster.Client.DeleteAsync("/big", Revision.Clobber);
        Assert.True((await cluster.Client.CreateAsync("/more", default)).IsFile);
    }

    [Fact]
    public async Task Watch_TooManyWatchers_NamesTheLimit()
    {
        await using var cluster = await StartAsync(node => node.MaxWatchers = 1);
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var from = (await cluster.Client.RevisionAsync()).Next;
        var first = cluster.Client.WaitAsync("/a", from, stop.Token);
        var watches = cluster.GetService<Stores.StoreHosts>(0).GetHost("default").Watches;
        await cluster.UntilAsync(() => watches.Count == 1, "nobody watches");
        var error = await Assert.ThrowsAsync<DoozerException>(() => cluster.Client.WaitAsync("/b", from, stop.Token));
        Assert.Equal(DoozerErrorCode.LimitExceeded, error.Code);
        Assert.Contains("MaxWatchers", error.Message, StringComparison.Ordinal);
        await cluster.Client.CreateAsync("/a", default);
        Assert.Equal("/a", (await first).Path);
    }

    [Fact]
    public async Task Stores_Several_AreApart()
    {
        await using var cluster = await StartAsync(node => node.Stores.Add("other"));
        var other = cluster.ClusterClient.GetDoozer("other");
        await cluster.Client.CreateAsync("/f", Bytes.Of("default"));
        await other.CreateAsync("/f", Bytes.Of("other"));
        Assert.Equal("default", (await cluster.Client.GetAsync("/f")).Text());
        Assert.Equal("other", (await other.GetAsync("/f")).Text());
    }

    private static Task<DoozerTestCluster> StartAsync(Action<DoozerOptions> configure) =>
        DoozerTestCluster.StartAsync(1, options => options.ConfigureNode = (_, node) =>
        {
            node.Pulse = TimeSpan.Zero;
            configure(node);
        });

    private static async Task<DoozerErrorCode> OutcomeOfAsync(Func<Task> write)
    {
        try
        {
            await write();
            return DoozerErrorCode.None;
        }
        catch (DoozerException refusal)
        {
            return refusal.Code;
        }
    }
}
