using System.Collections.Immutable;

namespace Orleans.Doozer.Clustering;

/// <content>Finding the cluster.</content>
public sealed partial class RegisterNode
{
    private static readonly TimeSpan AttachDelay = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan FirstNotice = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LastNotice = TimeSpan.FromSeconds(30);

    // Joining: the cluster's id is taken from whoever answers, once, and is kept for ever.
    private async Task AttachAsync(CancellationToken cancellationToken)
    {
        var began = _time.GetTimestamp();
        var notice = TimeSpan.Zero;
        while (true)
        {
            var problems = new List<string>();
            var addresses = await FindAddressesAsync(problems, cancellationToken);
            foreach (var address in addresses)
            {
                if (await TryHelloAsync(address, problems, askAsStranger: false, cancellationToken) is not { } welcome)
                {
                    continue;
                }

                if (!string.IsNullOrEmpty(_options.ClusterId) && welcome.ClusterId != _options.ClusterId)
                {
                    throw new RegisterConfigurationException(
                        $"The node at {address} belongs to cluster {welcome.ClusterId}; this node was told to join {_options.ClusterId}.");
                }

                if (welcome.ClusterName != ClusterName)
                {
                    throw new RegisterConfigurationException(
                        $"The node at {address} belongs to the cluster named '{welcome.ClusterName}'; this node was told to join '{ClusterName}'.");
                }

                await SaveAsync(
                    _votes with
                    {
                        ClusterId = welcome.ClusterId,
                        ClusterName = welcome.ClusterName,
                        KnownVersion = welcome.KnownVersion,
                        KnownAcceptors = welcome.KnownAcceptors,
                    },
                    cancellationToken);
                Learn(welcome.KnownVersion, welcome.KnownAcceptors);
                _logger.Attached(ClusterId, ClusterName, address);
                return;
            }

            // Said at once, then ever less often: a node may wait for days.
            if (_time.GetElapsedTime(began) is var waited && waited >= notice)
            {
                notice = waited + Min(waited + FirstNotice, LastNotice);
                _logger.WaitingToAttach(addresses.Count == 0 ? "any address" : string.Join(", ", addresses), string.Join("; ", problems));
            }

            await Task.Delay(AttachDelay, _time, cancellationToken);
        }
    }

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;

    // Asks everybody that might know where the acceptors are now; answers of other clusters are no hint.
    private async Task<ImmutableArray<RegisterPeer>> FindAcceptorsAsync(Attempt attempt)
    {
        var found = new List<string>();
        var asked = new SortedSet<string>(await FindAddressesAsync(found, attempt.Cancellation), StringComparer.Ordinal);
        found.ForEach(problem => attempt.Problems["discovery"] = problem);
        asked.UnionWith(Acceptors.Select(peer => peer.Address));
        asked.Remove(Address);
        await Task.WhenAll(asked.Select(async address =>
        {
            var problems = new List<string>();
            if (await TryHelloAsync(address, problems, askAsStranger: false, attempt.Cancellation) is { } welcome && welcome.ClusterId == ClusterId)
            {
                Learn(welcome.KnownVersion, welcome.KnownAcceptors);
            }

            foreach (var problem in problems)
            {
                attempt.Problems[address] = problem;
            }
        }));
        return _known.Item2;
    }

    // A node that restarts needs nobody's answer; but where a node of another cluster answers, the operator has mixed two clusters up.
    private async Task RequireSameClusterAsync(CancellationToken cancellationToken)
    {
        foreach (var address in _options.Attach)
        {
            if (await TryHelloAsync(address, [], askAsStranger: true, cancellationToken) is { } welcome && welcome.ClusterId != ClusterId)
            {
                throw new RegisterConfigurationException(
                    $"This node belongs to cluster {ClusterId}, but the node at {address} belongs to cluster {welcome.ClusterId}: "
                    + "attach to a node of its own cluster, or give it an empty data directory.");
            }
        }
    }

    /// <summary>
    /// Where another process answers as this node, which then runs on a copy of its data: one vote would count twice. Null when there
    /// is none, as far as the acceptors' addresses tell.
    /// </summary>
    public async Task<string?> FindDoubleAsync(CancellationToken cancellationToken = default)
    {
        // The node may have moved, or go by another name now; only an answer from there is another process.
        var seat = Acceptors.FirstOrDefault(peer => peer.Node == Self && peer.Address != Address);
        var welcome = seat is null ? null : await TryHelloAsync(seat.Address, [], askAsStranger: true, cancellationToken);
        return welcome is not null && welcome.Node == Self && welcome.Instance != _instance ? seat!.Address : null;
    }

    /// <summary>What to tell an operator whose node runs twice.</summary>
    public static string DescribeDouble(string node, string address) =>
        $"Node {node} runs already, at {address}, on the same data: a data directory must not be copied. "
        + "Stop one of the two for good, or give this one an empty directory and -a: it then joins as a new node.";

    // Before the first vote: whoever knows more about the acceptors is asked first, since a copy may be older than the last move.
    private async Task RequireSingleAsync(CancellationToken cancellationToken)
    {
        await FindAcceptorsAsync(new Attempt(cancellationToken));
        if (await FindDoubleAsync(cancellationToken) is { } address)
        {
            throw new RegisterConfigurationException(DescribeDouble(Self.Value, address));
        }
    }

    private async Task<IReadOnlyCollection<string>> FindAddressesAsync(List<string> problems, CancellationToken cancellationToken)
    {
        if (_options.Discover is not { } discover)
        {
            return [.. _options.Attach];
        }

        try
        {
            return [.. _options.Attach.Concat(await discover(cancellationToken)).Where(address => address != Address).Distinct(StringComparer.Ordinal)];
        }
        catch (IOException exception)
        {
            problems.Add(exception.Message);
            return [.. _options.Attach];
        }
    }

    private async Task<WelcomeReply?> TryHelloAsync(
        string address, List<string> problems, bool askAsStranger, CancellationToken cancellationToken)
    {
        try
        {
            if (await _client.CallAsync(address, askAsStranger ? "" : ClusterId, new HelloRequest(Self, Address), cancellationToken)
                is WelcomeReply { ClusterId.Length: > 0 } welcome)
            {
                if (welcome.ClusterId == ClusterId)
                {
                    NoteAddress(welcome.Node, address);
                }

                return welcome;
            }

            problems.Add($"{address}: that node has not joined a cluster yet");
        }
        catch (IOException exception)
        {
            problems.Add(exception.Message);
        }

        return null;
    }
}
