using Orleans.Doozer.Gateway.Tests.Support;
using Orleans.Doozer.Gateway.Verbs;
using Orleans.Doozer.Protocol;
using static Orleans.Doozer.Gateway.Tests.Support.Messages;

namespace Orleans.Doozer.Gateway.Tests;

/// <summary>Every case of the verbs that read, as doozerd 0.9 answers it.</summary>
public sealed class ReadVerbTests(ReadVerbTests.Fixture fixture) : IClassFixture<ReadVerbTests.Fixture>
{
    private static readonly (string Case, Request Request, Response Expected)[] Table =
    [
        ("get file", Get("/a/b"), Answer(rev: 12, value: "three")),
        ("get empty file", Get("/f"), Answer(rev: 9, value: "")),
        ("get missing", Get("/none"), Answer(rev: 0, value: "")),
        ("get below file", Get("/f/x"), Answer(rev: 0, value: "")),
        ("get empty path", Get(""), Answer(rev: 0, value: "")),
        ("get bad path", Get("/a b"), Answer(rev: 0, value: "")),
        ("get no slash", Get("a"), Answer(rev: 0, value: "")),
        ("get slash at end", Get("/a/b/"), Answer(rev: 0, value: "")),
        ("get directory", Get("/a"), Error(DoozerErrorCode.IsDirectory)),
        ("get root", Get("/"), Error(DoozerErrorCode.IsDirectory)),
        ("get no path", Ask(VerbTable.Get), Error(DoozerErrorCode.MissingArgument)),
        ("get past", Get("/a/b", 11), Answer(rev: 7, value: "one")),
        ("get past before it was", Get("/a/b", 6), Answer(rev: 0, value: "")),
        ("get past deleted since", Get("/a/c", 9), Answer(rev: 8, value: "two")),
        ("get at 0 is at 1", Get("/ctl/name", 0), Answer(rev: 1, value: "local")),
        ("get at 0 is at 1, not now", Get("/a/b", 0), Answer(rev: 0, value: "")),
        ("get at negative is at 1", Get("/ctl/name", long.MinValue), Answer(rev: 1, value: "local")),
        ("get no tag", Ask(VerbTable.Get, "/f", tag: null), Answer(rev: 9, value: "", tag: null)),
        ("get negative tag", Get("/f", tag: -5), Answer(rev: 9, value: "", tag: -5)),
        ("stat file", Ask(VerbTable.Stat, "/a/b"), Answer(rev: 12, len: 5)),
        ("stat directory", Ask(VerbTable.Stat, "/a"), Answer(rev: -2, len: 1)),
        ("stat past directory", Ask(VerbTable.Stat, "/a", 9), Answer(rev: -2, len: 2)),
        ("stat root", Ask(VerbTable.Stat, "/"), Answer(rev: -2, len: 3)),
        ("stat missing", Ask(VerbTable.Stat, "/none"), Answer(rev: 0, len: 0)),
        ("stat bad path", Ask(VerbTable.Stat, "//"), Answer(rev: 0, len: 0)),
        ("stat no path", Ask(VerbTable.Stat), Answer(rev: 0, len: 0)),
        ("getdir first", Ask(VerbTable.GetDir, "/", offset: 0), Answer(path: "a")),
        ("getdir last", Ask(VerbTable.GetDir, "/", offset: 2), Answer(path: "f")),
        ("getdir beyond", Ask(VerbTable.GetDir, "/", offset: 3), Error(DoozerErrorCode.Range)),
        ("getdir negative", Ask(VerbTable.GetDir, "/", offset: -1), Error(DoozerErrorCode.Range)),
        ("getdir past", Ask(VerbTable.GetDir, "/a", 9, 1), Answer(path: "c")),
        ("getdir missing", Ask(VerbTable.GetDir, "/none", offset: -1), Error(DoozerErrorCode.NoEntry)),
        ("getdir bad path", Ask(VerbTable.GetDir, "", offset: 0), Error(DoozerErrorCode.NoEntry)),
        ("getdir file", Ask(VerbTable.GetDir, "/f", offset: -1), Error(DoozerErrorCode.NotDirectory)),
        ("getdir no path", Ask(VerbTable.GetDir, offset: 0), Error(DoozerErrorCode.MissingArgument)),
        ("getdir no offset", Ask(VerbTable.GetDir, "/"), Error(DoozerErrorCode.MissingArgument)),
        ("walk first", Ask(VerbTable.Walk, "/**", offset: 0), Answer(path: "/a/b", value: "three", rev: 12, flags: 4)),
        ("walk last", Ask(VerbTable.Walk, "/**", offset: 7), Answer(path: "/f", value: "", rev: 9, flags: 4)),
        ("walk beyond", Ask(VerbTable.Walk, "/**", offset: 8), Error(DoozerErrorCode.Range)),
        ("walk negative", Ask(VerbTable.Walk, "/**", offset: -1), Error(DoozerErrorCode.Range)),
        ("walk nothing", Ask(VerbTable.Walk, "/none/*", offset: 0), Error(DoozerErrorCode.Range)),
        ("walk one component", Ask(VerbTable.Walk, "/?", offset: 0), Answer(path: "/f", value: "", rev: 9, flags: 4)),
        ("walk past", Ask(VerbTable.Walk, "/a/*", 9, 1), Answer(path: "/a/c", value: "two", rev: 8, flags: 4)),
        ("walk no glob", Ask(VerbTable.Walk, offset: 0), Error(DoozerErrorCode.MissingArgument)),
        ("walk no offset", Ask(VerbTable.Walk, "/**"), Error(DoozerErrorCode.MissingArgument)),
        ("walk bad glob comes before bad offset", Ask(VerbTable.Walk, "/[a]", offset: -1),
            Error(DoozerErrorCode.Other, "invalid glob pattern: /[a]")),
        ("wait set", Wait("/a/*", 7), Answer(path: "/a/b", value: "one", rev: 7, flags: 4)),
        ("wait set of nothing", Wait("/f", 1), Answer(path: "/f", value: "", rev: 9, flags: 4)),
        ("wait delete", Wait("/a/c", 9), Answer(path: "/a/c", value: "", rev: 10, flags: 8)),
        ("wait nop", Wait("/", 1), Answer(path: "/", value: "", rev: 11, flags: 0)),
        ("wait at 0 is at 1", Wait("/**", 0), Answer(path: "/ctl/name", value: "local", rev: 1, flags: 4)),
        ("wait negative is at 1", Wait("/**", -7), Answer(path: "/ctl/name", value: "local", rev: 1, flags: 4)),
        ("wait bad glob", Wait("a", 1), Error(DoozerErrorCode.Other, "invalid glob pattern: a")),
        ("wait empty glob", Wait("", 1), Error(DoozerErrorCode.Other, "invalid glob pattern: ")),
        ("wait no glob", Ask(VerbTable.Wait, rev: 1), Error(DoozerErrorCode.MissingArgument)),
        ("wait no rev", Ask(VerbTable.Wait, "/**"), Error(DoozerErrorCode.MissingArgument)),
        ("rev", Ask(VerbTable.Rev), Answer(rev: 12)),
        ("rev ignores arguments", Ask(VerbTable.Rev, "/a", 3, 4, "v"), Answer(rev: 12)),
        ("self", Ask(VerbTable.Self), Answer(value: SingleNodeStore.SelfId)),
        ("access with no secret set", Access(null), Answer()),
        ("unknown verb", Ask(4), Error(DoozerErrorCode.UnknownVerb)),
        ("negative verb", Ask(-1), Error(DoozerErrorCode.UnknownVerb)),
        ("no verb", Ask(null), Error(DoozerErrorCode.UnknownVerb)),
        ("nothing at all", Ask(null, tag: null), Error(DoozerErrorCode.UnknownVerb, tag: null)),
    ];

