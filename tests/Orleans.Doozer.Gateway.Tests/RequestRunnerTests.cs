using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Doozer.Gateway.Connections;
using Orleans.Doozer.Gateway.Protocol;
using Orleans.Doozer.Gateway.Tests.Support;
using Orleans.Doozer.Gateway.Verbs;
using Orleans.Doozer.Protocol;

namespace Orleans.Doozer.Gateway.Tests;

/// <summary>What the network's own delay would hide.</summary>
public sealed class RequestRunnerTests
{
    [Fact]
    public async Task Tag_UsedAgainTheMomentItsAnswerLeaves_IsFree()
    {
        await using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var metrics = new GatewayMetrics(services.GetRequiredService<IMeterFactory>());
        var answers = new List<Response>();
        var request = new IncomingRequest { Tag = 0, Verb = VerbTable.Self };
        RequestRunner runner = null!;
        runner = new(
            new(new SingleNodeStore(), new(), metrics),
            (answer, _) =>
            {
                answers.Add(answer);
                if (answers.Count == 1)
                {
                    // The quickest client there can be. SELF is answered before the call returns.
                    Assert.True(runner.StartAsync(request).AsTask().IsCompletedSuccessfully);
                }
            },
            metrics,
            NullLogger.Instance,
            "test");

        await runner.StartAsync(request);

        Assert.Equal([false, false], answers.Select(answer => answer.HasErrCode));
    }
}
