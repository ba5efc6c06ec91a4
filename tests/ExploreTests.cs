using System.Text.RegularExpressions;

public sealed class ExploreTests : IDisposable
{
    readonly ScratchProject project = new();

    public void Dispose() => project.Dispose();

    [DeedleFact]
    public void The_results_are_shown_from_all_sides()
    {
        project.CopyFromRoot("results");
        var pipeline = DeedleFactAttribute.PipelineWithDeedle.Value!;
        // Where the version asked for is missing, NuGet takes the next higher one, as dotnet-script
        // does; pipeline.cs wants to be asked for the one that it has.
        var version = Regex.Match(
            File.ReadAllText(Path.ChangeExtension(pipeline, ".deps.json")),
            "\"Deedle/([\\d.]+)\""
        );
        var script = File.ReadAllText(Path.Combine(ScratchProject.Root, "scripts/explore.csx"));
        project.Write(
            "scripts/explore.csx",
            Regex.Replace(script, @"(?<=nuget: Deedle, )[\d.]+", version.Groups[1].Value)
        );

        var outcome = ScratchProject.Start(
            "dotnet",
            project.Directory,
            [pipeline, "scripts/explore.csx"]
        );

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.Contains("The best configuration of BOOM for each number of workers", outcome.Out);
        Assert.Contains("809.5", outcome.Out); // alerts/s of the best run, by hand: 29142 / 36
        Assert.Contains("6.04", outcome.Out); // with seven workers, by hand: 453 / 75
    }
}

/// <summary>A test that runs where the package feed has Deedle.</summary>
public sealed class DeedleFactAttribute : FactAttribute
{
    public DeedleFactAttribute() =>
        Skip = PipelineWithDeedle.Value == null ? "the package feed does not have Deedle" : null;

    /// <summary>pipeline.cs with Deedle among its packages, or null.</summary>
    public static readonly Lazy<string?> PipelineWithDeedle = new(() =>
    {
        var directory = Directory
            .CreateDirectory(Path.Combine(AppContext.BaseDirectory, "deedle"))
            .FullName;
        File.Copy(
            Path.Combine(ScratchProject.Root, "Directory.Packages.props"),
            Path.Combine(directory, "Directory.Packages.props"),
            true
        );
        File.WriteAllText(
            Path.Combine(directory, "pipeline.cs"),
            "#:package Deedle\n"
                + File.ReadAllText(Path.Combine(ScratchProject.Root, "pipeline.cs")).Split('\n', 2)[
                    1
                ]
        );
        var built = Path.Combine(directory, "built");
        var outcome = ScratchProject.Start(
            "dotnet",
            directory,
            ["build", "pipeline.cs", "--output", built]
        );
        return outcome.ExitCode == 0 ? Path.Combine(built, "pipeline.dll")
            : (outcome.Out + outcome.Error).Contains("NU110") ? null
            : throw new InvalidOperationException(outcome.Out + outcome.Error);
    });
}
