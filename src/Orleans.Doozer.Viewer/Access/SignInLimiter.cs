using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;

namespace Orleans.Doozer.Viewer.Access;

/// <summary>
/// How many secrets one address may try. Addresses share a fixed number of counters, so an attacker with many of them costs no memory;
/// all addresses of an IPv6 network of 64 bits are one.
/// </summary>
internal sealed class SignInLimiter : IDisposable
{
    private const int Counters = 1024;
    private readonly PartitionedRateLimiter<IPAddress> _limiter;

    public SignInLimiter(DoozerViewerOptions options) =>
        _limiter = PartitionedRateLimiter.Create<IPAddress, int>(address => RateLimitPartition.GetFixedWindowLimiter(
            Counter(address),
            _ => new FixedWindowRateLimiterOptions
            {
                PermitLimit = options.SignInsPerMinute,
                Window = TimeSpan.FromMinutes(1),
                QueueLimit = 0,
            }));

    /// <summary>Counts a try.</summary>
    /// <exception cref="ViewerException">There were too many.</exception>
    public void Take(IPAddress? address) => Require(address, 1);

    /// <summary>Looks whether another try would be allowed.</summary>
    /// <exception cref="ViewerException">It would not.</exception>
    public void Peek(IPAddress? address) => Require(address, 0);

    public void Dispose() => _limiter.Dispose();

    private void Require(IPAddress? address, int tries)
    {
        using var lease = _limiter.AttemptAcquire(address ?? IPAddress.None, tries);
        if (!lease.IsAcquired)
        {
            throw new ViewerException(StatusCodes.Status429TooManyRequests, "tooMany", "too many tries from your address; wait and try again")
            {
                RetryAfter = lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : TimeSpan.FromMinutes(1),
            };
        }
    }

    private static int Counter(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        var bytes = plain.GetAddressBytes().AsSpan();
        var hash = default(HashCode);
        hash.AddBytes(plain.AddressFamily == AddressFamily.InterNetworkV6 ? bytes[..8] : bytes);
        return (hash.ToHashCode() & int.MaxValue) % Counters;
    }
}
