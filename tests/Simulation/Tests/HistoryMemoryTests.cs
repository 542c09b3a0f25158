using Xunit.Abstractions;

namespace Orleans.Doozer.Simulation;

/// <summary>Alone in the process: what others allocate would count.</summary>
[CollectionDefinition(nameof(HistoryMemoryTests), DisableParallelization = true)]
[Collection(nameof(HistoryMemoryTests))]
public class HistoryMemoryTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(16)]
    [InlineData(128)]
    public void History_AsRevisionsPass_TakesBoundedMemory(int valueBytes)
    {
        // `--history 1000000` lets a million pass.
        var measured = HistoryMemory.Measure(400_000, valueBytes);
        output.WriteLine($"{measured}");

        Assert.InRange(measured.BytesPerRevision, valueBytes, 300 + (2 * valueBytes));
        Assert.InRange(measured.PeakBytes, measured.FullBytes, measured.FullBytes + (measured.FullBytes / 10));
        Assert.InRange(measured.Kept, 100_000, 102_000);
    }
}
