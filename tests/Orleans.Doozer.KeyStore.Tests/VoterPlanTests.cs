using System.Globalization;
using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.KeyStore.Tests;

public sealed class VoterPlanTests
{
    [Theory]
    [InlineData("A", "", "", 3, "A")]
    [InlineData("A", "", "X", 3, "A")]
    [InlineData("A", "", "XY", 3, "AXY")]
    [InlineData("A", "", "XYZ", 3, "AXY")]
    [InlineData("A", "", "XYZ", 5, "AXY")]
    [InlineData("A", "", "VXYZ", 5, "AVXYZ")]
    [InlineData("A", "", "XY", 1, "A")]
    [InlineData("AB", "", "X", 3, "ABX")]
    [InlineData("A.", "", "X", 1, "A.")]
    [InlineData("ABC.", "", "X", 1, "ABCX")]
    [InlineData("A..", "", "X", 1, "A..")]
    [InlineData("A..", "", "XY", 1, "AXY")]
    [InlineData("A.", "", "XY", 3, "AXY")]
    [InlineData("ABC", "B", "", 3, "ABC")]
    [InlineData("ABC", "B", "X", 3, "AXC")]
    [InlineData("ABCDE", "BC", "", 5, "A..DE")]
    [InlineData("ABCDE", "B", "", 5, "ABCDE")]
    [InlineData("ABCDE", "BC", "X", 5, "AXCDE")]
    [InlineData("A..DE", "", "X", 5, "A..DE")]
    [InlineData("A..DE", "", "XY", 5, "AXYDE")]
    [InlineData("ABCD", "B", "", 3, "A.CD")]
    [InlineData("AAB", "", "X", 3, "AXB")]
    [InlineData("AAB", "", "", 3, "AAB")]
    [InlineData("ABCB", "B", "X", 3, "AXC.")]
    [InlineData("ABCB", "B", "XY", 3, "AXC.")]
    [InlineData("ABCDEBC", "BC", "", 5, "A..DE..")]
    [InlineData("A?", "", "XY", 3, "A?")]
    public void Plan_ForSlotsSilentAndCandidates_GivesTheseSlots(string slots, string silent, string candidates, int count, string expected) =>
        Assert.Equal(expected, Apply(slots, Plan(slots, silent, candidates, count)));

    [Theory]
    [InlineData("ABC.", "C", "X", 3, "ABC.")]
    [InlineData("ABC..", "C", "XY", 3, "ABCXY")]
    [InlineData("ABC", "C", "XY", 5, "ABCXY")]
    [InlineData("ABC", "C", "XYZV", 7, "ABCXYZV")]
    [InlineData("ABCDE.", "E", "X", 5, "ABCDEX")]
    [InlineData("ABCDE.", "DE", "X", 5, "ABCDE.")]
    public void Plan_WithVotersThatHaveJustFallenSilent_AddsNoVoteThatTheStoreCouldNotLose(
        string slots, string quiet, string candidates, int count, string expected) =>
        Assert.Equal(expected, Apply(slots, Plan(slots, "", candidates, count, quiet)));

    [Fact]
    public void Plan_OfEverySmallCase_KeepsItsRules()
    {
        var cases = 0;
        for (var voters = 1; voters <= 7; voters++)
        {
            for (var silent = 0; silent < (voters + 1) / 2; silent++)
            {
                for (var empty = 0; empty <= 4; empty++)
                {
                    for (var candidates = 0; candidates <= 5; candidates++)
                    {
                        foreach (var count in new[] { 1, 3, 5, 7 })
                        {
                            CheckRules(Letters('A', voters) + new string('.', empty), Letters('A', silent), Letters('S', candidates), count);
                            cases++;
                        }
                    }
                }
            }
        }

        Assert.Equal(16 * 5 * 6 * 4, cases);
    }

    private static void CheckRules(string slots, string silent, string candidates, int count)
    {
        var name = $"{slots} silent {silent} candidates {candidates} count {count}";
        var after = Apply(slots, Plan(slots, silent, candidates, count));
        var voters = after.Where(char.IsLetter).ToList();
        var before = slots.Where(char.IsLetter).ToList();

        Assert.True(voters.Distinct().Count() == voters.Count, name);
        Assert.True(before.Except(silent).All(voters.Contains), $"{name}: a healthy voter lost its vote");
        Assert.True(voters.All(voter => before.Contains(voter) || candidates.Contains(voter)), name);
        Assert.True(after.Length <= Math.Max(slots.Length, count), $"{name}: too many slots");
        Assert.True(
            before.Count % 2 == 0 || voters.Count % 2 == 1 || !after.Contains('.'), $"{name}: an even number, and the operator did not ask for it");
        var newcomers = voters.Except(before).Count();
        Assert.True(
            newcomers == 0 || before.Except(silent).Count() + newcomers - 1 > voters.Count / 2,
            $"{name}: the store stops if one of the newcomers is dead");
        Assert.True(
            !silent.Any(voters.Contains) || candidates.Length < silent.Length, $"{name}: a silent voter stays though another could vote");

        // Whoever got a vote answers; those that did not are still there: the next plan changes nothing.
        var silentLeft = new string([.. silent.Where(voters.Contains)]);
        var left = new string([.. candidates.Where(candidate => !voters.Contains(candidate))]);
        Assert.True(Plan(after, silentLeft, left, count).Count == 0, $"{name}: {after} is changed again");
    }

    private static string Letters(char first, int count) => new([.. Enumerable.Range(0, count).Select(i => (char)(first + i))]);

    private static List<Command> Plan(string slots, string silent, string candidates, int count, string quiet = "") => VoterPlan.Make(
        [.. slots.Select((letter, i) => new VoterSlot(Path(i), new(i + 1), letter is '.' or '?' ? NodeId.None : Node(letter), letter == '.'))],
        [.. slots.Where(char.IsLetter).Distinct().Except(silent).Except(quiet).Select(Node)],
        [.. silent.Select(Node)], [.. candidates.Select(Node)], count);

    private static string Apply(string slots, List<Command> writes)
    {
        var after = slots.ToList();
        foreach (var write in writes)
        {
            var number = int.Parse(write.Path[(ControlFiles.VotersDirectory.Length + 1)..], CultureInfo.InvariantCulture);
            Assert.Equal(number < slots.Length ? number + 1 : 0, write.Expected.Value);
            while (after.Count <= number)
            {
                after.Add(' ');
            }

            after[number] = write.Value.IsEmpty ? '.' : write.Value.Text()[0];
        }

        return new string([.. after]);
    }

    private static string Path(int number) => $"{ControlFiles.VotersDirectory}/{number}";

    private static NodeId Node(char letter) => NodeId.Parse(letter.ToString());
}
