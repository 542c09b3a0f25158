namespace Orleans.Doozer.Consensus;

/// <summary>
/// What nodes say to each other. Every message may be lost, doubled, delayed or overtaken, so each carries what its receiver needs to
/// judge it alone: a ballot, a slot or a round. The envelope around it carries cluster id, store and sender.
/// </summary>
[GenerateSerializer, Immutable, Alias("doozer.Message")]
public abstract record Message
{
    /// <summary>Whether it is an answer that may leave only when all that its sender wrote before is durable. Other answers tell what a
    /// majority made durable, or promise nothing.</summary>
    public virtual bool RestsOnDisk => false;
}

/// <summary>A message that is answered by exactly one other, and may simply be sent again when no answer comes.</summary>
[GenerateSerializer, Immutable, Alias("doozer.PeerRequest")]
public abstract record PeerRequest : Message;

/// <summary>Phase 1a. Sender: a candidate to each voter, its own acceptor first. Receiver (acceptor): promises to refuse lower ballots
/// and tells what it accepted from <paramref name="From"/> on; in pages, each asked for by the same Prepare further on.</summary>
[GenerateSerializer, Immutable, Alias("doozer.Prepare")]
public sealed record Prepare([property: Id(0)] Ballot Ballot, [property: Id(1)] Slot From) : PeerRequest;

/// <summary>Phase 1b. Sender: an acceptor, once the promise is durable. Receiver (candidate or leader): adopts, per slot, the batch of
/// the highest ballot.</summary>
/// <param name="Ballot">The promised ballot.</param>
/// <param name="From">The first slot this page tells about.</param>
/// <param name="Entries">What was accepted from there on, in order of slots.</param>
/// <param name="ReleasedTo">Slots up to here are decided, and their acceptor tells nothing of them: who still needs them must fetch them.</param>
/// <param name="More">Whether there are entries after these; the promise counts when there are none.</param>
[GenerateSerializer, Immutable, Alias("doozer.Promise")]
public sealed record Promise(
    [property: Id(0)] Ballot Ballot,
    [property: Id(1)] Slot From,
    [property: Id(2)] AcceptedEntry[] Entries,
    [property: Id(3)] Slot ReleasedTo,
    [property: Id(4)] bool More) : Message
{
    /// <inheritdoc/>
    public override bool RestsOnDisk => true;
}

/// <summary>Phase 2a. Sender: the leader to every voter of the slot, its own acceptor included; again while a voter is silent.
/// Receiver (acceptor): accepts unless it promised a higher ballot; then its replica takes the rest as it does a heartbeat's.</summary>
/// <param name="Entry">The slot, the leader's ballot, the batch.</param>
/// <param name="DecidedTo">All slots up to here are decided: while one write follows another, nobody has to be told apart.</param>
[GenerateSerializer, Immutable, Alias("doozer.Accept")]
public sealed record Accept([property: Id(0)] AcceptedEntry Entry, [property: Id(1)] Slot DecidedTo) : PeerRequest;

/// <summary>Phase 2b. Sender: an acceptor, once the batch is durable. Receiver (leader): counts the vote.</summary>
[GenerateSerializer, Immutable, Alias("doozer.Accepted")]
public sealed record Accepted([property: Id(0)] Ballot Ballot, [property: Id(1)] Slot Slot) : Message
{
    /// <inheritdoc/>
    public override bool RestsOnDisk => true;
}

/// <summary>Sender: an acceptor asked about a ballot below its promise. Receiver: gives the ballot up and draws above
/// <paramref name="Promised"/> next time.</summary>
[GenerateSerializer, Immutable, Alias("doozer.Rejected")]
public sealed record Rejected([property: Id(0)] Ballot Ballot, [property: Id(1)] Ballot Promised) : Message;

/// <summary>Sender: an acceptor asked to accept in a slot that was decided and whose batch it has released from memory. Receiver: if it
/// has not applied all up to <paramref name="ReleasedTo"/>, it gives up leading and catches up; otherwise its Accept came late.</summary>
[GenerateSerializer, Immutable, Alias("doozer.AlreadyDecided")]
public sealed record AlreadyDecided([property: Id(0)] Ballot Ballot, [property: Id(1)] Slot ReleasedTo) : Message;

/// <summary>Sender: a reader to the acceptors of every configuration that may be in force. Receiver: answers at once.</summary>
[GenerateSerializer, Immutable, Alias("doozer.HighestAcceptedQuery")]
public sealed record HighestAcceptedQuery([property: Id(0)] long Round) : PeerRequest;

/// <summary>Sender: an acceptor. Receiver (reader): with a majority, every write acknowledged before the round began lies at or below
/// the highest answer.</summary>
[GenerateSerializer, Immutable, Alias("doozer.HighestAccepted")]
public sealed record HighestAccepted([property: Id(0)] long Round, [property: Id(1)] Slot Slot) : Message;

