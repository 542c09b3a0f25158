using Orleans.Doozer.Runtime.Access;

namespace Orleans.Doozer.Gateway.Connections;

/// <summary>
/// What a connection may do. Rights are only ever added. It begins as if the client had sent the empty secret, and a secret that is
/// not set is the empty one: so with no secrets everything is allowed, and with a read-write secret only, reading is.
/// </summary>
/// <remarks>Used by the connection's reading loop alone: rights are judged in the order in which requests arrive.</remarks>
internal sealed class AccessRights
{
    private readonly StoreSecrets _secrets;

    public AccessRights(string? readWriteSecret, string? readOnlySecret)
    {
        _secrets = new(readWriteSecret, readOnlySecret);
        TryGrant([]);
        Failures = 0;
    }

    /// <summary>Whether GET, WAIT and the other reads are allowed.</summary>
    public bool CanRead { get; private set; }

    /// <summary>Whether SET, DEL and NOP are allowed.</summary>
    public bool CanWrite { get; private set; }

    /// <summary>How many wrong secrets came.</summary>
    public int Failures { get; private set; }

    /// <summary>Adds the rights of a secret; false when it is none of the two.</summary>
    public bool TryGrant(ReadOnlySpan<byte> secret)
    {
        var rights = _secrets.Match(secret);
        CanWrite |= rights.CanWrite;
        CanRead |= rights.CanRead;
        Failures += rights.CanRead ? 0 : 1;
        return rights.CanRead;
    }
}
