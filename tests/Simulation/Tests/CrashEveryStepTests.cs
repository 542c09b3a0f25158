using System.Globalization;
using Xunit.Abstractions;

namespace Orleans.Doozer.Simulation;

/// <summary>Nothing is drawn here: a node is crashed at every step that a small schedule has, with every first part of what it had not
/// synced. All checkers of the simulator run, and the cluster must go on.</summary>
public class CrashEveryStepTests(ITestOutputHelper output)
{
    private static readonly string[] Required =
    [
        "appended", "synced", "sent", "answered", "truncated", "snapshot to be saved", "snapshot saved", "snapshot asked for", "chunk sent",
        "chunk received", "install to be saved", "install saved", "installed", "started",
    ];

    [Fact]
    public void Schedule_WithoutACrash_HasEveryKindOfStep()
    {
        var (points, _, failure) = CrashSchedule.Run();

        Assert.Null(failure);
        output.WriteLine(string.Join(", ", points.CountBy(point => point.Step).Select(step => $"{step.Key} {step.Value}")));
        Assert.Equal([0, 3], points.Where(point => point.Step == "installed").Select(point => point.Node).Distinct().Order());
        Assert.All(Required, step => Assert.Contains(points, point => point.Step == step));
    }

    /// <summary>Down so shortly that nobody notices, and so long that others elect a leader and cut their logs.</summary>
    [Theory]
    [InlineData(4)]
    [InlineData(900)]
    public void Node_CrashedAtEveryStep_LosesNothingAndGoesOn(int downMs)
    {
        var runs = 0;
        var points = CrashSchedule.Run().Points;
        foreach (var point in points)
        {
            for (var kept = 0; kept <= point.Unsynced; kept++)
            {
                runs++;
                Require($"{point}, {kept} kept", CrashSchedule.Run(new PlannedCrash(point.Number, kept, downMs * 1000)), 1);
            }
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{points.Count} points, {runs} runs"));
        Assert.InRange(points.Count, 800, 5_000);
    }

    /// <summary>The node crashes at a step of a transfer or install, and once more at each of its next steps.</summary>
    [Fact]
    public void Node_CrashedTwiceWhileItInstalls_LosesNothingAndGoesOn()
    {
        var runs = 0;
        foreach (var point in CrashSchedule.Run().Points.Where(IsInstall))
        {
            foreach (var kept in (SortedSet<int>)[0, point.Unsynced])
            {
                var crashes = 2;
                for (var follow = 1; crashes == 2 && follow <= 60; follow++)
                {
                    var result = CrashSchedule.Run(new PlannedCrash(point.Number, kept, 4_000), follow);
                    crashes = result.Crashes;
                    Require($"{point}, {kept} kept, then its step {follow}", result, result.Crashes);
                    runs++;
                }
            }
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{runs} pairs"));
        Assert.InRange(runs, 200, 10_000);
    }

    /// <summary>These two are not caught by the one crash that the schedule has anyway.</summary>
    [Theory]
    [InlineData((int)Sabotage.BallotReusedAtRestart)]
    [InlineData((int)Sabotage.AcceptedIsDecidedAtRestart)]
    public void Sabotage_OfWhatACrashLeaves_IsCaughtAtSomeStep(int sabotage)
    {
        var points = CrashSchedule.Run(sabotage: (Sabotage)sabotage);
        Assert.Null(points.Failure);
        Assert.Contains(
            points.Points, point => CrashSchedule.Run(new PlannedCrash(point.Number, 0, 4_000), sabotage: (Sabotage)sabotage).Failure is not null);
    }

    private static bool IsInstall(CrashPoint point) =>
        point.Step is "snapshot asked for" or "chunk received" or "install to be saved" or "install saved" or "installed" or "started";

    private static void Require(string what, (IReadOnlyList<CrashPoint> Points, int Crashes, string? Failure) result, int crashes)
    {
        Assert.True(result.Failure is null, $"crash at {what}:\n{result.Failure}");
        Assert.Equal(crashes, result.Crashes);
    }
}
