using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http;

namespace Orleans.Doozer.Viewer.Access;

/// <summary>
/// Says for each request whose it is, and refuses what is not allowed: unknown names, other machines, foreign pages, forged requests,
/// missing rights. After routing and the cookie's authentication, before every route.
/// </summary>
internal sealed class AccessGuard(
    RequestDelegate next, Rights rights, KnownHosts hosts, SignInLimiter limiter, IAntiforgery antiforgery)
{
    private const string BearerScheme = "Bearer ";

    public async Task InvokeAsync(HttpContext context)
    {
        var metadata = context.GetEndpoint()?.Metadata;
        if (metadata?.GetMetadata<Probe>() is not null)
        {
            await next(context);
            return;
        }

        hosts.Require(context.Request.Host);
        if (!rights.CanSignIn && !rights.IsNear(context))
        {
            throw ViewerException.Forbidden(
                "remote", "without secrets this page is for the machine itself; set DOOZER_RWSECRET or DOOZER_ROSECRET, or allow others with --web-remote");
        }

        var bearer = FindBearer(context);
        var caller = bearer ?? SessionStore.FindCaller(context.User) ?? rights.Anonymous(context);
        context.Features.Set(caller);
        await RequireOwnPageAsync(context, isProgram: bearer is not null);
        RequireRights(caller, metadata?.GetMetadata<Needs>()?.Level ?? AccessLevel.None);
        await next(context);
    }

    private Caller? FindBearer(HttpContext context)
    {
        var header = context.Request.Headers.Authorization.ToString();
        if (!header.StartsWith(BearerScheme, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var address = context.Connection.RemoteIpAddress;
        limiter.Peek(address);
        var level = rights.LevelOf(header[BearerScheme.Length..]);
        if (level == AccessLevel.None)
        {
            limiter.Take(address);
            throw new ViewerException(StatusCodes.Status401Unauthorized, "signIn", "the bearer is none of the secrets");
        }

        return new(level, null);
    }

    /// <summary>A browser sends cookies along with what foreign pages make it send.</summary>
    private async Task RequireOwnPageAsync(HttpContext context, bool isProgram)
    {
        var request = context.Request;
        var changes = !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method);
        if (!changes && !context.WebSockets.IsWebSocketRequest)
        {
            return;
        }

        // Only the name is compared: where a proxy ends TLS, the page came by https and the request comes by http.
        var origin = request.Headers.Origin.ToString();
        if (origin.Length > 0
            && !(Uri.TryCreate(origin, UriKind.Absolute, out var page)
                && page.Authority.Equals(request.Host.Value, StringComparison.OrdinalIgnoreCase)))
        {
            throw ViewerException.Forbidden("origin", "the request came from a page of another site");
        }

        if (changes && !isProgram && !await antiforgery.IsRequestValidAsync(context))
        {
            throw ViewerException.Forbidden(
                "csrf", $"the header {ViewerHost.CsrfHeader} is missing or old; take the csrf of GET /api/session");
        }
    }

    private static void RequireRights(Caller caller, AccessLevel needed)
    {
        if (caller.Level >= needed)
        {
            return;
        }

        throw caller.Level == AccessLevel.None
            ? new ViewerException(StatusCodes.Status401Unauthorized, "signIn", "sign in with a secret of this node")
            : ViewerException.Forbidden("readOnly", "this needs the read-write secret: set DOOZER_RWSECRET and sign in with it");
    }
}
