namespace Orleans.Doozer.KeyStore;

/// <summary>What became of a command.</summary>
/// <param name="Error"><see cref="DoozerErrorCode.None"/> when it was applied.</param>
/// <param name="Revision">The revision of the change; when refused, the store's revision.</param>
/// <param name="Duplicate">It had been answered before: this is that answer, and nothing happened now.</param>
public readonly record struct CommandOutcome(DoozerErrorCode Error, Revision Revision, bool Duplicate);
