using CsCheck;

namespace Orleans.Doozer.KeyStore.Tests;

public sealed class NameKeyTests
{
    // Few characters, so that heads are often alike; the ends of what a byte holds, and what no file's name has.
    private static readonly Gen<string> Names = Gen.Char["\0\u0001ab\u007E\u00FE\u00FF\u0100\uFFFF"].Array[0, 20].Select(letters => new string(letters));
    private static readonly Gen<string> Files = Gen.Char["-ab~"].Array[1, 20].Select(letters => new string(letters));

    [Fact]
    public void Compare_OfAnyNameWithAFiles_IsOrdinal() => Gen.Select(Names, Gen.Select(Files, Gen.Int[0, 20])).Sample((name, other) =>
    {
        var (file, shared) = other;
        foreach (var asked in (string[])[name, file, file + name, file[..(shared % file.Length)], file[..(shared % file.Length)] + name])
        {
            var order = new NameKey("/d/" + file, 3).CompareTo(asked, new(asked), nameStart: 3);
            Assert.Equal(Math.Sign(string.CompareOrdinal(asked, file)), Math.Sign(order));
        }
    });
}
