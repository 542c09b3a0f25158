using System.Text;
using Doozer.Cli.Wire;
using Orleans.Doozer.Protocol;

namespace Doozer.Cli.Cluster;

/// <summary>Reads the files about the members. At a revision that the node has, no quorum is asked.</summary>
/// <param name="askAsync">Sends a request; an error of the server comes back as a response.</param>
internal sealed class ControlReader(Func<Request, CancellationToken, Task<Response>> askAsync)
{
    /// <summary>Requests under way at once: the protocol has one file per request.</summary>
    private const int Window = 64;

    /// <summary>More files than any cluster has: what claims to have more is not listed for ever.</summary>
    private const int FilesMax = 20_000;

    internal async Task<ControlFiles> ReadAsync(long revision, CancellationToken cancellationToken)
    {
        List<Response> nodes = await WalkAsync("/ctl/node/*/*", revision, cancellationToken);
        return new ControlFiles(revision, await ReadSlotsAsync(revision, cancellationToken), Collect(nodes));
    }

    /// <summary>The slots alone; as of now, by the word of a quorum, when no revision is given.</summary>
    internal async Task<IReadOnlyList<VoteSlot>> ReadSlotsAsync(long? revision, CancellationToken cancellationToken)
    {
        List<Response> files = await WalkAsync($"{VoteSlot.Directory}/*", revision, cancellationToken);
        return
        [
            .. files.Select(file => new VoteSlot(LastName(file), Text(file), file.Rev))
                .OrderBy(slot => slot.Number ?? int.MaxValue).ThenBy(slot => slot.Name, StringComparer.Ordinal),
        ];
    }

    private static List<NodeEntry> Collect(List<Response> files)
    {
        var nodes = new SortedDictionary<string, NodeEntry>(StringComparer.Ordinal);
        foreach (Response file in files)
        {
            string id = file.Path.Split('/')[^2];
            NodeEntry node = nodes.GetValueOrDefault(id) ?? new NodeEntry(id);
            nodes[id] = LastName(file) switch
            {
                "addr" => node with { Address = Text(file) },
                "hostname" => node with { HostName = Text(file) },
                "version" => node with { Version = Text(file) },
                "standby" => node with { IsStandby = Text(file) == "true", StandbyRevision = file.Rev },
                _ => node,
            };
        }

        return [.. nodes.Values];
    }

    private async Task<List<Response>> WalkAsync(string glob, long? revision, CancellationToken cancellationToken)
    {
        var files = new List<Response>();
        while (files.Count < FilesMax)
        {
            Response[] page = await Task.WhenAll(
                Enumerable.Range(files.Count, Window).Select(offset => askAsync(Walk(glob, revision, offset), cancellationToken)));
            foreach (Response answer in page)
            {
                if (answer.ErrCode == ServerError.Range)
                {
                    return files;
                }

                if (answer.HasErrCode)
                {
                    throw ServerError.From(Walk(glob, revision, files.Count), answer);
                }

                files.Add(answer);
            }
        }

        throw new DoozerException($"more than {FilesMax} files match {glob}");
    }

    private static Request Walk(string glob, long? revision, int offset)
    {
        var request = new Request { Verb = DoozerVerb.Walk, Path = glob, Offset = offset };
        if (revision is { } at)
        {
            request.Rev = at;
        }

        return request;
    }

    private static string LastName(Response file) => file.Path[(file.Path.LastIndexOf('/') + 1)..];

    private static string Text(Response file) => Encoding.UTF8.GetString(file.Value.Span);
}
