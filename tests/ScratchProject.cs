using System.Diagnostics;
using System.Runtime.CompilerServices;

/// <summary>What a process left: its exit code and what it printed.</summary>
public sealed record Outcome(int ExitCode, string Out, string Error);

/// <summary>A project in a directory of its own, on which the real scripts run as processes.</summary>
public sealed class ScratchProject : IDisposable
{
    /// <summary>The directory of the project under test.</summary>
    public static readonly string Root = Path.GetFullPath("..", SourceDirectory());

    static readonly Lazy<string> pipeline = new(BuildPipeline);

    public string Directory { get; } =
        System.IO.Directory.CreateTempSubdirectory("boom-pipeline-").FullName;

    public string PathOf(string file) => Path.Combine(Directory, file);

    public string Read(string file) => File.ReadAllText(PathOf(file));

    public void Write(string file, string text) =>
        Write(file, System.Text.Encoding.UTF8.GetBytes(text));

    public void Write(string file, byte[] bytes)
    {
        System.IO.Directory.CreateDirectory(Path.GetDirectoryName(PathOf(file))!);
        File.WriteAllBytes(PathOf(file), bytes);
    }

    /// <summary>Copies a directory of the project under test.</summary>
    public void CopyFromRoot(string directory)
    {
        var source = Path.Combine(Root, directory);
        foreach (var file in System.IO.Directory.GetFiles(source, "*", SearchOption.AllDirectories))
            Write(Path.GetRelativePath(Root, file), File.ReadAllBytes(file));
    }

    /// <summary>Writes calkit.yaml with one stage whose runs are logs/x-n=…, one a value.</summary>
    public void WriteSweep(string stage, params string[] values) =>
        Write(
            "calkit.yaml",
            $$"""
            pipeline:
              stages:
                {{stage}}:
                  iterate_over:
                    - arg_name: n
                      values: [{{string.Join(", ", values)}}]
                  outputs:
                    - logs/x-n={n}
            """
        );

    /// <summary>Runs scripts/NAME.csx here, through pipeline.cs.</summary>
    public Outcome RunScript(string name, params string[] arguments) =>
        Run([Path.Combine(Root, "scripts", name + ".csx"), .. arguments]);

    /// <summary>The same as a command of a shell.</summary>
    public static string CommandOf(string name, params string[] arguments) =>
        $"dotnet '{Pipeline}' '{Root}/scripts/{name}.csx' {string.Join(' ', arguments)}";

    /// <summary>Runs pipeline.cs here.</summary>
    public Outcome Run(params string[] arguments) => Run([], arguments);

    /// <summary>Runs pipeline.cs here with changes to the environment; null removes a variable.</summary>
    public Outcome Run((string Name, string? Value)[] environment, params string[] arguments) =>
        Start("dotnet", Directory, [Pipeline, .. arguments], environment);

    public void Dispose()
    {
        if (!OperatingSystem.IsWindows())
            foreach (var directory in new DirectoryInfo(Directory).GetDirectories())
                if (directory.LinkTarget == null)
                    directory.UnixFileMode |= UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        System.IO.Directory.Delete(Directory, recursive: true);
    }

    /// <summary>Makes a file that not even root can read.</summary>
    public void MakeUnreadable(string file)
    {
        if (OperatingSystem.IsWindows())
            throw new PlatformNotSupportedException();
        if (!Environment.IsPrivilegedProcess)
        {
            File.SetUnixFileMode(PathOf(file), UnixFileMode.None);
            return;
        }
        File.Delete(PathOf(file));
        File.CreateSymbolicLink(PathOf(file), "/sys/bus/cpu/drivers_probe");
    }

    /// <summary>Makes a directory in which not even root can make a file.</summary>
    public void MakeUnwritable(string directory)
    {
        if (OperatingSystem.IsWindows())
            throw new PlatformNotSupportedException();
        if (Environment.IsPrivilegedProcess)
            System.IO.Directory.CreateSymbolicLink(PathOf(directory), "/proc/self/fdinfo");
        else
            System.IO.Directory.CreateDirectory(
                PathOf(directory),
                UnixFileMode.UserRead | UnixFileMode.UserExecute
            );
    }

