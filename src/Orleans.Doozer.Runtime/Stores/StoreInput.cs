using Orleans.Doozer.Consensus;
using Orleans.Doozer.KeyStore;
using Orleans.Doozer.Runtime.Grains;

namespace Orleans.Doozer.Runtime.Stores;

/// <summary>Something for the store's loop.</summary>
internal abstract class StoreInput
{
    /// <summary>The loop has ended: whoever waits is told.</summary>
    public virtual void Abandon()
    {
    }

    public static void Abandon(object call)
    {
        switch (call)
        {
            case ProposeCall propose:
                propose.Abandon();
                break;
            case TaskCompletionSource read:
                read.TrySetException(Stopped());
                break;
            default:
                throw new InvalidOperationException($"unknown call {call.GetType().Name}");
        }
    }

    protected static DoozerUnavailableException Stopped() => new("this node has stopped; use another one");
}

/// <summary>A peer asks.</summary>
internal sealed class RequestInput(NodeId from, PeerRequest request, TaskCompletionSource<Message> reply) : StoreInput
{
    public NodeId From => from;

    public PeerRequest Request => request;

    public TaskCompletionSource<Message> Reply => reply;

    public override void Abandon() => reply.TrySetException(Stopped());
}

/// <summary>A peer, or the own acceptor, has answered.</summary>
internal sealed class ReplyInput(NodeId from, Message reply) : StoreInput
{
    public NodeId From => from;

    public Message Reply => reply;
}

/// <summary>Commands to propose.</summary>
internal sealed class ProposeInput(byte[][] commands, ProposeCall call) : StoreInput
{
    public byte[][] Commands => commands;

    public ProposeCall Call => call;

    public override void Abandon() => call.Abandon();
}

/// <summary>Readers that wait for the next quorum round.</summary>
internal sealed class ReadInput(Func<TaskCompletionSource> close, TaskCompletionSource readers) : StoreInput
{
    /// <summary>The round begins: later readers wait for the one after.</summary>
    public TaskCompletionSource Close() => close();

    public override void Abandon() => readers.TrySetException(Stopped());
}

/// <summary>Time passes.</summary>
internal sealed class TickInput : StoreInput
{
    public static TickInput Instance { get; } = new();
}

/// <summary>Something that happens to the replica now and then.</summary>
internal sealed class ActionInput(Action<Replica, long, Effects> run) : StoreInput
{
    public void Run(Replica replica, long nowMs, Effects effects) => run(replica, nowMs, effects);
}

/// <summary>One call that proposes several commands and is answered when the fate of all is known.</summary>
internal sealed class ProposeCall(int count)
{
    private readonly TaskCompletionSource<ProposeReply> _reply = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CommandResult[] _results = new CommandResult[count];
    private int _open = count;

    public Task<ProposeReply> Task => _reply.Task;

    public void Complete(int index, CommandCompletion completion)
    {
        _results[index] = new CommandResult(
            completion.Fate, completion.Outcome.Error, completion.Outcome.Revision, completion.Slot);
        if (--_open == 0)
        {
            _reply.TrySetResult(new ProposeReply(_results));
        }
    }

    /// <summary>The loop ended: what was not answered may or may not happen.</summary>
    public void Abandon()
    {
        for (var i = 0; i < _results.Length && _open > 0; i++)
        {
            if (_results[i] == default)
            {
                _results[i] = new CommandResult(CommandFate.Unknown, default, default, default);
            }
        }

        _reply.TrySetResult(new ProposeReply(_results));
    }
}

/// <summary>Who leads.</summary>
/// <param name="Node">The leader; none when nobody is known to lead.</param>
/// <param name="Ballot">Its ballot.</param>
/// <param name="Source">Owned by the host, which cancels it when this is no longer so.</param>
internal sealed record LeaderView(NodeId Node, Ballot Ballot, CancellationTokenSource Source)
{
    /// <summary>Cancelled when this is no longer so.</summary>
    public CancellationToken Changed { get; } = Source.Token;
}

/// <summary>How the replica stands.</summary>
internal sealed record ReplicaStatus(
    bool HasJoined, Slot Applied, Slot Decided, Slot Accepted, Ballot Promised, IReadOnlyList<NodeId> Voters, bool IsVoter, bool IsBehind)
{
    public static ReplicaStatus Empty { get; } = new(false, Slot.Zero, Slot.Zero, Slot.Zero, Ballot.Zero, [], false, false);
}
