using System.Net;
using Microsoft.Extensions.Configuration;
using Orleans.Doozer.Clustering;

namespace Orleans.Doozer.Hosting;

/// <summary>The keys of the configuration section <c>Orleans:Clustering</c> with <c>ProviderType</c> <c>Doozer</c>.</summary>
/// <param name="section">The section.</param>
internal sealed class ClusteringSection(IConfigurationSection section)
{
    /// <summary>The directory of identity and votes; null when nothing is kept.</summary>
    public string? Data => section["Data"] is { Length: > 0 } data
        ? IsInMemory ? throw Wrong("Data and InMemory exclude each other: keep the votes in a directory or nowhere.") : data
        : IsInMemory ? null : throw Wrong("Data is not set: name the directory in which the silo keeps its identity and its votes, or set InMemory to true.");

    public string? ClusterName => section["ClusterName"];

    public string? Advertise => section["Advertise"];

    public int? Acceptors => section["Acceptors"] is not { } text ? null
        : int.TryParse(text, out var number) ? number : throw Wrong($"Acceptors '{text}' is no number.");

    private bool IsInMemory => section["InMemory"] is { } text
        && (bool.TryParse(text, out var value) ? value : throw Wrong($"InMemory '{text}' is neither true nor false."));

    /// <summary>Where the register of this silo listens.</summary>
    public IPEndPoint ReadListen()
    {
        var text = section["Listen"] ?? throw Wrong("Listen is not set: the membership register needs an address of its own, for example 10.0.0.1:23046.");
        if (!RegisterAddress.TryParse(text, out var host, out var port))
        {
            throw Wrong($"Listen '{text}' is no address: write host:port.");
        }

        return IPAddress.TryParse(host, out var address)
            ? new IPEndPoint(address, port)
            : throw Wrong($"Listen '{text}' must be an IP address and a port; set Advertise to the name that others know it by.");
    }

    /// <summary>Registers of the cluster: the list <c>Attach</c> (or one text, with commas) and those of <c>ConnectionString</c>.</summary>
    public IReadOnlyList<string> ReadAddresses()
    {
        var children = section.GetSection("Attach").GetChildren().Select(child => child.Value ?? "").ToList();
        var addresses = children.Count > 0 ? children
            : [.. (section["Attach"] ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];
        foreach (var address in addresses.Where(address => !RegisterAddress.TryParse(address, out _, out _)))
        {
            throw Wrong($"Attach '{address}' is no address: write host:port.");
        }

        if (section["ConnectionString"] is { } uri)
        {
            try
            {
                addresses.AddRange(RegisterAddress.ParseUri(uri));
            }
            catch (FormatException exception)
            {
                throw Wrong($"ConnectionString {exception.Message}");
            }
        }

        return [.. addresses.Distinct(StringComparer.Ordinal)];
    }

    public Orleans.Runtime.OrleansConfigurationException Wrong(string sentence) => new($"{section.Path}: {sentence}");
}
