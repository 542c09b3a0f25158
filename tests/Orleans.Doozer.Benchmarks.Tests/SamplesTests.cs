using Orleans.Doozer.Benchmarks.Compare;

namespace Orleans.Doozer.Benchmarks.Tests;

/// <summary>What the comparison's claims rest on.</summary>
public sealed class SamplesTests
{
    [Theory]
    [InlineData(new[] { 3.0 }, 3.0)]
    [InlineData(new[] { 9.0, 1.0, 5.0 }, 5.0)]
    [InlineData(new[] { 4.0, 1.0, 2.0, 100.0 }, 3.0)]
    public void Median_OfUnorderedValues_IsTheMiddle(double[] values, double expected)
    {
        var samples = new Samples();
        foreach (var value in values)
        {
            samples.Add(new Sample("doozer", "m", value));
        }

        samples.Add(new Sample("etcd", "m", 1000));
        samples.Add(new Sample("doozer", "other", 1000));

        Assert.Equal(expected, samples.Median("doozer", "m"));
    }

    [Fact]
    public void Median_OnlyFailures_IsNoneAndTheyAreCounted()
    {
        var samples = new Samples();
        samples.Add(new Sample("doozer", "m", 0, Failure: "no"));

        Assert.Null(samples.Median("doozer", "m"));
        Assert.Equal(1, samples.Failures("doozer", "m"));
    }

    [Fact]
    public void Write_ReadAgain_KeepsAllSamples()
    {
        var path = Path.GetTempFileName();
        try
        {
            var samples = new Samples();
            samples.Add(new Sample("doozer", "m", 1.5, 0.25));
            samples.Add(new Sample("etcd", "m", 0, Failure: "no"));
            samples.Write(path);

            Assert.Equal(samples.All, Samples.Read(path).All);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Read_FileHoldsSomethingElse_SaysSo()
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, "not samples");

            Assert.Contains(path, Assert.Throws<UsageException>(() => Samples.Read(path)).Message);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
