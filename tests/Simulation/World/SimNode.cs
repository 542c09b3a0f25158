using Orleans.Doozer.Consensus;
using Orleans.Doozer.KeyStore;

namespace Orleans.Doozer.Simulation;

/// <summary>One node: the shipping replica, and around it the host as the runtime has it, on a simulated disk and clock.</summary>
internal sealed class SimNode
{
    private const long TickMinUs = 17_000;
    private const long TickMaxUs = 25_000;
    private readonly Action _pump;
    private readonly Action _tick;
    private readonly Action _wake;
    private readonly World _world;
    private readonly DeterministicRandom _random;
    private readonly Queue<Outgoing> _loop = new();
    private readonly List<Action> _backlog = [];
    private readonly SortedDictionary<long, Action<CommandCompletion>> _commands = [];
    private readonly SortedDictionary<long, Action<StoreView>> _reads = [];
    private readonly long _clockBaseMs;
    private readonly long _clockDriftPermille;
    private long _stalledUntilUs;
    private long _stalledAtMs;
    private long _tokens;
    private bool _pumpDue;
    private Effects? _spare = new();

    public SimNode(World world, int index, NodeId id, DeterministicRandom random)
    {
        (_world, Index, Id, _random) = (world, index, id, random);
        (_pump, _tick, _wake) = (Pump, Tick, Wake);
        Disk = new Disk(world, this, random.Fork());
        Transfers = new SnapshotHost(world, this, random.Fork());
        _clockBaseMs = random.Between(0, 1_000_000);
        _clockDriftPermille = random.Between(-world.Options.ClockDriftPermille, world.Options.ClockDriftPermille);
    }

    public int Index { get; }

    public NodeId Id { get; }

    public Disk Disk { get; }

    public SnapshotHost Transfers { get; }

    public Replica? Replica { get; private set; }

    /// <summary>Which life of the process; what was meant for an earlier one is dropped.</summary>
    public int Life { get; private set; }

    public bool Frozen { get; private set; }

    /// <summary>It never comes back: its disk is gone, or it was retired.</summary>
    public bool Gone => GoneUs is not null;

    /// <summary>Since when; null for a node that may come back.</summary>
    public long? GoneUs { get; private set; }

    public bool Registered { get; set; }

    public bool IsUp => Replica is not null;

    public bool HasState => Replica?.Machine is not null;

    private long NowMs
    {
        get
        {
            var us = _world.Queue.NowUs;
            return us < _stalledUntilUs ? _stalledAtMs : _clockBaseMs + (us * (1000 + _clockDriftPermille) / 1_000_000);
        }
    }

    /// <summary>It stays away for ever.</summary>
    public void Leave() => GoneUs ??= _world.Queue.NowUs;

    public void Start()
    {
        Life++;
        if (!Disk.TryLoad(out var persisted, out var snapshot))
        {
            _world.Trace.Add("damaged", Index);
            Leave();
            return;
        }

        Replica = new Replica(Id, _world.Options.ForReplica(AlphaError()), persisted, snapshot, _random.Next());
        _world.Trace.Add("start", Index, detail: Replica.Applied.Value);
        _world.Checker.Started(this);
        if (!_world.DiesAt(this, "started"))
        {
            ScheduleTick();
        }
    }

    public void Restart()
    {
        if (!IsUp && !Gone)
        {
            Disk.Full = false;
            Start();
            if (IsUp)
            {
                Transfers.Join();
            }
        }
    }

    public void Crash()
    {
        if (!IsUp)
        {
            return;
        }

        _world.Trace.Add("crash", Index, detail: Disk.UnsyncedWrites);
        Replica = null;
        Life++;
        Frozen = false;
        _loop.Clear();
        _backlog.Clear();
        _commands.Clear();
        _reads.Clear();
        _pumpDue = false;
        Disk.Crash();
    }

