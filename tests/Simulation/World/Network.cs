using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.Simulation;

/// <summary>Between the nodes: messages are delayed, lost, doubled and overtaken; links are cut in one direction or clogged.</summary>
internal sealed class Network(World world, DeterministicRandom random)
{
    private readonly SortedSet<(int From, int To)> _cuts = [];
    private readonly SortedDictionary<(int From, int To), long> _clogs = [];

    /// <summary>No more faults: a fast and reliable network.</summary>
    public bool Calm { get; private set; }

    public void Cut(int from, int to) => _cuts.Add((from, to));

    public void Clog(int from, int to, long us) => _clogs[(from, to)] = us;

    public void Heal()
    {
        _cuts.Clear();
        _clogs.Clear();
    }

    public void BeCalm()
    {
        Heal();
        Calm = true;
    }

    public bool IsCut(int from, int to) => _cuts.Contains((from, to));

    /// <summary>Sends something from node to node: <paramref name="arrive"/> happens never, once or twice, some time later.</summary>
    public void Send(int from, int to, Message message, Action arrive)
    {
        world.Trace.Add("send", from, to, message);
        if (IsCut(from, to) || (!Calm && random.Chance(world.Options.LossPermille)))
        {
            return;
        }

        var copies = !Calm && random.Chance(world.Options.DuplicatePermille) ? 2 : 1;
        for (var i = 0; i < copies; i++)
        {
            world.Queue.After(Delay(from, to), arrive);
        }
    }

    public long Delay(int from, int to)
    {
        var options = world.Options;

        // Most messages are fast, some are not: that is what makes them overtake each other.
        var most = random.Chance(800) ? options.DelayMinUs + ((options.DelayMaxUs - options.DelayMinUs) / 8) : options.DelayMaxUs;
        var delay = random.Between(options.DelayMinUs, most);
        return _clogs.TryGetValue((from, to), out var clog) ? delay + random.Between(clog / 2, clog) : delay;
    }
}
