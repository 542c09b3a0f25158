using CsCheck;
using Google.Protobuf;
using Orleans.Doozer.Consensus;
using Orleans.Doozer.Grains;
using Orleans.Doozer.KeyStore.Protocol;

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
    public void Command_Encoded_HasTheBytesOfTheGeneratedCode() => AnyCommand.Sample(command =>
    {
        var message = new CommandMessage
        {
            Version = 1,
            Kind = (int)command.Kind,
            Path = command.Path,
            Value = Google.Protobuf.ByteString.CopyFrom(command.Value.Span),
            Expected = command.Expected.Value,
        };
        if (command.Request is { } id)
        {
            var client = id.Client.ToByteArray();
            message.Request = new()
            {
                ClientLow = BitConverter.ToUInt64(client),
                ClientHigh = BitConverter.ToUInt64(client, 8),
                Sequence = id.Sequence,
                Since = id.Since,
            };
        }

        Assert.Equal(Google.Protobuf.MessageExtensions.ToByteArray(message), CommandCodec.Encode(command));
    }, iter: 20_000);

    [Fact]
    public void Command_AsTheLeaderEncodesIt_IsReadWithoutTheParser() => AnyCommand
        .Where(command => command.Path.All(char.IsAscii) && (command.Request is not { } id || !HasZeroHalf(id.Client)))
        .Sample(command => Assert.NotNull(CommandReader.Read(CommandCodec.Encode(command))));

    [Fact]
    public void Command_WithOneByteChanged_IsReadAsTheParserReadsItOrLeftToIt() => Gen.Select(
        AnyCommand.Where(command => command.Path.All(char.IsAscii)), Gen.Int[0, 200], Gen.Byte, Gen.Int[0, 2]).Sample((command, at, to, how) =>
    {
        List<byte> bytes = [.. CommandCodec.Encode(command)];
        at %= bytes.Count + 1;
        switch (how)
        {
            case 0 when at < bytes.Count:
                bytes[at] = to;
                break;
            case 1 when at < bytes.Count:
                bytes.RemoveAt(at);
                break;
            default:
                bytes.Insert(at, to);
                break;
        }

        if (CommandReader.Read(bytes.ToArray()) is { } read)
        {
            // Whoever goes by the parser, as older nodes do, must come to the same store.
            var parsed = CommandCodec.Parse(bytes.ToArray());
            Assert.Equal(parsed with { Value = default }, read with { Value = default });
            Assert.Equal(parsed.Value.ToArray(), read.Value.ToArray());
        }
    }, iter: 100_000);

    [Theory]
    [InlineData("0801" + "1801" + "22022F61" + "3080808080808080808002")] // ten parts, more than 64 bits
    [InlineData("0801" + "188100" + "22022F61")]                          // a longer form of 1
    [InlineData("0801" + "1800" + "22022F61")]                            // a default value
    [InlineData("0801" + "1801" + "22022F61" + "2A00")]                   // and another
    [InlineData("0801" + "22022F61" + "1801")]                            // another order
    [InlineData("0801" + "1801" + "22022FC3")]                            // no ASCII
    [InlineData("0801" + "1200" + "1801" + "22022F61")]                   // a request without anything
    [InlineData("0801" + "1801" + "22032F61")]                            // a length that does not fit
    public void Command_InAnotherForm_IsLeftToTheParser(string hex) => Assert.Null(CommandReader.Read(Convert.FromHexString(hex)));

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

    private static bool HasZeroHalf(Guid client) => CommandCodec.ToHalves(client) is (0, _) or (_, 0);

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
