using Orleans.Doozer.Benchmarks.Servers;

namespace Orleans.Doozer.Benchmarks.Compare;

/// <summary>Finds the peers on this machine and builds the load programs for them.</summary>
internal sealed class PeerPrograms
{
    /// <summary>Where Debian's package puts ZooKeeper.</summary>
    public const string ZooKeeperClassPath = "/etc/zookeeper/conf:/usr/share/java/*";

    private const string ZooKeeperJar = "/usr/share/java/zookeeper.jar";
    private readonly string _directory;

    private PeerPrograms(string directory) => _directory = directory;

    /// <summary>Why etcd cannot be compared; null when it can.</summary>
    public string? WhyNoEtcd { get; private init; }

    /// <summary>Why ZooKeeper cannot be compared; null when it can.</summary>
    public string? WhyNoZooKeeper { get; private init; }

    public string EtcdLoad => Path.Combine(_directory, "load-etcd");

    public string ZooKeeperLoad => Path.Combine(_directory, "load-zookeeper");

    /// <summary>Looks for the peers; builds what they are loaded with into a directory.</summary>
    public static async Task<PeerPrograms> FindAsync(string directory, CancellationToken cancellationToken)
    {
        var problem = await BuildAsync(directory, cancellationToken);
        return new PeerPrograms(directory)
        {
            WhyNoEtcd = IsOnPath("etcd") ? problem : $"there is no etcd on the PATH; {Remedy}",
            WhyNoZooKeeper = !IsOnPath("java") ? $"there is no java on the PATH; {Remedy}"
                : File.Exists(ZooKeeperJar) ? problem
                : $"there is no {ZooKeeperJar}; {Remedy}",
        };
    }

    private static string Remedy
    {
        get
        {
            var install = Path.GetFullPath(Path.Combine(Repository.Root, "..", "shared", "peers", "install.sh"));
            return File.Exists(install) ? $"{install} installs it" : "Debian's etcd-server, zookeeperd and golang-go packages have what is needed";
        }
    }

    private static async Task<string?> BuildAsync(string directory, CancellationToken cancellationToken)
    {
        if (!IsOnPath("go"))
        {
            return $"there is no go on the PATH to build its load program with; {Remedy}";
        }

        try
        {
            var script = Path.Combine(Repository.Root, "tests", "Benchmarks", "Peers", "build.sh");
            await LoadProgram.RunAsync(script, [directory], cancellationToken);
            return null;
        }
        catch (UsageException exception)
        {
            return $"its load program does not build: {exception.Message}";
        }
    }

    private static bool IsOnPath(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator)
        .Any(directory => File.Exists(Path.Combine(directory, program)));
}
