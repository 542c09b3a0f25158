using Orleans.Doozer.Grains;

namespace Orleans.Doozer;

/// <summary>
/// The front door grains of one store. An Orleans client pins each to a gateway, so calls go round them all, and one that has failed is
/// left out until it answers a question that nobody waits for: its gateway may be dead or frozen, and whoever found that out by a request
/// of his own would lose the time it takes. Writes go round those that stand at the leader, as far as any are known.
/// </summary>
internal sealed class FrontDoors
{
    /// <summary>Stands for a door that is still to be chosen.</summary>
    public const int None = -1;

    // One write in so many goes another way, so that doors whose gateway has changed become known. No multiple of a likely number of doors.
    private const uint Exploring = 61;

    // How long a door that is left out is not asked, and then has to answer.
    private static readonly TimeSpan ProbePeriod = TimeSpan.FromSeconds(2);
    private readonly TimeProvider _time;
    private readonly IStoreGrain[] _doors;
    private readonly long[] _failedAt;
    private readonly long[] _answeredAt;
    private readonly bool[] _leads;
    private readonly bool[] _isTried;
    private readonly bool[] _isProbed;
    private uint _turn = (uint)Random.Shared.Next();

    public FrontDoors(IGrainFactory grains, DoozerClientOptions options, TimeProvider time)
    {
        _time = time;
        _doors = new IStoreGrain[options.FrontDoors];
        _failedAt = new long[options.FrontDoors];
        _answeredAt = new long[options.FrontDoors];
        _leads = new bool[options.FrontDoors];
        _isTried = new bool[options.FrontDoors];
        _isProbed = new bool[options.FrontDoors];
        for (var i = 0; i < _doors.Length; i++)
        {
            _doors[i] = grains.GetGrain<IStoreGrain>(StoreGrainKeys.Create(options.Store, i));
        }
    }

    /// <summary>The door of a number that <see cref="Next"/> has given.</summary>
    public IStoreGrain this[int index] => _doors[index];

    /// <summary>The next door that is not left out; the next one where all are.</summary>
    public int Next() => NextAfter((int)(Interlocked.Increment(ref _turn) % (uint)_doors.Length));

    /// <summary>The next door through which a write was last proposed where it came in, once each has been tried; <see cref="Next"/> while
    /// none is known.</summary>
    public int NextToLeader()
    {
        var turn = Interlocked.Increment(ref _turn);
        var first = (int)(turn % (uint)_doors.Length);
        for (var i = 0; i < _doors.Length; i++)
        {
            if (!Volatile.Read(ref _isTried[i]) && !IsOut(i))
            {
                Volatile.Write(ref _isTried[i], true);
                return i;
            }
        }

        for (var i = 0; i < _doors.Length && turn % Exploring != 0; i++)
        {
            var door = (first + i) % _doors.Length;
            if (Volatile.Read(ref _leads[door]))
            {
                return door;
            }
        }

        return NextAfter(first);
    }

    /// <summary>A write through a door came back from the leader there, or from elsewhere.</summary>
    public void Wrote(int door, bool atLeader)
    {
        // Read first: all writers share the line.
        if (Volatile.Read(ref _leads[door]) == atLeader)
        {
            return;
        }

        Volatile.Write(ref _leads[door], atLeader);
        if (!atLeader)
        {
            // Another node leads now, and stands behind other doors.
            Array.Clear(_isTried);
        }
    }

    /// <summary>A call through a door came back.</summary>
    public void Answered(int door)
    {
        Volatile.Write(ref _answeredAt[door], _time.GetTimestamp());
        if (Volatile.Read(ref _failedAt[door]) != 0)
        {
            Volatile.Write(ref _failedAt[door], 0);
        }
    }

    /// <summary>Whether any call through a door has come back since then.</summary>
    public bool HasAnsweredSince(int door, long timestamp) => door != None && Volatile.Read(ref _answeredAt[door]) > timestamp;

    /// <summary>A call through a door was lost.</summary>
    public void Failed(int door)
    {
        if (door == None)
        {
            return;
        }

        var now = _time.GetTimestamp();
        var isAtLeader = Volatile.Read(ref _leads[door]);
        Volatile.Write(ref _failedAt[door], now);
        for (var i = 0; i < _leads.Length && isAtLeader; i++)
        {
            if (Volatile.Read(ref _leads[i]))
            {
                // Those at the leader stand at the same gateway, which may be dead or frozen: a retry must not go to it.
                Volatile.Write(ref _failedAt[i], now);
                Wrote(i, atLeader: false);
            }
        }
    }

    private int NextAfter(int first)
    {
        for (var i = 0; i < _doors.Length; i++)
        {
            var door = (first + i) % _doors.Length;
            if (!IsOut(door))
            {
                return door;
            }
        }

        return first;
    }

    private bool IsOut(int door)
    {
        var failedAt = Volatile.Read(ref _failedAt[door]);
        if (failedAt == 0)
        {
            return false;
        }

        if (_time.GetElapsedTime(failedAt) >= ProbePeriod && !Interlocked.Exchange(ref _isProbed[door], true))
        {
            _ = ProbeAsync(door, failedAt);
        }

        return true;
    }

    /// <summary>Asks a door that is left out for what it knows by itself. It is back when it has joined and says so in time.</summary>
    private async Task ProbeAsync(int door, long failedAt)
    {
        Task<RouteReply>? call = null;
        var hasJoined = false;
        try
        {
            call = _doors[door].Route();
            hasJoined = (await call.WaitAsync(ProbePeriod, _time).ConfigureAwait(false)).Status.Error == DoozerErrorCode.None;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // Whatever went wrong, it stays out.
            if (call is { IsCompleted: false })
            {
                StoreCaller.Abandon(call);
            }
        }

        // What callers found out meanwhile is newer: an answer, or that it failed again.
        var isLatest = Interlocked.CompareExchange(ref _failedAt[door], hasJoined ? 0 : _time.GetTimestamp(), failedAt) == failedAt;
        if (hasJoined && isLatest)
        {
            Volatile.Write(ref _isTried[door], false);
        }

        Volatile.Write(ref _isProbed[door], false);
    }
}
