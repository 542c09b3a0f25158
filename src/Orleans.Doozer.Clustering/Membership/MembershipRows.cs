using System.Collections.Immutable;
using System.Globalization;

namespace Orleans.Doozer.Clustering;

/// <summary>Orleans' membership contract as pure changes of the register's value; null means that the caller lost.</summary>
internal static class MembershipRows
{
    private const int Dead = (int)SiloStatus.Dead;

    public static RegisterState? Insert(RegisterState state, MembershipEntry entry, TableVersion next, string? replaces)
    {
        var key = entry.SiloAddress.ToParsableString();
        if (state.TableEtag != next.VersionEtag || state.Rows.ContainsKey(key))
        {
            return null;
        }

        var etag = Etag(state);
        var inserted = state with { Rows = state.Rows.Add(key, ToRow(entry, etag)) };

        // A node that starts again is the proof that its earlier generations are gone: one change, one version.
        var cleaned = replaces is not null && entry.SiloName == replaces ? WithoutPredecessors(inserted, replaces, entry.SiloAddress, etag) : null;
        return Step(cleaned ?? inserted, etag);
    }

    public static RegisterState? Update(RegisterState state, MembershipEntry entry, string rowEtag, TableVersion next)
    {
        var key = entry.SiloAddress.ToParsableString();
        if (state.TableEtag != next.VersionEtag || !state.Rows.TryGetValue(key, out var row) || row.Etag != rowEtag)
        {
            return null;
        }

        var etag = Etag(state);
        return Step(state with { Rows = state.Rows.SetItem(key, ToRow(entry, etag)) }, etag);
    }

    /// <summary>Marks the earlier generations of the node that is about to start as dead.</summary>
    public static RegisterState? BuryPredecessors(RegisterState state, string siloName, SiloAddress starting)
    {
        var etag = Etag(state);
        return WithoutPredecessors(state, siloName, starting, etag) is { } changed ? Step(changed, etag) : null;
    }

    /// <summary>Marks rows as dead that still are just as they were when they were found to be so.</summary>
    public static RegisterState? Bury(RegisterState state, IReadOnlyCollection<MembershipRow> found)
    {
        var etag = Etag(state);
        var rows = state.Rows;
        foreach (var row in found)
        {
            if (rows.TryGetValue(row.Silo, out var current) && current.Etag == row.Etag && current.Status != Dead)
            {
                rows = rows.SetItem(row.Silo, current with { Status = Dead, Etag = etag });
            }
        }

        return ReferenceEquals(rows, state.Rows) ? null : Step(state with { Rows = rows }, etag);
    }

    public static RegisterState? Cleanup(
        RegisterState state, IReadOnlyDictionary<string, long> alive, DateTimeOffset before)
    {
        // The table's own contract test also wants old rows gone that never became Active; a live joiner is younger than any date asked for.
        var defunct = state.Rows.Values
            .Where(row => row.Status != (int)SiloStatus.Active && LastSign(row, alive) < before.UtcTicks)
            .Select(row => row.Silo)
            .ToList();
        return defunct.Count == 0 ? null : Step(state with { Rows = state.Rows.RemoveRange(defunct) }, Etag(state));
    }

    public static RegisterState? Clear(RegisterState state) =>
        state.Rows.IsEmpty ? null : Step(state with { Rows = state.Rows.Clear() }, Etag(state));

    public static MembershipTableData ToTable(RegisterState state, IReadOnlyDictionary<string, long> alive, SiloAddress? only)
    {
        var key = only?.ToParsableString();
        var rows = state.Rows.Values
            .Where(row => key is null || row.Silo == key)
            .Select(row => Tuple.Create(ToEntry(row, alive), row.Etag))
            .ToList();
        return new MembershipTableData(rows, new TableVersion(state.TableVersion, state.TableEtag));
    }

    public static long LastSign(MembershipRow row, IReadOnlyDictionary<string, long> alive)
    {
        var last = Math.Max(Math.Max(row.StartTicks, row.IAmAliveTicks), alive.GetValueOrDefault(row.Silo));
        return row.Suspects is { Length: > 0 } votes && row.Status == Dead ? Math.Max(last, votes.Max(vote => vote.Ticks)) : last;
    }

    private static RegisterState? WithoutPredecessors(RegisterState state, string siloName, SiloAddress starting, string etag)
    {
        var rows = state.Rows;
        foreach (var row in state.Rows.Values)
        {
            if (row.SiloName == siloName && row.Status != Dead
                && SiloAddress.FromParsableString(row.Silo).Generation < starting.Generation)
            {
                rows = rows.SetItem(row.Silo, row with { Status = Dead, Etag = etag });
            }
        }

        return ReferenceEquals(rows, state.Rows) ? null : state with { Rows = rows };
    }

    // Unique among all tags of this register, because the number of a decided value is.
    private static string Etag(RegisterState state) => (state.Number + 1).ToString(CultureInfo.InvariantCulture);

    private static RegisterState Step(RegisterState state, string etag) =>
        state with { TableVersion = state.TableVersion + 1, TableEtag = etag };

    private static MembershipRow ToRow(MembershipEntry entry, string etag) => new(
        entry.SiloAddress.ToParsableString(), etag, (int)entry.Status, entry.SiloName, entry.HostName, entry.RoleName, entry.ProxyPort,
        entry.UpdateZone, entry.FaultZone, entry.StartTime.Ticks, entry.IAmAliveTime.Ticks,
        entry.SuspectTimes is { } votes ? [.. votes.Select(vote => new SiloTime(vote.Item1.ToParsableString(), vote.Item2.Ticks))] : null);

    private static MembershipEntry ToEntry(MembershipRow row, IReadOnlyDictionary<string, long> alive) => new()
    {
        SiloAddress = SiloAddress.FromParsableString(row.Silo),
        Status = (SiloStatus)row.Status,
        SiloName = row.SiloName!,
        HostName = row.HostName!,
        RoleName = row.RoleName,
        ProxyPort = row.ProxyPort,
        UpdateZone = row.UpdateZone,
        FaultZone = row.FaultZone,
        StartTime = new DateTime(row.StartTicks, DateTimeKind.Utc),
        IAmAliveTime = new DateTime(Math.Max(row.IAmAliveTicks, alive.GetValueOrDefault(row.Silo)), DateTimeKind.Utc),
        SuspectTimes = row.Suspects is { } votes
            ? [.. votes.Select(vote => Tuple.Create(SiloAddress.FromParsableString(vote.Silo), new DateTime(vote.Ticks, DateTimeKind.Utc)))]
            : null,
    };
}
