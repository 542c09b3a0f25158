using System.Text;
using Orleans.Doozer.Gateway.Tests.Support;
using Orleans.Doozer.Gateway.Verbs;
using Orleans.Doozer.Protocol;
using static Orleans.Doozer.Gateway.Tests.Support.Messages;

namespace Orleans.Doozer.Gateway.Tests;

/// <summary>Bytes: frames in pieces, frames together, and what is no frame.</summary>
public sealed class FrameTests(FrameTests.Fixture fixture) : IClassFixture<FrameTests.Fixture>
{
    [Fact]
    public async Task Frame_ByteByByte_IsRead()
    {
        await using var client = await fixture.Host.ConnectAsync();
        foreach (var one in RawClient.Frame(Get("/ctl/name")))
        {
            await client.SendBytesAsync([one]);
        }

        Same(Answer(rev: 1, value: "local"), await client.ReceiveAsync());
    }

    [Fact]
    public async Task Frames_HundredInOneWrite_AreAllAnswered()
    {
        await using var client = await fixture.Host.ConnectAsync();
        await client.SendAsync([.. Enumerable.Range(0, 100).Select(tag => Get("/ctl/name", tag: tag))]);
        var tags = new List<int>();
        for (var i = 0; i < 100; i++)
        {
            tags.Add((await client.ReceiveAsync()).Tag);
        }

        Assert.Equal(Enumerable.Range(0, 100), tags.Order());
    }

    [Fact]
    public async Task Frame_Empty_IsARequestWithoutVerb()
    {
        await using var client = await fixture.Host.ConnectAsync();
        await client.SendBytesAsync([0, 0, 0, 0]);

        Same(Error(DoozerErrorCode.UnknownVerb, tag: null), await client.ReceiveAsync());
    }

    [Theory]
    [InlineData("FFFFFFFF", "-1")]
    [InlineData("80000000", "-2147483648")]
    [InlineData("7FFFFFFF", "2147483647")]
    [InlineData("00110001", "1114113")]
    public async Task Frame_LengthOutOfRange_IsProtestedAtOnceAndEndsTheConnection(string header, string length)
    {
        await using var client = await fixture.Host.ConnectAsync();
        await client.SendBytesAsync(Convert.FromHexString(header));

        Same(
            Error(DoozerErrorCode.Other, $"a frame has the length {length}; the limit is 1114112 bytes", tag: null),
            await client.ReceiveAsync());
        Assert.Null(await client.TryReceiveAsync());
    }

    [Fact]
    public async Task Frame_HugeWithItsBody_StillLetsTheClientReadTheReason()
    {
        await using var client = await fixture.Host.ConnectAsync();
        var bytes = new byte[4 * 1024 * 1024];
        bytes[1] = 0x40;
        await client.SendBytesAsync(bytes);

        Assert.Contains("the limit is", (await client.ReceiveAsync()).ErrDetail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("FF")]
    [InlineData("0801100122")]
    [InlineData("08011001220A2F61")]
    [InlineData("08FFFFFFFFFFFFFFFFFFFFFF01")]
    public async Task Frame_NoProtobuf_IsProtestedAfterTheEarlierAnswers(string content)
    {
        await using var client = await fixture.Host.ConnectAsync();
        var bytes = Convert.FromHexString(content);
        await client.SendBytesAsync([.. RawClient.Frame(Ask(VerbTable.Self)), 0, 0, 0, (byte)bytes.Length, .. bytes]);

        Same(Answer(value: SingleNodeStore.SelfId), await client.ReceiveAsync());
        Same(
            Error(DoozerErrorCode.Other, "a request cannot be decoded; it is no protobuf message", tag: null),
            await client.ReceiveAsync());
        Assert.Null(await client.TryReceiveAsync());
    }

    [Fact]
    public async Task Frame_UnknownFields_AreIgnored()
    {
        await using var client = await fixture.Host.ConnectAsync();

        // Field 6 is other_tag, field 200 is nobody's.
        await client.SendBytesAsync([0, 0, 0, 11, 0x08, 1, 0x10, 20, 0x30, 7, 0xC2, 0x0C, 2, 0xFF, 0xFE]);

        Same(Answer(value: SingleNodeStore.SelfId), await client.ReceiveAsync());
    }

    [Theory]
    [InlineData("0801100222022FFF48FFFFFFFFFFFFFFFFFF01", "08013006")]
    [InlineData("0801100122022FFF", "080118003200")]
    public async Task Path_NotUtf8_IsABadPathAndNoReasonToHangUp(string content, string expected)
    {
        await using var client = await fixture.Host.ConnectAsync();
        var bytes = Convert.FromHexString(content);
        await client.SendBytesAsync([0, 0, 0, (byte)bytes.Length, .. bytes]);

        var answer = Convert.ToHexString((await client.ReceiveBytesAsync())!);
        Assert.Equal(expected == "08013006" ? "0801A00606" : expected, answer);
        Same(Answer(value: SingleNodeStore.SelfId), await client.CallAsync(Ask(VerbTable.Self)));
    }

    [Fact]
    public async Task Garbage_AnyBytes_NeverHurtOthers()
    {
        var random = new Random(2011);
        for (var round = 0; round < 50; round++)
        {
            await using var client = await fixture.Host.ConnectAsync();
            var content = new byte[random.Next(1, 200)];
            random.NextBytes(content);
            await client.SendBytesAsync([0, 0, 0, (byte)content.Length, .. content]);
            client.EndSending();
            while (await client.ReceiveBytesAsync() is { } answer)
            {
                Response.Parser.ParseFrom(answer);
            }
        }

        await using var other = await fixture.Host.ConnectAsync();
        Same(Answer(value: SingleNodeStore.SelfId), await other.CallAsync(Ask(VerbTable.Self)));
    }

    [Fact]
    public async Task Glob_LongerThanAPath_IsRefusedWithoutSendingItBack()
    {
        await using var client = await fixture.Host.ConnectAsync();
        var answer = await client.CallAsync(Wait("/" + new string('*', 500_000), 1));

        Assert.StartsWith("invalid glob pattern: /***", answer.ErrDetail, StringComparison.Ordinal);
        Assert.InRange(Encoding.UTF8.GetByteCount(answer.ErrDetail), 50, 300);
    }

    public sealed class Fixture : IAsyncLifetime
    {
        internal GatewayHost Host { get; private set; } = null!;

        public async Task InitializeAsync() => Host = await GatewayHost.StartAsync();

        public async Task DisposeAsync() => await Host.DisposeAsync();
    }
}
