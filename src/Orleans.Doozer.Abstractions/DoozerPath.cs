using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Orleans.Doozer;

/// <summary>
/// The rules for paths: <c>/</c>, or <c>/name/name...</c>, where a name is one or more of ASCII letters, digits, <c>.</c>, <c>-</c>
/// (Doozer's set) and <c>_ : @ + = , ~ %</c> (ours). Paths are compared byte by byte.
/// </summary>
public static class DoozerPath
{
    /// <summary>The longest path, in characters, that a store takes unless configured otherwise: 1024.</summary>
    public const int DefaultMaxLength = 1024;

    /// <summary>The root directory.</summary>
    public const string Root = "/";

    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:@+=,~%");

    /// <summary>Whether <paramref name="path"/> is a path by the rules above and at most <paramref name="maxLength"/> long.</summary>
    public static bool IsValid([NotNullWhen(true)] string? path, int maxLength = DefaultMaxLength) =>
        Describe(path, maxLength) is null;

    /// <summary>Says in one sentence what is wrong with a path; null when nothing is.</summary>
    public static string? Describe(string? path, int maxLength = DefaultMaxLength)
    {
        if (string.IsNullOrEmpty(path))
        {
            return "the path is empty; write '/' for the root";
        }

        if (path[0] != '/')
        {
            return $"the path '{Shorten(path)}' does not start with '/'";
        }

        if (path.Length > maxLength)
        {
            return $"the path has {path.Length} characters; at most {maxLength} are allowed";
        }

        return path.Length == 1 ? null : DescribeNames(path);
    }

    /// <summary>Throws when <paramref name="path"/> is no path.</summary>
    /// <exception cref="DoozerBadPathException">The path breaks the rules; the message says which.</exception>
    public static void Require(string? path, int maxLength = DefaultMaxLength)
    {
        if (Describe(path, maxLength) is { } problem)
        {
            throw new DoozerBadPathException(problem);
        }
    }

    /// <summary>The directory that holds <paramref name="path"/>; the root is its own parent.</summary>
    public static string Parent(string path)
    {
        var slash = path.LastIndexOf('/');
        return slash <= 0 ? Root : path[..slash];
    }

    /// <summary>Joins a directory and a name.</summary>
    public static string Combine(string directory, string name) =>
        directory.Length == 1 ? directory + name : $"{directory}/{name}";

    internal static bool IsNameCharacter(char character) => NameCharacters.Contains(character);

    internal static string Shorten(string text) => text.Length <= 64 ? text : text[..64] + "...";

    private static string? DescribeNames(string path)
    {
        var rest = path.AsSpan(1);
        while (true)
        {
            var slash = rest.IndexOf('/');
            var name = slash < 0 ? rest : rest[..slash];
            if (name.IsEmpty)
            {
                return $"the path '{Shorten(path)}' has an empty name; write no '//' and no '/' at the end";
            }

            var bad = name.IndexOfAnyExcept(NameCharacters);
            if (bad >= 0)
            {
                return $"the path '{Shorten(path)}' holds the character U+{(int)name[bad]:X4}; "
                    + "a name is made of ASCII letters, digits and . - _ : @ + = , ~ %";
            }

            if (slash < 0)
            {
                return null;
            }

            rest = rest[(slash + 1)..];
        }
    }
}
