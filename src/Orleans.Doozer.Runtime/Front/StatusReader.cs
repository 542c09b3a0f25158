using Orleans.Doozer.Runtime.Stores;

namespace Orleans.Doozer.Runtime.Front;

/// <summary>Puts a node's status together from what its host publishes: a few reads of memory, no lock and no message.</summary>
internal sealed class StatusReader(StoreHost host, StoreHostServices services)
{
    private static readonly string Version = typeof(StatusReader).Assembly.GetName().Version?.ToString(3) ?? "0";

    private readonly long _started = services.Time.GetTimestamp();

    public NodeStatus Read()
    {
        // The replica's figures are published after the state they tell of, so the state is read last: it may be newer, never older.
        var leader = host.Leader;
        var replica = host.Status;
        var machine = host.Machine;
        var view = machine?.Current;
        return new NodeStatus
        {
            Node = host.Self,
            Store = host.Store,
            Address = services.Options.Address,
            HostName = Environment.MachineName,
            Version = Version,
            Uptime = services.Time.GetElapsedTime(_started),
            ClusterName = services.Options.ClusterName,
            ClusterId = services.ClusterId ?? "",
            Journal = services.Options.InMemory ? "memory" : "sqlite",
            HasJoined = machine is not null,
            Leader = leader.Node,
            BallotRound = leader.Ballot.Round,
            Voters = replica.Voters,
            IsVoter = replica.IsVoter,
            IsBehind = replica.IsBehind,
            Applied = replica.Applied,
            Accepted = replica.Accepted,
            Ballot = leader.Ballot,
            Promised = replica.Promised,
            Decided = replica.Decided,
            Revision = view?.Revision ?? default,
            OldestRevision = machine?.History.Oldest ?? default,
            Files = view?.FileCount ?? 0,
            Bytes = view?.SizeBytes ?? 0,
        };
    }
}
