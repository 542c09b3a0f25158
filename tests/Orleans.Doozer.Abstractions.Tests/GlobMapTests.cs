using CsCheck;

namespace Orleans.Doozer.Abstractions.Tests;

public sealed class GlobMapTests
{
    private static readonly Gen<string> Path = Gen.OneOf("a", "b").Array[1, 3].Select(names => "/" + string.Join('/', names));

    private static readonly Gen<Glob> Pattern = Gen.OneOf("a", "b", "*", "**", "?", "a*").Array[1, 3]
        .Select(names => Glob.Parse("/" + string.Join('/', names)));

    [Fact]
    public void Map_AfterAnyAddsAndRemoves_FindsWhatEachGlobByItselfWouldMatch() =>
        Gen.Select(Gen.Select(Gen.Bool, Pattern, Gen.Int[0, 2]).Array[0, 40], Path).Sample((steps, path) =>
        {
            var map = new GlobMap<int>();
            var model = new HashSet<(string Pattern, int Value)>();
            foreach (var (adds, glob, value) in steps)
            {
                var key = (glob.Pattern, value);
                Assert.Equal(adds ? model.Add(key) : model.Remove(key), adds ? map.Add(glob, value) : map.Remove(glob, value));
            }

            var expected = model.Where(entry => Glob.Parse(entry.Pattern).IsMatch(path)).Select(entry => entry.Value).Order().ToList();
            var found = new List<int>();
            map.Find(path, found);
            Assert.Equal(expected, found.Order());
            Assert.All(Enumerable.Range(0, 3), value => Assert.Equal(expected.Contains(value), map.Contains(path, value)));
            Assert.Equal(model.Select(entry => entry.Value).Order(), map.Values.Order());
        });

    [Theory]
    [InlineData("/", "/", true)]
    [InlineData("/**", "/", true)]
    [InlineData("/*", "/", true)]
    [InlineData("/a", "/", false)]
    public void Find_Root_IsAPathLikeOthers(string pattern, string path, bool isFound)
    {
        var map = new GlobMap<string>();
        map.Add(Glob.Parse(pattern), "it");
        Assert.Equal((isFound, isFound), (map.Contains(path, "it"), Glob.Parse(pattern).IsMatch(path)));
    }
}
