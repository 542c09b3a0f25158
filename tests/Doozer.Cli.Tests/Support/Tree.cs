using Doozer.Cli.Wire;
using Orleans.Doozer.Protocol;

namespace Doozer.Cli.Tests.Support;

/// <summary>A fixed tree of files, and the answers a server gives about it.</summary>
internal sealed class Tree
{
    internal const long Revision = 100;

    private readonly HashSet<string> files;
    private readonly Dictionary<string, string[]> directories;

    internal Tree(params string[] paths)
    {
        files = [.. paths];
        var entries = new Dictionary<string, SortedSet<string>> { ["/"] = new(StringComparer.Ordinal) };
        foreach (string path in paths)
        {
            string[] names = path[1..].Split('/');
            for (int depth = 0; depth < names.Length; depth++)
            {
                string parent = "/" + string.Join('/', names[..depth]);
                entries.TryAdd(parent, new SortedSet<string>(StringComparer.Ordinal));
                entries[parent].Add(names[depth]);
            }
        }

        directories = entries.ToDictionary(pair => pair.Key, pair => pair.Value.ToArray());
    }

    internal Response Answer(Request request) => request.Verb switch
    {
        DoozerVerb.Revision => new Response { Rev = Revision },
        DoozerVerb.Stat when directories.TryGetValue(request.Path, out string[]? names) =>
            new Response { Rev = DoozerRevision.Directory, Len = names.Length },
        DoozerVerb.Stat => new Response { Rev = files.Contains(request.Path) ? 5 : DoozerRevision.Missing },
        DoozerVerb.GetDirectory when !directories.ContainsKey(request.Path) => new Response { ErrCode = ServerError.NoEntry },
        DoozerVerb.GetDirectory when request.Offset >= directories[request.Path].Length => new Response { ErrCode = ServerError.Range },
        DoozerVerb.GetDirectory => new Response { Path = directories[request.Path][request.Offset] },
        _ => new Response { ErrCode = ServerError.UnknownVerb },
    };
}
