using System.Text;
using Doozer.Cli.Wire;
using Orleans.Doozer.Protocol;

namespace Doozer.Cli.Sessions;

/// <summary>Opens sessions: with the URI's addresses, or with those a boot cluster knows for a name (DzNS).</summary>
internal sealed class SessionFactory(CliConsole console)
{
    internal async Task<Session> OpenAsync(string uriText, string? bootUriText, CancellationToken cancellationToken)
    {
        DoozerUri uri = await FindAsync(uriText, bootUriText, cancellationToken);
        return new Session(new Connector(uri, uri.Addresses, console));
    }

    /// <summary>The URI with the addresses to use; there is at least one.</summary>
    internal async Task<DoozerUri> FindAsync(string uriText, string? bootUriText, CancellationToken cancellationToken)
    {
        DoozerUri uri = DoozerUri.Parse(uriText);
        if (uri.ClusterName is not null && !string.IsNullOrEmpty(bootUriText))
        {
            return uri with { Addresses = await LookUpAsync(bootUriText, uri.ClusterName, cancellationToken) };
        }

        return uri.Addresses.Count > 0
            ? uri
            : throw new UsageException($"cluster \"{uri.ClusterName}\" has no address: add ca=, or name a boot cluster with -b");
    }

    private async Task<IReadOnlyList<ServerAddress>> LookUpAsync(
        string bootUriText, string name, CancellationToken cancellationToken)
    {
        DoozerUri boot = DoozerUri.Parse(bootUriText);
        if (boot.Addresses.Count == 0)
        {
            throw new UsageException("bad boot URI: it names no server with ca=");
        }

        using var session = new Session(new Connector(boot, boot.Addresses, console));
        string directory = $"/ctl/ns/{name}";
        long revision = await session.GetRevisionAsync(cancellationToken);
        var addresses = new List<ServerAddress>();
        try
        {
            while (await session.GetDirectoryEntryAsync(directory, revision, addresses.Count, cancellationToken) is { } entry)
            {
                addresses.Add(await ReadAddressAsync(session, $"{directory}/{entry}", revision, cancellationToken));
            }
        }
        catch (ServerErrorException exception) when (exception.Code == ServerError.NoEntry)
        {
            // A cluster nobody registered: told below, as an empty directory is.
        }

        return addresses.Count > 0
            ? addresses
            : throw new DoozerException($"the boot cluster knows no server of cluster \"{name}\": {directory} is empty");
    }

    private static async Task<ServerAddress> ReadAddressAsync(
        Session session, string path, long revision, CancellationToken cancellationToken)
    {
        var request = new Request { Verb = DoozerVerb.Get, Path = path, Rev = revision };
        Response response = await session.ReadAsync(request, cancellationToken);
        string text = Encoding.UTF8.GetString(response.Value.Span);
        return ServerAddress.TryParse(text, out ServerAddress address)
            ? address
            : throw new DoozerException($"the boot cluster's file {path} holds no address");
    }
}
