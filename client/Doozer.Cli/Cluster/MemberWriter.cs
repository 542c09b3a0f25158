using Doozer.Cli.Sessions;
using Doozer.Cli.Wire;
using Google.Protobuf;
using Orleans.Doozer.Protocol;

namespace Doozer.Cli.Cluster;

/// <summary>Writes a change of the voters: each file only if it is still as it was seen.</summary>
internal sealed class MemberWriter(Session session)
{
    /// <summary>Lets the node vote.</summary>
    /// <returns>The revision since when it holds a slot.</returns>
    internal async Task<long> AddAsync(MemberChange change, CancellationToken cancellationToken)
    {
        if (change.Node.Entry is { StandbyRevision: > 0 } entry)
        {
            await WriteAsync(Delete(NodeEntry.StandbyPath(entry.Id), entry.StandbyRevision), cancellationToken);
        }

        // From here on the cluster may give it a vote by itself; two slots would be one too many.
        IReadOnlyList<VoteSlot> now = await ReadSlotsAsync(cancellationToken);
        if (HeldBy(change, now) is { } taken)
        {
            return taken.Revision;
        }

        RequireSame(change, now);
        VoteSlot target = change.Slots[0];
        try
        {
            return (await session.WriteAsync(Set(target.Path, change.Node.Id, target.Revision), cancellationToken)).Rev;
        }
        catch (ServerErrorException exception) when (exception.Code == ServerError.RevisionMismatch)
        {
            // The cluster may have been faster by a moment.
            return HeldBy(change, await ReadSlotsAsync(cancellationToken))?.Revision ?? throw Contested();
        }
    }

    /// <summary>Takes the node's vote, and keeps the cluster from giving it back.</summary>
    /// <returns>The revision since when it holds none.</returns>
    internal async Task<long> RemoveAsync(MemberChange change, CancellationToken cancellationToken)
    {
        if (change.Node.Entry?.IsStandby != true)
        {
            long seen = change.Node.Entry?.StandbyRevision ?? DoozerRevision.Missing;
            await WriteAsync(Set(NodeEntry.StandbyPath(change.Node.Id), "true", seen), cancellationToken);
        }

        RequireSame(change, await ReadSlotsAsync(cancellationToken));
        long revision = 0;
        foreach (VoteSlot slot in change.Slots)
        {
            revision = await WriteAsync(Set(slot.Path, "", slot.Revision), cancellationToken);
        }

        return revision;
    }

    /// <summary>The slots as of now, by the word of a quorum.</summary>
    private Task<IReadOnlyList<VoteSlot>> ReadSlotsAsync(CancellationToken cancellationToken) =>
        new ControlReader(ReadAsync).ReadSlotsAsync(revision: null, cancellationToken);

    private static VoteSlot? HeldBy(MemberChange change, IReadOnlyList<VoteSlot> slots) =>
        slots.FirstOrDefault(slot => slot.Holder == change.Node.Id);

    // The change was judged by all slots together: two changes of different slots may each be safe and both together not.
    private static void RequireSame(MemberChange change, IReadOnlyList<VoteSlot> now)
    {
        if (!change.Seen.SequenceEqual(now))
        {
            throw Contested();
        }
    }

    private static DoozerException Contested() => new(
        "somebody else changed the voters meanwhile; look at 'doozer members' and try again", ExitCode.RevisionMismatch);

    private async Task<Response> ReadAsync(Request request, CancellationToken cancellationToken)
    {
        try
        {
            return await session.ReadAsync(request, cancellationToken);
        }
        catch (ServerErrorException exception) when (exception.Code == ServerError.Range)
        {
            return new Response { ErrCode = exception.Code };
        }
    }

    private async Task<long> WriteAsync(Request request, CancellationToken cancellationToken)
    {
        try
        {
            return (await session.WriteAsync(request, cancellationToken)).Rev;
        }
        catch (ServerErrorException exception) when (exception.Code == ServerError.RevisionMismatch)
        {
            throw Contested();
        }
    }

    private static Request Set(string path, string text, long revision) =>
        new() { Verb = DoozerVerb.Set, Path = path, Value = ByteString.CopyFromUtf8(text), Rev = revision };

    private static Request Delete(string path, long revision) =>
        new() { Verb = DoozerVerb.Delete, Path = path, Rev = revision };
}
