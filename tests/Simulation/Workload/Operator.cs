using System.Text;
using Orleans.Doozer.Consensus;
using Orleans.Doozer.Grains;
using Orleans.Doozer.KeyStore;

namespace Orleans.Doozer.Simulation;

/// <summary>Registers nodes and changes who votes, by writing to /ctl as any operator can: adds, removes (the leader too), replaces,
/// several at once. It never leaves a configuration to nodes that cannot come back.</summary>
internal sealed class Operator
{
    // Longer than a leader with a slow or stalled clock takes for a node that is gone to be one it could give a vote.
    private const long LostPauseUs = 5_000_000;
    private readonly World _world;
    private readonly DeterministicRandom _random;
    private readonly Guid _id;
    private long _sequence;
    private int _pending;
    private long _lostUs = -LostPauseUs;

    public Operator(World world, DeterministicRandom random)
    {
        (_world, _random, _id) = (world, random, random.Guid());
        Tick();
        if (world.Options.VoterChanges)
        {
            world.Queue.After(random.Between(300_000, 1_500_000), Change);
        }
    }

    public bool Stopped { get; set; }

    /// <summary>No change of voters is on its way.</summary>
    public bool IsIdle => _pending == 0;

    /// <summary>Whether one more lost voter leaves a majority of all voters that are or come into force. Those of slots before the last
    /// decided one do not count: the handover saw to it that they are not needed.</summary>
    public bool CanLose(SimNode node) =>
        IsIdle && !MayLeaderChangeVoters() && _world.Checker.ConfigurationsFrom(new(_world.Checker.Applied.Value - 1)).All(configuration =>
            !configuration.Contains(node.Id)
            || (configuration.Voters.Count >= 3 && configuration.Voters.All(voter => !_world.Find(voter)!.Gone)));

    /// <summary>A disk was lost.</summary>
    public void Lost() => _lostUs = _world.Queue.NowUs;

    /// <summary>A leader may have on its way, or may still plan, a change that names the node that was just lost.</summary>
    private bool MayLeaderChangeVoters() =>
        _world.Options.AutomaticVoters > 0
        && (_world.Queue.NowUs - _lostUs < LostPauseUs || _world.Checker.LastVoterChange > _world.Checker.Applied
            || _world.Nodes.Any(node => node.Replica is { HasOwnCommands: true }));

    private void Tick()
    {
        foreach (var node in _world.Nodes)
        {
            node.Registered = _world.Checker.Model.Get(ControlFiles.NodeFile(node.Id, "addr")) is not null;
            if (node.HasState && !node.Registered && IsIdle)
            {
                Write(ControlFiles.NodeFile(node.Id, "addr"), "a", Revision.Clobber);
            }
        }

        if (_world.Options.AutomaticVoters == 0)
        {
            ReplaceLost();
        }

        _world.Queue.After(200_000, Tick);
    }

    private void ReplaceLost()
    {
        var cal = Votes();
        var lost = cal.FindIndex(vote => vote.Voter is { Gone: true });
        if (IsIdle && lost >= 0)
        {
            var fresh = Candidates(cal);
            Write(cal[lost].Path, fresh.Count > 0 ? _random.Pick(fresh).Id.Value : "", new(cal[lost].Revision));
        }
    }

    private void Change()
    {
        if (Stopped)
        {
            return;
        }

        var cal = Votes();
        if (IsIdle && _world.Queue.NowUs - _lostUs >= LostPauseUs && cal.TrueForAll(vote => vote.Voter is not { Gone: true }))
        {
            var changes = _random.Chance(250) ? _random.Between(2, 3) : 1;
            for (var i = 0; i < changes; i++)
            {
                ChangeOne(cal);
            }
        }

        _world.Queue.After(_random.Chance(300) ? 20_000 : _random.Between(100_000, 2_000_000), Change);
    }

    private void ChangeOne(List<(string Path, long Revision, SimNode? Voter)> cal)
    {
        var at = (int)_random.Between(0, cal.Count - 1);
        var (path, revision, voter) = cal[at];
        var candidates = Candidates(cal);
        var voters = cal.Count(vote => vote.Voter is not null);
        var fresh = candidates.Count > 0 ? _random.Pick(candidates) : null;
        if (voter is not null && (fresh is null || _random.Chance(500)) && voters > 1)
        {
            cal[at] = (path, revision, null);
            Write(path, "", new(revision));
        }
        else if (fresh is not null && (voter is not null || voters < 5))
        {
            cal[at] = (path, revision, fresh);
            Write(path, fresh.Id.Value, new(revision));
        }
    }

    private List<SimNode> Candidates(List<(string Path, long Revision, SimNode? Voter)> cal) =>
        _world.Nodes.FindAll(node => !node.Gone && node.HasState && node.Registered && cal.TrueForAll(vote => vote.Voter != node));

    private List<(string Path, long Revision, SimNode? Voter)> Votes()
    {
        var votes = new List<(string, long, SimNode?)>();
        for (var i = 0; i < 6; i++)
        {
            var (revision, value) = _world.Checker.Model.Get($"/ctl/cal/{i}") ?? (0, "");
            votes.Add(($"/ctl/cal/{i}", revision, NodeId.TryParse(value, out var voter) ? _world.Find(voter) : null));
        }

        return votes;
    }

    private void Write(string path, string value, Revision expected)
    {
        _pending++;
        _world.Trace.Add("operator", 0, detail: $"{path} = {value}");
        var command = new Command(new RequestId(_id, ++_sequence, 0), WriteKind.Set, path, Encoding.UTF8.GetBytes(value), expected);
        _ = new Call(_world, _random, command, long.MaxValue / 2, _ => _pending--);
    }
}
