using Doozer.Cli.Wire;
using Orleans.Doozer.Clustering;

namespace Orleans.Doozer.SystemTests.Scripts;

/// <summary>Orleans' membership table, as a node's register tells it.</summary>
internal sealed class MembershipView : IDisposable
{
    private const int RegisterOffset = 15_000;
    private readonly RegisterClient _client = new(TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(2), TimeProvider.System);

    /// <summary>The table; null when that node cannot tell.</summary>
    public async Task<RegisterState?> ReadAsync(ServerAddress at)
    {
        try
        {
            return await _client.CallAsync($"{at.Host}:{at.Port + RegisterOffset}", "", new ReadRequest(), default) is ReadReply read ? read.State : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Waits until the newest silo of a node is dead to the others.</summary>
    /// <returns>How long it took.</returns>
    public Task<TimeSpan> WaitUntilDeadAsync(string node, ServerAddress at, TimeSpan patience, CancellationToken stop) => Wait.UntilAsync(
        async () => await ReadAsync(at) is { } state && StatusOf(state, node) == SiloStatus.Dead, $"{node} is dead in Orleans' membership", patience, stop);

    /// <summary>Whether the newest silo of each of some nodes is active.</summary>
    public async Task<bool> AreActiveAsync(IEnumerable<string> nodes, ServerAddress at) =>
        await ReadAsync(at) is { } state && nodes.All(node => StatusOf(state, node) == SiloStatus.Active);

    /// <summary>The silos that are dead.</summary>
    public static IReadOnlyList<string> DeadSilos(RegisterState state) =>
        [.. state.Rows.Values.Where(row => row.Status == (int)SiloStatus.Dead).Select(row => row.Silo)];

    public void Dispose() => _client.Dispose();

    private static SiloStatus StatusOf(RegisterState state, string node) =>
        (SiloStatus)(state.Rows.Values.Where(row => row.SiloName == node).MaxBy(row => SiloAddress.FromParsableString(row.Silo).Generation)?.Status ?? 0);
}
