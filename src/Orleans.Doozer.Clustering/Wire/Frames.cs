using System.Collections.Immutable;
using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.Clustering;

/// <summary>
/// What travels in one frame: magic, version, kind, cluster, body. A frame follows its length as a 32-bit little-endian number.
/// </summary>
internal static partial class Frames
{
    /// <summary>A table of some thousand rows; nothing larger is read, or allocated for.</summary>
    public const int Limit = 4 * 1024 * 1024;

    private const byte Magic = 0xD2;
    private const byte Version = 1;

    public static ReadOnlyMemory<byte> Encode(string clusterId, NodeId to, RegisterRequest request)
    {
        var writer = Begin(KindOf(request), clusterId);
        writer.Text(to.Value);
        switch (request)
        {
            case HelloRequest hello:
                writer.Text(hello.Node.Value);
                writer.Text(hello.Address);
                break;
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
                writer.Int64(welcome.Instance);
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

    private static void WriteAlive(WireWriter writer, ImmutableArray<SiloTime> alive)
    {
        writer.Int32(alive.Length);
        foreach (var silo in alive)
        {
            writer.Text(silo.Silo);
            writer.Int64(silo.Ticks);
        }
    }
}
