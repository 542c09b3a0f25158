using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.Simulation;

/// <summary>What a journal says as a whole: its writes, one after the other, folded into what they leave.</summary>
internal sealed class DiskContent
{
    public DiskContent() => Entries = [];

    private DiskContent(DiskContent other)
    {
        (Promised, TruncatedTo, DecidedTo) = (other.Promised, other.TruncatedTo, other.DecidedTo);
        Entries = new(other.Entries);
    }

    public SortedDictionary<Slot, AcceptedEntry> Entries { get; }

    public Ballot Promised { get; set; }

    public Slot TruncatedTo { get; private set; }

    public Slot DecidedTo { get; private set; }

    public DiskContent Copy() => new(this);

    public void Fold(JournalWrite write)
    {
        switch (write)
        {
            case PromiseWrite promise:
                Promised = promise.Promised;
                break;
            case AcceptWrite accept when accept.Entry.Slot > TruncatedTo:
                Entries[accept.Entry.Slot] = accept.Entry;
                break;
            case DecidedWrite decided:
                DecidedTo = decided.DecidedTo;
                break;
            case TruncateWrite truncate:
                TruncatedTo = truncate.TruncatedTo;
                while (Entries.Count > 0 && Entries.First().Key <= TruncatedTo)
                {
                    Entries.Remove(Entries.First().Key);
                }

                break;
            default:
                break;
        }
    }
}
