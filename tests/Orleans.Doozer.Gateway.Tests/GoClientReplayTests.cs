using Orleans.Doozer.Gateway.Tests.Support;

namespace Orleans.Doozer.Gateway.Tests;

/// <summary>
/// What the Go client of 2011 sends, byte by byte as its protobuf library wrote it (fields in order, optional ones only when set, negative
/// numbers in ten bytes), and what it must get back. It asks one thing after the other and uses tag 0 again each time.
/// </summary>
public sealed class GoClientReplayTests
{
    private const string Clobber = "48FFFFFFFFFFFFFFFFFF01";

    private static readonly (string Call, string Request, string Response)[] Session =
    [
        ("Access(\"s\")", "080010632A0173", "0800"),
        ("Rev()", "08001005", "08001806"),
        ("Self()", "08001014", "08003210" + "4142434445464748494A4B4C4D4E4F50"),
        ("Getdir(\"/\", 6, 0, -1), first", "0800100E22012F38004806", "08002A0363746C"),
        ("Getdir(\"/\", 6, 0, -1), second", "0800100E22012F38014806", "0800A00608"),
        ("Set(\"/x\", 0, \"hi\")", "0800100222022F782A0268694800", "08001807"),
        ("Set(\"/x\", 0, \"hi\") again", "0800100222022F782A0268694800", "0800A00605"),
        ("Get(\"/x\", nil)", "0800100122022F78", "0800180732026869"),
        ("Get(\"/none\", nil)", "0800100122052F6E6F6E65", "080018003200"),
        ("Get(\"/ctl\", nil)", "0800100122042F63746C", "0800A00615"),
        ("Stat(\"/ctl\", nil)", "0800101022042F63746C", "080018FEFFFFFFFFFFFFFFFF014004"),
        ("Set(\"/x\", -1, empty)", "0800100222022F782A00" + Clobber, "08001808"),
        ("Walk(\"/x\", 8, 0, 1)", "0800100922022F7838004808", "0800100418082A022F783200"),
        ("Walk(\"/x\", 8, 1, 1)", "0800100922022F7838014808", "0800A00608"),
        ("Wait(\"/x\", 8)", "0800100622022F784808", "0800100418082A022F783200"),
        ("Del(\"/x\", 8)", "0800100322022F784808", "0800"),
        ("Wait(\"/x\", 9)", "0800100622022F784809", "0800100818092A022F783200"),
        ("Nop()", "08001007", "0800"),
        ("Wait(\"/\", 10)", "0800100622012F480A", "08001000180A2A012F3200"),
        ("Wait(\"[\", 1)", "08001006" + "22015B4801", "0800A0067FAA0617" + "696E76616C696420676C6F62207061747465726E3A205B"),
        ("Access(\"no\")", "080010632A026E6F", "0800A0067FAA0611" + "7065726D697373696F6E2064656E696564"),
    ];

    [Fact]
    public async Task Session_BytesOfTheGoClient_GetsTheBytesOfDoozerd()
    {
        await using var host = await GatewayHost.StartAsync(options => options.ReadWriteSecret = "s");
        await using var client = await host.ConnectAsync();
        foreach (var (call, request, response) in Session)
        {
            var bytes = Convert.FromHexString(request);
            await client.SendBytesAsync([0, 0, 0, (byte)bytes.Length]);
            await client.SendBytesAsync(bytes);

            Assert.Equal($"{call}: {response}", $"{call}: {Convert.ToHexString((await client.ReceiveBytesAsync())!)}");
        }
    }
}
