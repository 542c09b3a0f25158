using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orleans.Doozer.Viewer.Access;
using Orleans.Doozer.Viewer.Api;

namespace Orleans.Doozer.Viewer.Feeds;

/// <summary>The feeds, once each: for scripts, and for a page that has no socket yet.</summary>
internal sealed class FeedRoutes(ViewerNode node, ClusterFeed cluster, Series series)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/cluster", ClusterAsync).WithMetadata(Needs.Read);
        routes.MapGet("/api/series", () => TypedResults.Json(series.After(0), ViewerJson.Shapes.SeriesFrame)).WithMetadata(Needs.Read);
    }

    private async Task<IResult> ClusterAsync() => TypedResults.Json(
        await cluster.ReadAsync(node.State.Serving ?? node.Require()), ViewerJson.Shapes.ClusterFrame);
}
