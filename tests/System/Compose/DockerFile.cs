using System.Text.Json;

namespace Orleans.Doozer.SystemTests.Compose;

/// <summary>The instructions of silo/Dockerfile, lines joined, stage by stage.</summary>
internal sealed class DockerFile
{
    public List<List<(string Instruction, string Text)>> Stages { get; } = [];

    /// <summary>What the image is made of.</summary>
    public List<(string Instruction, string Text)> Final => Stages[^1];

    public static DockerFile Read(string path)
    {
        var file = new DockerFile();
        var lines = File.ReadAllLines(Path.Combine(Programs.Root, path)).Where(line => !line.StartsWith('#'));
        foreach (var line in string.Join('\n', lines).Replace("\\\n", " ", StringComparison.Ordinal).Split('\n'))
        {
            if (line.Trim() is { Length: > 0 } text)
            {
                var space = text.IndexOf(' ', StringComparison.Ordinal);
                if (text[..space] == "FROM")
                {
                    file.Stages.Add([]);
                }

                file.Stages[^1].Add((text[..space], text[(space + 1)..].Trim()));
            }
        }

        return file;
    }

    /// <summary>The one instruction of its kind in the image.</summary>
    public string One(string instruction) => Assert.Single(Final, line => line.Instruction == instruction).Text;

    /// <summary>An instruction in its form without a shell.</summary>
    public string[] Exec(string instruction) => JsonSerializer.Deserialize<string[]>(One(instruction))!;
}
