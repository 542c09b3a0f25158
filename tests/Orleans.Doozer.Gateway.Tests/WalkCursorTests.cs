using System.Diagnostics.Metrics;
using Orleans.Doozer.Gateway.Connections;
using Orleans.Doozer.Gateway.Tests.Support;
using Orleans.Doozer.Gateway.Verbs;
using static Orleans.Doozer.Gateway.Tests.Support.Messages;

namespace Orleans.Doozer.Gateway.Tests;

/// <summary>Listing n files by offsets costs n steps.</summary>
public sealed class WalkCursorTests
{
    private const int Files = 300;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Walk_OffsetsInTurnOverTheWire_CostsOneStepForEachFile(bool atRevision)
    {
        await using var host = await GatewayHost.StartAsync(store: Filled());
        using var listener = Count(host, out var steps);
        await using var client = await host.ConnectAsync();
        var paths = new List<string>();
        for (var offset = 0; ; offset++)
        {
            var answer = await client.CallAsync(Ask(VerbTable.Walk, "/d/*", atRevision ? 306 : null, offset));
            if (answer.HasErrCode)
            {
                Assert.Equal((int)DoozerErrorCode.Range, answer.ErrCode);
                break;
            }

            paths.Add(answer.Path);
        }

        Assert.Equal(Enumerable.Range(0, Files).Select(Name), paths);
        Assert.Equal(Files + 1, steps());
    }

    [Fact]
    public void Find_OffsetsInAnyOrderWithinTheWindow_StaysLinear()
    {
        var view = Filled().Current;
        var cursor = new WalkCursor();
        var glob = Glob.Parse("/d/*");
        var random = new Random(1);
        foreach (var block in Enumerable.Range(0, Files).Chunk(50))
        {
            random.Shuffle(block);
            foreach (var offset in block)
            {
                Assert.Equal(Name(offset), cursor.Find(view, glob, offset, default)?.Path);
            }
        }

        Assert.Equal(Files, cursor.Steps);
    }

    [Fact]
    public void Find_BackBeyondTheWindowOrAnotherGlobOrView_BeginsAnewAndIsRight()
    {
        var store = new SingleNodeStore(history: 5000);
        for (var i = 0; i < WalkCursor.Window + 10; i++)
        {
            store.Set(Name(i), "");
        }

        var old = store.Current;
        store.Set("/d/0", "first");
        var cursor = new WalkCursor();
        var glob = Glob.Parse("/d/*");

        Assert.Equal(Name(WalkCursor.Window + 9), cursor.Find(old, glob, WalkCursor.Window + 9, default)?.Path);
        Assert.Equal(Name(0), cursor.Find(old, glob, 0, default)?.Path);
        Assert.Equal("/d/0", cursor.Find(store.Current, glob, 0, default)?.Path);
        Assert.Equal("/ctl/name", cursor.Find(store.Current, Glob.Parse("/ctl/*"), 0, default)?.Path);
        Assert.Null(cursor.Find(store.Current, glob, WalkCursor.Window + 11, default));
        Assert.Equal(Name(5), cursor.Find(old, glob, 5, default)?.Path);
    }

    private static string Name(int index) => $"/d/{index + 10000}";

    private static SingleNodeStore Filled()
    {
        var store = new SingleNodeStore();
        for (var i = 0; i < Files; i++)
        {
            store.Set(Name(i), "");
        }

        return store;
    }

    private static MeterListener Count(GatewayHost host, out Func<long> steps)
    {
        var sum = 0L;
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Name == GatewayMetrics.WalkStepsName && instrument.Meter.Scope == host.Meters)
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => Interlocked.Add(ref sum, value));
        listener.Start();
        steps = () => Interlocked.Read(ref sum);
        return listener;
    }
}
