using System.Text;
using System.Text.RegularExpressions;

/// <summary>Two sweeps of BOOM, of 2025 and of 2026, with all that can be wrong with a run.</summary>
public sealed class BoomSweeps : IDisposable
{
    const string Yaml = """
        parameters:
          n_alerts: 2000
        pipeline:
          stages:
            benchmark-boom:
              iterate_over:
                - arg_name: n_workers
                  values: [1, 2]
                - arg_name: repetition
                  values: [a, b]
              outputs:
                - logs/boom-{n_workers}/{repetition}
            benchmark-boom-2026:
              iterate_over:
                - arg_name: n_workers
                  values: [1]
                - arg_name: repetition
                  values: [a]
                - arg_name: machine
                  values: [laptop]
                - arg_name: n_alerts
                  values: [3000]
              outputs:
                - runs/boom-na={n_workers}/logs
        """;

    public ScratchProject Project { get; } = new();

    public Outcome Outcome { get; }

    public BoomSweeps()
    {
        Project.Write("calkit.yaml", Yaml);
        Write("logs/boom-1/a", Start, Batches(2, 2000) + End);
        Project.Write(
            "logs/boom-1/a/producer.log",
            At("00:00:09.000000", "Pushed 2000 alerts to the queue in 4s")
        );
        Project.Write(
            "logs/boom-1/a/consumer.stats.log",
            Sample("64MiB", "100MB")
                + Sample("512MiB", "1GB")
                + Sample("256MiB", "1e+03MB")
                + Sample("0B", "0B")
                + Sample("0B", "0B")
        );
        Project.Write(
            "logs/boom-1/a/scheduler.stats.log",
            Sample("1GiB", "1MB")
                + "{\"MemUsage\":\"9G\n"
                + Sample("1.5GiB", "1MB")
                + Sample("1.25GiB", "1MB")
        );
        // The second filter lacks a batch.
        Write(
            "logs/boom-1/b",
            Start,
            Batches(2, 2000).Replace("1/1000 ZTF alerts with programid 1 passed filter 2", "x")
                + End
        );
        Project.Write("logs/boom-1/b/producer.log", "x\nPushed 5 alerts to the queue in 3min\n");
        // It has one filter only.
        Write("logs/boom-2/a", Start, Batches(1, 2000) + End);
        // The fourth run has no consumer.log.
        Project.Write("logs/boom-2/b/scheduler.log", Batches(2, 2000) + End);

        Write(
            "runs/boom-na=1/logs",
            "consumer-1  | 2026-05-07T00:00:00.000000Z  INFO waiting\n"
                + "consumer-1  | 2026-05-07T00:00:10.500000Z  INFO Consumer received first message\n",
            string.Concat(Enumerable.Range(1, 3).Select(NewBatch))
                + "scheduler-1  | trace_id=4bf92f3577b34da6a3ce929d0e0e4736 2026-05-07T00:01:10.500000Z ERROR x\n"
                + "scheduler-1 exited with code 137\n"
        );
        Outcome = Collect();
    }

    // As docker compose prints the current BOOM: no colour, trace ids before the time.
    static string NewBatch(int filter) =>
        $"scheduler-1  | trace_id=4bf92f3577b34da6a3ce929d0e0e4736 span_id=00f067aa0ba902b7 2026-05-07T00:00:40.{filter}00000Z  INFO 3/3000 ZTF alerts with programid 1 passed filter {filter}\n";

    public Outcome Collect() =>
        Project.RunScript(
            "collect-boom",
            "--start-marker",
            "benchmark-boom-2026=Consumer received first message"
        );

    /// <summary>The row of a run in a table, by title.</summary>
    public IReadOnlyDictionary<string, string> Row(string run)
    {
        var rows = Project.Read("results/boom-runs.csv").TrimEnd('\n').Split('\n');
        var values = rows.Select(row => row.Split(',')).Single(row => row[0] == run);
        return rows[0].Split(',').Zip(values).ToDictionary();
    }