    public static TheoryData<string> Cases => new(Table.Select(row => row.Case));

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Verb_Case_AnswersAsDoozerd(string name)
    {
        var (_, request, expected) = Table.Single(row => row.Case == name);
        await using var client = await fixture.Host.ConnectAsync();

        Same(expected, await client.CallAsync(request));
    }

    [Theory]
    [InlineData(VerbTable.Get)]
    [InlineData(VerbTable.Stat)]
    [InlineData(VerbTable.GetDir)]
    [InlineData(VerbTable.Walk)]
    [InlineData(VerbTable.Wait)]
    public async Task Read_OlderThanHistory_IsTooLateWithoutDetail(int verb)
    {
        var store = new SingleNodeStore(history: 2);
        var path = verb == VerbTable.GetDir ? "/ctl" : "/ctl/name";
        for (var i = 0; i < 5; i++)
        {
            store.Nop();
        }

        await using var host = await GatewayHost.StartAsync(store: store);
        await using var client = await host.ConnectAsync();

        Same(Error(DoozerErrorCode.TooLate), await client.CallAsync(Ask(verb, path, rev: 3, offset: 0)));
    }

    [Fact]
    public async Task Walk_NegativeOffsetAndGoneRevision_IsRange()
    {
        var store = new SingleNodeStore(history: 1);
        await using var host = await GatewayHost.StartAsync(store: store);
        await using var client = await host.ConnectAsync();

        Same(Error(DoozerErrorCode.Range), await client.CallAsync(Ask(VerbTable.Walk, "/**", rev: 1, offset: -1)));
    }

