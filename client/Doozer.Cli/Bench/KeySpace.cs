using System.Globalization;

namespace Doozer.Cli.Bench;

/// <summary>The files that a load touches: <c>/bench/</c> and a number, filled with zeros to the key size.</summary>
internal sealed class KeySpace(LoadSettings settings)
{
    private const string Directory = "/bench/";

    /// <summary>The path of the n-th file.</summary>
    public string this[long number] =>
        Directory + number.ToString(CultureInfo.InvariantCulture).PadLeft(settings.KeySize, '0');

    /// <summary>How many files there are.</summary>
    public long Size => settings.KeySpaceSize;

    /// <summary>The path for the n-th request.</summary>
    public string ForRequest(long request) =>
        this[settings.SequentialKeys ? request % settings.KeySpaceSize : Random.Shared.NextInt64(settings.KeySpaceSize)];
}
