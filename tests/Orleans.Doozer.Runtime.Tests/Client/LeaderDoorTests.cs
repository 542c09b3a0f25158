using Microsoft.Extensions.Time.Testing;
using Orleans.Doozer.Grains;

namespace Orleans.Doozer.Runtime.Tests.Client;

/// <summary>Writes go to the leader's own front doors once they are known; now and then one goes another way.</summary>
public sealed class LeaderDoorTests
{
    private const int Round = 300;
    private readonly FakeTimeProvider _time = new();
    private readonly FakeStore _store;
    private readonly DoozerClient _client;

    public LeaderDoorTests()
    {
        (var grains, _store) = FakeStore.Create();
        _client = new DoozerClient(grains, new DoozerClientOptions { AttemptTimeout = TimeSpan.FromDays(1) }, _time);
    }

    [Fact]
    public async Task Writes_TheLeadersDoorsAreKnown_NearlyAllGoThroughThem()
    {
        _store.LeaderDoors = Doors(3, 6);
        await WriteAsync(Round);
        Assert.InRange(CountFrom(0, Doors(3, 6)), Round * 9 / 10, Round);
        Assert.InRange(CountFrom(0, Doors(3)), Round / 5, Round);
        Assert.InRange(CountFrom(0, Doors(6)), Round / 5, Round);
        Assert.Equal(8, _store.WriteDoors.Take(8).Distinct().Count());
    }

    [Fact]
    public async Task Writes_NobodyLeads_GoRoundAllDoors()
    {
        await WriteAsync(16);
        Assert.Equal(8, _store.WriteDoors.Distinct().Count());
    }

    [Fact]
    public async Task Writes_LeaderMoved_FindTheNewOne()
    {
        _store.LeaderDoors = Doors(3);
        await WriteAsync(Round);
        _store.LeaderDoors = Doors(5);
        await WriteAsync(Round);
        Assert.InRange(CountFrom(Round, Doors(5)), Round * 9 / 10, Round);
    }

    [Fact]
    public async Task Write_CallToTheLeaderIsLost_GoesAgainPastAllDoorsThere()
    {
        _store.LeaderDoors = Doors(1, 2, 4, 5, 7);
        await WriteAsync(Round);
        var lostAt = -1;
        _store.OnWrite = attempt =>
        {
            if (lostAt < 0 && _store.LeaderDoors.Contains(_store.WriteDoors.ElementAt(attempt)))
            {
                lostAt = attempt;
                return Task.FromException<WriteReply>(new TimeoutException("lost"));
            }

            return Task.FromResult(new WriteReply(DoozerErrorCode.None, null, new Revision(2), 2));
        };
        await WriteAsync(3);
        Assert.InRange(lostAt, Round, Round + 2);
        Assert.DoesNotContain(_store.WriteDoors.ElementAt(lostAt + 1), _store.LeaderDoors);
        Assert.Equal(_store.Writes.ElementAt(lostAt).Id, _store.Writes.ElementAt(lostAt + 1).Id);
    }

    [Fact]
    public async Task Writes_LeaderIsFrozenForLong_OnlyOneOfThemFindsOut()
    {
        _store.LeaderDoors = Doors(1, 4, 7);
        await WriteAsync(Round);
        _store.FrozenDoors = _store.LeaderDoors;
        _store.LeaderDoors = Doors(2);
        await WriteAsync(Round, TimeSpan.FromMilliseconds(100));
        Assert.Equal(1, CountFrom(Round, _store.FrozenDoors));
        Assert.Equal(_store.FrozenDoors, _store.RouteDoors.Where(_store.FrozenDoors.Contains).Distinct().Order());
        Assert.InRange(CountFrom(Round, Doors(2)), Round * 9 / 10, Round);
    }

    [Fact]
    public async Task Writes_FrozenDoorsAnswerAgain_GoThroughThemToo()
    {
        _store.LeaderDoors = Doors(1, 4);
        await WriteAsync(Round);
        _store.FrozenDoors = _store.LeaderDoors;
        _store.LeaderDoors = [];
        await WriteAsync(Round);
        _store.FrozenDoors = [];
        _store.LeaderDoors = Doors(4);
        await WriteAsync(Round, TimeSpan.FromMilliseconds(100));
        Assert.InRange(CountFrom(2 * Round, Doors(4)), Round * 8 / 10, Round);
    }

    private static string[] Doors(params int[] numbers) => Array.ConvertAll(numbers, number => StoreGrainKeys.Create("default", number));

    private int CountFrom(int start, string[] doors) => _store.WriteDoors.Skip(start).Count(doors.Contains);

    /// <summary>Writes one after the other; time passes between them, and while one is not answered.</summary>
    private async Task WriteAsync(int count, TimeSpan pause = default)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        for (var i = 0; i < count; i++)
        {
            var write = _client.NopAsync(CancellationToken.None);
            while (!write.IsCompleted)
            {
                patience.Token.ThrowIfCancellationRequested();
                _time.Advance(TimeSpan.FromMilliseconds(1));
                await Task.Yield();
            }

            await write;
            _time.Advance(pause);
        }
    }
}
