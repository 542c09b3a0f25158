using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Net.Http.Headers;

namespace Orleans.Doozer.Viewer.Pages;

/// <summary>The page's files, which lie in the assembly, with an ETag of what they hold: a browser asks each time, and gets them only
/// when they changed.</summary>
internal sealed class EmbeddedFiles
{
    private const string Folder = "wwwroot/";
    private const string Page = "index.html";
    private const string Description = "API.md";
    private readonly Dictionary<string, EmbeddedFile> _files = new(StringComparer.Ordinal);

    public EmbeddedFiles()
    {
        var assembly = typeof(EmbeddedFiles).Assembly;
        var types = new FileExtensionContentTypeProvider();
        foreach (var name in assembly.GetManifestResourceNames().Where(
            name => name == Description || name.StartsWith(Folder, StringComparison.Ordinal)))
        {
            using var stream = assembly.GetManifestResourceStream(name)!;
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            var type = name == Description ? "text/plain" : types.TryGetContentType(name, out var known) ? known : "application/octet-stream";
            var isText = type.StartsWith("text/", StringComparison.Ordinal) || type.EndsWith("json", StringComparison.Ordinal);
            var tag = new EntityTagHeaderValue($"\"{Convert.ToHexString(SHA256.HashData(bytes), 0, 12)}\"");
            _files.Add(
                name == Description ? name : name[Folder.Length..], new(bytes, isText ? type + "; charset=utf-8" : type, tag));
        }
    }

    /// <summary>The page itself.</summary>
    public IResult Index => Answer(_files[Page]);

    /// <summary>What API.md says.</summary>
    public IResult Api => Answer(_files[Description]);

    /// <summary>A file by its name below wwwroot.</summary>
    /// <exception cref="ViewerException">There is none.</exception>
    public IResult Get(string name) => name != Description && _files.TryGetValue(name, out var file)
        ? Answer(file)
        : throw ViewerException.NotFound("there is nothing under this address");

    private static FileContentHttpResult Answer(EmbeddedFile file) => TypedResults.Bytes(file.Bytes, file.Type, entityTag: file.Tag);

    private sealed record EmbeddedFile(byte[] Bytes, string Type, EntityTagHeaderValue Tag);
}
