using System.Net.Sockets;
using Doozer.Cli.Wire;
using Google.Protobuf;
using Orleans.Doozer.Protocol;

namespace Doozer.Cli.Sessions;

/// <summary>Keeps one connection to one of the cluster's servers, and finds the next server when it breaks.</summary>
internal sealed class Connector(DoozerUri uri, IReadOnlyList<ServerAddress> addresses, CliConsole console) : IDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(2);
    private static readonly IReadOnlySet<ServerAddress> None = new HashSet<ServerAddress>();

    private readonly SemaphoreSlim gate = new(1, 1);
    private readonly Outage outage = new(console.Time, console.Random);
    private WireConnection? current;
    private long connectedAt;

    /// <summary>Told once per outage, after a while, for a command that runs in the foreground.</summary>
    internal Action<string>? Notice { get; set; }

    /// <summary>The open connection, or a new one: the first time one round over all addresses, after a break many.</summary>
    internal Task<WireConnection> GetAsync(CancellationToken cancellationToken) => GetAsync(None, cancellationToken);

    /// <summary>As above, but never a connection to one of the excluded servers.</summary>
    internal async Task<WireConnection> GetAsync(IReadOnlySet<ServerAddress> excluded, CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken);
        try
        {
            if (current is not { IsOpen: true })
            {
                current = current is { } broken
                    ? await ReconnectAsync(broken, excluded, cancellationToken)
                    : await ConnectAnyAsync(Shuffle(excluded), cancellationToken);
                connectedAt = console.Time.GetTimestamp();
            }

            return current;
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>A server answered: what went wrong before is over.</summary>
    internal void Answered() => outage.End();

    /// <summary>A WAIT was under way for a while: its silence was service, so the break begins a new outage.</summary>
    internal void LostWhileWaiting()
    {
        if (console.Time.GetElapsedTime(connectedAt) >= Outage.NoticeAfter)
        {
            outage.End();
        }
    }

    /// <summary>Leaves this server for good; the next call starts afresh among the others.</summary>
    internal void Drop(WireConnection connection)
    {
        connection.Dispose();
        current = null;
    }

    /// <summary>Connects to one server and shows it the URI's secret key.</summary>
    internal static async Task<WireConnection> OpenAsync(
        DoozerUri uri, ServerAddress address, CancellationToken cancellationToken)
    {
        WireConnection connection = await WireConnection.OpenAsync(address, cancellationToken);
        if (uri.SecretKey is null)
        {
            return connection;
        }

        try
        {
            var request = new Request { Verb = DoozerVerb.Access, Value = ByteString.CopyFromUtf8(uri.SecretKey) };
            Response response = await connection.CallAsync(request, cancellationToken);
            return !response.HasErrCode
                ? connection
                : throw new DoozerException(
                    $"{address} refuses the secret key given with sk= ({ServerError.Name(response.ErrCode)})");
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        current?.Dispose();
        gate.Dispose();
    }

    private async Task<WireConnection> ReconnectAsync(
        WireConnection broken, IReadOnlySet<ServerAddress> excluded, CancellationToken cancellationToken)
    {
        broken.Dispose();
        outage.Begin();
        string tried = $"{broken.Address} (connection broke)";
        while (true)
        {
            TimeSpan delay = outage.NextDelay();
            if (outage.Elapsed + delay >= Outage.Limit)
            {
                throw new DoozerException($"connection lost: no answer for {Outage.Limit.TotalSeconds:0} s; tried {tried}");
            }

            await PauseAsync(broken.Address, delay, cancellationToken);
            try
            {
                return await ConnectAnyAsync(Shuffle(excluded, last: broken.Address), cancellationToken);
            }
            catch (CannotConnectException exception)
            {
                tried = string.Join(", ", exception.Failures);
            }
        }
    }

    // The delay is split where the notice falls due, so that it comes at its time and not with the next attempt.
    private async Task PauseAsync(ServerAddress lost, TimeSpan delay, CancellationToken cancellationToken)
    {
        TimeSpan untilNotice = Outage.NoticeAfter - outage.Elapsed;
        if (!outage.IsNoticed && untilNotice <= delay)
        {
            TimeSpan before = untilNotice > TimeSpan.Zero ? untilNotice : TimeSpan.Zero;
            await console.DelayAsync(before, cancellationToken);
            outage.IsNoticed = true;
            Notice?.Invoke($"doozer: the connection to {lost} is lost, reconnecting ...");
            delay -= before;
        }

        if (delay > TimeSpan.Zero)
        {
            await console.DelayAsync(delay, cancellationToken);
        }
    }

    private async Task<WireConnection> ConnectAnyAsync(IEnumerable<ServerAddress> candidates, CancellationToken cancellationToken)
    {
        var failures = new List<ConnectFailure>();
        foreach (ServerAddress candidate in candidates)
        {
            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            timeout.CancelAfter(ConnectTimeout);
            try
            {
                return await OpenAsync(uri, candidate, timeout.Token);
            }
            catch (SocketException exception)
            {
                failures.Add(new ConnectFailure(candidate, ConnectFailure.Describe(exception)));
            }
            catch (ConnectionLostException)
            {
                failures.Add(new ConnectFailure(candidate, "connection broke"));
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                failures.Add(new ConnectFailure(candidate, $"no answer within {ConnectTimeout.TotalSeconds:0} s"));
            }
        }

        throw new CannotConnectException(failures);
    }

    private List<ServerAddress> Shuffle(IReadOnlySet<ServerAddress> excluded, ServerAddress? last = null)
    {
        List<ServerAddress> left = [.. addresses.Distinct().Where(address => !excluded.Contains(address) && address != last)];
        var order = new List<ServerAddress>(left.Count + 1);
        while (left.Count > 0)
        {
            int index = console.Random.Next(left.Count);
            order.Add(left[index]);
            left.RemoveAt(index);
        }

        if (last is { } broken && !excluded.Contains(broken))
        {
            order.Add(broken);
        }

        return order;
    }
}
