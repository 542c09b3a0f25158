using Orleans.Doozer.Grains;

namespace Orleans.Doozer;

/// <summary>The watches of a <see cref="WatchStream"/>, those with the same pattern as one, and what each has been told. The stream's lock
/// guards it.</summary>
internal sealed class WatchInterests
{
    private readonly Dictionary<string, Interest> _byPattern = new(StringComparer.Ordinal);
    private readonly GlobMap<Interest> _byPath = new();
    private readonly List<Interest> _found = [];
    private long _changes;

    /// <summary>How many patterns are watched.</summary>
    public int Count => _byPattern.Count;

    /// <summary>Everything before it has been told to all whose change of the stream is made; 0 until something is known.</summary>
    public Revision Told { get; private set; }

    /// <summary>Adds a watch, and to the stream what that does not watch yet.</summary>
    public void Add(Subscription subscription, WatchConnection? connection)
    {
        if (!_byPattern.TryGetValue(subscription.Glob.Pattern, out var interest))
        {
            interest = new Interest();
            _byPattern.Add(subscription.Glob.Pattern, interest);
            _byPath.Add(subscription.Glob, interest);
        }

        interest.Subscriptions.Add(subscription);
        if (connection is not null)
        {
            Cover(interest, subscription, connection);
        }
    }

    /// <summary>Takes a watch away, if it is still there.</summary>
    public void Remove(Subscription subscription, WatchConnection? connection)
    {
        var glob = subscription.Glob;
        if (_byPattern.TryGetValue(glob.Pattern, out var interest)
            && interest.Subscriptions.Remove(subscription)
            && interest.Subscriptions.Count == 0)
        {
            _byPattern.Remove(glob.Pattern);
            _byPath.Remove(glob, interest);
            connection?.Remove(glob.Pattern);
        }
    }

    /// <summary>The watches that a path matches.</summary>
    public IEnumerable<Subscription> Find(string path)
    {
        _found.Clear();
        _byPath.Find(path, _found);
        return _found.Count == 1 ? _found[0].Subscriptions : _found.SelectMany(interest => interest.Subscriptions);
    }

    /// <summary>All is to be watched by another stream.</summary>
    public void AddAllTo(WatchConnection connection)
    {
        foreach (var (pattern, interest) in _byPattern)
        {
            interest.From = interest.Subscriptions.Min(subscription => subscription.Next);
            interest.Change = connection.Add(pattern, interest.From);
            foreach (var subscription in interest.Subscriptions)
            {
                subscription.Change = interest.Change;
            }
        }
    }

    /// <summary>The stream is lost: what it told is noted with each watch.</summary>
    public void Disconnect()
    {
        foreach (var subscription in _byPattern.Values.SelectMany(interest => interest.Subscriptions))
        {
            subscription.Next = subscription.Change <= _changes ? Revision.Max(subscription.Next, Told) : subscription.Next;
            subscription.Change = 0;
        }

        (_changes, Told) = (0, default);
    }

    /// <summary>What a reply says to everybody: up to where all was told.</summary>
    public void Advance(WatchStreamReply reply) => (_changes, Told) = (reply.Changes, reply.Next);

    /// <summary>The watches of a pattern that were in a change are refused.</summary>
    public void Refuse(string pattern, long change, WatchRefusal refusal, WatchConnection connection)
    {
        if (_byPattern.TryGetValue(pattern, out var interest))
        {
            foreach (var subscription in interest.Subscriptions.Where(subscription => subscription.Change == change).ToList())
            {
                subscription.End(refusal);
                Remove(subscription, connection);
            }
        }
    }

    /// <summary>Ends all watches.</summary>
    public void EndAll(WatchRefusal refusal)
    {
        foreach (var subscription in _byPattern.Values.SelectMany(interest => interest.Subscriptions).ToList())
        {
            subscription.End(refusal);
            Remove(subscription, null);
        }
    }

    private void Cover(Interest interest, Subscription subscription, WatchConnection connection)
    {
        var isWatched = interest.Change > 0;
        var isMade = isWatched && interest.Change <= _changes;
        if (isMade && subscription.Next >= Told)
        {
            return;
        }

        if (isWatched && !isMade && subscription.Next >= interest.From)
        {
            subscription.Change = interest.Change;
            return;
        }

        var number = connection.Add(subscription.Glob.Pattern, subscription.Next);
        interest.From = number == interest.Change && interest.From < subscription.Next ? interest.From : subscription.Next;
        interest.Change = subscription.Change = number;
    }

    /// <summary>A pattern, the watches that have it, and the last change of the stream that it was in, with its revision.</summary>
    private sealed class Interest
    {
        public HashSet<Subscription> Subscriptions { get; } = [];

        public long Change { get; set; }

        public Revision From { get; set; }
    }
}
