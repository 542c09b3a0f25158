using System.Text;
using Microsoft.Extensions.Logging;
using Orleans.Doozer.Runtime.Diagnostics;
using Orleans.Doozer.Runtime.Journal;

namespace Orleans.Doozer.Runtime.Stores;

/// <summary>The node's journal, opened on its identity, and the founding of a cluster, which is its first record.</summary>
public sealed class NodeJournal : IAsyncDisposable
{
    private const string FounderRecord = "founder";
    private readonly NodeIdentity _identity;

    /// <summary>Opens the journal in the node's data directory, or in memory.</summary>
    public NodeJournal(NodeIdentity identity, NodeFault fault, DoozerMetrics metrics, ILoggerFactory loggers)
    {
        _identity = identity;
        Journal = identity.Directory is { } directory
            ? new SqliteJournal(directory, loggers.CreateLogger<SqliteJournal>(), fault.Report, JournalOptions.Default with { Synced = metrics.Synced })
            : new MemoryJournal(loggers.CreateLogger<MemoryJournal>(), fault.Report);
    }

    /// <summary>The journal.</summary>
    public IJournal Journal { get; }

    /// <summary>
    /// Founds a cluster if this node may and belongs to none. May be called more than once.
    /// </summary>
    /// <param name="join">Whether the node may only join.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Whether this node is the founder: only then may it make a first state where it has none. A node that crashed while it
    /// was joining must never do so, even when it is started again without anybody to attach to.</returns>
    public async Task<bool> FoundClusterAsync(bool join, CancellationToken cancellationToken)
    {
        var founder = Journal.GetRecord(FounderRecord);
        if (founder is null && !join && _identity.ClusterId is null)
        {
            founder = Encoding.UTF8.GetBytes(DataDirectory.NewClusterId());
            await Journal.PutRecordAsync(FounderRecord, founder, cancellationToken);
        }

        if (founder is null)
        {
            return false;
        }

        _identity.AdoptCluster(Encoding.UTF8.GetString(founder));
        return true;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Journal.DisposeAsync();
}
