using System.Net.Sockets;

namespace Orleans.Doozer.Clustering;

/// <content>
/// What a silo that starts does about silos that died with nobody left to notice. Orleans lets it join only once it reached every
/// Active silo, and rows of a cluster that was killed stay Active for ever.
/// </content>
public sealed partial class DoozerMembershipTable
{
    private static readonly TimeSpan WatchDelay = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan DoubleLimit = TimeSpan.FromSeconds(4);
    private readonly Dictionary<string, (long Sign, long Since)> _signs = new(StringComparer.Ordinal);

    private enum Answer
    {
        Connected,
        Refused,
        None,
    }

    // A predecessor elsewhere that goes on giving signs of life is no predecessor. One whose port refuses has ended.
    private async Task RequireSingleAsync(SiloIdentity starting, CancellationToken cancellationToken)
    {
        var state = await register.ReadAsync(cancellationToken);
        foreach (var row in state.Rows.Values.Where(row => row.SiloName == starting.Name && row.Status != (int)SiloStatus.Dead))
        {
            var silo = SiloAddress.FromParsableString(row.Silo);
            if (silo.Endpoint.Equals(starting.Address.Endpoint) || await ConnectAsync(silo, cancellationToken) == Answer.Refused)
            {
                continue;
            }

            var first = MembershipRows.LastSign(row, await register.ReadAliveAsync(cancellationToken));
            for (var began = _time.GetTimestamp(); _time.GetElapsedTime(began) < DoubleLimit;)
            {
                await Task.Delay(WatchDelay, _time, cancellationToken);
                if (MembershipRows.LastSign(row, await register.ReadAliveAsync(cancellationToken)) > first)
                {
                    throw new RegisterConfigurationException(RegisterNode.DescribeDouble(starting.Name, silo.Endpoint.ToString()));
                }
            }
        }
    }

    private async Task BuryPredecessorsAsync(SiloIdentity starting, CancellationToken cancellationToken)
    {
        // Here, before Orleans reads the table for the first time, and not only with the row's insertion: the inserter
        // computes its view of the version it made by itself, and would not see a second row change in it.
        var (_, buried) = await register.UpdateAsync(
            state => MembershipRows.BuryPredecessors(state, starting.Name, starting.Address), cancellationToken);
        if (buried)
        {
            _logger.Buried(starting.Name, "this node starts again");
        }
    }

    // Both must hold: no sign of life at a majority for seconds, and nobody listening where it was. A silo that is only cut off
    // from us keeps giving signs of life; one with a wrong clock or a slow disk can be connected to.
    private async Task BuryUnreachableAsync(SiloIdentity starting, CancellationToken cancellationToken)
    {
        var alive = await register.ReadAliveAsync(cancellationToken);
        var state = await register.ReadAsync(cancellationToken);
        var silentSince = (_time.GetUtcNow() - _options.SilentAfter).UtcTicks;
        var silent = state.Rows.Values.Where(row => row.Status is not ((int)SiloStatus.Dead) and not ((int)SiloStatus.Created)
            && row.Silo != starting.Address.ToParsableString() && IsSilent(row, MembershipRows.LastSign(row, alive), silentSince)).ToList();
        var unreachable = new List<MembershipRow>();
        await Task.WhenAll(silent.Select(async row =>
        {
            if (await ConnectAsync(SiloAddress.FromParsableString(row.Silo), cancellationToken) != Answer.Connected)
            {
                lock (unreachable)
                {
                    unreachable.Add(row);
                }
            }
        }));
        if (unreachable.Count > 0 && (await register.UpdateAsync(now => MembershipRows.Bury(now, unreachable), cancellationToken)).Changed)
        {
            _logger.Buried(string.Join(", ", unreachable.Select(row => row.Silo)), "silent, and nobody listens there");
        }
    }

    // Clocks differ: a sign from a clock ahead of ours looks fresh for ever, so one that does not move for as long counts as old too.
    private bool IsSilent(MembershipRow row, long sign, long silentSince)
    {
        if (!_signs.TryGetValue(row.Silo, out var seen) || seen.Sign != sign)
        {
            _signs[row.Silo] = seen = (sign, _time.GetTimestamp());
        }

        return sign < silentSince || _time.GetElapsedTime(seen.Since) >= _options.SilentAfter;
    }

    private async Task WatchWhileJoiningAsync(SiloIdentity starting)
    {
        var until = _time.GetUtcNow() + _options.WatchFor;
        var key = starting.Address.ToParsableString();
        try
        {
            while (_time.GetUtcNow() < until)
            {
                await Task.Delay(WatchDelay, _time, _stopping.Token);
                try
                {
                    // Once Active, Orleans' own probes do this.
                    var state = await register.ReadAsync(_stopping.Token);
                    if (state.Rows.TryGetValue(key, out var own) && own.Status != (int)SiloStatus.Joining && own.Status != (int)SiloStatus.Created)
                    {
                        return;
                    }

                    await BuryUnreachableAsync(starting, _stopping.Token);
                }
                catch (RegisterUnavailableException exception)
                {
                    _logger.WaitingForTable(exception.Message);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The silo stops.
        }
    }

    private async Task<Answer> ConnectAsync(SiloAddress silo, CancellationToken cancellationToken)
    {
        using var client = new TcpClient(silo.Endpoint.AddressFamily);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(_options.ConnectTimeout);
        try
        {
            await client.ConnectAsync(silo.Endpoint, deadline.Token);
            return Answer.Connected;
        }
        catch (SocketException exception)
        {
            return exception.SocketErrorCode == SocketError.ConnectionRefused ? Answer.Refused : Answer.None;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Answer.None;
        }
    }
}
