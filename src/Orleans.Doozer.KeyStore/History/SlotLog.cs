using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.KeyStore;

/// <summary>What was the state after a slot, in pointers: enough to make a snapshot of that slot later.</summary>
internal readonly record struct SlotState(StoreView View, ulong ChainHash, RequestWindow Requests);

/// <summary>The states after the slots from a base on, one per slot: a queue in a ring that grows.</summary>
internal sealed class SlotLog
{
    private SlotState[] _ring = new SlotState[64];
    private int _start;
    private int _count;

    public SlotLog(Slot first, SlotState state)
    {
        First = first;
        Add(state);
    }

    /// <summary>The oldest slot that is kept.</summary>
    public Slot First { get; private set; }

    /// <summary>The newest slot.</summary>
    public Slot Last => First + (_count - 1);

    /// <summary>The state after a slot from <see cref="First"/> to <see cref="Last"/>.</summary>
    public ref readonly SlotState this[Slot slot] => ref _ring[(int)((_start + (slot - First)) % _ring.Length)];

    public void Add(SlotState state)
    {
        if (_count == _ring.Length)
        {
            var longer = new SlotState[_ring.Length * 2];
            _ring.AsSpan(_start).CopyTo(longer);
            _ring.AsSpan(0, _start).CopyTo(longer.AsSpan(_ring.Length - _start));
            (_ring, _start) = (longer, 0);
        }

        _ring[(_start + _count) % _ring.Length] = state;
        _count++;
    }

    /// <summary>Replaces the state of the last slot.</summary>
    public void Replace(SlotState state) => _ring[(_start + _count - 1) % _ring.Length] = state;

    /// <summary>Forgets the slots before <paramref name="slot"/>.</summary>
    public void ForgetBefore(Slot slot)
    {
        while (First < slot)
        {
            _ring[_start] = default;
            _start = (_start + 1) % _ring.Length;
            _count--;
            First = First.Next;
        }
    }
}
