using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Orleans.Doozer.TestingHost;
using Orleans.Doozer.Viewer.Tests.Support;

namespace Orleans.Doozer.Viewer.Tests;

[Collection(nameof(OneNode))]
public sealed class LiveTests(OneNode one)
{
    [Fact]
    public async Task Tree_WhenSomethingChanges_TellsTheStateOfTheOpenDirectoriesChildren()
    {
        await using var site = await Site.StartAsync(one.Node);
        var directory = one.NewDirectory();
        await site.SetAsync($"{directory}/gone", "x");
        var at = (await site.GetJsonAsync($"/api/tree?path={directory}")).GetProperty("at").GetInt64();
        await site.DeleteAsync($"{directory}/gone");
        await site.SetAsync($"{directory}/sub/deep/file", "x");
        await site.SetAsync($"{directory}/file", "1");
        var last = await site.SetAsync($"{directory}/file", "12");

        using var page = await site.ConnectAsync();
        Assert.Equal("read", (await page.ReceiveAsync("hello")).GetProperty("access").GetString());
        await page.SendAsync(new { type = "tree", directories = new[] { directory, "/closed" }, from = at + 1 });
        var frame = await page.ReceiveAsync("tree");
        var change = Assert.Single(frame.GetProperty("changes").EnumerateArray());
        Assert.Equal((directory, 2), (change.GetProperty("directory").GetString(), change.GetProperty("count").GetInt32()));
        Assert.Equal(
            [("file", "file", 2), ("gone", "missing", -1), ("sub", "directory", 1)],
            change.GetProperty("entries").EnumerateArray().Select(entry => (
                entry.GetProperty("name").GetString()!, entry.GetProperty("kind").GetString()!,
                entry.TryGetProperty("length", out var length) ? length.GetInt32() : -1)));
        Assert.True(frame.GetProperty("next").GetInt64() > last);
    }

    [Fact]
    public async Task Tree_WhenMoreChangesThanFit_SaysThatThereAreMany()
    {
        await using var site = await Site.StartAsync(one.Node);
        var directory = one.NewDirectory();
        var from = await site.SetAsync($"{directory}/first", "x");
        await Task.WhenAll(Enumerable.Range(0, 300).Select(i => site.SetAsync($"{directory}/{i}", "x")));
        using var page = await site.ConnectAsync();
        await page.SendAsync(new { type = "tree", directories = new[] { directory }, from });
        var change = (await page.ReceiveAsync("tree")).GetProperty("changes")[0];
        Assert.True(change.GetProperty("many").GetBoolean());
        Assert.Equal(301, change.GetProperty("count").GetInt32());
        Assert.False(change.TryGetProperty("entries", out _));
    }

    [Fact]
    public async Task Watch_OverManyConnections_TellsEachChangeOnceInOrder()
    {
        await using var site = await Site.StartAsync(one.Node);
        var directory = one.NewDirectory();
        var next = await site.SetAsync($"{directory}/start", "x") + 1;
        var written = new List<long>();
        var writing = Task.Run(async () =>
        {
            for (var i = 0; i < 600; i++)
            {
                written.Add(await site.SetAsync($"{directory}/{i % 7}", $"{i}"));
            }
        });

        // A page that loses its connection again and again, each time after a few frames.
        var seen = new List<long>();
        while (!writing.IsCompleted || seen.Count < written.Count)
        {
            using var page = await site.ConnectAsync();
            await page.SendAsync(new { type = "watch", id = "w", glob = directory + "/*", from = next, mode = "all" });
            for (var frames = 0; frames < 2 && (!writing.IsCompleted || seen.Count < written.Count); frames++)
            {
                var frame = await page.ReceiveAsync("events");
                seen.AddRange(frame.GetProperty("events").EnumerateArray().Select(change => change.GetProperty("revision").GetInt64()));
                next = frame.GetProperty("next").GetInt64();
            }
        }

        await writing;
        Assert.Equal(written, seen);
    }

    [Fact]
    public async Task Watch_OfTheLatest_TellsManyChangesOfAFileAsOne()
    {
        await using var site = await Site.StartAsync(one.Node);
        var directory = one.NewDirectory();
        var from = await site.SetAsync($"{directory}/a", "0");
        for (var i = 1; i < 50; i++)
        {
            await site.SetAsync($"{directory}/a", $"{i}");
        }

        await site.SetAsync($"{directory}/b", "x");
        using var page = await site.ConnectAsync();
        await page.SendAsync(new { type = "watch", id = "w", glob = directory + "/*", from, mode = "latest" });
        var events = (await page.ReceiveAsync("events")).GetProperty("events").EnumerateArray().ToList();
        Assert.Equal(
            [($"{directory}/a", 50, "49"), ($"{directory}/b", 1, "x")],
            events.Select(change => (
                change.GetProperty("path").GetString()!, change.GetProperty("changes").GetInt32(), change.GetProperty("value").GetString()!)));
    }