    public void StallClock(long us) => (_stalledAtMs, _stalledUntilUs) = (NowMs, _world.Queue.NowUs + us);

    public void Freeze() => Frozen = IsUp;

    public void Thaw()
    {
        Frozen = false;
        var waiting = _backlog.ToArray();
        _backlog.Clear();
        foreach (var action in waiting)
        {
            Run(action);
        }
    }

    /// <summary>Runs something in the process: later when it is frozen, never when that life is over.</summary>
    public void Run(Action action)
    {
        if (Frozen)
        {
            _backlog.Add(action);
        }
        else if (IsUp)
        {
            action();
        }
    }

    /// <summary>Like <see cref="Run"/>, after a delay and for this life only.</summary>
    public void RunLater(long delayUs, Action action)
    {
        var life = Life;
        _world.Queue.After(delayUs, () => RunIn(life, action));
    }

    public void Propose(byte[] command, Action<CommandCompletion> completed)
    {
        var token = ++_tokens;
        _commands.Add(token, completed);
        var effects = Begin();
        Replica!.Propose(token, command, effects);
        End(effects, null, Id, Life);
        SchedulePump();
    }

    public void Read(Action<StoreView> completed)
    {
        _reads.Add(++_tokens, completed);
        Replica!.Read(_tokens);
        SchedulePump();
    }

    /// <summary>An input of the host's own.</summary>
    public void Step(Action<Replica, long, Effects> input)
    {
        var effects = Begin();
        input(Replica!, NowMs, effects);
        End(effects, null, Id, Life);
    }

    /// <summary>A message arrives; its answer, if it has one, goes back to the life that asked.</summary>
    public void Receive(SimNode from, int fromLife, Message message)
    {
        _world.Trace.Add("recv", from.Index, Index, message);
        if (_world.Sabotage == Sabotage.None)
        {
            Take(from.Id, fromLife, message);
            return;
        }

        foreach (var seen in _world.Mangler.Arrives(this, message))
        {
            if (IsUp)
            {
                Take(from.Id, fromLife, seen);
            }
        }
    }

    private void RunIn(int life, Action action)
    {
        if (life != Life)
        {
            return;
        }

        if (Frozen)
        {
            _backlog.Add(() => RunIn(life, action));
        }
        else if (IsUp)
        {
            action();
        }
    }

    /// <summary>By how much this node's idea of alpha is sabotaged.</summary>
    private int AlphaError() => (_world.Sabotage, Index) switch
    {
        (Sabotage.ConfigurationOneSlotEarly, 0) => -1,
        (Sabotage.ProposesBeyondAlpha, 0) => 1,
        _ => 0,
    };

    private void Take(NodeId from, int fromLife, Message message)
    {
        var effects = Begin();
        var reply = Replica!.Receive(from, message, NowMs, effects);
        reply = _world.Mangler.Replies(this, message, reply, effects);
        End(effects, reply, from, fromLife);
    }

    private Effects Begin()
    {
        var effects = _spare ?? new();
        _spare = null;
        return effects;
    }

    /// <summary>Does what a step asked for, and then what the node said to itself.</summary>
    private void End(Effects effects, Message? reply, NodeId from, int fromLife)
    {
        Do(effects, reply, from, fromLife);
        while (IsUp && _loop.TryDequeue(out var own))
        {
            effects.Clear();
            var answer = Replica!.Receive(Id, own.Message, NowMs, effects);
            Do(effects, answer, Id, Life);
        }

        effects.Clear();
        _spare = effects;
    }

