using System.Diagnostics;
using System.Runtime.CompilerServices;

/// <summary>What a process left: its exit code and what it printed.</summary>
public sealed record Outcome(int ExitCode, string Out, string Error);

/// <summary>A project in a directory of its own, on which the real scripts run as processes.</summary>
public sealed class ScratchProject : IDisposable
{
    /// <summary>The directory of the project under test.</summary>
    public static readonly string Root = Path.GetFullPath("..", SourceDirectory());

    /// <summary>The text of a file of the project under test.</summary>
    public static string Committed(string file) => File.ReadAllText(Path.Combine(Root, file));

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

    /// <summary>Writes a calkit.yaml whose scripts run where they stand, compiled once for all
    /// tests.</summary>
    public void WriteYaml(string text) =>
        Write("calkit.yaml", text.Replace("dotnet script scripts/", $"dotnet script {Scripts}"));

    static string Scripts => $"'{Root}'/scripts/";

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

    /// <summary>The error of a collector, which says and writes nothing else.</summary>
    public string ErrorOf(string collector)
    {
        var outcome = RunScript(collector);
        Assert.Equal((1, ""), (outcome.ExitCode, outcome.Out));
        Assert.False(System.IO.Directory.Exists(PathOf("results")));
        return outcome.Error;
    }

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

    /// <summary>Makes a directory in which not even root can make a file; skips the test elsewhere than
    /// on Linux.</summary>
    public void MakeUnwritable(string directory)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs Linux's file modes and /proc");
        if (Environment.IsPrivilegedProcess)
            System.IO.Directory.CreateSymbolicLink(PathOf(directory), "/proc/self/fdinfo");
        else if (!OperatingSystem.IsWindows())
            System.IO.Directory.CreateDirectory(
                PathOf(directory),
                UnixFileMode.UserRead | UnixFileMode.UserExecute
            );
    }

    /// <summary>Where pipeline.cs stands for the tests, and keeps compiled scripts, apart from the
    /// project's.</summary>
    public static readonly string PipelineDirectory = Path.Combine(
        AppContext.BaseDirectory,
        "pipeline"
    );

    // All scripts are compiled at once, side by side, and none by two tests.
    static readonly Lazy<(string Pipeline, Outcome Help)> built = new(() =>
    {
        var pipeline = BuildPipeline();
        return (pipeline, RunHelp(pipeline));
    });

    /// <summary>pipeline.cs, built.</summary>
    public static string Pipeline => built.Value.Pipeline;

    /// <summary>What the help of all scripts prints, one a stage.</summary>
    public static Outcome Help => built.Value.Help;

    static string BuildPipeline()
    {
        System.IO.Directory.CreateDirectory(Path.Combine(PipelineDirectory, "shared"));
        var settings = System.IO.Directory.GetFiles(Root, "Directory.*").Select(Path.GetFileName);
        foreach (var file in settings.Concat(["global.json", "pipeline.cs", "shared/calkit.csx"]))
            File.Copy(
                Path.Combine(Root, file!),
                Path.Combine(PipelineDirectory, file!),
                overwrite: true
            );
        var output = Path.Combine(PipelineDirectory, "built");
        string[] build = ["build", "pipeline.cs", "--output", output];
        var outcome = Start("dotnet", PipelineDirectory, build);
        Assert.True(outcome.ExitCode == 0, outcome.Out + outcome.Error);
        return Path.Combine(output, "pipeline.dll");
    }

    static Outcome RunHelp(string pipeline)
    {
        var scripts = System.IO.Directory.GetFiles(Path.Combine(Root, "scripts"), "*.csx");
        var stages = scripts
            .Select(script => Path.GetFileNameWithoutExtension(script))
            .Select(name =>
                $"    {name}:\n      command: dotnet script {Scripts}{name}.csx --help\n"
            );
        var yaml = $"pipeline:\n  stages:\n{string.Concat(stages)}";
        File.WriteAllText(Path.Combine(PipelineDirectory, "calkit.yaml"), yaml);
        return Start("dotnet", PipelineDirectory, [pipeline]);
    }

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

/// <summary>What has a project of its own.</summary>
public abstract class InProject : IDisposable
{
    public ScratchProject Project { get; } = new();

    public virtual void Dispose() => Project.Dispose();
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
        "2025-08-05 01:41:17,923 INFO success: alert-broker-ztf entered RUNNING state, "
        + "process has stayed up for > than 1 seconds (startsecs)\n";

    public const string Sigterm =
        "2025-08-05 01:48:50,156 WARN received SIGTERM indicating exit request\n";
}
