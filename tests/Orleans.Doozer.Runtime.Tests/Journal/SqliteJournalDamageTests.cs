using System.Diagnostics;
using System.Text;
using Orleans.Doozer.Consensus;
using Orleans.Doozer.Runtime.Journal;
using static Orleans.Doozer.Runtime.Tests.Journal.JournalTesting;

namespace Orleans.Doozer.Runtime.Tests.Journal;

/// <summary>Damaged records and disks that fail.</summary>
public sealed class SqliteJournalDamageTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("UPDATE log SET batch = zeroblob(4) WHERE id = 2", "log(store 'a', slot 2)")]
    [InlineData("UPDATE log SET round = round + 1 WHERE id = 2", "log(store 'a', slot 2)")]
    [InlineData("UPDATE log SET node = 'NODEB' WHERE id = 2", "log(store 'a', slot 2)")]
    [InlineData("UPDATE log SET id = 7 WHERE id = 2", "log(store 'a', slot 7)")]
    [InlineData("UPDATE log SET decided = decided + 1 WHERE id = 2", "log(store 'a', slot 2)")]
    [InlineData("UPDATE log SET id = id + (1 << 44) WHERE id = 2", "acceptor(number 1)")]
    [InlineData("UPDATE log SET id = -id WHERE id = 2", "acceptor(number -1)")]
    [InlineData("UPDATE log SET checksum = checksum + 1 WHERE id = 2", "log(store 'a', slot 2)")]
    [InlineData("UPDATE acceptor SET number = 1", "acceptor(store 'a')")]
    [InlineData("UPDATE acceptor SET round = round - 1", "acceptor(store 'a')")]
    [InlineData("UPDATE acceptor SET node = 'NODEA'", "acceptor(store 'a')")]
    [InlineData("UPDATE acceptor SET truncated = 1", "acceptor(store 'a')")]
    [InlineData("UPDATE acceptor SET decided = 3", "acceptor(store 'a')")]
    [InlineData("DELETE FROM acceptor", "acceptor(number 0)")]
    [InlineData("UPDATE snapshot SET bytes = zeroblob(2) WHERE chunk = 1", "snapshot(store 'a', generation 1, chunk 1, slot 1)")]
    [InlineData("UPDATE snapshot SET slot = 2 WHERE chunk = 1", "snapshot(store 'a', generation 1, chunk 1, slot 1)")]
    [InlineData("DELETE FROM snapshot WHERE chunk = 1", "snapshot(store 'a', generation 1, chunk 1, slot 1)")]
    [InlineData("UPDATE snapshot_head SET chunks = 1", "snapshot_head(store 'a', slot 1)")]
    [InlineData("UPDATE snapshot_head SET slot = 2", "snapshot_head(store 'a', slot 2)")]
    [InlineData("UPDATE record SET value = zeroblob(1) WHERE name = 'x'", "record(name 'x')")]
    public async Task Read_ChangedRecord_NamesItAndTheRemedy(string change, string record)
    {
        await FillAsync();
        Sql(_scratch.Path, change);

        var error = await Assert.ThrowsAsync<JournalException>(ReadAllAsync);

        Assert.Contains(record, error.Message, StringComparison.Ordinal);
        Assert.Contains(JournalErrors.Replace, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_FlippedBitInTheFile_IsNoticed()
    {
        await FillAsync();
        await ReadAllAsync();
        var path = _scratch.Below("journal.db");
        var bytes = File.ReadAllBytes(path);
        var at = bytes.AsSpan().IndexOf("a batch of commands"u8);
        Assert.True(at > 0);
        bytes[at + 5] ^= 4;
        File.WriteAllBytes(path, bytes);

        var error = await Assert.ThrowsAsync<JournalException>(ReadAllAsync);
        Assert.Contains("log(store 'a', slot 3)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Write_DatabaseFull_FailsEveryCompletionOnceAndLosesNothing()
    {
        var faults = new List<JournalException>();
        var acknowledged = new List<long>();
        var options = new JournalOptions { MaxPages = 40 };
        await using (var open = new OpenJournal(_scratch.Path, options, faults.Add))
        {
            await FillUntilFaultAsync(open.Journal, acknowledged);

            Assert.Same(open.Journal.Fault, Assert.Single(faults));
            Assert.Contains("disk is full. Free space", faults[0].Message, StringComparison.Ordinal);
            Assert.Same(faults[0], await Assert.ThrowsAsync<JournalException>(() => open.Journal.AppendAsync("a", Promise(99))));
            Assert.Same(faults[0], await Assert.ThrowsAsync<JournalException>(() => open.Journal.PutRecordAsync("x", [1], default)));
            Assert.Same(faults[0], await Assert.ThrowsAsync<JournalException>(
                () => open.Journal.SaveSnapshotAsync("a", new Slot(1), [[1]], default)));
            Assert.Single(faults);
        }

        await AssertHoldsAsync(_scratch.Path, acknowledged);
    }

    [SkippableFact]
    public async Task Write_DiskFull_FailsWithOneErrorAndLosesNothing()
    {
        Skip.IfNot(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "mounting a small disk needs root on Linux");
        var mount = _scratch.Below("small");
        Directory.CreateDirectory(mount);
        Skip.IfNot(Run("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", mount), "this root may not mount");
        try
        {
            var faults = new List<JournalException>();
            var acknowledged = new List<long>();
            await using (var open = new OpenJournal(mount, faulted: faults.Add))
            {
                await FillUntilFaultAsync(open.Journal, acknowledged);
                Assert.Contains("disk is full. Free space", Assert.Single(faults).Message, StringComparison.Ordinal);
            }

            CopyDatabase(mount, _scratch.Below("saved"));
            await AssertHoldsAsync(_scratch.Below("saved"), acknowledged);
        }
        finally
        {
            Assert.True(Run("umount", mount));
        }
    }

    private static async Task FillUntilFaultAsync(SqliteJournal journal, List<long> acknowledged)
    {
        for (var slot = 1; slot < 100_000; slot++)
        {
            // Two at a time: the one that fails and the one behind it must both hear of it.
            var first = journal.AppendAsync("a", Accept(slot, batch: new byte[2_000]));
            var second = journal.AppendAsync("b", Promise(slot));
            try
            {
                await first;
                acknowledged.Add(slot);
            }
            catch (JournalException)
            {
                await Assert.ThrowsAsync<JournalException>(() => second);
                return;
            }

            if (await Record.ExceptionAsync(() => second) is not null)
            {
                return;
            }
        }

        Assert.Fail("the disk never filled");
    }

    private static async Task AssertHoldsAsync(string path, List<long> acknowledged)
    {
        Assert.NotEmpty(acknowledged);
        await using var again = new OpenJournal(path);
        Assert.Empty(acknowledged.Except(again.Journal.Load("a").Slots()));
        Assert.True(again.Journal.Load("b").Promised.Round >= acknowledged[^1] - 1);
    }

    private static bool Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }

    private async Task FillAsync()
    {
        await using var open = new OpenJournal(_scratch.Path);
        await open.Journal.AppendAsync(
            "a", Promise(3), Accept(1), Accept(2), Accept(3, batch: Encoding.UTF8.GetBytes("a batch of commands")), Decided(2));
        await open.Journal.SaveSnapshotAsync("a", new Slot(1), [[1], [2, 2]], default);
        await open.Journal.PutRecordAsync("x", [1, 2], default);
    }

    private async Task ReadAllAsync()
    {
        await using var open = new OpenJournal(_scratch.Path);
        open.Journal.Load("a");
        open.Journal.Snapshot("a");
        open.Journal.GetRecord("x");
    }
}
