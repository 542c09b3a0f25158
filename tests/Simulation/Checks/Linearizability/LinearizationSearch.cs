namespace Orleans.Doozer.Linearizability;

/// <summary>
/// The depth-first search for one file. A state is (the operations that have taken their place, the value). From a state, the next may be
/// any operation that was called before the first return among those still open. Four observations keep it small, none of which excludes
/// an order that others do not replace:
/// a read (or refusal) that fits now may as well come now, for it changes nothing; a change of unknown outcome is worth taking only if
/// something looks at its value before the next blind write, for otherwise it may as well never have happened; a value that somebody has
/// yet to find and that nothing can bring back is not overwritten; a state that was left without success is not entered again.
/// </summary>
internal sealed class LinearizationSearch
{
    private static readonly List<Choice> NoChoice = [];
    private readonly SearchedFile _file;
    private readonly HistoryEvents _events;
    private readonly HashSet<UInt128> _left = [];
    private readonly Stack<Frame> _path = new();
    private readonly long _limit;
    private UInt128 _placed;
    private FileValue _value;
    private bool _unseen;
    private (int Depth, string? Value, int Stuck) _furthest = (-1, null, HistoryEvents.None);

    public LinearizationSearch(IEnumerable<Operation> history, long limit)
    {
        _limit = limit;
        _file = new SearchedFile(history);
        _value = _file.NoFile;
        _events = _file.Events;
    }

    /// <summary>How many candidates were looked at.</summary>
    public long Work { get; private set; }

    public Verdict Run()
    {
        while (_events.Open > 0)
        {
            if (Work > _limit)
            {
                return Verdict.Undecided;
            }

            if (FindObserver() is { } observer)
            {
                Place(observer, _value, unseen: false, NoChoice);
                continue;
            }

            var choices = FindChanges();
            while (!TryChoose(choices))
            {
                if (!TryGoBack(out choices))
                {
                    return Verdict.Violated;
                }
            }
        }

        return Verdict.Linearizable;
    }

    /// <summary>Where the longest order that was found does not lead on.</summary>
    public string Explain() => _furthest.Stuck == HistoryEvents.None ? "no way back was needed" :
        $"the longest order places {_furthest.Depth} of {_file.Candidates.Count} operations; the value is then "
        + $"{Operation.Show(_furthest.Value)}, and this cannot come before its return: {_file.Candidates[_furthest.Stuck].Operation}";

    private int? FindObserver()
    {
        // The reads of a value are interchangeable; of the refusals some may not fit.
        var read = _events.First(_value.ReadsList);
        Work++;
        if (_events.IsCandidate(read))
        {
            return read;
        }

        for (var at = _events.First(SearchedFile.Refusals); _events.IsCandidate(at); at = _events.Next(at))
        {
            Work++;
            if (_file.Candidates[at].Fits(_value))
            {
                return at;
            }
        }

        return null;
    }

    /// <summary>The changes that may come next; the likeliest is the last.</summary>
    private List<Choice> FindChanges()
    {
        var found = NoChoice;
        foreach (var list in (ReadOnlySpan<int>)[SearchedFile.Changes, SearchedFile.UnknownChanges])
        {
            for (var at = _events.First(list); _events.IsCandidate(at); at = _events.Next(at))
            {
                Work++;
                var candidate = _file.Candidates[at];
                if (!candidate.Fits(_value) || !IsWorthwhile(candidate))
                {
                    continue;
                }

                // One that waited for this very value; then the one that was answered first; what was never answered comes last.
                var waited = !candidate.IsBlind && candidate.Expected == _value;
                var rank = candidate.IsUnknown ? 2 : waited ? 0 : 1;
                found = found == NoChoice ? new(2) : found;
                found.Add(new(rank, candidate.IsUnknown ? candidate.Operation.Called : candidate.Operation.Returned, at));
            }
        }

        if (found.Count > 1)
        {
            found.Sort(static (left, right) => right.CompareTo(left));
        }

        return found;
    }

    private bool TryChoose(List<Choice> choices)
    {
        while (choices.Count > 0)
        {
            var next = choices[^1].At;
            var candidate = _file.Candidates[next];
            choices.RemoveAt(choices.Count - 1);
            if (_left.Add(StateAfter(candidate)))
            {
                Place(next, candidate.Value, candidate.IsUnknown, choices);
                return true;
            }
        }

        return false;
    }

    private bool IsWorthwhile(Candidate candidate)
    {
        var wasteful = (candidate.IsBlind && _unseen) || (candidate.IsUnknown && candidate.Value == _value);
        return !wasteful && !Destroys(candidate) && !_left.Contains(StateAfter(candidate));
    }

    private bool Destroys(Candidate candidate)
    {
        if (_value == candidate.Value || _value.Writes > 0)
        {
            return false;
        }

        // Who expects a value finds it, or no file.
        var mine = candidate is { IsBlind: false, IsUnknown: false } && candidate.Expected == _value ? 1 : 0;
        return _value.Reads > 0 || (_value != _file.NoFile && candidate.Value != _file.NoFile
            && _file.NoFile.Writes == 0 && _value.Expecters > mine);
    }

    private UInt128 StateAfter(Candidate candidate) =>
        _placed ^ candidate.Mark ^ candidate.Value.Mark ^ (candidate.IsUnknown ? _file.UnseenMark : 0);

    private void Place(int at, FileValue value, bool unseen, List<Choice> choices)
    {
        var candidate = _file.Candidates[at];
        _path.Push(new(at, _value, _unseen, choices));
        (_value, _unseen) = (value, unseen);
        _placed ^= candidate.Mark;
        candidate.Count(-1);
        _events.Remove(at);
    }

    private bool TryGoBack(out List<Choice> choices)
    {
        if (_path.Count > _furthest.Depth)
        {
            _furthest = (_path.Count, _value.Text, _events.FirstToReturn());
        }

        choices = NoChoice;
        if (!_path.TryPop(out var frame))
        {
            return false;
        }

        _events.Restore(frame.At);
        _file.Candidates[frame.At].Count(1);
        _placed ^= _file.Candidates[frame.At].Mark;
        (_value, _unseen, choices) = (frame.Value, frame.Unseen, frame.Choices);
        return true;
    }

    private readonly record struct Choice(int Rank, long Moment, int At)
    {
        public int CompareTo(Choice other) => (Rank, Moment, At).CompareTo((other.Rank, other.Moment, other.At));
    }

    private readonly record struct Frame(int At, FileValue Value, bool Unseen, List<Choice> Choices);
}
