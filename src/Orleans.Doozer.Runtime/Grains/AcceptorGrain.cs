using Orleans.Concurrency;
using Orleans.Doozer.Consensus;
using Orleans.Doozer.Runtime.Placement;
using Orleans.Doozer.Runtime.Stores;
using Orleans.GrainDirectory;

namespace Orleans.Doozer.Runtime.Grains;

/// <summary>A door to the acceptor that the silo owns.</summary>
[AcceptorQuorumPlacement, GrainDirectory(NodeGrainDirectory.Name), KeepAlive, Orleans.Placement.Immovable, Reentrant]
internal sealed class AcceptorGrain(StoreHosts stores) : NodeGrain(stores), IAcceptorGrain
{
    public Task<Message> Prepare(Envelope envelope, Prepare prepare) => Host.ReceiveAsync(Checked(envelope), prepare);

    public async Task<Message[]> Accept(Envelope envelope, Accept[] accepts)
    {
        var from = Checked(envelope);
        var answers = new Task<Message>[accepts.Length];
        for (var i = 0; i < accepts.Length; i++)
        {
            answers[i] = Host.ReceiveAsync(from, accepts[i]);
        }

        return await Task.WhenAll(answers);
    }

    public Task<Message> HighestAccepted(Envelope envelope, HighestAcceptedQuery query) =>
        Host.ReceiveAsync(Checked(envelope), query);
}
