namespace Orleans.Doozer.KeyStore;

/// <summary>One kept revision: the state after it and the changes that made it.</summary>
/// <remarks>A revision has one change today; a transaction will have several. One is held without a list around it, because there
/// are a hundred thousand of these.</remarks>
internal sealed class HistoryRecord
{
    private readonly object? _changes;      // null, a DoozerEvent, or a DoozerEvent[]

    public HistoryRecord(StoreView view, DoozerEvent? change)
    {
        View = view;
        _changes = change;
    }

    private HistoryRecord(StoreView view, object? changes)
    {
        View = view;
        _changes = changes;
    }

    public StoreView View { get; }

    public HistoryRecord With(StoreView view) => new(view, _changes);

    public void AddTo(List<DoozerEvent> events)
    {
        if (_changes is DoozerEvent change)
        {
            events.Add(change);
        }
        else if (_changes is DoozerEvent[] several)
        {
            events.AddRange(several);
        }
    }
}
