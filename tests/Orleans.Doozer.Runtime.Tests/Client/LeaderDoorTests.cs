using Orleans.Doozer.Grains;

namespace Orleans.Doozer.Runtime.Tests.Client;

/// <summary>Writes go to the leader's own front door once it is known.</summary>
public sealed class LeaderDoorTests
{
    private const int Rounds = 40;
    private readonly FakeStore _store;
    private readonly DoozerClient _client;

    public LeaderDoorTests()
    {
        (var grains, _store) = FakeStore.Create();
        _client = new DoozerClient(grains, new DoozerClientOptions { AttemptTimeout = TimeSpan.FromDays(1) });
    }

    [Fact]
    public async Task Writes_OneCameBackFromTheLeader_AllOthersGoThere()
    {
        _store.LeaderDoor = StoreGrainKeys.Create("default", 3);
        await WriteAsync(Rounds);
        var found = Array.IndexOf(Doors, _store.LeaderDoor);
        Assert.InRange(found, 0, new DoozerClientOptions().FrontDoors - 1);
        Assert.All(Doors[found..], door => Assert.Equal(_store.LeaderDoor, door));
    }

    [Fact]
    public async Task Writes_NobodyLeads_GoRoundAllDoors()
    {
        await WriteAsync(Rounds);
        Assert.Equal(new DoozerClientOptions().FrontDoors, Doors.Distinct().Count());
    }

    [Fact]
    public async Task Writes_LeaderMoved_FindTheNewOne()
    {
        _store.LeaderDoor = StoreGrainKeys.Create("default", 3);
        await WriteAsync(Rounds);
        _store.LeaderDoor = StoreGrainKeys.Create("default", 5);
        await WriteAsync(Rounds);
        Assert.Equal(_store.LeaderDoor, Doors[^1]);
        // Once to find out, and perhaps once more on the way round.
        Assert.InRange(Doors[Rounds..].Count(door => door == StoreGrainKeys.Create("default", 3)), 1, 2);
    }

    [Fact]
    public async Task Write_CallToTheLeaderIsLost_GoesAgainElsewhere()
    {
        _store.LeaderDoor = StoreGrainKeys.Create("default", 3);
        await WriteAsync(Rounds);
        _store.OnWrite = attempt => attempt == Rounds
            ? Task.FromException<WriteReply>(new TimeoutException("lost"))
            : Task.FromResult(new WriteReply(DoozerErrorCode.None, null, new Revision(2), 2));
        await WriteAsync(1);
        Assert.Equal(_store.LeaderDoor, Doors[Rounds]);
        Assert.NotEqual(_store.LeaderDoor, Doors[Rounds + 1]);
        Assert.Equal(_store.Writes.ElementAt(Rounds).Id, _store.Writes.ElementAt(Rounds + 1).Id);
    }

    private string[] Doors => [.. _store.WriteDoors];

    private async Task WriteAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            await _client.NopAsync();
        }
    }
}
