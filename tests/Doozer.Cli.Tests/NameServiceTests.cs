using Doozer.Cli.Tests.Support;
using Doozer.Cli.Wire;
using Google.Protobuf;
using Orleans.Doozer.Protocol;

namespace Doozer.Cli.Tests;

public sealed class NameServiceTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ClusterName_WithABootCluster_IsLookedUpThere(bool isOption)
    {
        await using var target = ScriptedPeer.Answering(_ => new Response { Rev = 77 });
        await using var boot = Boot(ScriptedPeer.DeadAddress(), target.Address);
        var run = new CommandRun();
        if (!isOption)
        {
            run.Environment["DOOZER_BOOT_URI"] = boot.Uri;
        }

        string[] option = isOption ? ["-b", boot.Uri] : [];
        CommandResult result = await run.RunAsync(["-a", "doozer:?cn=example", "rev", .. option], []);

        Assert.Equal((0, "77\n", ""), (result.ExitCode, result.Output, result.Error));
    }

    [Fact]
    public async Task ClusterName_NobodyRegistered_IsSaid()
    {
        await using var boot = Boot();

        CommandResult result = await CommandRun.OfAsync("-a", "doozer:?cn=example", "-b", boot.Uri, "rev");

        Assert.Equal(2, result.ExitCode);
        Assert.Equal("Error: the boot cluster knows no server of cluster \"example\": /ctl/ns/example is empty\n", result.Error);
    }

    [Fact]
    public async Task ClusterName_WithoutABootCluster_FallsBackOnTheAddresses()
    {
        await using var peer = ScriptedPeer.Answering(_ => new Response { Rev = 3 });

        Assert.Equal("3\n", (await CommandRun.OfAsync("-a", $"{peer.Uri}&cn=example", "rev")).Output);
        Assert.Equal(
            "Error: cluster \"example\" has no address: add ca=, or name a boot cluster with -b; run 'doozer -h'\n",
            (await CommandRun.OfAsync("-a", "doozer:?cn=example", "rev")).Error);
    }

    [Fact]
    public async Task BootEntry_ThatIsNoAddress_IsNamed()
    {
        await using var boot = Boot("what is this");

        CommandResult result = await CommandRun.OfAsync("-a", "doozer:?cn=example", "-b", boot.Uri, "rev");

        Assert.Equal((2, "Error: the boot cluster's file /ctl/ns/example/ID0 holds no address\n"), (result.ExitCode, result.Error));
    }

    // The lookup happens at one revision: REV, then GETDIR and GET with it.
    private static ScriptedPeer Boot(params string[] addresses) => ScriptedPeer.Answering(request =>
    {
        if (request.Verb == DoozerVerb.Revision)
        {
            return new Response { Rev = 5 };
        }

        Assert.Equal(5, request.Rev);
        return request.Verb switch
        {
            DoozerVerb.GetDirectory when addresses.Length == 0 => new Response { ErrCode = ServerError.NoEntry },
            DoozerVerb.GetDirectory when request.Offset >= addresses.Length => new Response { ErrCode = ServerError.Range },
            DoozerVerb.GetDirectory => new Response { Path = $"ID{request.Offset}" },
            _ => new Response { Value = ByteString.CopyFromUtf8(addresses[request.Path[^1] - '0']) },
        };
    });
}
