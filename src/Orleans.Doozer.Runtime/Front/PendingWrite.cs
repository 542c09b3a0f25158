using Orleans.Doozer.Grains;
using Orleans.Doozer.Runtime.Grains;

namespace Orleans.Doozer.Runtime.Front;

/// <summary>A write on its way through this node's front door.</summary>
internal sealed class PendingWrite(byte[] command, long deadlineMs)
{
    private readonly TaskCompletionSource<WriteReply> _reply = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public byte[] Command => command;

    public long DeadlineMs => deadlineMs;

    /// <summary>Whether a leader may have proposed it: then giving up means that its outcome is unknown.</summary>
    public bool MayHaveHappened { get; set; }

    public Task<WriteReply> Reply => _reply.Task;

    public void Complete(CommandResult result)
    {
        if (result.Error == DoozerErrorCode.OutcomeUnknown)
        {
            Fail(result.Error, "the request is older than the store's memory of requests; read the file to find out what became of it");
            return;
        }

        _reply.TrySetResult(new WriteReply(result.Error, null, result.Revision, result.Slot.Value));
    }

    public void Fail(DoozerErrorCode error, string detail) =>
        _reply.TrySetResult(new WriteReply(error, detail, default, 0));
}
