using System.Text;
using CsCheck;

namespace Orleans.Doozer.KeyStore.Tests;

public sealed class NameMapTests
{
    private static readonly Gen<List<(bool, int)>> Steps =
        Gen.Select(Gen.Frequency((3, true), (2, false)), Gen.Int[0, 60]).List[0, 300];

    [Fact]
    public void Map_AfterRandomChanges_EqualsSortedDictionary() => Steps.Sample(steps =>
    {
        NameMap? map = null;
        var model = new SortedDictionary<string, object>(StringComparer.Ordinal);
        foreach (var (put, number) in steps)
        {
            var name = $"n{number}";
            if (put)
            {
                var item = new object();
                model[name] = item;
                map = NameMap.Put(map, name, item);
            }
            else if (model.Remove(name))
            {
                map = NameMap.Remove(map, name);
            }

            RequireBalance(map);
        }

        RequireSame(model, map);
    });

    [Fact]
    public void Map_AfterChange_LeavesOldVersionsAlone() => Steps.Sample(steps =>
    {
        NameMap? map = null;
        var versions = new List<(NameMap? Map, string Content)>();
        foreach (var (put, number) in steps)
        {
            var name = $"n{number}";
            if (put)
            {
                map = NameMap.Put(map, name, new object());
            }
            else if (NameMap.Find(map, name) is not null)
            {
                map = NameMap.Remove(map, name);
            }

            versions.Add((map, Content(map)));
        }

        Assert.All(versions, version => Assert.Equal(version.Content, Content(version.Map)));
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Map_FilledInOrder_StaysShallow(bool upwards)
    {
        NameMap? map = null;
        for (var i = 0; i < 10_000; i++)
        {
            map = NameMap.Put(map, $"{(upwards ? i : 10_000 - i):D6}", "");
        }

        Assert.Equal(10_000, NameMap.CountOf(map));
        Assert.InRange(Depth(map), 14, 24);
        RequireBalance(map);
    }

    [Fact]
    public void Cursor_FromAnyName_GoesOnFromThere() => Gen.Int[0, 200].List[0, 100].Select(Gen.Int[0, 200]).Sample((numbers, from) =>
    {
        NameMap? map = null;
        foreach (var number in numbers)
        {
            map = NameMap.Put(map, $"{number:D3}", "");
        }

        var cursor = new NameCursor(map, $"{from:D3}");
        var found = new List<string>();
        while (cursor.TryNext(out var name, out _))
        {
            found.Add(name);
        }

        Assert.Equal(numbers.Where(number => number >= from).Distinct().Order().Select(number => $"{number:D3}"), found);
    });

    [Fact]
    public void Build_OfSortedEntries_EqualsPutOneByOne() => Gen.Int[0, 200].Sample(count =>
    {
        var model = new SortedDictionary<string, object>(StringComparer.Ordinal);
        for (var i = 0; i < count; i++)
        {
            model[$"{i}"] = new object();
        }

        var map = NameMap.Build(model.ToArray());
        RequireSame(model, map);
        RequireBalance(map);
    });

    private static void RequireSame(SortedDictionary<string, object> model, NameMap? map)
    {
        Assert.Equal(model.Count, NameMap.CountOf(map));
        var index = 0;
        foreach (var (name, item) in model)
        {
            Assert.Same(item, NameMap.Find(map, name));
            Assert.Equal(name, NameMap.At(map, index++)!.Name);
        }

        Assert.Null(NameMap.At(map, index));
        Assert.Null(NameMap.At(map, -1));
        Assert.Null(NameMap.Find(map, "absent"));
    }

    private static void RequireBalance(NameMap? map)
    {
        if (map is null)
        {
            return;
        }

        var (left, right) = (NameMap.CountOf(map.Left), NameMap.CountOf(map.Right));
        Assert.Equal(left + right + 1, map.Count);
        Assert.True(left + right <= 1 || (left <= 3 * right && right <= 3 * left), $"{left} and {right} names are out of balance");
        RequireBalance(map.Left);
        RequireBalance(map.Right);
    }

    private static int Depth(NameMap? map) => map is null ? 0 : 1 + Math.Max(Depth(map.Left), Depth(map.Right));

    private static string Content(NameMap? map)
    {
        var text = new StringBuilder();
        var cursor = new NameCursor(map);
        while (cursor.TryNext(out var name, out _))
        {
            text.Append(name).Append(' ');
        }

        return text.ToString();
    }
}
