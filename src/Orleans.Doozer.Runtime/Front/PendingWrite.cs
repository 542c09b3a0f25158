using Orleans.Doozer.Grains;
using Orleans.Doozer.Runtime.Grains;

namespace Orleans.Doozer.Runtime.Front;

/// <summary>A write on its way through this node's front door.</summary>
/// <param name="command">The encoded command.</param>
/// <param name="deadlineMs">When it is given up.</param>
/// <param name="done">Called once with its size when its fate is known.</param>
/// <remarks>Continuations of its task run where it is finished, in the forwarder's own call: a batch's replies go out without a thousand small
/// work items.</remarks>
internal sealed class PendingWrite(byte[] command, long deadlineMs, Action<int> done) : TaskCompletionSource<WriteReply>
{
    private int _finished;

    public byte[] Command => command;

    public long DeadlineMs => deadlineMs;

    /// <summary>Whether a leader may have proposed it: then giving up means that its outcome is unknown.</summary>
    public bool MayHaveHappened { get; set; }

    /// <summary>The log has an answer.</summary>
    /// <param name="result">It.</param>
    /// <param name="atLeader">Whether this node is the leader that gave it.</param>
    public void Complete(CommandResult result, bool atLeader)
    {
        if (result.Error == DoozerErrorCode.OutcomeUnknown)
        {
            Fail(result.Error, "the request is older than the store's memory of requests; read the file to find out what became of it");
            return;
        }

        Finish(new WriteReply(result.Error, null, result.Revision, result.Slot.Value, atLeader));
    }

    public void Fail(DoozerErrorCode error, string detail) => Finish(new WriteReply(error, detail, default, 0));

    private void Finish(WriteReply reply)
    {
        // First room for the next one: the caller may send it before SetResult returns.
        if (Interlocked.Exchange(ref _finished, 1) == 0)
        {
            done(command.Length);
            SetResult(reply);
        }
    }
}
