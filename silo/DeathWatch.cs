using Microsoft.Extensions.Options;

namespace Doozer.Silo;

/// <summary>
/// Orleans ends the process of a silo that the others declared dead. Here the silo stops and is started again inside the process, with
/// the same node id: a node that was frozen for a while comes back by itself.
/// </summary>
internal sealed partial class DeathWatch(IHostApplicationLifetime lifetime, IOptions<HostOptions> host, ILogger<DeathWatch> logger) : IFatalErrorHandler
{
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(1);

    /// <summary>Whether the silo was declared dead.</summary>
    public bool HasDied { get; private set; }

    public bool IsUnexpected(Exception exception) => exception is not OperationCanceledException;

    public void OnFatalException(object? sender, string? context, Exception? exception)
    {
        HasDied = true;
        LogDied(context ?? exception?.Message ?? "no reason was given");

        // What clients still wait for here cannot be decided by a silo that nobody talks to; its next life can.
        host.Value.ShutdownTimeout = Farewell;
        lifetime.StopApplication();
    }

    [LoggerMessage(1, LogLevel.Warning, "The other silos go on without this one; it starts again: {Reason}")]
    private partial void LogDied(string reason);
}
