using System.Diagnostics;
using System.Reflection;
using System.Text;

namespace Orleans.Doozer.SystemTests;

/// <summary>Where the programs under test are, and how a short-lived one is run.</summary>
internal static class Programs
{
    private static readonly string Configuration =
        typeof(Programs).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration;

    /// <summary>The server: the one in the environment, as it is published, or the one that was built.</summary>
    public static string Doozerd { get; } = Environment.GetEnvironmentVariable("DOOZER_TEST_DOOZERD") ?? Find("silo", "doozerd");

    /// <summary>The command line client.</summary>
    public static string Doozer { get; } = Environment.GetEnvironmentVariable("DOOZER_TEST_DOOZER") ?? Find("client/Doozer.Cli", "doozer");

    /// <summary>Runs a program to its end.</summary>
    public static async Task<ProgramResult> RunAsync(string program, string[] arguments, string input = "", string? uri = null)
    {
        using var process = Start(program, arguments, Path.GetTempPath(), uri);
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw new TimeoutException($"{Path.GetFileName(program)} {string.Join(' ', arguments)} did not end within 60 s");
        }

        return new ProgramResult(process.ExitCode, await output, await error);
    }

    public static Process Start(
        string program, IEnumerable<string> arguments, string directory, string? uri = null, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            WorkingDirectory = directory,
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        if (uri is not null)
        {
            start.Environment["DOOZER_URI"] = uri;
        }

        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        return Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start");
    }

    /// <summary>The repository's top.</summary>
    public static string Root { get; } = FindRoot();

    private static string Find(string project, string name) =>
        Path.Combine(FindRoot(), project, "bin", Configuration, "net10.0", name);

    private static string FindRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "Orleans.Doozer.sln")))
        {
            directory = directory.Parent;
        }

        return directory!.FullName;
    }
}

/// <summary>How a program ended.</summary>
internal sealed record ProgramResult(int ExitCode, string Output, string Error);
