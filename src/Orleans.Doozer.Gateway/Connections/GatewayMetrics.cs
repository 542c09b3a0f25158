using System.Diagnostics.Metrics;

namespace Orleans.Doozer.Gateway.Connections;

/// <summary>The gateway's numbers, under the meter <c>Orleans.Doozer.Gateway</c>.</summary>
internal sealed class GatewayMetrics
{
    public const string MeterName = "Orleans.Doozer.Gateway";
    public const string WalkStepsName = "doozer.gateway.walk.steps";
    public const string ConnectionsName = "doozer.gateway.connections";
    public const string RequestsName = "doozer.gateway.requests";

    public GatewayMetrics(IMeterFactory factory)
    {
        var meter = factory.Create(MeterName);
        Connections = meter.CreateUpDownCounter<int>(ConnectionsName, description: "Clients that are connected.");
        Requests = meter.CreateCounter<long>(RequestsName, description: "Requests that arrived.");
        WalkSteps = meter.CreateCounter<long>(WalkStepsName, description: "Files that walks have looked up.");
    }

    public UpDownCounter<int> Connections { get; }

    public Counter<long> Requests { get; }

    public Counter<long> WalkSteps { get; }
}
