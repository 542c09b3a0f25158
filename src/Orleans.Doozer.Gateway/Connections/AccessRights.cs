using System.Security.Cryptography;
using System.Text;

namespace Orleans.Doozer.Gateway.Connections;

/// <summary>
/// What a connection may do. Rights are only ever added. It begins as if the client had sent the empty secret, and a secret that is
/// not set is the empty one: so with no secrets everything is allowed, and with a read-write secret only, reading is.
/// </summary>
/// <remarks>Used by the connection's reading loop alone: rights are judged in the order in which requests arrive.</remarks>
internal sealed class AccessRights
{
    private readonly byte[] _readWrite;
    private readonly byte[] _readOnly;

    public AccessRights(string? readWriteSecret, string? readOnlySecret)
    {
        _readWrite = SHA256.HashData(Encoding.UTF8.GetBytes(readWriteSecret ?? ""));
        _readOnly = SHA256.HashData(Encoding.UTF8.GetBytes(readOnlySecret ?? ""));
        TryGrant([]);
        Failures = 0;
    }

    /// <summary>Whether GET, WAIT and the other reads are allowed.</summary>
    public bool CanRead { get; private set; }

    /// <summary>Whether SET, DEL and NOP are allowed.</summary>
    public bool CanWrite { get; private set; }

    /// <summary>How many wrong secrets came.</summary>
    public int Failures { get; private set; }

    /// <summary>Adds the rights of a secret; false when it is none of the two. Both are always compared, as hashes of one length, so
    /// the time tells neither which part was right nor how long the secret is.</summary>
    public bool TryGrant(ReadOnlySpan<byte> secret)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(secret, hash);
        var isReadWrite = CryptographicOperations.FixedTimeEquals(hash, _readWrite);
        var isReadOnly = CryptographicOperations.FixedTimeEquals(hash, _readOnly);
        CanWrite |= isReadWrite;
        CanRead |= isReadWrite | isReadOnly;
        Failures += isReadWrite | isReadOnly ? 0 : 1;
        return isReadWrite | isReadOnly;
    }
}
