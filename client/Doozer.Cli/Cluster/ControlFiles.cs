namespace Doozer.Cli.Cluster;

/// <summary>A CAL slot: a file below <c>/ctl/cal</c> that holds the id of a voter, or nothing.</summary>
internal sealed record VoteSlot(string Name, string Holder, long Revision)
{
    internal const string Directory = "/ctl/cal";

    internal string Path => PathOf(Name);

    /// <summary>Its number; null for a slot that somebody gave another name.</summary>
    internal int? Number { get; } = int.TryParse(Name, out int number) && number >= 0 ? number : null;

    internal static string PathOf(string name) => $"{Directory}/{name}";
}

/// <summary>What a node wrote about itself below <c>/ctl/node</c>.</summary>
internal sealed record NodeEntry(string Id)
{
    internal string Address { get; init; } = "";

    internal string HostName { get; init; } = "";

    internal string Version { get; init; } = "";

    /// <summary>An operator took its vote: nobody gives it a slot by himself.</summary>
    internal bool IsStandby { get; init; }

    /// <summary>The revision of the file that says so; 0 when there is none.</summary>
    internal long StandbyRevision { get; init; }

    internal static string StandbyPath(string id) => $"/ctl/node/{id}/standby";
}

/// <summary>What the store says about its own members, at one revision.</summary>
internal sealed record ControlFiles(long Revision, IReadOnlyList<VoteSlot> Slots, IReadOnlyList<NodeEntry> Nodes)
{
    internal static ControlFiles None { get; } = new(0, [], []);
}
