using System.Text.Json;

namespace Orleans.Doozer.Benchmarks.Compare;

/// <summary>One measured number.</summary>
/// <param name="System">Whose.</param>
/// <param name="Measure">What: one of <see cref="Measures"/>.</param>
/// <param name="Value">In the measure's unit.</param>
/// <param name="OtherCores">What everything else on the machine took meanwhile, where known.</param>
/// <param name="Failure">Why there is no value; null when there is one.</param>
internal sealed record Sample(string System, string Measure, double Value, double? OtherCores = null, string? Failure = null);

/// <summary>All that was measured, over all rounds.</summary>
internal sealed class Samples
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, WriteIndented = true };
    private readonly List<Sample> _all = [];

    public IReadOnlyList<Sample> All => _all;

    /// <summary>Reads what an earlier run has written; nothing when there is no file.</summary>
    /// <exception cref="UsageException">The file is no such thing.</exception>
    public static Samples Read(string path)
    {
        var samples = new Samples();
        if (File.Exists(path))
        {
            try
            {
                samples._all.AddRange(JsonSerializer.Deserialize<List<Sample>>(File.ReadAllText(path), Json) ?? []);
            }
            catch (JsonException exception)
            {
                throw new UsageException($"{path} holds no samples: {exception.Message}");
            }
        }

        return samples;
    }

    public void Add(Sample sample) => _all.Add(sample);

    public void Write(string path) => File.WriteAllText(path, JsonSerializer.Serialize(_all, Json));

    /// <summary>The values of a measure, smallest first.</summary>
    public double[] Values(string system, string measure) =>
        [.. Of(system, measure).Where(sample => sample.Failure is null).Select(sample => sample.Value).Order()];

    /// <summary>How often it was tried in vain.</summary>
    public int Failures(string system, string measure) => Of(system, measure).Count(sample => sample.Failure is not null);

    /// <summary>Their median; null when it was not measured.</summary>
    public double? Median(string system, string measure) =>
        Values(system, measure) is { Length: > 0 } values ? MedianOf(values) : null;

    /// <summary>The median of at least one value.</summary>
    public static double MedianOf(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    private IEnumerable<Sample> Of(string system, string measure) =>
        _all.Where(sample => sample.System == system && sample.Measure == measure);
}
