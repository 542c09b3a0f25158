namespace Orleans.Doozer.KeyStore.Tests;

public sealed class BatchPaceTests
{
    private readonly BatchPace _pace = new();

    [Fact]
    public void BatchPace_FirstBatch_BeginsAtOnce() => Assert.True(_pace.IsDue(1, 0));

    [Fact]
    public void BatchPace_SingleClient_NeverWaits()
    {
        for (var now = 100; now < 200; now += 5)
        {
            Assert.True(_pace.IsDue(1, now));
            _pace.Began(1, now);
            _pace.Ended(0, now + 5);
        }
    }

    [Theory]
    [InlineData(64, 0, 47, false)]
    [InlineData(64, 0, 48, true)]
    [InlineData(64, 64, 64, false)]
    [InlineData(64, 64, 96, true)]
    [InlineData(0, 3, 3, true)]
    public void BatchPace_ClientsOnTheirWay_WaitsForThreeQuartersOfThem(int size, int waitedAtItsEnd, int waiting, bool due)
    {
        _pace.Began(size, 100);
        _pace.Ended(waitedAtItsEnd, 104);
        Assert.Equal(due, _pace.IsDue(waiting, 104));
    }

    [Theory]
    [InlineData(0, 100)]
    [InlineData(4, 108)]
    [InlineData(10, 120)]
    [InlineData(500, 610)]
    public void BatchPace_ClientsStayAway_WaitsAsLongAsTheLastBatchTookAndNeverMoreThanTenMs(int took, int due)
    {
        _pace.Began(64, 100);
        _pace.Ended(0, 100 + took);
        Assert.Equal(due, _pace.DueMs);
        Assert.Equal(took == 0, _pace.IsDue(1, 100 + took));
        Assert.True(_pace.IsDue(1, due));
    }
}