    public void Write(string run, string consumer, string scheduler)
    {
        Project.Write($"{run}/consumer.log", consumer);
        Project.Write($"{run}/scheduler.log", scheduler);
    }

    public static string At(string time, string message) =>
        LogText.Boom($"2025-08-05T{time}Z", message);

    /// <summary>consumer.log of a run that starts at 00:00:10.500000.</summary>
    public static readonly string Start = At("00:00:10.500000", "topic found");

    /// <summary>The end of scheduler.log of a run that ends at 00:01:20.400000.</summary>
    public static readonly string End =
        At("00:01:20.400000", "queue is empty") + LogText.Exit + LogText.Exit;

    /// <summary>Batches of 1,000 alerts, the last one at 00:00:50.700000.</summary>
    public static string Batches(int filters, int alerts)
    {
        var text = new StringBuilder();
        for (var done = 0; done < alerts; done += 1000)
        for (var filter = 1; filter <= filters; filter++)
            text.Append(
                At(
                    done + 1000 < alerts ? "00:00:30.000000" : "00:00:50.700000",
                    $"{(done == 0 ? 0 : 1)}/1000 ZTF alerts with programid 1 passed filter {filter}"
                )
            );
        return text.ToString();
    }

    public static string Sample(string memory, string network) =>
        $"\x1b[H{{\"MemUsage\":\"{memory} / 125.7GiB\",\"NetIO\":\"{network} / 900MB\"}}\x1b[K\n\x1b[J\n";

    public void Dispose() => Project.Dispose();
}

public sealed class CollectBoomSweepsTests(BoomSweeps sweeps) : IClassFixture<BoomSweeps>
{
    [Fact]
    public void It_ends_well() => Assert.Equal(0, sweeps.Outcome.ExitCode);

    // A wall time is truncated: 69.9 s are 69 s. A run of 2026 starts at its marker, one of 2025
    // at its first line.
    [Fact]
    public void The_notebooks_table_has_the_runs_of_both_sweeps() =>
        Assert.Equal(
            """
            n_workers,repetition,machine,n_alerts,start_time,end_time,wall_time_s
            1,a,,,2025-08-05T00:00:10.500000+0000,2025-08-05T00:01:20.400000+0000,69
            1,b,,,2025-08-05T00:00:10.500000+0000,2025-08-05T00:01:20.400000+0000,69
            2,a,,,2025-08-05T00:00:10.500000+0000,2025-08-05T00:01:20.400000+0000,69
            1,a,laptop,3000,2026-05-07T00:00:10.500000+0000,2026-05-07T00:01:10.500000+0000,60

            """,
            sweeps.Project.Read("results/boom.csv")
        );

    [Fact]
    public void A_run_is_its_directory() =>
        Assert.Equal(
            ["run", "logs/boom-1/a", "logs/boom-1/b", "logs/boom-2/a", "runs/boom-na=1/logs"],
            sweeps
                .Project.Read("results/boom-runs.csv")
                .TrimEnd('\n')
                .Split('\n')
                .Select(row => row.Split(',')[0])
        );

    [Theory]
    [InlineData("logs/boom-1/a", "40.2", "29.7")]
    [InlineData("runs/boom-na=1/logs", "29.8", "30.2")]
    public void Processing_and_idle_tail_make_up_the_run(string run, string processing, string idle)
    {
        var row = sweeps.Row(run);

        Assert.Equal((processing, idle), (row["processing_time_s"], row["idle_tail_s"]));
    }

    // 2000 / 69 and 3000 / 60.
    [Theory]
    [InlineData("logs/boom-1/a", "2000", "28.985507246376812")]
    [InlineData("logs/boom-1/b", "2000", "")]
    [InlineData("logs/boom-2/a", "2000", "")]
    [InlineData("runs/boom-na=1/logs", "3000", "50")]
    public void The_throughput_is_that_of_the_runs_own_night_and_blank_where_incomplete(
        string run,
        string alerts,
        string throughput
    )
    {
        var row = sweeps.Row(run);

        Assert.Equal((alerts, throughput), (row["n_alerts"], row["alerts_per_s"]));
    }