    private void Do(Effects effects, Message? reply, NodeId from, int fromLife)
    {
        if (!Disk.Append(effects.Writes))
        {
            _world.Trace.Add("full", Index);
            Crash();
            return;
        }

        _world.Checker.Stepped(this, effects, reply);
        var truncates = effects.Writes.Exists(write => write is TruncateWrite);
        if (effects.Writes.Count > 0 && _world.DiesAt(this, truncates ? "truncated" : "appended"))
        {
            return;
        }

        var life = Life;
        if (reply is not null)
        {
            Answer(reply, from, fromLife);
        }

        for (var i = 0; i < effects.Messages.Count && life == Life; i++)
        {
            Send(effects.Messages[i]);
        }

        if (life != Life)
        {
            return;
        }

        Complete(effects);
        if (effects.WakeAtMs is { } at)
        {
            RunLater(Math.Max(0, at - NowMs) * 1000, _wake);
        }

        if (effects.SnapshotDue is { } slot)
        {
            Transfers.Save(slot);
        }

        if (effects.SnapshotFrom is { } source)
        {
            Transfers.Fetch(source);
        }
    }

    private void Complete(Effects effects)
    {
        foreach (var completion in effects.Completions)
        {
            if (_commands.Remove(completion.Token, out var completed))
            {
                completed(completion);
            }
        }

        foreach (var token in effects.Reads)
        {
            if (_reads.Remove(token, out var completed))
            {
                completed(Replica!.Machine!.Current);
            }
        }
    }

    private void Send(Outgoing outgoing)
    {
        if (outgoing.To == Id)
        {
            _loop.Enqueue(outgoing);
            return;
        }

        _world.Checker.Sent(this, outgoing.Message);
        if (_world.Find(outgoing.To) is not { } to || _world.Mangler.AnsweredLocally(this, outgoing, _loop))
        {
            return;
        }

        var life = Life;
        _world.Network.Send(Index, to.Index, outgoing.Message, () => to.Arrive(this, life, outgoing.Message));
        _world.DiesAt(this, "sent");
    }

    private void Arrive(SimNode from, int fromLife, Message message)
    {
        if (Frozen)
        {
            _backlog.Add(() => Arrive(from, fromLife, message));
        }
        else if (IsUp)
        {
            Receive(from, fromLife, message);
        }
    }

    private void Answer(Message reply, NodeId to, int toLife)
    {
        if (reply is JournalRead wanted)
        {
            // The runtime's JournalReads.
            RunLater(_random.Between(50, _world.Options.SyncMaxUs), () =>
                Answer(wanted.Answer with { Entries = Disk.ReadDecided(wanted) }, to, toLife));
        }
        else if (reply.RestsOnDisk || _world.Options.GateAllReplies)
        {
            var life = Life;
            Disk.WhenDurable(() =>
            {
                if (life == Life)
                {
                    Reply(reply, to, toLife);
                }
            });
        }
        else
        {
            Reply(reply, to, toLife);
        }
    }

    private void Reply(Message reply, NodeId to, int toLife)
    {
        _world.Checker.Answered(this, reply);
        if (to == Id)
        {
            // The own acceptor's answer: an input of its own, after the step that is under way.
            RunLater(0, () => Take(Id, Life, reply));
            return;
        }

        var target = _world.Find(to)!;
        var sent = _world.Mangler.Leaves(this, reply);
        _world.Network.Send(Index, target.Index, sent, () =>
        {
            if (target.Life == toLife)
            {
                target.Arrive(this, 0, sent);
            }
        });
        _world.DiesAt(this, "answered");
    }

    private void SchedulePump()
    {
        if (!_pumpDue)
        {
            _pumpDue = true;
            RunLater(_random.Chance(500) ? 0 : _random.Between(0, 300), _pump);
        }
    }

    private void ScheduleTick() => RunLater(_random.Between(TickMinUs, TickMaxUs), _tick);

    private void Tick()
    {
        Wake();
        ScheduleTick();
    }

    private void Wake()
    {
        var effects = Begin();
        Replica!.Tick(NowMs, effects);
        End(effects, null, Id, Life);
    }

    private void Pump()
    {
        _pumpDue = false;
        var effects = Begin();
        Replica!.Pump(NowMs, effects);
        End(effects, null, Id, Life);
    }
}
