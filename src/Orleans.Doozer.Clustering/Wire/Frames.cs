using System.Collections.Immutable;
using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.Clustering;

/// <summary>Asks a listener who it is; the one request that needs no cluster id.</summary>
public sealed record HelloRequest : RegisterRequest;

/// <summary>Who a listener is.</summary>
/// <param name="ClusterId">Its cluster; empty while it has joined none.</param>
/// <param name="ClusterName">The cluster's name.</param>
/// <param name="Node">The node.</param>
/// <param name="KnownVersion">The version of the acceptor set that it knows.</param>
/// <param name="KnownAcceptors">That set: a hint where to look.</param>
public sealed record WelcomeReply(
    string ClusterId, string ClusterName, NodeId Node, long KnownVersion, ImmutableArray<RegisterPeer> KnownAcceptors) : RegisterReply;

/// <summary>Notes that silos are alive, and asks for all that were noted. Beside the register: in memory, and best effort.</summary>
public sealed record HeartbeatRequest(ImmutableArray<SiloTime> Alive) : RegisterRequest;

/// <summary>The silos that were noted alive, and when.</summary>
public sealed record HeartbeatReply(ImmutableArray<SiloTime> Alive) : RegisterReply;

/// <summary>Asks a node to read the register for a client that counts no votes itself.</summary>
public sealed record ReadRequest : RegisterRequest;

/// <summary>The decided value.</summary>
public sealed record ReadReply(RegisterState State) : RegisterReply;

/// <summary>
/// What travels in one frame: magic, version, kind, cluster, body. A frame follows its length as a 32-bit little-endian number.
/// </summary>
internal static class Frames
{
    /// <summary>A table of some thousand rows; nothing larger is read, or allocated for.</summary>
    public const int Limit = 4 * 1024 * 1024;

    private const byte Magic = 0xD2;
    private const byte Version = 1;

    public static ReadOnlyMemory<byte> Encode(string clusterId, RegisterRequest request)
    {
        var writer = Begin(KindOf(request), clusterId);
        switch (request)
        {
            case PrepareRequest prepare:
                RegisterStateCodec.Write(writer, prepare.Ballot);
                break;
            case AcceptRequest accept:
                RegisterStateCodec.Write(writer, accept.Ballot);
                RegisterStateCodec.Write(writer, accept.State);
                break;
            case QueryRequest query:
                writer.Int64(query.Id);
                break;
            case HeartbeatRequest heartbeat:
                WriteAlive(writer, heartbeat.Alive);
                break;
        }

        return writer.Written;
    }

    public static ReadOnlyMemory<byte> Encode(string clusterId, RegisterReply reply)
    {
        var writer = Begin(KindOf(reply), clusterId);
        switch (reply)
        {
            case PromiseReply promise:
                RegisterStateCodec.Write(writer, promise.Ballot);
                RegisterStateCodec.Write(writer, promise.AcceptedBallot);
                RegisterStateCodec.WriteOptional(writer, promise.Accepted);
                break;
            case AcceptedReply accepted:
                RegisterStateCodec.Write(writer, accepted.Ballot);
                break;
            case RefusedReply refused:
                RegisterStateCodec.Write(writer, refused.Ballot);
                RegisterStateCodec.Write(writer, refused.Promised);
                break;
            case HoldingReply holding:
                writer.Int64(holding.Id);
                RegisterStateCodec.Write(writer, holding.AcceptedBallot);
                RegisterStateCodec.WriteOptional(writer, holding.Accepted);
                break;
            case RejectedReply rejected:
                writer.Text(rejected.Reason);
                break;
            case WelcomeReply welcome:
                writer.Text(welcome.ClusterId);
                writer.Text(welcome.ClusterName);
                writer.Text(welcome.Node.Value);
                writer.Int64(welcome.KnownVersion);
                RegisterStateCodec.WritePeers(writer, welcome.KnownAcceptors);
                break;
            case HeartbeatReply heartbeat:
                WriteAlive(writer, heartbeat.Alive);
                break;
            case ReadReply read:
                RegisterStateCodec.Write(writer, read.State);
                break;
        }

        return writer.Written;
    }

    public static (string ClusterId, RegisterRequest Request) DecodeRequest(ReadOnlySpan<byte> frame)
    {
        var (reader, kind, clusterId) = Open(frame);
        RegisterRequest request = kind switch
        {
            1 => new HelloRequest(),
            2 => new PrepareRequest(reader.Ballot()),
            3 => new AcceptRequest(reader.Ballot(), RegisterStateCodec.Read(ref reader)),
            4 => new QueryRequest(reader.Int64()),
            5 => new HeartbeatRequest(ReadAlive(ref reader)),
            6 => new ReadRequest(),
            _ => throw new InvalidDataException($"there is no request of kind {kind}"),
        };
        reader.End();
        return (clusterId, request);
    }

    public static RegisterReply DecodeReply(ReadOnlySpan<byte> frame)
    {
        var (reader, kind, _) = Open(frame);
        RegisterReply reply = kind switch
        {
            65 => new WelcomeReply(
                reader.Text(), reader.Text(), reader.Node(), reader.Int64(), RegisterStateCodec.ReadPeers(ref reader)),
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

    private static byte KindOf(RegisterRequest request) => request switch
    {
        HelloRequest => 1,
        PrepareRequest => 2,
        AcceptRequest => 3,
        QueryRequest => 4,
        HeartbeatRequest => 5,
        ReadRequest => 6,
        _ => throw new InvariantViolationException($"{request.GetType().Name} has no kind"),
    };

    private static byte KindOf(RegisterReply reply) => reply switch
    {
        WelcomeReply => 65,
        PromiseReply => 66,
        AcceptedReply => 67,
        HoldingReply => 68,
        HeartbeatReply => 69,
        ReadReply => 70,
        RefusedReply => 71,
        RejectedReply => 72,
        _ => throw new InvariantViolationException($"{reply.GetType().Name} has no kind"),
    };

    private static WireWriter Begin(byte kind, string clusterId)
    {
        var writer = new WireWriter();
        writer.Byte(Magic);
        writer.Byte(Version);
        writer.Byte(kind);
        writer.Text(clusterId);
        return writer;
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

    private static void WriteAlive(WireWriter writer, ImmutableArray<SiloTime> alive)
    {
        writer.Int32(alive.Length);
        foreach (var silo in alive)
        {
            writer.Text(silo.Silo);
            writer.Int64(silo.Ticks);
        }
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
