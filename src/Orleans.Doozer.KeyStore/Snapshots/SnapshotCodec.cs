using Google.Protobuf;
using Orleans.Doozer.Consensus;
using Orleans.Doozer.KeyStore.Protocol;

namespace Orleans.Doozer.KeyStore;

/// <summary>Snapshots as bytes: a sequence of chunks that can be written, sent and read one at a time
/// (snapshots.proto).</summary>
public static class SnapshotCodec
{
    /// <summary>The smallest chunk that may be asked for.</summary>
    public const int ChunkBytesMin = 64;

    private const uint Version = 1;

    /// <summary>Encodes a state, walking the tree as the chunks are asked for; on any thread, while the store goes on.</summary>
    /// <param name="state">The state.</param>
    /// <param name="configurations">The voters that are known after its slot.</param>
    /// <param name="chunkBytes">No chunk is longer.</param>
    public static IEnumerable<byte[]> Encode(
        CapturedState state, IReadOnlyList<ConfigurationChange> configurations, int chunkBytes = 1 << 20)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(chunkBytes, ChunkBytesMin);
        return EncodeLazily(state, configurations, chunkBytes);
    }

    /// <summary>Decodes a snapshot.</summary>
    /// <exception cref="InvariantViolationException">The chunks are not exactly those of one snapshot in order.</exception>
    public static StoreSnapshot Decode(IEnumerable<byte[]> chunks)
    {
        using var enumerator = chunks.GetEnumerator();
        var reader = new ChunkReader(enumerator);
        var header = ReadHeader(reader);
        var configurations = ReadConfigurations(header);
        var requests = ReadRequests(reader, header);
        var view = ReadFiles(reader, header);
        reader.Finish();
        return new(view, header.ChainHash, requests, new(header.ForgottenSlot), header.RequestLimit, configurations);
    }

    private static IEnumerable<byte[]> EncodeLazily(
        CapturedState state, IReadOnlyList<ConfigurationChange> configurations, int chunkBytes)
    {
        var writer = new ChunkWriter(chunkBytes);
        foreach (var record in Records(state, configurations))
        {
            foreach (var chunk in writer.Add(record))
            {
                yield return chunk;
            }
        }

        yield return writer.Finish();
    }

    private static IEnumerable<IMessage> Records(CapturedState state, IReadOnlyList<ConfigurationChange> configurations)
    {
        yield return CreateHeader(state, configurations);
        foreach (var request in state.Requests.Entries)
        {
            var (low, high) = CommandCodec.ToHalves(request.Key.Client);
            yield return new SnapshotRequest
            {
                ClientLow = low,
                ClientHigh = high,
                Sequence = request.Key.Sequence,
                Slot = request.Slot.Value,
                Error = (int)request.Outcome.Error,
                Revision = request.Outcome.Revision.Value,
            };
        }

        foreach (var file in state.View.Walk(Glob.Everything))
        {
            var value = UnsafeByteOperations.UnsafeWrap(file.Value);
            yield return new SnapshotFile { Path = file.Path, Revision = file.Revision.Value, Value = value };
        }
    }

    private static SnapshotHeader CreateHeader(CapturedState state, IReadOnlyList<ConfigurationChange> configurations)
    {
        var header = new SnapshotHeader
        {
            Version = Version,
            Slot = state.Slot.Value,
            Revision = state.Revision.Value,
            ChainHash = state.ChainHash,
            Files = state.View.FileCount,
            SizeBytes = state.View.SizeBytes,
            Requests = state.Requests.Count,
            RequestLimit = state.RequestLimit,
            ForgottenSlot = state.Requests.Forgotten.Value,
        };
        foreach (var change in configurations)
        {
            var row = new SnapshotConfiguration { From = change.From.Value };
            foreach (var voter in change.Configuration.Voters)
            {
                row.Voters.Add(voter.Value);
            }

            header.Configurations.Add(row);
        }

        return header;
    }

    private static SnapshotHeader ReadHeader(ChunkReader reader)
    {
        var header = reader.Read(SnapshotHeader.Parser);
        ChunkReader.Require(
            header.Version == Version, $"it has version {header.Version}, this program reads version {Version}: run a newer one");
        ChunkReader.Require(
            header is { Slot: >= 0, Revision: >= 0, Files: >= 0, RequestLimit: > 0 }
            && header.Requests >= 0 && header.Requests <= header.RequestLimit,
            "its header makes no sense");
        return header;
    }

    private static List<ConfigurationChange> ReadConfigurations(SnapshotHeader header)
    {
        var configurations = new List<ConfigurationChange>();
        foreach (var row in header.Configurations)
        {
            var voters = new List<NodeId>();
            foreach (var text in row.Voters)
            {
                ChunkReader.Require(NodeId.TryParse(text, out var voter), $"'{text}' is no node id");
                voters.Add(voter);
            }

            configurations.Add(new(new(row.From), new(voters)));
        }

        return configurations;
    }

    private static List<RequestEntry> ReadRequests(ChunkReader reader, SnapshotHeader header)
    {
        var requests = new List<RequestEntry>();
        for (var i = 0; i < header.Requests; i++)
        {
            var row = reader.Read(SnapshotRequest.Parser);
            var key = new RequestKey(CommandCodec.FromHalves(row.ClientLow, row.ClientHigh), row.Sequence);
            requests.Add(new(key, new(row.Slot), new((DoozerErrorCode)row.Error, new(row.Revision), Duplicate: false)));
        }

        return requests;
    }

    private static StoreView ReadFiles(ChunkReader reader, SnapshotHeader header)
    {
        var builder = new TreeBuilder();
        for (var i = 0L; i < header.Files; i++)
        {
            var row = reader.Read(SnapshotFile.Parser);
            ChunkReader.Require(
                DoozerPath.IsValid(row.Path) && row.Path.Length > 1 && row.Revision > 0 && row.Revision <= header.Revision,
                $"the file '{row.Path}' of revision {row.Revision} cannot be");
            builder.Add(row.Path, StoredFile.Own(row.Value.Span, new(row.Revision)));
        }

        ChunkReader.Require(builder.SizeBytes == header.SizeBytes, "its files have not the size that its header says");
        return new(builder.Build(), new(header.Revision), new(header.Slot), builder.FileCount, builder.SizeBytes);
    }
}
