using Doozer.Cli.Tests.Support;
using Doozer.Cli.Wire;
using Google.Protobuf;
using Orleans.Doozer.Protocol;

namespace Doozer.Cli.Tests.Cluster;

/// <summary>doozer status against nodes that answer, in every way that nodes do.</summary>
public sealed class StatusCommandTests
{
    [Fact]
    public async Task Status_OneAddress_FindsAndAsksTheOthers()
    {
        await using MemberStore store = Three(out string[] addresses);

        CommandResult result = await CommandRun.OfAsync("-a", $"doozer:?ca={addresses[1]}", "status");

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.All(addresses, address => Assert.Contains(address, result.Output, StringComparison.Ordinal));
        Assert.EndsWith("\n3 of 3 voters reachable, leader NODE1, quorum ok\n", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Status_NodeThatKnowsMore_ItsNewsAreFollowed()
    {
        await using MemberStore store = Three(out string[] addresses);
        string fourth = store.AddNode("NODE4");
        long old = 0;

        // The node asked has never heard of NODE4.
        store.Report = report => report.Revision = report.Node == "NODE3" ? old = report.Revision - 1 : report.Revision;
        store.Before = (_, request) => request.Verb == DoozerVerb.Walk && request.Rev == old && request.Offset == 3
            ? new Response { ErrCode = ServerError.Range }
            : null;

        CommandResult result = await CommandRun.OfAsync("-a", $"doozer:?ca={addresses[2]}", "status");

        Assert.Contains(fourth, result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Status_NodeHangs_DelaysOnlyItsOwnLine()
    {
        await using MemberStore store = Three(out string[] addresses);
        await using var mute = new ScriptedPeer(connection => connection.WaitForClientToLeaveAsync());
        store.Put("/ctl/node/NODE3/addr", mute.Address);

        CommandResult result = await CommandRun.OfAsync("-a", $"doozer:?ca={addresses[0]}", "status", "--timeout", "500ms");

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("unreachable: no answer within 0.5 s", result.Output, StringComparison.Ordinal);
        Assert.EndsWith("2 of 3 voters reachable, leader NODE1, quorum ok\n", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ServerError.UnknownVerb, "", "it does not know STATUS: it is older than this program")]
    [InlineData(ServerError.Other, "permission denied", "OTHER: permission denied; give the cluster's secret key with sk= in the URI")]
    public async Task Status_NodeRefuses_IsUnreachableWithTheReason(int code, string detail, string reason)
    {
        await using MemberStore store = Three(out string[] addresses);
        store.Before = (id, request) => id == "NODE2" ? new Response { ErrCode = code, ErrDetail = detail } : null;

        CommandResult some = await CommandRun.OfAsync("-a", $"doozer:?ca={addresses[0]}", "status");
        CommandResult all = await CommandRun.OfAsync("-a", $"doozer:?ca={addresses[1]}", "status");

        Assert.Contains($"unreachable: {reason}", some.Output, StringComparison.Ordinal);
        Assert.Equal((2, ""), (all.ExitCode, all.Output));
        Assert.Equal($"Error: cannot connect: tried {addresses[1]} ({reason})\n", all.Error);
    }

    [Fact]
    public async Task Status_ValueIsNoReport_IsSaidToBeUnreadable()
    {
        await using var peer = ScriptedPeer.Answering(_ => new Response { Value = ByteString.CopyFrom(0xff, 0xff) });

        CommandResult result = await CommandRun.OfAsync("-a", peer.Uri, "status");

        Assert.Equal((2, $"Error: cannot connect: tried {peer.Address} (its status cannot be read)\n"), (result.ExitCode, result.Error));
    }

    [Fact]
    public async Task Status_NodeOfAnotherCluster_IsNotCounted()
    {
        await using MemberStore store = Three(out string[] addresses);
        store.Report = report => report.ClusterId = report.Node == "NODE3" ? "c2" : "c1";

        CommandResult one = await CommandRun.OfAsync("-a", $"doozer:?ca={addresses[0]}", "status");
        CommandResult both = await CommandRun.OfAsync("-a", $"doozer:?ca={addresses[0]}&ca={addresses[2]}", "status");

        Assert.Contains("unreachable: it belongs to cluster c2", one.Output, StringComparison.Ordinal);
        Assert.Contains("\n2 of 3 voters reachable", one.Output, StringComparison.Ordinal);
        Assert.Equal(
            (2, $"Error: {addresses[0]} is of cluster c1 and {addresses[2]} of cluster c2; name nodes of one cluster\n"),
            (both.ExitCode, both.Error));
    }

    [Fact]
    public async Task Status_NoQuorum_NeedsNoneAndFails()
    {
        await using MemberStore store = Three(out string[] addresses);
        store.Put("/ctl/node/NODE2/addr", ScriptedPeer.DeadAddress());
        store.Put("/ctl/node/NODE3/addr", ScriptedPeer.DeadAddress());
        store.Report = report => report.Leader = "";

        // What a quorum would have to answer is refused.
        store.Before = (_, request) => request.Verb == DoozerVerb.Status || request.HasRev
            ? null
            : new Response { ErrCode = ServerError.Other, ErrDetail = "unavailable" };

        CommandResult table = await CommandRun.OfAsync("-a", $"doozer:?ca={addresses[0]}", "status");
        CommandResult document = await CommandRun.OfAsync("-a", $"doozer:?ca={addresses[0]}", "status", "--json");

        Assert.Equal((2, ""), (table.ExitCode, table.Error));
        Assert.EndsWith("\nNO QUORUM: 1 of 3 voters reachable\n", table.Output, StringComparison.Ordinal);
        Assert.Equal(2, document.ExitCode);
        Assert.Contains("\"healthy\": false", document.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Status_Secret_IsShownToEveryNode()
    {
        await using MemberStore store = Three(out string[] addresses);
        var shown = new System.Collections.Concurrent.ConcurrentBag<string>();
        store.Before = (id, request) =>
        {
            if (request.Verb != DoozerVerb.Access)
            {
                return null;
            }

            shown.Add($"{id} {request.Value.ToStringUtf8()}");
            return new Response();
        };

        CommandResult result = await CommandRun.OfAsync("-a", $"doozer:?ca={addresses[0]}&sk=key", "status");

        Assert.Equal(0, result.ExitCode);
        Assert.Equal(["NODE1 key", "NODE2 key", "NODE3 key"], shown.Order(StringComparer.Ordinal));
    }

    private static MemberStore Three(out string[] addresses)
    {
        var store = new MemberStore();
        addresses = [store.AddNode("NODE1"), store.AddNode("NODE2"), store.AddNode("NODE3")];
        store.Put("/ctl/cal/0", "NODE1");
        store.Put("/ctl/cal/1", "NODE2");
        store.Put("/ctl/cal/2", "NODE3");
        return store;
    }
}