    // The three filters of 2026 do not make the runs of 2025 incomplete.
    [Theory]
    [InlineData("logs/boom-1/a", "2", "2000", "2000", "true")]
    [InlineData("logs/boom-1/b", "2", "1000", "2000", "false")]
    [InlineData("logs/boom-2/a", "1", "2000", "2000", "false")]
    [InlineData("runs/boom-na=1/logs", "3", "3000", "3000", "true")]
    public void A_run_is_complete_when_every_filter_of_its_stage_saw_all_alerts(
        string run,
        string filters,
        string min,
        string max,
        string complete
    )
    {
        var row = sweeps.Row(run);

        Assert.Equal(
            (filters, min, max, complete),
            (
                row["filters_seen"],
                row["min_alerts_filtered"],
                row["max_alerts_filtered"],
                row["complete"]
            )
        );
    }

    // 2000 / 4 s and 10^9 bytes / 4 s.
    [Fact]
    public void The_rates_into_kafka_are_those_over_the_producers_time()
    {
        var row = sweeps.Row("logs/boom-1/a");

        Assert.Equal(("500", "250"), (row["kafka_alerts_per_s"], row["kafka_mb_per_s"]));
    }

    // Together: 64 MiB + 1 GiB, 512 MiB + nothing whole, 256 MiB + 1.5 GiB, 0 + 1.25 GiB.
    [Fact]
    public void The_memory_of_both_containers_is_summed_sample_by_sample()
    {
        var row = sweeps.Row("logs/boom-1/a");

        Assert.Equal(
            ("0.5", "1.5", "1.75"),
            (row["consumer_peak_gib"], row["scheduler_peak_gib"], row["peak_memory_gib"])
        );
    }

    [Fact]
    public void What_optional_logs_do_not_tell_is_blank()
    {
        var row = sweeps.Row("logs/boom-1/b");

        Assert.Equal("", row["kafka_alerts_per_s"] + row["peak_memory_gib"]);
    }

    [Fact]
    public void The_warnings_name_the_runs_in_their_order_and_count_what_many_lack()
    {
        string[] expected =
        [
            "1 of 4 runs of benchmark-boom left out, without logs/boom-2/b/consumer.log",
            "producer.log is not understood in 1 of 4 runs of benchmark-boom; the first: logs/boom-1/b/producer.log:2: ",
            "no consumer.stats.log in 2 of 4 runs of benchmark-boom; the first: logs/boom-1/b/consumer.stats.log",
            "no scheduler.stats.log in 2 of 4 runs of benchmark-boom; the first: logs/boom-1/b/",
            "no producer.log in 1 of 4 runs of benchmark-boom; the first: logs/boom-2/a/",
            "no producer.log in 1 of 1 run of benchmark-boom-2026; the first: runs/boom-na=1/logs/",
            "no consumer.stats.log in 1 of 1 run of benchmark-boom-2026",
            "no scheduler.stats.log in 1 of 1 run of benchmark-boom-2026",
            "errors in 1 of 1 run of benchmark-boom-2026; the first: runs/boom-na=1/logs",
            "incomplete, counted nowhere: logs/boom-1/b: 2 of 2 filters saw 1000 to 2000 of 2000 alerts",
            "incomplete, counted nowhere: logs/boom-2/a: 1 of 2 filters saw 2000 to 2000 of 2000 alerts",
        ];
        var warnings = sweeps.Outcome.Error.TrimEnd('\n').Split('\n');

        Assert.Equal(expected.Length, warnings.Length);
        foreach (var (start, warning) in expected.Zip(warnings))
            Assert.StartsWith($"WARNING: {start}", warning);
    }

    [Fact]
    public void It_prints_and_warns_the_same_every_time()
    {
        for (var i = 0; i < 2; i++)
            Assert.Equal(sweeps.Outcome, sweeps.Collect());
    }

