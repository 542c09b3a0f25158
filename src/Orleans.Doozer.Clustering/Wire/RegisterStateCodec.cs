using System.Collections.Immutable;
using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.Clustering;

/// <summary>The register's value as bytes. The version byte of what carries it (votes or frame) says which layout this is.</summary>
internal static class RegisterStateCodec
{
    public static void Write(WireWriter writer, Ballot ballot)
    {
        writer.Int64(ballot.Round);
        writer.Text(ballot.Node.Value);
    }

    public static void WriteOptional(WireWriter writer, RegisterState? state)
    {
        writer.Byte(state is null ? (byte)0 : (byte)1);
        if (state is not null)
        {
            Write(writer, state);
        }
    }

    public static RegisterState? ReadOptional(ref WireReader reader) => reader.Byte() switch
    {
        0 => null,
        1 => Read(ref reader),
        _ => throw new InvalidDataException("a value is neither there nor missing"),
    };

    public static void Write(WireWriter writer, RegisterState state)
    {
        writer.Int64(state.Number);
        writer.Int32(state.TableVersion);
        writer.Text(state.TableEtag);
        writer.Int32(state.Rows.Count);
        foreach (var row in state.Rows.Values)
        {
            WriteRow(writer, row);
        }

        writer.Int64(state.AcceptorsVersion);
        WritePeers(writer, state.Acceptors);
        writer.Int32(state.Recent.Length);
        foreach (var mark in state.Recent)
        {
            writer.Int64(mark);
        }
    }

    public static RegisterState Read(ref WireReader reader)
    {
        var number = reader.Int64();
        var version = reader.Int32();
        var etag = reader.Text();
        var rows = ImmutableSortedDictionary.CreateBuilder<string, MembershipRow>(StringComparer.Ordinal);
        for (var left = reader.Count(40); left > 0; left--)
        {
            var row = ReadRow(ref reader);
            rows[row.Silo] = row;
        }

        var acceptorsVersion = reader.Int64();
        var acceptors = ReadPeers(ref reader);
        if (acceptors.IsEmpty)
        {
            throw new InvalidDataException("a value names no acceptors");
        }

        var recent = ImmutableArray.CreateBuilder<long>();
        for (var left = reader.Count(8); left > 0; left--)
        {
            recent.Add(reader.Int64());
        }

        return new RegisterState(number, version, etag, rows.ToImmutable(), acceptorsVersion, acceptors, recent.ToImmutable());
    }

    public static void WritePeers(WireWriter writer, ImmutableArray<RegisterPeer> peers)
    {
        writer.Int32(peers.Length);
        foreach (var peer in peers)
        {
            writer.Text(peer.Node.Value);
            writer.Text(peer.Address);
        }
    }

    public static ImmutableArray<RegisterPeer> ReadPeers(ref WireReader reader)
    {
        var peers = ImmutableArray.CreateBuilder<RegisterPeer>();
        for (var left = reader.Count(8); left > 0; left--)
        {
            var node = reader.Node();
            peers.Add(new RegisterPeer(node, reader.Text()));
        }

        return peers.ToImmutable();
    }

    private static void WriteRow(WireWriter writer, MembershipRow row)
    {
        writer.Text(row.Silo);
        writer.Text(row.Etag);
        writer.Int32(row.Status);
        writer.Text(row.SiloName);
        writer.Text(row.HostName);
        writer.Text(row.RoleName);
        writer.Int32(row.ProxyPort);
        writer.Int32(row.UpdateZone);
        writer.Int32(row.FaultZone);
        writer.Int64(row.StartTicks);
        writer.Int64(row.IAmAliveTicks);
        writer.Byte(row.Suspects is null ? (byte)0 : (byte)1);
        writer.Int32(row.Suspects?.Length ?? 0);
        foreach (var vote in row.Suspects ?? [])
        {
            writer.Text(vote.Silo);
            writer.Int64(vote.Ticks);
        }
    }

    private static MembershipRow ReadRow(ref WireReader reader)
    {
        var row = new MembershipRow(
            reader.Text(), reader.Text(), reader.Int32(), reader.OptionalText(), reader.OptionalText(), reader.OptionalText(),
            reader.Int32(), reader.Int32(), reader.Int32(), reader.Int64(), reader.Int64(), null);
        var present = reader.Byte() != 0;
        var votes = ImmutableArray.CreateBuilder<SiloTime>();
        for (var left = reader.Count(12); left > 0; left--)
        {
            var silo = reader.Text();
            votes.Add(new SiloTime(silo, reader.Int64()));
        }

        return present ? row with { Suspects = votes.ToImmutable() } : row;
    }
}
