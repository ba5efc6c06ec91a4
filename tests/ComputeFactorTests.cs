using System.Security.Cryptography;
using System.Text.Json.Nodes;
using static TableOfRuns;

/// <summary>The factor of repeated runs: 80 s in the median against 520 s.</summary>
public sealed class ComputeFactorTests(RepeatedRuns runs) : IClassFixture<RepeatedRuns>
{
    readonly JsonNode factor = runs.Project.Json("results/factor.json");

    [Theory]
    [InlineData("boom_throughput_factor", 6.5)] // 520 s over 80 s
    [InlineData("boom_throughput_factor_min", 5.333333)] // 480 s over 90 s
    [InlineData("boom_throughput_factor_max", 9.333333)] // 560 s over 60 s
    [InlineData("boom_throughput_factor_exact", 6.488474)] // untruncated: 520.7 s over 80.25 s
    [InlineData("boom_processing_factor", 7.03125)] // 450 s over 64 s
    [InlineData("boom_processing_factor_min", 5.714286)] // 400 s over 70 s
    [InlineData("boom_processing_factor_max", 10)] // 500 s over 50 s
    public void A_factor_is_that_of_medians_its_range_what_the_runs_allow(string name, double x) =>
        Assert.Equal(x, (double)factor[name]!, 6);

    [Theory]
    [InlineData("runs_left_out", """["logs/boom4","logs/boom5"]""")] // incomplete, without logs
    [InlineData("boom.runs", """["logs/boom1","logs/boom2","logs/boom3"]""")] // one of them in doubt
    [InlineData("boom.doubts.the clock goes back", """["logs/boom2"]""")]
    [InlineData("boom.doubts.the log is cut", """["logs/boom2"]""")]
    [InlineData(
        "boom.configuration",
        """{"n_alert_workers":"1","n_ml_workers":"3","machine":""}"""
    )]
    [InlineData("boom.n_workers", "4")]
    [InlineData("boom.wall_time_s", """{"median":80,"min":60,"max":90,"n":3}""")]
    [InlineData(
        "boom.alerts_per_s",
        """{"median":12.5,"min":11.11111111,"max":16.66666667,"n":3}"""
    )]
    [InlineData("boom.processing_time_s", """{"median":64,"min":50,"max":70,"n":3}""")]
    [InlineData("boom.idle_tail_s", """{"median":16,"min":10,"max":20,"n":3}""")]
    [InlineData("boom.peak_memory_gib", """{"median":3,"min":2,"max":4,"n":2}""")]
    public void It_tells_what_it_is_made_of_and_what_is_in_doubt(string field, string expected) =>
        AssertJson(expected, Json.At(factor, field));

    [Fact]
    public void The_screen_names_the_runs_and_those_without_which_the_factor_might_be_another() =>
        Assert.Equal(
            """
            BOOM 80 (60 to 90) s for n_alert_workers=1 n_ml_workers=3
            Kowalski 520 (480 to 560) s for n_workers=4
            BOOM throughput factor: 6.5 (5.3 to 9.3) (4 workers each, 3 and 2 runs)
              it might be another: logs/boom2 (doubt), logs/boom4 (incomplete), logs/boom5 (no logs)

            """.ReplaceLineEndings("\n"),
            runs.Outcome.Of("compute-factor")
        );

    [Theory]
    [InlineData("factor", "boom")]
    [InlineData("factor", "kowalski")]
    [InlineData("rubin", "boom")]
    [InlineData("rubin", "kowalski")]
    public void The_results_name_the_tables_that_they_were_made_from(string results, string system)
    {
        var table = $"results/{system}-runs.csv";
        var sum = SHA256.HashData(File.ReadAllBytes(runs.Project.PathOf(table)));
        var madeFrom = runs.Project.Json($"results/{results}.json")["made_from"]!;

        Assert.Equal(Convert.ToHexString(sum), $"{madeFrom[table]}");
    }
}

/// <summary>What gives no factor is an error that names the culprit and leaves the old file.</summary>
public sealed class NoFactorTests : InProject
{
    const string Columns = "n_workers,m,n_alerts,wall_time_s,complete";
    const string Choose = "choose runs that are alike with --boom NAME=VALUE,... of ";
    const string NoTime = "results/boom-runs.csv:5: expected a wall_time_s above 0 in all runs of ";

    [Theory]
    [InlineData("", 2, "--boom needs a value; --help tells more")]
    [InlineData("n_workers=1", 1, "results/boom-runs.csv:2: n_workers=1 m=x has no complete run")]
    [InlineData("n_workers=3", 1, Choose + "[n_workers=3 m=x], [n_workers=3 m=y]")]
    [InlineData("n_workers=5", 1, NoTime + "n_workers=5 m=x")]
    public void There_is_no_factor_of(string boom, int exitCode, string error)
    {
        string[] rows = ["1,x,1000,75,false", "3,x,1000,75,", "3,y,1000,75,", "5,x,1000,0,"];
        Project.WriteRuns("boom", Columns, rows);
        AssertFails(boom, exitCode, error);
    }

    [Theory]
    [InlineData(null, "results/boom-runs.csv does not exist; first run collect-boom")]
    [InlineData("999", "BOOM and Kowalski differ in n_alerts; choose a night")]
    public void There_is_no_factor_without_a_table_or_of_two_nights(string? nAlerts, string error)
    {
        if (nAlerts != null)
            Project.WriteRuns("boom", Columns, $"1,x,{nAlerts},75,");
        AssertFails("n_workers=1", 1, error);
    }

    void AssertFails(string boom, int exitCode, string error)
    {
        Project.Write("results/factor.json", "old");
        Project.WriteRuns("kowalski", Columns, "7,x,1000,453,");

        var outcome = Project.RunScript("compute-factor", $"--boom={boom}", "--kowalski=m=x");

        Assert.Equal(new Outcome(exitCode, "", $"ERROR: {error}\n"), outcome);
        Assert.Equal("old", Project.Read("results/factor.json"));
    }
}
