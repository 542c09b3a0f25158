using Doozer.Cli.Tests.Support;
using Doozer.Cli.Wire;

namespace Doozer.Cli.Tests.Cluster;

/// <summary>doozer members: what is written, at which revisions, and what is said when it goes wrong.</summary>
public sealed class MembersCommandTests
{
    private const string Warning = "Warning: 2 voters survive no more failures than 1 would; an odd number is better\n";

    [Fact]
    public async Task Add_Standby_IsAllowedAgainBeforeItsSlotIsFilled()
    {
        await using MemberStore store = OneVoterAndOneFollower(out string uri);
        store.Put("/ctl/node/NODE2/standby", "true");
        store.Put("/ctl/cal/1", "");

        CommandResult result = await CommandRun.OfAsync("-a", uri, "members", "add", "NODE2");

        Assert.Equal((0, Warning), (result.ExitCode, result.Error));
        Assert.EndsWith(" votes now\n2 of 2 voters reachable, leader NODE1, quorum ok\n", result.Output, StringComparison.Ordinal);
        Assert.Equal(["/ctl/node/NODE2/standby 4", "/ctl/cal/1 5"], store.Writes);
        Assert.Equal((null, "NODE2"), (store.Get("/ctl/node/NODE2/standby"), store.Get("/ctl/cal/1")));
    }

    [Theory]
    [InlineData(DoozerVerb.Delete, "/ctl/cal/2")]
    [InlineData(DoozerVerb.Set, "/ctl/cal/1")]
    public async Task Add_ClusterIsFaster_LeavesItAtOneSlot(int before, string slot)
    {
        await using MemberStore store = OneVoterAndOneFollower(out string uri);
        store.Put("/ctl/node/NODE2/standby", "true");
        store.Put("/ctl/cal/1", "");
        store.Put("/ctl/cal/2", "");
        store.Before = (_, request) =>
        {
            if (request.Verb == before)
            {
                store.Put(slot, "NODE2");
            }

            return null;
        };

        CommandResult result = await CommandRun.OfAsync("-a", uri, "members", "add", "NODE2");

        Assert.Equal((0, Warning), (result.ExitCode, result.Error));
        Assert.Equal("NODE2", store.Get("/ctl/cal/1") + store.Get("/ctl/cal/2"));
    }

