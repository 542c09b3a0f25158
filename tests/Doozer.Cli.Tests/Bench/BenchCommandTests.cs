using System.Collections.Concurrent;
using System.Text.Json;
using Doozer.Cli.Tests.Support;
using Doozer.Cli.Wire;
using Orleans.Doozer.Protocol;

namespace Doozer.Cli.Tests.Bench;

public sealed class BenchCommandTests
{
    private readonly ConcurrentQueue<Request> requests = [];

    [Fact]
    public async Task Put_ByTotal_WritesSoManyAndSaysHowFast()
    {
        await using ScriptedPeer peer = Peer();

        CommandResult result = await CommandRun.OfAsync(
            "-a", peer.Uri, "bench", "put", "--total", "40", "--clients", "4", "--conns", "2", "--val-size", "3", "--key-size", "5",
            "--key-space-size", "10", "--warm-up", "0");

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Contains("put over tcp, 4 clients, 2 connections\n", result.Output, StringComparison.Ordinal);
        Assert.Contains("(40 in ", result.Output, StringComparison.Ordinal);
        Assert.Contains("errors: none", result.Output, StringComparison.Ordinal);
        Assert.Equal((40, 2), (requests.Count, peer.Connections));
        Assert.All(requests, request => Assert.Equal((DoozerVerb.Set, 3, -1L), (request.Verb, request.Value.Length, request.Rev)));
        Assert.All(requests, request => Assert.Matches("^/bench/0000[0-9]$", request.Path));
    }

    [Fact]
    public async Task Range_AsJson_WritesTheFilesFirstAndReadsThem()
    {
        await using ScriptedPeer peer = Peer();

        CommandResult result = await CommandRun.OfAsync(
            "-a", peer.Uri, "bench", "range", "--total", "20", "--key-space-size", "5", "--warm-up", "0", "--json");

        using JsonDocument document = JsonDocument.Parse(result.Output);
        Assert.Equal(0, result.ExitCode);
        Assert.Equal("range linearizable", document.RootElement.GetProperty("workload").GetString());
        Assert.Equal(20, document.RootElement.GetProperty("operations").GetInt64());
        Assert.True(document.RootElement.GetProperty("latency").GetProperty("p99").GetDouble() > 0);
        Assert.Equal(5, requests.Where(request => request.Verb == DoozerVerb.Set).Select(request => request.Path).Distinct().Count());
        Assert.Equal(20, requests.Count(request => request.Verb == DoozerVerb.Get));
    }

    [Fact]
    public async Task Put_Refused_IsCountedAndNoSuccess()
    {
        await using ScriptedPeer peer = ScriptedPeer.Answering(_ => new Response { ErrCode = ServerError.ReadOnly });

        CommandResult result = await CommandRun.OfAsync("-a", peer.Uri, "bench", "put", "--total", "3", "--warm-up", "0");

        Assert.Equal((2, ""), (result.ExitCode, result.Error));
        Assert.Contains($"errors: 3 {ServerError.Name(ServerError.ReadOnly)}", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bench: \"fly\" is none of put, range, watch, watch-latency", "fly")]
    [InlineData("--clients: \"0\" is no whole number from 1 to 100000", "put", "--clients", "0")]
    [InlineData("--clients: \"many\" is no whole number from 1 to 100000", "put", "--clients", "many")]
    [InlineData("--val-size: \"9999999\" is no whole number from 0 to 1048576", "put", "--val-size", "9999999")]
    [InlineData("--duration: \"10\" is no time; write it like 10s or 1m30s", "put", "--duration", "10")]
    [InlineData("bench: unknown option: --force", "put", "--force")]
    public async Task Misuse_AnyKind_IsOneLineWithAHint(string line, params string[] arguments)
    {
        CommandResult result = await CommandRun.OfAsync(["bench", .. arguments]);

        Assert.Equal((2, $"Error: {line}; run 'doozer help bench'\n", ""), (result.ExitCode, result.Error, result.Output));
    }

    [Fact]
    public async Task Server_ThatIsNotThere_IsNamed()
    {
        string dead = ScriptedPeer.DeadAddress();

        CommandResult result = await CommandRun.OfAsync("-a", $"doozer:?ca={dead}", "bench", "put");

        Assert.Equal(2, result.ExitCode);
        Assert.StartsWith($"Error: cannot connect to {dead}: ", result.Error, StringComparison.Ordinal);
        Assert.Single(result.Error.TrimEnd().Split('\n'));
    }

    private ScriptedPeer Peer() => ScriptedPeer.Answering(request =>
    {
        requests.Enqueue(request);
        return new Response { Rev = 7 };
    });
}
