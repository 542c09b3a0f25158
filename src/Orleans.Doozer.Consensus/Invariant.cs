using System.Diagnostics.CodeAnalysis;

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
}

/// <summary>A property on which safety rests does not hold. The host throws away the step that broke it and stops the node.</summary>
public sealed class InvariantViolationException(string reason) : Exception(reason);
