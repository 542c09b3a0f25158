using CsCheck;

namespace Orleans.Doozer.KeyStore.Tests;

public sealed class NameMapTests
{
    private static readonly Gen<List<(bool, int)>> Steps =
        Gen.Select(Gen.Frequency((3, true), (2, false)), Gen.Int[0, 60]).List[0, 300];

    [Fact]
    public void Map_AfterChange_LeavesOldVersionsAlone() => Gen.Select(Steps, Gen.Int[0, 20]).Sample((steps, together) =>
    {
        NameMap? map = null;
        var model = new SortedDictionary<string, object>(StringComparer.Ordinal);
        var versions = new List<(NameMap? Map, SortedDictionary<string, object> Content)>();
        for (var i = 0; i < steps.Count; i++)
        {
            // So many changes are published together; none of them changes what was published before.
            var edit = together == 0 ? 0 : 1 + (uint)(i / together);
            map = Change(map, steps[i], model, edit);
            RequireBalance(map);
            if (together == 0 || (i + 1) % together == 0)
            {
                versions.Add((map, new(model, StringComparer.Ordinal)));
            }
        }

        RequireSame(model, map);
        Assert.All(versions, version => RequireSame(version.Content, version.Map));
    });

    [Fact]
    public void Map_ChangedTwiceInOneEdit_CopiesOnce()
    {
        var before = Enumerable.Range(0, 100).Aggregate((NameMap?)null, (map, number) => NameMap.Put(map, $"{number:D3}", "", edit: 1));

        var first = NameMap.Put(before, "050", "1", edit: 2);
        var second = NameMap.Put(first, "050", "2", edit: 2);
        var third = NameMap.Put(second, "050", "3", edit: 3);

        Assert.NotSame(before, first);
        Assert.Same(first, second);
        Assert.NotSame(second, third);
        Assert.Equal(("", "2", "3"), (NameMap.Find(before, "050"), NameMap.Find(second, "050"), NameMap.Find(third, "050")));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Map_FilledInOrder_StaysShallow(bool upwards)
    {
        NameMap? map = null;
        for (var i = 0; i < 10_000; i++)
        {
            map = NameMap.Put(map, $"{(upwards ? i : 10_000 - i):D6}", "", edit: 0);
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
            map = NameMap.Put(map, $"{number:D3}", "", edit: 0);
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

    private static NameMap? Change(NameMap? map, (bool Put, int Number) step, SortedDictionary<string, object> model, uint edit)
    {
        var name = $"n{step.Number}";
        if (step.Put)
        {
            var item = model[name] = new object();
            return NameMap.Put(map, name, item, edit);
        }

        return model.Remove(name) ? NameMap.Remove(map, name, edit) : map;
    }

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
}
