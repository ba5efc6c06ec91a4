using static LogText;

public sealed class CollectBoomTests : IDisposable
{
    readonly ScratchProject project = new();

    public void Dispose() => project.Dispose();

    void WriteRun(string run, string consumer, string scheduler)
    {
        project.Write($"logs/{run}/consumer.log", consumer);
        project.Write($"logs/{run}/scheduler.log", scheduler);
    }

    void WriteOneRun(string consumer, string scheduler)
    {
        project.WriteSweep("benchmark-boom", "1");
        WriteRun("x-n=1", consumer, scheduler);
    }

    static readonly string Consumer = Boom(Start);
    static readonly string Scheduler = Boom(Start) + Boom(End) + Exit;

    const string OneRow =
        "n,start_time,end_time,wall_time_s\n"
        + "1,2025-08-05T00:55:06.655713+0000,2025-08-05T00:56:22.207600+0000,75\n";

    void AssertError(Outcome outcome, string expected)
    {
        Assert.Equal(($"ERROR: {expected}\n", 1), (outcome.Error, outcome.ExitCode));
        Assert.False(File.Exists(project.PathOf("results/boom.csv")));
    }

    [Fact]
    public void A_run_lasts_from_the_consumers_first_to_the_schedulers_last_timestamp()
    {
        WriteOneRun(Consumer + Boom(End), Scheduler);

        var outcome = project.RunScript("collect-boom");

        Assert.Equal(("", 0), (outcome.Error, outcome.ExitCode));
        Assert.Equal(OneRow, project.Read("results/boom.csv"));
    }

    [Fact]
    public void The_table_is_printed_as_the_notebook_showed_it()
    {
        WriteOneRun(Consumer, Scheduler);

        var outcome = project.RunScript("collect-boom");

        Assert.Equal(
            """
            n                      start_time                        end_time  wall_time_s
            1  2025-08-05 00:55:06.655713 UTC  2025-08-05 00:56:22.207600 UTC           75

            """,
            outcome.Out
        );
    }

    [Fact]
    public void The_culture_of_the_machine_does_not_matter()
    {
        WriteOneRun(Consumer, Scheduler);

        project.Run([("LC_ALL", "de_DE.UTF-8")], ScriptPath("collect-boom"));

        Assert.Equal(OneRow, project.Read("results/boom.csv"));
    }

    [Fact]
    public void The_time_zone_of_the_machine_does_not_matter()
    {
        WriteOneRun(Consumer, Scheduler);

        project.Run([("TZ", "America/Los_Angeles")], ScriptPath("collect-boom"));

        Assert.Equal(OneRow, project.Read("results/boom.csv"));
    }

    static string ScriptPath(string name) =>
        Path.Combine(ScratchProject.Root, $"scripts/{name}.csx");

    [Fact]
    public void Values_in_quotes_stay_as_they_are()
    {
        project.WriteSweep("benchmark-boom", "'007'", "'1.50'");
        WriteRun("x-n=007", Consumer, Scheduler);
        WriteRun("x-n=1.50", Consumer, Scheduler);

        project.RunScript("collect-boom");

        var rows = project.Read("results/boom.csv").Split('\n');
        Assert.StartsWith("007,", rows[1]);
        Assert.StartsWith("1.50,", rows[2]);
    }

    [Fact]
    public void Logs_of_the_boom_of_2026_are_read_alike()
    {
        project.Write(
            "calkit.yaml",
            """
            pipeline:
              stages:
                benchmark-boom:
                  iterate_over:
                    - arg_name: [n_alert_workers, n_enrichment_workers, n_filter_workers, n_gpus]
                      values: [[4, 4, 2, 0]]
                  outputs:
                    - logs/boom-na={n_alert_workers}-ne={n_enrichment_workers}-nf={n_filter_workers}-gpu={n_gpus}
            """
        );
        WriteRun(
            "boom-na=4-ne=4-nf=2-gpu=0",
            "consumer-1  | 2026-05-07T18:00:00.000000Z  INFO Consumer received first message, continuing...\n",
            "scheduler-1  | trace_id=4bf92f3577b34da6a3ce929d0e0e4736 span_id=00f067aa0ba902b7 2026-05-07T18:01:00.500000Z  INFO done\n"
                + Exit
        );

        project.RunScript("collect-boom", "--start-marker=Consumer received first message");

        Assert.Equal(
            "n_alert_workers,n_enrichment_workers,n_filter_workers,n_gpus,start_time,end_time,wall_time_s\n"
                + "4,4,2,0,2026-05-07T18:00:00.000000+0000,2026-05-07T18:01:00.500000+0000,60\n",
            project.Read("results/boom.csv")
        );
    }

