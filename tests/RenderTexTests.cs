public sealed class RenderTexTests : IDisposable
{
    readonly ScratchProject project = new();

    public void Dispose() => project.Dispose();

    Outcome Render(string json)
    {
        project.Write("results/factor.json", json);
        return project.RunScript("render-tex");
    }

    [Theory]
    [InlineData("6.04", "6")]
    [InlineData("6.5", "6")]
    [InlineData("7.5", "8")]
    [InlineData("0.25", "0")]
    public void The_factor_is_rounded_half_to_even(string factor, string expected)
    {
        Render($$"""{"boom_throughput_factor": {{factor}}}""");

        Assert.Equal(
            "% This file was automatically generated; edits will be overwritten!\n"
                + $"\\newcommand{{\\boomthroughputfactor}}{{{expected}}}\n"
                + "\\newcommand{\\kakfaingestratembps}{XXXXX}\n"
                + "\\newcommand{\\kakfaingestfactor}{XXXXX}\n",
            project.Read("paper/results.tex")
        );
    }

    [Theory]
    [InlineData("{}", "results/factor.json: boom_throughput_factor is no number above 0")]
    [InlineData("[]", "results/factor.json: boom_throughput_factor is no number above 0")]
    [InlineData("null", "results/factor.json: boom_throughput_factor is no number above 0")]
    [InlineData(
        "{\"boom_throughput_factor\": \"6\"}",
        "results/factor.json: boom_throughput_factor is no number above 0"
    )]
    [InlineData(
        "{\"boom_throughput_factor\": 0}",
        "results/factor.json: boom_throughput_factor is no number above 0"
    )]
    [InlineData("{\n\"boom_throughput_factor\": 6,\n", "results/factor.json:3: is not valid JSON")]
    [InlineData("", "results/factor.json:1: is not valid JSON")]
    public void A_factor_that_is_no_number_is_an_error_and_leaves_the_old_macros(
        string json,
        string expected
    )
    {
        project.Write("paper/results.tex", "old");

        var outcome = Render(json);

        Assert.Equal((1, $"ERROR: {expected}\n"), (outcome.ExitCode, outcome.Error));
        Assert.Equal("old", project.Read("paper/results.tex"));
    }

    [Fact]
    public void A_missing_factor_is_an_error_that_says_what_to_do()
    {
        var outcome = project.RunScript("render-tex");

        Assert.Equal(
            (1, "ERROR: results/factor.json does not exist; first run the stage that writes it\n"),
            (outcome.ExitCode, outcome.Error)
        );
    }
}
