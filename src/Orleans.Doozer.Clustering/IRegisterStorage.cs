namespace Orleans.Doozer.Clustering;

/// <summary>Keeps a register node's votes. What was saved must be there after a crash, whole: half a vote is a broken promise.</summary>
public interface IRegisterStorage
{
    /// <summary>The votes saved last; null when nothing was ever saved.</summary>
    /// <exception cref="InvalidDataException">The bytes are damaged: the node must stop, never guess.</exception>
    RegisterVotes? Load();

    /// <summary>Saves the votes; durable when it returns. One call at a time.</summary>
    Task SaveAsync(RegisterVotes votes, CancellationToken cancellationToken);
}

/// <summary>Votes in memory, for nodes that keep no data: such a node draws a new identity each time it starts.</summary>
public sealed class MemoryRegisterStorage : IRegisterStorage
{
    private byte[]? _votes;

    /// <inheritdoc/>
    public RegisterVotes? Load() => _votes is { } bytes ? RegisterVotesCodec.Decode(bytes) : null;

    /// <inheritdoc/>
    public Task SaveAsync(RegisterVotes votes, CancellationToken cancellationToken)
    {
        _votes = RegisterVotesCodec.Encode(votes);
        return Task.CompletedTask;
    }
}
