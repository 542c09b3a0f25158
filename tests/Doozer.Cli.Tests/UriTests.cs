using Doozer.Cli.Sessions;

namespace Doozer.Cli.Tests;

public sealed class UriTests
{
    [Theory]
    [InlineData("doozer:?ca=127.0.0.1:5003", "127.0.0.1:5003")]
    [InlineData("doozer:?ca=d.example.net", "d.example.net:8046")]
    [InlineData("doozer:?ca=a&ca=b:1&ca=c:65535", "a:8046 b:1 c:65535")]
    [InlineData("doozer:?ca=[::1]:9", "[::1]:9")]
    [InlineData("doozer:?ca=[::1]", "[::1]:8046")]
    [InlineData("doozer:?ca=::1", "[::1]:8046")]
    [InlineData("doozer:?ca=%5B%3A%3A1%5D%3a7", "[::1]:7")]
    [InlineData("doozer:?un=BCIR&future=1&ca=a&", "a:8046")]
    public void Addresses_GoodUri_AreReadInOrder(string text, string expected) =>
        Assert.Equal(expected, string.Join(' ', DoozerUri.Parse(text).Addresses));

    [Theory]
    [InlineData("doozer:?ca=a&cn=example", "example", null)]
    [InlineData("doozer:?ca=a&sk=eXampl3", null, "eXampl3")]
    [InlineData("doozer:?ca=a&sk=a%26b%3Dc+d%2B", null, "a&b=c d+")]
    [InlineData("doozer:?ca=a&sk=k=v", null, "k=v")]
    [InlineData("doozer:?ca=a&sk=one&sk=two", null, "one")]
    [InlineData("doozer:?cn=only", "only", null)]
    public void NameAndKey_GoodUri_AreDecoded(string text, string? name, string? key)
    {
        DoozerUri uri = DoozerUri.Parse(text);

        Assert.Equal(name, uri.ClusterName);
        Assert.Equal(key, uri.SecretKey);
    }

    [Theory]
    [InlineData("")]
    [InlineData("127.0.0.1:8046")]
    [InlineData("doozer:")]
    [InlineData("doozer:?")]
    [InlineData("doozer:?sk=x")]
    [InlineData("doozer:?cn=")]
    [InlineData("doozer:?ca=")]
    [InlineData("doozer:?ca=:8046")]
    [InlineData("doozer:?ca=a:0")]
    [InlineData("doozer:?ca=a:65536")]
    [InlineData("doozer:?ca=a:b")]
    [InlineData("doozer:?ca=a:")]
    [InlineData("doozer:?ca=a:-1")]
    [InlineData("doozer:?ca=[::1")]
    [InlineData("doozer:?ca=[::1]x")]
    [InlineData("doozer:?ca=a+b")]
    [InlineData("doozer:?ca=%zz")]
    [InlineData("doozer:?ca=a&sk=%4")]
    [InlineData("DOOZER:?ca=a")]
    public void Parse_BadUri_IsRefused(string text) => Assert.Throws<UsageException>(() => DoozerUri.Parse(text));

    [Fact]
    public void Parse_BadSecret_IsNotRepeatedInTheMessage()
    {
        var exception = Assert.Throws<UsageException>(() => DoozerUri.Parse("doozer:?ca=a&sk=hunter2%"));

        Assert.DoesNotContain("hunter2", exception.Message, StringComparison.Ordinal);
    }
}
