namespace Orleans.Doozer.SystemTests.Network;

/// <summary>Which directions between nodes are lost, and what follows for the nodes.</summary>
/// <param name="Name">For lines.</param>
/// <param name="Directions">What is lost.</param>
/// <param name="Majority">The nodes that can decide together; none when no side is big enough.</param>
/// <param name="Minority">The nodes that cannot: nothing that they are asked now may be answered.</param>
internal sealed record Cut(string Name, IReadOnlyList<(int From, int To)> Directions, IReadOnlyList<int> Majority, IReadOnlyList<int> Minority)
{
    /// <summary>One node off.</summary>
    public static Cut Off(string name, int node, int nodes) => new(name, [.. To(node, nodes), .. From(node, nodes)], Others(node, nodes), [node]);

    /// <summary>One node that hears nobody and is heard.</summary>
    public static Cut Deaf(string name, int node, int nodes) => new(name, [.. To(node, nodes)], Others(node, nodes), [node]);

    /// <summary>One node that hears all and is not heard.</summary>
    public static Cut Mute(string name, int node, int nodes) => new(name, [.. From(node, nodes)], Others(node, nodes), [node]);

    /// <summary>Groups that do not hear each other, none of them a majority.</summary>
    public static Cut Split(string name, params IReadOnlyList<int>[] groups)
    {
        var lost = from one in groups from other in groups where one != other from sender in one from receiver in other select (sender, receiver);
        return new(name, [.. lost], [], [.. groups.SelectMany(group => group)]);
    }

    private static IReadOnlyList<int> Others(int node, int nodes) => [.. Enumerable.Range(0, nodes).Where(other => other != node)];

    private static IEnumerable<(int From, int To)> To(int node, int nodes) => Others(node, nodes).Select(other => (other, node));

    private static IEnumerable<(int From, int To)> From(int node, int nodes) => Others(node, nodes).Select(other => (node, other));
}
