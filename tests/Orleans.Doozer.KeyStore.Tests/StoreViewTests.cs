using static Orleans.Doozer.KeyStore.Tests.Commands;

namespace Orleans.Doozer.KeyStore.Tests;

public sealed class StoreViewTests
{
    private readonly StateMachine _machine = NewMachine();

    public StoreViewTests() => _machine.Apply(
        Set("/b/x", "one"), Set("/b/B", "two"), Set("/b/a.c", ""), Set("/b/a/deep", "four"), Set("/top", "five!"));

    private StoreView View => _machine.Current;

    [Theory]
    [InlineData("/", -2, "", 2)]
    [InlineData("/b", -2, "", 4)]
    [InlineData("/b/a", -2, "", 1)]
    [InlineData("/b/x", 1, "one", 3)]
    [InlineData("/b/a.c", 3, "", 0)]
    [InlineData("/top", 5, "five!", 5)]
    [InlineData("/no", 0, "", 0)]
    [InlineData("/top/below", 0, "", 0)]
    [InlineData("/b/", 0, "", 0)]
    [InlineData("/top/", 0, "", 0)]
    [InlineData("//b", 0, "", 0)]
    [InlineData("b", 0, "", 0)]
    [InlineData("", 0, "", 0)]
    public void GetAndStat_OfAnyPath_TellWhatIsThere(string path, long revision, string value, int length)
    {
        Assert.Equal(revision, View.Get(path).Revision.Value);
        Assert.Equal(value, View.Get(path).Value.Text());
        Assert.Equal(new DoozerStat(new(revision), length), View.Stat(path));
    }

    [Fact]
    public void Get_OfEmptyRoot_IsDirectory()
    {
        Assert.Equal(Revision.Directory, StoreView.Empty.Get("/").Revision);
        Assert.Equal(new DoozerStat(Revision.Directory, 0), StoreView.Empty.Stat("/"));
        Assert.Equal(Revision.Directory, StoreView.Empty.List("/", null, 10).Kind);
    }

    [Theory]
    [InlineData("/b", 0, "B")]
    [InlineData("/b", 1, "a")]
    [InlineData("/b", 2, "a.c")]
    [InlineData("/b", 3, "x")]
    [InlineData("/b", 4, null)]
    [InlineData("/b", -1, null)]
    [InlineData("/", 1, "top")]
    [InlineData("/top", 0, null)]
    [InlineData("/no", 0, null)]
    public void TryGetName_AtOffset_CountsInByteOrder(string directory, int offset, string? expected)
    {
        Assert.Equal(expected is not null, View.TryGetName(directory, offset, out var name));
        Assert.Equal(expected ?? "", name);
    }

    [Theory]
    [InlineData("/b", null, 10, "B a a.c x", false)]
    [InlineData("/b", null, 4, "B a a.c x", false)]
    [InlineData("/b", null, 3, "B a a.c", true)]
    [InlineData("/b", "a", 1, "a.c", true)]
    [InlineData("/b", "a.", 10, "a.c x", false)]
    [InlineData("/b", "x", 10, "", false)]
    [InlineData("/b", "", 1, "B", true)]
    public void List_Paged_GoesOnAfterName(string directory, string? after, int limit, string names, bool more)
    {
        var page = View.List(directory, after, limit);

        Assert.Equal(Revision.Directory, page.Kind);
        Assert.Equal(names, string.Join(' ', page.Names));
        Assert.Equal(more, page.More);
    }

    [Theory]
    [InlineData("/top", 5)]
    [InlineData("/no", 0)]
    public void List_OfNoDirectory_TellsWhatItIs(string path, long kind)
    {
        Assert.Equal(kind, View.List(path, null, 10).Kind.Value);
        Assert.Empty(View.List(path, null, 10).Names);
    }

    [Fact]
    public void Directory_LosingItsLastFile_IsGone()
    {
        _machine.Apply(Delete("/b/a/deep"));
        Assert.Equal(Revision.Missing, View.Get("/b/a").Revision);
        Assert.Equal(3, View.Stat("/b").Length);

        _machine.Apply(Set("/b/a", "now a file"));
        Assert.Equal("now a file", View.Get("/b/a").Value.Text());
    }

    [Fact]
    public void Sizes_AfterChanges_CountPathsAndValues()
    {
        Assert.Equal((5, 4 + 3 + 4 + 3 + 6 + 9 + 4 + 4 + 5), (View.FileCount, View.SizeBytes));

        _machine.Apply(Set("/top", "5"), Delete("/b/x"), Delete("/no"));
        Assert.Equal((4, 4 + 3 + 6 + 9 + 4 + 4 + 1), (View.FileCount, View.SizeBytes));
    }

    [Fact]
    public void View_HeldWhileTheStoreChanges_StaysAsItWas()
    {
        var before = View;
        var shown = before.Show();

        _machine.Apply(Set("/b/x", "changed"), Delete("/top"), Set("/new/file", ""));

        Assert.Equal(shown, before.Show());
        Assert.NotEqual(shown, View.Show());
    }

    [Fact]
    public void IsUnchanged_BetweenViews_SeesChangesAtAndBelowOnly()
    {
        var before = View;
        _machine.Apply(Set("/b/a/other", ""));

        Assert.False(View.IsUnchanged("/b/a", before));
        Assert.False(View.IsUnchanged("/", before));
        Assert.True(View.IsUnchanged("/b/x", before));
        Assert.True(View.IsUnchanged("/b/a/deep", before));
        Assert.True(View.IsUnchanged("/no", before));
    }
}
