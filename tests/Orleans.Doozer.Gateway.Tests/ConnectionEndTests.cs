using Orleans.Doozer.Gateway.Tests.Support;
using Orleans.Doozer.Gateway.Verbs;
using static Orleans.Doozer.Gateway.Tests.Support.Messages;

namespace Orleans.Doozer.Gateway.Tests;

/// <summary>How connections end, and that nothing is left of them.</summary>
public sealed class ConnectionEndTests
{
    [Theory]
    [InlineData("half-close")]
    [InlineData("close")]
    [InlineData("reset")]
    [InlineData("garbage")]
    public async Task Connection_Ends_ItsWaitsAreGone(string how)
    {
        await using var host = await GatewayHost.StartAsync();
        await using var client = await host.ConnectAsync();
        await client.SendAsync(Wait("/never", 1, tag: 1), Wait("/never", 1, tag: 2), Get("/never", 1000, tag: 3));
        await host.Store.Watching.UntilAsync(3);

        switch (how)
        {
            case "half-close":
                client.EndSending();
                Assert.Null(await client.TryReceiveAsync());
                break;
            case "close":
                await client.DisposeAsync();
                break;
            case "reset":
                client.Reset();
                break;
            default:
                await client.SendBytesAsync([0xFF, 0xFF, 0xFF, 0xFF]);
                Assert.False((await client.ReceiveAsync()).HasTag);
                Assert.Null(await client.TryReceiveAsync());
                break;
        }

        await host.Store.Watching.UntilAsync(0);
    }

    [Fact]
    public async Task Connection_HalfClosed_StillGetsTheAnswersUnderWay()
    {
        var gate = new TaskCompletionSource();
        await using var host = await GatewayHost.StartAsync();
        host.Store.OnWrite = async _ => { await gate.Task; return null; };
        await using var client = await host.ConnectAsync();
        await client.SendAsync(Set("/a", "v", tag: 1), Ask(VerbTable.Self, tag: 2));
        client.EndSending();

        Same(Answer(value: SingleNodeStore.SelfId, tag: 2), await client.ReceiveAsync());
        gate.SetResult();
        Same(Answer(rev: 7, tag: 1), await client.ReceiveAsync());
        Assert.Null(await client.TryReceiveAsync());
    }

    [Fact]
    public async Task Write_ClientIsGone_IsCarriedOutNevertheless()
    {
        var gate = new TaskCompletionSource();
        await using var host = await GatewayHost.StartAsync();
        host.Store.OnWrite = async _ => { await gate.Task; return null; };
        await using (var client = await host.ConnectAsync())
        {
            await client.SendAsync(Wait("/never", 1, tag: 1), Set("/a", "v", tag: 2));
            await host.Store.WritesBegun.UntilAsync(1);
            client.Reset();
        }

        await host.Store.Watching.UntilAsync(0);
        gate.SetResult();
        await using var other = await host.ConnectAsync();
        Same(Answer(path: "/a", value: "v", rev: 7, flags: 4), await other.CallAsync(Wait("/a", 1)));
    }

    [Fact]
    public async Task Server_Stops_EndsConnectionsAndWaitsAtOnce()
    {
        await using var host = await GatewayHost.StartAsync();
        await using var client = await host.ConnectAsync();
        await client.SendAsync(Wait("/never", 1));
        await host.Store.Watching.UntilAsync(1);

        await host.StopAsync().WaitAsync(TimeSpan.FromSeconds(4));

        Assert.Null(await client.TryReceiveAsync());
        await host.Store.Watching.UntilAsync(0);
    }

    [Fact]
    public async Task Client_ReadsNothing_IsDisconnectedWhenTooMuchIsUnsent()
    {
        await using var host = await GatewayHost.StartAsync(options => options.MaxUnsentBytes = 8 * 1024 * 1024);
        host.Store.Set("/big", new string('x', 1024 * 1024));
        await using var client = await RawClient.ConnectAsync(host.Address, socket => socket.ReceiveBufferSize = 4096);
        await client.SendAsync([.. Enumerable.Range(0, 100).Select(tag => Get("/big", tag: tag)), Wait("/never", 1, tag: 100)]);

        await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            await host.Store.Watching.UntilAsync(0);
            while (true)
            {
                // Writing to a connection that the server has reset fails, whatever is unread.
                await client.SendAsync(Ask(VerbTable.Self));
            }
        });
    }

    [Fact]
    public async Task Client_TakesNothingForTooLong_IsDisconnected()
    {
        await using var host = await GatewayHost.StartAsync(options => options.SendTimeout = TimeSpan.FromMilliseconds(200));
        host.Store.Set("/big", new string('x', 1024 * 1024));
        await using var client = await RawClient.ConnectAsync(host.Address, socket => socket.ReceiveBufferSize = 4096);
        await client.SendAsync(Wait("/never", 1, tag: 100));
        await host.Store.Watching.UntilAsync(1);
        await client.SendAsync([.. Enumerable.Range(0, 30).Select(tag => Get("/big", tag: tag))]);

        await host.Store.Watching.UntilAsync(0);
    }

    [Fact]
    public async Task Store_NotHere_EndsTheConnection()
    {
        await using var host = await GatewayHost.StartAsync(options => options.Store = "other");
        await using var client = await host.ConnectAsync();

        Assert.Null(await client.TryReceiveAsync());
    }
}
