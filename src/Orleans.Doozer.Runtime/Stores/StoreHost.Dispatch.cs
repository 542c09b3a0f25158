using Orleans.Doozer.Consensus;
using Orleans.Doozer.KeyStore;
using Orleans.Doozer.Runtime.Journal;

namespace Orleans.Doozer.Runtime.Stores;

/// <content>Carrying out the effects of a step: messages first, then writes, then results.</content>
internal sealed partial class StoreHost
{
    /// <summary>For people only: how far the others say they are, and what comes in.</summary>
    private void Note(NodeId from, Message message)
    {
        switch (message)
        {
            case Heartbeat heartbeat:
                _decided = Slot.Max(_decided, heartbeat.DecidedTo);
                break;
            case Fetched fetched:
                _decided = Slot.Max(_decided, fetched.DecidedTo);
                break;
            case Rejected:
                _metrics.Rejected();
                break;
        }

        if (Tap.IsOn)
        {
            Tap.Received(from, message);
        }
    }

    private void AddReply(PendingReply reply)
    {
        if (reply.Message.RestsOnDisk)
        {
            _gated.Add(reply);
        }
        else
        {
            Complete(reply);
        }
    }

    private void Complete(PendingReply reply)
    {
        if (reply.Message is JournalRead wanted)
        {
            _ = CompleteFromJournalAsync(reply, wanted);
        }
        else if (reply.Remote is { } remote)
        {
            if (Tap.IsOn)
            {
                Tap.Sent(reply.To, reply.Message);
            }

            remote.TrySetResult(reply.Message);
        }
        else
        {
            _mailbox.Writer.TryWrite(new ReplyInput(Self, reply.Message));
        }
    }

    private async Task CompleteFromJournalAsync(PendingReply reply, JournalRead wanted)
    {
        try
        {
            Complete(reply with { Message = await _journalReads.ReadAsync(wanted) });
        }
        catch (Exception error)
        {
            // A damaged record: this node's votes rest on that disk.
            Fault(error);
            reply.Remote?.TrySetException(error);
        }
    }

    private void Dispatch()
    {
        SendMessages();
        FlushWrites();
        foreach (var completion in _effects.Completions)
        {
            if (_tokens.Remove(completion.Token, out var owner))
            {
                ((ProposeCall)owner.Call).Complete(owner.Index, completion);
            }
        }

        Publish();
        foreach (var token in _effects.Reads)
        {
            if (_tokens.Remove(token, out var owner))
            {
                ((TaskCompletionSource)owner.Call).TrySetResult();
            }
        }

        if (_effects.Applied)
        {
            Interlocked.Exchange(ref _appliedSignal, NewSignal()).TrySetResult();
            Watches.Signal();
            if (Tap.IsOn)
            {
                Tap.Decided(_replica.Applied);
            }
        }

        if (_effects.SnapshotFrom is { } source)
        {
            Snapshots.BeginFetch(source);
        }

        if (_effects.SnapshotDue is { } slot)
        {
            Snapshots.BeginSave(slot, _replica.Capture(slot));
        }

        if (_effects.WakeAtMs is { } at)
        {
            _wake?.Change(TimeSpan.FromMilliseconds(Math.Max(1, at - NowMs)), Timeout.InfiniteTimeSpan);
        }

        _effects.Clear();
    }

    private void SendMessages()
    {
        // Peers first: their disks work while the own acceptor's does.
        for (var i = 0; i < _effects.Messages.Count; i++)
        {
            var outgoing = _effects.Messages[i];
            if (Tap.IsOn)
            {
                Tap.Sent(outgoing.To, outgoing.Message);
            }

            if (outgoing.To == Self)
            {
                _toSelf.Enqueue(outgoing);
            }
            else
            {
                _peers.Add(outgoing);
            }
        }

        _effects.Messages.Clear();
        _peers.Flush();
        while (_toSelf.TryDequeue(out var own))
        {
            AddReply(new PendingReply(null, Self, _replica.Receive(Self, own.Message, NowMs, _effects)!));
        }

        if (_effects.Messages.Count > 0)
        {
            SendMessages();
        }
    }

    private void FlushWrites()
    {
        if (_gated.Count > 0)
        {
            PendingReply[] replies = [.. _gated];
            _gated.Clear();
            _journal.Append(Store, [.. _effects.Writes], error => OnDurable(replies, error));
        }
        else if (_effects.Writes.Count > 0)
        {
            _journal.Append(Store, [.. _effects.Writes], null);
        }
    }

    private void OnDurable(PendingReply[] replies, JournalException? error)
    {
        if (error is not null)
        {
            // Not answering is always allowed; answering without the write never is.
            Fault(error);
            foreach (var reply in replies)
            {
                reply.Remote?.TrySetException(error);
            }

            return;
        }

        foreach (var reply in replies)
        {
            Complete(reply);
        }
    }

    private void Publish()
    {
        var leader = _leader;
        if (leader.Node != _replica.Leader || leader.Ballot != _replica.Ballot)
        {
            var source = new CancellationTokenSource();
            _leader = new LeaderView(_replica.Leader, _replica.Ballot, source);
            StoreLog.LeaderChanged(_logger, Store, _replica.Leader, _replica.Ballot);
            _metrics.LeaderChanged();
            Tap.LeaderChanged(_replica.Leader, _replica.Ballot);
            _ = leader.Source.CancelAsync();
        }

        if (!Equals(_voters, _replica.Voters))
        {
            _voters = _replica.Voters;
            StoreLog.VotersChanged(_logger, Store, _voters);
            Tap.VotersChanged(_voters, _replica.Applied.Next);
        }

        var status = Status;
        var accepted = _replica.Acceptor.Log.Highest;
        var promised = _replica.Acceptor.Promised;
        var decided = Slot.Max(_decided, _replica.Applied);
        var voters = _replica.Voters?.Voters ?? [];
        if (status.Decided != decided || status.Promised != promised || status.Applied != _replica.Applied || status.Accepted != accepted || status.IsVoter != _replica.IsVoter
            || status.IsBehind != _replica.IsBehind || status.HasJoined != (_replica.Machine is not null)
            || !ReferenceEquals(status.Voters, voters))
        {
            Status = new ReplicaStatus(
                _replica.Machine is not null, _replica.Applied, decided, accepted, promised, voters, _replica.IsVoter, _replica.IsBehind);
        }
    }
}
