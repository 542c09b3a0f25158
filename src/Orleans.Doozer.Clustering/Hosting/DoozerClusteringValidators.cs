using Microsoft.Extensions.Options;
using Orleans.Doozer.Clustering;

namespace Orleans.Doozer.Hosting;

/// <summary>Refuses a silo whose clustering cannot work, in sentences.</summary>
internal sealed class DoozerClusteringValidator(IOptions<DoozerClusteringOptions> options) : IConfigurationValidator
{
    public void ValidateConfiguration()
    {
        var mistakes = options.Value.Mistakes().ToList();
        if (options.Value.Acceptors is not (1 or 3 or 5))
        {
            mistakes.Add($"Acceptors must be 1, 3 or 5, not {options.Value.Acceptors}.");
        }

        if (options.Value.ReplaceAfter <= TimeSpan.Zero)
        {
            mistakes.Add("ReplaceAfter must be more than zero.");
        }

        if (mistakes.Count > 0)
        {
            throw new Orleans.Runtime.OrleansConfigurationException($"UseDoozerClustering: {string.Join(" ", mistakes)}");
        }
    }
}

/// <summary>Refuses a client whose clustering cannot work.</summary>
internal sealed class DoozerClientValidator(IOptions<DoozerClientClusteringOptions> options) : IConfigurationValidator
{
    public void ValidateConfiguration() => Addresses(options.Value);

    // Orleans makes its services before it validates, so whoever needs the addresses first must say what is wrong with them.
    public static IReadOnlyList<string> Addresses(DoozerClientClusteringOptions options) => Checked(() => RegisterAddress.ParseUri(options.Uri));

    public static IReadOnlyList<string> Checked(Func<IReadOnlyList<string>> parse)
    {
        try
        {
            return parse();
        }
        catch (FormatException exception)
        {
            throw new Orleans.Runtime.OrleansConfigurationException($"UseDoozerClustering: {exception.Message}");
        }
    }
}
