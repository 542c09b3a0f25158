using Orleans.Doozer.Gateway.Tests.Support;
using Orleans.Doozer.Gateway.Verbs;
using static Orleans.Doozer.Gateway.Tests.Support.Messages;

namespace Orleans.Doozer.Gateway.Tests;

/// <summary>The requests of one connection run side by side; tags tell the answers apart.</summary>
public sealed class ConcurrencyTests
{
    [Fact]
    public async Task Requests_FirstIsHeldBack_AreAnsweredOutOfOrder()
    {
        var gate = new TaskCompletionSource();
        await using var host = await GatewayHost.StartAsync();
        host.Store.OnWrite = async _ => { await gate.Task; return null; };
        await using var client = await host.ConnectAsync();

        await client.SendAsync(Set("/a", "v", tag: 1), Ask(VerbTable.Rev, tag: 2));

        Same(Answer(rev: 6, tag: 2), await client.ReceiveAsync());
        gate.SetResult();
        Same(Answer(rev: 7, tag: 1), await client.ReceiveAsync());
    }

    [Fact]
    public async Task Wait_ChangeComesLater_IsAnsweredWhileOthersRun()
    {
        await using var host = await GatewayHost.StartAsync();
        await using var client = await host.ConnectAsync();
        await client.SendAsync(Wait("/a/*", 1, tag: 1));
        await host.Store.Watching.UntilAsync(1);

        Same(Answer(rev: 7, tag: 2), await client.CallAsync(Set("/b", "no match", tag: 2)));
        await client.SendAsync(Set("/a/x", "match", tag: 3));
        var answers = new[] { await client.ReceiveAsync(), await client.ReceiveAsync() }.OrderBy(answer => answer.Tag).ToArray();

        Same(Answer(path: "/a/x", value: "match", rev: 8, flags: 4, tag: 1), answers[0]);
        Same(Answer(rev: 8, tag: 3), answers[1]);
    }

    [Fact]
    public async Task Wait_StoreReportsNothingInTime_AsksAgainFromThere()
    {
        await using var host = await GatewayHost.StartAsync(options => options.MaxWait = TimeSpan.FromMilliseconds(1));
        await using var client = await host.ConnectAsync();
        var rounds = 0;
        await client.SendAsync(Wait("/later", 1));

        // Each round begins a watch and ends it: ten of them have passed without an answer.
        while (rounds++ < 10)
        {
            await host.Store.Watching.UntilAsync(1);
            await host.Store.Watching.UntilAsync(0);
        }

        host.Store.Set("/later", "v");
        Same(Answer(path: "/later", value: "v", rev: 7, flags: 4), await client.ReceiveAsync());
    }

    [Theory]
    [InlineData(VerbTable.Get)]
    [InlineData(VerbTable.Stat)]
    [InlineData(VerbTable.GetDir)]
    [InlineData(VerbTable.Walk)]
    public async Task Read_FutureRevision_WaitsForItAndSeesExactlyIt(int verb)
    {
        await using var host = await GatewayHost.StartAsync();
        await using var client = await host.ConnectAsync();
        await client.SendAsync(Ask(verb, verb == VerbTable.GetDir ? "/ctl" : "/ctl/name", rev: 7, offset: 0));
        await host.Store.Watching.UntilAsync(1);

        host.Store.Set("/ctl/a", "v");
        host.Store.Set("/ctl/name", "changed");

        Same(
            verb switch
            {
                VerbTable.Get => Answer(rev: 1, value: "local"),
                VerbTable.Stat => Answer(rev: 1, len: 5),
                VerbTable.GetDir => Answer(path: "a"),
                _ => Answer(path: "/ctl/name", value: "local", rev: 1, flags: 4),
            },
            await client.ReceiveAsync());
    }

