using System.Globalization;
using Orleans.Doozer.Grains;

namespace Orleans.Doozer.Runtime.Tests.Cluster;

[Collection(ClusterTests.Name)]
public sealed class WriteTests(SharedCluster shared)
{
    private readonly string _directory = shared.NewDirectory();

    private IDoozer Client => shared.Client;

    private string File => _directory + "/file";

    [Fact]
    public async Task Set_EachSuccess_TakesTheNextRevision()
    {
        var before = await Client.RevisionAsync();
        var first = await Client.SetAsync(File, Bytes.Of("a"), Revision.Missing);
        var second = await Client.SetAsync(File, Bytes.Of("b"), first);
        Assert.Equal(before.Next, first);
        Assert.Equal(first.Next, second);
        Assert.Equal(second, (await Client.GetAsync(File))!.Revision);
    }

    [Fact]
    public async Task Set_OlderRevision_ChangesNothing()
    {
        var first = await Client.CreateAsync(File, Bytes.Of("a"));
        var second = await Client.SetAsync(File, Bytes.Of("b"), first);
        await Assert.ThrowsAsync<DoozerRevisionMismatchException>(() => Client.SetAsync(File, Bytes.Of("c"), first));
        Assert.Equal("b", (await Client.GetAsync(File)).Text());
        Assert.Equal(second, await Client.RevisionAsync());
    }

    [Fact]
    public async Task Set_NewerRevisionThanTheFiles_Succeeds()
    {
        var first = await Client.CreateAsync(File, Bytes.Of("a"));
        var second = await Client.SetAsync(File, Bytes.Of("b"), new Revision(first.Value + 1000));
        Assert.Equal(first.Next, second);
    }

    [Fact]
    public async Task Set_Clobber_WritesWhateverIsThere()
    {
        await Client.CreateAsync(File, Bytes.Of("a"));
        await Client.SetAsync(File, Bytes.Of("b"), Revision.Clobber);
        Assert.Equal("b", (await Client.GetAsync(File)).Text());
    }

    [Fact]
    public async Task Create_FileExists_Mismatch()
    {
        await Client.CreateAsync(File, default);
        await Assert.ThrowsAsync<DoozerRevisionMismatchException>(() => Client.CreateAsync(File, default));
    }

    [Fact]
    public async Task Set_DirectoryOrBelowAFile_IsRefused()
    {
        await Client.CreateAsync(File, default);
        var directory = await Assert.ThrowsAsync<DoozerException>(() => Client.SetAsync(_directory, default, Revision.Clobber));
        Assert.Equal(DoozerErrorCode.IsDirectory, directory.Code);
        var below = await Assert.ThrowsAsync<DoozerException>(() => Client.SetAsync(File + "/x", default, Revision.Clobber));
        Assert.Equal(DoozerErrorCode.NotDirectory, below.Code);
    }

    [Fact]
    public async Task Delete_File_IsGoneWithItsDirectory()
    {
        var created = await Client.CreateAsync(File, default);
        Assert.Equal(created.Next, await Client.DeleteAsync(File, created));
        Assert.Null(await Client.GetAsync(File));
        Assert.False((await Client.StatAsync(_directory)).Exists);
    }

    [Fact]
    public async Task Delete_OlderRevision_ChangesNothing()
    {
        var first = await Client.CreateAsync(File, default);
        await Client.SetAsync(File, Bytes.Of("b"), first);
        await Assert.ThrowsAsync<DoozerRevisionMismatchException>(() => Client.DeleteAsync(File, first));
        Assert.Equal("b", (await Client.GetAsync(File)).Text());
    }

    [Fact]
    public async Task Delete_NothingThere_TakesARevision()
    {
        var before = await Client.RevisionAsync();
        Assert.Equal(before.Next, await Client.DeleteAsync(File, Revision.Missing));
    }

    [Fact]
    public async Task Nop_Always_TakesARevision()
    {
        var before = await Client.RevisionAsync();
        Assert.Equal(before.Next, await Client.NopAsync());
    }

