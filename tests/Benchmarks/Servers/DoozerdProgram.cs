namespace Orleans.Doozer.Benchmarks.Servers;

/// <summary>Finds the doozerd to be measured.</summary>
internal static class DoozerdProgram
{
    /// <summary>The given path, or the Release build of this checkout.</summary>
    /// <exception cref="UsageException">There is none.</exception>
    public static string Find(string? path)
    {
        if (path is not null)
        {
            return File.Exists(path) ? Path.GetFullPath(path) : throw new UsageException($"--doozerd: there is no file '{path}'");
        }

        var built = Path.Combine(Repository.Root, "silo", "bin", "Release", "net10.0", "doozerd");
        return File.Exists(built)
            ? built
            : throw new UsageException($"there is no {built}: run 'dotnet build -c Release silo', or give --doozerd PATH");
    }
}

/// <summary>Where this checkout is.</summary>
internal static class Repository
{
    /// <summary>The directory that holds the solution.</summary>
    /// <exception cref="UsageException">The program stands in no checkout.</exception>
    public static string Root => Found.Value;

    private static readonly Lazy<string> Found = new(Find);

    private static string Find()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "Orleans.Doozer.sln")))
        {
            directory = directory.Parent;
        }

        return directory?.FullName ?? throw new UsageException("run it from its checkout: no Orleans.Doozer.sln is above the program");
    }
}
