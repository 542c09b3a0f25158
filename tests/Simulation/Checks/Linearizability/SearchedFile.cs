namespace Orleans.Doozer.Linearizability;

/// <summary>The operations on one file that can matter, prepared for the search.</summary>
internal sealed class SearchedFile
{
    /// <summary>The lists that the search walks, after that of the returns; behind them one of the reads of each value.</summary>
    public const int Refusals = 1;
    public const int Changes = 2;
    public const int UnknownChanges = 3;
    private const int FirstReads = 4;

    public SearchedFile(IEnumerable<Operation> history)
    {
        // A set of operations is kept as the exclusive or of 128-bit marks that look random: two sets that the memo confuses are less likely than
        // a fault of the machine.
        var marks = 0UL;
        UInt128 Mark() => new(Mix(++marks), Mix(~marks));

        UnseenMark = Mark();
        NoFile = new(null, Mark(), FirstReads);
        var values = new Dictionary<string, FileValue>(StringComparer.Ordinal);
        FileValue Value(string? text)
        {
            if (text is null)
            {
                return NoFile;
            }

            if (!values.TryGetValue(text, out var value))
            {
                values.Add(text, value = new(text, Mark(), FirstReads + 1 + values.Count));
            }

            return value;
        }

        Candidates = [.. history.Where(MayMatter).Select(operation =>
            new Candidate(operation, Mark(), Value(operation.Value), Value(operation.Expected)))];
        Candidates.ForEach(candidate => candidate.Count(1));
        Events = new HistoryEvents(Candidates, FirstReads + 1 + values.Count);
    }

    public List<Candidate> Candidates { get; }

    public HistoryEvents Events { get; }

    public FileValue NoFile { get; }

    public UInt128 UnseenMark { get; }

    /// <summary>SplitMix64's finalizer: neighbours become numbers without anything in common.</summary>
    private static ulong Mix(ulong number)
    {
        number *= 0x9E3779B97F4A7C15;
        number = (number ^ (number >> 30)) * 0xBF58476D1CE4E5B9;
        number = (number ^ (number >> 27)) * 0x94D049BB133111EB;
        return number ^ (number >> 31);
    }

    private static bool MayMatter(Operation operation) => operation.Outcome switch
    {
        Outcome.Unknown => !operation.IsRead,
        Outcome.Failed => operation is { IsRead: false, Demand: Demand.Value },
        _ => true,
    };
}
