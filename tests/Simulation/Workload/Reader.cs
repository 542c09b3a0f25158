using System.Text;
using Orleans.Doozer.Consensus;
using Orleans.Doozer.KeyStore;

namespace Orleans.Doozer.Simulation;

/// <summary>Makes linearizable reads at any node: voters, followers, nodes that lag.</summary>
internal sealed class Reader
{
    private readonly World _world;
    private readonly DeterministicRandom _random;

    public Reader(World world, DeterministicRandom random)
    {
        (_world, _random) = (world, random);
        world.Queue.After(random.Between(0, 500_000), Next);
    }

    public bool Stopped { get; set; }

    /// <summary>Starts a read at a node.</summary>
    public static void Read(World world, SimNode node, string path, Action done)
    {
        var (floor, calledUs) = (world.OnlyHistory ? 0 : world.Checker.Acknowledged, world.Queue.NowUs);
        node.Read(view =>
        {
            world.History.Read(path, Check(world, node, path, floor, view), calledUs);
            CheckPast(world, node, path);
            done();
        });
    }

    /// <summary>Some revision that the node keeps reads as it was.</summary>
    private static void CheckPast(World world, SimNode node, string path)
    {
        var history = node.Replica!.Machine!.History;
        var kept = history.Head.Value - history.Oldest.Value + 1;
        var revision = new Revision(history.Oldest.Value + (kept <= 0 ? 0 : world.Queue.NowUs % kept));
        if (kept > 0)
        {
            SimFailure.Require(
                history.TryGetView(revision, out var view) && view.Revision == revision,
                "history", $"node {node.Index} keeps {revision}, but shows {view?.Revision}");
            RequireValue(world, node, path, view!);
        }
    }

    private static string? Check(World world, SimNode node, string path, long floor, StoreView view)
    {
        var revision = view.Revision.Value;
        SimFailure.Require(
            revision >= floor, "linearizable read", $"node {node.Index} reads at {revision}, but {floor} was acknowledged before");
        world.Checker.Acknowledge(revision);
        return RequireValue(world, node, path, view);
    }

    private static string? RequireValue(World world, SimNode node, string path, StoreView view)
    {
        var revision = view.Revision.Value;
        var file = view.Get(path);
        var value = file.Revision.IsFile ? Encoding.UTF8.GetString(file.Value.Span) : null;
        var expected = world.Checker.Model.ValueAt(path, revision);
        SimFailure.Require(value == expected, "value read", $"node {node.Index} {path}@{revision}: {value} instead of {expected}");
        return value;
    }

    private void Next()
    {
        if (Stopped)
        {
            return;
        }

        var node = _random.Pick(_world.Nodes);
        var path = $"/k/{_random.Between(1, _world.Options.Keys)}";
        node.Run(() => Read(_world, node, path, () => { }));
        _world.Queue.After(_random.Between(1_000, Math.Max(5 * _world.Options.ThinkUs, 30_000)), Next);
    }
}
