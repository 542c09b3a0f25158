using Doozer.Cli.Bench;

namespace Doozer.Cli.Tests.Bench;

public sealed class KeySpaceTests
{
    [Fact]
    public void Path_OfANumber_IsFilledToTheKeySize()
    {
        var keys = new KeySpace(new LoadSettings { KeySize = 8, KeySpaceSize = 1000 });

        Assert.Equal("/bench/00000042", keys[42]);
        Assert.Equal("/bench/1234567890", keys[1_234_567_890]);
    }

    [Fact]
    public void Sequential_TouchesEachFileInTurn()
    {
        var keys = new KeySpace(new LoadSettings { KeySpaceSize = 3, SequentialKeys = true });

        Assert.Equal([keys[0], keys[1], keys[2], keys[0]], Enumerable.Range(0, 4).Select(request => keys.ForRequest(request)));
    }
}
