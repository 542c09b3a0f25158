using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;
using Orleans.Doozer.Grains;

namespace Orleans.Doozer.Runtime.Tests.Client;

/// <summary>When requests leave that find others under way: while up to eight are under way, each leaves alone; of more, an eighth together.</summary>
public sealed class BatchedCallsTests
{
    private const int ThatLeaveAlone = 8;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly FakeTimeProvider _time = new();
    private readonly Channel<Departure> _departures = Channel.CreateUnbounded<Departure>();
    private readonly BatchedCalls<string, string> _calls;

    public BatchedCallsTests()
    {
        var options = new DoozerClientOptions();
        _calls = new(
            new FrontDoors(FakeStore.Create().Grains, options, _time),
            new GatewayLosses(),
            _time,
            static () => 0,
            async (_, request) => (await Leave(request))[0]!,
            (_, requests) => Leave(requests),
            static request => request.Length);
    }

    [Fact]
    public async Task Send_TooFewForACall_WaitsForAnother()
    {
        await SendUnansweredAsync();
        var held = _calls.Send("a");
        Assert.Equal(FrontDoors.None, held.Door);

        _ = _calls.Send("b");
        Assert.Equal(["a", "b"], (await NextAsync()).Requests);
        Assert.NotEqual(FrontDoors.None, held.Door);
    }

    [Fact]
    public async Task Send_TooFewForACall_LeavesWhenAnAnswerComes()
    {
        var unanswered = await SendUnansweredAsync();
        _ = _calls.Send("a");
        unanswered[0].Answer.SetResult(["answer"]);
        Assert.Equal(["a"], (await NextAsync()).Requests);
    }

    [Fact]
    public async Task Send_NothingIsAnswered_LeavesWhenTheHoldIsOver()
    {
        await SendUnansweredAsync();
        var held = _calls.Send("a");
        _time.Advance(BatchedCalls<string, string>.LongestHold - TimeSpan.FromTicks(1));
        Assert.Equal(FrontDoors.None, held.Door);

        _time.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(["a"], (await NextAsync()).Requests);
    }

    [Fact]
    public async Task Send_AfterAHold_IsHeldForItsOwnTime()
    {
        await SendUnansweredAsync();
        _ = _calls.Send("a");
        _time.Advance(BatchedCalls<string, string>.LongestHold / 2);
        _ = _calls.Send("b");
        Assert.Equal(["a", "b"], (await NextAsync()).Requests);

        // The timer of the first hold is not that of the second.
        var held = _calls.Send("c");
        _time.Advance(BatchedCalls<string, string>.LongestHold / 2);
        Assert.Equal(FrontDoors.None, held.Door);
        _time.Advance(BatchedCalls<string, string>.LongestHold / 2);
        Assert.Equal(["c"], (await NextAsync()).Requests);
    }

    [Fact]
    public async Task Send_FillsACall_LeavesWithoutWaitingForMore()
    {
        await SendUnansweredAsync();
        var large = new string('a', StoreBatches.FullBytes);
        _ = _calls.Send(large);
        Assert.Equal([large], (await NextAsync()).Requests);

        // What has left makes no other call full.
        Assert.Equal(FrontDoors.None, _calls.Send("b").Door);
    }

    [Fact]
    public async Task Send_AsManyRequestsAsACallMayHave_LeavesWithoutWaitingForAnEighth()
    {
        var (sent, gathered) = (0, 0);
        while (sent <= 9 * StoreBatches.MaxRequests || gathered > 0)
        {
            _ = _calls.Send("");
            sent++;
            gathered++;
            if (gathered * ThatLeaveAlone >= sent || gathered == StoreBatches.MaxRequests)
            {
                Assert.Equal(gathered, (await NextAsync()).Requests.Length);
                gathered = 0;
            }
        }

        var held = Enumerable.Range(1, StoreBatches.MaxRequests - 1).Select(_ => _calls.Send("")).ToList();
        Assert.All(held, call => Assert.Equal(FrontDoors.None, call.Door));

        _ = _calls.Send("the last that it may have");
        Assert.Equal(StoreBatches.MaxRequests, (await NextAsync()).Requests.Length);
        Assert.All(held, call => Assert.NotEqual(FrontDoors.None, call.Door));
    }

    /// <summary>So many that the next one is held.</summary>
    private async Task<List<Departure>> SendUnansweredAsync()
    {
        var sent = new List<Departure>();
        for (var i = 0; i < ThatLeaveAlone; i++)
        {
            _ = _calls.Send($"first {i}");
            sent.Add(await NextAsync());
        }

        return sent;
    }

    private async Task<Departure> NextAsync() => await _departures.Reader.ReadAsync().AsTask().WaitAsync(Patience);

    private Task<string?[]> Leave(params string[] requests)
    {
        var departure = new Departure(requests, new(TaskCreationOptions.RunContinuationsAsynchronously));
        Assert.True(_departures.Writer.TryWrite(departure));
        return departure.Answer.Task;
    }

    private sealed record Departure(string[] Requests, TaskCompletionSource<string?[]> Answer);
}
