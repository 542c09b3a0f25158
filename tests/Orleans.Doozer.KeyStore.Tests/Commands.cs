using System.Text;
using Orleans.Doozer.Consensus;
using Orleans.Doozer.Grains;

namespace Orleans.Doozer.KeyStore.Tests;

/// <summary>Short ways to write commands, to apply them and to compare what came of them.</summary>
internal static class Commands
{
    public static readonly Guid Client = new("11111111-2222-3333-4444-555555555555");

    public static Command Set(string path, string value = "v", long expected = -1, RequestId? request = null) =>
        new(request, WriteKind.Set, path, Encoding.UTF8.GetBytes(value), new(expected));

    public static Command Delete(string path, long expected = -1, RequestId? request = null) =>
        new(request, WriteKind.Delete, path, default, new(expected));

    public static Command Nop(RequestId? request = null) => new(request, WriteKind.Nop, "/", default, default);

    public static RequestId Request(long sequence, long since = 0) => new(Client, sequence, since);

    public static byte[] Batch(params IReadOnlyList<Command> commands) =>
        BatchCodec.Encode([.. commands.Select(CommandCodec.Encode)]);

    public static IReadOnlyList<CommandOutcome> Apply(this StateMachine machine, params IReadOnlyList<Command> commands) =>
        machine.Apply(machine.Applied.Next, Batch(commands));

    public static CommandOutcome ApplyOne(this StateMachine machine, Command command) => machine.Apply(command)[0];

    /// <summary>A machine that keeps the state after each revision and slot, unless it is told otherwise.</summary>
    public static StateMachine NewMachine(
        int history = 1000, int requests = 1000, int logSlots = 0, int wholeStates = 1, long historyBytes = long.MaxValue) => new(new()
        {
            History = history,
            Requests = requests,
            LogSlots = logSlots,
            WholeStateRevisions = wholeStates,
            HistoryBytes = historyBytes,
        });

    /// <summary>The state of a slot, through the bytes of a snapshot.</summary>
    public static StateMachine Reload(StateMachine machine, Slot slot) =>
        StateMachine.Restore(SnapshotCodec.Decode(SnapshotCodec.Encode(machine.CaptureAt(slot), [], 256)), machine.Options);

    public static string Text(this ReadOnlyMemory<byte> value) => Encoding.UTF8.GetString(value.Span);

    public static string Show(this DoozerEntry file) => $"{file.Path}={file.Value.Text()}@{file.Revision}";

    public static string Show(this DoozerEvent change) =>
        $"{change.Revision} {change.Kind} {change.Path}={change.Value.Text()} was {change.Previous?.Show()}";

    public static string Show(this StoreView view) =>
        $"{view.Revision} {view.Position} {view.FileCount} {view.SizeBytes} "
        + string.Join(' ', view.Walk(Glob.Everything).Select(Show));

    public static List<string> Events(this StateMachine machine, long from) =>
        [.. machine.History.Read(new(from), int.MaxValue).Events.Select(Show)];

    public static byte[] Bytes(this CapturedState state) => [.. SnapshotCodec.Encode(state, []).SelectMany(chunk => chunk)];
}
