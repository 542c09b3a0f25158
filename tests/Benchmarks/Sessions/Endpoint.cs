using Doozer.Cli.Wire;

namespace Orleans.Doozer.Benchmarks.Sessions;

/// <summary>Where a doozerd serves Doozer clients: its <c>-l</c>. Everything else derives from it.</summary>
internal readonly record struct Endpoint(string Host, int Port)
{
    /// <summary>Reads <c>host:port</c>.</summary>
    /// <exception cref="UsageException">It is none.</exception>
    public static Endpoint Parse(string text) => ServerAddress.TryParse(text, out var address)
        ? new Endpoint(address.Host, address.Port)
        : throw new UsageException($"--endpoints: '{text}' is no host:port");

    /// <summary>For a connection with Doozer's protocol.</summary>
    public ServerAddress Address => new(Host, Port);

    public override string ToString() => $"{Host}:{Port}";
}
