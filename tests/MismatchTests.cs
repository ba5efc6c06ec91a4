using System.Text.Json.Nodes;
using static LogText;
using static TableOfRuns;

/// <summary>Numbers that do not belong together are refused, left blank, or said to be so.</summary>
public sealed class MismatchTests : IDisposable
{
    readonly ScratchProject project = new();

    public void Dispose() => project.Dispose();

    static string Sample(string memory) => $"{{\"MemUsage\":\"{memory} / 9GiB\"}}\n";

    [Fact]
    public void Another_number_of_pushed_alerts_and_a_stats_log_without_its_peak_are_named()
    {
        project.WriteSweep("benchmark-boom", "1");
        project.Write("calkit.yaml", "parameters: {n_alerts: 906}\n" + project.Read("calkit.yaml"));
        project.Write("logs/x-n=1/consumer.log", Boom(Start));
        project.Write("logs/x-n=1/scheduler.log", Boom(End) + Exit);
        project.Write(
            "logs/x-n=1/producer.log",
            Boom(Start, "Pushed 90 alerts to the queue in 1s")
        );
        project.Write("logs/x-n=1/consumer.stats.log", Sample("1GiB"));
        project.Write(
            "logs/x-n=1/scheduler.stats.log",
            Sample("1GiB") + Sample("1GiB") + Sample("5GiB")
        );

        var outcome = project.RunScript("collect-boom");

        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("906", outcome.Error);
        Assert.Contains("logs/x-n=1/producer.log", outcome.Error);
        Assert.Contains("the samples of the two *.stats.log do not match", outcome.Error);
        Assert.Contains("one *.stats.log has many samples fewer than the other", outcome.Error);
        Assert.EndsWith(",1,5,,\n", project.Read("results/boom-runs.csv"));
    }

    [Theory]
    [InlineData(" machine=laptop", " machine=server", "with machine=laptop", "with machine=server")]
    [InlineData(" machine=laptop", "", "with machine=laptop", "without machine")]
    [InlineData("", " machine=server", "without machine", "with machine=server")]
    public void Systems_on_two_machines_are_compared_with_a_warning(
        string ofBoom,
        string ofKowalski,
        string boom,
        string kowalski
    )
    {
        project.WriteRuns("boom", Run($"n_workers=1{ofBoom}", 75));
        project.WriteRuns("kowalski", Run($"n_workers=1{ofKowalski}", 453));

        var outcome = project.RunScript(
            "compute-factor",
            "--boom=n_workers=1",
            "--kowalski=n_workers=1"
        );

        Assert.Equal(
            (0, $"WARNING: BOOM {boom} is compared with Kowalski {kowalski}\n"),
            (outcome.ExitCode, outcome.Error)
        );
    }

    [Fact]
    public void A_wall_time_that_does_not_follow_from_the_times_is_a_warning()
    {
        project.WriteRuns("boom", Run("n_workers=1", 75) with { WallTimeS = 57 });
        project.WriteRuns("kowalski", Run("n_workers=1", 453));

        var outcome = project.RunScript(
            "compute-factor",
            "--boom=n_workers=1",
            "--kowalski=n_workers=1"
        );

        Assert.Equal(0, outcome.ExitCode);
        Assert.StartsWith(
            "WARNING: results/boom-runs.csv:2: wall_time_s or alerts_per_s does not follow",
            outcome.Error
        );
    }

    [Fact]
    public void Runs_with_and_without_a_repetition_are_taken_together_with_a_warning()
    {
        project.WriteRuns(
            "boom",
            Run("n_workers=1 repetition=", 75),
            Run("n_workers=1 repetition=1", 85),
            Run("n_workers=2 repetition=1", 85)
        );
        project.WriteRuns("kowalski", Run("n_workers=1", 400));

        var outcome = project.RunScript(
            "compute-factor",
            "--boom=n_workers=1",
            "--kowalski=n_workers=1"
        );

        Assert.Equal(
            "WARNING: results/boom-runs.csv: runs with and without a repetition are taken together: n_workers=1\n",
            outcome.Error
        );
        Assert.Contains("BOOM throughput factor: 5.0 (", outcome.Out);
    }

    [Fact]
    public void Results_of_two_nights_do_not_stand_in_one_paper()
    {
        project.Write(
            "results/factor.json",
            """{"boom_throughput_factor": 6, "n_alerts": 29142}"""
        );
        project.Write("results/rubin.json", """{"rubin_alerts_per_s": 333, "n_alerts": 29500}""");

        foreach (var script in new[] { "render-tex", "render-report" })
        {
            var outcome = project.RunScript(script);

            Assert.Equal(1, outcome.ExitCode);
            Assert.StartsWith("ERROR: results/factor.json", outcome.Error);
            Assert.Contains("29500", outcome.Error);
            Assert.Contains("choose the same runs", outcome.Error);
        }
    }

