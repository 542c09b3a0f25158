using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Orleans.Doozer.Viewer.Access;

/// <summary>Knows a session by its cookie. Each signing in begins a session of its own and ends the one before: nobody who knew the old
/// cookie gets the new rights.</summary>
internal sealed class SessionHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> schemes, ILoggerFactory loggers, UrlEncoder encoder, SessionStore sessions,
    DoozerViewerOptions options)
    : SignInAuthenticationHandler<AuthenticationSchemeOptions>(schemes, loggers, encoder)
{
    public const string SchemeName = "session";

    /// <summary>A cookie that scripts and other sites cannot reach. Browsers send cookies to all ports of a host, so each view's have
    /// names of their own.</summary>
    public static void Describe(CookieBuilder cookie, DoozerViewerOptions options, string name)
    {
        var isSecure = options.Certificate is not null;
        cookie.Name = $"{(isSecure ? "__Host-" : "")}doozer-{name}-{options.Address.Port}";
        cookie.HttpOnly = true;
        cookie.SameSite = SameSiteMode.Strict;
        cookie.SecurePolicy = isSecure ? CookieSecurePolicy.Always : CookieSecurePolicy.None;
        cookie.Path = "/";
    }

    protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(
        Request.Cookies[Cookie.Name!] is { } name && sessions.Find(name) is { } principal
            ? AuthenticateResult.Success(new(principal, SchemeName))
            : AuthenticateResult.NoResult());

    protected override Task HandleSignInAsync(ClaimsPrincipal user, AuthenticationProperties? properties)
    {
        EndCurrent();
        sessions.Begin(user);
        Response.Cookies.Append(Cookie.Name!, SessionStore.NameOf(user)!, Cookie.Build(Context));
        return Task.CompletedTask;
    }

    protected override Task HandleSignOutAsync(AuthenticationProperties? properties)
    {
        EndCurrent();
        Response.Cookies.Delete(Cookie.Name!, Cookie.Build(Context));
        return Task.CompletedTask;
    }

    private CookieBuilder Cookie
    {
        get
        {
            var cookie = new CookieBuilder { MaxAge = options.SessionTime };
            Describe(cookie, options, "session");
            return cookie;
        }
    }

    private void EndCurrent()
    {
        if (Request.Cookies[Cookie.Name!] is { } name)
        {
            sessions.End(name);
        }
    }
}
