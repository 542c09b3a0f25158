using System.CommandLine;
using Doozer.Cli.Cluster;
using Doozer.Cli.CommandLine;
using Doozer.Cli.Sessions;

namespace Doozer.Cli.Verbs;

/// <summary><c>doozer members</c></summary>
internal sealed class MembersCommand : Verb
{
    private static readonly TimeSpan WaitTimeout = TimeSpan.FromSeconds(30);

    internal override string Name => "members";

    internal override string Arguments => "[add|remove <node>]";

    internal override string Summary => "list the voters, or give or take a vote";

    internal override string Details => """
        Without arguments, prints the CAL slots (/ctl/cal) and who holds them, then the
        nodes that hold none.

        'add' gives a node a vote: in an empty slot, or in a new one. 'remove' empties
        the slot of a node and keeps the cluster from giving it another by itself, until
        it is added again. <node> is an id, the beginning of an id, or an address. Both
        wait until the change is in force.

        A change is refused when it would leave no majority of the voters reachable, or
        when the node to add is unreachable or behind. Removing the last voter is never
        allowed. The exit code is 1 when somebody else changed the voters meanwhile.

          --slot N        add: use /ctl/cal/N
          --force         change the voters in spite of what is unreachable or behind
          --timeout TIME  how long to wait for the change to be in force (default 30s)
          --json          list as one JSON document, that of 'doozer status'

        """;

    internal override int ArgumentsMin => 0;

    internal override int ArgumentsMax => 2;

    internal override IEnumerable<Option> OptionsOf(Options options) => [options.Json, options.Force, options.Slot];

    internal override async Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        (string action, string who) = Read(context);
        using var survey = new ClusterSurvey(await context.FindClusterAsync(cancellationToken), StatusCommand.AnswerTimeout);
        ClusterState state = await survey.LookAsync(cancellationToken);
        if (action.Length == 0)
        {
            context.Output.Write(context.Options.Json ? StatusDocument.Of(state) : StatusText.MembersOf(state));
            return ExitCode.Success;
        }

        MemberChange change = action == "add"
            ? MemberChange.Add(state, who, context.Options.Slot, context.Options.Force)
            : MemberChange.Remove(state, who, context.Options.Force);
        if (change.Warning is not null)
        {
            context.Console.WriteError($"Warning: {change.Warning}");
        }

        bool votes = action == "add";
        using var session = new Session(new Connector(survey.Reachable, survey.Reachable.Addresses, context.Console));
        var writer = new MemberWriter(session);
        long revision = votes
            ? await writer.AddAsync(change, cancellationToken)
            : await writer.RemoveAsync(change, cancellationToken);
        var wait = new MemberWait(
            survey, context.Console, context.Options.Timeout > TimeSpan.Zero ? context.Options.Timeout : WaitTimeout);
        ClusterState after = await wait.UntilAsync(change.Node.Id, votes, revision, cancellationToken);
        string outcome = votes ? "votes now" : "votes no more, and is kept out until it is added again";
        context.Output.Write($"node {state.Short(change.Node.Id)} ({change.Node.Address}) {outcome}\n{after.Summary}\n");
        return ExitCode.Success;
    }

    private (string Action, string Who) Read(VerbContext context)
    {
        IReadOnlyList<string> given = context.Arguments;
        string action = given.Count > 0 ? given[0] : "";
        if (given.Count == 1 || action is not ("" or "add" or "remove"))
        {
            throw new UsageException($"{Name}: wrong arguments, usage: doozer {Usage}", Name);
        }

        if (action != "add" && context.Options.Slot is not null)
        {
            throw new UsageException($"{Name}: --slot is for 'add'", Name);
        }

        return (action, given.Count > 1 ? given[1] : "");
    }
}
