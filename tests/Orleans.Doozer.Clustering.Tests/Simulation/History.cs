using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.Clustering.Tests.Simulation;

/// <summary>
/// What happened, and the checker: committed values form one chain without forks, no acknowledged change is lost, no answer is older
/// than one that was there before its question.
/// </summary>
internal sealed class History
{
    private readonly Dictionary<long, RegisterState> _chain = [];
    private readonly Dictionary<Ballot, (RegisterState State, SortedSet<NodeId> By)> _accepted = [];
    private readonly HashSet<long> _acknowledged = [];
    private readonly HashSet<long> _toggles = [];
    private long _highestFinished;

    public string? Violation { get; private set; }

    public int Reads { get; private set; }

    public int Changes { get; private set; }

    public int SetChanges { get; private set; }

    public long Begin() => _highestFinished;

    public void Submitted(long mark, RegisterSimulation.SimKind kind)
    {
        if (kind == RegisterSimulation.SimKind.Toggle)
        {
            _toggles.Add(mark);
        }
    }

    /// <summary>The code under test gave up by itself.</summary>
    public void Break(string reason) => Violation ??= reason;

    /// <summary>An accept became durable. With a majority of the set that the value names, the value is committed.</summary>
    public void Accepted(NodeId by, Ballot ballot, RegisterState state)
    {
        if (!_accepted.TryGetValue(ballot, out var held))
        {
            _accepted[ballot] = held = (state, []);
        }

        if (!SameValue(held.State, state))
        {
            Violation ??= $"ballot {ballot} carried two values";
        }

        held.By.Add(by);
        if (state.Voters().IsQuorum(held.By.Contains))
        {
            Commit(state);
        }
    }

    public void Finished(long mark, long began, RegisterState state, bool changed)
    {
        Commit(state);
        if (state.Number < began)
        {
            Violation ??= $"an operation that began after number {began} was committed was answered with number {state.Number}";
        }

        if (changed)
        {
            Changes++;
            SetChanges += _toggles.Contains(mark) ? 1 : 0;
            _acknowledged.Add(mark);
            if (!state.Recent.Contains(mark))
            {
                Violation ??= $"change {mark} was acknowledged with a value that does not hold it";
            }
        }
        else
        {
            Reads++;
        }

        _highestFinished = Math.Max(_highestFinished, state.Number);
    }

    /// <summary>At the end: the whole chain, and that it went on.</summary>
    public void Check(long now, int busy)
    {
        if (Violation is not null || _chain.Count == 0)
        {
            Violation ??= "nothing was ever committed";
            return;
        }

        var numbers = _chain.Keys.Order().ToList();
        foreach (var (earlier, later) in numbers.Zip(numbers.Skip(1)))
        {
            var (from, to) = (_chain[earlier], _chain[later]);
            var kept = from.Recent.TakeLast(Math.Min(from.Recent.Length, RegisterState.RecentLimit - (int)(later - earlier)));
            if (!to.Recent.Take(to.Recent.Length - (int)(later - earlier)).SequenceEqual(kept))
            {
                Violation = $"number {later} was not made from number {earlier}";
                return;
            }
        }

        var last = _chain[numbers[^1]];
        var lost = last.Recent.Length < RegisterState.RecentLimit
            ? _acknowledged.Where(mark => !last.Recent.Contains(mark)).ToList() : [];
        Violation = lost.Count > 0 ? $"acknowledged changes {string.Join(", ", lost)} are not in the last value"
            : last.Recent.Distinct().Count() != last.Recent.Length ? "a change happened twice"
            : busy > 0 ? $"{busy} operations did not end although the faults had, at {now}"
            : null;
    }

    private void Commit(RegisterState state)
    {
        if (_chain.TryGetValue(state.Number, out var other) && !SameValue(other, state))
        {
            Violation ??= $"number {state.Number} was committed with two values: the chain forks";
        }

        _chain[state.Number] = state;
    }

    private static bool SameValue(RegisterState left, RegisterState right) =>
        left.Number == right.Number && left.TableVersion == right.TableVersion && left.AcceptorsVersion == right.AcceptorsVersion
        && left.Recent.SequenceEqual(right.Recent) && left.Acceptors.SequenceEqual(right.Acceptors);
}
