using System.Collections.Immutable;
using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.Clustering;

/// <summary>
/// Reads the register without writing: when a majority of the acceptors holds the value of one ballot, and that value names just
/// these acceptors, it is decided, and nothing later was decided before the question left, because any later majority shares
/// an acceptor with this one. When they disagree, only a write can settle it.
/// </summary>
/// <param name="firstId">
/// Where its questions start to count; no other reader of this node may come near. The network may deliver an answer long after
/// the reader that asked has gone, and an answer to an older question is an answer from the past.
/// </param>
public sealed class RegisterReader(long firstId)
{
    private readonly SortedDictionary<NodeId, (Ballot Ballot, RegisterState? State)> _answers = [];
    private ImmutableArray<RegisterPeer> _acceptors;
    private VotingConfiguration? _configuration;
    private long _id = firstId;
    private bool _moved;

    /// <summary>The acceptors that the reader counts.</summary>
    public ImmutableArray<RegisterPeer> Acceptors => _acceptors;

    /// <summary>Starts a read at the acceptors as known.</summary>
    public RegisterStep Begin(ImmutableArray<RegisterPeer> acceptors)
    {
        Invariant.Require(acceptors.Length > 0, "a reader needs to know an acceptor");
        _moved = false;
        return Ask(acceptors);
    }

    /// <summary>Takes an answer.</summary>
    public RegisterStep Receive(NodeId from, RegisterReply reply)
    {
        if (reply is not HoldingReply holding || holding.Id != _id || !_configuration!.Contains(from))
        {
            return WaitStep.Instance;
        }

        _answers[from] = (holding.AcceptedBallot, holding.Accepted);
        if (!_configuration.IsQuorum(_answers.ContainsKey))
        {
            return WaitStep.Instance;
        }

        var best = _answers.Values.MaxBy(answer => answer.Ballot);
        if (best.State is null)
        {
            return new StuckStep("a majority of the acceptors holds no value");
        }

        if (!best.State.Voters().Equals(_configuration))
        {
            // A set change that stopped half-way can send a reader to and fro between two sets for ever; a write ends it.
            if (_moved)
            {
                return SettleStep.Instance;
            }

            _moved = true;
            return Ask(best.State.Acceptors);
        }

        var agreed = _configuration.IsQuorum(node => _answers.TryGetValue(node, out var answer) && answer.Ballot == best.Ballot);
        return agreed ? new DoneStep(best.State, false) : SettleStep.Instance;
    }

    private SendStep Ask(ImmutableArray<RegisterPeer> acceptors)
    {
        _acceptors = acceptors;
        _configuration = new VotingConfiguration(acceptors.Select(peer => peer.Node));
        _answers.Clear();
        _id++;
        return new SendStep(new QueryRequest(_id), acceptors);
    }
}
