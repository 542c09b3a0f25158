namespace Orleans.Doozer.Linearizability;

/// <summary>
/// The operations that have no place yet, in linked lists in order of their calls, and a list of the returns. Who looks for a read of the
/// present value need not walk past all others, of which a slow node may leave thousands open. Taking one out and putting it back costs
/// the same, however long the history is.
/// </summary>
internal sealed class HistoryEvents
{
    /// <summary>No operation.</summary>
    public const int None = -1;

    private const int Returns = 0;
    private readonly int[] _next;
    private readonly int[] _previous;
    private readonly int[] _order;
    private readonly int _operations;
    private readonly IReadOnlyList<Candidate> _candidates;

    /// <summary>Nodes: [0, n) calls, [n, 2n) returns, then the heads of the lists.</summary>
    /// <param name="candidates">The operations.</param>
    /// <param name="lists">How many lists they name; the first is for the returns.</param>
    public HistoryEvents(IReadOnlyList<Candidate> candidates, int lists)
    {
        _candidates = candidates;
        _operations = candidates.Count;
        _next = new int[(2 * _operations) + lists];
        _previous = new int[_next.Length];
        _order = new int[_next.Length];
        Array.Fill(_next, None);

        // What ends at the very moment at which another begins counts as overlapping it: the clock cannot tell.
        var (moments, nodes) = (new List<long>(), new List<int>());
        for (var i = 0; i < _operations; i++)
        {
            moments.Add(2 * candidates[i].Operation.Called);
            nodes.Add(i);
            if (!candidates[i].IsUnknown)
            {
                moments.Add((2 * candidates[i].Operation.Returned) + 1);
                nodes.Add(i + _operations);
                Open++;
            }
        }

        int[] inOrder = [.. nodes];
        Array.Sort<long, int>([.. moments], inOrder);
        var last = Enumerable.Range(2 * _operations, lists).ToArray();
        for (var i = 0; i < inOrder.Length; i++)
        {
            var node = inOrder[i];
            ref var before = ref last[node >= _operations ? Returns : candidates[node].List];
            (_order[node], _previous[node], _next[before]) = (i, before, node);
            before = node;
        }
    }

    /// <summary>How many operations with a known outcome have no place yet.</summary>
    public int Open { get; private set; }

    public int First(int list) => _next[(2 * _operations) + list];

    public int Next(int call) => _next[call];

    /// <summary>Whether an operation was called before the first of the open ones returned.</summary>
    public bool IsCandidate(int call) => call != None && _order[call] < _order[First(Returns)];

    /// <summary>The operation that has to come next at the latest.</summary>
    public int FirstToReturn() => First(Returns) - _operations;

    public void Remove(int call)
    {
        Unlink(call);
        if (!_candidates[call].IsUnknown)
        {
            Unlink(call + _operations);
            Open--;
        }
    }

    /// <summary>Undoes <see cref="Remove"/>; in the opposite order.</summary>
    public void Restore(int call)
    {
        if (!_candidates[call].IsUnknown)
        {
            Link(call + _operations);
            Open++;
        }

        Link(call);
    }

    private void Unlink(int node)
    {
        _next[_previous[node]] = _next[node];
        if (_next[node] != None)
        {
            _previous[_next[node]] = _previous[node];
        }
    }

    private void Link(int node)
    {
        _next[_previous[node]] = node;
        if (_next[node] != None)
        {
            _previous[_next[node]] = node;
        }
    }
}
