using System.Globalization;

namespace Doozer.Cli.Cluster;

/// <summary>Waits until a change of the voters is in force: it is written at once, and holds from a later slot of the log on.</summary>
internal sealed class MemberWait(ClusterSurvey survey, CliConsole console, TimeSpan timeout)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan NoticeInterval = TimeSpan.FromSeconds(2);

    private readonly long started = console.Time.GetTimestamp();
    private TimeSpan noticed;

    private TimeSpan Elapsed => console.Time.GetElapsedTime(started);

    /// <summary>Waits until the node votes, or does not, as its slot says since a revision.</summary>
    /// <exception cref="DoozerException">It took too long, but the change stands; or it was undone.</exception>
    internal async Task<ClusterState> UntilAsync(string id, bool votes, long revision, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                ClusterState state = await survey.LookAgainAsync(cancellationToken);
                bool isUndone = state.SlotsRevision >= revision && state.Slots.Any(slot => slot.Holder == id) != votes;
                if (isUndone)
                {
                    throw new DoozerException(votes
                        ? $"node {state.Short(id)} lost its slot again before the change was in force; see 'doozer members'"
                        : $"node {state.Short(id)} has a slot again: the cluster is of a version that does not know the file standby; "
                            + "stop the node first, then remove it");
                }

                if (state.LeaderAnswers && state.Voters.Contains(id) == votes)
                {
                    return state;
                }

                if (Elapsed >= timeout)
                {
                    throw new DoozerException(string.Create(
                        CultureInfo.InvariantCulture,
                        $"the change is made, but not in force after {timeout.TotalSeconds:0.###} s ({state.Summary}); "
                            + $"see 'doozer status'"));
                }

                Tell(state);
                await console.DelayAsync(Interval, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw new DoozerException("interrupted; the change is made and comes into force by itself, see 'doozer status'");
        }
    }

    private void Tell(ClusterState state)
    {
        if (Elapsed - noticed >= NoticeInterval)
        {
            noticed = Elapsed;
            console.WriteError($"doozer: waiting for the change to come into force; voters now: "
                + $"{string.Join(", ", state.Voters.Select(state.Short))}; {state.Summary}");
        }
    }
}
