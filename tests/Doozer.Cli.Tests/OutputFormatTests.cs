using Doozer.Cli.Tests.Support;
using Doozer.Cli.Wire;
using Google.Protobuf;
using Orleans.Doozer.Protocol;

namespace Doozer.Cli.Tests;

public sealed class OutputFormatTests
{
    private static readonly byte[] EveryByte = [.. Enumerable.Range(0, 256).Select(value => (byte)value)];

    [Theory]
    [InlineData(5, "set", "/x", "5")]
    [InlineData(0, "add", "/x")]
    public async Task Set_Body_IsSentUntouchedAndTheNewRevisionPrinted(long revision, params string[] args)
    {
        Request? seen = null;
        await using var peer = ScriptedPeer.Answering(request =>
        {
            seen = request;
            return new Response { Rev = 42 };
        });

        CommandResult result = await new CommandRun().RunAsync(["-a", peer.Uri, .. args], EveryByte);

        Assert.Equal((0, "42\n", ""), (result.ExitCode, result.Output, result.Error));
        Assert.Equal((DoozerVerb.Set, "/x", revision), (seen!.Verb, seen.Path, seen.Rev));
        Assert.Equal(EveryByte, seen.Value.ToByteArray());
    }

    [Fact]
    public async Task Get_Body_IsPrintedUntouched()
    {
        await using var peer = ScriptedPeer.Answering(request =>
        {
            Assert.False(request.HasRev);
            return new Response { Rev = 3, Value = ByteString.CopyFrom(EveryByte) };
        });

        CommandResult result = await CommandRun.OfAsync("-a", peer.Uri, "get", "/x");

        Assert.Equal(0, result.ExitCode);
        Assert.Equal(EveryByte, result.OutputBytes);
    }

    [Fact]
    public async Task Get_MissingFile_PrintsNothingAndSucceeds()
    {
        await using var peer = ScriptedPeer.Answering(_ => new Response { Rev = 0 });

        CommandResult result = await CommandRun.OfAsync("-a", peer.Uri, "get", "/x");

        Assert.Equal((0, "", ""), (result.ExitCode, result.Output, result.Error));
    }

    [Theory]
    [InlineData(7, 5, 0, "7 5\n", "")]
    [InlineData(-2, 3, 0, "d 3\n", "")]
    [InlineData(0, 0, 2, "", "No such file or directory: /x\n")]
    public async Task Stat_Answer_IsPrintedByKind(long revision, int length, int exitCode, string output, string error)
    {
        await using var peer = ScriptedPeer.Answering(_ => new Response { Rev = revision, Len = length });

        CommandResult result = await CommandRun.OfAsync("-a", peer.Uri, "stat", "/x");

        Assert.Equal((exitCode, output, error), (result.ExitCode, result.Output, result.Error));
    }

    [Fact]
    public async Task Self_Answer_HasNoLineEnd()
    {
        await using var peer = ScriptedPeer.Answering(_ => new Response { Value = ByteString.CopyFromUtf8("ABC") });

        Assert.Equal("ABC", (await CommandRun.OfAsync("-a", peer.Uri, "self")).Output);
    }

    [Theory]
    [InlineData("nop", DoozerVerb.Nop)]
    [InlineData("del /x 9", DoozerVerb.Delete)]
    public async Task Write_WithoutResult_PrintsNothing(string line, int verb)
    {
        int seen = 0;
        await using var peer = ScriptedPeer.Answering(request =>
        {
            seen = request.Verb;
            return new Response();
        });

        CommandResult result = await CommandRun.OfAsync(["-a", peer.Uri, .. line.Split(' ')]);

        Assert.Equal((0, "", "", verb), (result.ExitCode, result.Output, result.Error, seen));
    }

    [Theory]
    [InlineData(4, "/x 9 set 3\na\nb\n")]
    [InlineData(8, "/x 9 del 3\na\nb\n")]
    [InlineData(0, "/x 9  3\na\nb\n")]
    public async Task Wait_Change_IsPrintedAsARecord(int flags, string expected)
    {
        long from = 0;
        await using var peer = ScriptedPeer.Answering(request =>
        {
            from = request.Rev;
            return request.Verb == DoozerVerb.Revision
                ? new Response { Rev = 6 }
                : new Response { Path = "/x", Rev = 9, Flags = flags, Value = ByteString.CopyFromUtf8("a\nb") };
        });

        CommandResult result = await CommandRun.OfAsync("-a", peer.Uri, "wait", "/*");

        Assert.Equal((0, expected, 6), (result.ExitCode, result.Output, from));
    }

    [Fact]
    public async Task Wait_PastItsTimeout_SaysSo()
    {
        await using var peer = new ScriptedPeer(async connection => await connection.WaitForClientToLeaveAsync());

        CommandResult result = await CommandRun.OfAsync("-a", peer.Uri, "-r", "1", "wait", "-t", "1ms", "/x");

        Assert.Equal((2, "", "Error: wait timeout\n"), (result.ExitCode, result.Output, result.Error));
    }

    [Fact]
    public async Task Touch_File_IsSetAgainAtTheSeenRevision()
    {
        Request? set = null;
        await using var peer = ScriptedPeer.Answering(request =>
        {
            set = request.Verb == DoozerVerb.Set ? request : set;
            return new Response { Rev = 12, Value = ByteString.CopyFromUtf8("body") };
        });

        CommandResult result = await CommandRun.OfAsync("-a", peer.Uri, "touch", "/x");

        Assert.Equal((0, ""), (result.ExitCode, result.Output));
        Assert.Equal(("/x", 12, "body"), (set!.Path, set.Rev, set.Value.ToStringUtf8()));
    }

    [Fact]
    public async Task Output_WithoutReader_EndsTheCommandQuietly()
    {
        await using var peer = ScriptedPeer.Answering(request => request.Verb == DoozerVerb.Revision
            ? new Response { Rev = 1 }
            : new Response { Path = "/x", Rev = request.Rev, Flags = DoozerFlag.Set });
        var run = new CommandRun { Output = new ClosedPipe() };

        CommandResult result = await run.RunAsync(["-a", peer.Uri, "watch", "/**"], []);

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
    }

    private sealed class ClosedPipe : MemoryStream
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            throw new IOException("Broken pipe", 32);
    }
}
