using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.Simulation;

/// <summary>Breaks things, as far as the options of the run allow, until it is stopped.</summary>
internal sealed class Nemesis
{
    private readonly World _world;
    private readonly DeterministicRandom _random;
    private readonly Operator _operator;
    private readonly List<Action<SimNode>> _faults = [];

    public Nemesis(World world, DeterministicRandom random, Operator @operator)
    {
        (_world, _random, _operator) = (world, random, @operator);
        var options = world.Options;
        Enable(options.Crashes, Crash);
        Enable(options.Freezes, Freeze);
        Enable(options.Partitions, Cut);
        Enable(options.Clogs, Clog);
        Enable(options.SlowDisks, SlowDisk);
        Enable(options.FullDisks, node => node.Disk.Full = true);
        Enable(options.ClockStalls, node => node.StallClock(_random.Between(50_000, 2_000_000)));
        Enable(options.Wipes, Wipe);
        Enable(options.FlippedBits, FlipBit);
        world.Checker.VotersReplaced = options.Wipes ? LoseFormerVoter : null;
        if (_faults.Count > 0)
        {
            Next();
        }
    }

    public bool Stopped { get; set; }

    /// <summary>Everything that can come back does.</summary>
    public void Heal()
    {
        Stopped = true;
        _world.Network.BeCalm();
        foreach (var node in _world.Nodes.ToList())
        {
            node.Disk.Full = false;
            node.Disk.SlowUs = 0;
            if (node.Frozen)
            {
                node.Thaw();
            }

            node.Restart();
        }
    }

    private void Enable(bool enabled, Action<SimNode> fault)
    {
        if (enabled)
        {
            _faults.Add(fault);
        }
    }

    private void Next() => _world.Queue.After(_random.Between(1_000, 2 * _world.Options.FaultGapUs), () =>
    {
        if (!Stopped)
        {
            _random.Pick(_faults)(Victim());
            Next();
        }
    });

    /// <summary>Often the leader: what it proposed last is then known to some and not to others.</summary>
    private SimNode Victim() =>
        _random.Chance(400) && _world.Nodes.Find(node => node.Replica is { IsLeading: true }) is { } leader
            ? leader
            : _random.Pick(_world.Nodes);

    private void Crash(SimNode node)
    {
        if (_random.Chance(100))
        {
            // The power of the whole room.
            foreach (var one in _world.Nodes.ToList())
            {
                CrashOne(one);
            }
        }
        else
        {
            CrashOne(node);
        }
    }

    private void CrashOne(SimNode node)
    {
        if (node.IsUp)
        {
            node.Crash();
            if (_world.Sabotage == Sabotage.WipedDiskKeepsId && _random.Chance(500))
            {
                node.Disk.Wipe();
            }
        }

        _world.Queue.After(_random.Chance(500) ? _random.Between(1_000, 50_000) : _random.Between(50_000, 4_000_000), node.Restart);
    }

    private void Freeze(SimNode node)
    {
        if (node.IsUp && !node.Frozen)
        {
            node.Freeze();
            _world.Trace.Add("freeze", node.Index);
            _world.Queue.After(_random.Between(5_000, 3_000_000), () =>
            {
                if (node.Frozen)
                {
                    _world.Trace.Add("thaw", node.Index);
                    node.Thaw();
                }
            });
        }
    }

    private void Cut(SimNode node)
    {
        _world.Trace.Add("cut", node.Index);
        var oneWay = _random.Between(0, 3);
        foreach (var other in _world.Nodes)
        {
            if (other != node && _random.Chance(800))
            {
                if (oneWay != 1)
                {
                    _world.Network.Cut(node.Index, other.Index);
                }

                if (oneWay != 2)
                {
                    _world.Network.Cut(other.Index, node.Index);
                }
            }
        }

        _world.Queue.After(_random.Between(50_000, 4_000_000), _world.Network.Heal);
    }

    private void Clog(SimNode node)
    {
        _world.Network.Clog(node.Index, _random.Pick(_world.Nodes).Index, _random.Between(20_000, 1_500_000));
        _world.Queue.After(_random.Between(50_000, 3_000_000), _world.Network.Heal);
    }

    private void SlowDisk(SimNode node)
    {
        node.Disk.SlowUs = _random.Between(10_000, 500_000);
        _world.Queue.After(_random.Between(50_000, 3_000_000), () => node.Disk.SlowUs = 0);
    }

    /// <summary>A disk is lost, and with it the node; a new one comes in its place. Only where the rest keeps a majority: Paxos promises
    /// nothing when a majority's votes are gone.</summary>
    private void Wipe(SimNode node)
    {
        if (!CanLoseDisk(node))
        {
            return;
        }

        _world.Trace.Add("wipe", node.Index);
        node.Crash();
        node.Leave();
        _operator.Lost();
        _world.AddSpare();
    }

    /// <summary>Where a handover that is too early loses data: a voter is lost just after it became none.</summary>
    private void LoseFormerVoter(VotingConfiguration former)
    {
        var node = _world.Find(_random.Pick(former.Voters))!;
        if (_random.Chance(600))
        {
            _world.Queue.After(_random.Of(0, 1_000, 5_000, 20_000), () =>
            {
                if (!Stopped && !_world.Checker.LatestConfiguration.Contains(node.Id))
                {
                    Wipe(node);
                }
            });
        }
    }

    /// <summary>A node crashes, and what it then reads of its disk is not what it wrote: it does not start again.</summary>
    private void FlipBit(SimNode node)
    {
        if (!CanLoseDisk(node) || !node.IsUp)
        {
            return;
        }

        node.Crash();
        _world.Trace.Add("flip", node.Index, detail: node.Disk.FlipBit() ? 1L : 0L);
        node.Restart();
        if (node.Gone)
        {
            _operator.Lost();
            _world.AddSpare();
        }
    }

    private bool CanLoseDisk(SimNode node) =>
        !node.Gone && _operator.CanLose(node) && _world.Nodes.Count <= 12 && _world.Nodes.Count(one => !one.Gone && one.HasState) >= 3;
}
