using static Orleans.Doozer.KeyStore.Tests.Commands;

namespace Orleans.Doozer.KeyStore.Tests;

/// <summary>Doozer's revision rules. The store at the start of each: /a/f of revision 1, /a/g of revision 2, /e (empty) of
/// revision 3.</summary>
public sealed class CommandRulesTests
{
    private readonly StateMachine _machine = NewMachine();

    public CommandRulesTests() => _machine.Apply(Set("/a/f", "one"), Set("/a/g", "two"), Set("/e", ""));

    [Theory]
    [InlineData("/new", -1, DoozerErrorCode.None)]
    [InlineData("/new", 0, DoozerErrorCode.None)]
    [InlineData("/new", 7, DoozerErrorCode.None)]
    [InlineData("/new", -2, DoozerErrorCode.RevisionMismatch)]
    [InlineData("/new", -3, DoozerErrorCode.RevisionMismatch)]
    [InlineData("/x/y/z", 0, DoozerErrorCode.None)]
    [InlineData("/a/g", -1, DoozerErrorCode.None)]
    [InlineData("/a/g", 0, DoozerErrorCode.RevisionMismatch)]
    [InlineData("/a/g", 1, DoozerErrorCode.RevisionMismatch)]
    [InlineData("/a/g", 2, DoozerErrorCode.None)]
    [InlineData("/a/g", 3, DoozerErrorCode.None)]
    [InlineData("/a/g", 99, DoozerErrorCode.None)]
    [InlineData("/e", 0, DoozerErrorCode.RevisionMismatch)]
    [InlineData("/a", -1, DoozerErrorCode.IsDirectory)]
    [InlineData("/a", 0, DoozerErrorCode.IsDirectory)]
    [InlineData("/a", -2, DoozerErrorCode.IsDirectory)]
    [InlineData("/a", -3, DoozerErrorCode.RevisionMismatch)]
    [InlineData("/", -1, DoozerErrorCode.IsDirectory)]
    [InlineData("/", -3, DoozerErrorCode.RevisionMismatch)]
    [InlineData("/a/f/below", -1, DoozerErrorCode.NotDirectory)]
    [InlineData("/a/f/below", -3, DoozerErrorCode.NotDirectory)]
    [InlineData("/e/far/below", 0, DoozerErrorCode.NotDirectory)]
    [InlineData("a", -1, DoozerErrorCode.BadPath)]
    [InlineData("", -1, DoozerErrorCode.BadPath)]
    [InlineData("//", -1, DoozerErrorCode.BadPath)]
    [InlineData("/a/", -1, DoozerErrorCode.BadPath)]
    [InlineData("/a b", -1, DoozerErrorCode.BadPath)]
    [InlineData("/*", -1, DoozerErrorCode.BadPath)]
    public void Set_AtEachExpectation_FollowsDoozer(string path, long expected, DoozerErrorCode error)
    {
        var outcome = _machine.ApplyOne(Set(path, "changed", expected));

        Assert.Equal(error, outcome.Error);
        Assert.Equal(error == DoozerErrorCode.None ? 4 : 3, outcome.Revision.Value);
        Assert.Equal(outcome.Revision, _machine.Current.Revision);
        Assert.Equal(outcome.Revision, _machine.History.Head);
        Assert.Equal(error == DoozerErrorCode.None, _machine.Current.Get(path).Value.Text() == "changed");
    }

    [Theory]
    [InlineData("/new", -1, DoozerErrorCode.None)]
    [InlineData("/new", 0, DoozerErrorCode.None)]
    [InlineData("/new", -2, DoozerErrorCode.RevisionMismatch)]
    [InlineData("/a/g", -1, DoozerErrorCode.None)]
    [InlineData("/a/g", 0, DoozerErrorCode.RevisionMismatch)]
    [InlineData("/a/g", 1, DoozerErrorCode.RevisionMismatch)]
    [InlineData("/a/g", 2, DoozerErrorCode.None)]
    [InlineData("/a/g", 99, DoozerErrorCode.None)]
    [InlineData("/a", -1, DoozerErrorCode.IsDirectory)]
    [InlineData("/a", -3, DoozerErrorCode.RevisionMismatch)]
    [InlineData("/", 0, DoozerErrorCode.IsDirectory)]
    [InlineData("/a/f/below", -1, DoozerErrorCode.None)]
    [InlineData("/a/f/below", -3, DoozerErrorCode.RevisionMismatch)]
    [InlineData("/a/", -1, DoozerErrorCode.BadPath)]
    public void Delete_AtEachExpectation_FollowsDoozer(string path, long expected, DoozerErrorCode error)
    {
        var outcome = _machine.ApplyOne(Delete(path, expected));

        Assert.Equal(error, outcome.Error);
        Assert.Equal(error == DoozerErrorCode.None ? 4 : 3, outcome.Revision.Value);
        Assert.Equal(error == DoozerErrorCode.None && path == "/a/g" ? 2 : 3, _machine.Current.FileCount);
    }
}
