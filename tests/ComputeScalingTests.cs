using System.Text.Json.Nodes;
using static TableOfRuns;

/// <summary>The scaling of repeated runs, where Rubin sends 25 alerts/s.</summary>
public sealed class ComputeScalingTests(RepeatedRuns runs) : IClassFixture<RepeatedRuns>
{
    readonly JsonNode rubin = runs.Project.Json("results/rubin.json");

    // Of 50 s and 100 s, 1,000 alerts over 75 s. The best never falls, the efficiency is over 13.33
    // alerts/s with 4 workers for BOOM, 2 with 2 for Kowalski.
    [Fact]
    public void Every_configuration_has_its_row_in_the_order_of_the_numbers_of_workers() =>
        Assert.Equal(
            """
            system,n_workers,n_alert_workers,n_runs,alerts_per_s,alerts_per_s_min,alerts_per_s_max,best,best_alerts_per_s,efficiency,configuration
            boom,4,1,3,12.5,11.11111111,16.66666667,false,13.33333333,0.9375,n_alert_workers=1 n_ml_workers=3
            boom,4,2,2,13.33333333,10,20,true,13.33333333,1,n_alert_workers=2 n_ml_workers=2
            boom,10,10,1,25,25,25,true,25,0.75,n_alert_workers=10 n_ml_workers=0
            boom,12,9,1,20,20,20,true,25,0.5,n_alert_workers=9 n_ml_workers=3
            kowalski,2,,1,2,2,2,true,2,1,n_workers=2
            kowalski,4,,2,1.923076923,1.785714286,2.083333333,true,2,0.4807692308,n_workers=4
            kowalski,10,,1,10,10,10,true,10,1,n_workers=10

            """.ReplaceLineEndings("\n"),
            Near(runs.Project.Read("results/scaling.csv"))
        );

    [Theory]
    [InlineData("boom.best_alerts_per_s", """{"median":25,"min":25,"max":25,"n_runs":1}""")]
    [InlineData("boom.best_n_workers", "10")]
    [InlineData("boom.best_configuration", "\"n_alert_workers=10 n_ml_workers=0\"")]
    [InlineData("boom.best_over_rubin", """{"median":1,"min":1,"max":1,"n_runs":1}""")]
    [InlineData("boom.fewest_workers_for_rubin", "10")]
    [InlineData("boom.conditions", "\"n_alert_workers n_ml_workers\"")]
    [InlineData("boom.sustained_alerts_per_s", """{"median":30,"min":30,"max":30,"n_runs":1}""")]
    [InlineData("boom.sustained_over_rubin.median", "1.2")]
    [InlineData("kowalski.sustained_alerts_per_s", "null")] // no run tells it
    [InlineData("kowalski.sustained_over_rubin", "null")]
    [InlineData("boom.doubts.the log is cut", """["logs/boom2"]""")] // of no best, it counts
    [InlineData("boom.doubts.it overlaps", """["logs/boom8"]""")]
    [InlineData("runs_left_out", """["logs/boom4","logs/boom5","logs/boom10"]""")]
    [InlineData("kowalski.best_over_rubin.median", "0.4")]
    [InlineData("kowalski.fewest_workers_for_rubin", "null")] // No number of workers is enough.
    [InlineData("most_runs", "3")]
    // At 4 workers 75 s against 520 s; at 10, 40 s against 100 s.
    [InlineData("boom_speedup.min", "2.5")]
    [InlineData("boom_speedup.max", "6.93333333333")]
    [InlineData("boom_speedup.by_n_workers", """{"4":6.93333333333,"10":2.5}""")]
    // Of 200 (of 100 and 300), 600 and 400 alerts/s.
    [InlineData(
        "kafka_alerts_per_s",
        """{"median":400,"min":200,"max":600,"n_configurations":3}"""
    )]
    [InlineData("kafka_over_rubin", """{"median":16,"min":8,"max":24,"n_configurations":3}""")]
    [InlineData("kafka_mb_per_s", """{"median":8,"min":6,"max":10,"n_configurations":2}""")]
    [InlineData("truncated_percent", "0.83333333333")] // 60.5 s over 60 s
    [InlineData("boom_alert_workers", """["1","2","9","10"]""")] // in the order of numbers
    public void What_it_means_for_rubin_follows_from_the_best_medians(string field, string value) =>
        AssertJson(value, Json.At(rubin, field));

