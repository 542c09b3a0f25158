using System.CommandLine;
using Doozer.Cli.Cluster;
using Doozer.Cli.CommandLine;

namespace Doozer.Cli.Verbs;

/// <summary><c>doozer status</c></summary>
internal sealed class StatusCommand : Verb
{
    /// <summary>How long one node may take to answer.</summary>
    internal static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(2);

    internal override string Name => "status";

    internal override string Summary => "show every node: who leads, who votes, who is behind";

    internal override string Details => """
        Asks every node of the cluster, each by itself, and prints a line for each and
        a line about them all. It works without a quorum. The exit code is 0 when a
        quorum of the voters and the leader answer, otherwise 2.

        Roles: leader, voter, follower (it has no vote), standby (a follower whose vote
        was taken by 'doozer members remove'), none. States: healthy, behind, joining,
        unreachable, and gone for a node that is unreachable and has no vote.

          --json          print one JSON document instead
          --timeout TIME  how long a node may take to answer (default 2s)

        """;

    internal override IEnumerable<Option> OptionsOf(Options options) => [options.Json];

    internal override async Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        TimeSpan timeout = context.Options.Timeout > TimeSpan.Zero ? context.Options.Timeout : AnswerTimeout;
        using var survey = new ClusterSurvey(await context.FindClusterAsync(cancellationToken), timeout);
        ClusterState state = await survey.LookAsync(cancellationToken);
        context.Output.Write(context.Options.Json ? StatusDocument.Of(state) : StatusText.Of(state));
        return state.IsHealthy ? ExitCode.Success : ExitCode.Failure;
    }
}
