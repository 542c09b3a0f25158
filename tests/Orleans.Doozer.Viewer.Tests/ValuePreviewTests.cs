using System.Text;
using Orleans.Doozer.Viewer.Api;

namespace Orleans.Doozer.Viewer.Tests;

public sealed class ValuePreviewTests
{
    [Theory]
    [InlineData("")]
    [InlineData("plain")]
    [InlineData("</script><img src=x onerror=alert(1)>\r\n\t\"'&")]
    [InlineData("ünïcödé \U0001F600 \u2028 \u202E")]
    public void Of_Text_IsTheText(string text)
    {
        var value = ValuePreview.Of(Encoding.UTF8.GetBytes(text), 1024);
        Assert.Equal(("text", text, false), (value.Encoding, value.Value, value.Truncated));
    }

    [Theory]
    [InlineData(new byte[] { 0 })]
    [InlineData(new byte[] { 0x1B, 0x5B })]
    [InlineData(new byte[] { 0x7F })]
    [InlineData(new byte[] { 0xFF, 0xFE })]
    [InlineData(new byte[] { 0xC3 })]
    [InlineData(new byte[] { 0xED, 0xA0, 0x80 })]
    public void Of_AnythingElse_IsBase64(byte[] bytes)
    {
        var value = ValuePreview.Of(bytes, 1024);
        Assert.Equal(("base64", Convert.ToBase64String(bytes), bytes.Length), (value.Encoding, value.Value, value.Length));
    }

    [Theory]
    [InlineData("aé", 2, "a")]
    [InlineData("aé!", 3, "aé")]
    [InlineData("€€", 4, "€")]
    [InlineData("€€", 5, "€")]
    [InlineData("€€", 3, "€")]
    [InlineData("\U0001F600\U0001F600", 7, "\U0001F600")]
    [InlineData("abc", 0, "")]
    public void Of_TextThatIsTooLong_EndsBetweenCharacters(string text, int bytes, string shown)
    {
        var value = ValuePreview.Of(Encoding.UTF8.GetBytes(text), bytes);
        Assert.Equal(("text", shown, true), (value.Encoding, value.Value, value.Truncated));
        Assert.Equal(Encoding.UTF8.GetByteCount(text), value.Length);
    }

    [Fact]
    public void Of_BytesThatAreTooMany_IsTheirBeginning()
    {
        var value = ValuePreview.Of([0, 1, 2, 3], 3);
        Assert.Equal(("base64", Convert.ToBase64String([0, 1, 2]), true, 4), (value.Encoding, value.Value, value.Truncated, value.Length));
    }

    [Theory]
    [InlineData("hex", "00")]
    [InlineData("base64", "not base64!")]
    [InlineData("base64", "AAA")]
    public void Parse_WhatIsNotItsEncoding_IsRefused(string encoding, string value) =>
        Assert.Throws<ViewerException>(() => ValuePreview.Parse(encoding, value));

    [Fact]
    public void Parse_OfBothEncodings_GivesTheBytes()
    {
        Assert.Equal([0xC3, 0xA9], ValuePreview.Parse("text", "é"));
        Assert.Equal([0, 255], ValuePreview.Parse("base64", "AP8="));
        Assert.Empty(ValuePreview.Parse("base64", ""));
    }
}
