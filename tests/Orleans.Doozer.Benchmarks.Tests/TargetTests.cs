using Orleans.Doozer.Benchmarks.Compare;

namespace Orleans.Doozer.Benchmarks.Tests;

public sealed class TargetTests
{
    [Theory]
    [InlineData(600, 100, true)]
    [InlineData(599, 100, false)]
    public void Writes_MustBeSixTimesEtcds(double ours, double etcds, bool isMet)
    {
        var target = Find("writes at 256 clients, of etcd's");
        var samples = new Samples();
        samples.Add(new Sample("doozer", target.Ours, ours));
        samples.Add(new Sample("etcd", target.Ours, etcds));

        Assert.Equal(isMet, target.IsMet(target.Reached(samples)!.Value));
    }

    [Theory]
    [InlineData(30, 100, true)]
    [InlineData(31, 100, false)]
    public void P99_MustBeAtMostAThirdOrSo(double ours, double etcds, bool isMet)
    {
        var target = Find("p99 of writes at 256 clients, of etcd's");
        var samples = new Samples();
        samples.Add(new Sample("doozer", target.Ours, ours));
        samples.Add(new Sample("etcd", target.Ours, etcds));

        Assert.Equal(isMet, target.IsMet(target.Reached(samples)!.Value));
    }

    [Fact]
    public void OwnMeasure_IsDividedByOursNotByAnothers()
    {
        var target = Find("writes beside 100,000 idle watches, of those without");
        var samples = new Samples();
        samples.Add(new Sample("doozer", target.Ours, 80));
        samples.Add(new Sample("doozer", target.Other, 100));
        samples.Add(new Sample("etcd", target.Other, 10));

        Assert.Equal(0.8, target.Reached(samples));
    }

    [Fact]
    public void Reached_PeerIsAbsent_IsNotMeasured()
    {
        var target = Find("writes at 64 clients, of etcd's");
        var samples = new Samples();
        samples.Add(new Sample("doozer", target.Ours, 80));

        Assert.Null(target.Reached(samples));
        Assert.False(target.HasFailed(samples));
    }

    [Fact]
    public void HasFailed_OnlyFailures_IsTrue()
    {
        var target = Find("writes beside 100,000 idle watches, of those without");
        var samples = new Samples();
        samples.Add(new Sample("doozer", target.Ours, 0, Failure: "not ready"));

        Assert.True(target.HasFailed(samples));
    }

    private static Target Find(string text) => Target.All.Single(target => target.Text == text);
}
