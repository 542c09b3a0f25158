namespace Orleans.Doozer.Clustering;

/// <summary>
/// Votes as bytes, for whatever storage keeps them: a version, the votes, and a checksum over both.
/// </summary>
public static class RegisterVotesCodec
{
    private const byte Version = 1;

    /// <summary>The bytes of <paramref name="votes"/>.</summary>
    public static byte[] Encode(RegisterVotes votes)
    {
        var writer = new WireWriter();
        writer.Byte(Version);
        writer.Text(votes.Node.Value);
        writer.Text(votes.ClusterId);
        writer.Text(votes.ClusterName);
        RegisterStateCodec.Write(writer, votes.Promised);
        RegisterStateCodec.Write(writer, votes.AcceptedBallot);
        RegisterStateCodec.WriteOptional(writer, votes.Accepted);
        RegisterStateCodec.WritePeers(writer, votes.KnownAcceptors);
        writer.Int64(votes.KnownVersion);
        writer.Int64((long)Checksum(writer.Written.Span));
        return writer.Written.ToArray();
    }

    /// <summary>The votes in <paramref name="bytes"/>.</summary>
    /// <exception cref="InvalidDataException">They are damaged or of a later version: the node must stop, never guess.</exception>
    public static RegisterVotes Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 9)
        {
            throw new InvalidDataException("the register's votes are cut short");
        }

        var body = bytes[..^8];
        var tail = new WireReader(bytes[^8..]);
        if ((ulong)tail.Int64() != Checksum(body))
        {
            throw new InvalidDataException("the register's votes are damaged: their checksum is wrong");
        }

        var reader = new WireReader(body);
        var version = reader.Byte();
        if (version != Version)
        {
            throw new InvalidDataException($"the register's votes are of version {version}; this program knows {Version}");
        }

        var votes = new RegisterVotes(
            reader.Node(), reader.Text(), reader.Text(), reader.Ballot(), reader.Ballot(), RegisterStateCodec.ReadOptional(ref reader),
            RegisterStateCodec.ReadPeers(ref reader), reader.Int64());
        reader.End();
        return votes;
    }

    // FNV-1a finds torn and flipped bytes, which is what is asked; nobody forges the file of their own node.
    private static ulong Checksum(ReadOnlySpan<byte> bytes)
    {
        var hash = 14695981039346656037UL;
        foreach (var value in bytes)
        {
            hash = (hash ^ value) * 1099511628211UL;
        }

        return hash;
    }
}
