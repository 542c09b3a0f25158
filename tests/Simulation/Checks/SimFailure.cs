namespace Orleans.Doozer.Simulation;

/// <summary>A checker found that a promise was broken.</summary>
internal sealed class SimFailure(string check, string what) : Exception($"{check}: {what}")
{
    public string Check { get; } = check;

    public static void Require(bool condition, string check, FormattableString what)
    {
        if (!condition)
        {
            throw new SimFailure(check, FormattableString.Invariant(what));
        }
    }
}
