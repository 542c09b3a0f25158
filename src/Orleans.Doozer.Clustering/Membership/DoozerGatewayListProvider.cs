using System.Collections.Immutable;
using Orleans.Messaging;

namespace Orleans.Doozer.Clustering;

/// <summary>Finds a cluster's gateways for an Orleans client, at any of the cluster's register listeners.</summary>
/// <param name="addresses">Listeners to begin with, as <c>host:port</c>; more are learned from the answers.</param>
/// <param name="refreshPeriod">How old the list may become.</param>
/// <param name="time">The clock.</param>
public sealed class DoozerGatewayListProvider(IReadOnlyList<string> addresses, TimeSpan refreshPeriod, TimeProvider? time = null)
    : IGatewayListProvider, IDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromMilliseconds(500);

    // Longer than a node's own operation timeout would be too long for a client; another node is asked instead.
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(2);
    private readonly RegisterClient _client = new(ConnectTimeout, CallTimeout, time ?? TimeProvider.System);
    private ImmutableArray<string> _learned = [];

    /// <inheritdoc/>
    public TimeSpan MaxStaleness => refreshPeriod;

    /// <inheritdoc/>
    [Obsolete("Orleans no longer asks; every provider is updatable.")]
    public bool IsUpdatable => true;

    /// <inheritdoc/>
    public Task InitializeGatewayListProvider() => Task.CompletedTask;

    /// <inheritdoc/>
    public Task<IList<Uri>> GetGateways() => GetGatewaysAsync(CancellationToken.None);

    /// <inheritdoc/>
    /// <exception cref="RegisterUnavailableException">No listener could read the register. Never an empty list instead.</exception>
    public async Task<IList<Uri>> GetGatewaysAsync(CancellationToken cancellationToken)
    {
        var problems = new List<string>();
        foreach (var address in addresses.Concat(_learned).Distinct(StringComparer.Ordinal))
        {
            try
            {
                switch (await _client.CallAsync(address, "", new ReadRequest(), cancellationToken))
                {
                    case ReadReply read:
                        _learned = [.. read.State.Acceptors.Select(peer => peer.Address)];
                        return Gateways(read.State);
                    case RejectedReply rejected:
                        problems.Add($"{address}: {rejected.Reason}");
                        break;
                }
            }
            catch (IOException exception)
            {
                problems.Add(exception.Message);
            }
        }

        throw new RegisterUnavailableException($"No membership register answered: {string.Join("; ", problems)}.");
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private static List<Uri> Gateways(RegisterState state) => state.Rows.Values
        .Where(row => row.Status == (int)SiloStatus.Active && row.ProxyPort != 0)
        .Select(row =>
        {
            var silo = SiloAddress.FromParsableString(row.Silo);
            return SiloAddress.New(silo.Endpoint.Address, row.ProxyPort, silo.Generation).ToGatewayUri();
        })
        .ToList();
}
