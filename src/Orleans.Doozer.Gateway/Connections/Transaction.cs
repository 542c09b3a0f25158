using System.Text;
using Orleans.Doozer.Gateway.Protocol;
using Orleans.Doozer.Grains;
using Orleans.Doozer.KeyStore;

namespace Orleans.Doozer.Gateway.Connections;

/// <summary>One request while it is carried out.</summary>
/// <param name="session">The connection that it came on.</param>
/// <param name="request">What was sent.</param>
/// <param name="tryPark">Moves the request from those that run to those that wait; false when too many wait.</param>
internal sealed class Transaction(Session session, IncomingRequest request, Func<bool> tryPark)
{
    /// <summary>The connection.</summary>
    public Session Session { get; } = session;

    /// <summary>What was sent.</summary>
    public IncomingRequest Request { get; } = request;

    /// <summary>Whether it waits for the future, and so holds no slot of those that run.</summary>
    public bool IsParked { get; private set; }

    /// <summary>The path or pattern; null when the field is absent. Bytes that are no UTF-8 become a character that no path holds.</summary>
    public string? Path { get; } = request.HasPath ? Encoding.UTF8.GetString(request.Path.Span) : null;

    /// <summary>
    /// The state to read. Without a revision: the current one, never stale. With one: the store exactly as of it, where 0 and less mean
    /// 1, as in Doozer; a revision that is still to come is waited for.
    /// </summary>
    public async Task<StoreView> ReadAsync()
    {
        if (!Request.HasRev)
        {
            // Not for as long as the connection lasts: the store gives each read a deadline, and a token costs every one a registration.
            return await Session.Node.ReadAsync(DoozerRead.Linearizable, CancellationToken.None);
        }

        var revision = new Revision(Math.Max(Request.Rev, 1));
        if (revision > Session.Node.Current.Revision)
        {
            // As Doozer does it: a watch over everything. So it may take as long as it likes and is bounded like all that waits.
            await WaitAsync(Glob.Everything.Pattern, revision);
        }

        return await Session.Node.ReadAsync(DoozerRead.At(revision), Session.Aborted);
    }

    /// <summary>The first change that matches, on or after a revision.</summary>
    public async Task<DoozerEvent> WaitAsync(string glob, Revision from)
    {
        Park();
        while (true)
        {
            Session.Ended.ThrowIfCancellationRequested();
            var reply = await Session.Node.WatchAsync(new WatchRequest(glob, from, Session.Options.MaxWait, 1), Session.Ended);
            if (reply.Status.Error != DoozerErrorCode.None)
            {
                throw DoozerException.From(reply.Status.Error, reply.Status.Detail);
            }

            if (reply.Events.Length > 0)
            {
                return reply.Events[0];
            }

            from = reply.Next > from ? reply.Next : from;
        }
    }

    private void Park()
    {
        if (!IsParked && !tryPark())
        {
            throw new DoozerException(
                DoozerErrorCode.LimitExceeded,
                $"at most {Session.Options.MaxWaiting} requests of a connection may wait for the future; use another connection");
        }

        IsParked = true;
    }
}