    [Fact]
    public async Task Add_SlotIsGivenToAnother_ChangesNothingAndExitsWith1()
    {
        await using MemberStore store = OneVoterAndOneFollower(out string uri);
        store.Put("/ctl/cal/1", "");
        store.Before = (_, request) =>
        {
            if (request.Verb == DoozerVerb.Set)
            {
                store.Put("/ctl/cal/1", "OTHER");
            }

            return null;
        };

        CommandResult result = await CommandRun.OfAsync("-a", uri, "members", "add", "NODE2");

        Assert.Equal((1, "OTHER"), (result.ExitCode, store.Get("/ctl/cal/1")));
        Assert.EndsWith("somebody else changed the voters meanwhile; look at 'doozer members' and try again\n", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Remove_Voter_IsKeptOutBeforeItsSlotIsEmptied()
    {
        await using MemberStore store = TwoVoters(out string uri);

        CommandResult result = await CommandRun.OfAsync("-a", uri, "members", "remove", "NODE2");

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.EndsWith(
            " votes no more, and is kept out until it is added again\n1 of 1 voters reachable, leader NODE1, quorum ok\n",
            result.Output, StringComparison.Ordinal);
        Assert.Equal(["/ctl/node/NODE2/standby 0", "/ctl/cal/1 4"], store.Writes);
        Assert.Equal(("true", ""), (store.Get("/ctl/node/NODE2/standby"), store.Get("/ctl/cal/1")));
    }

    [Theory]
    [InlineData("/ctl/node/NODE2/standby")]
    [InlineData("/ctl/cal/1")]
    public async Task Remove_SlotsChangedMeanwhile_ChangesNoSlotAndExitsWith1(string before)
    {
        await using MemberStore store = TwoVoters(out string uri);
        store.Before = (_, request) =>
        {
            if (request.Verb == DoozerVerb.Set && request.Path == before)
            {
                store.Put(before == "/ctl/cal/1" ? before : "/ctl/cal/5", "OTHER");
            }

            return null;
        };

        CommandResult result = await CommandRun.OfAsync("-a", uri, "members", "remove", "NODE2");

        Assert.Equal(
            (1, "Error: somebody else changed the voters meanwhile; look at 'doozer members' and try again\n"),
            (result.ExitCode, result.Error));
        Assert.NotEqual("", store.Get("/ctl/cal/1"));
    }

    [Fact]
    public async Task Remove_Refused_WritesNothing()
    {
        await using MemberStore store = OneVoterAndOneFollower(out string uri);

        CommandResult result = await CommandRun.OfAsync("-a", uri, "members", "remove", "NODE1", "--force");

        Assert.Equal(2, result.ExitCode);
        Assert.StartsWith("Error: node NODE1 is the last voter", result.Error, StringComparison.Ordinal);
        Assert.Empty(store.Writes);
    }

    [Fact]
    public async Task Remove_TakesLong_TellsAndGivesUpWithTheChangeMade()
    {
        await using MemberStore store = TwoVoters(out string uri);
        store.Report = report =>
        {
            report.Voters.Clear();
            report.Voters.Add(["NODE1", "NODE2"]);
        };

        CommandResult result = await CommandRun.OfAsync("-a", uri, "members", "remove", "NODE2", "-t", "5s");

        Assert.Equal(2, result.ExitCode);
        const string Waiting = "doozer: waiting for the change to come into force; voters now: NODE1, NODE2; "
            + "2 of 2 voters reachable, leader NODE1, quorum ok\n";
        Assert.Equal(
            Waiting + Waiting + "Error: the change is made, but not in force after 5 s "
            + "(2 of 2 voters reachable, leader NODE1, quorum ok); see 'doozer status'\n",
            result.Error);
    }

    [Fact]
    public async Task Remove_NodeTakesItsSlotBack_IsSaid()
    {
        await using MemberStore store = TwoVoters(out string uri);
        bool isEmptied = false;
        store.Before = (_, request) =>
        {
            if (isEmptied)
            {
                store.Put("/ctl/cal/1", "NODE2");
            }

            isEmptied |= request.Verb == DoozerVerb.Set && request.Path == "/ctl/cal/1";
            return null;
        };

        CommandResult result = await CommandRun.OfAsync("-a", uri, "members", "remove", "NODE2");

        Assert.Equal(2, result.ExitCode);
        Assert.StartsWith("Error: node NODE2 has a slot again: ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Add_AnswerIsLost_IsUnknown()
    {
        await using MemberStore store = OneVoterAndOneFollower(out string uri);
        store.Before = (_, request) => request.Verb == DoozerVerb.Set ? throw new IOException("gone") : null;

        CommandResult result = await CommandRun.OfAsync("-a", uri, "members", "add", "NODE2");

        Assert.Equal(2, result.ExitCode);
        Assert.StartsWith($"{Warning}Error: outcome unknown: ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Members_WithoutArguments_ListsAlsoWithoutAQuorum()
    {
        await using MemberStore store = TwoVoters(out string uri);
        store.Put("/ctl/node/NODE2/addr", ScriptedPeer.DeadAddress());

        CommandResult table = await CommandRun.OfAsync("-a", uri, "members");
        CommandResult document = await CommandRun.OfAsync("-a", uri, "members", "--json");

        Assert.Equal((0, ""), (table.ExitCode, table.Error));
        Assert.Contains("\n1     NODE2  ", table.Output, StringComparison.Ordinal);
        Assert.Equal(0, document.ExitCode);
        Assert.StartsWith("{\n  \"clusterName\": \"local\"", document.Output, StringComparison.Ordinal);
    }

    // Files have the revisions 1, 2, ... in the order in which they are put.
    private static MemberStore OneVoterAndOneFollower(out string uri)
    {
        var store = new MemberStore();
        uri = $"doozer:?ca={store.AddNode("NODE1")}";
        store.AddNode("NODE2");
        store.Put("/ctl/cal/0", "NODE1");
        return store;
    }

    private static MemberStore TwoVoters(out string uri)
    {
        MemberStore store = OneVoterAndOneFollower(out uri);
        store.Put("/ctl/cal/1", "NODE2");
        return store;
    }
}
