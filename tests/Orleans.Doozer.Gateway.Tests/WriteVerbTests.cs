using Orleans.Doozer.Gateway.Tests.Support;
using Orleans.Doozer.Gateway.Verbs;
using Orleans.Doozer.Grains;
using Orleans.Doozer.Protocol;
using static Orleans.Doozer.Gateway.Tests.Support.Messages;

namespace Orleans.Doozer.Gateway.Tests;

/// <summary>Every case of SET, DEL and NOP. The store begins with six revisions; <c>/f</c> is written at 7 and <c>/d/x</c> at 8.</summary>
public sealed class WriteVerbTests
{
    private static readonly (string Case, Request Request, Response Expected, long Revision)[] Table =
    [
        ("set new", Set("/n", "v", 0), Answer(rev: 9), 9),
        ("set deep", Set("/n/m/o", "v", 0), Answer(rev: 9), 9),
        ("set clobber", Set("/f", "v"), Answer(rev: 9), 9),
        ("set exact", Set("/f", "v", 7), Answer(rev: 9), 9),
        ("set newer than the file", Set("/f", "v", long.MaxValue), Answer(rev: 9), 9),
        ("set older", Set("/f", "v", 6), Error(DoozerErrorCode.RevisionMismatch), 8),
        ("set existing as new", Set("/f", "v", 0), Error(DoozerErrorCode.RevisionMismatch), 8),
        ("set odd negative", Set("/n", "v", -2), Error(DoozerErrorCode.RevisionMismatch), 8),
        ("set no value", Ask(VerbTable.Set, "/n", 0), Answer(rev: 9), 9),
        ("set no path", Ask(VerbTable.Set, rev: 0, value: "v"), Error(DoozerErrorCode.MissingArgument), 8),
        ("set no rev", Ask(VerbTable.Set, "/n", value: "v"), Error(DoozerErrorCode.MissingArgument), 8),
        ("set bad path", Set("/a b", "v"), Error(DoozerErrorCode.BadPath), 8),
        ("set empty path", Set("", "v"), Error(DoozerErrorCode.BadPath), 8),
        ("set slash at end", Set("/n/", "v"), Error(DoozerErrorCode.BadPath), 8),
        ("set glob", Set("/*", "v"), Error(DoozerErrorCode.BadPath), 8),
        ("set long path", Set("/" + new string('a', 1024), "v"), Error(DoozerErrorCode.BadPath), 8),
        ("set directory", Set("/d", "v"), Error(DoozerErrorCode.IsDirectory), 8),
        ("set directory at its revision", Set("/d", "v", -2), Error(DoozerErrorCode.IsDirectory), 8),
        ("set directory odd negative", Set("/d", "v", -3), Error(DoozerErrorCode.RevisionMismatch), 8),
        ("set root", Set("/", "v"), Error(DoozerErrorCode.IsDirectory), 8),
        ("set below file", Set("/f/x", "v"), Error(DoozerErrorCode.NotDirectory), 8),
        ("set below file, any revision", Set("/f/x", "v", -9), Error(DoozerErrorCode.NotDirectory), 8),
        ("del file", Ask(VerbTable.Delete, "/f", 7), Answer(), 9),
        ("del clobber", Ask(VerbTable.Delete, "/f", -1), Answer(), 9),
        ("del older", Ask(VerbTable.Delete, "/f", 6), Error(DoozerErrorCode.RevisionMismatch), 8),
        ("del missing", Ask(VerbTable.Delete, "/none", 0), Answer(), 9),
        ("del directory", Ask(VerbTable.Delete, "/d", -1), Error(DoozerErrorCode.IsDirectory), 8),
        ("del bad path", Ask(VerbTable.Delete, "x", -1), Error(DoozerErrorCode.BadPath), 8),
        ("del no path", Ask(VerbTable.Delete, rev: -1), Error(DoozerErrorCode.MissingArgument), 8),
        ("del no rev", Ask(VerbTable.Delete, "/f"), Error(DoozerErrorCode.MissingArgument), 8),
        ("nop", Ask(VerbTable.Nop), Answer(), 9),
        ("nop no tag", Ask(VerbTable.Nop, tag: null), Answer(tag: null), 9),
    ];

