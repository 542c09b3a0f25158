using Orleans.Concurrency;
using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.Runtime.Grains;

/// <summary>
/// A node's vote in the Paxos instances of a store. A leaf: it calls nobody. Its state belongs to the silo, not to the activation.
/// Key: <c>store/node</c>; it lives on that node and nowhere else.
/// </summary>
[Alias("doozer.IAcceptorGrain")]
public interface IAcceptorGrain : IGrainWithStringKey
{
    /// <summary>Phase 1.</summary>
    [Alias("Prepare"), AlwaysInterleave, ResponseTimeout("00:00:02")]
    Task<Message> Prepare(Envelope envelope, Prepare prepare);

    /// <summary>Phase 2 for several slots at once; each is answered by itself.</summary>
    [Alias("Accept"), AlwaysInterleave, ResponseTimeout("00:00:02")]
    Task<Message[]> Accept(Envelope envelope, Accept[] accepts);

    /// <summary>The highest slot in which this node accepted anything.</summary>
    [Alias("HighestAccepted"), AlwaysInterleave, ResponseTimeout("00:00:02")]
    Task<Message> HighestAccepted(Envelope envelope, HighestAcceptedQuery query);
}
