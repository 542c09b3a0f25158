using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Orleans.Doozer.Runtime.Access;

namespace Orleans.Doozer.Viewer.Access;

/// <summary>What secrets and places allow.</summary>
internal sealed class Rights(DoozerViewerOptions options)
{
    private readonly StoreSecrets _secrets = new(options.ReadWriteSecret, options.ReadOnlySecret);

    /// <summary>Whether there is anything to sign in with.</summary>
    public bool CanSignIn => _secrets.HasReadOnly || _secrets.HasReadWrite;

    /// <summary>Whether the caller is near enough to read without signing in.</summary>
    public bool IsNear(HttpContext context) => options.AllowRemote || IsLocal(context);

    /// <summary>Who has not signed in. Nobody writes so, also where no secret is set.</summary>
    public Caller Anonymous(HttpContext context) =>
        new(!_secrets.HasReadOnly && IsNear(context) ? AccessLevel.Read : AccessLevel.None, null);

    /// <summary>What a secret signs in for. The empty one is none, though the store's own protocol takes it where none is set.</summary>
    public AccessLevel LevelOf(string? secret)
    {
        var rights = _secrets.Match(Encoding.UTF8.GetBytes(secret ?? ""));
        return string.IsNullOrEmpty(secret) ? AccessLevel.None
            : rights.CanWrite ? AccessLevel.Write
            : rights.CanRead ? AccessLevel.Read : AccessLevel.None;
    }

    /// <summary>A proxy on this machine makes everybody look local; one that says so is not believed to be.</summary>
    private static bool IsLocal(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address)
        && !context.Request.Headers.ContainsKey("X-Forwarded-For") && !context.Request.Headers.ContainsKey("Forwarded");
}
