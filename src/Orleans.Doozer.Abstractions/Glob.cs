using System.Diagnostics.CodeAnalysis;

namespace Orleans.Doozer;

/// <summary>
/// A pattern over paths with Doozer's meaning (doc/proto.md, "Glob Notation"): <c>?</c> is one character of a name, <c>*</c> any
/// number of characters of a name, <c>**</c> any number of characters, slashes included; everything else is itself.
/// Matching is a bit-parallel automaton: its time is the length of the path, whatever the pattern; nothing backtracks.
/// </summary>
public sealed class Glob
{
    /// <summary>Every path.</summary>
    public static Glob Everything { get; } = Parse("/**");

    private const int AsciiCount = 128;
    private readonly int _words;
    private readonly ulong[] _accepts;      // [character * _words + word]: states that consume this character and move on
    private readonly ulong[] _staysName;    // states that consume any character but '/' and stay: "*"
    private readonly ulong[] _staysAny;     // states that consume any character and stay: "**"
    private readonly int _final;

    private Glob(string pattern)
    {
        Pattern = pattern;
        IsLiteral = !pattern.AsSpan().ContainsAny('*', '?');

        // A path needs no automaton, and there may be a hundred thousand of them watched.
        List<Token> tokens = IsLiteral ? [] : Tokenize(pattern);
        _final = tokens.Count;
        if (IsLiteral)
        {
            _accepts = _staysName = _staysAny = [];
            return;
        }

        _words = (tokens.Count / 64) + 1;
        _accepts = new ulong[AsciiCount * _words];
        _staysName = new ulong[_words];
        _staysAny = new ulong[_words];
        for (var state = 0; state < tokens.Count; state++)
        {
            AddState(tokens[state], state);
        }
    }

    private enum TokenKind
    {
        Literal,
        OneCharacter,
        WithinName,
        AcrossNames,
    }

    /// <summary>The text this was made of.</summary>
    public string Pattern { get; }

    /// <summary>Whether the pattern has no wildcard and so matches at most one path.</summary>
    public bool IsLiteral { get; }

    /// <summary>The deepest directory that holds every path that can match: where a watch for this glob belongs.</summary>
    public string LiteralDirectory => DoozerPath.Parent(IsLiteral ? Pattern : Pattern[..Pattern.AsSpan().IndexOfAny('*', '?')]);

    /// <summary>Compiles a pattern.</summary>
    /// <exception cref="DoozerBadPathException">The pattern is no path with wildcards.</exception>
    public static Glob Parse(string pattern) =>
        TryParse(pattern, out var glob) ? glob : throw new DoozerBadPathException($"invalid glob pattern: {DoozerPath.Shorten(pattern ?? "")}");

    /// <summary>Compiles a pattern; false when it is no path with wildcards.</summary>
    public static bool TryParse(string? pattern, [NotNullWhen(true)] out Glob? glob, int maxLength = DoozerPath.DefaultMaxLength)
    {
        glob = null;
        if (string.IsNullOrEmpty(pattern) || pattern[0] != '/' || pattern.Length > maxLength)
        {
            return false;
        }

        for (var i = 1; i < pattern.Length; i++)
        {
            var slash = pattern[i] == '/';
            if (slash ? pattern[i - 1] == '/' || i == pattern.Length - 1 : !IsGlobCharacter(pattern[i]))
            {
                return false;
            }
        }

        glob = new Glob(pattern);
        return true;
    }

    /// <summary>Whether the whole of <paramref name="path"/> matches.</summary>
    public bool IsMatch(ReadOnlySpan<char> path)
    {
        if (IsLiteral)
        {
            return path.SequenceEqual(Pattern);
        }

        Span<ulong> current = stackalloc ulong[_words];
        Span<ulong> next = stackalloc ulong[_words];
        current[0] = 1;
        PassStars(current);
        foreach (var character in path)
        {
            if (character >= AsciiCount || !Step(character, current, next))
            {
                return false;
            }

            PassStars(next);
            var swap = current;
            current = next;
            next = swap;
        }

        return (current[_final >> 6] >> (_final & 63) & 1) != 0;
    }

    /// <inheritdoc/>
    public override string ToString() => Pattern;

    private static bool IsGlobCharacter(char character) =>
        character is '*' or '?' || DoozerPath.IsNameCharacter(character);

    private static List<Token> Tokenize(string pattern)
    {
        var tokens = new List<Token>(pattern.Length);
        for (var i = 0; i < pattern.Length; i++)
        {
            if (pattern[i] != '*')
            {
                tokens.Add(pattern[i] == '?' ? new(TokenKind.OneCharacter, '?') : new(TokenKind.Literal, pattern[i]));
                continue;
            }

            // A run of stars is one state: two or more cross names whatever follows, so no two star states are neighbours
            // and PassStars needs one step only.
            var start = i;
            while (i + 1 < pattern.Length && pattern[i + 1] == '*')
            {
                i++;
            }

            tokens.Add(new(i > start ? TokenKind.AcrossNames : TokenKind.WithinName, '*'));
        }

        return tokens;
    }

    private void AddState(Token token, int state)
    {
        var word = state >> 6;
        var bit = 1UL << (state & 63);
        switch (token.Kind)
        {
            case TokenKind.Literal:
                _accepts[(token.Character * _words) + word] |= bit;
                break;
            case TokenKind.OneCharacter:
                for (var character = 0; character < AsciiCount; character++)
                {
                    _accepts[(character * _words) + word] |= character == '/' ? 0 : bit;
                }

                break;
            case TokenKind.WithinName:
                _staysName[word] |= bit;
                break;
            default:
                _staysAny[word] |= bit;
                break;
        }
    }

    private bool Step(char character, ReadOnlySpan<ulong> current, Span<ulong> next)
    {
        var accepts = _accepts.AsSpan(character * _words, _words);
        ulong carry = 0;
        ulong alive = 0;
        for (var word = 0; word < _words; word++)
        {
            var moving = current[word] & accepts[word];
            var staying = current[word] & (character == '/' ? _staysAny[word] : _staysAny[word] | _staysName[word]);
            next[word] = (moving << 1) | carry | staying;
            carry = moving >> 63;
            alive |= next[word];
        }

        return alive != 0;
    }

    private void PassStars(Span<ulong> states)
    {
        ulong carry = 0;
        for (var word = 0; word < _words; word++)
        {
            var stars = states[word] & (_staysName[word] | _staysAny[word]);
            states[word] |= (stars << 1) | carry;
            carry = stars >> 63;
        }
    }

    private readonly record struct Token(TokenKind Kind, char Character);
}