    [Fact]
    public void The_screen_tells_what_is_wrong_with_a_run()
    {
        var lines = sweeps.Outcome.Out.Split('\n');

        Assert.EndsWith("incomplete", lines[2]);
        Assert.EndsWith("errors", lines[4]);
    }
}

public sealed class CollectBoomTests : IDisposable
{
    static readonly string Start = BoomSweeps.Start;
    static readonly string End = BoomSweeps.End;

    readonly ScratchProject project = new();

    public void Dispose() => project.Dispose();

    // Two stages with the same argument and a run each.
    void WriteStages(string first, string second) =>
        project.Write(
            "calkit.yaml",
            $$"""
            parameters: {n_alerts: 2000}
            pipeline:
              stages:
                benchmark-boom:
                  iterate_over: [{arg_name: n, values: [1]}]
                  outputs: ["logs/{{first}}{n}"]
                benchmark-boom-again:
                  iterate_over: [{arg_name: n, values: [1]}]
                  outputs: ["logs/{{second}}{n}"]
            """
        );

    // The runs of a stage, logs/x-n=1 and so on, with the same logs.
    void WriteRuns(string consumer, string scheduler, params string[] values)
    {
        project.WriteSweep("benchmark-boom", values);
        project.Write(
            "calkit.yaml",
            "parameters: {n_alerts: 2000}\n" + project.Read("calkit.yaml")
        );
        foreach (var value in values)
        {
            project.Write($"logs/x-n={value}/consumer.log", consumer);
            project.Write($"logs/x-n={value}/scheduler.log", scheduler);
        }
    }

    void AssertError(int exitCode, string start, string culprit, params string[] arguments)
    {
        var outcome = project.RunScript("collect-boom", arguments);

        Assert.Equal(exitCode, outcome.ExitCode);
        var line = Assert.Single(outcome.Error.TrimEnd('\n').Split('\n'));
        Assert.StartsWith($"ERROR: {start}", line);
        Assert.Contains(culprit, line);
        Assert.False(Directory.Exists(project.PathOf("results")));
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("de_DE.UTF-8", "America/Los_Angeles")]
    [InlineData("th_TH.UTF-8", "Asia/Kolkata")] // another calendar
    public void The_committed_logs_give_the_published_table_on_every_machine(
        string? culture,
        string? timeZone
    )
    {
        project.CopyFromRoot("logs");
        project.Write(
            "calkit.yaml",
            File.ReadAllText(Path.Combine(ScratchProject.Root, "calkit.yaml"))
        );

        var outcome = project.Run(
            [("LC_ALL", culture), ("TZ", timeZone)],
            Path.Combine(ScratchProject.Root, "scripts/collect-boom.csx")
        );

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        foreach (
            var (table, expected) in new[]
            {
                ("results/boom.csv", "tests/published/2025-08-05/boom.csv"),
                ("results/boom-runs.csv", "results/boom-runs.csv"),
            }
        )
            Assert.Equal(
                File.ReadAllText(Path.Combine(ScratchProject.Root, expected)),
                project.Read(table)
            );
        Assert.Contains(" 2025-08-05 00:31  ", outcome.Out);
    }

    [Fact]
    public void Without_lines_of_filters_completeness_is_not_known()
    {
        WriteRuns(Start, End, "1", "2");

        var outcome = project.RunScript("collect-boom");

        var warnings = outcome.Error.Split('\n').Where(line => line.Contains("complete"));
        Assert.Contains("benchmark-boom", Assert.Single(warnings));
        Assert.Equal(
            "logs/x-n=1,1,2000,2025-08-05T00:00:10.500000+0000,2025-08-05T00:01:20.400000+0000,69,,,28.985507246376812,0,,,,0,0,,,,,,",
            project.Read("results/boom-runs.csv").Split('\n')[1]
        );
    }

