using System.Buffers;
using System.Globalization;

namespace Doozer.Cli.CommandLine;

/// <summary>Durations as Go writes them: <c>1m30s</c>, <c>1.5h</c>, <c>250ms</c>.</summary>
internal static class GoDuration
{
    // What a timer of the runtime can hold; a longer wait needs no limit at all.
    private const int DaysMax = 49;

    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789.");

    internal static TimeSpan Parse(string text, string verb) =>
        TryParse(text, out TimeSpan duration)
            ? duration
            : throw new UsageException($"bad duration \"{text}\": write it like 1m30s or 250ms, at most {DaysMax} days", verb);

    internal static bool TryParse(string text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        ReadOnlySpan<char> rest = text;
        bool isNegative = rest.StartsWith("-");
        if (isNegative || rest.StartsWith("+"))
        {
            rest = rest[1..];
        }

        if (rest is "0")
        {
            return true;
        }

        decimal nanoseconds = 0;
        bool isEmpty = rest.IsEmpty;
        while (!rest.IsEmpty)
        {
            if (!TryTakePart(ref rest, out decimal part))
            {
                return false;
            }

            nanoseconds += part;
            if (nanoseconds > DaysMax * 24m * 3600m * 1_000_000_000m)
            {
                return false;
            }
        }

        // Rounded up: the shortest duration is not the zero that means "no limit".
        long ticks = (long)Math.Ceiling(nanoseconds / TimeSpan.NanosecondsPerTick);
        duration = TimeSpan.FromTicks(isNegative ? -ticks : ticks);
        return !isEmpty;
    }

    private static bool TryTakePart(ref ReadOnlySpan<char> rest, out decimal nanoseconds)
    {
        nanoseconds = 0;
        int numberEnd = rest.IndexOfAnyExcept(NumberCharacters);
        if (numberEnd <= 0 || !decimal.TryParse(
            rest[..numberEnd], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number))
        {
            return false;
        }

        rest = rest[numberEnd..];
        int unitEnd = rest.IndexOfAny(NumberCharacters);
        ReadOnlySpan<char> unit = unitEnd < 0 ? rest : rest[..unitEnd];
        rest = rest[unit.Length..];
        long scale = unit switch
        {
            "ns" => 1,
            "us" or "\u00b5s" or "\u03bcs" => 1_000,
            "ms" => 1_000_000,
            "s" => 1_000_000_000,
            "m" => 60_000_000_000,
            "h" => 3_600_000_000_000,
            _ => 0,
        };
        if (scale == 0 || number > 1e15m)
        {
            return false;
        }

        nanoseconds = number * scale;
        return true;
    }
}
