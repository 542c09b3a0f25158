using CsCheck;
using static Orleans.Doozer.KeyStore.Tests.Commands;

namespace Orleans.Doozer.KeyStore.Tests;

public sealed class WalkTests
{
    private static readonly Gen<string> PatternName = Gen.OneOf<string>(
        Programs.Name, Gen.OneOf("*", "**", "?", "a*", "*b", "a?", "a**", "**b", "?*", "a.*", "a**b"));

    private static readonly Gen<string> Pattern = PatternName.List[1, 4].Select(names => "/" + string.Join('/', names));

    [Fact]
    public void Walk_OfAnyGlob_EqualsFilterOverAllFiles() =>
        Gen.Select(Programs.Path.List[0, 30], Pattern, Gen.Null(Programs.AnyPath)).Sample((paths, pattern, after) =>
        {
            var view = Fill(paths);
            var glob = Glob.Parse(pattern);

            var expected = Model(paths).Where(path => glob.IsMatch(path) && IsAfter(path, after));

            Assert.Equal(expected, view.Walk(glob, after).Select(file => file.Path));
        });

    [Fact]
    public void Walk_InPages_GivesTheSameAsAtOnce() => Gen.Select(Programs.Path.List[0, 30], Pattern).Sample((paths, pattern) =>
    {
        var view = Fill(paths);
        var glob = Glob.Parse(pattern);
        var pages = new List<string>();
        string? after = null;
        while (view.Walk(glob, after).FirstOrDefault() is { } file)
        {
            pages.Add(file.Path);
            after = file.Path;
        }

        Assert.Equal(view.Walk(glob).Select(file => file.Path), pages);
    });

    [Fact]
    public void Walk_OverNamesAroundSlash_OrdersByNamesNotByText()
    {
        var view = Fill(["/a.b", "/a/z", "/a-", "/a/b/c", "/a/b-"]);

        // As text '/a-' and '/a.b' come before '/a/...'; by names the directory 'a' comes first.
        Assert.Equal(["/a/b/c", "/a/b-", "/a/z", "/a-", "/a.b"], view.Walk(Glob.Everything).Select(file => file.Path));
    }

    [Theory]
    [InlineData("/**", "/b/200", 799)]
    [InlineData("/b/*", "/b/999", 0)]
    [InlineData("/c/**", "/b/999", 0)]
    [InlineData("/b/3*", null, 100)]
    [InlineData("/b/3*", "/b/350", 49)]
    [InlineData("/b/?00", "/b/4", 6)]
    [InlineData("/b", null, 0)]
    [InlineData("/", null, 0)]
    [InlineData("/b/123", null, 1)]
    [InlineData("/b/123", "/b/123", 0)]
    public void Walk_OfLargeDirectory_FindsItsPart(string pattern, string? after, int count)
    {
        var view = Fill([.. Enumerable.Range(0, 1000).Select(i => $"/b/{i:D3}")]);

        Assert.Equal(count, view.Walk(Glob.Parse(pattern), after).Count());
    }

    [Fact]
    public void Walk_OfDeepestPath_ReturnsIt()
    {
        var deepest = string.Concat(Enumerable.Repeat("/a", 512));
        var view = Fill([deepest]);

        Assert.Equal(deepest, Assert.Single(view.Walk(Glob.Parse("/a/**"))).Path);
    }

    private static StoreView Fill(List<string> paths)
    {
        var machine = NewMachine();
        machine.Apply([.. paths.Select(path => Set(path))]);
        return machine.Current;
    }

    // A file is not written below a file, so the first of two such paths wins; then sorted by names.
    private static List<string> Model(List<string> paths)
    {
        var files = new List<string>();
        foreach (var path in paths)
        {
            if (!files.Exists(file => file == path
                || path.StartsWith(file + "/", StringComparison.Ordinal) || file.StartsWith(path + "/", StringComparison.Ordinal)))
            {
                files.Add(path);
            }
        }

        files.Sort(CompareByNames);
        return files;
    }

    private static bool IsAfter(string path, string? after) =>
        after is null or "" or "/" || (after[0] == '/' ? CompareByNames(path, after) : CompareByNames(path, "/" + after[1..])) > 0;

    private static int CompareByNames(string left, string right)
    {
        var (lefts, rights) = (left[1..].Split('/'), right[1..].Split('/'));
        for (var i = 0; i < Math.Min(lefts.Length, rights.Length); i++)
        {
            if (string.CompareOrdinal(lefts[i], rights[i]) is var order and not 0)
            {
                return order;
            }
        }

        return lefts.Length - rights.Length;
    }
}