    [Fact]
    public void The_screen_has_the_best_of_each_number_of_workers_and_the_runs_left_out() =>
        Assert.Equal(
            """
                BOOM   4 workers: 13 (10 to 20) alerts/s with n_alert_workers=2 n_ml_workers=2
                BOOM  10 workers: 25 alerts/s with n_alert_workers=10 n_ml_workers=0
                BOOM  12 workers: 20 alerts/s with n_alert_workers=9 n_ml_workers=3
            Kowalski   2 workers: 2 alerts/s with n_workers=2
            Kowalski   4 workers: 2 alerts/s with n_workers=4
            Kowalski  10 workers: 10 alerts/s with n_workers=10
            the best might be others: logs/boom4 (incomplete), logs/boom5 (not read), logs/boom10 (not read), logs/boom2 (doubt), logs/boom8 (doubt)

            """.ReplaceLineEndings("\n"),
            runs.Outcome.Of("compute-scaling")
        );
}

/// <summary>What can't be compared by its number of workers.</summary>
public sealed class NoScalingTests : InProject
{
    // Three nights of BOOM, one of Kowalski.
    Outcome Compute(string option, string parameters, string systems)
    {
        var stages = systems.Split(' ').Select(system => $"benchmark-{system}: {{}}");
        Project.Write(
            "calkit.yaml",
            $"parameters: {{{parameters}}}\npipeline: {{stages: {{{string.Join(", ", stages)}}}}}\n"
        );
        const string Columns = "n_workers,n_alerts,wall_time_s";
        Project.WriteRuns("boom", Columns, "1,1000,100", "2,500,50", "3,1500,");
        Project.WriteRuns("kowalski", Columns, "1,1000,500");
        return Project.RunScript("compute-scaling", option, "--output=try");
    }

    const string Rubin = "rubin_alerts: 100, rubin_interval_s: 4";
    const string Both = "boom kowalski";

    const string Nights =
        "choose runs that are alike with --boom NAME=VALUE,... of "
        + "[n_workers n_alerts=1000], [n_workers n_alerts=500], [n_workers n_alerts=1500]";
    const string TwoNights = "BOOM and Kowalski differ in n_alerts; choose a night";
    const string NoRun = "results/boom-runs.csv: no run is complete; is n_alerts right?";
    const string NoStage =
        "results/kowalski-runs.csv: calkit.yaml has no stage benchmark-kowalski; remove the table";
    const string NoParameter = "calkit.yaml: there is no parameter rubin_interval_s";

    [Theory]
    [InlineData("--kowalski=n_workers=1", Rubin, Both, Nights)]
    [InlineData("--boom=n_alerts=500", Rubin, Both, TwoNights)]
    [InlineData("--boom=n_alerts=1500", Rubin, Both, NoRun)]
    [InlineData("--boom=n_alerts=1000", Rubin, "boom", NoStage)]
    [InlineData("--boom=n_alerts=1000", "rubin_alerts: 1", Both, NoParameter)]
    public void There_is_no_scaling(string option, string parameters, string systems, string error)
    {
        Assert.Equal(new(1, "", $"ERROR: {error}\n"), Compute(option, parameters, systems));
        Assert.False(Directory.Exists(Project.PathOf("try")));
    }

    [Theory]
    [InlineData("threads,n_alerts,wall_time_s", "2,1000,100;4,1000,50", "threads=2")]
    [InlineData("n_workers,m,n_alerts,wall_time_s", ",x,1000,100", "m=x")]
    [InlineData("n_workers,n_alerts,wall_time_s", "0,1000,100", "n_workers=0")]
    public void Without_workers_there_is_no_scaling(string columns, string rows, string text)
    {
        Compute("--boom=n_alerts=1000", Rubin, "boom");
        File.Delete(Project.PathOf("results/kowalski-runs.csv"));
        Project.WriteRuns("boom", columns, rows.Split(';'));

        var outcome = Project.RunScript("compute-scaling", "--output=try");

        Assert.Equal(
            $"ERROR: results/boom-runs.csv:2: no workers in [{text}]; "
                + "expected an argument n_workers or n_…_workers\n",
            outcome.Error
        );
    }

