using System.Security.Cryptography;
using System.Text;

namespace Orleans.Doozer.Runtime.Access;

/// <summary>What a secret allows.</summary>
/// <param name="CanRead">Reading.</param>
/// <param name="CanWrite">Writing.</param>
public readonly record struct SecretRights(bool CanRead, bool CanWrite);

/// <summary>The two secrets of a node, kept as hashes. A secret that is not set is the empty one.</summary>
public sealed class StoreSecrets(string? readWriteSecret, string? readOnlySecret)
{
    private readonly byte[] _readWrite = Hash(readWriteSecret);
    private readonly byte[] _readOnly = Hash(readOnlySecret);

    /// <summary>Whether there is a read-write secret.</summary>
    public bool HasReadWrite { get; } = !string.IsNullOrEmpty(readWriteSecret);

    /// <summary>Whether there is a read-only secret.</summary>
    public bool HasReadOnly { get; } = !string.IsNullOrEmpty(readOnlySecret);

    /// <summary>What a secret allows. Both are always compared, as hashes of one length, so the time tells neither which part was
    /// right nor how long the secret is.</summary>
    public SecretRights Match(ReadOnlySpan<byte> secret)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(secret, hash);
        var isReadWrite = CryptographicOperations.FixedTimeEquals(hash, _readWrite);
        var isReadOnly = CryptographicOperations.FixedTimeEquals(hash, _readOnly);
        return new(isReadWrite | isReadOnly, isReadWrite);
    }

    private static byte[] Hash(string? secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret ?? ""));
}
