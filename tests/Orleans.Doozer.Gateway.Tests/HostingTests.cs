using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Options;
using Orleans.Doozer.Gateway.Tests.Support;
using Orleans.Doozer.Gateway.Verbs;
using static Orleans.Doozer.Gateway.Tests.Support.Messages;

namespace Orleans.Doozer.Gateway.Tests;

/// <summary>Options and encryption.</summary>
public sealed class HostingTests
{
    [Theory]
    [InlineData(nameof(DoozerGatewayOptions.Store))]
    [InlineData(nameof(DoozerGatewayOptions.MaxFailedAccess))]
    [InlineData(nameof(DoozerGatewayOptions.MaxValueBytes))]
    [InlineData(nameof(DoozerGatewayOptions.MaxFrameBytes))]
    [InlineData(nameof(DoozerGatewayOptions.MaxOutstanding))]
    [InlineData(nameof(DoozerGatewayOptions.MaxWaiting))]
    [InlineData(nameof(DoozerGatewayOptions.MaxUnsentBytes))]
    [InlineData(nameof(DoozerGatewayOptions.SendTimeout))]
    [InlineData(nameof(DoozerGatewayOptions.DrainTimeout))]
    [InlineData(nameof(DoozerGatewayOptions.MaxWait))]
    [InlineData(nameof(DoozerGatewayOptions.KeepAlive))]
    public async Task Option_OutOfRange_StopsTheHostAndIsNamed(string name)
    {
        var option = typeof(DoozerGatewayOptions).GetProperty(name)!;
        object bad = option.GetValue(new DoozerGatewayOptions()) switch
        {
            TimeSpan => TimeSpan.FromSeconds(-1),
            long => -1L,
            int => -1,
            _ => "",
        };

        var problem = await Assert.ThrowsAsync<OptionsValidationException>(
            () => GatewayHost.StartAsync(options => option.SetValue(options, bad)));

        Assert.Contains($"DoozerGatewayOptions.{name}", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Listener_WithTls_ServesTheProtocolEncrypted()
    {
        var folder = Directory.CreateTempSubdirectory("doozer-gateway");
        try
        {
            var (certificate, key) = WriteCertificate(folder.FullName);
            await using var host = await GatewayHost.StartAsync(listen: options => options.UseTls(certificate, key));
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(host.Address);
            var expected = X509Certificate2.CreateFromPem(await File.ReadAllTextAsync(certificate)).Thumbprint;
            var stream = new SslStream(
                new NetworkStream(socket), false, (_, offered, _, _) => ((X509Certificate2)offered!).Thumbprint == expected);
            await stream.AuthenticateAsClientAsync("localhost").WaitAsync(RawClient.Patience);
            await using var client = new RawClient(socket, stream);

            Same(Answer(value: SingleNodeStore.SelfId), await client.CallAsync(Ask(VerbTable.Self)));
            var value = new string('x', 1024 * 1024);
            Same(Answer(rev: 7), await client.CallAsync(Set("/big", value)));
            Same(Answer(rev: 7, value: value), await client.CallAsync(Get("/big")));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static (string Certificate, string Key) WriteCertificate(string folder)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var certificateFile = Path.Combine(folder, "cert.pem");
        var keyFile = Path.Combine(folder, "key.pem");
        File.WriteAllText(certificateFile, certificate.ExportCertificatePem());
        File.WriteAllText(keyFile, key.ExportPkcs8PrivateKeyPem());
        return (certificateFile, keyFile);
    }
}
