using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.KeyStore;

/// <summary>The commands handed to a leader: those that wait for a slot, and those whose slot is not applied yet.</summary>
internal sealed class PendingCommands(ReplicaOptions options)
{
    /// <summary>The token of the replica's own commands, which nobody waits for. Tokens of a host are positive.</summary>
    private const long Own = 0;

    private readonly List<byte[]> _own = [];
    private readonly Queue<(long Token, byte[] Command)> _waiting = new();
    private readonly SortedDictionary<Slot, long[]> _proposed = [];
    private readonly List<byte[]> _batch = [];

    public int Waiting => _waiting.Count + _own.Count;

    /// <summary>How many of the replica's own commands are not applied yet.</summary>
    public int OwnCount { get; private set; }

    /// <summary>Adds commands of the replica itself. They go together, in the next batch: from one voter to three must not lead over a
    /// slot with two, in which one of them, if it died just now, would stop the store for good.</summary>
    public void AddOwn(IReadOnlyList<Command> commands)
    {
        OwnCount += commands.Count;
        _own.AddRange(commands.Select(CommandCodec.Encode));
    }

    public void Add(long token, byte[] command) => _waiting.Enqueue((token, command));

    /// <summary>Takes as many waiting commands as one batch holds, for <paramref name="slot"/>.</summary>
    public byte[] TakeBatch(Slot slot)
    {
        var tokens = new List<long>();
        long bytes = 0;
        _batch.Clear();
        _batch.AddRange(_own);
        tokens.AddRange(_own.Select(_ => Own));
        _own.Clear();
        while (_waiting.TryPeek(out var next) && tokens.Count < options.BatchCommands)
        {
            bytes += next.Command.Length;
            if (tokens.Count > 0 && bytes > options.BatchBytes)
            {
                break;
            }

            _waiting.Dequeue();
            tokens.Add(next.Token);
            _batch.Add(next.Command);
        }

        _proposed.Add(slot, [.. tokens]);
        return BatchCodec.Encode(_batch);
    }

    /// <summary>The slot was applied: tells the fate of the commands proposed in it.</summary>
    public void Applied(Slot slot, IReadOnlyList<CommandOutcome> outcomes, List<CommandCompletion> completions)
    {
        if (!_proposed.Remove(slot, out var tokens))
        {
            return;
        }

        // Leading means that this ballot's batch is what was decided: the same commands in the same order.
        Invariant.Require(tokens.Length == outcomes.Count, $"slot {slot} was decided with another batch than its leader proposed");
        for (var i = 0; i < tokens.Length; i++)
        {
            if (tokens[i] == Own)
            {
                OwnCount--;
            }
            else
            {
                completions.Add(new(tokens[i], CommandFate.Applied, outcomes[i], slot));
            }
        }
    }

    /// <summary>The lead is lost: nothing that waits will be proposed, and of what was proposed nothing more will be known here.</summary>
    public void GiveUp(List<CommandCompletion> completions)
    {
        OwnCount = 0;
        _own.Clear();
        foreach (var (token, _) in _waiting)
        {
            completions.Add(new(token, CommandFate.NotProposed, default, default));
        }

        foreach (var (slot, tokens) in _proposed)
        {
            foreach (var token in tokens.Where(token => token != Own))
            {
                completions.Add(new(token, CommandFate.Unknown, default, slot));
            }
        }

        _waiting.Clear();
        _proposed.Clear();
    }
}
