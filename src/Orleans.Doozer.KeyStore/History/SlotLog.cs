using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.KeyStore;

/// <summary>What was the state after a slot, in pointers: enough to make a snapshot of that slot later.</summary>
/// <param name="View">The files.</param>
/// <param name="ChainHash">The hash over the log.</param>
/// <param name="Requests">The remembered requests.</param>
/// <param name="LogBytes">The bytes of all commands since this node began: of two slots, the difference lies between them.</param>
internal readonly record struct SlotState(StoreView View, ulong ChainHash, RequestWindow Requests, long LogBytes)
{
    public Slot Slot => View.Position;
}

/// <summary>
/// The states after some slots, from a base on: one is kept when so many revisions, slots or bytes came since the one before, until
/// nobody will ask for it. The newest state is there too; unless its turn has come, the next one takes its place.
/// </summary>
internal sealed class SlotLog
{
    private readonly List<SlotState> _states = [];
    private readonly int _stride;
    private readonly long _strideBytes;
    private bool _newestIsKept = true;

    public SlotLog(SlotState first, StateMachineOptions options)
    {
        _stride = options.WholeStateRevisions;
        _strideBytes = options.WholeStateBytes;
        (First, FirstRevision, FirstBytes) = (first.Slot, first.View.Revision, first.LogBytes);
        _states.Add(first);
    }

    /// <summary>The base.</summary>
    public Slot First { get; private set; }

    /// <summary>The revision after it.</summary>
    public Revision FirstRevision { get; private set; }

    /// <summary>And the bytes up to it.</summary>
    public long FirstBytes { get; private set; }

    /// <summary>The newest slot.</summary>
    public Slot Last => _states[^1].Slot;

    /// <summary>The state after a slot.</summary>
    /// <exception cref="InvariantViolationException">It is not kept.</exception>
    public SlotState this[Slot slot]
    {
        get
        {
            var index = FindUpTo(slot);
            return index >= 0 && _states[index].Slot == slot
                ? _states[index]
                : throw new InvariantViolationException(
                    $"the state after slot {slot} was asked for, but of {First} to {Last} only that after every {_stride} revisions is kept");
        }
    }

    public void Add(SlotState state)
    {
        if (!_newestIsKept)
        {
            _states.RemoveAt(_states.Count - 1);
        }

        var last = _states[^1];
        _newestIsKept = state.View.Revision.Value - last.View.Revision.Value >= _stride
            || state.Slot - last.Slot >= _stride
            || state.LogBytes - last.LogBytes >= _strideBytes;
        _states.Add(state);
    }

    /// <summary>Replaces the newest state by another of the same slot.</summary>
    public void Replace(SlotState state) => _states[^1] = state;

    /// <summary>The first state that is kept for good after a slot.</summary>
    public bool TryFindKeptAfter(Slot slot, out SlotState state)
    {
        var index = FindUpTo(slot) + 1;
        var found = index < _states.Count - (_newestIsKept ? 0 : 1);
        state = found ? _states[index] : default;
        return found;
    }

    /// <summary>Moves the base to the newest state up to <paramref name="slot"/>.</summary>
    public void ForgetBefore(Slot slot)
    {
        Release(slot);
        if (_states[0].Slot <= slot)
        {
            (First, FirstRevision, FirstBytes) = (_states[0].Slot, _states[0].View.Revision, _states[0].LogBytes);
        }
    }

    /// <summary>Lets go of the states before the newest one up to <paramref name="slot"/>; the base stays where it is.</summary>
    public void Release(Slot slot)
    {
        _states.RemoveRange(0, Math.Max(FindUpTo(slot), 0));
        _newestIsKept |= _states.Count == 1;
    }

    /// <summary>The newest of the states after <paramref name="slot"/> or an earlier one; -1 when all are later.</summary>
    private int FindUpTo(Slot slot)
    {
        var (low, high) = (0, _states.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _states[middle].Slot <= slot ? (middle + 1, high) : (low, middle);
        }

        return low - 1;
    }
}
