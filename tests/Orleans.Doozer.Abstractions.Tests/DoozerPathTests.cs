namespace Orleans.Doozer.Tests;

public sealed class DoozerPathTests
{
    [Theory]
    [InlineData("/")]
    [InlineData("/a")]
    [InlineData("/a/b/c")]
    [InlineData("/0")]
    [InlineData("/.")]
    [InlineData("/../-")]
    [InlineData("/ctl/node/ABC234/addr")]
    [InlineData("/_:@+=,~%")]
    public void Path_ByTheRules_IsValid(string path)
    {
        Assert.True(DoozerPath.IsValid(path));
        Assert.Null(DoozerPath.Describe(path));
        DoozerPath.Require(path);
    }

    [Theory]
    [InlineData(null, "empty")]
    [InlineData("", "empty")]
    [InlineData("a", "does not start")]
    [InlineData("a/b", "does not start")]
    [InlineData("//", "empty name")]
    [InlineData("/a/", "empty name")]
    [InlineData("/a//b", "empty name")]
    [InlineData("/a b", "U+0020")]
    [InlineData("/*", "U+002A")]
    [InlineData("/a?", "U+003F")]
    [InlineData("/a\n", "U+000A")]
    [InlineData("/\0", "U+0000")]
    [InlineData("/ä", "U+00E4")]
    [InlineData("/a/ｂ", "U+FF42")]
    [InlineData("/a\\b", "U+005C")]
    [InlineData("/a#b", "U+0023")]
    public void Path_AgainstTheRules_IsDescribed(string? path, string reason)
    {
        Assert.False(DoozerPath.IsValid(path));
        Assert.Contains(reason, DoozerPath.Describe(path), StringComparison.Ordinal);
        var problem = Assert.Throws<DoozerBadPathException>(() => DoozerPath.Require(path));
        Assert.Equal(DoozerErrorCode.BadPath, problem.Code);
    }

    [Fact]
    public void NameCharacters_OfAllCharacters_AreExactlyThoseOfTheRules()
    {
        const string Allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:@+=,~%";
        for (var character = '\0'; character < char.MaxValue; character++)
        {
            Assert.Equal(Allowed.Contains(character, StringComparison.Ordinal), DoozerPath.IsValid("/" + character));
        }
    }

    [Fact]
    public void Path_AtTheLimit_IsValidAndOneLongerIsNot()
    {
        Assert.True(DoozerPath.IsValid("/" + new string('a', 1023)));
        Assert.False(DoozerPath.IsValid("/" + new string('a', 1024)));
        Assert.True(DoozerPath.IsValid("/abc", maxLength: 4));
        Assert.Contains("at most 3", DoozerPath.Describe("/abc", maxLength: 3), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/", "/")]
    [InlineData("/a", "/")]
    [InlineData("/a/b", "/a")]
    [InlineData("/a/b/c", "/a/b")]
    public void Parent_OfPath_IsItsDirectory(string path, string parent) => Assert.Equal(parent, DoozerPath.Parent(path));

    [Theory]
    [InlineData("/", "a", "/a")]
    [InlineData("/a", "b", "/a/b")]
    [InlineData("/a/b", "c", "/a/b/c")]
    public void Combine_WithName_IsThePathBelow(string directory, string name, string path)
    {
        Assert.Equal(path, DoozerPath.Combine(directory, name));
        Assert.Equal(directory, DoozerPath.Parent(path));
    }
}