    [LinuxFact]
    public void The_results_tell_the_tables_they_were_made_from_by_their_sha_256()
    {
        project.CopyFromRoot("results");
        project.WriteParameters("rubin_alerts: 1, rubin_interval_s: 1");

        project.RunScript(
            "compute-factor",
            "--boom=n_alert_workers=3,n_ml_workers=3,n_filter_workers=1",
            "--kowalski=n_workers=7"
        );
        project.RunScript("compute-scaling");

        var sums = ScratchProject.Start(
            "sha256sum",
            project.Directory,
            ["results/boom-runs.csv", "results/kowalski-runs.csv"]
        );
        foreach (var file in new[] { "results/factor.json", "results/rubin.json" })
            Assert.Equal(
                sums.Out,
                string.Concat(
                    JsonNode.Parse(project.Read(file))!["made_from"]!
                        .AsObject()
                        .Select(table => $"{table.Value}  {table.Key}\n")
                )
            );
    }

    [Theory]
    [InlineData("factor", "boom", "compute-factor")]
    [InlineData("rubin", "kowalski", "compute-scaling")]
    public void Results_of_another_table_than_the_one_that_is_there_are_refused(
        string results,
        string system,
        string stage
    )
    {
        project.CopyFromRoot("results");
        var (file, table) = ($"results/{results}.json", $"results/{system}-runs.csv");
        var old = JsonNode.Parse(project.Read(file))!;
        old["made_from"]![table] = "another";
        project.Write(file, old.ToJsonString());

        foreach (var script in new[] { "render-tex", "render-report" })
            Assert.Equal(
                new Outcome(
                    1,
                    "",
                    $"ERROR: {file}: was not made from this {table}; run {stage} again, or remove it\n"
                ),
                project.RunScript(script, script == "render-report" ? ["--output", "try"] : [])
            );
        Assert.False(Directory.Exists(project.PathOf("paper")));
        Assert.False(Directory.Exists(project.PathOf("try")));
    }

    [Theory]
    [InlineData("factor", "compute-factor")]
    [InlineData("rubin", "compute-scaling")]
    public void Results_that_do_not_tell_their_tables_are_refused(string results, string stage)
    {
        project.CopyFromRoot("results");
        var old = JsonNode.Parse(project.Read($"results/{results}.json"))!.AsObject();
        old.Remove("made_from");
        project.Write($"results/{results}.json", old.ToJsonString());

        Assert.Equal(
            $"ERROR: results/{results}.json: was not made from this results/boom-runs.csv; run {stage} again, or remove it\n",
            project.RunScript("render-tex").Error
        );
    }

    [Fact]
    public void Line_ends_that_git_changed_make_no_other_table()
    {
        project.CopyFromRoot("results");
        const string Table = "results/boom-runs.csv";
        project.Write(Table, project.Read(Table).Replace("\n", "\r\n"));

        Assert.Equal(0, project.RunScript("render-tex").ExitCode);
    }

    [Fact]
    public void What_rests_on_runs_whose_times_may_be_wrong_is_told_with_a_warning()
    {
        project.WriteParameters("rubin_alerts: 1, rubin_interval_s: 1");
        project.WriteRuns(
            "boom",
            Run("n_workers=1 n_ml_workers=2", 75) with
            {
                Doubts = "the clock goes back",
            },
            // Not the best of its number of workers.
            Run("n_workers=2 n_ml_workers=1", 76) with
            {
                Doubts = "cut",
            }
        );
        project.WriteRuns("kowalski", Run("n_workers=1", 453));
        const string Warning =
            "WARNING: times may be wrong (the clock goes back): the numbers rest on logs/n_workers=1-n_ml_workers=2\n";

        Assert.Equal(
            Warning,
            project
                .RunScript("compute-factor", "--boom=n_workers=1", "--kowalski=n_workers=1")
                .Error
        );
        Assert.Equal(Warning, project.RunScript("compute-scaling").Error);
    }

    [Fact]
    public void The_range_of_wall_times_in_whole_seconds_has_no_decimals() =>
        Assert.Equal("11.5 (11 to 12)", new Spread(11.5, 11, 12, 2).Text(Numbers.Seconds));

    [Theory]
    [InlineData(75, "75")]
    [InlineData(74.5, "74.5")]
    public void A_median_of_wall_times_keeps_its_half_second(double wallTime, string expected) =>
        Assert.Equal(expected, Numbers.Seconds(wallTime));
}
