using System.Text;
using Orleans.Doozer.Clustering;
using Orleans.Doozer.Consensus;
using Orleans.Doozer.KeyStore;
using Orleans.Doozer.Runtime;
using Orleans.Doozer.Runtime.Stores;

namespace Doozer.Silo;

/// <summary>
/// Keeps the acceptors of the membership register equal to the voters of the default store, from the store's leader: so the membership
/// survives whatever the store survives.
/// </summary>
internal sealed partial class RegisterKeeper(
    IStoreNodes stores, RegisterNode register, NodeFault fault, TimeProvider time, ILogger<RegisterKeeper> logger)
    : BackgroundService
{
    /// <summary>The file under a node's /ctl/node entry that holds its register's address.</summary>
    public const string AddressFile = "register";

    // Until the register has followed, a founder that fails takes it along: so it follows at once.
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private const int TurnsPerLookAround = 10;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        for (var turn = 0; await timer.WaitForNextTickAsync(stoppingToken); turn++)
        {
            try
            {
                // Two that started at once on one data could not see each other then.
                if (turn % TurnsPerLookAround == 0 && await register.FindDoubleAsync(stoppingToken) is { } address)
                {
                    fault.Report(new RegisterConfigurationException(RegisterNode.DescribeDouble(register.Self.Value, address)));
                    return;
                }

                var node = stores.Get("default");
                if (node.HasJoined && node.Leader == node.Self && FindVoters(node.Current) is { Count: > 0 } voters && !IsKept(voters))
                {
                    await register.SetAcceptorsAsync(voters, stoppingToken);
                    LogKept(voters.Count);
                }
            }
            catch (RegisterUnavailableException exception)
            {
                // A refusal comes at once, and asked again at once it would fill the log.
                LogFailed(exception.Message);
                await Task.Delay(Pause, time, stoppingToken);
            }
        }
    }

    private static List<(NodeId Node, string Address)> FindVoters(StoreView view)
    {
        var voters = new List<(NodeId, string)>();
        foreach (var voter in ControlFiles.Voters(view))
        {
            // A voter that has not told its address yet will be added when it has; until then nothing is changed.
            var file = view.Get(ControlFiles.NodeFile(voter, AddressFile));
            if (!file.Revision.IsFile)
            {
                return [];
            }

            voters.Add((voter, Encoding.UTF8.GetString(file.Value.Span)));
        }

        return voters;
    }

    private bool IsKept(List<(NodeId Node, string Address)> voters) =>
        register.Acceptors.Count == voters.Count
        && register.Acceptors.All(acceptor => voters.Contains((acceptor.Node, acceptor.Address)));

    [LoggerMessage(1, LogLevel.Information, "The membership register is kept by {Count} nodes")]
    private partial void LogKept(int count);

    [LoggerMessage(2, LogLevel.Warning, "The membership register does not follow the voters yet and will be tried again: {Reason}")]
    private partial void LogFailed(string reason);
}
