using static LogText;

public sealed class CheckRunsTests : IDisposable
{
    readonly ScratchProject project = new();

    public void Dispose() => project.Dispose();

    void WriteSweep(string stage, params string[] values)
    {
        project.WriteSweep(stage, values);
        project.Write(
            "calkit.yaml",
            project.Read("calkit.yaml") + "\nparameters: {n_alerts: 1500}\n"
        );
    }

    Outcome Check(string scheduler, params string[] arguments)
    {
        WriteSweep("benchmark-boom", "1");
        project.Write("logs/x-n=1/consumer.log", Boom("2025-08-05T00:00:00.000000Z"));
        project.Write("logs/x-n=1/scheduler.log", scheduler);
        return project.RunScript("check-runs", arguments);
    }

    static string Batch(int second, int total, string filter) =>
        Boom(
            $"2025-08-05T00:00:{second:00}.250000Z",
            $"3/{total} ZTF alerts with programid 1 passed filter {filter}"
        );

    static readonly string Complete =
        Batch(1, 1000, "1")
        + Batch(1, 1000, "2")
        + Batch(2, 500, "1")
        + Batch(3, 500, "2")
        + Boom("2025-08-05T00:00:13.500000Z")
        + Exit;

    string Row => project.Read("results/checks.csv").Split('\n')[1];

    [Fact]
    public void A_complete_run_processes_until_its_last_batch_and_is_idle_until_its_end()
    {
        var outcome = Check(Complete);

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.Equal(
            "system,run,n,filters_seen,min_alerts_filtered,max_alerts_filtered,processing_time_s,idle_tail_s,warnings,errors,complete\n"
                + "boom,x-n=1,1,2,1500,1500,3.25,10.25,0,0,true\n",
            project.Read("results/checks.csv")
        );
    }

    [Fact]
    public void A_run_in_which_a_filter_missed_alerts_is_incomplete_and_named()
    {
        var outcome = Check(
            Complete.Replace("3/500 ZTF alerts with programid 1 passed filter 2", "nothing")
        );

        Assert.Equal(
            (
                0,
                "WARNING: logs/x-n=1: incomplete, 2 of 2 filters saw 1000 to 1500 of 1500 alerts\n"
            ),
            (outcome.ExitCode, outcome.Error)
        );
        Assert.Equal("boom,x-n=1,1,2,1000,1500,2.25,11.25,0,0,false", Row);
    }

    [Fact]
    public void A_run_without_a_filter_that_another_has_is_incomplete()
    {
        Check(Complete);
        WriteSweep("benchmark-boom", "1", "2");
        project.Write("logs/x-n=2/consumer.log", project.Read("logs/x-n=1/consumer.log"));
        project.Write("logs/x-n=2/scheduler.log", Complete.Replace("passed filter 2", "nothing"));

        Assert.Equal(
            "WARNING: logs/x-n=2: incomplete, 1 of 2 filters saw 1500 to 1500 of 1500 alerts\n",
            project.RunScript("check-runs").Error
        );
    }

    [Fact]
    public void A_start_marker_starts_the_processing_time_as_it_does_the_wall_time()
    {
        Check(Complete);
        project.Write(
            "logs/x-n=1/consumer.log",
            Boom("2025-08-05T00:00:00.000000Z")
                + Boom("2025-08-05T00:00:01.000000Z", "first message")
        );

        project.RunScript("check-runs", "--start-marker", "first message");

        Assert.Equal("boom,x-n=1,1,2,1500,1500,2.25,10.25,0,0,true", Row);
    }

    [Fact]
    public void Only_the_named_stages_are_checked()
    {
        Check(Complete);

        var outcome = project.RunScript("check-runs", "benchmark-plot");

        Assert.Equal(
            (1, "ERROR: calkit.yaml:3: no stage of BOOM or Kowalski is named benchmark-plot\n"),
            (outcome.ExitCode, outcome.Error)
        );
        Assert.Equal(0, project.RunScript("check-runs", "benchmark-boom").ExitCode);
    }

