namespace Orleans.Doozer.KeyStore;

/// <summary>What <see cref="StoreView.Get"/> finds.</summary>
/// <param name="Revision">The file's revision, <see cref="Revision.Directory"/> or <see cref="Revision.Missing"/>.</param>
/// <param name="Value">The file's bytes; empty for anything else.</param>
public readonly record struct FileContent(Revision Revision, ReadOnlyMemory<byte> Value);
