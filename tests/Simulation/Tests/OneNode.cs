using System.Text;
using Orleans.Doozer.Consensus;
using Orleans.Doozer.Grains;
using Orleans.Doozer.KeyStore;

namespace Orleans.Doozer.Simulation;

/// <summary>One replica whose peers are played by the test; what it says to itself is looped back at once.</summary>
internal sealed class OneNode
{
    public const int Alpha = 4;
    public static readonly NodeId Self = NodeId.Parse("SELF");
    public static readonly NodeId A = NodeId.Parse("A");
    public static readonly NodeId B = NodeId.Parse("B");

    public OneNode(IEnumerable<NodeId> voters, PersistedState? persisted = null, int slots = 0, long alpha = Alpha, long logMemoryBytes = 16 << 20)
    {
        var genesis = voters.Select((voter, i) => Cal(i, voter.Value)).ToList();
        var machine = StateMachine.CreateGenesis(genesis, new() { History = 10 });
        for (var slot = 1; slot <= slots; slot++)
        {
            machine.Apply(new(slot), BatchCodec.Empty);
        }

        Hash = machine.ChainHash;
        var first = new ConfigurationChange(new(1), new(voters));
        var snapshot = SnapshotCodec.Decode(SnapshotCodec.Encode(machine.CaptureAt(new(slots)), [first]));
        Replica = new(Self, new() { Alpha = alpha, LogMemoryBytes = logMemoryBytes }, persisted ?? PersistedState.Empty, snapshot, 1);
    }

    public Replica Replica { get; }

    public ulong Hash { get; }

    public List<Outgoing> Sent { get; } = [];

    public List<long> Reads { get; } = [];

    public IEnumerable<T> SentTo<T>(NodeId to)
        where T : Message => Sent.Where(sent => sent.To == to).Select(sent => sent.Message).OfType<T>();

    public static Command Cal(int vote, string value) =>
        new(null, WriteKind.Set, $"/ctl/cal/{vote}", Encoding.UTF8.GetBytes(value), Revision.Clobber);

    public static byte[] Batch(params Command[] commands) => BatchCodec.Encode([.. commands.Select(CommandCodec.Encode)]);

    public Message? Receive(NodeId from, Message message, long nowMs = 0, bool ownVotes = true)
    {
        Message? reply = null;
        Run(effects => reply = Replica.Receive(from, message, nowMs, effects), nowMs, ownVotes);
        return reply;
    }

    public NodeId? SnapshotFrom { get; private set; }

    /// <summary>One input, and all that the node then says to itself; its own votes may be kept back, as by a slow disk.</summary>
    public void Run(Action<Effects> input, long nowMs = 0, bool ownVotes = true)
    {
        var effects = new Effects();
        input(effects);
        Reads.AddRange(effects.Reads);
        SnapshotFrom = effects.SnapshotFrom;
        foreach (var outgoing in effects.Messages)
        {
            Sent.Add(outgoing);
            if (outgoing.To != Self)
            {
                continue;
            }

            Message? reply = null;
            Run(inner => reply = Replica.Receive(Self, outgoing.Message, nowMs, inner), nowMs, ownVotes);
            if (reply is not null && (ownVotes || reply is not Accepted))
            {
                Run(inner => Replica.Receive(Self, reply, nowMs, inner), nowMs, ownVotes);
            }
        }
    }

    public void Tick(long nowMs, bool ownVotes = true) => Run(effects => Replica.Tick(nowMs, effects), nowMs, ownVotes);

    /// <summary>The election that it holds a second after it last heard of a leader, with the vote of <see cref="A"/>, who has accepted nothing.</summary>
    public void Lead(long nowMs)
    {
        Tick(nowMs - 1_000);
        Tick(nowMs);
        Receive(A, new PreVoteReply(SentTo<PreVote>(A).Last().Round, true, Ballot.Zero), nowMs);
        var prepare = SentTo<Prepare>(A).Last();
        Receive(A, new Promise(prepare.Ballot, prepare.From, [], Slot.Zero, false), nowMs);
        Assert.True(Replica.IsLeading);
        Sent.Clear();
    }
}
