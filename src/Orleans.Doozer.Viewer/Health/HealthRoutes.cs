using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Orleans.Doozer.Viewer.Access;

namespace Orleans.Doozer.Viewer.Health;

/// <summary><c>/livez</c> and <c>/readyz</c>, in the form that Kubernetes uses for its own.</summary>
internal static class HealthRoutes
{
    public const string Live = "livez";
    public const string Ready = "readyz";

    public static void Map(IEndpointRouteBuilder routes)
    {
        Map(routes, Live);
        Map(routes, Ready);
    }

    private static void Map(IEndpointRouteBuilder routes, string name) =>
        routes.MapHealthChecks("/" + name, new HealthCheckOptions
        {
            Predicate = check => check.Tags.Contains(name),
            ResponseWriter = (context, report) => WriteAsync(context, report, name),
        }).WithMetadata(Probe.Instance);

    private static Task WriteAsync(HttpContext context, HealthReport report, string name)
    {
        context.Response.ContentType = "text/plain; charset=utf-8";
        var passed = report.Status == HealthStatus.Healthy;
        if (passed && !context.Request.Query.ContainsKey("verbose"))
        {
            return context.Response.WriteAsync("ok", context.RequestAborted);
        }

        var text = new StringBuilder();
        foreach (var (check, entry) in report.Entries)
        {
            text.Append(entry.Status == HealthStatus.Healthy ? $"[+]{check} ok\n" : $"[-]{check} failed: {entry.Description}\n");
        }

        text.Append(name).Append(passed ? " check passed\n" : " check failed\n");
        return context.Response.WriteAsync(text.ToString(), context.RequestAborted);
    }
}
