using System.Globalization;
using Doozer.Cli.Tests.Support;
using Doozer.Cli.Wire;
using Orleans.Doozer.Protocol;

namespace Doozer.Cli.Tests;

public sealed class FindTests
{
    [Fact]
    public async Task Find_Tree_PrintsEachDirectoryBeforeItsSortedEntries()
    {
        await using var peer = ScriptedPeer.Answering(new Tree("/a/b/c", "/a-b", "/a/b.d", "/z/y/x/w").Answer);

        CommandResult result = await CommandRun.OfAsync("-a", peer.Uri, "find", "/");

        Assert.Equal("/ /a /a/b /a/b/c /a/b.d /a-b /z /z/y /z/y/x /z/y/x/w ", result.Output.Replace('\n', ' '));
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
    }

    [Theory]
    [InlineData("/a", "/a /a/b /a/c ")]
    [InlineData("/a/b", "/a/b ")]
    public async Task Find_BelowTheRoot_StartsWithItsPath(string path, string expected)
    {
        await using var peer = ScriptedPeer.Answering(new Tree("/a/b", "/a/c", "/d").Answer);

        Assert.Equal(expected, (await CommandRun.OfAsync("-a", peer.Uri, "find", path)).Output.Replace('\n', ' '));
    }

    [Fact]
    public async Task Find_MissingPath_IsAnError()
    {
        await using var peer = ScriptedPeer.Answering(new Tree("/a").Answer);

        CommandResult result = await CommandRun.OfAsync("-a", peer.Uri, "find", "/b");

        Assert.Equal((2, "", "No such file or directory: /b\n"), (result.ExitCode, result.Output, result.Error));
    }

    [Theory]
    [InlineData(Tree.Revision)]
    [InlineData(9)]
    public async Task Find_AllRequests_CarryOneRevision(long revision)
    {
        var revisions = new HashSet<long>();
        var tree = new Tree("/a/b", "/c/d");
        await using var peer = ScriptedPeer.Answering(request =>
        {
            if (request.Verb != DoozerVerb.Revision)
            {
                revisions.Add(request.Rev);
            }

            return tree.Answer(request);
        });

        string[] option = revision == Tree.Revision ? [] : ["-r", revision.ToString(CultureInfo.InvariantCulture)];
        await CommandRun.OfAsync(["-a", peer.Uri, "find", "/", .. option]);

        Assert.Equal([revision], revisions);
    }

    [Fact]
    public async Task Find_AnswersInReverseOrder_AreMatchedByTag()
    {
        var tree = new Tree("/a", "/b", "/c");
        await using var peer = new ScriptedPeer(async connection =>
        {
            foreach (int batch in new[] { 1, 1, 3, 3 })
            {
                // All of a batch is under way before anything of it is answered: one at a time would hang here.
                var requests = new List<Request>();
                while (requests.Count < batch)
                {
                    requests.Add(await connection.ReceiveAsync());
                }

                foreach (Request request in requests.AsEnumerable().Reverse())
                {
                    await connection.AnswerAsync(request, tree.Answer(request));
                }
            }
        });

        Assert.Equal("/ /a /b /c ", (await CommandRun.OfAsync("-a", peer.Uri, "find", "/")).Output.Replace('\n', ' '));
    }

    [Fact]
    public async Task Find_ConnectionBreaksMidway_GoesOnElsewhereWithoutGapOrDouble()
    {
        string[] files = [.. Enumerable.Range(0, 500).Select(number => string.Create(CultureInfo.InvariantCulture, $"/f{number:000}"))];
        var tree = new Tree(files);
        await using var breaking = new ScriptedPeer(async connection =>
        {
            for (int count = 0; count < 300; count++)
            {
                Request request = await connection.ReceiveAsync();
                await connection.AnswerAsync(request, tree.Answer(request));
            }
        });
        await using var steady = ScriptedPeer.Answering(tree.Answer);

        CommandResult result = await CommandRun.OfAsync("-a", $"{breaking.Uri}&ca={steady.Address}", "find", "/");

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Equal(["/", .. files], result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task Find_TenThousandEntriesAndAWrongCount_EndsWhereTheDirectoryEnds()
    {
        var tree = new Tree([.. Enumerable.Range(0, 10_000).Select(number => $"/d/{number}")]);
        await using var peer = ScriptedPeer.Answering(request =>
        {
            Response response = tree.Answer(request);
            if (request.Verb == DoozerVerb.Stat && response.Rev == DoozerRevision.Directory && request.Path == "/d")
            {
                response.Len = int.MaxValue;
            }

            return response;
        });

        CommandResult result = await CommandRun.OfAsync("-a", peer.Uri, "find", "/");

        Assert.Equal(10_002, result.Output.Count(character => character == '\n'));
    }
}