    // The log of a run that goes well, up to what is put before its last line or behind it.
    [Theory]
    [InlineData("", "", "", "")]
    [InlineData("restarts", LogText.Exit, "", "a container was restarted")]
    [InlineData(
        "crashes",
        "",
        "scheduler-1 exited with code 139\n",
        "the scheduler exited with code 139"
    )]
    [InlineData("stops", "", "scheduler-1 exited with code 143\n", "")]
    [InlineData("ends", "", "scheduler-1 exited with code 0\n", "")]
    [InlineData(
        "is cut",
        "",
        "\n",
        "scheduler.log lacks docker compose's last line (exited with code)"
    )]
    public void A_container_that_dies_is_a_doubt(
        string _,
        string before,
        string last,
        string doubts
    )
    {
        var end = BoomSweeps.At("00:01:20.400000", "queue is empty");
        WriteRuns(
            Start,
            BoomSweeps.Batches(1, 2000) + before + end + (last == "" ? LogText.Exit : last),
            "1"
        );

        AssertDoubts(doubts);
    }

    [Fact]
    public void A_consumer_that_was_restarted_is_a_doubt()
    {
        var exit = "consumer-1 exited with code 1\n";
        WriteRuns(
            Start + exit + Start.Replace("scheduler-1", "consumer-1"),
            BoomSweeps.Batches(1, 2000) + End,
            "1"
        );

        AssertDoubts("a container was restarted");
    }

    [Theory]
    [InlineData("1MB 1.79GB 1.79GB", "")]
    [InlineData("1MB 2MB 3MB", "grows to the end")]
    [InlineData("5MB 1MB 1MB", "grows to the end")]
    [InlineData("0B 0B 0B", "no traffic")]
    public void Traffic_that_does_not_come_to_rest_is_a_warning(string traffic, string warning)
    {
        WriteRuns(Start, BoomSweeps.Batches(1, 2000) + End, "1");
        project.Write(
            "logs/x-n=1/consumer.stats.log",
            string.Concat(traffic.Split().Select(one => BoomSweeps.Sample("1GiB", one)))
        );

        var error = project.RunScript("collect-boom").Error;

        Assert.Equal(
            warning,
            string.Join('|', Regex.Matches(error, "grows to the end|no traffic"))
        );
    }

    // As where Apptainer runs the scheduler.
    [Fact]
    public void Without_dockers_prefix_its_last_line_is_not_expected()
    {
        var log = BoomSweeps.Batches(1, 2000) + BoomSweeps.At("00:01:20.400000", "queue is empty");
        WriteRuns(Start, log.Replace("scheduler-1  | ", "").Replace("consumer-1  | ", ""), "1");

        AssertDoubts("");
    }

    [Fact]
    public void A_consumer_log_without_its_beginning_is_a_doubt()
    {
        WriteRuns(
            BoomSweeps.At("00:00:12.000000", "Consumer 0 pushed 4000 items since 1.5s"),
            BoomSweeps.Batches(1, 2000) + End,
            "1"
        );

        AssertDoubts("consumer.log lacks its beginning");
    }

    [Theory]
    [InlineData("00:01:50.700000", "")]
    [InlineData("00:01:50.700001", "no batch in the last 60 s")]
    public void An_idle_tail_of_more_than_a_minute_is_a_doubt(string end, string doubts)
    {
        WriteRuns(
            Start,
            BoomSweeps.Batches(1, 2000) + BoomSweeps.At(end, "queue is empty") + LogText.Exit,
            "1"
        );

        AssertDoubts(doubts);
    }

    void AssertDoubts(string doubts)
    {
        var outcome = project.RunScript("collect-boom");

        Assert.Equal(0, outcome.ExitCode);
        Assert.EndsWith($",{doubts}\n", project.Read("results/boom-runs.csv"));
        Assert.Equal(doubts != "", outcome.Error.Contains("times may be wrong"));
    }