    [Fact]
    public async Task Watch_OfAPageThatDoesNotRead_HoldsNobodyUpAndSaysWhatItSkipped()
    {
        await using var site = await Site.StartAsync(one.Node);
        var directory = one.NewDirectory();
        var value = new byte[900];
        new Random(2).NextBytes(value);
        var from = await site.SetAsync($"{directory}/start", "x") + 1;
        using var page = await site.ConnectAsync();
        await page.SendAsync(new { type = "watch", id = "w", glob = directory + "/**", from, mode = "all" });
        await page.SendAsync(new { type = "tree", directories = new[] { directory } });

        // 36 MB of values: many times what sockets hold. The page takes nothing meanwhile.
        var last = from;
        for (var round = 0; round < 40; round++)
        {
            last = (await Task.WhenAll(Enumerable.Range(0, 1000).Select(i => site.SetAsync($"{directory}/{i}", value)))).Max();
        }

        var covered = from;
        var skips = 0;
        while (covered <= last)
        {
            var frame = await page.ReceiveAsync("events", "skipped");
            if (frame.GetProperty("type").GetString() == "skipped")
            {
                skips++;
                Assert.Equal(covered, frame.GetProperty("from").GetInt64());
            }
            else
            {
                foreach (var revision in frame.GetProperty("events").EnumerateArray().Select(change => change.GetProperty("revision").GetInt64()))
                {
                    Assert.True(revision >= covered, $"revision {revision} came after {covered} was told to be next");
                }
            }

            covered = frame.GetProperty("next").GetInt64();
        }

        Assert.True(skips > 0, "a page that was 40,000 changes behind was not cut");
    }

    [Fact]
    public async Task State_OfAPageThatDidNotReadForLong_IsBehindAndThenLive()
    {
        await using var site = await Site.StartAsync(one.Node);
        var directory = one.NewDirectory();
        var value = new byte[900];
        new Random(2).NextBytes(value);
        using var page = await site.ConnectAsync();
        await page.ReceiveAsync("hello");
        Assert.Equal("live", (await page.ReceiveAsync("state")).GetProperty("state").GetString());
        await page.SendAsync(new { type = "watch", id = "w", glob = directory + "/**", mode = "latest" });
        var started = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(5))
        {
            await Task.WhenAll(Enumerable.Range(0, 1000).Select(i => site.SetAsync($"{directory}/{i}", value)));
        }

        JsonElement state;
        do
        {
            state = await page.ReceiveAsync("state");
        }
        while (state.GetProperty("state").GetString() != "behind");

        Assert.True(state.GetProperty("behind").GetInt64() > 0);
        do
        {
            state = await page.ReceiveAsync("state");
        }
        while (state.GetProperty("state").GetString() != "live");

