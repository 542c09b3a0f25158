using System.Security.Cryptography;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Doozer.Clustering;
using Orleans.Doozer.Consensus;
using Orleans.Doozer.Hosting;
using Orleans.Providers;

[assembly: RegisterProvider("Doozer", "Clustering", "Silo", typeof(DoozerClusteringProviderBuilder))]
[assembly: RegisterProvider("Doozer", "Clustering", "Client", typeof(DoozerClusteringProviderBuilder))]

namespace Orleans.Doozer.Hosting;

/// <summary>Clustering by configuration: <c>Orleans:Clustering:ProviderType=Doozer</c>, for silos and for clients.</summary>
internal sealed class DoozerClusteringProviderBuilder : IProviderBuilder<ISiloBuilder>, IProviderBuilder<IClientBuilder>
{
    public void Configure(ISiloBuilder builder, string? name, IConfigurationSection configurationSection)
    {
        // Mistakes are told while the host is built; the directory is opened only when the silo is made.
        var section = new ClusteringSection(configurationSection);
        var listen = section.ReadListen();
        var advertise = section.Advertise;
        var own = advertise ?? listen.ToString();

        // All silos may be given the same section but for Listen: the one that finds nobody else in it founds the cluster.
        List<string> attach = [.. section.ReadAddresses().Where(address => address != own)];
        var data = section.Data;
        var acceptors = section.Acceptors;
        builder.UseDoozerClustering(options =>
        {
            options.ListenEndpoint = listen;
            options.AdvertisedAddress = advertise;
            options.ClusterName = section.ClusterName ?? builder.Configuration["Orleans:ClusterId"] ?? options.ClusterName;
            options.Acceptors = acceptors ?? options.Acceptors;
            attach.ForEach(options.Attach.Add);
        });
        if (data is null)
        {
            builder.Services.Configure<DoozerClusteringOptions>(options => options.Self = NodeId.FromRandom(RandomNumberGenerator.GetBytes(10)));
        }
        else
        {
            builder.Services.AddSingleton(_ => Open(data, section));
            builder.Services.AddOptions<DoozerClusteringOptions>().Configure<SqliteRegisterStorage>((options, storage) =>
            {
                options.Self = storage.Node;
                options.Storage = storage;
            });
        }

        // Of a silo that founds a cluster only; every other learns the id from its votes or from the node it attaches to.
        builder.Services.AddSingleton<IPostConfigureOptions<DoozerClusteringOptions>>(new PostConfigureOptions<DoozerClusteringOptions>(
            Options.DefaultName,
            options =>
            {
                if (options.Attach.Count == 0 && options.Storage.Load() is not { ClusterId.Length: > 0 })
                {
                    options.ClusterId ??= Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
                }
            }));
    }

    public void Configure(IClientBuilder builder, string? name, IConfigurationSection configurationSection)
    {
        var section = new ClusteringSection(configurationSection);
        var addresses = section.ReadAddresses();
        if (addresses.Count == 0)
        {
            throw section.Wrong("no address is set: give registers of the cluster in Attach, or a ConnectionString doozer:?ca=host:port.");
        }

        builder.UseDoozerClustering(options =>
        {
            options.Uri = "doozer:?" + string.Join('&', addresses.Select(address => $"ca={address}"));
            options.ClusterName = section.ClusterName ?? builder.Configuration["Orleans:ClusterId"] ?? options.ClusterName;
        });
    }

    private static SqliteRegisterStorage Open(string data, ClusteringSection section)
    {
        try
        {
            return SqliteRegisterStorage.Open(data);
        }
        catch (RegisterConfigurationException exception)
        {
            throw section.Wrong(exception.Message);
        }
    }
}
