using System.Diagnostics;
using System.Text.RegularExpressions;
using CsCheck;

namespace Orleans.Doozer.Tests;

public sealed class GlobTests
{
    [Theory]
    [InlineData("/", "/", true)]
    [InlineData("/", "/a", false)]
    [InlineData("/a", "/a", true)]
    [InlineData("/a", "/ab", false)]
    [InlineData("/a", "/A", false)]
    [InlineData("/a.b", "/axb", false)]
    [InlineData("/?", "/a", true)]
    [InlineData("/?", "/", false)]
    [InlineData("/?", "/ab", false)]
    [InlineData("/a?b", "/a/b", false)]
    [InlineData("/*", "/", true)]
    [InlineData("/*", "/abc", true)]
    [InlineData("/*", "/a/b", false)]
    [InlineData("/a*", "/a", true)]
    [InlineData("/*/b", "/a/b", true)]
    [InlineData("/*/b", "/a/a/b", false)]
    [InlineData("/**", "/", true)]
    [InlineData("/**", "/a", true)]
    [InlineData("/**", "/a/b/c", true)]
    [InlineData("/a/**", "/a", false)]
    [InlineData("/a/**", "/a/b/c", true)]
    [InlineData("/a**", "/a/b", true)]
    [InlineData("/a/**/z", "/a/z", false)]
    [InlineData("/a/**/z", "/a/b/z", true)]
    [InlineData("/a/**/z", "/a/b/c/z", true)]
    [InlineData("/**/z", "/a/zz", false)]
    [InlineData("/a**z", "/a/b/z", true)]
    [InlineData("/***", "/a/b", true)]
    [InlineData("/*?", "/", false)]
    [InlineData("/?*", "/a", true)]
    [InlineData("/**?", "/a/b", true)]
    [InlineData("/**", "a", false)]
    [InlineData("/**", "", false)]
    [InlineData("/**", "/ä", false)]
    public void IsMatch_OfPattern_IsDoozers(string pattern, string path, bool expected) =>
        Assert.Equal(expected, Glob.Parse(pattern).IsMatch(path));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("*")]
    [InlineData("**/a")]
    [InlineData("//")]
    [InlineData("/a/")]
    [InlineData("/a//b")]
    [InlineData("/a b")]
    [InlineData("/[a]")]
    [InlineData("/ä")]
    [InlineData("/a\n")]
    public void Pattern_ThatIsNoPathWithWildcards_IsRefused(string? pattern)
    {
        Assert.False(Glob.TryParse(pattern, out var glob));
        Assert.Null(glob);
        Assert.Throws<DoozerBadPathException>(() => Glob.Parse(pattern!));
    }

    [Fact]
    public void Pattern_AtTheLimit_IsTakenAndOneLongerIsNot()
    {
        Assert.True(Glob.TryParse("/" + new string('?', 1023), out _));
        Assert.False(Glob.TryParse("/" + new string('?', 1024), out _));
    }

    [Theory]
    [InlineData("/", "/", true)]
    [InlineData("/a", "/", true)]
    [InlineData("/a/b", "/a", true)]
    [InlineData("/**", "/", false)]
    [InlineData("/a*", "/", false)]
    [InlineData("/a/b*/c", "/a", false)]
    [InlineData("/a/b/**", "/a/b", false)]
    [InlineData("/a/b/?/c", "/a/b", false)]
    public void LiteralDirectory_OfPattern_HoldsAllThatCanMatch(string pattern, string directory, bool literal)
    {
        Assert.Equal(directory, Glob.Parse(pattern).LiteralDirectory);
        Assert.Equal(literal, Glob.Parse(pattern).IsLiteral);
        Assert.Equal(pattern, Glob.Parse(pattern).ToString());
    }

    [Fact]
    public void IsMatch_OfRandomPatterns_EqualsRegex()
    {
        var pattern = Gen.OneOf("a", "b", ".", "/", "/", "?", "*", "*", "**").Array[0, 12].Select(parts => "/" + string.Concat(parts));
        var path = Gen.OneOf("a", "b", ".", "/").Array[0, 12].Select(parts => "/" + string.Concat(parts));
        Gen.Select(pattern, path.Array[10]).Where(sample => Glob.TryParse(sample.Item1, out _)).Sample(sample =>
        {
            var glob = Glob.Parse(sample.Item1);
            var regex = ToRegex(sample.Item1);
            foreach (var text in sample.Item2)
            {
                Assert.True(regex.IsMatch(text) == glob.IsMatch(text), $"{sample.Item1} over {text}");
            }
        });
    }

    [Fact]
    public void IsMatch_AcrossTheWordsOfTheAutomaton_EqualsRegex() =>
        Gen.Select(Gen.Int[50, 140], Gen.Int[0, 10], Gen.OneOf("*", "**", "?", "/*", "b"), Gen.Int[0, 140], Gen.OneOf("", "b", "/", "/b"))
            .Sample((before, after, middle, length, end) =>
            {
                // Automata of one to three words, with the wildcard around the borders of 64 and 128 states.
                var pattern = $"/{new string('a', before)}{middle}{new string('a', after)}";
                var glob = Glob.Parse(pattern);
                var regex = ToRegex(pattern);
                foreach (var path in new[]
                {
                    $"/{new string('a', length)}{end}",
                    $"/{new string('a', before)}{end}{new string('a', after)}",
                    $"/{new string('a', before)}x{end}x{new string('a', after)}",
                })
                {
                    Assert.True(regex.IsMatch(path) == glob.IsMatch(path), $"{pattern} over {path}");
                }
            });

    [Theory]
    [InlineData("*a")]
    [InlineData("**a")]
    [InlineData("?*a")]
    public void IsMatch_OfPatternsThatMakeBacktrackingExplode_IsQuick(string part)
    {
        var glob = Glob.Parse("/" + string.Concat(Enumerable.Repeat(part, 300)) + "b");
        var path = "/" + new string('a', 1023);
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < 100; i++)
        {
            Assert.False(glob.IsMatch(path));
        }

        // A step is one character over 17 words; a backtracking matcher would need longer than the universe has.
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5), $"took {watch.Elapsed}");
        Assert.True(glob.IsMatch(path[..^1] + "b"));
    }

    private static Regex ToRegex(string pattern)
    {
        var translated = Regex.Replace(pattern, @"\*\*+|\*|\?|[^*?]+", match => match.Value switch
        {
            "*" => "[^/]*",
            "?" => "[^/]",
            ['*', '*', ..] => ".*",
            _ => Regex.Escape(match.Value),
        });
        return new($@"\A{translated}\z", RegexOptions.NonBacktracking | RegexOptions.Singleline);
    }
}
