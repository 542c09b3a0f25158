using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Orleans.Doozer.Clustering;

/// <summary>
/// Orleans' membership table in the register. Reads are linearizable; a table that cannot be read is an exception, never an empty one.
/// </summary>
/// <param name="register">The node's register; started.</param>
/// <param name="self">The silo that this table serves; null for a reader.</param>
/// <param name="options">How long a silo may be silent.</param>
/// <param name="logger">The log.</param>
/// <param name="time">The clock.</param>
/// <param name="leaving">Cancelled when the silo begins to stop.</param>
public sealed partial class DoozerMembershipTable(
    RegisterNode register, SiloIdentity? self = null, DoozerTableOptions? options = null,
    ILogger<DoozerMembershipTable>? logger = null, TimeProvider? time = null, CancellationToken leaving = default)
    : IMembershipTable, IDisposable
{
    // Orleans would try for minutes to say goodbye; the last nodes of a cluster that stops have no majority to say it to.
    private static readonly TimeSpan FarewellTimeout = TimeSpan.FromSeconds(1);
    private readonly DoozerTableOptions _options = options ?? new DoozerTableOptions();
    private readonly ILogger _logger = logger ?? NullLogger<DoozerMembershipTable>.Instance;
    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly CancellationTokenSource _stopping = new();
    private volatile RegisterState? _lastRead;

    /// <summary>
    /// Waits until the register answers: an exception here would end the silo, and a cluster that starts in any order has no
    /// majority for its first moments. Then makes room for this silo.
    /// </summary>
    public async Task InitializeMembershipTableAsync(bool tryInitTableVersion, CancellationToken cancellationToken)
    {
        // Also ends with the host: an operator must be able to stop a silo that waits for others.
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, leaving, _stopping.Token);
        for (var tries = 0; ; tries++)
        {
            try
            {
                if (tryInitTableVersion && self is not null)
                {
                    await RequireSingleAsync(self, ending.Token);
                    await BuryPredecessorsAsync(self, ending.Token);
                    await BuryUnreachableAsync(self, ending.Token);
                    _ = WatchWhileJoiningAsync(self);
                }
                else
                {
                    await register.ReadAsync(ending.Token);
                }

                return;
            }
            catch (RegisterUnavailableException exception)
            {
                // Each try takes the register's operation timeout, so this is a line every few seconds.
                _logger.WaitingForTable(exception.Message);
            }
        }
    }

    /// <summary>Removes the rows of this cluster; there are none of any other here.</summary>
    public async Task DeleteMembershipTableEntriesAsync(string clusterId, CancellationToken cancellationToken)
    {
        if (clusterId == register.ClusterName)
        {
            await register.UpdateAsync(MembershipRows.Clear, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public async Task CleanupDefunctSiloEntriesAsync(DateTimeOffset beforeDate, CancellationToken cancellationToken)
    {
        var alive = await register.ReadAliveAsync(cancellationToken);
        await register.UpdateAsync(state => MembershipRows.Cleanup(state, alive, beforeDate), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<MembershipTableData> ReadRowAsync(SiloAddress key, CancellationToken cancellationToken) => ReadAsync(key, cancellationToken);

    /// <inheritdoc/>
    public Task<MembershipTableData> ReadAllAsync(CancellationToken cancellationToken) => ReadAsync(null, cancellationToken);

    /// <inheritdoc/>
    public async Task<bool> InsertRowAsync(MembershipEntry entry, TableVersion tableVersion, CancellationToken cancellationToken)
    {
        var (_, inserted) = await register.UpdateAsync(
            state => MembershipRows.Insert(state, entry, tableVersion, self?.Name), cancellationToken);
        return inserted;
    }

    /// <inheritdoc/>
    public async Task<bool> UpdateRowAsync(MembershipEntry entry, string etag, TableVersion tableVersion, CancellationToken cancellationToken)
    {
        using var hurry = Hurry(cancellationToken);
        try
        {
            var (_, updated) = await register.UpdateAsync(
                state => MembershipRows.Update(state, entry, etag, tableVersion), hurry.Token);
            return updated;
        }
        catch (Exception exception) when (IsOwnFarewell(entry) && IsUnavailable(exception, cancellationToken))
        {
            // Claimed as done: this silo ends either way, and to everybody else a silo that left unnoted is one that died.
            _logger.LeftUnnoted(entry.Status.ToString(), exception.Message);
            return true;
        }
    }

    /// <inheritdoc/>
    public Task UpdateIAmAliveAsync(MembershipEntry entry, CancellationToken cancellationToken) =>
        register.NoteAliveAsync(entry.SiloAddress.ToParsableString(), entry.IAmAliveTime.Ticks, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _stopping.Cancel();

    private async Task<MembershipTableData> ReadAsync(SiloAddress? only, CancellationToken cancellationToken)
    {
        using var hurry = Hurry(cancellationToken);
        try
        {
            var alive = register.ReadAliveAsync(hurry.Token);
            var state = await register.ReadAsync(hurry.Token);
            _lastRead = state;
            return MembershipRows.ToTable(state, await alive, only);
        }
        catch (Exception exception) when (_lastRead is not null && leaving.IsCancellationRequested && IsUnavailable(exception, cancellationToken))
        {
            // Only to a silo that stops: it must read before it may say goodbye, and what it writes is still checked by version.
            return MembershipRows.ToTable(_lastRead, new Dictionary<string, long>(), only);
        }
    }

    private CancellationTokenSource Hurry(CancellationToken cancellationToken)
    {
        var hurry = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (leaving.IsCancellationRequested)
        {
            hurry.CancelAfter(FarewellTimeout);
        }

        return hurry;
    }

    private bool IsOwnFarewell(MembershipEntry entry) => self is not null && leaving.IsCancellationRequested
        && entry.SiloAddress.Equals(self.Address) && entry.Status is SiloStatus.ShuttingDown or SiloStatus.Stopping or SiloStatus.Dead;

    private static bool IsUnavailable(Exception exception, CancellationToken cancellationToken) =>
        exception is RegisterUnavailableException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested);
}

/// <summary>The silo that a table serves.</summary>
/// <param name="Name">Its name: the node id.</param>
/// <param name="Address">Its address of this generation.</param>
public sealed record SiloIdentity(string Name, SiloAddress Address);

/// <summary>How the table treats silos that were killed.</summary>
public sealed class DoozerTableOptions
{
    /// <summary>
    /// How long a silo must have given no sign of life before a starting silo that cannot connect to it marks it as dead.
    /// </summary>
    public TimeSpan SilentAfter { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a connection attempt to such a silo may take.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a starting silo looks after such silos at most.</summary>
    public TimeSpan WatchFor { get; set; } = TimeSpan.FromMinutes(1);
}
