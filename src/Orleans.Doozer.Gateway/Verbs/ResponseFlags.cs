namespace Orleans.Doozer.Gateway.Verbs;

/// <summary>What the <c>flags</c> of WAIT and WALK say.</summary>
internal static class ResponseFlags
{
    public const int None = 0;
    public const int Set = 4;
    public const int Delete = 8;
}
