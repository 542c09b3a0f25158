using System.Collections.Frozen;
using Orleans.Doozer.Gateway.Connections;
using Orleans.Doozer.Gateway.Protocol;
using Orleans.Doozer.Protocol;

namespace Orleans.Doozer.Gateway.Verbs;

/// <summary>Doozer's verbs, those of ours, and who carries them out.</summary>
internal static class VerbTable
{
    public const int Get = 1;
    public const int Set = 2;
    public const int Delete = 3;
    public const int Rev = 5;
    public const int Wait = 6;
    public const int Nop = 7;
    public const int Walk = 9;
    public const int GetDir = 14;
    public const int Stat = 16;
    public const int Self = 20;
    public const int Access = 99;

    /// <summary>Not Doozer's. Verbs of ours begin at 1000, where no client of Doozer's ever asks.</summary>
    public const int Status = 1000;

    private static readonly FrozenDictionary<int, Func<Transaction, Task<Response>>> Handlers =
        new Dictionary<int, Func<Transaction, Task<Response>>>
        {
            [Get] = ReadVerbs.GetAsync,
            [Set] = WriteVerbs.SetAsync,
            [Delete] = WriteVerbs.DeleteAsync,
            [Rev] = NodeVerbs.RevAsync,
            [Wait] = WatchVerbs.WaitAsync,
            [Nop] = WriteVerbs.NopAsync,
            [Walk] = ReadVerbs.WalkAsync,
            [GetDir] = ReadVerbs.GetDirAsync,
            [Stat] = ReadVerbs.StatAsync,
            [Self] = NodeVerbs.SelfAsync,
            [Access] = NodeVerbs.AccessAsync,
            [Status] = NodeVerbs.StatusAsync,
        }.ToFrozenDictionary();

    /// <summary>Whether a verb changes the store.</summary>
    public static bool IsWrite(int verb) => verb is Set or Delete or Nop;

    /// <summary>Carries out a request. An absent verb reads as 0, which is none.</summary>
    public static Task<Response> RunAsync(Transaction transaction) =>
        Handlers.TryGetValue(transaction.Request.Verb, out var handler)
            ? handler(transaction)
            : Task.FromResult(Refusals.Of(DoozerErrorCode.UnknownVerb));
}
