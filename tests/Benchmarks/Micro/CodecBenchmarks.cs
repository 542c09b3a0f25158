using BenchmarkDotNet.Attributes;
using Orleans.Doozer.Grains;
using Orleans.Doozer.KeyStore;

namespace Orleans.Doozer.Benchmarks.Micro;

/// <summary>The encoding of commands and batches, with values of 128 bytes.</summary>
public class CodecBenchmarks
{
    private const int PerBatch = 100;
    private static readonly Command Sample = new(
        new RequestId(Guid.NewGuid(), 12_345, 67_890), WriteKind.Set, Files.Path(1234), new byte[128], Revision.Clobber);

    private readonly Command _command = Sample;
    private readonly byte[] _encoded = CommandCodec.Encode(Sample);
    private readonly List<byte[]> _commands = [.. Enumerable.Repeat(CommandCodec.Encode(Sample), PerBatch)];
    private readonly byte[] _batch = BatchCodec.Encode([.. Enumerable.Repeat(CommandCodec.Encode(Sample), PerBatch)]);

    /// <summary>One command.</summary>
    [Benchmark]
    public byte[] EncodeCommand() => CommandCodec.Encode(_command);

    /// <summary>One command.</summary>
    [Benchmark]
    public Command DecodeCommand() => CommandCodec.Decode(_encoded);

    /// <summary>100 encoded commands into a batch.</summary>
    [Benchmark]
    public byte[] EncodeBatch() => BatchCodec.Encode(_commands);

    /// <summary>A batch into 100 encoded commands.</summary>
    [Benchmark]
    public int DecodeBatch() => BatchCodec.Decode(_batch).Count;
}
