using System.Net;
using System.Net.Sockets;

namespace Doozer.Cli.Tests.Support;

/// <summary>A server on the loopback interface that does what a test says: the n-th connection runs the n-th script.</summary>
internal sealed class ScriptedPeer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly Task serving;
    private int connections;

    internal ScriptedPeer(params Func<PeerConnection, Task>[] scripts)
    {
        listener.Start();
        Address = listener.LocalEndpoint.ToString()!;
        serving = ServeAsync(scripts);
    }

    internal string Address { get; }

    internal string Uri => $"doozer:?ca={Address}";

    /// <summary>How many clients came.</summary>
    internal int Connections => Volatile.Read(ref connections);

    /// <summary>The address of a port where nobody listens.</summary>
    internal static string DeadAddress()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket.LocalEndPoint!.ToString()!;
    }

    /// <summary>A peer that answers every request of every connection by the same rule.</summary>
    internal static ScriptedPeer Answering(Func<Orleans.Doozer.Protocol.Request, Orleans.Doozer.Protocol.Response> answer) =>
        new(connection => connection.AnswerAllAsync(answer));

    /// <summary>From now on connections are refused.</summary>
    internal void StopListening() => listener.Stop();

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        await serving;
        stop.Dispose();
    }

    // A failed expectation inside a script is thrown here, when the test disposes the peer.
    private async Task ServeAsync(Func<PeerConnection, Task>[] scripts)
    {
        var running = new List<Task>();
        try
        {
            while (true)
            {
                Socket socket = await listener.AcceptSocketAsync(stop.Token);
                int index = Interlocked.Increment(ref connections) - 1;
                running.Add(RunAsync(scripts[Math.Min(index, scripts.Length - 1)], socket));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or InvalidOperationException)
        {
            // Stopped; the last, when that came between two clients.
        }

        await Task.WhenAll(running);
    }

    private async Task RunAsync(Func<PeerConnection, Task> script, Socket socket)
    {
        using var connection = new PeerConnection(socket, stop.Token);
        try
        {
            await script(connection);
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            // The client left, or the test is over.
        }
    }
}
