using Doozer.Cli.Tests.Support;
using Doozer.Cli.Wire;
using Google.Protobuf;
using Orleans.Doozer.Protocol;

namespace Doozer.Cli.Tests;

public sealed class FrameReaderTests
{
    private static readonly ServerAddress Address = new("peer", 1);

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(int.MaxValue)]
    public async Task Read_StreamCutAnywhere_GivesTheSameAnswers(int bytesPerRead)
    {
        Response[] sent =
        [
            new Response { Tag = 1 },
            new Response { Tag = 2, Value = ByteString.CopyFrom(new byte[100_000]) },
            new Response { Tag = 3, Rev = 7 },
        ];
        var reader = new FrameReader(new Trickle(sent.SelectMany(PeerConnection.Frame).ToArray(), bytesPerRead), Address);

        foreach (Response expected in sent)
        {
            Assert.Equal(expected, await reader.ReadAsync(CancellationToken.None));
        }

        Assert.Null(await reader.ReadAsync(CancellationToken.None));
    }

    [Theory]
    [InlineData(new byte[0])]
    [InlineData(new byte[] { 0, 0 })]
    [InlineData(new byte[] { 0, 0, 0, 9, 1, 2 })]
    public async Task Read_StreamEndsInsideAFrame_IsTheEndAndNoAnswer(byte[] bytes)
    {
        var reader = new FrameReader(new Trickle(bytes, 1), Address);

        Assert.Null(await reader.ReadAsync(CancellationToken.None));
    }

    [Theory]
    [InlineData(new byte[] { 0xff, 0xff, 0xff, 0xff })]
    [InlineData(new byte[] { 0x80, 0, 0, 0 })]
    [InlineData(new byte[] { 0x04, 0, 0, 1 })]
    [InlineData(new byte[] { (byte)'H', (byte)'T', (byte)'T', (byte)'P' })]
    [InlineData(new byte[] { 0, 0, 0, 2, 0xff, 0xff })]
    public async Task Read_Garbage_IsRefused(byte[] bytes)
    {
        var reader = new FrameReader(new Trickle(bytes, 4), Address);

        await Assert.ThrowsAsync<WireProtocolException>(async () => await reader.ReadAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Read_LargeLengthWithoutBytes_AllocatesNoSuchBuffer()
    {
        var reader = new FrameReader(new Trickle([0x04, 0, 0, 0], 4), Address);
        long before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Null(await reader.ReadAsync(CancellationToken.None));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
    }

    /// <summary>Gives a few bytes at a time, at once: everything stays on the test's thread.</summary>
    private sealed class Trickle(byte[] bytes, int bytesPerRead) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            new(Read(buffer.Span[..Math.Min(buffer.Length, bytesPerRead)]));
    }
}
