using System.Text;
using Doozer.Cli.Verbs;

namespace Doozer.Cli.CommandLine;

/// <summary>What <c>doozer -h</c> and <c>doozer help</c> print.</summary>
internal static class HelpText
{
    internal static string Version { get; } = typeof(HelpText).Assembly.GetName().Version?.ToString(3) ?? "";

    /// <summary>The page about one verb, or the overview.</summary>
    internal static string For(Verb? verb) => verb is null
        ? Overview()
        : $"Usage: doozer [options] {verb.Usage}\n\n{verb.Details}";

    private static string Overview()
    {
        var text = new StringBuilder("""
            Usage: doozer [options] <command> [options] [arguments]

            Reads, changes and watches the files of a doozer cluster.

            Options, before or after the command:
              -a URI   the cluster to talk to (default doozer:?ca=127.0.0.1:8046)
              -b URI   the boot cluster that knows the addresses when -a names a cluster with cn=
              -r REV   get, stat, find: read at this revision; wait, watch: start at it
              -t TIME  or --timeout TIME; wait: give up after this long, for example 1m30s;
                       status: for each node; members: for the change to come into force
              -h       print this help, or the help of the command
              -v       print the version

            Environment:
              DOOZER_URI       stands in for -a
              DOOZER_BOOT_URI  stands in for -b

            Commands:

            """);
        int width = Verb.All.Max(verb => verb.Usage.Length);
        foreach (Verb verb in Verb.All)
        {
            text.Append("  ").Append(verb.Usage.PadRight(width)).Append("  ").Append(verb.Summary).Append('\n');
        }

        text.Append("""

            A URI lists servers with ca=host:port (as often as needed) and may hold a secret key: doozer:?ca=a&ca=b:8046&sk=key

            Exit codes: 0 success, 1 the file's revision is newer than the one given, 2 anything else.

            """);
        return text.ToString();
    }
}