    [Fact]
    public async Task Read_WithoutRevision_IsLinearizable_WithOne_IsExact()
    {
        var reads = new List<DoozerRead>();
        var store = new SingleNodeStore { OnRead = (read, _) => { reads.Add(read); return Task.CompletedTask; } };
        await using var host = await GatewayHost.StartAsync(store: store);
        await using var client = await host.ConnectAsync();

        await client.CallAsync(Get("/ctl/name"));
        await client.CallAsync(Ask(VerbTable.Rev));
        await client.CallAsync(Get("/ctl/name", 4));

        Assert.Equal([DoozerRead.Linearizable, DoozerRead.Linearizable, DoozerRead.At(new(4))], reads);
    }

    [Fact]
    public async Task GetDir_NamesOfAllKinds_AreInByteOrder()
    {
        var store = new SingleNodeStore();
        foreach (var name in new[] { "b", "B", "a.b", "a-b", "10", "9", "ab" })
        {
            store.Set($"/d/{name}/x", "");
        }

        await using var host = await GatewayHost.StartAsync(store: store);
        await using var client = await host.ConnectAsync();
        var names = new List<string>();
        for (var offset = 0; offset < 7; offset++)
        {
            names.Add((await client.CallAsync(Ask(VerbTable.GetDir, "/d", offset: offset))).Path);
        }

        Assert.Equal(["10", "9", "B", "a-b", "a.b", "ab", "b"], names);
    }

    [Fact]
    public async Task Store_CannotDecide_IsOtherThatSaysSo()
    {
        var store = new SingleNodeStore { OnRead = (_, _) => throw new DoozerUnavailableException("no majority answered") };
        await using var host = await GatewayHost.StartAsync(store: store);
        await using var client = await host.ConnectAsync();

        Same(Error(DoozerErrorCode.Other, "unavailable: no majority answered"), await client.CallAsync(Get("/f")));
    }

    public sealed class Fixture : IAsyncLifetime
    {
        internal GatewayHost Host { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            var store = new SingleNodeStore();
            store.Set("/a/b", "one");
            store.Set("/a/c", "two");
            store.Set("/f", "");
            store.Delete("/a/c");
            store.Nop();
            Assert.Equal(12, store.Set("/a/b", "three"));
            Host = await GatewayHost.StartAsync(store: store);
        }

        public async Task DisposeAsync() => await Host.DisposeAsync();
    }
}