    public static TheoryData<string> Cases => new(Table.Select(row => row.Case));

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Verb_Case_AnswersAsDoozerd(string name)
    {
        var (_, request, expected, revision) = Table.Single(row => row.Case == name);
        await using var host = await GatewayHost.StartAsync();
        host.Store.Set("/f", "");
        Assert.Equal(8, host.Store.Set("/d/x", ""));
        await using var client = await host.ConnectAsync();

        Same(expected, await client.CallAsync(request));
        Assert.Equal(revision, host.Store.Current.Revision.Value);
    }

    [Theory]
    [InlineData(VerbTable.Set)]
    [InlineData(VerbTable.Delete)]
    [InlineData(VerbTable.Nop)]
    public async Task Write_NotJoined_IsReadOnlyBeforeItsArgumentsAreJudged(int verb)
    {
        await using var host = await GatewayHost.StartAsync();
        host.Store.HasJoined = false;
        await using var client = await host.ConnectAsync();

        Same(Error(DoozerErrorCode.ReadOnly), await client.CallAsync(Ask(verb)));
        host.Store.HasJoined = true;
        var joined = await client.CallAsync(Ask(verb));
        Assert.NotEqual((int)DoozerErrorCode.ReadOnly, joined.ErrCode);
    }

    [Theory]
    [InlineData(DoozerErrorCode.OutcomeUnknown, "the leader died", "outcome unknown: the leader died")]
    [InlineData(DoozerErrorCode.Unavailable, "no leader", "unavailable: no leader")]
    [InlineData(DoozerErrorCode.LimitExceeded, "the store is full", "limit exceeded: the store is full")]
    [InlineData(DoozerErrorCode.AccessDenied, null, "permission denied")]
    [InlineData(DoozerErrorCode.Other, "so it is", "so it is")]
    public async Task Write_RefusedForOurReasons_IsOtherWithDetail(DoozerErrorCode code, string? detail, string expected)
    {
        await using var host = await GatewayHost.StartAsync();
        host.Store.OnWrite = _ => Task.FromResult<WriteReply?>(new(code, detail, default, 0));
        await using var client = await host.ConnectAsync();

        foreach (var verb in new[] { VerbTable.Set, VerbTable.Delete, VerbTable.Nop })
        {
            Same(Error(DoozerErrorCode.Other, expected), await client.CallAsync(Ask(verb, "/f", -1)));
        }
    }

    [Fact]
    public async Task Write_StoreThrows_SaysThatTheOutcomeIsUnknownAndGoesOn()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Store.OnWrite = _ => throw new InvalidOperationException("secret details");
        await using var client = await host.ConnectAsync();

        var answer = await client.CallAsync(Set("/f", "v"));

        Assert.StartsWith("outcome unknown", answer.ErrDetail, StringComparison.Ordinal);
        Assert.DoesNotContain("secret details", answer.ErrDetail, StringComparison.Ordinal);
        Same(Answer(rev: 6), await client.CallAsync(Ask(VerbTable.Rev)));
    }

    [Fact]
    public async Task Set_LargestValue_IsTaken_OneByteMore_IsRefused()
    {
        await using var host = await GatewayHost.StartAsync();
        await using var client = await host.ConnectAsync();
        var largest = new string('x', 1024 * 1024);

        Same(Answer(rev: 7), await client.CallAsync(Set("/big", largest)));
        Same(Answer(rev: 7, value: largest), await client.CallAsync(Get("/big")));
        var refused = await client.CallAsync(Set("/big", largest + "x"));
        Assert.Equal((int)DoozerErrorCode.Other, refused.ErrCode);
        Assert.StartsWith("limit exceeded: the value has 1048577 bytes", refused.ErrDetail, StringComparison.Ordinal);
        Same(Answer(rev: 7), await client.CallAsync(Ask(VerbTable.Rev)));
    }
}
