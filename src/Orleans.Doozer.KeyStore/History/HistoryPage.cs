namespace Orleans.Doozer.KeyStore;

/// <summary>A stretch of the history.</summary>
/// <param name="TooLate">The first revision asked for is no longer kept; there are no events.</param>
/// <param name="Events">The changes in order of revisions; those of one revision are never divided between pages.</param>
/// <param name="Next">The first revision that is not covered: where to go on.</param>
public sealed record HistoryPage(bool TooLate, IReadOnlyList<DoozerEvent> Events, Revision Next);
