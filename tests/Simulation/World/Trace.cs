using System.Globalization;
using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.Simulation;

/// <summary>What happened: a hash over everything, and the last events to read. Text is made only when somebody reads it.</summary>
internal sealed class Trace(EventQueue queue, bool verbose)
{
    private const int Kept = 200;
    private readonly Queue<(long TimeUs, string What, int A, int B, object? Detail)> _last = new();

    public ulong Hash { get; private set; } = 14695981039346656037;

    public void Add(string what, int a, int b = -1, object? detail = null)
    {
        Mix((ulong)queue.NowUs);
        Mix(((ulong)what[0] << 48) ^ ((ulong)what[^1] << 40) ^ ((ulong)what.Length << 32) ^ ((ulong)(uint)a << 16) ^ (uint)b);
        Mix(Digest(detail));
        var entry = (queue.NowUs, what, a, b, detail);
        _last.Enqueue(entry);
        if (_last.Count > Kept)
        {
            _last.Dequeue();
        }

        if (verbose)
        {
            Console.WriteLine(Format(entry));
        }
    }

    public IEnumerable<string> Last() => _last.Select(Format);

    private static string Format((long TimeUs, string What, int A, int B, object? Detail) entry)
    {
        var to = entry.B >= 0 ? $" -> {entry.B}" : "";
        return string.Create(
            CultureInfo.InvariantCulture, $"{entry.TimeUs / 1000.0,12:F3} ms  {entry.What,-10} {entry.A}{to}  {Show(entry.Detail)}");
    }

    private static string? Show(object? detail) => detail switch
    {
        Accept accept => $"Accept {Show(accept.Entry)} decided {accept.DecidedTo}",
        Promise promise =>
            $"Promise {promise.Ballot} from {promise.From} cut {promise.ReleasedTo} more {promise.More} [{Show(promise.Entries)}]",
        Fetched fetched => $"Fetched to {fetched.DecidedTo} snapshot {fetched.SnapshotNeeded} [{Show(fetched.Entries)}]",
        _ => detail?.ToString(),
    };

    private static string Show(AcceptedEntry[] entries) => string.Join(", ", entries.Select(Show));

    private static string Show(AcceptedEntry entry) => $"{entry.Slot}@{entry.Ballot}:{entry.Batch.Length}";

    private static ulong Digest(object? detail) => detail switch
    {
        null => 0,
        Accept accept => (ulong)accept.Entry.Slot.Value ^ Ballot(accept.Entry.Ballot) ^ ((ulong)accept.Entry.Batch.Length << 48) ^ ((ulong)accept.DecidedTo.Value << 24),
        Accepted accepted => (ulong)accepted.Slot.Value ^ Ballot(accepted.Ballot),
        Prepare prepare => (ulong)prepare.From.Value ^ Ballot(prepare.Ballot),
        Promise promise => (ulong)promise.From.Value ^ Ballot(promise.Ballot) ^ ((ulong)promise.Entries.Length << 48),
        Heartbeat heartbeat => heartbeat.Hash ^ Ballot(heartbeat.Ballot) ^ (ulong)heartbeat.DecidedTo.Value,
        HeartbeatReply reply => (ulong)reply.Applied.Value ^ ((ulong)reply.HighestAccepted.Value << 20) ^ Ballot(reply.Ballot),
        AppliedReply reply => (ulong)reply.Applied.Value,
        HighestAccepted highest => (ulong)highest.Slot.Value ^ ((ulong)highest.Round << 32),
        Fetched fetched => (ulong)fetched.DecidedTo.Value ^ ((ulong)fetched.Entries.Length << 32),
        string text => text.Aggregate(7UL, (hash, character) => (hash * 31) + character),
        long number => (ulong)number,
        _ => 1,
    };

    private static ulong Ballot(Ballot ballot) => (ulong)ballot.Round << 24;

    private void Mix(ulong value)
    {
        Hash = (Hash ^ value) * 1099511628211;
        Hash ^= Hash >> 29;
    }
}
