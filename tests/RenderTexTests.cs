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

        Assert.StartsWith(
            "% This file was automatically generated; edits will be overwritten!\n"
                + $"\\newcommand{{\\boomthroughputfactor}}{{{expected}}}\n"
                + "\\newcommand{\\kakfaingestratembps}{XXXXX}\n"
                + "\\newcommand{\\kakfaingestfactor}{XXXXX}\n",
            project.Read("paper/results.tex")
        );
    }

    [Fact]
    public void A_value_that_is_not_there_stays_xxxxx_and_is_named()
    {
        project.Write(
            "results/rubin.json",
            """{"kafka": {"over_rubin": 7.65, "mb_per_s": null}}"""
        );

        var outcome = Render("""{"boom_throughput_factor": 6}""");

        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains(
            "WARNING: \\kakfaingestratembps stays XXXXX: there is no results/rubin.json: kafka.mb_per_s.median\n",
            outcome.Error
        );
        Assert.DoesNotContain("kakfaingestfactor", outcome.Error);
        Assert.Contains(
            "{\\kakfaingestratembps}{XXXXX}\n\\newcommand{\\kakfaingestfactor}{7.7}\n",
            project.Read("paper/results.tex")
        );
    }

    [Fact]
    public void The_peak_memory_is_that_of_the_reference_configurations_in_whole_gib()
    {
        project.Write(
            "results/memory.csv",
            """
            system,run,container,samples,peak_gib
            boom,a,consumer+scheduler,9,1.5
            boom,b,consumer+scheduler,9,0.82630859375
            boom,b,scheduler,9,7
            boom,c,consumer+scheduler,9,2.5
            kowalski,d,ingester,9,12.32

            """
        );

        Render(
            """{"boom_throughput_factor": 6, "boom": {"runs": ["b", "c"]}, "kowalski": {"runs": ["d"]}}"""
        );

        // Of two runs the larger; 2.5 rounds to even.
        Assert.Contains(
            "% results/memory.csv: peak_gib of b c consumer+scheduler\n\\newcommand{\\boommaxmem}{2}\n"
                + "% results/memory.csv: peak_gib of d ingester\n\\newcommand{\\kowalskimaxmem}{12}\n",
            project.Read("paper/results.tex")
        );
    }

    [Theory]
    [InlineData(
        "{}",
        "results/factor.json: there is no boom_throughput_factor above 0; first run compute-factor"
    )]
    [InlineData(
        "[]",
        "results/factor.json: there is no boom_throughput_factor above 0; first run compute-factor"
    )]
    [InlineData(
        "null",
        "results/factor.json: there is no boom_throughput_factor above 0; first run compute-factor"
    )]
    [InlineData(
        "{\"boom_throughput_factor\": \"6\"}",
        "results/factor.json: there is no boom_throughput_factor above 0; first run compute-factor"
    )]
    [InlineData(
        "{\"boom_throughput_factor\": 0}",
        "results/factor.json: there is no boom_throughput_factor above 0; first run compute-factor"
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
    public void A_table_whose_runs_are_not_there_is_xxxxx_and_never_the_old_one()
    {
        project.Write("paper/tables/boom.tex", "old");

        var outcome = Render("""{"boom_throughput_factor": 6}""");

        Assert.Contains(
            "WARNING: results/boom.csv does not exist: paper/tables/boom.tex is XXXXX\n",
            outcome.Error
        );
        Assert.EndsWith("\nXXXXX\n", project.Read("paper/tables/boom.tex"));
    }

    [Fact]
    public void The_table_of_runs_has_their_wall_times_and_throughputs()
    {
        project.Write(
            "results/boom.csv",
            "n_alert_workers,kind,start_time,end_time,wall_time_s\n3,a_b,x,y,40\n"
        );
        project.Write("results/rubin.json", """{"n_alerts": 1000}""");

        Render("""{"boom_throughput_factor": 6}""");

        Assert.Contains(
            "  {alert} & {kind} & {wall time (s)} & {alerts/s} \\\\\n",
            project.Read("paper/tables/boom.tex")
        );
        Assert.Contains("  3 & {a\\_b} & 40 & 25 \\\\\n", project.Read("paper/tables/boom.tex"));
    }

    [Fact]
    public void A_missing_factor_is_an_error_that_says_what_to_do()
    {
        var outcome = project.RunScript("render-tex");

        Assert.Equal(
            (
                1,
                "ERROR: results/factor.json: there is no boom_throughput_factor above 0; first run compute-factor\n"
            ),
            (outcome.ExitCode, outcome.Error)
        );
    }
}
