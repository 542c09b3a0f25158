using Orleans.Doozer.Consensus;
using Orleans.Doozer.KeyStore;
using Orleans.Doozer.Runtime;

namespace Doozer.Silo.Boot;

/// <summary>Keeps the cluster's entries in the boot cluster equal to the voters, from the store's leader.</summary>
internal sealed partial class NameKeeper(IStoreNodes stores, NameService names, TimeProvider time, ILogger<NameKeeper> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    // Others may change the boot cluster too; a look now and then is enough when nothing changed here.
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        Dictionary<string, string> published = [];
        var at = time.GetTimestamp();
        var complained = false;
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var node = stores.Get("default");
            if (!node.HasJoined || node.Leader != node.Self)
            {
                published = [];
                continue;
            }

            var view = node.Current;
            var voters = FindVoters(view);
            if (voters.Count == 0 || (IsSame(voters, published) && time.GetElapsedTime(at) < LookAgain))
            {
                continue;
            }

            try
            {
                await names.PublishAsync(voters, id => IsOurs(view, id), stoppingToken);
                (published, at, complained) = (voters, time.GetTimestamp(), false);
            }
            catch (BootUnavailableException exception)
            {
                if (!complained)
                {
                    complained = true;
                    LogFailed(exception.Message);
                }
            }
        }
    }

    private static Dictionary<string, string> FindVoters(StoreView view)
    {
        var voters = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var voter in ControlFiles.Voters(view))
        {
            if (ControlFiles.Address(view, voter) is { } address)
            {
                voters[voter.Value] = address;
            }
        }

        return voters;
    }

    private static bool IsOurs(StoreView view, string id) => NodeId.TryParse(id, out var node) && ControlFiles.Address(view, node) is not null;

    private static bool IsSame(Dictionary<string, string> one, Dictionary<string, string> other) =>
        one.Count == other.Count && one.All(pair => other.TryGetValue(pair.Key, out var address) && address == pair.Value);

    [LoggerMessage(1, LogLevel.Warning, "The boot cluster does not have this cluster's addresses yet and will be told again and again: {Reason}")]
    private partial void LogFailed(string reason);
}
