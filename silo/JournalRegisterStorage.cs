using Orleans.Doozer.Clustering;
using Orleans.Doozer.Runtime.Journal;

namespace Doozer.Silo;

/// <summary>Keeps the membership register's votes in the node's journal.</summary>
internal sealed class JournalRegisterStorage(IJournal journal) : IRegisterStorage
{
    private const string Record = "register";

    public RegisterVotes? Load() => journal.GetRecord(Record) is { } bytes ? RegisterVotesCodec.Decode(bytes) : null;

    public Task SaveAsync(RegisterVotes votes, CancellationToken cancellationToken) =>
        journal.PutRecordAsync(Record, RegisterVotesCodec.Encode(votes), cancellationToken);
}
