using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Orleans.Doozer.Viewer;

namespace Doozer.Silo.Web;

/// <summary>The web view of this process. It outlives the silo, which may restart inside the process.</summary>
internal sealed class WebView : IAsyncDisposable
{
    private readonly ViewerHost? _host;

    private WebView(ViewerHost? host, string? notice)
    {
        _host = host;
        Notice = notice;
    }

    /// <summary>What the operator should know; null without a web view that was not wanted.</summary>
    public string? Notice { get; }

    /// <summary>Starts it, if it is wanted.</summary>
    /// <exception cref="SettingsException">It cannot be had as it was asked for.</exception>
    public static async Task<WebView> StartAsync(SiloSettings settings, ViewerNode node, Action<ILoggingBuilder> logging)
    {
        if (settings.Web is not { } web)
        {
            return new(null, null);
        }

        var options = new DoozerViewerOptions
        {
            Address = web.Address,
            ReadWriteSecret = settings.ReadWriteSecret,
            ReadOnlySecret = settings.ReadOnlySecret,
            AllowRemote = web.AllowRemote,
            Certificate = ReadCertificate(settings),
        };
        foreach (var name in web.HostNames)
        {
            options.HostNames.Add(name);
        }

        // That it cannot start is told in one line below; what its host logs of that would be the same in many.
        var starting = true;
        try
        {
            var host = await ViewerHost.StartAsync(node, options, builder =>
            {
                logging(builder);
                builder.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", level => !starting && level >= LogLevel.Warning);
            });
            starting = false;
            var hint = string.IsNullOrEmpty(settings.ReadWriteSecret) ? "; it only shows: set DOOZER_RWSECRET to edit there" : "";
            return new(host, $"the web view is at {(options.Certificate is null ? "http" : "https")}://{web.Name}/{hint}");
        }
        catch (IOException exception) when (web.IsDefault)
        {
            // A page is not worth a node: several that were started on one machine without -w all serve.
            return new(null, $"no web view: {Reason(exception, web)}; choose another address with -w, or say -w false");
        }
        catch (IOException exception)
        {
            throw new SettingsException($"-w: {Reason(exception, web)}; choose another address, or say -w false");
        }
    }

    public ValueTask DisposeAsync() => _host?.DisposeAsync() ?? ValueTask.CompletedTask;

    private static string Reason(IOException exception, WebSettings web) =>
        exception.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException
            ? $"the address {web.Name} is in use" : exception.Message;

    private static X509Certificate2? ReadCertificate(SiloSettings settings)
    {
        if (settings.TlsCertificate is not { } file)
        {
            return null;
        }

        try
        {
            return X509Certificate2.CreateFromPemFile(file, settings.TlsKey);
        }
        catch (Exception exception) when (exception is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new SettingsException($"--tlscert, --tlskey: '{file}' and '{settings.TlsKey}' hold no certificate with its key: {exception.Message}");
        }
    }
}
