using Doozer.Cli.Tests.Support;
using Doozer.Cli.Wire;
using Orleans.Doozer.Protocol;

namespace Doozer.Cli.Tests;

public sealed class WriteTests
{
    private const string Advice = "; the change may or may not have been made, read before trying again\n";

    [Theory]
    [InlineData("set /x 0")]
    [InlineData("add /x")]
    [InlineData("del /x 3")]
    [InlineData("nop")]
    public async Task Write_ConnectionBreaksAfterSending_IsUnknownAndNotRepeated(string line)
    {
        await using var first = new ScriptedPeer(async connection => await connection.ReceiveAsync());
        await using var second = ScriptedPeer.Answering(_ => new Response { Rev = 1 });

        CommandResult result = await CommandRun.OfAsync(["-a", $"{first.Uri}&ca={second.Address}", .. line.Split(' ')]);

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Equal(
            $"Error: outcome unknown: the connection to {first.Address} broke: closed by the server{Advice}", result.Error);
        Assert.Equal((1, 0), (first.Connections, second.Connections));
    }

    [Fact]
    public async Task Touch_ConnectionBreaksInItsRead_GoesOnButInItsWriteIsUnknown()
    {
        await using var first = new ScriptedPeer(async connection => await connection.ExpectAsync(DoozerVerb.Get));
        await using var second = new ScriptedPeer(async connection =>
        {
            await connection.AnswerAsync(await connection.ExpectAsync(DoozerVerb.Get), new Response { Rev = 4 });
            await connection.ExpectAsync(DoozerVerb.Set);
        });

        CommandResult result = await CommandRun.OfAsync("-a", $"{first.Uri}&ca={second.Address}", "touch", "/x");

        Assert.Equal(2, result.ExitCode);
        Assert.StartsWith($"Error: outcome unknown: the connection to {second.Address} broke", result.Error, StringComparison.Ordinal);
        Assert.Equal((1, 1), (first.Connections, second.Connections));
    }

    [Fact]
    public async Task Write_AnsweredWithGarbage_IsUnknown()
    {
        await using var peer = new ScriptedPeer(async connection =>
        {
            await connection.ReceiveAsync();
            await connection.SendAsync(new byte[] { 0xff, 0, 0, 0 });
            await connection.WaitForClientToLeaveAsync();
        });

        CommandResult result = await CommandRun.OfAsync("-a", peer.Uri, "nop");

        Assert.Equal(2, result.ExitCode);
        Assert.StartsWith(
            $"Error: outcome unknown: {peer.Address} does not speak the doozer protocol", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Write_InterruptedAfterSending_IsUnknown()
    {
        using var stop = new CancellationTokenSource();
        await using var peer = new ScriptedPeer(async connection =>
        {
            await connection.ReceiveAsync();
            await stop.CancelAsync();
            await connection.WaitForClientToLeaveAsync();
        });

        CommandResult result = await new CommandRun().RunAsync(["-a", peer.Uri, "nop"], [], stop.Token);

        Assert.Equal((2, $"Error: outcome unknown: interrupted before the answer came{Advice}"), (result.ExitCode, result.Error));
    }

    [Fact]
    public async Task Write_FirstAddressDead_GoesToTheNext()
    {
        await using var peer = ScriptedPeer.Answering(_ => new Response { Rev = 8 });

        CommandResult result = await CommandRun.WithInputAsync(
            "v", "-a", $"doozer:?ca={ScriptedPeer.DeadAddress()}&ca={peer.Address}", "set", "/x", "0");

        Assert.Equal((0, "8\n", ""), (result.ExitCode, result.Output, result.Error));
    }

    [Fact]
    public async Task Write_ReadOnlyServer_GoesToTheNext()
    {
        await using var first = ScriptedPeer.Answering(_ => new Response { ErrCode = ServerError.ReadOnly });
        await using var second = ScriptedPeer.Answering(_ => new Response { Rev = 8 });

        CommandResult result = await CommandRun.WithInputAsync("v", "-a", $"{first.Uri}&ca={second.Address}", "set", "/x", "0");

        Assert.Equal((0, "8\n", ""), (result.ExitCode, result.Output, result.Error));
        Assert.Equal((1, 1), (first.Connections, second.Connections));
    }

    [Fact]
    public async Task Write_EveryServerReadOnly_SaysSoAfterAskingEachOnce()
    {
        await using var first = ScriptedPeer.Answering(_ => new Response { ErrCode = ServerError.ReadOnly });
        await using var second = ScriptedPeer.Answering(_ => new Response { ErrCode = ServerError.ReadOnly });

        CommandResult result = await CommandRun.OfAsync("-a", $"{first.Uri}&ca={second.Address}", "nop");

        Assert.Equal(2, result.ExitCode);
        Assert.Equal(
            "Error: READONLY: no server that could be reached accepts writes; name a voting node with ca=\n", result.Error);
        Assert.Equal((1, 1), (first.Connections, second.Connections));
    }

    [Fact]
    public async Task Write_ReadOnlyAndDeadServers_AreBothNamed()
    {
        string dead = ScriptedPeer.DeadAddress();
        await using var peer = ScriptedPeer.Answering(_ => new Response { ErrCode = ServerError.ReadOnly });

        CommandResult result = await CommandRun.OfAsync("-a", $"{peer.Uri}&ca={dead}", "nop");

        Assert.Equal(2, result.ExitCode);
        Assert.EndsWith(
            $"; tried {peer.Address}, and could not connect to {dead} (connection refused)\n", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_ReadOnlyAnswer_IsAnErrorLikeAnyOther()
    {
        await using var first = ScriptedPeer.Answering(_ => new Response { ErrCode = ServerError.ReadOnly });
        await using var second = ScriptedPeer.Answering(_ => new Response());

        CommandResult result = await CommandRun.OfAsync("-a", $"{first.Uri}&ca={second.Address}", "get", "/x");

        Assert.Equal((2, 0), (result.ExitCode, second.Connections));
    }
}
