namespace Orleans.Doozer.KeyStore;

/// <summary>A page of the names in a directory.</summary>
/// <param name="Kind"><see cref="Revision.Directory"/>; else <see cref="Revision.Missing"/> or a file's revision, and no
/// names.</param>
/// <param name="Names">The names in byte order.</param>
/// <param name="More">Whether there are others after the last.</param>
public sealed record DirectoryPage(Revision Kind, IReadOnlyList<string> Names, bool More);
