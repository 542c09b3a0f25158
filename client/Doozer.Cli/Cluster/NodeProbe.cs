using System.Globalization;
using System.Net.Sockets;
using Doozer.Cli.Sessions;
using Doozer.Cli.Wire;
using Google.Protobuf;
using Orleans.Doozer.Protocol;

namespace Doozer.Cli.Cluster;

/// <summary>Asks the node at one address, and none else, how it stands; each question has a deadline.</summary>
internal sealed class NodeProbe(DoozerUri uri, ServerAddress address, TimeSpan timeout) : IDisposable
{
    private WireConnection? connection;

    internal ServerAddress Address => address;

    /// <summary>What the node said last; null when it did not answer.</summary>
    internal StatusReport? Report { get; private set; }

    /// <summary>Whether it answered at least once, and so is worth asking again.</summary>
    internal bool HasAnswered { get; private set; }

    /// <summary>Why there is no report.</summary>
    internal string Reason { get; private set; } = "it was not asked";

    /// <summary>What came of it, as plain data.</summary>
    internal NodeAnswer Answer => new(address, Report, Reason);

    /// <summary>Asks for the node's status, over the connection of the last time if that is still there. It never throws because of
    /// the node: that there is no answer is one.</summary>
    internal async Task AskAsync(CancellationToken cancellationToken)
    {
        Report = null;
        try
        {
            Response response = await WithinAsync(ConnectAndAskAsync, cancellationToken);
            if (response.ErrCode == ServerError.UnknownVerb)
            {
                Reason = "it does not know STATUS: it is older than this program";
            }
            else
            {
                Report = response.HasErrCode
                    ? throw ServerError.From(new Request(), response)
                    : StatusReport.Parser.ParseFrom(response.Value);
                HasAnswered = true;
            }
        }
        catch (InvalidProtocolBufferException)
        {
            Reason = "its status cannot be read";
        }
        catch (DoozerException exception)
        {
            Reason = exception.Message;
        }
    }

    /// <summary>Reads the files about the members, from a node that has just answered, at a revision that it has.</summary>
    internal Task<ControlFiles> ReadControlFilesAsync(long revision, CancellationToken cancellationToken)
    {
        WireConnection asked = connection ?? throw new InvalidOperationException("the node has not answered");
        return new ControlReader(SendAsync).ReadAsync(revision, cancellationToken);

        Task<Response> SendAsync(Request request, CancellationToken token) =>
            WithinAsync(deadline => asked.CallAsync(request, deadline), token);
    }

    /// <inheritdoc/>
    public void Dispose() => connection?.Dispose();

    private async Task<Response> ConnectAndAskAsync(CancellationToken cancellationToken)
    {
        if (connection is not { IsOpen: true })
        {
            connection?.Dispose();
            connection = await Connector.OpenAsync(uri, address, cancellationToken);
        }

        return await connection.CallAsync(new Request { Verb = DoozerVerb.Status }, cancellationToken);
    }

    private async Task<Response> WithinAsync(
        Func<CancellationToken, Task<Response>> askAsync, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(timeout);
        try
        {
            return await askAsync(deadline.Token);
        }
        catch (SocketException exception)
        {
            throw new DoozerException(ConnectFailure.Describe(exception));
        }
        catch (ConnectionLostException exception)
        {
            throw new DoozerException(exception.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // What did not answer now would let the next question wait too.
            connection?.Dispose();
            throw new DoozerException(
                string.Create(CultureInfo.InvariantCulture, $"no answer within {timeout.TotalSeconds:0.###} s"));
        }
    }
}

/// <summary>What a node answered, or why it did not.</summary>
internal sealed record NodeAnswer(ServerAddress Address, StatusReport? Report, string Reason);