        Assert.Equal(0, state.GetProperty("behind").GetInt64());
    }

    [Fact]
    public async Task Page_ThatNeverReads_IsDisconnected()
    {
        await using var site = await Site.StartAsync(one.Node, options =>
        {
            options.SendTimeout = TimeSpan.FromSeconds(1);
            options.MaxSockets = 1;
        });
        var directory = one.NewDirectory();
        var value = new byte[900];
        new Random(3).NextBytes(value);
        using var page = await site.ConnectAsync(receiveBuffer: 16 << 10);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await Assert.ThrowsAsync<WebSocketException>(async () =>
        {
            while (true)
            {
                // Asked for in each round: a store this fast leaves the page behind its kept history, and then no more is sent.
                patience.Token.ThrowIfCancellationRequested();
                await page.SendAsync(new { type = "watch", id = "w", glob = directory + "/**", mode = "latest" });
                await Task.WhenAll(Enumerable.Range(0, 1000).Select(i => site.SetAsync($"{directory}/{i}", value)));
            }
        });

        using var second = await ConnectInItsPlaceAsync(site, patience.Token);
    }

    [Fact]
    public async Task Message_ThatCannotBeCarriedOut_IsRefusedAndTheRestGoesOn()
    {
        await using var site = await Site.StartAsync(one.Node);
        using var page = await site.ConnectAsync();
        await page.SendAsync(new { type = "watch", id = "w", glob = "no glob" });
        await RequireAsync("badPath");
        await page.SendAsync(new { type = "watch", glob = "/**" });
        await RequireAsync("badRequest");
        await page.SendAsync(new { type = "tree", directories = new[] { "relative" } });
        await RequireAsync("badPath");
        await page.SendAsync(new { type = "tree", directories = Enumerable.Range(0, 501).Select(i => $"/{i}") });
        await RequireAsync("limit");
        for (var i = 0; i < 9; i++)
        {
            await page.SendAsync(new { type = "watch", id = $"{i}", glob = "/never" });
        }

        await RequireAsync("limit");
        await page.SendAsync(new { type = "feeds", on = new[] { "nonsense" } });
        await RequireAsync("badRequest");
        await page.ReceiveAsync("state");

        async Task RequireAsync(string code) => Assert.Equal(code, (await page.ReceiveAsync("error")).GetProperty("code").GetString());
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"type":"drop tables"}""")]
    [InlineData("""{"type":"tree","directories":7}""")]
    public async Task Message_ThatIsNone_EndsTheConnection(string text)
    {
        await using var site = await Site.StartAsync(one.Node);
        using var page = await site.ConnectAsync();
        await page.SendTextAsync(Encoding.UTF8.GetBytes(text));
        Assert.Equal(4400, await page.ReceiveCloseAsync());
    }

    [Fact]
    public async Task Message_ThatIsTooLong_EndsTheConnection()
    {
        await using var site = await Site.StartAsync(one.Node);
        using var page = await site.ConnectAsync();
        await page.SendTextAsync(Encoding.UTF8.GetBytes($$"""{"type":"tree","id":"{{new string('x', 70_000)}}"}"""));
        Assert.Equal(4400, await page.ReceiveCloseAsync());
    }

    [Fact]
    public async Task SignOut_InAnotherTab_EndsTheConnection()
    {
        await using var site = await Site.StartWithSecretsAsync(one.Node);
        await site.SignInAsync(Site.ReadSecret);
        using var page = await site.ConnectAsync();
        await page.ReceiveAsync("hello");
        using var signedOut = await site.SendAsync(HttpMethod.Delete, "/api/session");
        Assert.Equal(4401, await page.ReceiveCloseAsync());
    }

    [Fact]
    public async Task Silo_ThatStops_EndsTheConnectionAndTheSessionSaysWhy()
    {
        await using var site = await Site.StartAsync(one.Node);
        using var page = await site.ConnectAsync();
        await page.ReceiveAsync("hello");
        site.Shown.Pause(ViewerNode.Restarting, "the others went on without it");
        Assert.Equal(1013, await page.ReceiveCloseAsync());
        var session = await site.GetSessionAsync();
        Assert.Equal(("restarting", "the others went on without it"), (
            session.GetProperty("state").GetString(), session.GetProperty("reason").GetString()));
        using (var tree = await site.GetAsync("/api/tree"))
        {
            await AccessTests.RequireRefusalAsync(tree, System.Net.HttpStatusCode.ServiceUnavailable, "unavailable");
        }

        site.Shown.Serve(one.Node.Services);
        using var again = await site.ConnectAsync();
        await again.ReceiveAsync("hello");
    }

    [Fact]
    public async Task Watch_FromBeforeTheKeptHistory_IsTooLate()
    {
        await using var cluster = await DoozerTestCluster.StartAsync(1, options =>
            options.ConfigureNode = (_, node) => (node.Pulse, node.History) = (TimeSpan.Zero, 20));
        await using var site = await Site.StartAsync(cluster.Node(0));
        for (var i = 0; i < 40; i++)
        {
            await site.SetAsync("/x", $"{i}");
        }

        using var page = await site.ConnectAsync();
        await page.SendAsync(new { type = "watch", id = "w", glob = "/**", from = 1 });
        var late = await page.ReceiveAsync("tooLate");
        Assert.Equal("w", late.GetProperty("id").GetString());
        Assert.True(late.GetProperty("oldest").GetInt64() > 1);
        await page.SendAsync(new { type = "tree", directories = new[] { "/" }, from = 1 });
        Assert.False((await page.ReceiveAsync("tooLate")).TryGetProperty("id", out _));

        // From there on it can go on again.
        await page.SendAsync(new { type = "watch", id = "w", glob = "/**", from = late.GetProperty("revision").GetInt64() + 1 });
        await site.SetAsync("/y", "new");
        var frame = await page.ReceiveAsync("events");
        Assert.Equal("/y", frame.GetProperty("events")[0].GetProperty("path").GetString());
    }

    private static async Task<PageSocket> ConnectInItsPlaceAsync(Site site, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                return await site.ConnectAsync();
            }
            catch (HttpRequestException exception)
            {
                // Refused while the first still leaves the only place: by the route, or by the server itself.
                Assert.Contains((int)exception.StatusCode!, new[] { 429, 503 });
            }
        }
    }
}
