using Microsoft.Extensions.Options;
using Orleans.Doozer.Clustering;

namespace Orleans.Doozer.Hosting;

/// <summary>Refuses a silo whose clustering cannot work, in sentences.</summary>
internal sealed class DoozerClusteringValidator(IOptions<DoozerClusteringOptions> options) : IConfigurationValidator
{
    public void ValidateConfiguration()
    {
        var mistakes = options.Value.Mistakes().ToList();
        if (mistakes.Count > 0)
        {
            throw new Orleans.Runtime.OrleansConfigurationException($"UseDoozerClustering: {string.Join(" ", mistakes)}");
        }
    }
}

/// <summary>Refuses a client whose clustering cannot work.</summary>
internal sealed class DoozerClientValidator(IOptions<DoozerClientOptions> options) : IConfigurationValidator
{
    public void ValidateConfiguration()
    {
        try
        {
            RegisterAddress.ParseUri(options.Value.Uri);
        }
        catch (FormatException exception)
        {
            throw new Orleans.Runtime.OrleansConfigurationException($"UseDoozerClustering: {exception.Message}");
        }
    }
}
