using System.Text;
using Orleans.Doozer.Consensus;
using Orleans.Doozer.Grains;
using Orleans.Doozer.KeyStore;

namespace Orleans.Doozer.Simulation;

/// <summary>One change, as the model has it.</summary>
internal sealed record ModelEvent(long Revision, WriteKind Kind, string Path, string Value);

/// <summary>The store written a second time, as plainly as possible: what each decided batch must have done.</summary>
internal sealed class Model
{
    private readonly Dictionary<(Guid Client, long Sequence), CommandOutcome> _answers = [];
    private readonly Queue<((Guid Client, long Sequence) Key, long Slot)> _remembered = new();
    private readonly HashSet<(Guid Client, long Sequence)> _known = [];
    private readonly Dictionary<string, List<(long Revision, string? Value)>> _versions = [];
    private readonly SortedDictionary<string, (long Revision, string Value)> _files = new(StringComparer.Ordinal);
    private readonly HashSet<string> _written = [];     // values that are written by one request only
    private readonly int _limit;
    private long _forgotten;

    public Model(StoreView genesis, int requestLimit)
    {
        _limit = requestLimit;
        Revision = FirstRevision = genesis.Revision.Value;
        foreach (var file in genesis.Walk(Glob.Everything))
        {
            Put(file.Path, Encoding.UTF8.GetString(file.Value.Span), file.Revision.Value);
        }
    }

    public long FirstRevision { get; }

    public long Revision { get; private set; }

    /// <summary>The change of revision FirstRevision + 1 is the first.</summary>
    public List<ModelEvent> Events { get; } = [];

    /// <summary>Who votes, by the files as they are now.</summary>
    public VotingConfiguration? Voters()
    {
        var voters = new List<NodeId>();
        foreach (var (path, file) in _files)
        {
            if (path.StartsWith("/ctl/cal/", StringComparison.Ordinal) && NodeId.TryParse(file.Value, out var node))
            {
                voters.Add(node);
            }
        }

        return voters.Count > 0 ? new VotingConfiguration(voters) : null;
    }

    public (long Revision, string Value)? Get(string path) => _files.TryGetValue(path, out var file) ? file : null;

    /// <summary>The value at a revision; null when there was none.</summary>
    public string? ValueAt(string path, long revision) =>
        _versions.TryGetValue(path, out var versions) ? versions.FindLast(version => version.Revision <= revision).Value : null;

    public bool TryGetAnswer(RequestId id, out CommandOutcome outcome) => _answers.TryGetValue((id.Client, id.Sequence), out outcome);

    public void Apply(Slot slot, byte[] batch, IReadOnlyList<CommandOutcome> outcomes)
    {
        var commands = BatchCodec.Decode(batch).Select(CommandCodec.Decode).ToList();
        SimFailure.Require(commands.Count == outcomes.Count, "state machine", $"{outcomes.Count} outcomes of {commands.Count} commands");
        for (var i = 0; i < commands.Count; i++)
        {
            var expected = ApplyOnce(slot, commands[i]);
            SimFailure.Require(
                expected == outcomes[i], "state machine", $"slot {slot} command {i} {commands[i]}: {outcomes[i]} instead of {expected}");
        }
    }

    private CommandOutcome ApplyOnce(Slot slot, Command command)
    {
        if (command.Request is not { } id)
        {
            SimFailure.Require(
                !command.Path.StartsWith("/k/", StringComparison.Ordinal), "request ids", $"slot {slot}: a command without its request id");
            return Apply(command);
        }

        var key = (id.Client, id.Sequence);
        if (_known.Contains(key))
        {
            return _answers[key] with { Duplicate = true };
        }

        if (id.Since < _forgotten)
        {
            return new(DoozerErrorCode.OutcomeUnknown, new(Revision), false);
        }

        SimFailure.Require(!_answers.ContainsKey(key), "request ids", $"slot {slot}: {id} would be applied a second time");
        var outcome = Apply(command);
        _answers.Add(key, outcome);
        _known.Add(key);
        _remembered.Enqueue((key, slot.Value));
        if (_remembered.Count > _limit)
        {
            var oldest = _remembered.Dequeue();
            _known.Remove(oldest.Key);
            _forgotten = oldest.Slot;
        }

        return outcome;
    }

    private CommandOutcome Apply(Command command)
    {
        var current = _files.TryGetValue(command.Path, out var file) ? file.Revision : 0;
        if (command.Kind != WriteKind.Nop && command.Expected.Value != -1 && command.Expected.Value < current)
        {
            return new(DoozerErrorCode.RevisionMismatch, new(Revision), false);
        }

        Revision++;
        var value = command.Kind == WriteKind.Set ? Encoding.UTF8.GetString(command.Value.Span) : "";
        SimFailure.Require(
            command.Kind != WriteKind.Set || !Client.IsUnique(value) || _written.Add(value), "written twice", $"{command.Path} {value}");
        Events.Add(new(Revision, command.Kind, command.Kind == WriteKind.Nop ? "/" : command.Path, value));
        if (command.Kind != WriteKind.Nop)
        {
            Put(command.Path, command.Kind == WriteKind.Set ? value : null, Revision);
        }

        return new(DoozerErrorCode.None, new(Revision), false);
    }

    private void Put(string path, string? value, long revision)
    {
        if (value is null)
        {
            _files.Remove(path);
        }
        else
        {
            _files[path] = (revision, value);
        }

        if (!_versions.TryGetValue(path, out var versions))
        {
            _versions.Add(path, versions = []);
        }

        versions.Add((revision, value));
    }
}
