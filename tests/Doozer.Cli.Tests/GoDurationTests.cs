using Doozer.Cli.CommandLine;

namespace Doozer.Cli.Tests;

public sealed class GoDurationTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("0s", 0)]
    [InlineData("1s", 10_000_000)]
    [InlineData("+1s", 10_000_000)]
    [InlineData("-1s", -10_000_000)]
    [InlineData("1m30s", 900_000_000)]
    [InlineData("1h2m3s", 37_230_000_000)]
    [InlineData("250ms", 2_500_000)]
    [InlineData("7us", 70)]
    [InlineData("7\u00b5s", 70)]
    [InlineData("7\u03bcs", 70)]
    [InlineData("300ns", 3)]
    [InlineData("1ns", 1)]
    [InlineData("1.5h", 54_000_000_000)]
    [InlineData(".5s", 5_000_000)]
    [InlineData("1.s", 10_000_000)]
    [InlineData("1s1s", 20_000_000)]
    public void Parse_GoodText_GivesTicks(string text, long ticks) => Assert.Equal(ticks, GoDuration.Parse(text, "wait").Ticks);

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("5")]
    [InlineData("s")]
    [InlineData(".s")]
    [InlineData("1.2.3s")]
    [InlineData("1d")]
    [InlineData("1 s")]
    [InlineData("1s5")]
    [InlineData("1S")]
    [InlineData("--1s")]
    [InlineData("50000000h")]
    [InlineData("99999999999999999999999999999999999999h")]
    public void Parse_BadText_IsRefused(string text) => Assert.Throws<UsageException>(() => GoDuration.Parse(text, "wait"));
}
