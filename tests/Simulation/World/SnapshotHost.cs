using Orleans.Doozer.Consensus;
using Orleans.Doozer.KeyStore;

namespace Orleans.Doozer.Simulation;

/// <summary>The host's part of snapshots: saves base snapshots, fetches those of others in chunks, and lets a node without state ask
/// around.</summary>
internal sealed class SnapshotHost(World world, SimNode node, DeterministicRandom random)
{
    public const int ChunkBytes = 256;

    public void Save(Slot due)
    {
        var slot = world.Sabotage == Sabotage.SnapshotOfNewestState ? node.Replica!.Applied : due;
        var encoded = Encode(slot);
        node.RunLater(random.Between(100, 20_000 + world.Options.SyncMaxUs), () =>
        {
            if (slot <= node.Disk.SnapshotSlot)
            {
                return;
            }

            if (node.Disk.Full || (world.Options.SnapshotFailures && !world.Network.Calm && random.Chance(300)))
            {
                world.Trace.Add("save-fail", node.Index, detail: slot.Value);
                node.Replica!.SnapshotFailed();
                return;
            }

            var tooFar = world.Sabotage == Sabotage.TruncatedOneTooFar ? 1 : 0;
            world.Trace.Add("saved", node.Index, detail: slot.Value);
            if (world.DiesAt(node, "snapshot to be saved"))
            {
                return;
            }

            node.Disk.SaveSnapshot(slot, [.. encoded]);
            if (world.DiesAt(node, "snapshot saved"))
            {
                return;
            }

            node.Step((replica, _, effects) =>
                replica.SnapshotSaved(Slot.Max(slot, replica.Applied < slot + tooFar ? slot : slot + tooFar), effects));
        });
    }

    public void Fetch(NodeId from)
    {
        var source = world.Find(from)!;
        world.Trace.Add("fetch", node.Index, source.Index);
        if (world.DiesAt(node, "snapshot asked for"))
        {
            return;
        }

        node.RunLater(world.Network.Delay(node.Index, source.Index), () =>
        {
            if (!source.IsUp || source.Frozen || source.Disk.Snapshot is not { } chunks || Cut(source))
            {
                Fail();
                return;
            }

            NextChunk(source, source.Life, source.Disk.SnapshotSlot, chunks, []);
        });
    }

    /// <summary>What the runtime's NodeAgent does: a node without state, or one that does not vote and knows no leader, asks the others in
    /// turn. The voters that it knows may all be gone (seed 234972).</summary>
    public void Join() => node.RunLater(200_000 + random.Between(0, 100_000), () =>
    {
        if (node.Replica is { } replica && (!node.HasState || (replica.Leader.IsNone && !replica.IsVoter)))
        {
            var peer = random.Pick(world.Nodes);
            if (peer != node && !peer.Gone)
            {
                node.Step((asking, _, effects) => asking.FetchFrom(peer.Id, effects));
            }
        }

        Join();
    });

    private bool Cut(SimNode source) => world.Network.IsCut(node.Index, source.Index) || world.Network.IsCut(source.Index, node.Index);

    private void NextChunk(SimNode source, int life, Slot slot, IReadOnlyList<byte[]> chunks, List<byte[]> got)
    {
        node.RunLater(world.Network.Delay(source.Index, node.Index), () =>
        {
            if (source.Life != life || source.Frozen || Cut(source) || (!world.Network.Calm && random.Chance(10)))
            {
                Fail();
                return;
            }

            got.Add(chunks[got.Count]);
            world.DiesAt(source, "chunk sent");
            if (world.DiesAt(node, "chunk received"))
            {
                return;
            }

            if (got.Count < chunks.Count)
            {
                NextChunk(source, life, slot, chunks, got);
                return;
            }

            if (world.Options.FlippedBits && !world.Network.Calm && random.Chance(50))
            {
                Damage.RequireRefused(Damage.FlipBit(got, random));
                Fail();
                return;
            }

            var snapshot = SnapshotCodec.Decode(got);
            node.RunLater(random.Between(100, 5_000 + world.Options.SyncMaxUs), () =>
            {
                world.Trace.Add("install", node.Index, source.Index, snapshot.Slot.Value);
                if (world.DiesAt(node, "install to be saved"))
                {
                    return;
                }

                node.Disk.SaveSnapshot(snapshot.Slot, got);
                if (world.DiesAt(node, "install saved"))
                {
                    return;
                }

                node.Step((replica, now, effects) => replica.Install(snapshot, now, effects));
                world.DiesAt(node, "installed");
                world.Installed(node);
            });
        });
    }

    private void Fail()
    {
        world.Trace.Add("fetch-fail", node.Index);
        node.Run(() => node.Replica!.InstallFailed());
    }

    /// <summary>The bytes of a state; they are made when they are asked for, as the runtime does it beside the store.</summary>
    private IEnumerable<byte[]> Encode(Slot slot)
    {
        var (state, configurations) = node.Replica!.Capture(slot);
        if (world.Sabotage == Sabotage.SnapshotMissesLastBatch && slot > node.Replica.Machine!.BaseSlot)
        {
            var machine = StateMachine.Restore(SnapshotCodec.Decode(node.Disk.Snapshot!), node.Replica.Machine.Options);
            for (var next = machine.Applied.Next; next <= slot; next = next.Next)
            {
                machine.Apply(next, next < slot ? node.Disk.Find(next)!.Batch : BatchCodec.Empty);
            }

            state = machine.CaptureAt(slot);
        }

        return SnapshotCodec.Encode(state, configurations, ChunkBytes);
    }
}
