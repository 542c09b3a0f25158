using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Orleans.Doozer.Viewer.Pages;

/// <summary>The page, under every address that it gives its views; and its files.</summary>
internal sealed class PageRoutes(EmbeddedFiles files)
{
    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];
    private static readonly string[] Views = ["/", "/tree/{**path}", "/events", "/history/{**path}", "/cluster", "/paxos", "/charts", "/signin"];

    public void Map(IEndpointRouteBuilder routes)
    {
        foreach (var view in Views)
        {
            routes.MapMethods(view, Methods, () => files.Index);
        }

        routes.MapMethods("/api", Methods, () => files.Api);
        routes.MapMethods("/{**name}", Methods, (string name) => files.Get(name));
    }
}
