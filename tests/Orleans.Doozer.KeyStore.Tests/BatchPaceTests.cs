namespace Orleans.Doozer.KeyStore.Tests;

public sealed class BatchPaceTests
{
    private readonly BatchPace _pace = new();

    [Fact]
    public void BatchPace_FirstBatch_BeginsAtOnce() => Assert.True(_pace.IsDue(1, 0));

    [Fact]
    public void BatchPace_SingleClient_NeverWaits()
    {
        for (var round = 1; round < 20; round++)
        {
            Assert.True(_pace.IsDue(1, round * 5));
            _pace.Began(new(round), 1, round * 5);
            _pace.Applied(new(round), 0, (round + 1) * 5);
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
        _pace.Began(new(1), size, 100);
        _pace.Applied(new(1), waitedAtItsEnd, 104);
        Assert.Equal(due, _pace.IsDue(waiting, 104));
    }

    [Theory]
    [InlineData(0, 100)]
    [InlineData(4, 108)]
    [InlineData(10, 120)]
    [InlineData(500, 610)]
    public void BatchPace_ClientsStayAway_WaitsAsLongAsTheLastBatchTookAndNeverMoreThanTenMs(int took, int due)
    {
        _pace.Began(new(1), 64, 100);
        _pace.Applied(new(1), 0, 100 + took);
        Assert.Equal(due, _pace.DueMs);
        Assert.Equal(took == 0, _pace.IsDue(1, 100 + took));
        Assert.True(_pace.IsDue(1, due));
    }

    [Theory]
    [InlineData(1, 1, true)]
    [InlineData(64, 31, false)]
    [InlineData(64, 32, true)]
    public void BatchPace_OneIsUnderWay_AnotherBeginsBesideItWithHalfAsMany(int underWay, int waiting, bool due)
    {
        _pace.Began(new(1), underWay, 100);
        Assert.Equal(due, _pace.IsDue(waiting, 1_000_000));
        Assert.Null(_pace.DueMs);
    }

    [Fact]
    public void BatchPace_OneOfTwoIsApplied_WaitsForItsClientsAndThenBeginsBesideTheOther()
    {
        _pace.Began(new(1), 64, 100);
        _pace.Began(new(2), 40, 101);
        Assert.False(_pace.IsDue(51, 102));
        Assert.True(_pace.IsDue(52, 102));

        _pace.Applied(new(1), 4, 102);
        Assert.False(_pace.IsDue(50, 102));
        Assert.True(_pace.IsDue(51, 102));
        Assert.True(_pace.IsDue(1, 104));

        _pace.Began(new(3), 51, 102);
        Assert.False(_pace.IsDue(44, 104));
        Assert.True(_pace.IsDue(45, 104));
    }

    /// <summary>A slot may be learned from others: what this node proposed there is no longer under way, whoever decided it.</summary>
    [Fact]
    public void BatchPace_LaterSlotIsApplied_NothingIsUnderWay()
    {
        _pace.Began(new(1), 64, 100);
        _pace.Began(new(2), 40, 101);
        _pace.Applied(new(7), 0, 110);
        Assert.Equal(119, _pace.DueMs);
        Assert.False(_pace.IsDue(77, 110));
        Assert.True(_pace.IsDue(78, 110));
        _pace.Began(new(8), 1, 119);
        Assert.True(_pace.IsDue(1, 119));
    }

    [Fact]
    public void BatchPace_LeadIsLost_BeginsAtOnceWhenItLeadsAgain()
    {
        _pace.Began(new(1), 64, 100);
        _pace.Forget();
        Assert.True(_pace.IsDue(1, 101));
    }
}
