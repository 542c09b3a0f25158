using System.Globalization;
using Doozer.Cli.Sessions;
using Doozer.Cli.Wire;
using Google.Protobuf;
using Orleans.Doozer.Protocol;

namespace Doozer.Cli.Verbs;

/// <summary>One change, as <c>wait</c> and <c>watch</c> print it.</summary>
internal sealed record ChangeRecord(string Path, long Revision, int Flags, ByteString Body)
{
    internal const string Help = """
        In <glob>, ? stands for one character of a name, * for any number of them, and **
        for any number of characters across slashes. Everything else stands for itself.

        A change is printed as a line, the body, and a line end:

          <path> <rev> <set|del> <len>
          <body>

        <rev> is the revision of the change, <len> the length of the body in bytes.

        """;

    /// <summary>The first change of a matching file at the revision or after it.</summary>
    internal static async Task<ChangeRecord> NextAsync(
        Session session, string glob, long revision, CancellationToken cancellationToken)
    {
        var request = new Request { Verb = DoozerVerb.Wait, Path = glob, Rev = revision };
        Response response = await session.ReadAsync(request, cancellationToken);

        // An older change than asked for would be printed twice, and then for ever.
        return response.HasRev && response.Rev >= revision
            ? new ChangeRecord(response.Path, response.Rev, response.Flags, response.Value)
            : throw new DoozerException($"the server answered a wait from revision {revision} with revision {response.Rev}");
    }

    internal void WriteTo(OutputWriter output)
    {
        string kind = (Flags & DoozerFlag.Set) != 0 ? "set" : (Flags & DoozerFlag.Delete) != 0 ? "del" : "";
        output.Write(string.Create(CultureInfo.InvariantCulture, $"{Path} {Revision} {kind} {Body.Length}\n"));
        output.Write(Body.Span);
        output.Write("\n");
    }
}
