using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.Clustering.Tests;

public sealed class EncodingTests
{
    [Fact]
    public void Votes_EncodedAndDecoded_AreTheSame()
    {
        var bytes = RegisterVotesCodec.Encode(Votes());

        var back = RegisterVotesCodec.Decode(bytes);

        Assert.Equal(bytes, RegisterVotesCodec.Encode(back));
        Assert.Equal(("C", "name", 7L), (back.ClusterId, back.ClusterName, back.Promised.Round));
        Assert.Equal(new SiloTime("S1", 3), Assert.Single(back.Accepted!.Rows["S9"].Suspects!.Value));
        Assert.Null(back.Accepted.Rows["S8"].Suspects);
        Assert.Null(back.Accepted.Rows["S8"].RoleName);
    }

    [Fact]
    public void Votes_AnyByteFlippedOrCutOff_AreRefused()
    {
        var bytes = RegisterVotesCodec.Encode(Votes());
        for (var at = 0; at < bytes.Length; at++)
        {
            var flipped = bytes.ToArray();
            flipped[at] ^= 0x40;
            Assert.Throws<InvalidDataException>(() => RegisterVotesCodec.Decode(flipped));
            Assert.Throws<InvalidDataException>(() => RegisterVotesCodec.Decode(bytes.AsSpan(0, at)));
        }
    }

    [Fact]
    public async Task MemoryStorage_SavedVotes_AreLoaded()
    {
        var storage = new MemoryRegisterStorage();
        Assert.Null(storage.Load());

        await storage.SaveAsync(Votes(), default);

        Assert.Equal("C", storage.Load()!.ClusterId);
    }

    [Theory]
    [InlineData("doozer:?ca=a:8046&ca=[::1]:9000", "a:23046 [::1]:24000")]
    [InlineData("doozer:?ca=a&sk=x", "a:23046")]
    public void OfNodes_GoodUri_GivesTheirRegisters(string uri, string expected) =>
        Assert.Equal(expected, string.Join(' ', RegisterAddress.OfNodes(uri)));

    [Theory]
    [InlineData("doozer:?ca=a:60000")]
    [InlineData("doozer:?ca=a:x")]
    [InlineData("doozer:?")]
    public void OfNodes_BadUri_IsRefusedWithASentence(string uri) =>
        Assert.EndsWith(".", Assert.Throws<FormatException>(() => RegisterAddress.OfNodes(uri)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("doozer:?ca=a:1&ca=[::1]:2", "a:1 [::1]:2")]
    [InlineData("doozer:?cn=x&ca=a:1", "a:1")]
    public void ParseUri_GoodUri_GivesItsAddresses(string uri, string expected) =>
        Assert.Equal(expected, string.Join(' ', RegisterAddress.ParseUri(uri)));

    [Theory]
    [InlineData("")]
    [InlineData("http://a")]
    [InlineData("doozer:?")]
    [InlineData("doozer:?ca=a")]
    [InlineData("doozer:?ca=a:0")]
    [InlineData("doozer:?ca=:1")]
    public void ParseUri_BadUri_IsRefusedWithASentence(string uri) =>
        Assert.EndsWith(".", Assert.Throws<FormatException>(() => RegisterAddress.ParseUri(uri)).Message, StringComparison.Ordinal);

    private static RegisterVotes Votes()
    {
        var peer = new RegisterPeer(NodeId.Parse("A"), "a:1");
        var row = new MembershipRow("S9", "1", 3, "A", "host", "role", 5, 6, 7, 8, 9, [new SiloTime("S1", 3)]);
        var state = RegisterState.Genesis(peer) with
        {
            Rows = RegisterState.Genesis(peer).Rows.Add("S9", row).Add("S8", row with { Silo = "S8", RoleName = null, Suspects = null }),
            Recent = [1, -2],
        };
        return RegisterVotes.Founding(peer, "C", "name") with { Promised = new Ballot(7, peer.Node), Accepted = state };
    }
}
