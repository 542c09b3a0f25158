using CsCheck;
using Orleans.Doozer.Grains;

namespace Orleans.Doozer.KeyStore.Tests;

/// <summary>Random inputs that collide often: few names, few revisions, few requests. Some names order differently as names and
/// as parts of a path ('.' and '-' come before '/').</summary>
internal static class Programs
{
    public static readonly Gen<string> Name = Gen.OneOf("a", "b", "a.b", "a-", "ab", "c");

    public static readonly Gen<string> Path = Name.List[1, 3].Select(names => "/" + string.Join('/', names));

    public static readonly Gen<string> AnyPath = Gen.Frequency<string>((20, Path), (1, Gen.OneOf("/", "", "a", "/a//b", "/ ")));

    public static readonly Gen<RequestId?> Request = Gen.Select(
        Gen.Bool, Gen.Int[0, 12], Gen.Int[0, 30], (named, sequence, since) => named ? Commands.Request(sequence, since) : (RequestId?)null);

    public static readonly Gen<Command> Command = Gen.Select(
        Gen.Frequency((1, WriteKind.Nop), (6, WriteKind.Set), (3, WriteKind.Delete)),
        AnyPath,
        Gen.Char['p', 't'].Array[0, 4],
        Gen.Int[-3, 20],
        Request,
        (kind, path, value, expected, request) => new Command(
            request, kind, path, kind == WriteKind.Set ? System.Text.Encoding.UTF8.GetBytes(value) : default, new(expected)));

    /// <summary>The batches of some slots, among them empty ones.</summary>
    public static readonly Gen<List<List<Command>>> Batches = Command.List[0, 4].List[1, 25];
}
