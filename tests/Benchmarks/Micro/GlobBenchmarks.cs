using BenchmarkDotNet.Attributes;

namespace Orleans.Doozer.Benchmarks.Micro;

/// <summary>Whether a path matches a pattern.</summary>
public class GlobBenchmarks
{
    private const string Path = "/service/region-7/instance-0042/address";
    private Glob _glob = Glob.Everything;

    /// <summary>The pattern.</summary>
    [Params("/service/region-7/instance-0042/address", "/service/*/instance-*/address", "/**/address", "/other/**")]
    public string Pattern { get; set; } = "/**";

    /// <summary>Compiles the pattern.</summary>
    [GlobalSetup]
    public void Compile() => _glob = Glob.Parse(Pattern);

    /// <summary>One match.</summary>
    [Benchmark]
    public bool Match() => _glob.IsMatch(Path);
}
