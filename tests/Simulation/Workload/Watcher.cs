using System.Text;
using Orleans.Doozer.Consensus;
using Orleans.Doozer.Grains;

namespace Orleans.Doozer.Simulation;

/// <summary>Follows the history and moves from node to node: each change once, in order, as it was; or "too late", and then rightly
/// so.</summary>
internal sealed class Watcher
{
    private readonly World _world;
    private readonly DeterministicRandom _random;
    private long _next = 1;

    public Watcher(World world, DeterministicRandom random)
    {
        (_world, _random) = (world, random);
        _next = world.Checker.Model.FirstRevision + 1;
        Poll();
    }

    private void Poll()
    {
        var node = _random.Pick(_world.Nodes);
        if (node.HasState && !node.Frozen)
        {
            ReadPage(node);
        }

        _world.Queue.After(_random.Between(5_000, 100_000), Poll);
    }

    private void ReadPage(SimNode node)
    {
        var history = node.Replica!.Machine!.History;
        var late = _world.Sabotage == Sabotage.WatchResumesOneLate ? 1 : 0;
        var page = history.Read(new(_next + late), (int)_random.Between(1, 20));
        if (page.TooLate)
        {
            SimFailure.Require(_next < history.Oldest.Value, "history", $"node {node.Index}: {_next} is too late after {history.Oldest}");
            _next = _random.Between(history.Oldest.Value, history.Head.Value + 1);
            return;
        }

        foreach (var change in page.Events)
        {
            var expected = _world.Checker.Model.Events[(int)(_next - _world.Checker.Model.FirstRevision - 1)];
            SimFailure.Require(
                change.Revision.Value == _next && expected.Revision == _next && change.Path == expected.Path
                && Kind(change.Kind) == expected.Kind && Encoding.UTF8.GetString(change.Value.Span) == expected.Value,
                "history", $"node {node.Index}: {change.Kind} {change.Path} at {change.Revision} instead of {expected}");
            _next++;
        }

        SimFailure.Require(page.Next.Value == _next || page.Events.Count == 0, "history", $"node {node.Index}: next is {page.Next}, not {_next}");
    }

    private static WriteKind Kind(DoozerEventKind kind) => kind switch
    {
        DoozerEventKind.Set => WriteKind.Set,
        DoozerEventKind.Delete => WriteKind.Delete,
        _ => WriteKind.Nop,
    };
}