    // Columns that older tables do not have are no error.
    [Fact]
    public void A_table_of_the_columns_that_are_needed_is_enough()
    {
        Compute("--boom=n_alerts=1000", Rubin, "boom");
        File.Delete(Project.PathOf("results/kowalski-runs.csv"));
        Project.Write("results/boom-runs.csv", "run,n_workers,n_alerts,wall_time_s\na,2,1000,20\n");

        var outcome = Project.RunScript("compute-scaling", "--output=try");

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        var rubin = Project.Json("try/rubin.json");
        AssertJson("null", rubin["kafka_alerts_per_s"]);
        AssertJson("null", rubin["truncated_percent"]);
    }

    [Fact]
    public void The_same_night_is_compared_without_a_warning()
    {
        var outcome = Compute("--boom=n_alerts=1000", Rubin, Both);

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.Contains("\nboom,1,,1,10,10,10,", Project.Read("try/scaling.csv"));
    }
}

/// <summary>Projects with BOOM only, whose machine has a wild name, and with Kowalski only.</summary>
public sealed class Alone : IDisposable
{
    /// <summary>What neither TeX nor HTML may take for its own.</summary>
    public const string Machine = @"a\input{b}%#&~^$_</script><!--'{{data}}";

    readonly ScratchProject[] projects = [new(), new()];
    readonly Outcome[] outcomes;

    public Alone()
    {
        const string Facts = "n_alerts,wall_time_s,kafka_alerts_per_s,kafka_mb_per_s";
        projects[0]
            .WriteRuns("boom", $"n_alert_workers,machine,{Facts}", $"3,{Machine},1000,20,50,5");
        projects[1].WriteRuns("kowalski", $"n_workers,{Facts}", "4,1000,20,50,");
        outcomes =
        [
            .. projects.Select(x => x.RunStages("compute-scaling", "render-report", "render-tex")),
        ];
    }

    public (ScratchProject Project, Outcome Outcome) this[string system] =>
        system == "boom" ? (projects[0], outcomes[0]) : (projects[1], outcomes[1]);

    public void Dispose() => Array.ForEach(projects, project => project.Dispose());
}

/// <summary>A project with one system only works to the end.</summary>
public sealed class AloneTests(Alone alone) : IClassFixture<Alone>
{
    [Theory]
    [InlineData("boom", @"\boombestthroughput}{50}")]
    [InlineData("boom", @"\kakfaingestfactor}{2.0}")]
    [InlineData("boom", @"\reconstructed}{}")] // There is no logs/README.md.
    [InlineData("kowalski", @"\kowalskibestthroughput}{50}")]
    [InlineData("kowalski", @"\kakfaingestfactor}{2.0}")]
    [InlineData("kowalski", @"\boomrubinworkers}{XXXXX}")]
    public void A_macro_that_needs_one_system_is_there(string system, string macro) =>
        Assert.Contains($"{macro}\n", alone[system].Project.Read("paper/results.tex"));

    [Theory]
    [InlineData("boom", "kowalski")]
    [InlineData("kowalski", "boom")]
    public void Nothing_is_told_of_the_other_system(string system, string other)
    {
        var rubin = alone[system].Project.Json("results/rubin.json");

        Assert.Equal((null, null), (rubin[other], rubin["boom_speedup"]));
        Assert.False(File.Exists(alone[system].Project.PathOf($"paper/tables/{other}.tex")));
    }

    [Theory]
    [InlineData("boom", "BOOM")]
    [InlineData("kowalski", "Kowalski")]
    public void The_page_has_one_system_and_no_factor_note_or_comparison(string system, string name)
    {
        var page = RenderReportTests.DataOf(alone[system].Project);

        Assert.Equal(name, (string?)Assert.Single(page["systems"]!.AsArray())!["name"]);
        Assert.Equal("", (string?)page["note"]);
        Assert.Equal((null, null, null), (page["factor"], page["measured"], page["comparison"]));
    }

    [Fact]
    public void A_name_is_the_same_text_in_the_page_and_ends_no_element()
    {
        var boom = RenderReportTests.DataOf(alone["boom"].Project)["systems"]![0]!;

        Assert.Equal(Alone.Machine, (string?)boom["runs"]![0]!["cells"]![2]);
        Assert.DoesNotContain("<!--'", alone["boom"].Project.Read("results/report.html"));
    }
}
