using System.Security.Cryptography;
using System.Text.Json.Nodes;
using static TableOfRuns;

/// <summary>The factor of repeated runs: 80 s in the median against 520 s.</summary>
public sealed class ComputeFactorTests(RepeatedRuns runs) : IClassFixture<RepeatedRuns>
{
    readonly JsonNode factor = runs.Project.Json("results/factor.json");

    // The intervals are of scipy 1.10.1: exp(log of the ratio of geometric means ± t(0.975, ν) · √(v₁ +
    // v₂)). Of Kowalski v₁ = 0.1090009910303705²/2 with one degree of freedom, of BOOM, whose noise is
    // over both of its repeated configurations, v₂ = 0.3302718229090583²/3 with three; ν is 3.759. Of
    // the processing times 0.15778631831232603 with one and 0.1742525959052288 with two; ν is 2.471.
    [Theory]
    [InlineData("boom_throughput_factor", 6.5)] // 520 s over 80 s
    [InlineData("boom_throughput_factor_low", 3.817989064)]
    [InlineData("boom_throughput_factor_high", 12.319849990)]
    [InlineData("boom_throughput_factor_exact", 6.488474)] // untruncated: 520.7 s over 80.25 s
    [InlineData("boom_processing_factor", 7.03125)] // 450 s over 64 s
    [InlineData("boom_processing_factor_low", 4.284231790)]
    [InlineData("boom_processing_factor_high", 12.656832245)]
    [InlineData("boom_factor_per_processor", 1.25)] // 2.5 over 2 alerts a second of a processor
    [InlineData("boom.noise", 0.330271822909)]
    [InlineData("boom.degrees_of_freedom", 3)]
    [InlineData("kowalski.noise", 0.10900099103)]
    [InlineData("kowalski.degrees_of_freedom", 1)]
    public void A_factor_is_that_of_medians_its_interval_what_the_repetitions_tell(
        string name,
        double x
    ) => Assert.Equal(x, (double)Json.At(factor, name)!, 6);

    [Theory]
    [InlineData("runs_left_out", """["logs/boom4","logs/boom5"]""")] // incomplete, not read
    [InlineData("boom.runs", """["logs/boom1","logs/boom2","logs/boom3"]""")] // one of them in doubt
    [InlineData("boom.doubts.the clock goes back", """["logs/boom2"]""")]
    [InlineData("boom.doubts.the log is cut", """["logs/boom2"]""")]
    [InlineData(
        "boom.configuration",
        """{"n_alert_workers":"1","n_ml_workers":"3","machine":""}"""
    )]
    [InlineData("boom.n_workers", "4")]
    [InlineData("boom.wall_time_s", """{"median":80,"min":60,"max":90,"n_runs":3}""")]
    [InlineData(
        "boom.alerts_per_s",
        """{"median":12.5,"min":11.11111111,"max":16.66666667,"n_runs":3}"""
    )]
    [InlineData("boom.processing_time_s", """{"median":64,"min":50,"max":70,"n_runs":3}""")]
    [InlineData("boom.idle_tail_s", """{"median":16,"min":10,"max":20,"n_runs":3}""")]
    [InlineData("boom.peak_memory_gib", """{"median":3,"min":2,"max":4,"n_runs":2}""")]
    [InlineData("boom.mean_cpus", """{"median":5,"min":5,"max":5,"n_runs":1}""")]
    [InlineData("boom.alerts_per_cpu_s", """{"median":2.5,"min":2.5,"max":2.5,"n_runs":1}""")]
    [InlineData("boom.sustained_alerts_per_s", """{"median":14,"min":13,"max":15,"n_runs":2}""")]
    [InlineData("boom.noise_from", "\"boom\"")]
    [InlineData("boom.conditions", "\"n_alert_workers n_ml_workers\"")]
    [InlineData("kowalski.sustained_alerts_per_s", "null")]
    [InlineData("kowalski.idle_tail_s", "null")]
    public void It_tells_what_it_is_made_of_and_what_is_in_doubt(string field, string expected) =>
        AssertJson(expected, Json.At(factor, field));

