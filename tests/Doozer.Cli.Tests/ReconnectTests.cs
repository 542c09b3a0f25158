using Doozer.Cli.Tests.Support;
using Doozer.Cli.Wire;
using Google.Protobuf;
using Orleans.Doozer.Protocol;

namespace Doozer.Cli.Tests;

public sealed class ReconnectTests
{
    [Fact]
    public async Task Watch_ConnectionBreaks_ResumesOnTheSecondAddressAtTheNextRevision()
    {
        using var stop = new CancellationTokenSource();
        await using var first = new ScriptedPeer(async connection =>
        {
            await connection.AnswerAsync(await connection.ExpectAsync(DoozerVerb.Revision), new Response { Rev = 10 });
            await connection.AnswerAsync(await ExpectWaitAsync(connection, 10), Change(12));
            await ExpectWaitAsync(connection, 13);
        });
        await using var second = new ScriptedPeer(async connection =>
        {
            await connection.AnswerAsync(await ExpectWaitAsync(connection, 13), Change(13));
            await connection.AnswerAsync(await ExpectWaitAsync(connection, 14), Change(20));
            await ExpectWaitAsync(connection, 21);
            await stop.CancelAsync();
        });

        CommandResult result = await new CommandRun().RunAsync(
            ["-a", $"{first.Uri}&ca={second.Address}", "watch", "/**"], [], stop.Token);

        Assert.Equal("/x 12 set 1\nv\n/x 13 set 1\nv\n/x 20 set 1\nv\n", result.Output);
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Equal((1, 1), (first.Connections, second.Connections));
    }

    [Fact]
    public async Task Watch_AnswerCutInHalf_IsAskedAgainAndPrintedOnce()
    {
        using var stop = new CancellationTokenSource();
        await using var peer = new ScriptedPeer(
            async connection =>
            {
                Request wait = await ExpectWaitAsync(connection, 5);
                Response change = Change(5);
                change.Tag = wait.Tag;
                byte[] frame = PeerConnection.Frame(change);
                await connection.SendAsync(frame.AsMemory(0, frame.Length - 1));
            },
            async connection =>
            {
                await connection.AnswerAsync(await ExpectWaitAsync(connection, 5), Change(5));
                await ExpectWaitAsync(connection, 6);
                await stop.CancelAsync();
            });

        CommandResult result = await new CommandRun().RunAsync(["-a", peer.Uri, "-r", "5", "watch", "/**"], [], stop.Token);

        Assert.Equal((0, "/x 5 set 1\nv\n"), (result.ExitCode, result.Output));
    }

    [Theory]
    [InlineData("get /x", DoozerVerb.Get)]
    [InlineData("stat /x", DoozerVerb.Stat)]
    [InlineData("rev", DoozerVerb.Revision)]
    [InlineData("self", DoozerVerb.Self)]
    [InlineData("wait -r 1 /x", DoozerVerb.Wait)]
    public async Task Read_ConnectionBreaks_IsAskedAgainElsewhere(string line, int verb)
    {
        await using var first = new ScriptedPeer(async connection => await connection.ExpectAsync(verb));
        await using var second = new ScriptedPeer(async connection =>
            await connection.AnswerAsync(await connection.ExpectAsync(verb), Change(3)));

        CommandResult result = await CommandRun.OfAsync(["-a", $"{first.Uri}&ca={second.Address}", .. line.Split(' ')]);

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.NotEmpty(result.Output);
        Assert.Equal((1, 1), (first.Connections, second.Connections));
    }

    [Fact]
    public async Task Read_NobodyAnswersAnyMore_EndsAfterThirtySeconds()
    {
        await using var peer = new ScriptedPeer(async connection => await connection.ReceiveAsync());
        var run = new CommandRun();

        CommandResult result = await run.RunAsync(["-a", peer.Uri, "get", "/x"], []);

        Assert.Equal(2, result.ExitCode);
        Assert.Equal($"Error: connection lost: no answer for 30 s; tried {peer.Address} (connection broke)\n", result.Error);
        Assert.InRange(run.Pauses.Sum(pause => pause.TotalSeconds), 28, 30);

        // It backs off: a broken server is not hammered.
        Assert.InRange(peer.Connections, 10, 60);
        Assert.Equal(TimeSpan.FromSeconds(1), run.Pauses[^1]);
    }

