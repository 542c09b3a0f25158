using System.Buffers;
using System.Buffers.Binary;
using Google.Protobuf;

namespace Doozer.Cli.Wire;

/// <summary>The only writer of a connection: requests that come while others are written leave together.</summary>
/// <param name="stream">Where to write.</param>
/// <param name="onFailed">Told once when it breaks; what was not written then never is.</param>
internal sealed class RequestWriter(Stream stream, Action<Exception> onFailed) : IThreadPoolWorkItem
{
    // A buffer that was once longer is not kept.
    private const int KeptBytes = 64 * 1024;
    private readonly Lock gate = new();
    private ArrayBufferWriter<byte> coming = new();
    private ArrayBufferWriter<byte> leaving = new();
    private bool isWriting;

    /// <summary>Queues a request.</summary>
    /// <param name="request">The request, with its tag.</param>
    /// <param name="isAlone">Nobody else waits for an answer: it is written at once. Otherwise behind what the pool has to do first,
    /// for that is mostly others who were answered just now and ask again: a system call each is most of what a small request costs.</param>
    public void Send(IMessage request, bool isAlone)
    {
        lock (gate)
        {
            Append(request);
            if (isWriting)
            {
                return;
            }

            isWriting = true;
        }

        if (isAlone)
        {
            Execute();
        }
        else
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    /// <inheritdoc/>
    public void Execute() => _ = WriteAsync();

    private void Append(IMessage request)
    {
        var size = request.CalculateSize();
        BinaryPrimitives.WriteInt32BigEndian(coming.GetSpan(sizeof(int)), size);
        coming.Advance(sizeof(int));
        request.WriteTo(coming);
    }

    private async Task WriteAsync()
    {
        try
        {
            while (TryTake(out var bytes))
            {
                await stream.WriteAsync(bytes).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            onFailed(exception);
        }
    }

    private bool TryTake(out ReadOnlyMemory<byte> bytes)
    {
        lock (gate)
        {
            if (leaving.Capacity > KeptBytes)
            {
                leaving = new();
            }

            leaving.ResetWrittenCount();
            (coming, leaving) = (leaving, coming);
            bytes = leaving.WrittenMemory;
            isWriting = bytes.Length > 0;
            return isWriting;
        }
    }
}
