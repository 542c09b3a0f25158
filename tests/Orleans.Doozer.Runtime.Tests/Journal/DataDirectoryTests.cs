using System.Diagnostics;
using Orleans.Doozer.Runtime.Journal;
using static Orleans.Doozer.Runtime.Tests.Journal.JournalTesting;

namespace Orleans.Doozer.Runtime.Tests.Journal;

public sealed class DataDirectoryTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Open_FirstTime_DrawsAnIdentityThatStays()
    {
        var path = _scratch.Below("deep/node");
        string first;
        using (var directory = DataDirectory.Open(path))
        {
            first = directory.Node.Value;
            Assert.Equal(16, first.Length);
            Assert.Null(directory.ClusterId);
        }

        using var again = DataDirectory.Open(path);
        using var other = DataDirectory.Open(_scratch.Below("other"));
        Assert.Equal(first, again.Node.Value);
        Assert.NotEqual(first, other.Node.Value);
    }

    [Fact]
    public void AdoptCluster_Once_StaysAndRefusesAnother()
    {
        var cluster = DataDirectory.NewClusterId();
        Assert.Equal(32, cluster.Length);
        using (var directory = DataDirectory.Open(_scratch.Path))
        {
            directory.AdoptCluster(cluster);
            directory.AdoptCluster(cluster);
        }

        using var again = DataDirectory.Open(_scratch.Path);
        Assert.Equal(cluster, again.ClusterId);
        var error = Assert.Throws<JournalException>(() => again.AdoptCluster("other"));
        Assert.StartsWith($"This data directory belongs to cluster {cluster}", error.Message, StringComparison.Ordinal);
        Assert.Equal(cluster, again.ClusterId);
    }

    [Fact]
    public async Task AdoptCluster_WhileTheJournalIsOpen_IsWrittenByIt()
    {
        await using (var open = new OpenJournal(_scratch.Path))
        {
            open.Directory.AdoptCluster("c1");
            Assert.Equal(1, open.Journal.Commits);
        }

        Assert.Equal(1, Sql(_scratch.Path, "SELECT count(*) FROM identity WHERE name = 'cluster' AND value = 'c1'"));
        Assert.Equal(1, Sql(_scratch.Path, "SELECT count(*) FROM identity WHERE name = 'node' AND length(value) = 16"));
    }

    [Fact]
    public void Open_Twice_IsRefusedAndNamesTheHolder()
    {
        using (DataDirectory.Open(_scratch.Path))
        {
            var error = Assert.Throws<JournalException>(() => DataDirectory.Open(_scratch.Path));
            Assert.Contains($"this process already (pid {Environment.ProcessId})", error.Message, StringComparison.Ordinal);
            Assert.Throws<JournalException>(() => DataDirectory.Open(_scratch.Path));
        }

        DataDirectory.Open(_scratch.Path).Dispose();
    }

    [Fact]
    public async Task Dispose_BeforeItsJournal_KeepsTheLockUntilTheJournalIsClosed()
    {
        var open = new OpenJournal(_scratch.Path);
        open.Directory.Dispose();
        Assert.Throws<JournalException>(() => DataDirectory.Open(_scratch.Path));

        await open.Journal.DisposeAsync();

        DataDirectory.Open(_scratch.Path).Dispose();
    }

    [SkippableFact]
    public void Open_HeldByAnotherProcess_NamesItsPid()
    {
        const string Script = """
            import fcntl, os, sys
            file = open(sys.argv[1], 'w')
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            file.write(str(os.getpid())); file.flush()
            print('held', flush=True); sys.stdin.read()
            """;
        using var child = StartPython(Script, _scratch.Below("lock"));
        Assert.Equal("held", child.StandardOutput.ReadLine());

        var error = Assert.Throws<JournalException>(() => DataDirectory.Open(_scratch.Path));

        Assert.Contains("in use by another process (pid ", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_scratch.Below("journal.db")));
        child.Kill();
        child.WaitForExit();
        DataDirectory.Open(_scratch.Path).Dispose();
    }

    [SkippableFact]
    public void Open_HeldByUs_KeepsAnotherProcessOut()
    {
        const string Script = """
            import fcntl, sys
            file = open(sys.argv[1], 'r+')
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                print('taken')
            except BlockingIOError:
                print('refused by ' + file.read().strip())
            """;
        using var directory = DataDirectory.Open(_scratch.Path);

        using var child = StartPython(Script, _scratch.Below("lock"));

        Assert.Equal($"refused by {Environment.ProcessId}", child.StandardOutput.ReadLine());
        child.WaitForExit();
    }

    [Fact]
    public void Open_AFile_SaysSo()
    {
        File.WriteAllText(_scratch.Below("file"), "");
        var error = Assert.Throws<JournalException>(() => DataDirectory.Open(_scratch.Below("file")));
        Assert.Contains("is a file. Name a directory.", error.Message, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData("/proc/doozer-data")]
    [InlineData("file/below")]
    public void Open_WhereNothingCanBeMade_SaysSo(string path)
    {
        Skip.If(path.StartsWith("/proc", StringComparison.Ordinal) && !OperatingSystem.IsLinux(), "only Linux has /proc");
        File.WriteAllText(_scratch.Below("file"), "");

        var error = Assert.Throws<JournalException>(() => DataDirectory.Open(Path.Combine(_scratch.Path, path)));

        Assert.Contains("cannot be created or written", error.Message, StringComparison.Ordinal);
        Assert.Contains("write permission", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PRAGMA user_version=3", "was written by a newer version (format 3, this one knows 2)")]
    [InlineData("PRAGMA user_version=1", "was written by an earlier version (format 1, this one knows 2). Start the node with that version, or, one node after")]
    [InlineData("PRAGMA application_id=7", "is not the database of a node")]
    [InlineData("UPDATE record SET value = CAST('AAAAAAAAAAAAAAAA' AS BLOB) WHERE name = 'identity/node'", "record(name 'identity/node')")]
    [InlineData("UPDATE record SET checksum = checksum + 1 WHERE name = 'identity/cluster'", "record(name 'identity/cluster')")]
    [InlineData("DELETE FROM record WHERE name = 'identity/node'", "the node's identity, of the journal in")]
    public void Open_DatabaseItMayNotTrust_IsRefusedWithTheReason(string change, string reason)
    {
        using (var directory = DataDirectory.Open(_scratch.Path))
        {
            directory.AdoptCluster("c1");
        }

        Sql(_scratch.Path, change);

        var error = Assert.Throws<JournalException>(() => DataDirectory.Open(_scratch.Path));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.Throws<JournalException>(() => DataDirectory.Open(_scratch.Path));
    }

    [Fact]
    public void Open_DatabaseIsGarbage_IsRefused()
    {
        File.WriteAllText(_scratch.Below("journal.db"), new string('x', 5_000));
        var error = Assert.Throws<JournalException>(() => DataDirectory.Open(_scratch.Path));
        Assert.Contains("is damaged", error.Message, StringComparison.Ordinal);
        Assert.Contains(JournalErrors.Replace, error.Message, StringComparison.Ordinal);
    }

    private static Process StartPython(string script, string argument)
    {
        try
        {
            return Process.Start(new ProcessStartInfo("python3", ["-c", script, argument])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            })!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            throw new SkipException("python3 plays the other process and is not here");
        }
    }
}
