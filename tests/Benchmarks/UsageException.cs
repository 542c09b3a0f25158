namespace Orleans.Doozer.Benchmarks;

/// <summary>A mistake of the user's, or something that the machine lacks: its message is the one line that is printed.</summary>
internal sealed class UsageException(string message) : Exception(message);
