using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Threading.Channels;
using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.Clustering;

/// <content>The proposer's side: drives the pure steps over the network, with retries.</content>
public sealed partial class RegisterNode
{
    private static readonly TimeSpan BackoffStep = TimeSpan.FromMilliseconds(20);

    /// <summary>Reads the register; linearizable.</summary>
    /// <exception cref="RegisterUnavailableException">No majority answered in time.</exception>
    public async Task<RegisterState> ReadAsync(CancellationToken cancellationToken = default)
    {
        var reader = new RegisterReader(NewMark());
        var (state, _) = await RetryAsync(
            async attempt =>
            {
                var step = await DriveAsync(reader.Begin(attempt.Acceptors), reader.Receive, attempt);
                return step is SettleStep ? await ProposeAsync(_ => null, NewMark(), attempt) : step;
            },
            cancellationToken);
        return state;
    }

    /// <summary>
    /// Changes the register: <paramref name="change"/> makes the next value from the decided one, or null to change nothing.
    /// It must be pure, since it runs again when another change came first.
    /// </summary>
    /// <returns>The decided value, and whether the change is in it.</returns>
    /// <exception cref="RegisterUnavailableException">No majority answered in time; the change may have happened.</exception>
    public Task<(RegisterState State, bool Changed)> UpdateAsync(
        Func<RegisterState, RegisterState?> change, CancellationToken cancellationToken = default)
    {
        var mark = NewMark();
        return RetryAsync(attempt => ProposeAsync(change, mark, attempt), cancellationToken);
    }

    private static long NewMark() => BitConverter.ToInt64(RandomNumberGenerator.GetBytes(8));

    // One proposal at a time from one node: two at once would only outbid each other.
    private async Task<RegisterStep> ProposeAsync(Func<RegisterState, RegisterState?> change, long mark, Attempt attempt)
    {
        await _proposing.WaitAsync(attempt.Cancellation);
        try
        {
            return await DriveAsync(_proposer!.Begin(attempt.Acceptors, _votes.Promised, change, mark), _proposer.Receive, attempt);
        }
        finally
        {
            _proposing.Release();
        }
    }

    private async Task<(RegisterState State, bool Changed)> RetryAsync(
        Func<Attempt, Task<RegisterStep>> operation, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(_options.OperationTimeout, _time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopping.Token, deadline.Token);
        var attempt = new Attempt(linked.Token);
        try
        {
            for (var tries = 1; ; tries++)
            {
                attempt.Acceptors = Acceptors.Count > 0 ? _known.Item2 : await FindAcceptorsAsync(attempt);
                switch (attempt.Acceptors.Length > 0 ? await operation(attempt) : null)
                {
                    case DoneStep done:
                        Learn(done.State);
                        await RememberAcceptorsAsync(linked.Token);
                        return (done.State, done.Changed);
                    case StuckStep stuck:
                        attempt.Problems["register"] = stuck.Reason;
                        break;
                }

                // Two proposers that wait equally long meet again for ever.
                var most = BackoffStep * Math.Min(tries, 8);
                await Task.Delay(most * RandomNumberGenerator.GetInt32(25, 100) / 100, _time, linked.Token);
                if (tries % 2 == 0)
                {
                    await FindAcceptorsAsync(attempt);
                }
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new RegisterUnavailableException(
                $"The membership register did not answer within {_options.OperationTimeout.TotalSeconds:0.#} s. {attempt.Describe(this)}");
        }
    }

    private async Task<RegisterStep> DriveAsync(RegisterStep step, Func<NodeId, RegisterReply, RegisterStep> receive, Attempt attempt)
    {
        var replies = Channel.CreateUnbounded<(NodeId From, RegisterReply Reply)>();
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(attempt.Cancellation);
        while (true)
        {
            if (step is SendStep send)
            {
                foreach (var peer in send.To)
                {
                    _ = AskAsync(peer, send.Request, replies.Writer, attempt);
                }

                silence.CancelAfter(_options.CallTimeout);
            }
            else if (step is not WaitStep)
            {
                return step;
            }

            try
            {
                var (from, reply) = await replies.Reader.ReadAsync(silence.Token);
                step = receive(from, reply);
            }
            catch (OperationCanceledException) when (!attempt.Cancellation.IsCancellationRequested)
            {
                return new StuckStep("no majority of the acceptors answered in time");
            }
        }
    }

    // Runs to its own end: a round that has its majority does not wait for the slowest, and does not cut its connection either.
    private async Task AskAsync(
        RegisterPeer peer, RegisterRequest request, ChannelWriter<(NodeId From, RegisterReply Reply)> replies, Attempt attempt)
    {
        var address = WhereIs(peer);
        try
        {
            var reply = peer.Node == Self
                ? await HandleAsync(ClusterId, Self, request, _stopping.Token)
                : await _client.CallAsync(address, ClusterId, request, _stopping.Token, peer.Node);
            if (reply is RejectedReply rejected)
            {
                attempt.Problems[address] = rejected.Reason;
                ForgetAddress(peer.Node, address);
            }

            replies.TryWrite((peer.Node, reply));
        }
        catch (IOException exception)
        {
            attempt.Problems[address] = exception.Message;
            ForgetAddress(peer.Node, address);
        }
        catch (OperationCanceledException)
        {
            attempt.Problems[address] = "the node is stopping";
        }
        catch (Exception exception)
        {
            // Storage that fails, an invariant that broke: no answer leaves, and the log says why.
            attempt.Problems[address] = exception.Message;
            _logger.VoteFailed(exception);
        }
    }

    private sealed class Attempt(CancellationToken cancellation)
    {
        public CancellationToken Cancellation { get; } = cancellation;

        public ImmutableArray<RegisterPeer> Acceptors { get; set; } = [];

        public System.Collections.Concurrent.ConcurrentDictionary<string, string> Problems { get; } = new(StringComparer.Ordinal);

        public string Describe(RegisterNode node)
        {
            var voters = node.Acceptors;
            var waits = voters.Count == 0 ? "No acceptor is known."
                : $"It needs {(voters.Count / 2) + 1} of its {voters.Count} acceptors ({string.Join(", ", voters.Select(peer => peer.Address))}).";
            return Problems.IsEmpty ? waits : $"{waits} {string.Join("; ", Problems.OrderBy(problem => problem.Key, StringComparer.Ordinal).Select(problem => problem.Value))}.";
        }
    }
}
