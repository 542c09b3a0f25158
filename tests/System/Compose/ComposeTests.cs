extern alias doozerd;

using doozerd::Doozer.Silo;
using Microsoft.Extensions.Configuration;

namespace Orleans.Doozer.SystemTests.Compose;

/// <summary>docker-compose.yml and silo/Dockerfile, read and run without Docker: there is no engine where these tests run.</summary>
[Collection("system")]
public sealed class ComposeTests
{
    // Away from 127.0.0.1, where a doozerd of the developer may have the usual ports.
    private static string Loopback(string service) => $"127.0.46.{service[^1]}";

    [Fact]
    public void Compose_EveryService_IsWhole()
    {
        var compose = ComposeFile.Read();
        Assert.Equal(["doozer1", "doozer2", "doozer3"], compose.Services.Keys.Order());

        foreach (var (name, service) in compose.Services)
        {
            Assert.Equal(name, service.Hostname);
            Assert.NotEmpty(service.Image);
            Assert.True(Directory.Exists(Path.Combine(Programs.Root, service.Build.Context)));
            Assert.True(File.Exists(Path.Combine(Programs.Root, service.Build.Context, service.Build.Dockerfile)));
            Assert.Equal("unless-stopped", service.Restart);
            Assert.Matches("^[1-9][0-9]*s$", service.StopGracePeriod);
            Assert.All(
                [service.Healthcheck.Interval, service.Healthcheck.Timeout, service.Healthcheck.StartPeriod],
                duration => Assert.Matches("^[1-9][0-9]*s$", duration));
            Assert.InRange(service.Healthcheck.Retries, 1, 10);
            Assert.NotEqual("0", service.User.Split(':')[0]);
            Assert.Equal(["DOOZER_RWSECRET", "DOOZER_ROSECRET"], service.Environment.Where(pair => pair.Value is null).Select(pair => pair.Key));
        }
    }

    [Fact]
    public void Compose_VolumesAndPorts_AreOnesOwn()
    {
        var compose = ComposeFile.Read();
        var mounts = compose.Services.Values.Select(service => Assert.Single(service.Volumes).Split(':')).ToList();
        var ports = compose.Services.Values.Select(service => Assert.Single(service.Ports).Split(':')).ToList();

        Assert.Equal(compose.Volumes.Keys.Order(), mounts.Select(mount => mount[0]).Order());
        Assert.Equal(3, mounts.Select(mount => mount[0]).Distinct().Count());
        Assert.Equal(3, ports.Select(port => port[1]).Distinct().Count());
        foreach (var (service, mount, port) in compose.Services.Values.Zip(mounts, ports))
        {
            var settings = Parse(service.Command, service.Hostname, data: null);
            Assert.Equal(mount[1], settings.DataDirectory);
            Assert.Equal($"{settings.Listen.Port}", port[2]);
        }
    }

    [Fact]
    public void Compose_CommandLines_FoundOneClusterThatTheOthersJoin()
    {
        var compose = ComposeFile.Read();

        var settings = compose.Services.Select(pair => Parse(pair.Value.Command, pair.Key, data: null)).ToList();

        Assert.Empty(settings[0].Attach);
        Assert.All(settings.Skip(1), one => Assert.Equal(settings[0].RegisterAddress, Assert.Single(one.Attach).ToString()));
        Assert.Single(settings.Select(one => one.ClusterName).Distinct());
        Assert.All(settings, one => Assert.Empty(one.Notices));
    }

    [Fact]
    public void Dockerfile_Image_HoldsBothProgramsAndRunsWithoutPrivilegesOrShell()
    {
        var service = ComposeFile.Read().Services["doozer1"];
        var image = DockerFile.Read(service.Build.Dockerfile);
        var build = string.Join('\n', image.Stages[0].Select(line => line.Text));

        Assert.Contains("dotnet publish silo ", build, StringComparison.Ordinal);
        Assert.Contains("dotnet publish client/Doozer.Cli ", build, StringComparison.Ordinal);
        Assert.Contains("chiselled", image.One("FROM"), StringComparison.Ordinal);
        Assert.DoesNotContain(image.Final, line => line.Instruction == "RUN");
        var copied = image.Final.Where(line => line.Instruction == "COPY").Select(line => line.Text.Split(' ')).ToList();
        var programs = Assert.Single(copied, words => words[^1] == "/usr/local/bin/");
        Assert.Equal(["/out/doozerd", "/out/doozer"], programs[1..^1]);
        Assert.Equal(["/usr/local/bin/doozerd"], image.Exec("ENTRYPOINT"));

        // One owner: of the process, and of the directory that a new volume is made from.
        Assert.Equal(service.User, image.One("USER"));
        var data = Assert.Single(copied, words => words[^1] == image.One("VOLUME"));
        Assert.Contains($"--chown={service.User}", data);
        var settings = Parse(service.Command, "doozer1", data: null);
        Assert.Equal(image.One("VOLUME"), settings.DataDirectory);
        Assert.Equal(
            [settings.Listen.Port, settings.SiloPort, settings.RegisterPort, settings.GatewayPort],
            image.One("EXPOSE").Split(' ').Select(int.Parse));
    }

