using System.Text;

namespace Orleans.Doozer.SystemTests.Scripts;

/// <summary>What a soak measured each minute, as charts that GitHub draws (Mermaid).</summary>
internal sealed class SoakChart(int nodes)
{
    private readonly List<int>[] _memory = [.. Enumerable.Range(0, nodes).Select(_ => new List<int>())];
    private readonly List<int> _writes = [];

    /// <summary>A minute has passed.</summary>
    public void Add(IReadOnlyList<int> memoryMb, double writesPerSecond)
    {
        for (var node = 0; node < _memory.Length; node++)
        {
            _memory[node].Add(memoryMb[node]);
        }

        _writes.Add((int)writesPerSecond);
    }

    /// <inheritdoc/>
    public override string ToString() =>
        Draw("Own memory of each node", "MiB", _memory) + Draw("Acknowledged writes", "per second", [_writes]);

    private string Draw(string title, string unit, List<int>[] lines)
    {
        var text = new StringBuilder();
        text.AppendLine().AppendLine("```mermaid").AppendLine("xychart-beta").AppendLine(ScriptRun.Text($"    title \"{title}\""));
        text.AppendLine(ScriptRun.Text($"    x-axis \"minutes\" 1 --> {_writes.Count}"));
        text.AppendLine(ScriptRun.Text($"    y-axis \"{unit}\" 0 --> {lines.Max(line => line.Max()) * 5 / 4}"));
        foreach (var line in lines)
        {
            text.AppendLine(ScriptRun.Text($"    line [{string.Join(", ", line)}]"));
        }

        return text.AppendLine("```").ToString();
    }
}