    [Fact]
    public async Task Read_ServersGoneForGood_NamesThemInTheEnd()
    {
        ScriptedPeer? peer = null;
        peer = new ScriptedPeer(async connection =>
        {
            await connection.ReceiveAsync();
            peer!.StopListening();
        });
        await using ScriptedPeer disposing = peer;

        CommandResult result = await CommandRun.OfAsync("-a", peer.Uri, "get", "/x");

        Assert.Equal(2, result.ExitCode);
        Assert.Equal($"Error: connection lost: no answer for 30 s; tried {peer.Address} (connection refused)\n", result.Error);
    }

    [Fact]
    public async Task Watch_TwoSecondsOfSilence_AreToldOnce()
    {
        await using var peer = new ScriptedPeer(async connection => await connection.ReceiveAsync());
        var run = new CommandRun();

        CommandResult result = await run.RunAsync(["-a", peer.Uri, "-r", "1", "watch", "/x"], []);

        string[] lines = result.Error.Split('\n');
        Assert.Equal($"doozer: the connection to {peer.Address} is lost, reconnecting ...", lines[0]);
        Assert.StartsWith("Error: connection lost", lines[1], StringComparison.Ordinal);
        Assert.Equal(3, lines.Length);

        // One of the pauses ends exactly where the notice falls due.
        TimeSpan passed = TimeSpan.Zero;
        Assert.Contains(run.Pauses, pause => (passed += pause) == TimeSpan.FromSeconds(2));
    }

    [Fact]
    public async Task Watch_AnsweredInBetween_GetsItsThirtySecondsAnew()
    {
        using var stop = new CancellationTokenSource();
        long revision = 1;
        await using var peer = new ScriptedPeer(async connection =>
        {
            Request wait = await ExpectWaitAsync(connection, revision);
            if (revision == 200)
            {
                await stop.CancelAsync();
                return;
            }

            await connection.AnswerAsync(wait, Change(revision++));
        });
        var run = new CommandRun();

        CommandResult result = await run.RunAsync(["-a", peer.Uri, "-r", "1", "watch", "/x"], [], stop.Token);

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Equal(199 * 2, result.Output.Count(character => character == '\n'));
    }

    [Fact]
    public async Task Watch_HistoryGoneMeanwhile_EndsWithTooLate()
    {
        await using var peer = new ScriptedPeer(
            async connection => await connection.ReceiveAsync(),
            async connection => await connection.AnswerAsync(await connection.ReceiveAsync(), new Response { ErrCode = ServerError.TooLate }));

        CommandResult result = await CommandRun.OfAsync("-a", peer.Uri, "-r", "5", "watch", "/x");

        Assert.Equal(2, result.ExitCode);
        Assert.StartsWith("Error: TOO_LATE: revision 5 is no longer kept", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Interrupt_DuringARead_IsToldAndFails()
    {
        using var stop = new CancellationTokenSource();
        await using var peer = new ScriptedPeer(async connection =>
        {
            await connection.ReceiveAsync();
            await stop.CancelAsync();
            await connection.WaitForClientToLeaveAsync();
        });

        CommandResult result = await new CommandRun().RunAsync(["-a", peer.Uri, "get", "/x"], [], stop.Token);

        Assert.Equal((2, "Error: interrupted\n"), (result.ExitCode, result.Error));
    }

    private static async Task<Request> ExpectWaitAsync(PeerConnection connection, long revision)
    {
        Request request = await connection.ExpectAsync(DoozerVerb.Wait);
        Assert.Equal(revision, request.Rev);
        return request;
    }

    private static Response Change(long revision) =>
        new() { Path = "/x", Rev = revision, Flags = DoozerFlag.Set, Value = ByteString.CopyFromUtf8("v") };
}
