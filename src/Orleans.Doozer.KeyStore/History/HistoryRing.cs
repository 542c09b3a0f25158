namespace Orleans.Doozer.KeyStore;

/// <summary>
/// The records of the last revisions, by revision, in one array: an object for each would be copied by two garbage collections before it
/// dies. One thread writes, any number read without a lock.
/// </summary>
/// <remarks>
/// A place says which revision it holds; none while it is being filled. A reader looks before it copies the record and once more after it: a place
/// that was used again meanwhile shows as another revision. Places are filled in turn, so no place comes to hold the same revision twice.
/// </remarks>
internal sealed class HistoryRing(long limit)
{
    private const int FirstLength = 64;
    private const long None = -1;

    private Place[] _places = NewPlaces((int)Math.Min(FirstLength, limit));

    public int Length => _places.Length;

    public bool CanGrow => _places.Length < limit;

    /// <summary>The bytes of the log up to a revision that is here. For the writer.</summary>
    public long EndOf(long revision) => PlaceOf(_places, revision).End;

    /// <summary>Finds the record of a revision; false when its place is used for a later one.</summary>
    public bool TryFind(long revision, out HistoryRecord record)
    {
        if (revision < 0)
        {
            record = default;
            return false;
        }

        ref var place = ref PlaceOf(Volatile.Read(ref _places), revision);
        if (Volatile.Read(ref place.Revision) != revision)
        {
            record = default;
            return false;
        }

        record = place.Record;
        Volatile.ReadBarrier();
        return Volatile.Read(ref place.Revision) == revision;
    }

    public void Put(in HistoryRecord record, long end)
    {
        ref var place = ref PlaceOf(_places, record.Revision.Value);
        Clear(ref place);
        place.Record = record;
        place.End = end;
        place.IsSettled = !record.File.IsPieceOfBatch;
        Volatile.Write(ref place.Revision, record.Revision.Value);
    }

    /// <summary>Puts a record in the place of the one with the same change. Its parts may be seen one after the other.</summary>
    public void Replace(in HistoryRecord record) => PlaceOf(_places, record.Revision.Value).Record = record;

    /// <summary>The file that a revision wrote will not outlive the revision by much: it is replaced already.</summary>
    public void MarkShortLived(long revision)
    {
        ref var place = ref PlaceOf(_places, revision);
        place.IsSettled |= place.Revision == revision;
    }

    /// <summary>Lets go of a record, if its place was not used again.</summary>
    public void Remove(long revision)
    {
        ref var place = ref PlaceOf(_places, revision);
        if (place.Revision == revision)
        {
            Clear(ref place);
        }
    }

    public void Grow()
    {
        var longer = NewPlaces((int)Math.Min(_places.Length * 2L, Math.Min(limit, Array.MaxLength)));
        foreach (ref var place in _places.AsSpan())
        {
            if (place.Revision != None)
            {
                PlaceOf(longer, place.Revision) = place;
            }
        }

        Volatile.Write(ref _places, longer);
    }

    private static void Clear(ref Place place)
    {
        if (!place.IsSettled)
        {
            // From now on it may be all that still needs the batch it came in.
            place.Record.File.Detach();
        }

        place.Revision = None;
        Volatile.WriteBarrier();
        place.Record = default;
    }

    private static ref Place PlaceOf(Place[] places, long revision) => ref places[revision % places.Length];

    private static Place[] NewPlaces(int length)
    {
        var places = new Place[length];
        Array.Fill(places, new() { Revision = None });
        return places;
    }

    private struct Place
    {
        public long Revision;
        public long End;

        /// <summary>Its file needs no bytes of its own when this is all that keeps the batch: it has them, or is gone soon.</summary>
        public bool IsSettled;
        public HistoryRecord Record;
    }
}