    [Fact]
    public async Task Tag_InUse_IsRefusedAndTheEarlierRequestGoesOn()
    {
        await using var host = await GatewayHost.StartAsync();
        await using var client = await host.ConnectAsync();
        await client.SendAsync(Wait("/a", 1, tag: 5));
        await host.Store.Watching.UntilAsync(1);

        Same(Error(DoozerErrorCode.TagInUse, tag: 5), await client.CallAsync(Set("/a", "v", tag: 5)));
        Assert.Equal(6, host.Store.Current.Revision.Value);
        host.Store.Set("/a", "w");
        Same(Answer(path: "/a", value: "w", rev: 7, flags: 4, tag: 5), await client.ReceiveAsync());
        Same(Answer(rev: 7, value: "w", tag: 5), await client.CallAsync(Get("/a", tag: 5)));
    }

    [Fact]
    public async Task Tag_ReusedAsSoonAsAnswered_IsNeverInUse()
    {
        await using var host = await GatewayHost.StartAsync();
        await using var client = await host.ConnectAsync();

        for (var i = 0; i < 500; i++)
        {
            Same(Answer(rev: 7 + i, tag: 0), await client.CallAsync(Set("/a", "v", tag: 0)));
        }
    }

    [Fact]
    public async Task Tag_Absent_IsNeverInUse()
    {
        await using var host = await GatewayHost.StartAsync();
        await using var client = await host.ConnectAsync();
        var wait = Ask(VerbTable.Wait, "/a", 1, tag: null);
        await client.SendAsync(wait, wait);
        await host.Store.Watching.UntilAsync(2);

        host.Store.Set("/a", "v");

        var expected = Answer(path: "/a", value: "v", rev: 7, flags: 4, tag: null);
        Same(expected, await client.ReceiveAsync());
        Same(expected, await client.ReceiveAsync());
    }

    [Fact]
    public async Task Requests_AsManyAsAllowed_HoldBackTheRestUntilOneIsAnswered()
    {
        var gate = new SemaphoreSlim(0);
        await using var host = await GatewayHost.StartAsync(options => options.MaxOutstanding = 2);
        host.Store.OnWrite = async _ => { await gate.WaitAsync(RawClient.Patience); return null; };
        await using var client = await host.ConnectAsync();

        await client.SendAsync(Set("/a", "1", tag: 1), Set("/a", "2", tag: 2), Set("/a", "3", tag: 3));
        await host.Store.WritesBegun.UntilAsync(2);
        await using (var other = await host.ConnectAsync())
        {
            // Another connection has slots of its own; its answer shows that the server had the time to read the third.
            Same(Answer(rev: 6), await other.CallAsync(Ask(VerbTable.Rev)));
        }

        Assert.Equal(2, host.Store.WritesBegun.Value);
        gate.Release();
        await client.ReceiveAsync();
        await host.Store.WritesBegun.UntilAsync(3);
        gate.Release(2);
    }

    [Fact]
    public async Task Waits_MoreThanMayRun_DoNotStopTheWriteTheyWaitFor()
    {
        await using var host = await GatewayHost.StartAsync(options => options.MaxOutstanding = 2);
        await using var client = await host.ConnectAsync();
        await client.SendAsync([.. Enumerable.Range(1, 50).Select(tag => Wait("/a", 1, tag))]);
        await host.Store.Watching.UntilAsync(50);

        await client.SendAsync(Set("/a", "v", tag: 51));

        var tags = new HashSet<int>();
        for (var i = 0; i < 51; i++)
        {
            tags.Add((await client.ReceiveAsync()).Tag);
        }

        Assert.Equal(51, tags.Count);
    }

    [Fact]
    public async Task Waits_MoreThanAllowed_AreRefused_AndTheOthersGoOn()
    {
        await using var host = await GatewayHost.StartAsync(options => options.MaxWaiting = 1);
        await using var client = await host.ConnectAsync();
        await client.SendAsync(Wait("/a", 1, tag: 1));
        await host.Store.Watching.UntilAsync(1);

        var refused = await client.CallAsync(Get("/a", rev: 100, tag: 2));
        Assert.StartsWith("limit exceeded", refused.ErrDetail, StringComparison.Ordinal);
        await client.SendAsync(Set("/a", "v", tag: 3));
        var answered = new[] { (await client.ReceiveAsync()).Tag, (await client.ReceiveAsync()).Tag };
        Assert.Equal([1, 3], answered.Order());
    }
}
