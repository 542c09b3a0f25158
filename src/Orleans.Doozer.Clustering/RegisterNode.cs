using System.Collections.Immutable;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.Clustering;

/// <summary>
/// One node of the membership register: its listener, its acceptor and votes, and its proposer. Needs no Orleans, and outlives the
/// silo: a silo may restart beside it.
/// </summary>
public sealed partial class RegisterNode : IAsyncDisposable
{
    private readonly RegisterNodeOptions _options;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly RegisterClient _client;
    private readonly HeartbeatBoard _heartbeats = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly long _instance = NewMark();
    private readonly SemaphoreSlim _voting = new(1);
    private readonly SemaphoreSlim _proposing = new(1);
    private RegisterListener? _listener;
    private RegisterProposer? _proposer;
    private RegisterPeer _self;
    private volatile RegisterVotes _votes;
    private volatile Tuple<long, ImmutableArray<RegisterPeer>> _known = Tuple.Create(0L, ImmutableArray<RegisterPeer>.Empty);
    private bool _founding;
    private volatile bool _broken;

    /// <summary>Makes a node that is not started yet.</summary>
    public RegisterNode(RegisterNodeOptions options, ILogger<RegisterNode>? logger = null, TimeProvider? time = null)
    {
        _options = options;
        _logger = logger ?? NullLogger<RegisterNode>.Instance;
        _time = time ?? TimeProvider.System;
        _client = new RegisterClient(options.ConnectTimeout, options.CallTimeout, _time);
        _votes = RegisterVotes.Empty(options.Self);
        _self = new RegisterPeer(options.Self, "");
    }

    /// <summary>The node.</summary>
    public NodeId Self => _options.Self;

    /// <summary>Where others reach this node's listener; empty before the start.</summary>
    public string Address => _self.Address;

    /// <summary>The cluster; empty before the node has joined one.</summary>
    public string ClusterId => _votes.ClusterId;

    /// <summary>The cluster's name.</summary>
    public string ClusterName => _options.ClusterName;

    /// <summary>The register's acceptors as this node knows them.</summary>
    public IReadOnlyList<RegisterPeer> Acceptors => _known.Item2;

    /// <summary>
    /// Loads the votes, opens the listener and, on a node that joins, waits until the node it attaches to names the cluster.
    /// Does not wait for a majority.
    /// </summary>
    /// <exception cref="RegisterConfigurationException">The votes, the options and the cluster do not fit together.</exception>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        if (_options.Mistakes().FirstOrDefault() is { } mistake)
        {
            throw new RegisterConfigurationException(mistake);
        }

        var stored = _options.Storage.Load();
        if (stored is not null)
        {
            CheckStored(stored);
            _votes = stored;
            Learn(stored.KnownVersion, stored.KnownAcceptors);
        }

        _founding = _votes.ClusterId.Length == 0 && _options.Attach.Count == 0
            && (_options.Discover is null || !string.IsNullOrEmpty(_options.ClusterId));
        if (_founding && string.IsNullOrEmpty(_options.ClusterId))
        {
            throw new RegisterConfigurationException(
                "This node has no data and nobody to attach to, so it would found a cluster: give it a new ClusterId, or an address to attach to.");
        }

        try
        {
            await OpenAsync(cancellationToken);
        }
        catch
        {
            // A start that failed must not keep the address from the next one.
            await DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        if (_listener is not null)
        {
            await _listener.DisposeAsync();
        }

        _client.Dispose();

        // A vote that is being saved is finished first: the next process on this storage must find it whole.
        await _voting.WaitAsync(CancellationToken.None);
        _voting.Release();
    }

    private async Task OpenAsync(CancellationToken cancellationToken)
    {
        _listener = new RegisterListener(_options.ListenEndpoint!, HandleAsync, _logger);
        try
        {
            _listener.Start();
        }
        catch (SocketException exception)
        {
            throw new RegisterConfigurationException($"The membership register cannot listen at {_options.ListenEndpoint}: {exception.Message}.");
        }

        _self = new RegisterPeer(Self, _options.AdvertisedAddress ?? RegisterAddress.Format(_listener.LocalEndpoint));
        _proposer = new RegisterProposer(_self);
        if (_founding)
        {
            await SaveAsync(RegisterVotes.Founding(_self, _options.ClusterId!, _options.ClusterName), cancellationToken);
            Learn(_votes.KnownVersion, _votes.KnownAcceptors);
            _logger.Founded(_votes.ClusterId, ClusterName, Address);
        }
        else if (_votes.ClusterId.Length == 0)
        {
            await AttachAsync(cancellationToken);
        }
        else
        {
            await RequireSameClusterAsync(cancellationToken);
            await RequireSingleAsync(cancellationToken);
            _logger.Restarted(_votes.ClusterId, ClusterName, Address, string.Join(", ", Acceptors.Select(peer => peer.Address)));
        }
    }

    private void CheckStored(RegisterVotes stored)
    {
        if (stored.Node != Self)
        {
            throw new RegisterConfigurationException($"The stored votes are those of node {stored.Node}, not of {Self}: one node's data was given to another.");
        }

        if (stored.ClusterId.Length > 0 && !string.IsNullOrEmpty(_options.ClusterId) && stored.ClusterId != _options.ClusterId)
        {
            throw new RegisterConfigurationException($"This node belongs to cluster {stored.ClusterId}; it cannot start in cluster {_options.ClusterId}.");
        }

        if (stored.ClusterId.Length > 0 && stored.ClusterName != ClusterName)
        {
            throw new RegisterConfigurationException($"This node belongs to the cluster named '{stored.ClusterName}'; it cannot start in '{ClusterName}'.");
        }
    }

    // A hint only: it says whom to ask first. What counts is the set that the value itself names.
    private void Learn(long version, ImmutableArray<RegisterPeer> acceptors)
    {
        if (version > _known.Item1 && acceptors.Length > 0)
        {
            _known = Tuple.Create(version, acceptors);
        }
    }

    private void Learn(RegisterState? state)
    {
        if (state is not null)
        {
            Learn(state.AcceptorsVersion, state.Acceptors);
        }
    }
}
