namespace Orleans.Doozer.Runtime.Tests.Cluster;

/// <summary>What a node tells about itself.</summary>
[Collection(ClusterTests.Name)]
public sealed class StatusTests(SharedCluster shared)
{
    [Fact]
    public async Task Status_EveryNode_AgreesWithItsStateAndTheOthers()
    {
        var leader = await shared.Cluster.LeaderAsync();
        var written = await shared.Client.CreateAsync(shared.NewDirectory() + "/file", Bytes.Of("abc"));
        foreach (var node in shared.Cluster.Nodes)
        {
            await shared.Cluster.UntilAsync(
                () => node.Store.Current.Revision >= written, $"node {node.Index} does not have the write");
            var before = node.Store.Current;
            var status = node.Store.Status;

            Assert.Equal((node.Id, "default", true, true), (status.Node, status.Store, status.HasJoined, status.IsVoter));
            Assert.Equal(leader.Id, status.Leader);
            Assert.Equal(shared.Cluster.Nodes.Select(other => other.Id).Order(), status.Voters);
            Assert.Equal(shared.Cluster.GetService<Stores.StoreHosts>(0).ClusterId, status.ClusterId);
            Assert.True(status.BallotRound > 0);
            Assert.True(status.Revision >= before.Revision, $"revision {status.Revision} after {before.Revision}");
            Assert.InRange(status.Applied.Value, 1, status.Accepted.Value);
            Assert.True(status.OldestRevision <= status.Revision);
            Assert.True(status.Files > 5 && status.Bytes > status.Files);
            Assert.True(status.Uptime > TimeSpan.Zero);
        }
    }
}