    /// <summary>pipeline.cs, built.</summary>
    public static string Pipeline => pipeline.Value;

    /// <summary>Where this pipeline.cs stands and keeps compiled scripts, apart from the project's.</summary>
    public static readonly string PipelineDirectory = Path.Combine(
        AppContext.BaseDirectory,
        "pipeline"
    );

    static string BuildPipeline()
    {
        foreach (
            var file in System
                .IO.Directory.GetFiles(Path.Combine(Root, "shared"))
                .Concat(System.IO.Directory.GetFiles(Root, "Directory.*"))
                .Append(Path.Combine(Root, "global.json"))
                .Append(Path.Combine(Root, "pipeline.cs"))
        )
        {
            var copy = Path.Combine(PipelineDirectory, Path.GetRelativePath(Root, file));
            System.IO.Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy, overwrite: true);
        }
        // Scripts of scratch projects that are long gone.
        var kept = System.IO.Directory.CreateDirectory(
            Path.Combine(PipelineDirectory, "obj/scripts")
        );
        foreach (var script in kept.GetFiles())
            if (script.LastWriteTimeUtc < DateTime.UtcNow.AddDays(-1))
                script.Delete();

        var built = Path.Combine(PipelineDirectory, "built");
        var outcome = Start(
            "dotnet",
            PipelineDirectory,
            ["build", "pipeline.cs", "--output", built]
        );
        Assert.True(outcome.ExitCode == 0, outcome.Out + outcome.Error);
        return Path.Combine(built, "pipeline.dll");
    }

    /// <summary>In the environment of a run that notes what the next one needs, as runs do by default.</summary>
    public static readonly (string Name, string? Value) WithNotes = (
        "DOTNET_MultiCoreJitMinNumCpus",
        null
    );

    public static Outcome Start(
        string program,
        string directory,
        string[] arguments,
        params (string Name, string? Value)[] environment
    )
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // What a run notes for the next one costs time here, where runs differ.
        start.Environment[WithNotes.Name] = "64";
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new Outcome(process.ExitCode, Lines(output), Lines(error.Result));
    }

    static string Lines(string text) => text.ReplaceLineEndings("\n");

    static string SourceDirectory([CallerFilePath] string file = "") =>
        Path.GetDirectoryName(file)!;
}

/// <summary>Lines as they stand in logs.</summary>
public static class LogText
{
    public const string Start = "2025-08-05T00:55:06.655713Z";
    public const string End = "2025-08-05T00:56:22.207600Z";

    /// <summary>A line as tracing-subscriber colours it and docker compose prefixes it.</summary>
    public static string Boom(string time, string message = "queue is empty") =>
        $"scheduler-1  | \x1b[2m{time}\x1b[0m \x1b[32m INFO\x1b[0m \x1b[2msrc/main.rs\x1b[0m {message}\n";

    public const string Exit = "scheduler-1 exited with code 137\n";

    public const string Running =
        "2025-08-05 01:41:17,923 INFO success: alert-broker-ztf entered RUNNING state, process has stayed up for > than 1 seconds (startsecs)\n";

    public const string Sigterm =
        "2025-08-05 01:48:50,156 WARN received SIGTERM indicating exit request\n";
}

/// <summary>A test that needs Linux.</summary>
public sealed class LinuxFactAttribute : FactAttribute
{
    public LinuxFactAttribute() =>
        Skip = OperatingSystem.IsLinux() ? null : "Linux's file modes and /proc";
}

/// <summary>A test that needs Linux, with data.</summary>
public sealed class LinuxTheoryAttribute : TheoryAttribute
{
    public LinuxTheoryAttribute() =>
        Skip = OperatingSystem.IsLinux() ? null : "Linux's file modes and /proc";
}
