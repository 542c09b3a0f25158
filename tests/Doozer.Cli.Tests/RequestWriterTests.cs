using System.Buffers.Binary;
using Doozer.Cli.Wire;
using Orleans.Doozer.Protocol;

namespace Doozer.Cli.Tests;

public sealed class RequestWriterTests
{
    [Fact]
    public async Task Send_WhileAnotherIsWritten_LeavesWithTheNextWrite()
    {
        await using var stream = new StoppedStream();
        var writer = new RequestWriter(stream, exception => throw exception);

        writer.Send(new Request { Tag = 1 }, isAlone: true);
        writer.Send(new Request { Tag = 2 }, isAlone: false);
        writer.Send(new Request { Tag = 3 }, isAlone: true);
        var first = Assert.Single(stream.Writes);
        stream.Go();
        await stream.WaitForRequestsAsync(3);

        Assert.Equal([1], Tags(first));
        Assert.Equal([2, 3], Tags(stream.Writes.Skip(1).Single()));
    }

    [Fact]
    public async Task Send_FromManyThreads_WritesEachRequestWholeAndInItsCallersOrder()
    {
        const int Callers = 8;
        const int Each = 500;
        await using var stream = new StoppedStream();
        stream.Go();
        var writer = new RequestWriter(stream, exception => throw exception);

        // Now and then a large one, so that buffers grow and are replaced.
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(() =>
        {
            for (var number = 0; number < Each; number++)
            {
                var path = new string('x', number % 100 == 0 ? 100_000 : 10);
                writer.Send(new Request { Tag = (caller * Each) + number, Path = path }, isAlone: number % 3 == 0);
            }
        })));
        await stream.WaitForRequestsAsync(Callers * Each);

        var tags = Tags([.. stream.Writes.SelectMany(bytes => bytes)]);
        Assert.Equal(Enumerable.Range(0, Callers * Each), tags.Order());
        Assert.All(tags.GroupBy(tag => tag / Each), caller => Assert.Equal(caller.Order(), caller));
    }

    [Fact]
    public async Task Send_StreamBreaks_TellsOnceAndWritesNothingMore()
    {
        await using var stream = new StoppedStream();
        var failed = new TaskCompletionSource<Exception>();
        var writer = new RequestWriter(stream, failed.SetResult);

        writer.Send(new Request { Tag = 1 }, isAlone: true);
        stream.Break();
        Assert.Equal("broken", (await failed.Task).Message);

        writer.Send(new Request { Tag = 2 }, isAlone: true);

        Assert.Single(stream.Writes);
    }

    private static List<int> Tags(byte[] bytes)
    {
        var tags = new List<int>();
        for (var rest = bytes.AsSpan(); rest.Length > 0;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(rest);
            tags.Add(Request.Parser.ParseFrom(rest.Slice(sizeof(int), length)).Tag);
            rest = rest[(sizeof(int) + length)..];
        }

        return tags;
    }

    /// <summary>Takes writes, whose end it holds back until told.</summary>
    private sealed class StoppedStream : MemoryStream
    {
        private readonly TaskCompletionSource _go = new();
        private readonly List<byte[]> _writes = [];

        public List<byte[]> Writes
        {
            get
            {
                lock (_writes)
                {
                    return [.. _writes];
                }
            }
        }

        public void Go() => _go.SetResult();

        public void Break() => _go.SetException(new IOException("broken"));

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            lock (_writes)
            {
                _writes.Add(buffer.ToArray());
            }

            await _go.Task;
        }

        public async Task WaitForRequestsAsync(int count)
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            while (Tags([.. Writes.SelectMany(bytes => bytes)]).Count < count)
            {
                await Task.Delay(10, patience.Token);
            }
        }
    }
}
