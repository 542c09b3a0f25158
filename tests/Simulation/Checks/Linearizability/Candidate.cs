namespace Orleans.Doozer.Linearizability;

/// <summary>An operation that looks for its place.</summary>
internal sealed class Candidate(Operation operation, UInt128 mark, FileValue value, FileValue expected)
{
    public Operation Operation { get; } = operation;

    public UInt128 Mark { get; } = mark;

    /// <summary>What it writes, or what it read.</summary>
    public FileValue Value { get; } = value;

    public FileValue Expected { get; } = expected;

    public bool IsUnknown { get; } = operation.Outcome == Outcome.Unknown;

    /// <summary>It does not look at what was there before.</summary>
    public bool IsBlind { get; } = operation.Demand != Demand.Value;

    /// <summary>Which list of the search it is in.</summary>
    public int List { get; } =
        operation.IsRead ? value.ReadsList
        : operation.Outcome == Outcome.Failed ? SearchedFile.Refusals
        : operation.Outcome == Outcome.Unknown ? SearchedFile.UnknownChanges
        : SearchedFile.Changes;

    /// <summary>Whether its answer is right when the file has this value.</summary>
    public bool Fits(FileValue current)
    {
        if (Operation.IsRead)
        {
            return Value == current;
        }

        // Doozer's rule: a revision is expected at most, and a missing file has revision 0.
        var holds = IsBlind || current.Text is null || current == Expected;
        return holds == (Operation.Outcome != Outcome.Failed);
    }

    /// <summary>It has a place now (-1), or has lost it again (1).</summary>
    public void Count(int change)
    {
        if (Operation.IsRead)
        {
            Value.Reads += change;
        }
        else if (Operation.Outcome != Outcome.Failed)
        {
            Value.Writes += change;
            Expected.Expecters += !IsBlind && !IsUnknown ? change : 0;
        }
    }
}

/// <summary>A value of the file, and what those operations do with it that have no place yet.</summary>
internal sealed class FileValue(string? text, UInt128 mark, int readsList)
{
    public string? Text { get; } = text;

    public UInt128 Mark { get; } = mark;

    /// <summary>The list of those who read it.</summary>
    public int ReadsList { get; } = readsList;

    /// <summary>So many read it.</summary>
    public int Reads { get; set; }

    /// <summary>So many write it, perhaps.</summary>
    public int Writes { get; set; }

    /// <summary>So many expected it and succeeded.</summary>
    public int Expecters { get; set; }
}
