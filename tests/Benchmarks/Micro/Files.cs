using System.Globalization;
using Orleans.Doozer.Grains;
using Orleans.Doozer.KeyStore;

namespace Orleans.Doozer.Benchmarks.Micro;

/// <summary>Stores full of files, and commands that write them.</summary>
internal static class Files
{
    private const int PerBatch = 1000;
    private static readonly byte[] Value = new byte[128];

    /// <summary>The path of the n-th file: a thousand to a directory.</summary>
    public static string Path(int number) =>
        string.Create(CultureInfo.InvariantCulture, $"/bench/{number / 1000:0000}/{number % 1000:000}");

    /// <summary>A batch that writes files, encoded.</summary>
    public static byte[] Batch(IEnumerable<int> numbers) => BatchCodec.Encode(
        [.. numbers.Select(number => CommandCodec.Encode(new Command(null, WriteKind.Set, Path(number), Value, Revision.Clobber)))]);

    /// <summary>A store with so many files, and a short history, or the measurement would be about its memory.</summary>
    public static StateMachine Create(int count, int history = 1000)
    {
        var machine = new StateMachine(new StateMachineOptions { History = history, Requests = 1000 });
        for (var first = 0; first < count; first += PerBatch)
        {
            machine.Apply(machine.Applied.Next, Batch(Enumerable.Range(first, Math.Min(PerBatch, count - first))));
        }

        return machine;
    }
}
