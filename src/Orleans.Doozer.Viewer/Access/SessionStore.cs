using System.Security.Claims;
using System.Security.Cryptography;

namespace Orleans.Doozer.Viewer.Access;

/// <summary>
/// The sessions, in memory. Their names are random and the cookie's whole content, so signing out ends a session everywhere. There are
/// at most <see cref="MaxSessions"/>; the oldest ends when another begins.
/// </summary>
internal sealed class SessionStore(DoozerViewerOptions options, TimeProvider time) : IDisposable
{
    public const int MaxSessions = 1000;
    private const int NameBytes = 32;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Session> _sessions = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();

    /// <summary>Makes a principal for a new session: a name that cannot be guessed, and what it may do.</summary>
    public static ClaimsPrincipal CreatePrincipal(AccessLevel level)
    {
        var name = Convert.ToHexString(RandomNumberGenerator.GetBytes(NameBytes));
        Claim[] claims = [new(ClaimTypes.NameIdentifier, name), new(ClaimTypes.Role, level.ToString())];
        return new(new ClaimsIdentity(claims, SessionHandler.SchemeName));
    }

    /// <summary>Whose request it is, by its session; null without one.</summary>
    public static Caller? FindCaller(ClaimsPrincipal principal) =>
        NameOf(principal) is { } name && Enum.TryParse<AccessLevel>(principal.FindFirstValue(ClaimTypes.Role), out var level)
            ? new(level, name)
            : null;

    /// <summary>The name of a session.</summary>
    public static string? NameOf(ClaimsPrincipal principal) => principal.FindFirstValue(ClaimTypes.NameIdentifier);

    /// <summary>Begins a session.</summary>
    public void Begin(ClaimsPrincipal principal)
    {
        var name = NameOf(principal) ?? throw new ArgumentException("it has no name", nameof(principal));
        lock (_lock)
        {
            _sessions.Add(name, new(principal, new CancellationTokenSource(options.SessionTime, time)));
            _order.Enqueue(name);
            while (_order.Count > MaxSessions)
            {
                Remove(_order.Dequeue());
            }
        }
    }

    /// <summary>Who began a session; null when there is none of that name any more.</summary>
    public ClaimsPrincipal? Find(string name)
    {
        lock (_lock)
        {
            return _sessions.TryGetValue(name, out var session) && !session.End.IsCancellationRequested ? session.Principal : null;
        }
    }

    /// <summary>Cancelled when a session ends.</summary>
    public CancellationToken EndOf(string name)
    {
        lock (_lock)
        {
            return _sessions.TryGetValue(name, out var session) ? session.End.Token : new CancellationToken(canceled: true);
        }
    }

    /// <summary>Ends a session, if there is one of that name.</summary>
    public void End(string name)
    {
        lock (_lock)
        {
            Remove(name);
        }
    }

    /// <inheritdoc/>
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

    // A name whose session has ended stays in the order until it is the oldest: there are no more than MaxSessions of those either.
    private void Remove(string name)
    {
        if (_sessions.Remove(name, out var session))
        {
            // Not disposed: a page that is just connecting may hold its token. Cancelled it holds no timer.
            _ = session.End.CancelAsync();
        }
    }

    private sealed record Session(ClaimsPrincipal Principal, CancellationTokenSource End);
}