    [Fact]
    public void Stages_with_different_arguments_get_all_their_columns_blank_where_there_is_no_value()
    {
        project.Write(
            "calkit.yaml",
            """
            pipeline:
              stages:
                benchmark-boom:
                  iterate_over: [{arg_name: n, values: [1]}]
                  outputs: ["logs/a-{n}"]
                benchmark-boom-more:
                  iterate_over: [{arg_name: n, values: [2]}, {arg_name: repetition, values: [1, 2]}]
                  outputs: ["logs/b-{n}-{repetition}"]
            """
        );
        foreach (var run in new[] { "a-1", "b-2-1", "b-2-2" })
            WriteRun(run, Consumer, Scheduler);

        project.RunScript("collect-boom");

        var rows = project.Read("results/boom.csv").Split('\n');
        Assert.Equal("n,repetition,start_time,end_time,wall_time_s", rows[0]);
        Assert.Equal(["1,,", "2,1,", "2,2,"], rows[1..4].Select(row => row[..row.IndexOf("2025")]));
    }

    [Fact]
    public void Only_the_named_stages_are_collected()
    {
        project.Write(
            "calkit.yaml",
            """
            pipeline:
              stages:
                benchmark-boom: {outputs: [logs/a]}
                benchmark-boom-more: {outputs: [logs/b]}
            """
        );
        WriteRun("b", Consumer, Scheduler);

        var outcome = project.RunScript("collect-boom", "benchmark-boom-more");

        Assert.Equal(("", 0), (outcome.Error, outcome.ExitCode));
    }

    [Fact]
    public void A_start_marker_starts_the_clock()
    {
        const string Marker = "Consumer received first message, continuing...";
        WriteOneRun(Consumer + Boom("2025-08-05T00:55:20.207601Z", Marker), Scheduler);

        project.RunScript("collect-boom", "--start-marker", Marker);

        // 61.999999 s are 61: the wall time is cut.
        Assert.EndsWith(",2025-08-05T00:56:22.207600+0000,61\n", project.Read("results/boom.csv"));
    }

    [Fact]
    public void A_start_marker_that_no_line_holds_is_an_error()
    {
        WriteOneRun(Consumer, Scheduler);

        AssertError(
            project.RunScript("collect-boom", "--start-marker", "first message"),
            "logs/x-n=1/consumer.log: no line holds the marker \"first message\""
        );
    }

    [Theory]
    [InlineData("consumer.log")]
    [InlineData("scheduler.log")]
    public void A_run_without_one_of_its_logs_is_left_out_with_a_warning(string missing)
    {
        project.WriteSweep("benchmark-boom", "1", "2", "3");
        WriteRun("x-n=1", Consumer, Scheduler);
        WriteRun("x-n=2", Consumer, Scheduler);
        File.Delete(project.PathOf($"logs/x-n=2/{missing}"));

        var outcome = project.RunScript("collect-boom");

        Assert.Equal(
            $"WARNING: logs/x-n=2/{missing} does not exist\n"
                + "WARNING: logs/x-n=3/consumer.log does not exist\n",
            outcome.Error
        );
        Assert.Equal((0, OneRow), (outcome.ExitCode, project.Read("results/boom.csv")));
    }

    [Fact]
    public void No_logs_at_all_is_an_error_that_says_where_it_looked_and_leaves_the_old_results()
    {
        project.WriteSweep("benchmark-boom", "1", "2");
        project.Write("results/boom.csv", "old");

        var outcome = project.RunScript("collect-boom");

        Assert.EndsWith(
            "ERROR: none of the 2 runs has logs; looked in logs/x-n=1, logs/x-n=2\n",
            outcome.Error
        );
        Assert.Equal((1, "old"), (outcome.ExitCode, project.Read("results/boom.csv")));
    }

    [Theory]
    [InlineData("", "consumer.log")]
    [InlineData(Exit, "consumer.log")]
    [InlineData("", "scheduler.log")]
    [InlineData(Exit, "scheduler.log")]
    public void A_log_without_a_timestamp_is_an_error(string text, string name)
    {
        WriteOneRun(Consumer, Scheduler);
        project.Write($"logs/x-n=1/{name}", text);

        AssertError(
            project.RunScript("collect-boom"),
            $"logs/x-n=1/{name}: no line has a timestamp such as 2025-08-05T00:31:55.442424Z"
        );
    }

