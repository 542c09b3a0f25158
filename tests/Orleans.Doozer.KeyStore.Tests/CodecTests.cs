using CsCheck;
using Google.Protobuf;
using Orleans.Doozer.Consensus;
using Orleans.Doozer.Grains;

namespace Orleans.Doozer.KeyStore.Tests;

public sealed class CodecTests
{
    private static readonly Gen<Command> AnyCommand = Gen.Select(
        Gen.Nullable(Gen.Select(Gen.Guid, Gen.Long, Gen.Long, (client, sequence, since) => new RequestId(client, sequence, since))),
        Gen.Enum<WriteKind>(),
        Gen.String,
        Gen.Byte.Array[0, 50],
        Gen.Long,
        (request, kind, path, value, expected) => new Command(request, kind, path, value, new(expected)));

    [Fact]
    public void Command_Decoded_EqualsTheEncoded() => AnyCommand.Where(command => !command.Path.Any(char.IsSurrogate)).Sample(command =>
    {
        var decoded = CommandCodec.Decode(CommandCodec.Encode(command));

        Assert.Equal(command with { Value = default }, decoded with { Value = default });
        Assert.Equal(command.Value.ToArray(), decoded.Value.ToArray());
    });

    [Fact]
    public void Command_OfVersionOne_KeepsItsBytes()
    {
        // What is in a journal must stay readable: if this fails, a new version is needed, not a new expectation.
        var command = new Command(
            new(new("00112233-4455-6677-8899-aabbccddeeff"), 5, 300), WriteKind.Set, "/a", new byte[] { 1, 2 }, Revision.Clobber);

        Assert.Equal(
            "0801121709332211005544776611" + "8899AABBCCDDEEFF" + "180520AC02" + "1801" + "22022F61" + "2A020102" + "3001",
            Convert.ToHexString(CommandCodec.Encode(command)));
    }

    [Fact]
    public void Command_OfRandomBytes_IsRefusedOrWellFormed() => Gen.Byte.Array[0, 40].Sample(bytes =>
    {
        try
        {
            var command = CommandCodec.Decode(bytes);
            Assert.True(command.Kind is WriteKind.Nop or WriteKind.Set or WriteKind.Delete);
        }
        catch (InvariantViolationException)
        {
        }
    });

    [Fact]
    public void Command_Truncated_IsRefusedOrShorter()
    {
        var bytes = CommandCodec.Encode(Commands.Set("/path", "value", 3, Commands.Request(1, 2)));
        for (var length = 0; length < bytes.Length; length++)
        {
            try
            {
                // A cut between two fields cannot be seen here; checksums of the journal and of messages see it.
                Assert.NotEqual(bytes, CommandCodec.Encode(CommandCodec.Decode(bytes.AsMemory(0, length))));
            }
            catch (InvariantViolationException)
            {
            }
        }
    }

    [Theory]
    [InlineData("", "version 0")]
    [InlineData("0802", "version 2")]
    [InlineData("080118034200", "cannot read")]
    [InlineData("08011803", "cannot read")]
    [InlineData("0801420100", "cannot read")]
    [InlineData("0801FFFF", "cannot be decoded")]
    public void Command_ThatThisProgramCannotRead_SaysSo(string hex, string reason)
    {
        var problem = Assert.Throws<InvariantViolationException>(() => CommandCodec.Decode(Convert.FromHexString(hex)));
        Assert.Contains(reason, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Command_WithAFieldOfTheFuture_IsRefused()
    {
        var bytes = CommandCodec.Encode(Commands.Set("/a"));
        using var stream = new MemoryStream();
        stream.Write(bytes);
        using (var output = new CodedOutputStream(stream, leaveOpen: true))
        {
            output.WriteTag(7, WireFormat.WireType.Varint);
            output.WriteInt64(1);
        }

        Assert.Throws<InvariantViolationException>(() => CommandCodec.Decode(stream.ToArray()));
    }

    [Fact]
    public void Batch_Decoded_EqualsTheEncoded() => Gen.Byte.Array[0, 20].List[0, 10].Sample(commands =>
    {
        var decoded = BatchCodec.Decode(BatchCodec.Encode(commands));
        Assert.Equal(commands, decoded.Select(command => command.ToArray()));
    });

    [Fact]
    public void Batch_WithoutCommands_IsNoBytes()
    {
        Assert.Empty(BatchCodec.Encode([]));
        Assert.Empty(BatchCodec.Empty);
        Assert.Empty(BatchCodec.Decode(BatchCodec.Empty));
    }

    [Theory]
    [InlineData("00")]
    [InlineData("010000")]
    [InlineData("01000000")]
    [InlineData("0100000000" + "0200000000")]
    [InlineData("FFFFFFFF00")]
    [InlineData("FFFFFF7F00")]
    public void Batch_WithALengthThatDoesNotFit_IsRefused(string hex) =>
        Assert.Throws<InvariantViolationException>(() => BatchCodec.Decode(Convert.FromHexString(hex)));
}
