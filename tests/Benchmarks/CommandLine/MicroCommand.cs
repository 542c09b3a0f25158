using System.CommandLine;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace Orleans.Doozer.Benchmarks.CommandLine;

/// <summary>The command that measures single parts with BenchmarkDotNet.</summary>
internal static class MicroCommand
{
    public static Command Create()
    {
        var filter = new Option<string>("--filter") { Description = "Which, for example '*Tree*'", DefaultValueFactory = _ => "*" };
        var artifacts = new Option<string?>("--artifacts") { Description = "Where the reports go; default the temporary directory", HelpName = "directory" };
        var command = new Command("micro", "Measure single parts: acceptor, apply, tree, glob, watches, codec, journal") { filter, artifacts };
        command.SetAction(parsed => Run(
            parsed.GetValue(filter)!, parsed.GetValue(artifacts) ?? Path.Combine(Path.GetTempPath(), "doozer-micro-reports")));
        return command;
    }

    private static int Run(string filter, string artifacts)
    {
        // In this process: there is no second build, and what is measured is this build.
        var config = ManualConfig.Create(DefaultConfig.Instance)
            .WithArtifactsPath(artifacts)
            .AddDiagnoser(MemoryDiagnoser.Default)
            .AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance));
        var summaries = BenchmarkSwitcher.FromAssembly(typeof(MicroCommand).Assembly).Run(["--filter", filter], config);
        return summaries.Any() && summaries.All(summary => summary.Reports.All(report => report.Success)) ? 0 : 1;
    }
}