    [Theory]
    [InlineData("")]
    [InlineData("no-slash")]
    [InlineData("/a//b")]
    [InlineData("/a/")]
    [InlineData("/späß")]
    public async Task Set_BadPath_SaysWhatIsWrong(string path)
    {
        var error = await Assert.ThrowsAsync<DoozerBadPathException>(() => Client.SetAsync(path, default, Revision.Clobber));
        Assert.Equal(DoozerPath.Describe(path), error.Message);
    }

    [Fact]
    public async Task Set_ValueTooLarge_NamesTheLimit()
    {
        var before = await Client.RevisionAsync();
        var error = await Assert.ThrowsAsync<DoozerException>(
            () => Client.SetAsync(File, new byte[(1 << 20) + 1], Revision.Clobber));
        Assert.Equal(DoozerErrorCode.LimitExceeded, error.Code);
        Assert.Contains("MaxValueBytes", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, await Client.RevisionAsync());
    }

    [Fact]
    public async Task Set_LargestValue_ComesBackWhole()
    {
        var value = new byte[1 << 20];
        Random.Shared.NextBytes(value);
        await Client.CreateAsync(File, value);
        Assert.True((await Client.GetAsync(File))!.Value.Span.SequenceEqual(value));
    }

    [Fact]
    public async Task Set_ConcurrentIncrements_SumIsExact()
    {
        const int writers = 6, increments = 20;
        await Client.CreateAsync(File, Bytes.Of("0"));
        await Task.WhenAll(Enumerable.Range(0, writers).Select(writer => Task.Run(() => IncrementAsync(
            writer < 3 ? shared.Cluster.ClientOf(writer) : Client, increments))));
        Assert.Equal((writers * increments).ToString(CultureInfo.InvariantCulture), (await Client.GetAsync(File)).Text());
    }

    [Fact]
    public async Task Write_SameRequestTwice_IsAppliedOnceAndAnsweredTheSame()
    {
        var before = await Client.RevisionAsync();
        var route = await shared.Cluster.ClusterClient.GetGrain<IStoreGrain>("default").Route();
        var request = new WriteRequest(
            new RequestId(Guid.NewGuid(), 1, route.Status.Position), WriteKind.Set, File, Bytes.Of("once"), Revision.Missing);
        var answers = new List<WriteReply>();
        for (var node = 0; node < 3; node++)
        {
            var door = shared.Cluster.GetService<IGrainFactory>(node).GetGrain<IStoreGrain>("default");
            answers.Add(await door.Write(request, CancellationToken.None));
        }

        Assert.All(answers, answer => Assert.Equal((DoozerErrorCode.None, before.Next), (answer.Error, answer.Revision)));
        Assert.Equal(before.Next, await Client.RevisionAsync());
    }

    [Fact]
    public async Task Write_RefusedRequestTwice_IsRefusedAgainAlthoughItWouldSucceedNow()
    {
        var door = shared.Cluster.ClusterClient.GetGrain<IStoreGrain>("default");
        var created = await Client.CreateAsync(File, default);
        var route = await door.Route();
        var request = new WriteRequest(
            new RequestId(Guid.NewGuid(), 1, route.Status.Position), WriteKind.Set, File, default, Revision.Missing);
        Assert.Equal(DoozerErrorCode.RevisionMismatch, (await door.Write(request, CancellationToken.None)).Error);
        await Client.DeleteAsync(File, created);
        Assert.Equal(DoozerErrorCode.RevisionMismatch, (await door.Write(request, CancellationToken.None)).Error);
        Assert.Null(await Client.GetAsync(File));
    }

    private async Task IncrementAsync(IDoozer client, int times)
    {
        for (var done = 0; done < times;)
        {
            var entry = await client.GetAsync(File);
            var next = int.Parse(entry.Text(), CultureInfo.InvariantCulture) + 1;
            try
            {
                await client.SetAsync(File, Bytes.Of(next.ToString(CultureInfo.InvariantCulture)), entry!.Revision);
                done++;
            }
            catch (DoozerRevisionMismatchException)
            {
                // Another was faster.
            }
        }
    }
}
