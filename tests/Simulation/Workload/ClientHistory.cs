using System.Text;
using Orleans.Doozer.Grains;
using Orleans.Doozer.KeyStore;
using Orleans.Doozer.Linearizability;

namespace Orleans.Doozer.Simulation;

/// <summary>What clients did and what they were told, for a checker that knows nothing else.</summary>
internal sealed class ClientHistory(EventQueue queue)
{
    private const string Files = "/k/";
    private readonly Dictionary<(string Path, long Revision), string?> _told = [];
    private readonly List<(Command Command, long CalledUs)> _pending = [];
    private readonly Dictionary<string, Operation> _lastRead = [];
    private readonly List<Operation> _operations = [];

    /// <summary>A write begins; null ends it with an unknown outcome.</summary>
    public Action<CommandOutcome?> Begin(Command command)
    {
        var call = (command, queue.NowUs);
        if (command.Kind == WriteKind.Nop || !command.Path.StartsWith(Files, StringComparison.Ordinal))
        {
            return _ => { };
        }

        _pending.Add(call);
        return outcome =>
        {
            _pending.Remove(call);
            _operations.Add(Of(call.command, call.NowUs, outcome));
        };
    }

    public void Read(string path, string? value, long calledUs)
    {
        // Between call and return of this read lies another that saw the same: wherever that finds its place, this one does too. A node
        // that was cut off answers thousands at once.
        if (_lastRead.TryGetValue(path, out var last) && last.Value == value && last.Called >= calledUs)
        {
            return;
        }

        _lastRead[path] = Operation.Read(path, value, calledUs, queue.NowUs);
        _operations.Add(_lastRead[path]);
    }

    public LinearizabilityResult Check(long limit) => LinearizabilityChecker.Check(
        [.. _operations, .. _pending.Select(call => Of(call.Command, call.CalledUs, null))], limit);

    private Operation Of(Command command, long calledUs, CommandOutcome? outcome)
    {
        var value = command.Kind == WriteKind.Set ? Encoding.UTF8.GetString(command.Value.Span) : null;
        var end = outcome?.Error switch
        {
            DoozerErrorCode.None => Outcome.Ok,
            DoozerErrorCode.RevisionMismatch => Outcome.Failed,
            _ => Outcome.Unknown,
        };
        string? expected = null;
        var demand = command.Expected == Revision.Clobber ? Demand.Nothing
            : command.Expected == Revision.Missing || _told.TryGetValue((command.Path, command.Expected.Value), out expected) ? Demand.Value
            : Demand.Unnamed;
        if (end == Outcome.Ok)
        {
            _told[(command.Path, outcome!.Value.Revision.Value)] = value;
        }

        return new(command.Path, false, value, demand, expected, end, calledUs, queue.NowUs);
    }
}
