using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace Orleans.Doozer.Viewer.Access;

/// <summary>
/// The sessions, in memory: the cookie holds the name of one only, so that signing out ends it everywhere. There are at most
/// <see cref="MaxSessions"/>; the oldest ends when another begins.
/// </summary>
internal sealed class SessionStore(TimeProvider time) : ITicketStore, IDisposable
{
    public const int MaxSessions = 1000;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Session> _sessions = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();

    /// <summary>Who signed in: a principal with a session's name, not guessable, and what it may do.</summary>
    public static ClaimsPrincipal CreatePrincipal(AccessLevel level)
    {
        var name = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
        Claim[] claims = [new(ClaimTypes.NameIdentifier, name), new(ClaimTypes.Role, level.ToString())];
        return new(new ClaimsIdentity(claims, CookieAuthenticationDefaults.AuthenticationScheme));
    }

    /// <summary>Whose request it is, by its session.</summary>
    public static Caller? FindCaller(ClaimsPrincipal principal) =>
        principal.Identity?.IsAuthenticated == true && principal.FindFirstValue(ClaimTypes.NameIdentifier) is { } name
            && Enum.TryParse<AccessLevel>(principal.FindFirstValue(ClaimTypes.Role), out var level)
            ? new(level, name)
            : null;

    /// <summary>Cancelled when a session ends.</summary>
    public CancellationToken EndOf(string session)
    {
        lock (_lock)
        {
            return _sessions.TryGetValue(session, out var found) ? found.End.Token : new CancellationToken(canceled: true);
        }
    }

    public Task<string> StoreAsync(AuthenticationTicket ticket)
    {
        var name = ticket.Principal.FindFirstValue(ClaimTypes.NameIdentifier)!;
        lock (_lock)
        {
            var lasts = (ticket.Properties.ExpiresUtc ?? time.GetUtcNow()) - time.GetUtcNow();
            _sessions.Add(name, new(ticket, new CancellationTokenSource(lasts, time)));
            _order.Enqueue(name);
            while (_order.Count > MaxSessions)
            {
                End(_order.Dequeue());
            }
        }

        return Task.FromResult(name);
    }

    public Task<AuthenticationTicket?> RetrieveAsync(string key)
    {
        lock (_lock)
        {
            return Task.FromResult(
                _sessions.TryGetValue(key, out var session) && !session.End.IsCancellationRequested ? session.Ticket : null);
        }
    }

    public Task RenewAsync(string key, AuthenticationTicket ticket) =>
        throw new NotSupportedException("a session is not prolonged: sliding expiration is off");

    public Task RemoveAsync(string key)
    {
        lock (_lock)
        {
            End(key);
        }

        return Task.CompletedTask;
    }

    public void Dispose()
    {
        lock (_lock)
        {
            foreach (var session in _sessions.Values)
            {
                session.End.Dispose();
            }

            _sessions.Clear();
        }
    }

    // A name whose session was removed stays in the order until it is the oldest: no more than MaxSessions of both.
    private void End(string name)
    {
        if (_sessions.Remove(name, out var session))
        {
            _ = EndAsync(session.End);
        }
    }

    private static async Task EndAsync(CancellationTokenSource end)
    {
        await end.CancelAsync();
        end.Dispose();
    }

    private sealed record Session(AuthenticationTicket Ticket, CancellationTokenSource End);
}
