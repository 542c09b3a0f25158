using System.Text;
using Doozer.Cli.Wire;

namespace Doozer.Cli.Cluster;

/// <summary>Rows of text in columns; numbers stand to the right. What came from the network sends the terminal nothing but text.
/// </summary>
internal sealed class TextTable(params string[] headings)
{
    private const int Gap = 2;

    private readonly List<string[]> rows = [headings];
    private readonly HashSet<int> numeric = [];

    /// <summary>The columns that hold numbers.</summary>
    internal TextTable Numeric(params string[] columns)
    {
        numeric.UnionWith(columns.Select(column => Array.IndexOf(headings, column)));
        return this;
    }

    internal void Add(params string[] cells) =>
        rows.Add([.. cells.Select(ServerError.Printable).Select(cell => cell.Length == 0 ? "-" : cell)]);

    /// <inheritdoc/>
    public override string ToString()
    {
        int[] widths = [.. headings.Select((_, column) => rows.Max(row => row[column].Length))];
        var text = new StringBuilder();
        foreach (string[] row in rows)
        {
            IEnumerable<string> cells = row.Select((cell, column) =>
                numeric.Contains(column) ? cell.PadLeft(widths[column]) : cell.PadRight(widths[column]));
            text.Append(string.Join(new string(' ', Gap), cells).TrimEnd()).Append('\n');
        }

        return text.ToString();
    }
}
