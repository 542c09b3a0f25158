using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace Orleans.Doozer.Consensus;

/// <summary>Assertions that stay on in release builds. A broken one is a bug, and a node that has one must stop, not vote.</summary>
public static class Invariant
{
    /// <summary>Throws when <paramref name="condition"/> does not hold.</summary>
    /// <exception cref="InvariantViolationException">It does not hold; the host stops the node and reports the reason.</exception>
    public static void Require([DoesNotReturnIf(false)] bool condition, string reason)
    {
        if (!condition)
        {
            throw new InvariantViolationException(reason);
        }
    }

    /// <summary>Throws when <paramref name="condition"/> does not hold; only then is the reason put together.</summary>
    /// <exception cref="InvariantViolationException">It does not hold.</exception>
    public static void Require(
        [DoesNotReturnIf(false)] bool condition, [InterpolatedStringHandlerArgument(nameof(condition))] ref InvariantReason reason)
    {
        if (!condition)
        {
            throw new InvariantViolationException(reason.ToStringAndClear());
        }
    }
}

/// <summary>The text of <see cref="Invariant"/>'s reason, which costs nothing while the condition holds. For the compiler.</summary>
[InterpolatedStringHandler]
public ref struct InvariantReason
{
    private DefaultInterpolatedStringHandler _text;

    /// <summary>Begins a text if the condition does not hold.</summary>
    public InvariantReason(int literalLength, int formattedCount, bool condition, out bool isNeeded)
    {
        isNeeded = !condition;
        _text = isNeeded ? new(literalLength, formattedCount, CultureInfo.InvariantCulture) : default;
    }

    /// <summary>Adds text.</summary>
    public void AppendLiteral(string value) => _text.AppendLiteral(value);

    /// <summary>Adds a value.</summary>
    public void AppendFormatted<T>(T value) => _text.AppendFormatted(value);

    internal string ToStringAndClear() => _text.ToStringAndClear();
}

/// <summary>A property on which safety rests does not hold. The host throws away the step that broke it and stops the node.</summary>
public sealed class InvariantViolationException(string reason) : Exception(reason);
