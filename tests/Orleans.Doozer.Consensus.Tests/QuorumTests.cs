using CsCheck;

namespace Orleans.Doozer.Consensus.Tests;

public class QuorumTests
{
    private static readonly NodeId[] Ids = [.. Enumerable.Range(0, 8).Select(i => NodeId.Parse($"n{i}"))];

    [Fact]
    public void Quorum_AnyVotes_AsTheNaiveTwin() =>
        Gen.Select(Gen.Int[0, 7].Array[1, 7], Gen.Int[0, 7].Array[0, 20]).Sample((voters, votes) =>
        {
            var configuration = new VotingConfiguration(voters.Select(i => Ids[i]));
            var quorum = new Quorum(configuration);
            var yes = new HashSet<int>();
            foreach (var vote in votes)
            {
                if (voters.Contains(vote))
                {
                    yes.Add(vote);
                }

                var expected = 2 * yes.Count > voters.Distinct().Count();
                if (quorum.Add(Ids[vote]) != expected || configuration.IsQuorum(node => yes.Contains(Array.IndexOf(Ids, node))) != expected)
                {
                    return false;
                }
            }

            return true;
        });

    [Fact]
    public void AcceptedLog_AnyPutsAndTruncations_AsTheModel() =>
        Gen.Select(Gen.Bool, Gen.Long[1, 3000]).Array[1, 60].Sample(steps =>
        {
            var log = new AcceptedLog();
            var model = new SortedDictionary<long, AcceptedEntry>();
            long cut = 0;
            foreach (var (truncate, slot) in steps)
            {
                if (truncate && slot % 4 == 0)
                {
                    log.Truncate(new(slot));
                    cut = Math.Max(cut, slot);
                    model.Keys.Where(key => key <= cut).ToList().ForEach(key => model.Remove(key));
                }
                else if (slot > cut)
                {
                    var entry = new AcceptedEntry(new(slot), new(1, Ids[0]), []);
                    log.Put(entry);
                    model[slot] = entry;
                }
            }

            return log.TruncatedTo.Value == cut && log.Bytes == model.Count * 64
                && log.Page(Slot.Zero, new(long.MaxValue), int.MaxValue).Entries.SequenceEqual(model.Values)
                && Enumerable.Range(0, 3100).All(slot => ReferenceEquals(log[new(slot)], model.GetValueOrDefault(slot)));
        }, iter: 200);

    [Fact]
    public void Schedule_WindowForgetBetween_KeepWhatLaterSlotsNeed()
    {
        VotingConfiguration Of(int i) => new([Ids[i]]);
        var schedule = new ConfigurationSchedule([new(new(1), Of(0))]);
        Assert.True(schedule.Schedule(new(10), Of(1)));
        Assert.False(schedule.Schedule(new(12), Of(1)));
        Assert.True(schedule.Schedule(new(20), Of(0)));
        Assert.Throws<InvariantViolationException>(() => schedule.Schedule(new(20), Of(2)));
        Assert.Equal((Of(0), Of(1), Of(1), Of(0)), (schedule.For(new(9)), schedule.For(new(10)), schedule.For(new(19)), schedule.For(new(20))));
        Assert.Equal([Of(0), Of(1)], schedule.Between(new(9), new(25)));
        Assert.Equal([1, 10], schedule.WindowAt(new(8), 11).Select(change => change.From.Value));
        Assert.Equal([10, 20], schedule.WindowAt(new(9), 11).Select(change => change.From.Value));
        schedule.Forget(new(9));
        Assert.Equal(Of(1), schedule.For(new(10)));
        Assert.Throws<InvariantViolationException>(() => schedule.For(new(9)));
    }
}
