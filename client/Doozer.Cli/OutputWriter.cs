using System.Buffers;
using System.Text;

namespace Doozer.Cli;

/// <summary>Standard output has no reader any more: the command ends quietly, as a filter does.</summary>
internal sealed class OutputClosedException() : Exception("standard output is closed");

/// <summary>Collects what a verb prints and hands it to standard output in large pieces.</summary>
internal sealed class OutputWriter(Stream stream)
{
    private const int FlushThresholdBytes = 32 * 1024;

    // EPIPE, and what Windows reports in its place: ERROR_BROKEN_PIPE and ERROR_NO_DATA.
    private static readonly int[] ClosedPipe = [32, unchecked((int)0x8007006D), unchecked((int)0x800700E8)];

    private readonly ArrayBufferWriter<byte> pending = new();

    internal void Write(string text) => Encoding.UTF8.GetBytes(text, pending);

    internal void Write(ReadOnlySpan<byte> bytes) => pending.Write(bytes);

    /// <summary>Passes on what has been collected once it is worth a system call.</summary>
    internal Task FlushIfLargeAsync(CancellationToken cancellationToken) =>
        pending.WrittenCount < FlushThresholdBytes ? Task.CompletedTask : FlushAsync(cancellationToken);

    internal async Task FlushAsync(CancellationToken cancellationToken)
    {
        if (pending.WrittenCount == 0)
        {
            return;
        }

        try
        {
            await stream.WriteAsync(pending.WrittenMemory, cancellationToken);
            await stream.FlushAsync(cancellationToken);
        }
        catch (IOException exception)
        {
            throw ClosedPipe.Contains(exception.HResult)
                ? new OutputClosedException()
                : new DoozerException($"cannot write standard output: {exception.Message}");
        }
        finally
        {
            pending.ResetWrittenCount();
        }
    }
}
