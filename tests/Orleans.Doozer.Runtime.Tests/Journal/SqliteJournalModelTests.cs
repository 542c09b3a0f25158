using Orleans.Doozer.Consensus;
using Orleans.Doozer.Runtime.Journal;
using static Orleans.Doozer.Runtime.Tests.Journal.JournalTesting;

namespace Orleans.Doozer.Runtime.Tests.Journal;

/// <summary>Random writes of three stores, beside the journal in memory: the rows say in several places what is decided, and all of them must be
/// read together, also after a restart.</summary>
public sealed class SqliteJournalModelTests : IDisposable
{
    private static readonly string[] Stores = ["a", "b", "c"];

    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task Journal_RandomWritesAndRestarts_HoldsWhatTheModelHolds()
    {
        for (var seed = 1; seed <= 24; seed++)
        {
            var random = new Random(seed);
            var path = _scratch.Below($"{seed}");
            await using var model = new MemoryJournal();
            var open = new OpenJournal(path);
            try
            {
                for (var step = 0; step < 60; step++)
                {
                    var store = Stores[random.Next(Stores.Length)];
                    JournalWrite[] writes = [.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => Draw(random, model.Load(store)))];
                    await model.AppendAsync(store, writes);
                    await open.Journal.AppendAsync(store, writes);
                    if (random.Next(8) == 0)
                    {
                        await open.DisposeAsync();
                        open = new OpenJournal(path);
                    }

                    RequireSame(model, open.Journal, $"seed {seed}, step {step}");
                }
            }
            finally
            {
                await open.DisposeAsync();
            }
        }
    }

    private static JournalWrite Draw(Random random, PersistedState state) => random.Next(8) switch
    {
        0 => Promise(random.Next(1, 50)),
        1 => Truncate(state.TruncatedTo.Value + random.Next(0, 4)),
        2 or 3 or 4 => Decided(state.TruncatedTo.Value + random.Next(0, 12)),
        _ => Accept(state.TruncatedTo.Value + random.Next(0, 12), random.Next(1, 50), [(byte)random.Next(256)]),
    };

    private static void RequireSame(MemoryJournal model, SqliteJournal journal, string place)
    {
        foreach (var store in Stores)
        {
            var (expected, found) = (model.Load(store), journal.Load(store));
            Assert.Equal(
                (place, store, expected.Promised, expected.TruncatedTo, expected.DecidedTo),
                (place, store, found.Promised, found.TruncatedTo, found.DecidedTo));
            Assert.Equal(Text(expected.Entries), Text(found.Entries));
            var from = expected.TruncatedTo.Next;
            Assert.Equal(Text(model.ReadDecided(store, from, new(1_000), 1_000)), Text(journal.ReadDecided(store, from, new(1_000), 1_000)));
        }
    }

    private static string Text(IEnumerable<AcceptedEntry> entries) =>
        string.Join(' ', entries.Select(entry => $"{entry.Slot}/{entry.Ballot}/{entry.Batch[0]}"));
}
