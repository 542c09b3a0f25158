using System.Collections.Immutable;
using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.Clustering;

/// <content>Reading frames; whatever is not one is an <see cref="InvalidDataException"/>.</content>
internal static partial class Frames
{
    public static (string ClusterId, NodeId To, RegisterRequest Request) DecodeRequest(ReadOnlySpan<byte> frame)
    {
        var (reader, kind, clusterId) = Open(frame);
        var to = reader.Node();
        RegisterRequest request = kind switch
        {
            1 => new HelloRequest(reader.Node(), reader.Text()),
            2 => new PrepareRequest(reader.Ballot()),
            3 => new AcceptRequest(reader.Ballot(), RegisterStateCodec.Read(ref reader)),
            4 => new QueryRequest(reader.Int64()),
            5 => new HeartbeatRequest(ReadAlive(ref reader)),
            6 => new ReadRequest(),
            _ => throw new InvalidDataException($"there is no request of kind {kind}"),
        };
        reader.End();
        return (clusterId, to, request);
    }

    public static RegisterReply DecodeReply(ReadOnlySpan<byte> frame)
    {
        var (reader, kind, _) = Open(frame);
        RegisterReply reply = kind switch
        {
            65 => new WelcomeReply(
                reader.Text(), reader.Text(), reader.Node(), reader.Int64(), RegisterStateCodec.ReadPeers(ref reader), reader.Int64()),
            66 => new PromiseReply(reader.Ballot(), reader.Ballot(), RegisterStateCodec.ReadOptional(ref reader)),
            67 => new AcceptedReply(reader.Ballot()),
            68 => new HoldingReply(reader.Int64(), reader.Ballot(), RegisterStateCodec.ReadOptional(ref reader)),
            69 => new HeartbeatReply(ReadAlive(ref reader)),
            70 => new ReadReply(RegisterStateCodec.Read(ref reader)),
            71 => new RefusedReply(reader.Ballot(), reader.Ballot()),
            72 => new RejectedReply(reader.Text()),
            _ => throw new InvalidDataException($"there is no reply of kind {kind}"),
        };
        reader.End();
        return reply;
    }

    private static Opened Open(ReadOnlySpan<byte> frame)
    {
        var reader = new WireReader(frame);
        if (reader.Byte() != Magic)
        {
            throw new InvalidDataException("this is no frame of a register");
        }

        var version = reader.Byte();
        if (version != Version)
        {
            throw new InvalidDataException($"the frame is of version {version}; this program speaks {Version}");
        }

        var kind = reader.Byte();
        var clusterId = reader.Text();
        return new Opened(reader, kind, clusterId);
    }

    private static ImmutableArray<SiloTime> ReadAlive(ref WireReader reader)
    {
        var alive = ImmutableArray.CreateBuilder<SiloTime>();
        for (var left = reader.Count(12); left > 0; left--)
        {
            var silo = reader.Text();
            alive.Add(new SiloTime(silo, reader.Int64()));
        }

        return alive.ToImmutable();
    }

    private readonly ref struct Opened(WireReader reader, byte kind, string clusterId)
    {
        private readonly WireReader _reader = reader;

        public void Deconstruct(out WireReader reader, out byte kind, out string clusterId)
        {
            reader = _reader;
            kind = Kind;
            clusterId = ClusterId;
        }

        private byte Kind { get; } = kind;

        private string ClusterId { get; } = clusterId;
    }
}
