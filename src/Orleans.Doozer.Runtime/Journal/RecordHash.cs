using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;

namespace Orleans.Doozer.Runtime.Journal;

/// <summary>
/// The checksums of the tables: XxHash3 over the table's letter, the key and the content, every text and blob behind its length. The
/// key is part of it so that a record which turns up at another key is damaged too. Not for several threads at once.
/// </summary>
internal sealed class RecordHash
{
    private readonly XxHash3 _hash = new();

    public long Log(ReadOnlySpan<byte> store, long key, long round, ReadOnlySpan<byte> node, long decided, ReadOnlySpan<byte> batch) =>
        Start('L').Add(store).Add(key).Add(round).Add(node).Add(decided).Add(batch).Value();

    public long Acceptor(ReadOnlySpan<byte> store, long number, long round, ReadOnlySpan<byte> node, long truncated, long decided) =>
        Start('A').Add(store).Add(number).Add(round).Add(node).Add(truncated).Add(decided).Value();

    public long Head(ReadOnlySpan<byte> store, long generation, long slot, long chunks) =>
        Start('H').Add(store).Add(generation).Add(slot).Add(chunks).Value();

    public long Chunk(ReadOnlySpan<byte> store, long generation, long chunk, long slot, ReadOnlySpan<byte> bytes) =>
        Start('C').Add(store).Add(generation).Add(chunk).Add(slot).Add(bytes).Value();

    public long Record(string name, ReadOnlySpan<byte> value) => Start('R').Add(Encoding.UTF8.GetBytes(name)).Add(value).Value();

    private RecordHash Start(char table)
    {
        _hash.Reset();
        return Add((long)table);
    }

    private RecordHash Add(long value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        _hash.Append(bytes);
        return this;
    }

    private RecordHash Add(ReadOnlySpan<byte> bytes)
    {
        Add((long)bytes.Length);
        _hash.Append(bytes);
        return this;
    }

    private long Value() => unchecked((long)_hash.GetCurrentHashAsUInt64());
}
