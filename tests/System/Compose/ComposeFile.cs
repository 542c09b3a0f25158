using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace Orleans.Doozer.SystemTests.Compose;

/// <summary>What docker-compose.yml says, as far as it says it; a key that is not known here fails the test that reads it.</summary>
internal sealed class ComposeFile
{
    /// <summary>What all services have in common, merged into each.</summary>
    [YamlMember(Alias = "x-doozerd", ApplyNamingConventions = false)]
    public ComposeService Shared { get; set; } = new();

    public Dictionary<string, ComposeService> Services { get; set; } = [];

    public Dictionary<string, object?> Volumes { get; set; } = [];

    public static ComposeFile Read()
    {
        using var text = File.OpenText(Path.Combine(Programs.Root, "docker-compose.yml"));
        var parser = new MergingParser(new Parser(text));
        var deserializer = new DeserializerBuilder().WithNamingConvention(UnderscoredNamingConvention.Instance)
            .WithDuplicateKeyChecking().Build();
        parser.Consume<StreamStart>();
        return deserializer.Deserialize<ComposeFile>(parser);
    }
}

internal sealed class ComposeService
{
    public string Image { get; set; } = "";

    public ComposeBuild Build { get; set; } = new();

    public string User { get; set; } = "";

    public string Restart { get; set; } = "";

    public string StopGracePeriod { get; set; } = "";

    public string Hostname { get; set; } = "";

    public ComposeHealthCheck Healthcheck { get; set; } = new();

    public List<string> Command { get; set; } = [];

    public Dictionary<string, string?> Environment { get; set; } = [];

    public List<string> Volumes { get; set; } = [];

    public List<string> Ports { get; set; } = [];
}

internal sealed class ComposeBuild
{
    public string Context { get; set; } = "";

    public string Dockerfile { get; set; } = "";
}

internal sealed class ComposeHealthCheck
{
    public List<string> Test { get; set; } = [];

    public string Interval { get; set; } = "";

    public string Timeout { get; set; } = "";

    public int Retries { get; set; }

    public string StartPeriod { get; set; } = "";
}
