using System.Text;
using System.Text.Unicode;

namespace Orleans.Doozer.Viewer.Api;

/// <summary>The beginning of a value in JSON: as text where it is text, else as base64.</summary>
internal readonly record struct ValuePreview(int Length, string Encoding, string Value, bool Truncated)
{
    /// <summary>Of a file, and in its history.</summary>
    public const int FileBytes = 64 * 1024;

    /// <summary>In events.</summary>
    public const int EventBytes = 1024;

    private const string Text = "text";
    private const string Base64 = "base64";
    private const int LongestRune = 4;

    /// <summary>At most so many bytes of a value.</summary>
    public static ValuePreview Of(ReadOnlySpan<byte> value, int bytes)
    {
        var truncated = value.Length > bytes;
        var shown = truncated ? value[..bytes] : value;
        var text = truncated ? WithoutBrokenEnd(shown) : shown;
        return Utf8.IsValid(text) && !HoldsControls(text)
            ? new(value.Length, Text, System.Text.Encoding.UTF8.GetString(text), truncated)
            : new(value.Length, Base64, Convert.ToBase64String(shown), truncated);
    }

    /// <summary>Reads a value that somebody sends.</summary>
    /// <exception cref="ViewerException">It is not what its encoding says.</exception>
    public static byte[] Parse(string encoding, string value)
    {
        switch (encoding)
        {
            case Text:
                return System.Text.Encoding.UTF8.GetBytes(value);
            case Base64:
                var bytes = new byte[value.Length];
                return Convert.TryFromBase64String(value, bytes, out var length)
                    ? bytes[..length]
                    : throw ViewerException.BadRequest("the value is not base64");
            default:
                throw ViewerException.BadRequest("the encoding must be text or base64");
        }
    }

    /// <summary>A cut may have gone through a character.</summary>
    private static ReadOnlySpan<byte> WithoutBrokenEnd(ReadOnlySpan<byte> cut)
    {
        for (var back = 1; back <= LongestRune && back <= cut.Length; back++)
        {
            if ((cut[^back] & 0xC0) != 0x80)
            {
                var whole = Rune.DecodeFromUtf8(cut[^back..], out _, out var used) == System.Buffers.OperationStatus.Done && used == back;
                return whole ? cut : cut[..^back];
            }
        }

        return cut;
    }

    private static bool HoldsControls(ReadOnlySpan<byte> text)
    {
        foreach (var value in text)
        {
            if (value == 0x7F || (value < 0x20 && value is not ((byte)'\t' or (byte)'\n' or (byte)'\r')))
            {
                return true;
            }
        }

        return false;
    }
}