    [Fact]
    public void A_first_message_that_is_not_the_start_is_one_warning()
    {
        var message = BoomSweeps.At(
            "00:00:12.000000",
            "Consumer received first message, continuing..."
        );
        WriteRuns(Start + message, BoomSweeps.Batches(1, 2000) + End, "1", "2");
        string Warnings(params string[] arguments) =>
            project.RunScript("collect-boom", arguments).Error;

        Assert.Contains(
            "WARNING: the first timestamp is the start, not the first message (--start-marker) in 2 of 2 runs of "
                + "benchmark-boom; the first: logs/x-n=1/consumer.log:2\n",
            Warnings()
        );
        Assert.DoesNotContain(
            "first message",
            Warnings("--start-marker", "benchmark-boom=Consumer received first message")
        );
    }

    // As when a range ends too early. What lacks a log may be anything.
    [Fact]
    public void Logs_that_no_sweep_has_are_one_warning()
    {
        WriteRuns(Start, BoomSweeps.Batches(1, 2000) + End, "1");
        foreach (var log in new[] { "consumer.log", "scheduler.log" })
        {
            project.Write($"logs/x-n=3/{log}", "x");
            project.Write($"logs/x-n=2/{log}", "x");
            project.Write($"logs/x-n=1/old/{log}", "x");
        }
        project.Write("logs/notes/consumer.log", "x");

        Assert.EndsWith(
            "WARNING: logs that no sweep has are not read: logs/x-n=2, logs/x-n=3\n",
            project.RunScript("collect-boom").Error
        );
    }

    // 1 + 2 GiB, the scheduler's peak of 3 GiB has no sample of the consumer beside it.
    [Theory]
    [InlineData("1GiB 1GiB 1GiB", "2GiB 3GiB 2GiB", "4", "")]
    [InlineData("1GiB 1GiB", "2GiB 2GiB 3GiB", "", "memory may be too low|no peak memory")]
    [InlineData("1GiB 1GiB", "2GiB 2GiB 2GiB", "3", "memory may be too low")]
    [InlineData("1GiB -- --", "2GiB 1GiB 4GiB", "", "no peak memory")]
    public void The_peak_memory_is_told_where_both_containers_have_samples(
        string consumer,
        string scheduler,
        string peak,
        string warnings
    )
    {
        WriteRuns(Start, BoomSweeps.Batches(1, 2000) + End, "1");
        string Samples(string memory) =>
            string.Concat(memory.Split().Select(one => BoomSweeps.Sample(one, "1GB")));
        project.Write("logs/x-n=1/consumer.stats.log", Samples(consumer));
        project.Write("logs/x-n=1/scheduler.stats.log", Samples(scheduler));

        var error = project.RunScript("collect-boom").Error;

        var values = project.Read("results/boom-runs.csv").TrimEnd('\n').Split('\n')[1].Split(',');
        Assert.Equal(peak, values[^2]);
        Assert.Equal(
            warnings,
            string.Join('|', Regex.Matches(error, "memory may be too low|no peak memory"))
        );
    }

    [Fact]
    public void A_clock_that_goes_back_and_a_cut_scheduler_log_are_one_warning_each()
    {
        var back = BoomSweeps.At("00:00:08.000000", "topic found");
        WriteRuns(Start, BoomSweeps.Batches(1, 2000) + End, "1", "2", "3");
        project.Write("logs/x-n=2/consumer.log", Start + back);
        project.Write("logs/x-n=3/consumer.log", Start + back);
        project.Write(
            "logs/x-n=2/scheduler.log",
            BoomSweeps.Batches(1, 2000) + End.Replace(LogText.Exit, "")
        );

        var outcome = project.RunScript("collect-boom");

        Assert.Equal(0, outcome.ExitCode);
        Assert.Equal(
            [
                "WARNING: times may be wrong: the clock goes back in 2 of 3 runs of benchmark-boom; the first: logs/x-n=2/consumer.log:2",
                "WARNING: times may be wrong: scheduler.log lacks docker compose's last line (exited with code) in 1 of 3 runs of benchmark-boom; the first: logs/x-n=2/scheduler.log",
            ],
            outcome.Error.Split('\n').Where(line => line.Contains("times may"))
        );
        Assert.Equal(
            [
                "",
                "the clock goes back; scheduler.log lacks docker compose's last line (exited with code)",
                "the clock goes back",
            ],
            project
                .Read("results/boom-runs.csv")
                .TrimEnd('\n')
                .Split('\n')
                .Skip(1)
                .Select(row => row.Split(',')[^1])
        );
        Assert.Equal(2, outcome.Out.Split("  doubt\n").Length - 1);
    }

