namespace Orleans.Doozer.Gateway.Connections;

/// <summary>The tags of a connection's outstanding requests.</summary>
internal sealed class TagSet
{
    private readonly HashSet<int> _tags = [];

    /// <summary>Takes a tag; false when a request that is not answered yet has it.</summary>
    public bool TryTake(int tag)
    {
        lock (_tags)
        {
            return _tags.Add(tag);
        }
    }

    /// <summary>The request is about to be answered. Called before the answer leaves: the client may use the tag again as soon as it
    /// has read it.</summary>
    public void Release(int tag)
    {
        lock (_tags)
        {
            _tags.Remove(tag);
        }
    }
}
