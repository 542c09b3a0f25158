using CsCheck;
using Orleans.Doozer.Consensus;
using static Orleans.Doozer.KeyStore.Tests.Commands;

namespace Orleans.Doozer.KeyStore.Tests;

public sealed class SnapshotTests
{
    private static readonly IReadOnlyList<ConfigurationChange> Configurations =
    [
        new(new(1), new([NodeId.Parse("A")])),
        new(new(70), new([NodeId.Parse("A"), NodeId.Parse("B"), NodeId.Parse("C")])),
    ];

    [Fact]
    public void Machine_RestoredAtAnySlot_ContinuesExactly() =>
        Gen.Select(Programs.Batches, Gen.Int[0, 25], Gen.Int[1, 12], Gen.Int[1, 8]).Sample((batches, at, history, requests) =>
        {
            var original = NewMachine(history, requests);
            var slot = new Slot(Math.Min(at, batches.Count));
            var outcomes = batches.ConvertAll(batch => original.Apply(batch));

            var restored = Reload(original, slot);
            Assert.Equal((slot, slot, slot), (restored.Applied, restored.BaseSlot, restored.SnapshotCandidate));
            for (var i = (int)slot.Value; i < batches.Count; i++)
            {
                Assert.Equal(outcomes[i], restored.Apply(batches[i]));
            }

            RequireSame(original, restored);
        });

    [Fact]
    public void CapturedState_TakenLater_EqualsTheOneTakenAtOnce() =>
        Gen.Select(Programs.Batches, Gen.Int[1, 8]).Sample((batches, requests) =>
        {
            var machine = NewMachine(history: 5, requests);
            var captured = new List<(CapturedState State, byte[] Bytes)>();
            foreach (var batch in batches)
            {
                machine.Apply(batch);
                var state = machine.CaptureAt(machine.Applied);
                captured.Add((state, state.Bytes()));
            }

            for (var slot = 1; slot <= batches.Count; slot++)
            {
                var (state, bytes) = captured[slot - 1];
                Assert.Equal(bytes, machine.CaptureAt(new(slot)).Bytes());
                machine.ForgetBelow(new(slot));
                Assert.Equal(bytes, state.Bytes());
            }
        });

    [Fact]
    public void Snapshot_Decoded_HasWhatWasEncoded()
    {
        var machine = NewMachine(requests: 2);
        machine.Apply(Set("/a/b", "1", request: Request(1)), Set("/a.b", "2", request: Request(2)), Nop(Request(3)));
        machine.Apply();

        var snapshot = SnapshotCodec.Decode(SnapshotCodec.Encode(machine.CaptureAt(new(2)), Configurations));

        Assert.Equal((new Slot(2), new Revision(3), machine.ChainHash), (snapshot.Slot, snapshot.Revision, snapshot.ChainHash));
        Assert.Equal(Configurations, snapshot.Configurations);
        Assert.Equal(machine.Current.Show(), snapshot.View.Show());
        Assert.Equal((2, 1), (snapshot.Requests.Count, snapshot.Forgotten.Value));
    }

    [Fact]
    public void Snapshot_RestoredTwice_GivesIndependentMachines()
    {
        var machine = NewMachine();
        machine.Apply(Nop(Request(1)));
        var snapshot = SnapshotCodec.Decode(SnapshotCodec.Encode(machine.CaptureAt(new(1)), []));
        var left = StateMachine.Restore(snapshot, machine.Options);
        var right = StateMachine.Restore(snapshot, machine.Options);

        left.Apply(Nop(Request(2)));
        right.Apply(Nop(Request(3)));

        Assert.False(right.ApplyOne(Nop(Request(2))).Duplicate);
        Assert.Equal(3, right.CaptureAt(new(3)).Requests.Count);
        Assert.Equal(2, SnapshotCodec.Decode(SnapshotCodec.Encode(left.CaptureAt(new(2)), [])).Requests.Count);
    }

