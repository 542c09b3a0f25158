using System.Globalization;
using System.Runtime.CompilerServices;
using Orleans.Doozer.Grains;
using Orleans.Doozer.KeyStore;

namespace Orleans.Doozer.Simulation;

/// <summary>How much memory a state machine holds while revisions pass through it.</summary>
/// <param name="ValueBytes">The size of each value.</param>
/// <param name="Files">How many files there are, all in one directory.</param>
/// <param name="EmptyBytes">Before the first revision, with all files there.</param>
/// <param name="FullBytes">When the history was full for the first time.</param>
/// <param name="PeakBytes">The most of what was measured after that.</param>
/// <param name="Revisions">How many revisions passed.</param>
/// <param name="Kept">How many revisions are kept at the end.</param>
internal sealed record HistoryMemory(int ValueBytes, int Files, long EmptyBytes, long FullBytes, long PeakBytes, long Revisions, long Kept)
{
    private const int Batch = 64;

    // Neighbours in time are no neighbours in the tree.
    private const long Step = 7919;

    public long BytesPerRevision => (PeakBytes - EmptyBytes) / Kept;

    public override string ToString() => FormattableString.Invariant(
        $"{ValueBytes}-byte values, {Files:N0} files, {Revisions:N0} revisions: {EmptyBytes >> 20} MiB empty, {FullBytes >> 20} MiB with a full history, at most {PeakBytes >> 20} MiB later; {BytesPerRevision} bytes for each of at most {Kept:N0} kept revisions");

    /// <summary>Lets revisions pass, with base snapshots as a replica takes them.</summary>
    public static HistoryMemory Measure(long revisions, int valueBytes, int files = 1000)
    {
        var replica = new ReplicaOptions();
        var machine = StateMachine.Restore(Fill(replica.State, valueBytes, files), replica.State);
        var empty = GC.GetTotalMemory(true);
        var (full, peak, kept) = (0L, 0L, 0L);
        for (var done = 0L; done < revisions; done += Batch)
        {
            Apply(machine, done, valueBytes, files);
            machine.ReleaseStatesBefore(machine.SnapshotCandidate);
            if (machine.RevisionsToFree < replica.SnapshotRevisions)
            {
                continue;
            }

            // The most is held just before a base snapshot lets the oldest go.
            var held = GC.GetTotalMemory(true);
            full = full == 0 ? held : full;
            kept = Math.Max(kept, machine.Current.Revision.Value - machine.CaptureAt(machine.SnapshotCandidate).Revision.Value);
            peak = Math.Max(peak, held);
            machine.ForgetBelow(machine.SnapshotCandidate);
        }

        GC.KeepAlive(machine);
        return new(valueBytes, files, empty, full, peak, revisions, kept);
    }

    // A method of its own: the machine that made the files must be gone before anything is measured.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static StoreSnapshot Fill(StateMachineOptions options, int valueBytes, int files)
    {
        var machine = new StateMachine(options);
        for (var i = 0; i < files; i += Batch)
        {
            Apply(machine, i, valueBytes, files);
        }

        return SnapshotCodec.Decode(SnapshotCodec.Encode(machine.CaptureAt(machine.Applied), []));
    }

    private static void Apply(StateMachine machine, long from, int valueBytes, int files)
    {
        var batch = new byte[Batch][];
        for (var i = 0; i < Batch; i++)
        {
            var path = string.Create(CultureInfo.InvariantCulture, $"/data/{(from + i) * Step % files}");
            batch[i] = CommandCodec.Encode(new Command(null, WriteKind.Set, path, new byte[valueBytes], Revision.Clobber));
        }

        machine.Apply(machine.Applied.Next, BatchCodec.Encode(batch));
    }
}
