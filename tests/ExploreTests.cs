public sealed class ExploreTests : IDisposable
{
    readonly ScratchProject project = new();

    public void Dispose() => project.Dispose();

    [Fact]
    public void The_results_are_shown_from_all_sides()
    {
        project.CopyFromRoot("results");

        var outcome = project.RunScript("explore");

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        // By hand: the best of seven workers has 29142 / 75 / 0.82630859375 alerts/s per GiB.
        Assert.Contains("470.23", outcome.Out);
        // The six pairs of runs alike but for 1 or 6 alert workers: 74/211, 76/210, 46/199, 46/194,
        // 36/194, 38/197; their mean is 0.256.
        Assert.Matches(@"n_alert_workers\s+0\.26\s+6", outcome.Out);
    }

    [Fact]
    public void Machines_and_repetitions_are_not_pooled()
    {
        BenchmarkRun[] Repeated(string arguments, params long[] times) =>
            [
                .. times.Select(
                    (time, i) =>
                        TableOfRuns.Run($"repetition={i + 1} {arguments} n_filter_workers=1", time)
                ),
            ];
        project.WriteRuns(
            "boom",
            [
                .. Repeated("machine=server n_alert_workers=12 n_ml_workers=3", 99, 70, 72),
                .. Repeated("machine=laptop n_alert_workers=3 n_ml_workers=9", 280, 900, 270),
                .. Repeated("machine=server n_alert_workers=3 n_ml_workers=9", 160, 150, 161),
                .. Repeated("machine=server n_alert_workers=3 n_ml_workers=3", 210, 190, 200),
                .. Repeated("machine=laptop n_alert_workers=12 n_ml_workers=3", 128, 127, 500),
                .. Repeated("machine=laptop n_alert_workers=3 n_ml_workers=3", 300, 401, 400),
            ]
        );

        var outcome = project.RunScript("explore");

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        // The medians, on each machine; nothing ran with 12 alert workers and 9 ML workers.
        Assert.Matches(
            @"machine=server n_alerts=1000\n +3 +9 +\n3 +-> 200 +160 +\n12 -> 72 +<missing>",
            outcome.Out
        );
        Assert.Matches(
            @"machine=laptop n_alerts=1000\n +3 +9 +\n3 +-> 400 +280 +\n12 -> 128 +<missing>",
            outcome.Out
        );
        // By hand: 72/200 and 128/400, their mean is 0.34; 160/200 and 280/400, 0.75.
        Assert.Matches(@"n_alert_workers +0\.34 +2 ", outcome.Out);
        Assert.Matches(@"n_ml_workers +0\.75 +2 ", outcome.Out);
        Assert.DoesNotMatch("-> n_filter_workers", outcome.Out);
    }

    // Deedle would take them for false and true.
    [Fact]
    public void Arguments_of_0_and_1_stay_numbers()
    {
        project.WriteRuns(
            "boom",
            TableOfRuns.Run("n_workers=3 n_gpu_workers=0 fast=0", 100),
            TableOfRuns.Run("n_workers=3 n_gpu_workers=1 fast=0", 50)
        );

        var outcome = project.RunScript("explore");

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.Contains("fast=0 n_alerts=1000", outcome.Out);
        Assert.Matches(@"n_gpu_workers +0\.5 +1 ", outcome.Out);
    }

    [Fact]
    public void A_blank_argument_is_a_value_like_another()
    {
        project.WriteRuns(
            "boom",
            TableOfRuns.Run("n_alert_workers=1 n_ml_workers=3 n_enrichment_workers=", 100),
            TableOfRuns.Run("n_alert_workers=3 n_ml_workers=3 n_enrichment_workers=", 50),
            TableOfRuns.Run("n_alert_workers=1 n_ml_workers=9 n_enrichment_workers=", 80),
            TableOfRuns.Run("n_alert_workers=1 n_ml_workers= n_enrichment_workers=3", 200),
            TableOfRuns.Run("n_alert_workers=3 n_ml_workers= n_enrichment_workers=3", 60)
        );

        var outcome = project.RunScript("explore");

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        // By hand: 50/100 and 60/200; 80/100.
        Assert.Matches(@"n_alert_workers +0\.4 +2 ", outcome.Out);
        Assert.Matches(@"n_ml_workers +0\.8 +1 ", outcome.Out);
        Assert.Matches(@"\n +- +3 +9 +\n1 -> 200 +100 +80 +\n3 -> 60 +50 ", outcome.Out);
    }

    [Fact]
    public void A_column_that_was_deleted_is_an_error_of_one_line()
    {
        project.WriteRuns("boom", TableOfRuns.Run("n_workers=1", 100));
        var table = project.Read("results/boom-runs.csv");
        project.Write("results/boom-runs.csv", table.Replace("wall_time_s", "deleted"));

        var outcome = project.RunScript("explore");

        Assert.Equal(1, outcome.ExitCode);
        Assert.Matches(
            @"^ERROR: results/boom-runs\.csv:1: there is no column wall_time_s; .*\n$",
            outcome.Error
        );
    }

    [Fact]
    public void An_argument_that_is_called_as_a_column_of_explore_is_an_error_of_one_line()
    {
        project.WriteRuns("boom", TableOfRuns.Run("n_workers=1 conditions=2", 100));

        var outcome = project.RunScript("explore");

        Assert.Equal(1, outcome.ExitCode);
        Assert.Matches(@"^ERROR: .*conditions.*\n$", outcome.Error);
    }

    [Theory]
    [InlineData("boom")]
    [InlineData("kowalski")]
    public void One_system_with_one_configuration_has_a_wall_time_and_no_ratio(string system)
    {
        project.WriteRuns(system, TableOfRuns.Run("n_workers=3", 123));

        var outcome = project.RunScript("explore");

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.Matches("3 -> 123 ", outcome.Out);
        Assert.DoesNotMatch("-> n_workers", outcome.Out);
    }

    [LinuxFact]
    public void A_pipe_in_the_place_of_a_table_does_not_make_it_wait()
    {
        Directory.CreateDirectory(project.PathOf("results"));
        ScratchProject.Start("mkfifo", project.Directory, ["results/boom-runs.csv"]);

        var outcome = ScratchProject.Start(
            "bash",
            project.Directory,
            ["-c", $"timeout 60 {ScratchProject.CommandOf("explore")}"]
        );

        Assert.Equal(
            (1, "ERROR: results/boom-runs.csv: is a pipe or a device, expected a file\n"),
            (outcome.ExitCode, outcome.Error)
        );
    }

    [Fact]
    public void A_missing_table_is_an_error_of_one_line_that_says_what_to_run() =>
        Assert.Equal(
            "ERROR: results/boom-runs.csv does not exist; first run collect-boom\n",
            project.RunScript("explore").Error
        );
}