    [Fact]
    public void The_screen_names_the_runs_and_those_without_which_the_factor_might_be_another() =>
        Assert.Equal(
            """
            BOOM 80 (60 to 90) s for n_alert_workers=1 n_ml_workers=3
            Kowalski 520 (480 to 560) s for n_workers=4
            BOOM throughput factor: 6.5 (95 %: 3.8 to 12.3) (4 workers each, 3 and 2 runs)
              it might be another: logs/boom2 (doubt), logs/boom4 (incomplete), logs/boom5 (not read)

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

/// <summary>How sure the factor is, where some or none of the runs are repeated.</summary>
public sealed class SureFactorTests : InProject
{
    const string Columns = "n_workers,m,repetition,n_alerts,wall_time_s";

    // What a factor of 100 s and 600 s is beside other runs, and the screen but for its first two lines.
    JsonNode Compute(string boom, string kowalski, out string screen)
    {
        Project.WriteRuns("boom", Columns, boom.Split(' '));
        Project.WriteRuns("kowalski", Columns, kowalski.Split(' '));
        string[] choose = ["--boom=n_workers=1,m=x", "--kowalski=n_workers=1,m=x"];

        var outcome = Project.RunScript("compute-factor", choose);

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        screen = string.Join('\n', outcome.Out.Split('\n')[2..^1]);
        return Project.Json("results/factor.json");
    }

    [Fact]
    public void Where_nothing_is_repeated_there_is_no_interval()
    {
        var factor = Compute("1,x,1,9,100 2,x,1,9,50", "1,x,1,9,600 2,x,1,9,300", out var screen);

        Assert.Equal("BOOM throughput factor: 6.0 (one worker each, one run each)", screen);
        AssertJson("null", factor["boom_throughput_factor_low"]);
        AssertJson("null", factor["boom_throughput_factor_high"]);
        AssertJson("null", factor["boom"]!["noise"]);
        AssertJson("null", factor["boom"]!["noise_from"]);
        AssertJson("0", factor["boom"]!["degrees_of_freedom"]);
    }

    // The noise of BOOM is that of 50 s and 55 s, log 1.1 / √2 = 0.0674 with one degree of freedom; the
    // runs of another machine are not pooled. exp(log 6 ± 12.706 · 0.0674 · √(1/1 + 1/1)).
    [Fact]
    public void The_other_system_borrows_the_noise_and_screen_and_file_say_so()
    {
        const string Boom = "1,x,1,9,100 2,x,1,9,50 2,x,2,9,55 2,y,1,9,50 2,y,2,9,500";
        var factor = Compute(Boom, "1,x,1,9,600", out var screen);

        Assert.Equal(
            """
            BOOM throughput factor: 6.0 (95 %: 1.8 to 20.1) (one worker each, one run each)
              Kowalski is not repeated: its noise is taken to be BOOM's
            """.ReplaceLineEndings("\n"),
            screen
        );
        Assert.Equal(Math.Log(1.1) / Math.Sqrt(2), (double)factor["kowalski"]!["noise"]!, 9);
        AssertJson("\"boom\"", factor["kowalski"]!["noise_from"]);
        AssertJson("\"boom\"", factor["boom"]!["noise_from"]);
        AssertJson("1", factor["kowalski"]!["degrees_of_freedom"]);
    }

    [Fact]
    public void Equal_runs_are_said()
    {
        Compute("1,x,1,9,100 1,x,2,9,100", "1,x,1,9,600", out var screen);

        Assert.Equal(
            """
            BOOM throughput factor: 6.0 (95 %: 6.0 to 6.0) (one worker each, 2 and 1 runs)
              BOOM: repeated runs are equal: rounding may hide their noise
              Kowalski is not repeated: its noise is taken to be BOOM's
            """.ReplaceLineEndings("\n"),
            screen
        );
    }

    // Medians 100 s; the geometric mean of BOOM is 126 s, and the noise of the others is small.
    [Fact]
    public void A_run_that_is_far_from_its_repetitions_is_said()
    {
        var others = Enumerable.Range(2, 40).Select(n => $"{n},x,1,9,100 {n},x,2,9,100");
        Project.WriteRuns(
            "boom",
            Columns,
            $"1,x,1,9,100 1,x,2,9,100 1,x,3,9,200 {string.Join(' ', others)}".Split(' ')
        );
        Project.WriteRuns("kowalski", Columns, "1,x,1,9,600");

        var outcome = Project.RunScript("compute-factor", "--boom=n_workers=1", "--kowalski=m=x");

        Assert.Equal(0, outcome.ExitCode);
        Assert.Matches(
            @"^WARNING: 6\.00 \(95 %: 3\.\d\d to 5\.\d\d\), of wall_time_s: medians are outside of the "
                + @"interval of means, so one run is far from its repetitions\n$",
            outcome.Error
        );
    }

    [Fact]
    public void A_processing_time_that_has_no_logarithm_is_an_error_that_names_its_run()
    {
        const string WithProcessing = "n_workers,n_alerts,wall_time_s,processing_time_s";
        Project.WriteRuns("boom", WithProcessing, "1,9,100,90", "2,9,50,-1");
        Project.WriteRuns("kowalski", WithProcessing, "1,9,600,600");

        var outcome = Project.RunScript(
            "compute-factor",
            "--boom=n_workers=1",
            "--kowalski=n_workers=1"
        );

        const string Error =
            "ERROR: results/boom-runs.csv:3: processing_time_s of logs/boom2 is -1, "
            + "expected a number above 0\n";
        Assert.Equal(new Outcome(1, "", Error), outcome);
    }
}

/// <summary>What gives no factor is an error that names the culprit and leaves the old file.</summary>
public sealed class NoFactorTests : InProject
{
    const string Columns = "n_workers,m,n_alerts,wall_time_s,complete";
    const string Choose = "choose runs that are alike with --boom NAME=VALUE,... of ";
    const string NoTime =
        "results/boom-runs.csv:5: wall_time_s of logs/boom4 is 0, expected a number above 0";

    [Theory]
    [InlineData("", 2, "--boom needs a value; --help tells more")]
    [InlineData(
        "n_workers=1",
        1,
        "results/boom-runs.csv:2: n_workers=1 m=x has no complete run: logs/boom1 (incomplete)"
    )]
    [InlineData("n_workers=3", 1, Choose + "[n_workers=3 m=x], [n_workers=3 m=y]")]
    [InlineData("n_workers=5", 1, NoTime)]
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
