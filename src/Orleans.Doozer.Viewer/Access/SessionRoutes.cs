using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Orleans.Doozer.Viewer.Api;

namespace Orleans.Doozer.Viewer.Access;

/// <summary>Signing in and out, and what the page must know first.</summary>
internal sealed class SessionRoutes(
    ViewerNode node, Rights rights, SignInLimiter limiter, IAntiforgery antiforgery)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        // As delegates: a method of an HttpContext alone would be taken for one that answers by itself.
        routes.MapGet("/api/session", (Delegate)Get);
        routes.MapPost("/api/session", (Delegate)SignInAsync);
        routes.MapDelete("/api/session", (Delegate)SignOutAsync);
    }

    /// <summary>How the node stands, as far as the caller may know.</summary>
    public SessionInfo Describe(Caller caller, string? csrf)
    {
        var state = node.State;
        var info = new SessionInfo
        {
            Access = Name(caller.Level),
            SignedIn = caller.Session is not null,
            CanSignIn = rights.CanSignIn,
            Csrf = csrf,
            State = state.Name,
        };
        if (caller.Level == AccessLevel.None)
        {
            return info;
        }

        info = info with { Reason = state.Reason };
        if (state.Serving is not { } serving)
        {
            return info;
        }

        var status = serving.Store.Status;
        return info with
        {
            Node = status.Node.Value,
            Store = status.Store,
            ClusterName = status.ClusterName,
            ClusterId = status.ClusterId,
            Address = status.Address,
            Version = status.Version,
            Revision = status.Revision.Value,
            OldestRevision = status.OldestRevision.Value,
            MaxValueBytes = serving.Options.MaxValueBytes,
        };
    }

    private static string Name(AccessLevel level) => level switch
    {
        AccessLevel.Write => "write",
        AccessLevel.Read => "read",
        _ => "none",
    };

    private JsonHttpResult<SessionInfo> Get(HttpContext context) => Answer(context, context.Features.GetRequiredFeature<Caller>());

    private async Task<IResult> SignInAsync(HttpContext context)
    {
        limiter.Take(context.Connection.RemoteIpAddress);
        var body = await ViewerJson.ReadAsync(context.Request, ViewerJson.Shapes.SignIn);
        var level = rights.LevelOf(body.Secret);
        if (level == AccessLevel.None)
        {
            throw new ViewerException(StatusCodes.Status401Unauthorized, "signIn", "this is none of the node's secrets");
        }

        var principal = SessionStore.CreatePrincipal(level);
        await context.SignInAsync(principal);
        context.User = principal;
        return Answer(context, SessionStore.FindCaller(principal)!);
    }

    private async Task<IResult> SignOutAsync(HttpContext context)
    {
        await context.SignOutAsync();
        context.User = new();
        return Answer(context, rights.Anonymous(context));
    }

    private JsonHttpResult<SessionInfo> Answer(HttpContext context, Caller caller) =>
        TypedResults.Json(Describe(caller, antiforgery.GetAndStoreTokens(context).RequestToken), ViewerJson.Shapes.SessionInfo);
}
