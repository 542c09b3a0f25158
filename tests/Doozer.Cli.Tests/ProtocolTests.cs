using Doozer.Cli.Tests.Support;
using Doozer.Cli.Wire;
using Google.Protobuf;
using Orleans.Doozer.Protocol;

namespace Doozer.Cli.Tests;

public sealed class ProtocolTests
{
    [Theory]
    [InlineData(ServerError.TagInUse, 2, "TAG_IN_USE")]
    [InlineData(ServerError.UnknownVerb, 2, "UNKNOWN_VERB")]
    [InlineData(ServerError.ReadOnly, 2, "READONLY")]
    [InlineData(ServerError.TooLate, 2, "TOO_LATE")]
    [InlineData(ServerError.RevisionMismatch, 1, "REV_MISMATCH: the file's revision is newer than the one given (4)")]
    [InlineData(ServerError.BadPath, 2, "BAD_PATH")]
    [InlineData(ServerError.MissingArgument, 2, "MISSING_ARG")]
    [InlineData(ServerError.Range, 2, "RANGE")]
    [InlineData(ServerError.NotDirectory, 2, "NOTDIR")]
    [InlineData(ServerError.IsDirectory, 2, "ISDIR")]
    [InlineData(ServerError.NoEntry, 2, "NOENT")]
    [InlineData(ServerError.Other, 2, "OTHER: the server gives no reason")]
    [InlineData(77, 2, "ERROR 77")]
    [InlineData(0, 2, "ERROR 0")]
    public async Task ErrorCode_AnyOfThem_IsOneNamedLineAndAnExitCode(int code, int exitCode, string start)
    {
        await using var peer = ScriptedPeer.Answering(_ => new Response { ErrCode = code });

        CommandResult result = await CommandRun.WithInputAsync("", "-a", peer.Uri, "set", "/x", "4");

        Assert.Equal((exitCode, ""), (result.ExitCode, result.Output));
        Assert.StartsWith($"Error: {start}", result.Error, StringComparison.Ordinal);
        Assert.Equal(result.Error.Length - 1, result.Error.IndexOf('\n', StringComparison.Ordinal));
    }

    [Fact]
    public async Task ErrorDetail_WithControlCharacters_StaysOneHarmlessLine()
    {
        await using var peer = ScriptedPeer.Answering(_ => new Response { ErrCode = ServerError.Other, ErrDetail = "a\nb\u001b[31mc" });

        CommandResult result = await CommandRun.OfAsync("-a", peer.Uri, "get", "/x");

        Assert.Equal("Error: OTHER: a b [31mc\n", result.Error);
    }

    [Theory]
    [InlineData(new byte[] { 0xff, 0xff, 0xff, 0xff }, "it announced an answer of 4294967295 bytes")]
    [InlineData(new byte[] { (byte)'S', (byte)'S', (byte)'H', (byte)'-' }, "it announced an answer of 1397966893 bytes")]
    [InlineData(new byte[] { 0, 0, 0, 2, 0xff, 0xff }, "an answer cannot be decoded")]
    [InlineData(new byte[] { 0, 0, 0, 0 }, "an answer has no tag")]
    [InlineData(new byte[] { 0, 0, 0, 2, 8, 99 }, "it answered a request never made")]
    public async Task Garbage_AsAnswerToARead_IsOneLineAndNoRetry(byte[] garbage, string reason)
    {
        await using var peer = new ScriptedPeer(async connection =>
        {
            await connection.ReceiveAsync();
            await connection.SendAsync(garbage);
            await connection.WaitForClientToLeaveAsync();
        });

        CommandResult result = await CommandRun.OfAsync("-a", peer.Uri, "get", "/x");

        Assert.Equal((2, $"Error: {peer.Address} does not speak the doozer protocol: {reason}\n"), (result.ExitCode, result.Error));
        Assert.Equal(1, peer.Connections);
    }

    [Fact]
    public async Task Wait_AnsweredWithAnOlderChange_IsRefused()
    {
        await using var peer = ScriptedPeer.Answering(_ => new Response { Path = "/x", Rev = 4, Flags = DoozerFlag.Set });

        CommandResult result = await CommandRun.OfAsync("-a", peer.Uri, "-r", "5", "watch", "/x");

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Equal("Error: the server answered a wait from revision 5 with revision 4\n", result.Error);
    }

    [Fact]
    public async Task SecretKey_InUri_IsSentFirst()
    {
        await using var peer = new ScriptedPeer(async connection =>
        {
            Request access = await connection.ExpectAsync(DoozerVerb.Access);
            Assert.Equal("s e", access.Value.ToStringUtf8());
            await connection.AnswerAsync(access, new Response());
            await connection.AnswerAsync(await connection.ExpectAsync(DoozerVerb.Get), new Response { Value = ByteString.CopyFromUtf8("v") });
        });

        CommandResult result = await CommandRun.OfAsync("-a", peer.Uri + "&sk=s+e", "get", "/x");

        Assert.Equal((0, "v"), (result.ExitCode, result.Output));
    }

    [Fact]
    public async Task SecretKey_Refused_EndsTheCommandBeforeItsRequest()
    {
        await using var peer = new ScriptedPeer(async connection =>
        {
            Request access = await connection.ExpectAsync(DoozerVerb.Access);
            await connection.AnswerAsync(access, new Response { ErrCode = ServerError.Other, ErrDetail = "permission denied" });
            await Assert.ThrowsAsync<EndOfStreamException>(connection.ReceiveAsync);
        });

        CommandResult result = await CommandRun.WithInputAsync("v", "-a", peer.Uri + "&sk=no", "set", "/x", "0");

        Assert.Equal(2, result.ExitCode);
        Assert.Equal($"Error: {peer.Address} refuses the secret key given with sk= (OTHER)\n", result.Error);
    }

    [Fact]
    public async Task Connect_NobodyThere_NamesEveryAddress()
    {
        string first = ScriptedPeer.DeadAddress();
        string second = ScriptedPeer.DeadAddress();

        CommandResult result = await CommandRun.OfAsync("-a", $"doozer:?ca={first}&ca={second}", "rev");

        Assert.Equal(2, result.ExitCode);
        Assert.Equal($"Error: cannot connect: tried {first} (connection refused), {second} (connection refused)\n", result.Error);
    }
}
