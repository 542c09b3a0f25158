using System.Diagnostics;

namespace Orleans.Doozer.Simulation;

/// <summary>A seed is worth something only if it gives the same run again: in this process, and in another one of another
/// build.</summary>
public class DeterminismTests
{
    private const int Seeds = 50;
    private const string Project = "Orleans.Doozer.Simulation";

    [Fact]
    public void Simulation_SameSeedTwice_SameTrace() => Assert.Equal(Report.Hashes(Seeds), Report.Hashes(Seeds));

    [Fact]
    public void Simulation_OtherConfiguration_SameTraces()
    {
        // .../bin/Release/net10.0/: the other configuration is built beside it, from the sources as they are.
        var here = new DirectoryInfo(AppContext.BaseDirectory);
        var other = here.Parent!.Name == "Release" ? "Debug" : "Release";
        var project = Path.Combine(here.Parent.Parent!.Parent!.FullName, Project + ".csproj");
        Dotnet(
            "build", project, "-c", other, "--no-restore", "-m:1", "-nodeReuse:false", "-v", "q",
            "-p:RunAnalyzers=false", "-p:EnforceCodeStyleInBuild=false");

        var binary = Path.Combine(here.Parent.Parent.FullName, other, here.Name, Project + ".dll");
        var hashes = Dotnet(binary, "--hashes", Seeds.ToString(System.Globalization.CultureInfo.InvariantCulture));

        Assert.Equal(Report.Hashes(Seeds), hashes.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
    }

    private static string Dotnet(params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };

        // The test runner's own settings are not meant for a build of its own.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToList())
        {
            start.Environment.Remove(name);
        }

        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"dotnet {string.Join(' ', arguments)}\n{output}\n{errors.Result}");
        return output;
    }
}
