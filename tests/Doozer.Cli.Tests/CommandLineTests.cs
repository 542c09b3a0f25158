using Doozer.Cli.Tests.Support;
using Doozer.Cli.Verbs;
using Doozer.Cli.Wire;
using Orleans.Doozer.Protocol;

namespace Doozer.Cli.Tests;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("Error: missing command", "doozer -h")]
    [InlineData("Error: unknown command: frob", "doozer -h", "frob")]
    [InlineData("Error: unknown command: frob", "doozer -h", "frob", "get", "/x")]
    [InlineData("Error: unknown command: frob", "doozer -h", "help", "frob")]
    [InlineData("Error: unknown command: frob", "doozer -h", "frob", "-h")]
    [InlineData("Error: unknown option: -z", "doozer -h", "-z", "get", "/x")]
    [InlineData("Error: unknown option: -z", "doozer -h", "-z")]
    [InlineData("Error: get: unknown option: -z", "doozer help get", "get", "-z")]
    [InlineData("Error: get: wrong number of arguments, usage: doozer get <path>", "doozer help get", "get")]
    [InlineData("Error: get: wrong number of arguments, usage: doozer get <path>", "doozer help get", "get", "/a", "/b")]
    [InlineData("Error: set: wrong number of arguments, usage: doozer set <path> <rev>", "doozer help set", "set", "/a")]
    [InlineData("Error: rev: wrong number of arguments, usage: doozer rev", "doozer help rev", "rev", "/a")]
    [InlineData("Error: bad revision \"abc\": a whole number is expected", "doozer help set", "set", "/a", "abc")]
    [InlineData("Error: bad revision \"9223372036854775808\": a whole number is expected", "doozer help del", "del", "/a", "9223372036854775808")]
    [InlineData("Error: bad revision \"1.5\": a whole number is expected", "doozer help get", "-r", "1.5", "get", "/a")]
    [InlineData("Error: the option -r needs a value", "doozer help get", "get", "/a", "-r")]
    [InlineData("Error: the option -a needs a value", "doozer -h", "-a")]
    [InlineData("Error: bad duration \"5\": write it like 1m30s or 250ms, at most 49 days", "doozer help wait", "wait", "-t", "5", "/a")]
    [InlineData("Error: bad duration \"soon\": write it like 1m30s or 250ms, at most 49 days", "doozer help status", "status", "--timeout", "soon")]
    [InlineData("Error: get: unknown option: --json", "doozer help get", "get", "--json", "/a")]
    [InlineData("Error: status: unknown option: --force", "doozer help status", "status", "--force")]
    [InlineData("Error: status: wrong number of arguments, usage: doozer status", "doozer help status", "status", "/a")]
    [InlineData("Error: members: wrong arguments, usage: doozer members [add|remove <node>]", "doozer help members", "members", "add")]
    [InlineData("Error: members: wrong arguments, usage: doozer members [add|remove <node>]", "doozer help members", "members", "drop", "X")]
    [InlineData("Error: members: --slot is for 'add'", "doozer help members", "members", "remove", "X", "--slot", "1")]
    [InlineData("Error: bad slot \"one\": the number N of /ctl/cal/N is expected", "doozer help members", "members", "add", "X", "--slot", "one")]
    [InlineData("Error: bad URI \"http://x\": it must start with doozer:?, for example doozer:?ca=127.0.0.1:8046", "doozer -h", "rev", "-a", "http://x")]
    public async Task Misuse_AnyKind_IsOneLineWithAHint(string line, string hint, params string[] args)
    {
        CommandResult result = await CommandRun.OfAsync(args);

        Assert.Equal(2, result.ExitCode);
        Assert.Equal($"{line}; run '{hint}'\n", result.Error);
        Assert.Empty(result.Output);
    }

    [Theory]
    [InlineData("-v")]
    [InlineData("get", "-v")]
    [InlineData("--version")]
    public async Task Version_Asked_IsPrinted(params string[] args)
    {
        CommandResult result = await CommandRun.OfAsync(args);

        Assert.Equal((0, "doozer 0.1.0\n", ""), (result.ExitCode, result.Output, result.Error));
    }

    [Theory]
    [InlineData("-h")]
    [InlineData("--help")]
    [InlineData("help")]
    public async Task Help_WithoutCommand_ListsEveryVerb(params string[] args)
    {
        CommandResult result = await CommandRun.OfAsync(args);

        Assert.Equal(0, result.ExitCode);
        Assert.All(Verb.All, verb => Assert.Contains($"\n  {verb.Usage} ", result.Output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Help_EveryVerb_IsTheSameThreeWays()
    {
        foreach (Verb verb in Verb.All)
        {
            CommandResult byCommand = await CommandRun.OfAsync("help", verb.Name);
            CommandResult optionAfter = await CommandRun.OfAsync(verb.Name, "-h");
            CommandResult optionBefore = await CommandRun.OfAsync("-h", verb.Name);

            Assert.StartsWith($"Usage: doozer [options] {verb.Usage}\n\n", byCommand.Output, StringComparison.Ordinal);
            Assert.Equal(byCommand.Output, optionAfter.Output);
            Assert.Equal(byCommand.Output, optionBefore.Output);
        }
    }

    [Fact]
    public void Verbs_OfTheOriginal_AreAllThereAndThreeOfOurs() =>
        Assert.Equal(
            ["add", "bench", "del", "find", "get", "help", "members", "nop", "rev", "self", "set", "stat", "status", "touch", "wait", "watch"],
            Verb.All.Select(verb => verb.Name));

    [Theory]
    [InlineData("-a URI -r 7 get /x")]
    [InlineData("get -a URI -r 7 /x")]
    [InlineData("-a URI get /x -r 7")]
    [InlineData("get /x -r=7 -a=URI")]
    [InlineData("-r 3 -a doozer:?ca=unused get -a URI -r 7 /x")]
    public async Task Options_BeforeAndAfterTheVerb_AreRead(string line)
    {
        await using var peer = ScriptedPeer.Answering(request => new Response
        {
            Value = Google.Protobuf.ByteString.CopyFromUtf8($"{request.Verb} {request.Path} {request.Rev}"),
        });

        CommandResult result = await CommandRun.OfAsync(line.Replace("URI", peer.Uri, StringComparison.Ordinal).Split(' '));

        Assert.Equal((0, "1 /x 7"), (result.ExitCode, result.Output));
    }

    [Theory]
    [InlineData("-1", -1)]
    [InlineData("0", 0)]
    [InlineData("9223372036854775807", long.MaxValue)]
    public async Task Revision_AsArgument_MayBeNegative(string text, long expected)
    {
        long seen = long.MinValue;
        await using var peer = ScriptedPeer.Answering(request =>
        {
            seen = request.Rev;
            return new Response();
        });

        CommandResult result = await CommandRun.OfAsync("-a", peer.Uri, "del", "/x", text);

        Assert.Equal((0, expected), (result.ExitCode, seen));
    }

    [Fact]
    public async Task Uri_InEnvironment_IsUsedUnlessGiven()
    {
        await using var fromEnvironment = ScriptedPeer.Answering(_ => new Response { Rev = 1 });
        await using var fromOption = ScriptedPeer.Answering(_ => new Response { Rev = 2 });
        var first = new CommandRun { Environment = { ["DOOZER_URI"] = fromEnvironment.Uri } };
        var second = new CommandRun { Environment = { ["DOOZER_URI"] = fromEnvironment.Uri } };

        Assert.Equal("1\n", (await first.RunAsync(["rev"], [])).Output);
        Assert.Equal("2\n", (await second.RunAsync(["rev", "-a", fromOption.Uri], [])).Output);
    }

    [Fact]
    public async Task Path_OfAnyShape_IsLeftToTheServer()
    {
        var seen = new List<string>();
        await using var peer = ScriptedPeer.Answering(request =>
        {
            seen.Add(request.Path);
            return new Response { ErrCode = ServerError.BadPath };
        });
        string[] paths = ["no-slash", "@file", "", "get", "/a b", "[x]"];

        foreach (string path in paths)
        {
            CommandResult result = await CommandRun.OfAsync("-a", peer.Uri, "get", path);
            Assert.Equal(2, result.ExitCode);
            Assert.Equal($"Error: BAD_PATH: \"{path}\" is no path the server accepts; paths look like /name/name\n", result.Error);
        }

        Assert.Equal(paths, seen);
    }
}
