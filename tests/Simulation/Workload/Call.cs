using Orleans.Doozer.Consensus;
using Orleans.Doozer.Grains;
using Orleans.Doozer.KeyStore;

namespace Orleans.Doozer.Simulation;

/// <summary>One write as the front door makes it: to the node it believes leads, and after a timeout, a refusal or an unknown fate
/// again through another, under the same request id; until it is answered, or a deadline leaves the outcome unknown.</summary>
internal sealed class Call
{
    private readonly World _world;
    private readonly DeterministicRandom _random;
    private readonly Action<CommandOutcome?> _done;
    private readonly Action<CommandOutcome?> _seen;
    private readonly Command _plain;
    private RequestId _id;
    private byte[] _command = [];
    private readonly long _floor;
    private readonly long _deadlineUs;
    private int _attempt;
    private bool _over;
    private NodeId _hint;

    public Call(World world, DeterministicRandom random, Command command, long patienceUs, Action<CommandOutcome?> done)
    {
        (_world, _random, _done) = (world, random, done);
        _seen = world.History.Begin(command);
        _floor = world.Checker.Acknowledged;
        _deadlineUs = world.Queue.NowUs + patienceUs;

        // The position of some replica: the first attempt comes later.
        var door = random.Pick(world.Nodes);
        (_plain, _id) = (command, command.Request!.Value with { Since = door.Replica?.Applied.Value ?? 0 });
        Encode();
        Attempt();
    }

    private void Attempt()
    {
        if (_over)
        {
            return;
        }

        if (_world.Queue.NowUs > _deadlineUs)
        {
            Finish(null);
            return;
        }

        var attempt = ++_attempt;
        if (_world.Sabotage == Sabotage.RetriesAreNewRequests)
        {
            _id = _id with { Sequence = _id.Sequence + (1L << 32) };
            Encode();
        }

        var node = _world.Find(_hint) is { IsUp: true } hinted && _random.Chance(900) ? hinted : _random.Pick(_world.Nodes);
        _world.Queue.After(_random.Between(600_000, 2_000_000), () => Retry(attempt, 0));
        if (!Lost())
        {
            _world.Queue.After(_random.Between(100, 5_000), () => node.Run(() => Arrive(node, attempt)));
        }
    }

    private void Encode() =>
        _command = CommandCodec.Encode(_plain with { Request = _world.Sabotage == Sabotage.RequestIdsDropped ? null : _id });

    private bool Lost() => !_world.Network.Calm && _random.Chance(20);

    private void Arrive(SimNode node, int attempt)
    {
        var id = _id;
        node.Propose(_command, completion => Complete(node, attempt, id, completion));
    }

    private void Complete(SimNode node, int attempt, RequestId id, CommandCompletion completion)
    {
        var leader = node.Replica?.Leader ?? NodeId.None;
        if (completion.Fate == CommandFate.Applied)
        {
            _world.Checker.Completed(id, completion.Outcome, completion.Slot, _floor);
        }

        if (!Lost())
        {
            _world.Queue.After(_random.Between(100, 5_000), () => Answer(completion, leader, attempt));
        }
    }

    private void Answer(CommandCompletion completion, NodeId leader, int attempt)
    {
        if (completion.Fate == CommandFate.Applied)
        {
            Finish(completion.Outcome);
            return;
        }

        _hint = leader;
        Retry(attempt, _random.Between(1_000, 60_000));
    }

    private void Retry(int attempt, long delayUs)
    {
        if (attempt == _attempt && !_over)
        {
            _attempt++;
            _world.Queue.After(delayUs, Attempt);
        }
    }

    private void Finish(CommandOutcome? outcome)
    {
        if (!_over)
        {
            _over = true;
            _seen(outcome);
            _done(outcome);
        }
    }
}
