using Doozer.Cli.Sessions;
using Orleans.Doozer.Consensus;

namespace Doozer.Silo.Boot;

/// <summary>
/// A cluster's name in another Doozer (Doozer, boot.go): <c>/ctl/boot/NAME</c> holds the node that was first to take the name, and alone
/// may found the cluster; <c>/ctl/ns/NAME/ID</c> holds the Doozer addresses of its voters. The first node's id is in its data directory
/// before it takes the name, so one that crashes before it has founded the cluster goes on when it starts again.
/// </summary>
internal sealed partial class NameService(DoozerUri uri, string name, TimeProvider time, ILogger<NameService> logger) : IDisposable
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan NoticeDelay = TimeSpan.FromSeconds(10);
    private readonly BootStore _store = new(uri);
    private readonly SemaphoreSlim _turn = new(1);

    private string BootPath => $"/ctl/boot/{name}";

    private string Directory => $"/ctl/ns/{name}";

    /// <summary>
    /// Takes the name for a node that belongs to no cluster, unless it is taken; waits for the boot cluster.
    /// </summary>
    /// <returns>Whether this node is the first and founds the cluster.</returns>
    public async Task<bool> TakeAsync(NodeId self, CancellationToken cancellationToken)
    {
        long? said = null;
        while (true)
        {
            try
            {
                if (await TryTakeAsync(self, cancellationToken) is { } first)
                {
                    return first;
                }
            }
            catch (BootUnavailableException exception)
            {
                if (said is not { } at || time.GetElapsedTime(at) >= NoticeDelay)
                {
                    said = time.GetTimestamp();
                    LogWaiting(exception.Message);
                }

                await Task.Delay(RetryDelay, time, cancellationToken);
            }
        }
    }

    /// <summary>The membership registers of the cluster's voters.</summary>
    /// <exception cref="IOException">There is none, or the boot cluster does not answer.</exception>
    public async Task<IReadOnlyList<string>> FindRegistersAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var entries = await _store.ListAsync(Directory, cancellationToken);
            return entries.Count > 0 ? [.. entries.Values.Select(entry => RegisterOf(entry.Text)).OfType<string>()]
                : throw new BootUnavailableException(await DescribeFirstAsync(cancellationToken));
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Makes the cluster's entries what they should be: an address for each voter, and nobody else's.</summary>
    /// <param name="voters">Ids and Doozer addresses.</param>
    /// <param name="isOurs">Whether a node is, or was, of this cluster.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="BootUnavailableException">Not done, or not all of it.</exception>
    public async Task PublishAsync(
        IReadOnlyDictionary<string, string> voters, Func<string, bool> isOurs, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var entries = await _store.ListAsync(Directory, cancellationToken);
            if (entries.Count > 0 && !entries.Keys.Any(isOurs))
            {
                throw new BootUnavailableException(
                    $"{Directory} holds the addresses of another cluster of this name; give one of the two another name with -c");
            }

            foreach (var (id, address) in voters.Where(voter => !entries.TryGetValue(voter.Key, out var entry) || entry.Text != voter.Value))
            {
                await _store.TrySetAsync($"{Directory}/{id}", address, entries.GetValueOrDefault(id).Revision, cancellationToken);
            }

            foreach (var (id, entry) in entries.Where(entry => !voters.ContainsKey(entry.Key)))
            {
                await _store.TryDeleteAsync($"{Directory}/{id}", entry.Revision, cancellationToken);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose()
    {
        _store.Dispose();
        _turn.Dispose();
    }

    private async Task<bool?> TryTakeAsync(NodeId self, CancellationToken cancellationToken)
    {
        var taken = await _store.ReadAsync(BootPath, cancellationToken);
        if (taken.Exists)
        {
            return taken.Text == self.Value;
        }

        // Somebody removed the first one's file, but the cluster is there: to found it again would make a second one.
        if ((await _store.ListAsync(Directory, cancellationToken)).Count > 0)
        {
            return false;
        }

        // Whether it was set or not, also when the answer is lost, the file tells who was first.
        await _store.TrySetAsync(BootPath, self.Value, taken.Revision, cancellationToken);
        return null;
    }

    private async Task<string> DescribeFirstAsync(CancellationToken cancellationToken)
    {
        var first = await _store.ReadAsync(BootPath, cancellationToken);
        return first.Exists
            ? $"node {first.Text} took the name '{name}' first and has not told its address yet; "
                + $"if it is lost for good, remove {BootPath} (revision {first.Revision}) from the boot cluster and start a new node"
            : $"the boot cluster knows no cluster '{name}'";
    }

    private static string? RegisterOf(string doozer)
    {
        try
        {
            return HostAddress.Parse("-b", doozer, 8046).Plus("-b", SiloSettings.RegisterOffset).ToString();
        }
        catch (SettingsException)
        {
            // Another's entry, and no address: the others may do.
            return null;
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "Waiting for the boot cluster, to find the cluster by its name. {Reason}")]
    private partial void LogWaiting(string reason);
}
