namespace Orleans.Doozer.Runtime.Tests.Cluster;

[Collection(ClusterTests.Name)]
public sealed class ReadTests(SharedCluster shared)
{
    private readonly string _directory = shared.NewDirectory();

    private IDoozer Client => shared.Client;

    private string File => _directory + "/file";

    [Fact]
    public async Task Get_NothingThere_IsNull() => Assert.Null(await Client.GetAsync(File));

    [Fact]
    public async Task Get_Directory_IsRefused()
    {
        await Client.CreateAsync(File, default);
        var error = await Assert.ThrowsAsync<DoozerException>(() => Client.GetAsync(_directory));
        Assert.Equal(DoozerErrorCode.IsDirectory, error.Code);
    }

    [Fact]
    public async Task Stat_FileDirectoryAndNothing_TellsEach()
    {
        var created = await Client.CreateAsync(File, Bytes.Of("abc"));
        Assert.Equal(new DoozerStat(created, 3), await Client.StatAsync(File));
        Assert.Equal(new DoozerStat(Revision.Directory, 1), await Client.StatAsync(_directory));
        Assert.Equal(new DoozerStat(Revision.Missing, 0), await Client.StatAsync(File + "-not"));
    }

    [Fact]
    public async Task List_SeveralPages_AllNamesOfOneRevision()
    {
        var names = await CreateFilesAsync(25);
        var client = new DoozerClient(shared.Cluster.ClusterClient, new DoozerClientOptions { PageSize = 7 });
        Assert.Equal(names, await client.ListAsync(_directory));
    }

    [Fact]
    public async Task List_FileOrNothing_IsRefused()
    {
        await Client.CreateAsync(File, default);
        var file = await Assert.ThrowsAsync<DoozerException>(() => Client.ListAsync(File));
        Assert.Equal(DoozerErrorCode.NotDirectory, file.Code);
        var nothing = await Assert.ThrowsAsync<DoozerException>(() => Client.ListAsync(_directory + "-not"));
        Assert.Equal(DoozerErrorCode.NoEntry, nothing.Code);
    }

    [Fact]
    public async Task Walk_WritesWhileItRuns_AllAsOfTheFirstPage()
    {
        var names = await CreateFilesAsync(25);
        var client = new DoozerClient(shared.Cluster.ClusterClient, new DoozerClientOptions { PageSize = 4 });
        var seen = new List<string>();
        await foreach (var entry in client.WalkAsync(_directory + "/*"))
        {
            if (seen.Count == 0)
            {
                await Client.DeleteAsync($"{_directory}/{names[20]}", Revision.Clobber);
                await Client.CreateAsync(_directory + "/zz-new", default);
            }

            seen.Add(entry.Path[(_directory.Length + 1)..]);
        }

        Assert.Equal(names, seen);
    }

    [Fact]
    public async Task Get_PastRevision_AsItWasThen()
    {
        var first = await Client.CreateAsync(File, Bytes.Of("old"));
        await Client.SetAsync(File, Bytes.Of("new"), first);
        Assert.Equal("old", (await Client.GetAsync(File, DoozerRead.At(first))).Text());
        Assert.Null(await Client.GetAsync(File, DoozerRead.At(new Revision(first.Value - 1))));
        Assert.Equal(first, await Client.RevisionAsync(DoozerRead.At(first)));
    }

    [Theory]
    [InlineData(ReadConsistency.At)]
    [InlineData(ReadConsistency.AtLeast)]
    public async Task Get_FutureRevision_WaitsForIt(ReadConsistency consistency)
    {
        var now = await Client.RevisionAsync();
        var read = Client.GetAsync(File, new DoozerRead(consistency, new Revision(now.Value + 2)));
        await Client.NopAsync();
        Assert.False(read.IsCompleted);
        await Client.CreateAsync(File, Bytes.Of("come"));
        Assert.Equal("come", (await read.WaitAsync(TimeSpan.FromSeconds(10))).Text());
    }

    [Fact]
    public async Task Get_FutureRevisionCancelled_Throws()
    {
        var now = await Client.RevisionAsync();
        using var cancel = new CancellationTokenSource();
        var read = Client.GetAsync(File, DoozerRead.At(new Revision(now.Value + 1000)), cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read.WaitAsync(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public async Task Get_RightAfterAWriteElsewhere_SeesItOnEveryNode()
    {
        var revision = await Client.CreateAsync(File, default);
        for (var round = 0; round < 30; round++)
        {
            revision = await shared.Cluster.ClientOf(round % 3).SetAsync(File, Bytes.Of($"{round}"), revision);
            for (var node = 0; node < 3; node++)
            {
                Assert.Equal($"{round}", (await shared.Cluster.ClientOf(node).GetAsync(File)).Text());
            }
        }
    }

    [Fact]
    public async Task Get_AtLeastTheOwnWrite_SeesItOnEveryNode()
    {
        var revision = await Client.CreateAsync(File, Bytes.Of("mine"));
        for (var node = 0; node < 3; node++)
        {
            Assert.Equal("mine", (await shared.Cluster.ClientOf(node).GetAsync(File, DoozerRead.AtLeast(revision))).Text());
        }
    }

    [Fact]
    public async Task Revision_Local_AnswersFromTheNodeItself()
    {
        var revision = await Client.NopAsync();
        await shared.Cluster.UntilAsync(
            () => shared.Cluster.Nodes.All(node => node.Store.Current.Revision >= revision),
            "the nodes did not hear of a revision");
        Assert.True(await shared.Cluster.ClientOf(2).RevisionAsync(DoozerRead.Local) >= revision);
    }

    private async Task<List<string>> CreateFilesAsync(int count)
    {
        var names = Enumerable.Range(10, count).Select(number => $"f{number}").ToList();
        await Task.WhenAll(names.Select(name => Client.CreateAsync($"{_directory}/{name}", default)));
        return names;
    }
}
