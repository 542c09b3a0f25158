using System.Diagnostics;

namespace Orleans.Doozer.Benchmarks.Servers;

/// <summary>A page of the web view, open in a browser without a window.</summary>
internal sealed class OpenPage : IDisposable
{
    private readonly Process _browser;
    private readonly string _profile;

    private OpenPage(Process browser, string profile) => (_browser, _profile) = (browser, profile);

    /// <summary>Whether the browser still runs.</summary>
    public bool IsOpen => !_browser.HasExited;

    /// <summary>Opens it; it stays open until it is disposed of.</summary>
    /// <exception cref="UsageException">There is no such browser.</exception>
    public static OpenPage Open(string browser, Uri address)
    {
        var profile = Directory.CreateTempSubdirectory("doozer-page-").FullName;
        string[] arguments =
        [
            "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--remote-debugging-port=0", $"--user-data-dir={profile}", $"{address}",
        ];
        var start = new ProcessStartInfo(browser, arguments) { RedirectStandardError = true, RedirectStandardOutput = true };
        try
        {
            var process = Process.Start(start)!;
            process.BeginErrorReadLine();
            process.BeginOutputReadLine();
            return new OpenPage(process, profile);
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            Directory.Delete(profile, recursive: true);
            throw new UsageException($"--browser: '{browser}' does not start: {exception.Message}");
        }
    }

    public void Dispose()
    {
        _browser.Kill(entireProcessTree: true);
        _browser.WaitForExit();
        _browser.Dispose();
        Directory.Delete(_profile, recursive: true);
    }
}
