using Orleans.Doozer.Grains;

namespace Orleans.Doozer.KeyStore;

/// <summary>One change that was asked for, as the log holds it.</summary>
/// <param name="Request">Names it over all retries, so that it happens once; null for what the nodes themselves write.</param>
/// <param name="Kind">What to do.</param>
/// <param name="Path">The file; ignored by <see cref="WriteKind.Nop"/>.</param>
/// <param name="Value">The new content, for <see cref="WriteKind.Set"/>. Nobody changes the bytes.</param>
/// <param name="Expected">Only if the file is not newer than this; <see cref="Revision.Clobber"/> always.</param>
public sealed record Command(RequestId? Request, WriteKind Kind, string Path, ReadOnlyMemory<byte> Value, Revision Expected);
