namespace Orleans.Doozer.Viewer.Api;

/// <summary>An event as JSON.</summary>
internal static class EventWriter
{
    /// <summary>Takes the shown part of the value from the room that is left; without room the value is left out and said to be cut.
    /// </summary>
    public static EventInfo Describe(DoozerEvent change, ref int room)
    {
        var previous = change.Previous?.Revision.Value;
        switch (change.Kind)
        {
            case DoozerEventKind.Nop:
                return new(change.Revision.Value, "nop", change.Path);
            case DoozerEventKind.Delete:
                return new(change.Revision.Value, "delete", change.Path, Previous: previous);
            default:
                var value = ValuePreview.Of(change.Value.Span, room > 0 ? ValuePreview.EventBytes : 0);
                room -= value.Value.Length;
                return new(
                    change.Revision.Value, "set", change.Path, value.Length, value.Encoding, value.Value, value.Truncated, previous);
        }
    }
}