    [Fact]
    public void A_first_batch_before_the_start_is_an_error()
    {
        WriteRuns(
            Start,
            BoomSweeps.At("00:00:09.000000", "1/1000 ZTF alerts with programid 1 passed filter 1")
                + BoomSweeps.Batches(1, 1000)
                + End,
            "1"
        );

        AssertError(1, "logs/x-n=1/scheduler.log: ", "2025-08-05T00:00:09");
    }

    [Theory]
    [InlineData(null, "00:00:10.499999")] // the run ends before it starts
    [InlineData("00:01:30.000000", "00:01:20.400000")] // the last batch is after the end
    [InlineData("00:00:05.000000", "00:01:20.400000")] // or before the start
    public void Start_last_batch_and_end_come_in_this_order(string? batch, string end)
    {
        var message = "1/1000 ZTF alerts with programid 1 passed filter 2";
        var batchLine = batch == null ? "" : BoomSweeps.At(batch, message);
        WriteRuns(Start, batchLine + BoomSweeps.At(end, "queue is empty"), "1");

        AssertError(1, "logs/x-n=1/scheduler.log: ", "order");
    }

    [Fact]
    public void A_marker_that_no_line_holds_is_an_error_of_the_first_run()
    {
        WriteRuns(Start, End, "1", "2");

        AssertError(
            1,
            "logs/x-n=1/consumer.log: ",
            "first message",
            "--start-marker",
            "benchmark-boom=first message"
        );
    }

    [Fact]
    public void Of_a_run_that_two_stages_share_the_first_stages_marker_counts()
    {
        WriteRuns(Start, End, "1");
        WriteStages("x-n=", "x-n=");

        AssertError(
            1,
            "logs/x-n=1/consumer.log: ",
            "\"no such line\"",
            "--start-marker",
            "benchmark-boom=no such line",
            "--start-marker",
            "benchmark-boom-again=nor such a line"
        );
    }

    [Theory]
    [InlineData("first message")]
    [InlineData("benchmark-boom=")]
    [InlineData("benchmark-boom-2026=first message")]
    [InlineData("benchmark-boom=a", "--start-marker", "benchmark-boom=b")]
    public void A_marker_is_a_stages_text(params string[] marker)
    {
        WriteRuns(Start, End, "1");

        AssertError(2, "--start-marker: ", "benchmark-boom", ["--start-marker", .. marker]);
    }

    [Fact]
    public void Two_directories_with_the_same_arguments_are_an_error_with_the_way_out()
    {
        WriteStages("old-", "new-");

        AssertError(
            1,
            "calkit.yaml:",
            "stage benchmark-boom-again: logs/new-1 has the same arguments as logs/old-1 of stage benchmark-boom: give one stage an argument"
        );
    }

    [Fact]
    public void Without_any_log_the_first_directory_is_named()
    {
        WriteRuns(Start, End, "1", "2");
        Directory.Delete(project.PathOf("logs"), recursive: true);

        var outcome = project.RunScript("collect-boom");

        Assert.Equal(
            (1, "ERROR: none of the 2 runs has logs; the first belongs in logs/x-n=1\n"),
            (outcome.ExitCode, outcome.Error)
        );
    }

    [LinuxFact]
    public void A_pipe_in_the_place_of_a_log_does_not_make_it_wait()
    {
        WriteRuns(Start, End, "1");
        File.Delete(project.PathOf("logs/x-n=1/scheduler.log"));
        ScratchProject.Start("mkfifo", project.Directory, ["logs/x-n=1/scheduler.log"]);

        AssertError(1, "logs/x-n=1/scheduler.log: ", "pipe");
    }
}
