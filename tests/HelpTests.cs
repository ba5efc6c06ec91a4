public sealed class HelpTests : IDisposable
{
    readonly ScratchProject project = new();

    public void Dispose() => project.Dispose();

    public static TheoryData<string> Scripts =>
        [
            .. Directory
                .GetFiles(Path.Combine(ScratchProject.Root, "scripts"), "*.csx")
                .Where(file => File.ReadAllText(file).Contains("Script.Run("))
                .Select(file => Path.GetFileNameWithoutExtension(file)),
        ];

    [Theory]
    [MemberData(nameof(Scripts))]
    public void The_help_of_a_script_fits_the_screen_and_needs_no_project(string script)
    {
        var outcome = project.RunScript(script, "--help");

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.Contains($"scripts/{script}.csx", outcome.Out);
        Assert.All(outcome.Out.Split('\n'), line => Assert.InRange(line.Length, 0, Screen.Width));
    }
}
