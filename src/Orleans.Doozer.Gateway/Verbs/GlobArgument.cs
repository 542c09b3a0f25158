using System.Diagnostics.CodeAnalysis;
using Orleans.Doozer.Gateway.Protocol;
using Orleans.Doozer.Protocol;

namespace Orleans.Doozer.Gateway.Verbs;

/// <summary>The pattern of WAIT and WALK.</summary>
internal static class GlobArgument
{
    private const int Shown = 64;

    /// <summary>Compiles a pattern; the refusal has Doozer's words. A pattern above our limit is not sent back as a whole.</summary>
    public static bool TryParse(string pattern, [NotNullWhen(true)] out Glob? glob, [NotNullWhen(false)] out Response? refusal)
    {
        refusal = null;
        if (Glob.TryParse(pattern, out glob))
        {
            return true;
        }

        var shown = pattern.Length <= DoozerPath.DefaultMaxLength
            ? pattern
            : $"{pattern.AsSpan(0, Shown)}... ({pattern.Length} characters; at most {DoozerPath.DefaultMaxLength} are allowed)";
        refusal = Refusals.Other($"invalid glob pattern: {shown}");
        return false;
    }
}
