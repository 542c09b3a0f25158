using System.Text;
using Orleans.Doozer.Consensus;
using Orleans.Doozer.Grains;

namespace Orleans.Doozer.KeyStore.Tests;

/// <summary>Short ways to write commands and to apply them.</summary>
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

    public static string Text(this ReadOnlyMemory<byte> value) => Encoding.UTF8.GetString(value.Span);

    public static StateMachine NewMachine(int history = 1000, int requests = 1000, int logSlots = 0) =>
        new(new() { History = history, Requests = requests, LogSlots = logSlots });

    public static StateMachine Reload(StateMachine machine, Slot slot, int chunkBytes = 4096) =>
        StateMachine.Restore(
            SnapshotCodec.Decode(SnapshotCodec.Encode(machine.CaptureAt(slot), [], chunkBytes)), new() { History = machine.HistoryLimit() });

    private static int HistoryLimit(this StateMachine machine) => machine.Options.History;
}