    [Fact]
    public void A_run_without_a_batch_is_incomplete_and_has_no_processing_time()
    {
        var outcome = Check(Boom("2025-08-05T00:00:13.500000Z"));

        Assert.Equal(
            "WARNING: logs/x-n=1: incomplete, 0 of 0 filters saw 0 to 0 of 1500 alerts\n",
            outcome.Error
        );
        Assert.Equal("boom,x-n=1,1,0,0,0,,,0,0,false", Row);
    }

    [Fact]
    public void The_alerts_of_all_programs_count_for_a_filter()
    {
        Check(Batch(1, 1000, "7") + Batch(2, 500, "7").Replace("programid 1", "programid 2"));

        Assert.StartsWith("boom,x-n=1,1,1,1500,1500,", Row);
    }

    [Theory]
    [InlineData(
        "scheduler-1  | \x1b[2m2025-08-05T00:00:01.000000Z\x1b[0m \x1b[33m WARN\x1b[0m x\n",
        1,
        0
    )]
    [InlineData(
        "scheduler-1  | \x1b[2m2025-08-05T00:00:01.000000Z\x1b[0m \x1b[31mERROR\x1b[0m x\n",
        0,
        1
    )]
    [InlineData("scheduler-1  | 2025-08-05T00:00:01.000000Z  WARN x\n", 1, 0)]
    [InlineData("2025-08-05T00:00:01.000000Z ERROR x\r\n", 0, 1)]
    [InlineData("scheduler-1  | trace_id=4b span_id=00 2026-05-07T18:00:00.000000Z ERROR x", 0, 1)]
    [InlineData("2025-08-05T00:00:01.000000Z  INFO an ERROR and a WARN in a message\n", 0, 0)]
    [InlineData("ERROR in a line without a timestamp\n", 0, 0)]
    public void Warnings_and_errors_are_counted_by_the_level_of_a_line(
        string line,
        int warnings,
        int errors
    )
    {
        Check(line + "\n" + Complete);

        Assert.EndsWith($",{warnings},{errors},true", Row);
    }

    [Fact]
    public void Strict_makes_errors_the_exit_code_and_writes_the_table_all_the_same()
    {
        var outcome = Check("2025-08-05T00:00:01.000000Z ERROR x\n" + Complete, "--strict");

        Assert.Equal(
            (
                1,
                "WARNING: logs/x-n=1: its log has 1 errors\nERROR: 1 runs are incomplete or have errors\n"
            ),
            (outcome.ExitCode, outcome.Error)
        );
        Assert.EndsWith(",0,1,true", Row);
    }

    [Fact]
    public void Batches_count_once_wherever_the_blocks_of_a_file_meet()
    {
        // 1,500 batches of one alert in some 4 MB, with a line longer than a block in between.
        var batches = Enumerable
            .Range(0, 1500)
            .Select(i => Batch(1, 1, "1") + new string('x', i) + "\n");
        var longLine = Batch(2, 7, "1")[..^1] + new string('y', 3_000_000) + "\n";

        Check(string.Concat(batches.Take(700)) + longLine + string.Concat(batches.Skip(700)));

        // The long line's own batch counts too: filter "1yyy…" is cut at the block's end.
        Assert.StartsWith("boom,x-n=1,1,2,7,1500,", Row);
    }

    [Fact]
    public void Kowalskis_runs_are_all_processing_and_their_log_counts_no_alerts()
    {
        WriteSweep("benchmark-kowalski", "7");
        project.Write(
            "logs/x-n=7/supervisord.log",
            "2025-08-05 01:41:14,991 CRIT Supervisor is running as root.  Privileges were not dropped\n"
                + Running
                + "2025-08-05 01:45:00,000 ERRO pool x event buffer overflowed\n"
                + Sigterm
        );

        var outcome = project.RunScript("check-runs");

        Assert.Equal(
            (0, "WARNING: logs/x-n=7: its log has 1 errors\n"),
            (outcome.ExitCode, outcome.Error)
        );
        Assert.Equal("kowalski,x-n=7,7,,,,453,0,1,1,", Row);
    }

    [Fact]
    public void A_missing_parameter_is_an_error()
    {
        project.WriteSweep("benchmark-boom", "1");

        Assert.Equal(
            "ERROR: calkit.yaml: there is no parameter n_alerts\n",
            project.RunScript("check-runs").Error
        );
    }
}