    [Fact]
    public void Snapshot_OfStoreWithOtherRequestLimit_KeepsTheStoresOwn()
    {
        var machine = NewMachine(requests: 2);
        machine.Apply(Nop(Request(1)), Nop(Request(2)));
        var snapshot = SnapshotCodec.Decode(SnapshotCodec.Encode(machine.CaptureAt(new(1)), []));
        var restored = StateMachine.Restore(snapshot, new() { Requests = 1000 });

        foreach (var store in new[] { machine, restored })
        {
            store.Apply(Nop(Request(3)));
            Assert.Equal(DoozerErrorCode.OutcomeUnknown, store.ApplyOne(Nop(Request(1))).Error);
        }
    }

    [Theory]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(100)]
    [InlineData(1 << 20)]
    public void Chunks_OfAnySize_AreBoundedAndReadable(int chunkBytes)
    {
        var state = Filled().CaptureAt(new(1));
        var chunks = SnapshotCodec.Encode(state, Configurations, chunkBytes).ToList();

        Assert.All(chunks, chunk => Assert.InRange(chunk.Length, 18, chunkBytes));
        Assert.All(chunks.SkipLast(1), chunk => Assert.Equal(chunkBytes, chunk.Length));
        Assert.Equal(chunkBytes < 1000, chunks.Count > 10);
        Assert.Equal(state.View.Show(), SnapshotCodec.Decode(chunks).View.Show());
    }

    [Fact]
    public void Value_LargerThanAChunk_GoesOverSeveral()
    {
        var machine = NewMachine();
        var value = new string('x', 300_000) + "end";
        machine.Apply(Set("/large", value), Set("/small", "s"));

        var chunks = SnapshotCodec.Encode(machine.CaptureAt(new(1)), [], 4096).ToList();

        Assert.InRange(chunks.Count, 74, 80);
        Assert.Equal(value, SnapshotCodec.Decode(chunks).View.Get("/large").Value.Text());
    }

    [Fact]
    public void Encode_OfLargeTree_IsLazy()
    {
        var machine = NewMachine();
        machine.Apply([.. Enumerable.Range(0, 1000).Select(i => Set($"/f{i}"))]);
        using var chunks = SnapshotCodec.Encode(machine.CaptureAt(new(1)), [], 64).GetEnumerator();

        // The store goes on between the chunks; the snapshot does not see it.
        var collected = new List<byte[]>();
        while (chunks.MoveNext())
        {
            collected.Add(chunks.Current);
            if (collected.Count < 50)
            {
                machine.Apply(Delete($"/f{999 - collected.Count}", -1, Request(collected.Count)));
            }
        }

        Assert.Equal(1000, SnapshotCodec.Decode(collected).View.FileCount);
    }

    [Fact]
    public void Chunks_WithAnyBitFlipped_AreRefused()
    {
        var chunks = SnapshotCodec.Encode(Filled(3).CaptureAt(new(1)), Configurations, 100).ToList();
        for (var chunk = 0; chunk < chunks.Count; chunk++)
        {
            for (var bit = 0; bit < chunks[chunk].Length * 8; bit++)
            {
                chunks[chunk][bit / 8] ^= (byte)(1 << (bit % 8));
                Assert.Throws<InvariantViolationException>(() => SnapshotCodec.Decode(chunks));
                chunks[chunk][bit / 8] ^= (byte)(1 << (bit % 8));
            }
        }

        Assert.Equal(3, SnapshotCodec.Decode(chunks).View.FileCount);
    }

    [Fact]
    public void Chunks_NotExactlyThoseWritten_AreRefused()
    {
        var chunks = SnapshotCodec.Encode(Filled().CaptureAt(new(1)), Configurations, 64).ToList();
        var other = SnapshotCodec.Encode(Filled().CaptureAt(new(0)), Configurations, 64).ToList();
        for (var i = 0; i < chunks.Count; i++)
        {
            Refuse([.. chunks[..i]]);
            Refuse([.. chunks[..i], .. chunks[(i + 1)..]]);
            Refuse([.. chunks[..(i + 1)], chunks[i], .. chunks[(i + 1)..]]);
            Refuse([.. chunks[..i], chunks[i][..^1], .. chunks[(i + 1)..]]);
            if (i > 0)
            {
                Refuse([.. chunks[..(i - 1)], chunks[i], chunks[i - 1], .. chunks[(i + 1)..]]);
            }
        }

        Refuse([]);
        Refuse([[]]);
        Refuse([.. chunks, chunks[^1]]);
        Refuse([other[0], .. chunks[1..]]);
    }

    [Fact]
    public void Chunks_OfRandomBytes_AreRefused() =>
        Gen.Byte.Array[0, 200].List[0, 4].Sample(chunks => Refuse([.. chunks]));

    [Fact]
    public void Records_ThatMakeNoSense_AreRefusedDespiteGoodChecksums()
    {
        RefuseRecords(new Protocol.SnapshotHeader { Version = 2, RequestLimit = 1 });
        RefuseRecords(new Protocol.SnapshotHeader { Version = 1, RequestLimit = 0 });
        RefuseRecords(new Protocol.SnapshotHeader { Version = 1, RequestLimit = 1, Requests = 2 });
        RefuseRecords(new Protocol.SnapshotHeader { Version = 1, RequestLimit = 1, Files = 1 });
        RefuseRecords(new Protocol.SnapshotHeader { Version = 1, RequestLimit = 1 }, new Protocol.SnapshotFile());
        RefuseFiles(("/b", 1), ("/a", 1));
        RefuseFiles(("/a", 1), ("/a", 1));
        RefuseFiles(("/a", 1), ("/a/b", 1));
        RefuseFiles(("/a/b", 1), ("/a", 1));
        RefuseFiles(("/a", 0));
        RefuseFiles(("/a", 3));
        RefuseFiles(("/", 1));
        RefuseFiles(("a", 1));
    }

    private static void RequireSame(StateMachine original, StateMachine restored)
    {
        Assert.Equal(original.Applied, restored.Applied);
        Assert.Equal(original.ChainHash, restored.ChainHash);
        Assert.Equal(original.Current.Show(), restored.Current.Show());
        Assert.Equal(original.History.Head, restored.History.Head);
        var oldest = restored.History.Oldest.Value;
        Assert.True(oldest >= original.History.Oldest.Value);
        Assert.Equal(original.Events(oldest), restored.Events(oldest));
        for (var revision = oldest; revision <= restored.History.Head.Value; revision++)
        {
            Assert.True(original.History.TryGetView(new(revision), out var left));
            Assert.True(restored.History.TryGetView(new(revision), out var right));
            Assert.Equal(left.Show(), right.Show());
        }

        for (var slot = restored.BaseSlot; slot <= restored.Applied; slot = slot.Next)
        {
            Assert.Equal(original.CaptureAt(slot).Bytes(), restored.CaptureAt(slot).Bytes());
        }
    }

    private static StateMachine Filled(int files = 40)
    {
        var machine = NewMachine(requests: 10);
        machine.Apply([.. Enumerable.Range(0, files).Select(i => Set($"/d{i % 7}/f{i}", new string('v', i), -1, Request(i, since: 1)))]);
        return machine;
    }

    private static void Refuse(List<byte[]> chunks) =>
        Assert.Throws<InvariantViolationException>(() => SnapshotCodec.Decode(chunks));

    private static void RefuseFiles(params (string Path, long Revision)[] files) => RefuseRecords(
        [
            new Protocol.SnapshotHeader
            {
                Version = 1, RequestLimit = 1, Revision = 2, Files = files.Length, SizeBytes = files.Sum(file => file.Path.Length),
            },
            .. files.Select(file => new Protocol.SnapshotFile { Path = file.Path, Revision = file.Revision }),
        ]);

    private static void RefuseRecords(params IEnumerable<Google.Protobuf.IMessage> records)
    {
        var writer = new ChunkWriter(4096);
        Refuse([.. records.SelectMany(writer.Add).ToList(), writer.Finish()]);
    }
}