/// <summary>Sender: the leader to voters and followers, regularly and when slots were decided. Receiver (replica): does not start an
/// election; applies its own accepted entries up to <paramref name="DecidedTo"/> that carry this ballot, fetches the others.</summary>
/// <param name="Ballot">The leader's ballot.</param>
/// <param name="DecidedTo">All slots up to here are decided.</param>
/// <param name="ConfigurationFrom">Since which slot the configuration of <paramref name="DecidedTo"/> is in force: must agree.</param>
/// <param name="Hash">The leader's chain hash after <paramref name="DecidedTo"/>: must agree.</param>
[GenerateSerializer, Immutable, Alias("doozer.Heartbeat")]
public sealed record Heartbeat(
    [property: Id(0)] Ballot Ballot,
    [property: Id(1)] Slot DecidedTo,
    [property: Id(2)] Slot ConfigurationFrom,
    [property: Id(3)] ulong Hash) : PeerRequest;

/// <summary>Sender: a replica that follows. Receiver (leader): knows that it is heard and how far the follower is; fills the slots up
/// to the follower's highest accepted one, in which a dead leader's entry may linger.</summary>
[GenerateSerializer, Immutable, Alias("doozer.HeartbeatReply")]
public sealed record HeartbeatReply(
    [property: Id(0)] Ballot Ballot, [property: Id(1)] Slot Applied, [property: Id(2)] Slot HighestAccepted) : Message;

/// <summary>Sender: the leader to every voter of a configuration that is about to come into force, itself included; again while one is
/// silent or behind. Receiver (replica): tells how far it is.</summary>
[GenerateSerializer, Immutable, Alias("doozer.AppliedQuery")]
public sealed record AppliedQuery : PeerRequest;

/// <summary>Sender: a replica, once all that it applied is durable. Receiver (leader): with a quorum that holds all slots before the
/// new voters' first one, proposes there.</summary>
[GenerateSerializer, Immutable, Alias("doozer.AppliedReply")]
public sealed record AppliedReply([property: Id(0)] Slot Applied) : Message
{
    /// <inheritdoc/>
    public override bool RestsOnDisk => true;
}

/// <summary>Sender: a voter that misses the leader, before it draws a ballot. Receiver (replica): would it vote? So a cut-off node
/// cannot unseat a healthy leader.</summary>
/// <param name="Round">Which of the sender's attempts.</param>
/// <param name="Applied">How far the sender is.</param>
[GenerateSerializer, Immutable, Alias("doozer.PreVote")]
public sealed record PreVote([property: Id(0)] long Round, [property: Id(1)] Slot Applied) : PeerRequest;

/// <summary>Sender: a replica. Receiver (would-be candidate): goes on with a majority.</summary>
/// <param name="Round">The attempt.</param>
/// <param name="Granted">Whether the receiver misses the leader too and the candidate is not far behind it.</param>
/// <param name="Promised">The receiver's promise: the candidate draws above it.</param>
[GenerateSerializer, Immutable, Alias("doozer.PreVoteReply")]
public sealed record PreVoteReply(
    [property: Id(0)] long Round, [property: Id(1)] bool Granted, [property: Id(2)] Ballot Promised) : Message;

/// <summary>Sender: a replica that lacks decided slots. Receiver (any replica): answers with what it applied, from
/// <paramref name="From"/> on; 0 asks for a snapshot.</summary>
[GenerateSerializer, Immutable, Alias("doozer.Fetch")]
public sealed record Fetch([property: Id(0)] Slot From) : PeerRequest;

/// <summary>Sender: a replica. Receiver: learns the entries as decided.</summary>
/// <param name="Entries">Decided entries in order, without holes, at most about 1 MiB; empty when there is nothing newer.</param>
/// <param name="DecidedTo">How far the sender is.</param>
/// <param name="SnapshotNeeded">The asked slots are gone here: fetch the base snapshot.</param>
/// <param name="Leader">Who leads, as far as the sender knows: how a node that the leader does not speak to yet finds it.</param>
/// <param name="Ballot">That leader's ballot.</param>
[GenerateSerializer, Immutable, Alias("doozer.Fetched")]
public sealed record Fetched(
    [property: Id(0)] AcceptedEntry[] Entries,
    [property: Id(1)] Slot DecidedTo,
    [property: Id(2)] bool SnapshotNeeded,
    [property: Id(3)] NodeId Leader,
    [property: Id(4)] Ballot Ballot) : Message;

/// <summary>A message on its way out.</summary>
/// <param name="To">For whom.</param>
/// <param name="Message">What.</param>
public readonly record struct Outgoing(NodeId To, Message Message);
