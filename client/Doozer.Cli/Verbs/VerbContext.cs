using Doozer.Cli.CommandLine;
using Doozer.Cli.Sessions;
using Doozer.Cli.Wire;
using Google.Protobuf;

namespace Doozer.Cli.Verbs;

/// <summary>What one run of a verb works with.</summary>
internal sealed record VerbContext(IReadOnlyList<string> Arguments, OptionValues Options, CliConsole Console, OutputWriter Output)
{
    /// <summary>The first argument of most verbs. The server judges it: what a path may be is its decision.</summary>
    internal string Path => Arguments[0];

    internal Task<Session> OpenSessionAsync(CancellationToken cancellationToken) =>
        new SessionFactory(Console).OpenAsync(Options.Uri, Options.BootUri, cancellationToken);

    /// <summary>Where the cluster is; there is at least one address.</summary>
    internal Task<DoozerUri> FindClusterAsync(CancellationToken cancellationToken) =>
        new SessionFactory(Console).FindAsync(Options.Uri, Options.BootUri, cancellationToken);

    /// <summary>The revision to read at: the one given with -r, or the store's current one.</summary>
    internal async Task<long> GetRevisionAsync(Session session, CancellationToken cancellationToken) =>
        Options.Revision == DoozerRevision.Current ? await session.GetRevisionAsync(cancellationToken) : Options.Revision;

    /// <summary>All of standard input, byte for byte.</summary>
    internal async Task<ByteString> ReadBodyAsync(CancellationToken cancellationToken)
    {
        // A terminal's read cannot be cancelled; it is left behind so that Ctrl-C still ends the command.
        return await Task.Run(() => ReadBody(Console.Input), cancellationToken).WaitAsync(cancellationToken);
    }

    private static ByteString ReadBody(Stream input)
    {
        using var body = new MemoryStream();
        byte[] buffer = new byte[16 * 1024];
        try
        {
            for (int count = input.Read(buffer); count > 0; count = input.Read(buffer))
            {
                body.Write(buffer, 0, count);
                if (body.Length > FrameReader.FrameBytesMax)
                {
                    throw new DoozerException($"standard input is longer than {FrameReader.FrameBytesMax >> 20} MiB");
                }
            }
        }
        catch (IOException exception)
        {
            throw new DoozerException($"cannot read standard input: {exception.Message}");
        }

        return UnsafeByteOperations.UnsafeWrap(body.GetBuffer().AsMemory(0, (int)body.Length));
    }
}
