using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.Clustering.Tests;

/// <summary>What a node that joins says about addresses at which no cluster answers, and that it never stops trying.</summary>
public sealed class AttachTests
{
    [Fact]
    public async Task Attach_NobodyThere_SaysSoAtOnceAndThenLessAndLessOften()
    {
        var time = new RestingTime();
        var lines = new Lines(time);
        await using var node = Joining(lines, time, "127.0.0.1:1");
        using var stop = new CancellationTokenSource();
        var starting = node.StartAsync(stop.Token);
        while (lines.Said.Count < 7)
        {
            // Time stands still while the node tries: what it says has the time at which it decided to.
            Assert.True(await time.Rests.WaitAsync(TimeSpan.FromSeconds(30)), "the node tries again and again");
            time.Advance(RestingTime.Rest);
        }

        var said = lines.Said.Select(line => line.At).ToList();
        var pauses = said.Zip(said.Skip(1), (one, next) => next - one).ToList();
        Assert.True(pauses[0] >= TimeSpan.FromSeconds(2), $"again after {pauses[0]}");
        Assert.All(pauses.Skip(4), pause => Assert.True(pause >= TimeSpan.FromSeconds(20), $"again after {pause}"));
        Assert.All(lines.Said, line => Assert.Single(line.Text.Split('\n')));
        Assert.Contains("Waiting to join: no node of a cluster answers at 127.0.0.1:1.", lines.Said.First().Text, StringComparison.Ordinal);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => starting);
    }

    [Fact]
    public async Task Attach_GarbageAMutePortAndAnUnknownName_AreToldApartAndTheClusterIsFoundBehindThem()
    {
        await using var cluster = await RegisterCluster.StartAsync(1);
        using var mute = Listen();
        using var noisy = Listen();
        _ = Task.Run(() => ShoutAsync(noisy));
        var lines = new Lines(TimeProvider.System);
        string[] wrong = [$"{noisy.LocalEndpoint}", $"{mute.LocalEndpoint}", "no-such-host.invalid:23046"];
        await using var lost = Joining(lines, TimeProvider.System, wrong);
        using var stop = new CancellationTokenSource();
        var starting = lost.StartAsync(stop.Token);
        await Poll.UntilAsync(() => Task.FromResult(!lines.Said.IsEmpty), TimeSpan.FromSeconds(20), "it says what it waits for");

        var (text, _) = lines.Said.First();
        Assert.Contains($"{noisy.LocalEndpoint}: what answers there is no membership register", text, StringComparison.Ordinal);
        Assert.Contains($"{mute.LocalEndpoint}: no answer within", text, StringComparison.Ordinal);
        Assert.Contains("no-such-host.invalid:23046: ", text, StringComparison.Ordinal);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => starting);

        await using var found = Joining(lines, TimeProvider.System, [.. wrong, cluster.Nodes[0].Address]);
        await found.StartAsync();
        Assert.Equal(cluster.ClusterId, found.ClusterId);
    }

    [Fact]
    public async Task Attach_ANodeThatItselfStillWaits_IsToldAndWaitedFor()
    {
        var lines = new Lines(TimeProvider.System);
        var (one, other) = (FreeAddress(), FreeAddress());
        await using var first = Joining(lines, TimeProvider.System, [other], one);
        await using var second = Joining(lines, TimeProvider.System, [one], other);
        using var stop = new CancellationTokenSource();
        var starting = new[] { first.StartAsync(stop.Token), second.StartAsync(stop.Token) };

        await Poll.UntilAsync(
            () => Task.FromResult(lines.Said.Any(line => line.Text.Contains("has not joined a cluster yet", StringComparison.Ordinal))),
            TimeSpan.FromSeconds(20),
            "one says that the other waits too");

        Assert.All(starting, task => Assert.False(task.IsCompleted));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.WhenAll(starting));
    }

    private static async Task ShoutAsync(TcpListener noisy)
    {
        // Ends with the listener.
        while (true)
        {
            using var client = await noisy.AcceptTcpClientAsync();
            await client.GetStream().WriteAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray());
        }
    }

    private static RegisterNode Joining(Lines lines, TimeProvider time, params string[] attach) =>
        Joining(lines, time, attach, "127.0.0.1:0");

    private static RegisterNode Joining(Lines lines, TimeProvider time, string[] attach, string listen)
    {
        var options = new RegisterNodeOptions
        {
            Self = NodeId.Parse("JOINING"),
            ClusterName = "test",
            ListenEndpoint = IPEndPoint.Parse(listen),
        };
        Array.ForEach(attach, options.Attach.Add);
        return new RegisterNode(options, lines, time);
    }

    private static string FreeAddress()
    {
        using var listener = Listen();
        return $"{listener.LocalEndpoint}";
    }

    private static TcpListener Listen()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return listener;
    }

    /// <summary>Tells when the node rests between two tries.</summary>
    private sealed class RestingTime : FakeTimeProvider
    {
        public static TimeSpan Rest { get; } = TimeSpan.FromMilliseconds(250);

        public SemaphoreSlim Rests { get; } = new(0);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            if (dueTime == Rest)
            {
                Rests.Release();
            }

            return timer;
        }
    }

    private sealed class Lines(TimeProvider time) : ILogger<RegisterNode>
    {
        public ConcurrentQueue<(string Text, DateTimeOffset At)> Said { get; } = new();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Said.Enqueue((formatter(state, exception), time.GetUtcNow()));
    }
}
