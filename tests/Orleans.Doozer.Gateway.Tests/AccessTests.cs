using Orleans.Doozer.Gateway.Tests.Support;
using Orleans.Doozer.Gateway.Verbs;
using static Orleans.Doozer.Gateway.Tests.Support.Messages;

namespace Orleans.Doozer.Gateway.Tests;

/// <summary>Secrets.</summary>
public sealed class AccessTests
{
    /// <summary>With these two secrets (read-write, read-only), sending one (none: no ACCESS at all): is it accepted, may it read,
    /// may it write? Doozer's rules, also where they are strange: a read-only secret alone protects nothing.</summary>
    [Theory]
    [InlineData("", "", null, true, true, true)]
    [InlineData("", "", "", true, true, true)]
    [InlineData("", "", "x", false, true, true)]
    [InlineData(null, null, null, true, true, true)]
    [InlineData("rw", "", null, true, true, false)]
    [InlineData("rw", "", "", true, true, false)]
    [InlineData("rw", "", "x", false, true, false)]
    [InlineData("rw", "", "rw", true, true, true)]
    [InlineData("", "ro", null, true, true, true)]
    [InlineData("", "ro", "ro", true, true, true)]
    [InlineData("rw", "ro", null, true, false, false)]
    [InlineData("rw", "ro", "", false, false, false)]
    [InlineData("rw", "ro", "x", false, false, false)]
    [InlineData("rw", "ro", "ro", true, true, false)]
    [InlineData("rw", "ro", "rw", true, true, true)]
    [InlineData("rw", "ro", "rw ", false, false, false)]
    [InlineData("same", "same", "same", true, true, true)]
    public async Task Secrets_Matrix_AllowsAsDoozerd(
        string? readWrite, string? readOnly, string? sent, bool accepted, bool reads, bool writes)
    {
        await using var host = await GatewayHost.StartAsync(options =>
        {
            options.ReadWriteSecret = readWrite;
            options.ReadOnlySecret = readOnly;
        });
        await using var client = await host.ConnectAsync();
        if (sent is not null)
        {
            Same(accepted ? Answer() : Denied(), await client.CallAsync(Access(sent)));
        }

        foreach (var verb in new[] { VerbTable.Get, VerbTable.Stat, VerbTable.GetDir, VerbTable.Walk, VerbTable.Wait })
        {
            var answer = await client.CallAsync(Ask(verb, verb == VerbTable.GetDir ? "/ctl" : "/ctl/name", 1, 0));
            Assert.Equal((verb, reads), (verb, answer.ErrDetail != "permission denied"));
        }

        foreach (var verb in new[] { VerbTable.Set, VerbTable.Delete, VerbTable.Nop })
        {
            var answer = await client.CallAsync(Ask(verb, "/f", -1));
            Assert.Equal((verb, writes), (verb, answer.ErrDetail != "permission denied"));
        }

        Assert.True((await client.CallAsync(Ask(VerbTable.Rev))).HasRev);
        Assert.True((await client.CallAsync(Ask(VerbTable.Self))).HasValue);
    }

    [Theory]
    [InlineData(VerbTable.Get)]
    [InlineData(VerbTable.GetDir)]
    [InlineData(VerbTable.Walk)]
    [InlineData(VerbTable.Wait)]
    [InlineData(VerbTable.Set)]
    [InlineData(VerbTable.Delete)]
    [InlineData(VerbTable.Nop)]
    [InlineData(VerbTable.Status)]
    public async Task Verb_NotAllowed_IsDeniedBeforeAnythingElseIsJudged(int verb)
    {
        await using var host = await GatewayHost.StartAsync(WithSecrets);
        host.Store.HasJoined = false;
        await using var client = await host.ConnectAsync();

        Same(Denied(), await client.CallAsync(Ask(verb)));
    }

    [Fact]
    public async Task Access_Pipelined_CountsForWhatComesAfterIt()
    {
        await using var host = await GatewayHost.StartAsync(WithSecrets);
        await using var client = await host.ConnectAsync();
        await client.SendAsync(Get("/f", tag: 1), Access("ro", tag: 2), Get("/f", tag: 3));
        var answers = new[] { await client.ReceiveAsync(), await client.ReceiveAsync(), await client.ReceiveAsync() };

        Same(Denied(tag: 1), answers.Single(answer => answer.Tag == 1));
        Same(Answer(rev: 0, value: "", tag: 3), answers.Single(answer => answer.Tag == 3));
    }

    [Fact]
    public async Task Access_WrongAfterRight_KeepsTheRights()
    {
        await using var host = await GatewayHost.StartAsync(WithSecrets);
        await using var client = await host.ConnectAsync();
        await client.CallAsync(Access("rw"));
        Same(Answer(), await client.CallAsync(Access("ro")));
        Same(Denied(), await client.CallAsync(Access("x")));

        Same(Answer(rev: 7), await client.CallAsync(Set("/f", "v")));
    }

    [Fact]
    public async Task Access_WrongTooOften_EndsTheConnectionAfterTheAnswer()
    {
        await using var host = await GatewayHost.StartAsync(options =>
        {
            WithSecrets(options);
            options.MaxFailedAccess = 3;
        });
        await using var client = await host.ConnectAsync();
        await client.SendAsync([.. Enumerable.Range(0, 3).Select(tag => Access("guess", tag)), Access("rw", 9)]);

        for (var tag = 0; tag < 3; tag++)
        {
            Same(Denied(tag), await client.ReceiveAsync());
        }

        Assert.Null(await client.TryReceiveAsync());
    }

    private static void WithSecrets(DoozerGatewayOptions options)
    {
        options.ReadWriteSecret = "rw";
        options.ReadOnlySecret = "ro";
    }
}
