using System.Globalization;
using System.Runtime.CompilerServices;

namespace Orleans.Doozer.Simulation;

/// <summary>A checker found that a promise was broken.</summary>
internal sealed class SimFailure(string check, string what) : Exception($"{check}: {what}")
{
    public string Check { get; } = check;

    public static void Require(
        bool condition, string check, [InterpolatedStringHandlerArgument(nameof(condition))] ref Explanation what)
    {
        if (!condition)
        {
            throw new SimFailure(check, what.Text());
        }
    }
}

/// <summary>The text of a failure. It is put together only when the condition does not hold: that it does is checked millions of
/// times a minute.</summary>
[InterpolatedStringHandler]
internal ref struct Explanation
{
    private DefaultInterpolatedStringHandler _text;

    public Explanation(int literalLength, int formattedCount, bool condition, out bool isNeeded)
    {
        isNeeded = !condition;
        _text = isNeeded ? new(literalLength, formattedCount, CultureInfo.InvariantCulture) : default;
    }

    public void AppendLiteral(string value) => _text.AppendLiteral(value);

    public void AppendFormatted<T>(T value) => _text.AppendFormatted(value);

    public string Text() => _text.ToStringAndClear();
}
