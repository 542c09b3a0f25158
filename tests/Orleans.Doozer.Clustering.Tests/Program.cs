using System.Globalization;
using System.Net;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.Clustering.Tests;

/// <summary>A silo in a process of its own: <c>name directory register silo gateway [attach ...]</c>.</summary>
internal static class Program
{
    private static async Task Main(string[] args)
    {
        var ports = args[2..5].Select(port => int.Parse(port, CultureInfo.InvariantCulture)).ToArray();
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Logging.AddSimpleConsole(console =>
        {
            console.TimestampFormat = "HH:mm:ss.fff ";
            console.SingleLine = true;
        });
        builder.UseOrleans(silo =>
        {
            silo.UseDoozerClustering(options =>
            {
                options.Self = NodeId.Parse(args[0]);
                options.Storage = new FileRegisterStorage(args[1]);
                options.ListenEndpoint = new IPEndPoint(IPAddress.Loopback, ports[0]);
                options.ClusterId = args.Length == 5 ? "processes" : null;
                foreach (var address in args[5..])
                {
                    options.Attach.Add(address);
                }
            });
            silo.ConfigureEndpoints(IPAddress.Loopback, ports[1], ports[2]);
        });
        await builder.Build().RunAsync();
    }
}

/// <summary>Votes in a file, replaced whole.</summary>
internal sealed class FileRegisterStorage(string directory) : IRegisterStorage
{
    private string Path => System.IO.Path.Combine(directory, "register");

    public RegisterVotes? Load() => File.Exists(Path) ? RegisterVotesCodec.Decode(File.ReadAllBytes(Path)) : null;

    public async Task SaveAsync(RegisterVotes votes, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(directory);
        await using (var file = File.Create(Path + ".new"))
        {
            await file.WriteAsync(RegisterVotesCodec.Encode(votes), cancellationToken);
            file.Flush(flushToDisk: true);
        }

        File.Move(Path + ".new", Path, overwrite: true);
    }
}
