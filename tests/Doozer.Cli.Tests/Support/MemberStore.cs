using System.Text;
using Doozer.Cli.Wire;
using Google.Protobuf;
using Orleans.Doozer.Protocol;

namespace Doozer.Cli.Tests.Support;

/// <summary>One store and a peer for each of its nodes, on loopback: each answers STATUS for itself and the rest out of the same
/// files, with the store's rules for revisions.</summary>
internal sealed class MemberStore : IAsyncDisposable
{
    private readonly Lock gate = new();
    private readonly SortedDictionary<string, (string Text, long Revision)> files = new(StringComparer.Ordinal);
    private readonly List<ScriptedPeer> peers = [];
    private long revision;

    /// <summary>Runs before a request is answered; an answer stands in for the store's.</summary>
    internal Func<string, Request, Response?> Before { get; set; } = (_, _) => null;

    /// <summary>Runs on each report before it is sent.</summary>
    internal Action<StatusReport> Report { get; set; } = _ => { };

    /// <summary>The paths of SET and DEL in order, with the revision expected.</summary>
    internal List<string> Writes { get; } = [];

    /// <summary>A node that serves; its address.</summary>
    internal string AddNode(string id)
    {
        var peer = ScriptedPeer.Answering(request => Before(id, request) ?? Answer(id, request));
        peers.Add(peer);
        Put($"/ctl/node/{id}/addr", peer.Address);
        return peer.Address;
    }

    internal void Put(string path, string text)
    {
        lock (gate)
        {
            files[path] = (text, ++revision);
        }
    }

    internal string? Get(string path)
    {
        lock (gate)
        {
            return files.TryGetValue(path, out var file) ? file.Text : null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (ScriptedPeer peer in peers)
        {
            await peer.DisposeAsync();
        }
    }

    private Response Answer(string id, Request request)
    {
        lock (gate)
        {
            return request.Verb switch
            {
                DoozerVerb.Status => new Response { Value = ReportOf(id).ToByteString() },
                DoozerVerb.Walk => Walk(request),
                DoozerVerb.Set => Write(request, () => files[request.Path] = (request.Value.ToStringUtf8(), ++revision)),
                DoozerVerb.Delete => Write(request, () => files.Remove(request.Path)),
                _ => new Response { ErrCode = ServerError.UnknownVerb },
            };
        }
    }

    private StatusReport ReportOf(string id)
    {
        string[] voters = [.. Match("/ctl/cal/*").Select(file => file.Value.Text).Where(text => text.Length > 0).Distinct()];
        var report = new StatusReport
        {
            Node = id,
            ClusterId = "c1",
            ClusterName = "local",
            Joined = true,
            Leader = voters[0],
            BallotRound = 1,
            Voters = { voters },
            AppliedSlot = revision,
            Revision = revision,
        };
        Report(report);
        return report;
    }

    private Response Walk(Request request)
    {
        var (path, file) = Match(request.Path).ElementAtOrDefault(request.Offset);
        return path is null
            ? new Response { ErrCode = ServerError.Range }
            : new Response { Path = path, Value = ByteString.CopyFrom(file.Text, Encoding.UTF8), Rev = file.Revision };
    }

    private Response Write(Request request, Action write)
    {
        Writes.Add($"{request.Path} {request.Rev}");
        if (files.TryGetValue(request.Path, out var file) && request.Rev < file.Revision)
        {
            return new Response { ErrCode = ServerError.RevisionMismatch };
        }

        write();
        return new Response { Rev = revision };
    }

    private IEnumerable<KeyValuePair<string, (string Text, long Revision)>> Match(string glob) =>
        files.Where(file => file.Key.StartsWith(glob[..glob.IndexOf('*', StringComparison.Ordinal)], StringComparison.Ordinal));
}