    [Fact]
    public void A_directory_in_a_logs_place_is_an_error()
    {
        WriteOneRun(Consumer, Scheduler);
        File.Delete(project.PathOf("logs/x-n=1/consumer.log"));
        Directory.CreateDirectory(project.PathOf("logs/x-n=1/consumer.log"));

        AssertError(
            project.RunScript("collect-boom"),
            "logs/x-n=1/consumer.log: is a directory, expected a log file"
        );
    }

    [LinuxTheory]
    [InlineData("consumer.log")]
    [InlineData("scheduler.log")]
    public void A_log_that_cannot_be_read_is_an_error(string name)
    {
        WriteOneRun(Consumer, Scheduler);
        project.MakeUnreadable($"logs/x-n=1/{name}");

        var outcome = project.RunScript("collect-boom");

        Assert.Equal(1, outcome.ExitCode);
        Assert.Matches($@"^ERROR: logs/x-n=1/{name}: can't be read: .+\n$", outcome.Error);
    }

    [Fact]
    public void A_run_that_ends_before_it_starts_is_an_error()
    {
        WriteOneRun(Boom(End), Boom(Start));

        AssertError(
            project.RunScript("collect-boom"),
            "logs/x-n=1/scheduler.log: the run ends at 2025-08-05 00:55:06.655713 UTC, before it starts at 2025-08-05 00:56:22.207600 UTC"
        );
    }

    [Fact]
    public void An_unknown_option_is_a_bad_command_line()
    {
        var outcome = project.RunScript("collect-boom", "--start", "x");

        Assert.Equal(
            (
                2,
                "ERROR: unknown option --start; usage: collect-boom.csx [STAGE...] [--start-marker TEXT]\n"
            ),
            (outcome.ExitCode, outcome.Error)
        );
    }

    [Fact]
    public void No_calkit_yaml_is_an_error()
    {
        var outcome = project.RunScript("collect-boom");

        Assert.Equal(1, outcome.ExitCode);
        Assert.Matches(@"^ERROR: calkit\.yaml: can't be read: .+\n$", outcome.Error);
    }

    [LinuxFact]
    public void A_results_directory_that_cannot_be_written_is_an_error()
    {
        WriteOneRun(Consumer, Scheduler);
        project.MakeUnwritable("results");

        var outcome = project.RunScript("collect-boom");

        Assert.Equal(1, outcome.ExitCode);
        Assert.Matches(@"^ERROR: results/boom\.csv: can't be written: .+\n$", outcome.Error);
    }

    [Fact]
    public void A_write_that_is_interrupted_leaves_the_old_results_whole()
    {
        WriteOneRun(Consumer, Scheduler);
        project.Write("results/boom.csv", "old");
        // The new file can't take the old one's place: it can't even be begun.
        Directory.CreateDirectory(project.PathOf("results/boom.csv.tmp"));

        var outcome = project.RunScript("collect-boom");

        Assert.Equal((1, "old"), (outcome.ExitCode, project.Read("results/boom.csv")));
    }

    [LinuxFact]
    public void A_reader_of_the_old_results_is_not_disturbed_by_the_new_ones()
    {
        WriteOneRun(Consumer, Scheduler);
        project.Write("results/boom.csv", "old");
        using var old = new StreamReader(project.PathOf("results/boom.csv"));

        project.RunScript("collect-boom");

        Assert.Equal("old", old.ReadToEnd());
        Assert.Equal(OneRow, project.Read("results/boom.csv"));
    }

    [Fact]
    public void What_an_interrupted_write_left_behind_is_no_obstacle()
    {
        WriteOneRun(Consumer, Scheduler);
        project.Write("results/boom.csv.tmp", "half a ta");

        project.RunScript("collect-boom");

        Assert.Equal(OneRow, project.Read("results/boom.csv"));
        Assert.False(File.Exists(project.PathOf("results/boom.csv.tmp")));
    }

    [Fact]
    public void A_log_of_two_hundred_megabytes_is_read_from_its_end()
    {
        WriteOneRun(Consumer, Boom(Start));
        using (var log = File.OpenWrite(project.PathOf("logs/x-n=1/scheduler.log")))
        {
            var block = System.Text.Encoding.UTF8.GetBytes(
                string.Concat(Enumerable.Repeat(Boom(Start), 10_000))
            );
            while (log.Length < 200_000_000)
            {
                log.Write(block);
                log.Flush();
            }
            log.Write(System.Text.Encoding.UTF8.GetBytes(Boom(End) + Exit));
        }

        // A heap of 64 MB could not hold the log.
        project.Run([("DOTNET_GCHeapHardLimit", "0x4000000")], ScriptPath("collect-boom"));

        Assert.Equal(OneRow, project.Read("results/boom.csv"));
    }
}
