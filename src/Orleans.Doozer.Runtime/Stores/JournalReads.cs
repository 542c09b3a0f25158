using Orleans.Doozer.Consensus;
using Orleans.Doozer.KeyStore;
using Orleans.Doozer.Runtime.Journal;

namespace Orleans.Doozer.Runtime.Stores;

/// <summary>Reads decided slots, which are no longer in memory, out of the journal for nodes that fetch them: beside the store's loop, and one page at
/// a time, so that many nodes that lag cost this one a page's memory.</summary>
internal sealed class JournalReads(string store, IJournal journal) : IAsyncDisposable
{
    private readonly SemaphoreSlim _reading = new(1);
    private bool _stopped;

    /// <summary>The answer with its entries.</summary>
    /// <exception cref="JournalException">A record is damaged.</exception>
    public async Task<Fetched> ReadAsync(JournalRead wanted)
    {
        await _reading.WaitAsync();
        try
        {
            // Without entries it is asked for again, of another node.
            return _stopped
                ? wanted.Answer
                : wanted.Answer with
                {
                    Entries = await Task.Run(() => journal.ReadDecided(store, wanted.From, wanted.To, wanted.MaxBytes).ToArray()),
                };
        }
        finally
        {
            _reading.Release();
        }
    }

    /// <summary>Reads nothing any more; completes when nothing is being read, so that the journal may be closed.</summary>
    public async ValueTask DisposeAsync()
    {
        await _reading.WaitAsync();
        _stopped = true;

        // Not disposed: who comes late is answered too.
        _reading.Release();
    }
}
