using CsCheck;

namespace Orleans.Doozer.KeyStore.Tests;

public sealed class NameMapTests
{
    // Keys are paths, and the names begin where the directory's path and its slash end.
    private const string Directory = "/d/";

    private static readonly Gen<List<(bool, int)>> Steps =
        Gen.Select(Gen.Frequency((5, true), (4, false)), Gen.Int[0, 400]).List[0, 1500];

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
            RequireShape(map);
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
        var before = Enumerable.Range(0, 100).Aggregate((NameMap?)null, (map, number) => Put(map, $"{number:D3}", "", edit: 1));

        var first = Put(before, "050", "1", edit: 2);
        var second = Put(first, "050", "2", edit: 2);
        var third = Put(second, "050", "3", edit: 3);

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
            map = Put(map, $"{(upwards ? i : 10_000 - i):D6}", "", edit: 0);
        }

        Assert.Equal(10_000, map!.Count);
        Assert.InRange(map.Height, 2, 3);
        RequireShape(map);
    }

    [Fact]
    public void Map_FilledAndEmptiedAgainAndAgain_KeepsItsShape() => Gen.Select(Gen.Bool, Gen.Int[0, 4000]).Array[4000].Array[24].Sample(
        waves =>
        {
            NameMap? map = null;
            var model = new SortedDictionary<string, object>(StringComparer.Ordinal);
            for (var wave = 0; wave < waves.Length; wave++)
            {
                // Waves that mostly add and waves that mostly remove: nodes are split and joined on all levels.
                foreach (var (coin, number) in waves[wave])
                {
                    map = Change(map, ((number % 8 != 0 || coin) == (wave % 4 < 2), number), model, edit: (uint)wave + 1);
                }

                RequireShape(map);
                RequireSame(model, map);
            }
        },
        iter: 20);

    [Fact]
    public void Cursor_FromAnyName_GoesOnFromThere() => Gen.Int[0, 999].List[0, 500].Select(Gen.Int[0, 999]).Sample((numbers, from) =>
    {
        NameMap? map = null;
        foreach (var number in numbers)
        {
            map = Put(map, $"{number:D3}", "", edit: 0);
        }

        var cursor = new NameCursor(map, $"{from:D3}");
        var found = new List<string>();
        while (cursor.TryNext(out var name, out _, out _))
        {
            found.Add(name.ToString());
        }

        Assert.Equal(numbers.Where(number => number >= from).Distinct().Order().Select(number => $"{number:D3}"), found);
    });

    [Fact]
    public void Build_OfSortedEntries_EqualsPutOneByOne() => Gen.Int[0, 2000].Sample(count =>
    {
        var model = new SortedDictionary<string, object>(StringComparer.Ordinal);
        for (var i = 0; i < count; i++)
        {
            model[$"{i}"] = new object();
        }

        var map = NameMap.Build([.. model.Select(entry => KeyValuePair.Create(Directory + entry.Key, entry.Value))], Directory.Length);
        RequireSame(model, map);
        RequireShape(map);
    });

    private static NameMap? Change(NameMap? map, (bool Put, int Number) step, SortedDictionary<string, object> model, uint edit)
    {
        var name = $"n{step.Number}";
        if (step.Put)
        {
            var item = model[name] = new object();
            return Put(map, name, item, edit);
        }

        return model.Remove(name) ? NameMap.Remove(map, name, edit) : map;
    }

    private static void RequireSame(SortedDictionary<string, object> model, NameMap? map)
    {
        Assert.Equal(model.Count, map?.Count ?? 0);
        var index = 0;
        foreach (var (name, item) in model)
        {
            Assert.Same(item, NameMap.Find(map, name));
            Assert.True(NameMap.TryGetName(map, index++, out var found));
            Assert.Equal(name, found);
        }

        Assert.False(NameMap.TryGetName(map, index, out _));
        Assert.False(NameMap.TryGetName(map, -1, out _));
        Assert.Null(NameMap.Find(map, "absent"));
    }

    private static NameMap Put(NameMap? map, string name, object item, uint edit) =>
        NameMap.Put(map, Directory + name, Directory.Length, Directory.Length + name.Length, item, edit);

    /// <summary>All leaves are equally deep, no node is too wide or too narrow, and its bounds and counts are right.</summary>
    private static void RequireShape(NameMap? map)
    {
        if (map is null)
        {
            return;
        }

        Assert.True(map.Height == 0 || map.Width > 1, "the top has one child only");
        RequireNode(map, isTop: true);
    }

    private static (string First, string Last) RequireNode(NameMap node, bool isTop)
    {
        Assert.InRange(node.Width, isTop ? 1 : NameMap.NodeLimit / 4, NameMap.NodeLimit);
        if (node.Height == 0)
        {
            Assert.Equal(node.Width, node.Count);
            return (node.NameAt(0).ToString(), node.NameAt(node.Width - 1).ToString());
        }

        var (first, last, count) = ("", "", 0);
        for (var i = 0; i < node.Width; i++)
        {
            var child = node.Child(i);
            Assert.Equal(node.Height - 1, child.Height);
            var names = RequireNode(child, isTop: false);
            count += child.Count;
            if (i == 0)
            {
                first = names.First;
            }
            else
            {
                var bound = node.NameAt(i).ToString();
                Assert.True(string.CompareOrdinal(last, bound) < 0 && string.CompareOrdinal(bound, names.First) <= 0, $"'{bound}' is no bound between '{last}' and '{names.First}'");
            }

            last = names.Last;
        }

        Assert.Equal(count, node.Count);
        return (first, last);
    }
}
