using System.Globalization;
using Doozer.Cli.Wire;

namespace Doozer.Cli.Cluster;

/// <summary>The cluster's state as a person reads it.</summary>
internal static class StatusText
{
    internal static string Of(ClusterState state)
    {
        TextTable table = new TextTable("ID", "ADDRESS", "ROLE", "STATE", "REVISION", "APPLIED", "LAG", "VERSION", "UPTIME")
            .Numeric("REVISION", "APPLIED", "LAG", "UPTIME");
        foreach (NodeState node in state.Nodes)
        {
            bool hasState = node.Report is { Joined: true };
            table.Add(
                state.Short(node.Id),
                node.Address,
                RoleOf(node),
                HealthOf(node),
                hasState ? Number(node.Report!.Revision) : "",
                hasState ? Number(node.Report!.AppliedSlot) : "",
                hasState ? Number(node.Lag) : "",
                node.Version,
                node.Report is { } report ? Uptime(TimeSpan.FromMilliseconds(Math.Max(0, report.UptimeMs))) : "");
        }

        return $"{Heading(state)}{table}{state.Summary}\n";
    }

    /// <summary>The CAL slots and who holds them, then the nodes without one.</summary>
    internal static string MembersOf(ClusterState state)
    {
        var table = new TextTable("SLOT", "ID", "ADDRESS", "ROLE", "STATE");
        foreach (VoteSlot slot in state.Slots)
        {
            if (slot.Holder.Length == 0)
            {
                table.Add(slot.Name, "", "", "", "empty");
            }
            else if (state.Find(slot.Holder) is { } holder)
            {
                table.Add(slot.Name, holder.Id, holder.Address, RoleOf(holder), HealthOf(holder));
            }
            else
            {
                table.Add(slot.Name, slot.Holder, "", "", "no node of this id is known");
            }
        }

        foreach (NodeState node in state.Nodes.Where(node => state.Slots.All(slot => slot.Holder != node.Id)))
        {
            table.Add("", node.Id, node.Address, RoleOf(node), HealthOf(node));
        }

        return $"{Heading(state)}{table}{state.Summary}\n";
    }

    internal static string RoleOf(NodeState node) => node.Role switch
    {
        NodeRole.Leader => "leader",
        NodeRole.Voter => "voter",
        NodeRole.Follower => "follower",
        NodeRole.Standby => "standby",
        _ => "none",
    };

    internal static string HealthOf(NodeState node) => node.Health switch
    {
        NodeHealth.Healthy => "healthy",
        NodeHealth.Behind => string.Create(
            CultureInfo.InvariantCulture, $"behind by {node.Lag} revision{(node.Lag == 1 ? "" : "s")}"),
        NodeHealth.Joining => "joining: has not copied the store yet",
        NodeHealth.Unreachable => $"unreachable: {node.Reason}",
        _ => $"gone: {node.Reason}",
    };

    /// <summary>The two largest units: precise enough to see a restart.</summary>
    internal static string Uptime(TimeSpan uptime)
    {
        return uptime.Days > 0 ? $"{Number(uptime.Days)}d{Number(uptime.Hours)}h"
            : uptime.Hours > 0 ? $"{Number(uptime.Hours)}h{Number(uptime.Minutes)}m"
            : uptime.Minutes > 0 ? $"{Number(uptime.Minutes)}m{Number(uptime.Seconds)}s"
            : $"{Number(uptime.Seconds)}s";
    }

    private static string Heading(ClusterState state) => state.ClusterId.Length == 0 ? "" : string.Create(
        CultureInfo.InvariantCulture,
        $"cluster {ServerError.Printable(state.Name)} ({ServerError.Printable(state.ClusterId)}), revision {state.Revision}\n");

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
