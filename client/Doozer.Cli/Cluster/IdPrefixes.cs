namespace Doozer.Cli.Cluster;

/// <summary>The shortest beginnings that tell some ids apart.</summary>
internal sealed class IdPrefixes
{
    private const int LengthMin = 4;

    private readonly int length = LengthMin;

    internal IdPrefixes(IEnumerable<string> ids)
    {
        string[] sorted = [.. ids.Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.OrdinalIgnoreCase)];
        for (int index = 1; index < sorted.Length; index++)
        {
            // In sorted order the id that shares most is a neighbour.
            length = Math.Max(length, Shared(sorted[index - 1], sorted[index]) + 1);
        }
    }

    internal string Of(string id) => id.Length <= length ? id : id[..length];

    private static int Shared(string first, string second)
    {
        int count = 0;
        while (count < first.Length && count < second.Length
            && char.ToUpperInvariant(first[count]) == char.ToUpperInvariant(second[count]))
        {
            count++;
        }

        return count;
    }
}