    [Fact]
    public async Task Compose_ItsThreeCommandLinesStartedAtOnce_AreHealthyAndReadEachOthersWrites()
    {
        var compose = ComposeFile.Read();
        var root = Directory.CreateTempSubdirectory("doozer-compose-").FullName;
        var nodes = new List<DoozerdProcess>();
        try
        {
            // Last first: nobody may depend on an order.
            foreach (var (name, service) in compose.Services.Reverse())
            {
                var arguments = Map(service.Command, Path.Combine(root, name));
                var settings = Parse(service.Command, name, Path.Combine(root, name));
                var node = new DoozerdProcess(settings.Name.Host, settings.Name.Port, arguments);
                nodes.Add(node);
                node.Start();
            }

            await Task.WhenAll(nodes.Select(node => node.WaitAsync()));
            foreach (var (name, service) in compose.Services)
            {
                Assert.Equal(["CMD", "doozer"], service.Healthcheck.Test[..2]);
                var uri = MapNames(service.Environment["DOOZER_URI"]!);

                // Again until it is healthy, as Docker asks: who serves may still be joining, and then the check says so.
                await Wait.UntilAsync(
                    async () => (await Programs.RunAsync(Programs.Doozer, [.. service.Healthcheck.Test[2..]], uri: uri)).ExitCode == 0,
                    $"{name} is healthy");
            }

            await RequireWritesAreReadAsync(compose);
            var exitCodes = await Task.WhenAll(nodes.Select(node => node.StopAsync()));
            Assert.All(exitCodes, code => Assert.Equal(0, code));
            var unhealthy = await Programs.RunAsync(
                Programs.Doozer, ["rev"], uri: MapNames(compose.Services["doozer1"].Environment["DOOZER_URI"]!));
            Assert.NotEqual(0, unhealthy.ExitCode);
        }
        finally
        {
            foreach (var node in nodes)
            {
                await node.DisposeAsync();
            }

            Directory.Delete(root, recursive: true);
        }
    }

    private static async Task RequireWritesAreReadAsync(ComposeFile compose)
    {
        var uris = compose.Services.ToDictionary(pair => pair.Key, pair => MapNames(pair.Value.Environment["DOOZER_URI"]!));
        foreach (var (writer, uri) in uris)
        {
            var written = await Programs.RunAsync(Programs.Doozer, ["add", $"/app/{writer}"], $"by {writer}", uri);
            Assert.True(written.ExitCode == 0, written.Error);
            foreach (var reader in uris.Values)
            {
                Assert.Equal($"by {writer}", (await Programs.RunAsync(Programs.Doozer, ["get", $"/app/{writer}"], uri: reader)).Output);
            }
        }
    }

    private static string MapNames(string text) => new[] { "doozer1", "doozer2", "doozer3" }
        .Aggregate(text, (mapped, name) => mapped.Replace(name, Loopback(name), StringComparison.Ordinal));

    private static List<string> Map(List<string> command, string? data) =>
        [.. command.Select(argument => argument == "/data" && data is not null ? data : MapNames(argument))];

    /// <summary>What doozerd's own parser makes of a command line; a mistake in it fails the test with doozerd's sentence.</summary>
    private static SiloSettings Parse(List<string> command, string name, string? data)
    {
        var result = SiloCommandLine.Create().Parse(Map(command, data));
        Assert.True(result.Errors.Count == 0, $"{name}: {string.Join(' ', result.Errors.Select(error => error.Message))}");
        return SiloCommandLine.Read(result, new ConfigurationBuilder().Build());
    }
}
