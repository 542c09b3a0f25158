using Orleans.Doozer.Grains;

namespace Orleans.Doozer.Runtime.Front;

/// <summary>Answers the calls that carry several requests: each is admitted, carried out and answered by itself.</summary>
internal static class BatchRequests
{
    public static async Task<WriteReply[]> WriteAsync(IStoreNode node, WriteRequest[] requests)
    {
        if (TooMany(requests.Length) is { } problem)
        {
            return Array.ConvertAll(requests, _ => new WriteReply(DoozerErrorCode.LimitExceeded, problem, default, 0));
        }

        return await Task.WhenAll(Array.ConvertAll(requests, request => node.WriteAsync(request, CancellationToken.None)))
            .ConfigureAwait(false);
    }

    public static async Task<GetReply?[]> ReadAsync(ReadRequests reads, ReadRequest[] requests)
    {
        if (TooMany(requests.Length) is { } problem)
        {
            return Array.ConvertAll(requests, _ => new GetReply(new ReadStatus(DoozerErrorCode.LimitExceeded, problem, default, 0), null));
        }

        var replies = await Task.WhenAll(Array.ConvertAll(requests, request => reads.GetAsync(request, CancellationToken.None)))
            .ConfigureAwait(false);

        // An answer that is too large for Orleans would close the connection that all others use. The first always goes.
        var answered = new GetReply?[replies.Length];
        var bytes = 0;
        for (var i = 0; i < replies.Length && (i == 0 || bytes < StoreBatches.FullBytes); i++)
        {
            answered[i] = replies[i];
            bytes += replies[i].Entry?.Value.Length ?? 0;
        }

        return answered;
    }

    private static string? TooMany(int count) => count <= StoreBatches.MaxRequests
        ? null
        : $"the call carries {count} requests; at most {StoreBatches.MaxRequests} are allowed (StoreBatches.MaxRequests)";
}
