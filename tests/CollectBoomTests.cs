using System.Text.RegularExpressions;
using static BoomRun;

/// <summary>Lines of a run of BOOM, without colours, whose night has 2,000 alerts.</summary>
static class BoomRun
{
    public static string Line(string time, string message, string level = " INFO") =>
        $"scheduler-1  | 2025-08-05T00:{time.PadRight(12, '0')}Z {level} src/main.rs:34: {message}\n";

    static string OfConsumer(string line) => line.Replace("scheduler-1 ", "consumer-1 ");

    public static readonly string Start = OfConsumer(Line("00:10.5", "topic found"));

    public static string FirstMessage(string time) =>
        OfConsumer(Line(time, "Consumer received first message, continuing..."));

    public static string Pushed(string time, int items) =>
        OfConsumer(Line(time, $"Consumer 0 pushed {items} items since 734.12ms"));

    public static string Batch(string time, string filter, int alerts = 1000) =>
        Line(time, $"1/{alerts} ZTF alerts with programid 1 passed filter {filter}");

    public static string Batches(params string[] filters) =>
        string.Concat(
            new[] { "00:12.5", "00:50.7" }.SelectMany(time =>
                filters.Select(filter => Batch(time, filter))
            )
        );

    public static readonly string Two = Batches("1", "2");

    public static readonly string Last = Line("01:00.7", "queue is empty");

    public const string Exit = LogText.Exit;

    public static readonly string End = Last + Exit;

    /// <summary>The facts of a run with these lines: 50.2 s, of which 2 until the first batch.</summary>
    public const string Facts =
        "2025-08-05T00:00:10.500000+0000,2025-08-05T00:01:00.700000+0000,50,50.2,2,40.2,10,40,2,2000,2000,true";
}

/// <summary>Sweeps of BOOM each of whose runs is a case, collected once.</summary>
public sealed class BoomCases : InProject
{
    readonly Dictionary<string, List<string>> casesOfStage = [];
    readonly Dictionary<string, OrderedDictionary<string, string>> rows;

    public Outcome Outcome { get; }

    public BoomCases()
    {
        AddFormats();
        AddFilters();
        AddTimes();
        AddDoubts();
        // The logs of both containers, and of the producer.
        Add("whole/run");
        Write("whole/run/producer.log", "Pushed 2000 alerts to the queue in 4s");
        Write("whole/run/wall_time.txt", "50.2\n");
        Write("whole/run/consumer.stats.log", Samples("64MiB 512MiB 256MiB 0B", "1GB"));
        Write("whole/run/scheduler.stats.log", Samples("1GiB -- 1.5GiB 1.25GiB 9GiB", "1MB"));
        // The others of its stage have no logs, or not all.
        casesOfStage["whole"].Add("no-logs");
        Add("whole/no-consumer-log");
        File.Delete(Project.PathOf("logs/whole/no-consumer-log/consumer.log"));

        // Two runs that overlap, one that starts when the second ends, and two with the same
        // start; elsewhere, under other conditions, one at the time of the first.
        Write("night-1a", "00:00.0", "01:00.0");
        Write("night-1b", "00:59.0", "02:00.0");
        Write("night-2a", "02:00.0", "03:00.0");
        Write("night-2b", "04:00.0", "05:00.0");
        Write("night-3a", "04:00.0", "07:00.0");
        Write("../bench/logs/night-1a", "00:00.0", "01:00.0");

        Write("stray/consumer.log", "");
        Write("stray/scheduler.log", "");
        Write("notes/consumer.log", "");

        Project.Write(
            "calkit.yaml",
            $$"""
            parameters: {n_alerts: 2000}
            pipeline:
              stages:
            {{string.Concat(casesOfStage.Select(x => StageOf(x.Key, string.Join(", ", x.Value))))}}
                benchmark-boom-night: &night
                  iterate_over: [{arg_name: [n_workers, repetition], values: [[1, a], [2, a], [1, b], [2, b], [3, a]]}]
                  outputs: ["logs/night-{n_workers}{repetition}"]
                benchmark-boom-elsewhere:
                  <<: *night
                  wdir: bench
                  iterate_over: [{arg_name: [n_workers, repetition, machine], values: [[1, a, laptop]]}]
            """
        );
        Outcome = Project.RunScript("collect-boom");
        Assert.True(Outcome.ExitCode == 0, Outcome.Error);
        rows = Table
            .Rows(Project.PathOf("results/boom-runs.csv"), "")
            .ToDictionary(row => row["run"]);
    }

    static string StageOf(string topic, string cases) =>
        $$"""
                benchmark-boom-{{topic}}:
                  iterate_over: [{arg_name: topic, values: [{{topic}}]}, {arg_name: case, values: [{{cases}}]}]
                  outputs: ["logs/{{topic}}/{case}"]

            """;

    // The same run, however its lines are printed.
    void AddFormats()
    {
        string Each(string text, Func<string, string> change) =>
            string.Concat(text.TrimEnd('\n').Split('\n').Select(line => change(line) + "\n"));
        void AddAs(string name, Func<string, string> change) =>
            Add($"formats/{name}", Each(Start, change), Each(Two + End, change));

        Add("formats/plain");
        // As tracing-subscriber 0.3.16 prints it.
        AddAs(
            "colours",
            line =>
                Regex.Replace(
                    line,
                    @"(\S+Z)  INFO src/main.rs:34:",
                    "\x1b[2m$1\x1b[0m \x1b[32m INFO\x1b[0m \x1b[1mfilter worker\x1b[0m\x1b[1m{\x1b[0m\x1b[3mtid\x1b[0m\x1b[2m=\x1b[0mThreadId(1) \x1b[3msurvey_name\x1b[0m\x1b[2m=\x1b[0m\"Ztf\"\x1b[1m}\x1b[0m\x1b[2m:\x1b[0m\x1b[1mprocess_alerts\x1b[0m\x1b[2m:\x1b[0m \x1b[2msrc/main.rs\x1b[0m\x1b[2m:\x1b[0m\x1b[2m34:\x1b[0m"
                )
        );
        AddAs("terminal", line => $"\x1b[36m{line.Replace("|", "|\x1b[0m")}\x1b[0m");
        AddAs("no-prefix", line => line.Replace("scheduler-1  | ", ""));
        Add("formats/no-exit-line", Start, (Two + Last).Replace("scheduler-1  | ", ""));
        AddAs("project", line => line.Replace("scheduler-1 ", "boom-2_x-scheduler-1 "));
        const string Ids = "trace_id=4bf92f3577b34da6a3ce929d0e0e4736 span_id=00f067aa0ba902b7 ";
        AddAs("trace-ids", line => line.Replace("| ", $"| {Ids}"));
        AddAs("crlf", line => line + "\r");
        AddAs("empty-lines", line => $"\n{line}\n");
        AddAs("zeros", line => $"\0\0\0{line}");
        Add("formats/bytes"); // that are no UTF-8
        foreach (var log in new[] { "consumer.log", "scheduler.log" })
        {
            var bytes = File.ReadAllBytes(Project.PathOf($"logs/formats/bytes/{log}"));
            Project.Write($"logs/formats/bytes/{log}", [0xa9, 0xff, .. bytes]);
        }
        var late = Line("59:00.0", "x");
        Add("formats/mentions", Start, Two + End + $"at {late}");
        var text = new string('x', (1 << 20) - 65) + late.Trim() + new string('x', 2_000_000);
        Add("formats/long-lines", Start, Two + Line("00:55.0", text) + End);
    }

    void AddFilters()
    {
        const string Id = "56363b4b-e779-4470-bb7d-ae049591869";
        Add("filters/all");
        Add("filters/new-ids", null, Batches($"{Id}1", $"{Id}2") + End);
        Add("filters/other-ids", null, Batches($"{Id}3", $"{Id}4") + End);
        var lostEnd = Batch("00:50.7", "2");
        Add("filters/lost-end", null, Two.Replace(lostEnd, lostEnd.Trim()) + End);
        var one = Batch("00:50.7", "1");
        Add("filters/lost-within", null, Two.Replace(one, one.Trim()) + End);
        Add("filters/lacks-a-batch", null, Two.Replace(lostEnd, "") + End);
        Add("filters/one", null, Batches("1") + End);
        Add("filters/three", null, Batches("1", "2", "3") + End);
        Add("filters/saw-more", null, Batch("00:13.0", "2", 1) + Two + End);
        Add("filters/none", null, End);
        // Its filter would be another one.
        Add("filters/cut", null, Two + Batch("01:00.7", "25").Trim()[..^1]);
        var lsst = Regex.Replace(Two, "1/1000 ZTF alerts with.*passed", "12 alerts passed lsst");
        Add("filters/lsst", null, lsst + End);
        // Of equally frequent numbers the largest; else the most frequent one, though it is smaller.
        Add("tie/one", null, Batches("1") + End);
        Add("tie/two");
        Add("usual/one", null, Batches("1") + End);
        Add("usual/another", null, Batches("9") + End);
        Add("usual/two");
        Add("silent/run", null, End);
        Add("silent/lsst", null, lsst + End);
    }

    void AddTimes()
    {
        const string Beat = "heartbeat: workers running alert=6/6 enrichment=5/5 filter=2/2";
        Add("times/first-message", Start + FirstMessage("00:12.0") + FirstMessage("00:13.0"));
        Add(
            "times/heartbeats",
            null,
            Line("00:09.0", Beat) + Two + Line("01:09.0", Beat) + Line("02:09.0", Beat) + Exit
        );
        Add(
            "times/levels",
            Line("00:10.5", "x", " WARN") + Line("00:11.0", "x", "ERROR"),
            Line("00:10.5", "x", " WARN")
                + Line("00:10.5", " WARN ERROR")
                + Line("00:10.5", "x", "WARNING")
                + Two
                + End
        );
    }

    void AddDoubts()
    {
        void AddWallTime(string name, string text)
        {
            Add($"doubts/wall-time-{name}");
            Write($"doubts/wall-time-{name}/wall_time.txt", text);
        }
        AddWallTime("alike", "51.1\n");
        AddWallTime("other", "51.3\n");
        AddWallTime("less", "49.1");
        var respawned = Line("00:51.0", "respawned dead worker slot=2 backoff_secs=1", " WARN");
        Add("doubts/respawned", null, Two + respawned + respawned + End);
        string Exits(params int[] codes) =>
            string.Concat(
                codes.Select((code, i) => $"scheduler-{i + 1} exited with code {code}\n")
            );
        Add("doubts/exits", null, Two + Last + Exits(0, 137, 143));
        Add("doubts/crashed", null, Two + Last + Exits(0, 139));
        Add("doubts/restarted", null, Two + Exits(0) + End);
        Add(
            "doubts/restarted-consumer",
            Start + "consumer-1 exited with code 0\n" + Pushed("00:12.0", 1000)
        );
        Add("doubts/another-restarted", null, Two + "scheduler-2 exited with code 0\n" + End);
        Add("doubts/cut", null, Two + Last);
        Add("doubts/quotes-an-exit", null, Two + Last.Replace("queue", "x exited with code 9"));
        Add("doubts/clock-back", Start + Pushed("00:09.4", 1000));
        Add("doubts/clock-1s", Start + Pushed("00:09.5", 1000));
        var late = Line("01:01.8", "x", " WARN");
        Add("doubts/clock-back-at-end", null, Two + late + End);
        Add("doubts/pushed-other");
        Write("doubts/pushed-other/producer.log", "Pushed 1999 alerts to the queue in 4s");

        var full = Line("00:10.5", "15000 (limit: 15000) items in queue, sleeping...");
        Add("doubts/beginning-lost", full + Pushed("00:11.0", 2000));
        Add("doubts/beginning-there", Start + Pushed("00:11.0", 1000) + Pushed("00:11.5", 2000));
        Add("doubts/first-message-there", FirstMessage("00:10.5") + Pushed("00:11.0", 2000));
        Add("doubts/idle-19", null, Two + End.Replace("01:00.7", "01:10.6"));
        Add("doubts/idle-20", null, Two + End.Replace("01:00.7", "01:10.7"));
        Add("doubts/idle-37", null, Two + End.Replace("01:00.7", "01:27.7"));
        // From the queue of an earlier run.
        Add("doubts/early-batch", null, Two.Replace("00:12.500", "00:10.497") + End);
    }

    static string Samples(string memory, string network) =>
        string.Concat(
            memory
                .Split()
                .Select(one =>
                    $"\x1b[H{{\"MemUsage\":\"{one} / 125.7GiB\",\"NetIO\":\"{network} / 9MB\"}}\x1b[K\n\x1b[J\n"
                )
        );

    // A run of one filter.
    void Write(string name, string start, string end)
    {
        Write($"{name}/consumer.log", Line(start, "topic found"));
        Write($"{name}/scheduler.log", Batch(end, "1", 2000) + Exit);
    }

    void Write(string log, string text) => Project.Write($"logs/{log}", text);

    void Add(string name, string? consumer = null, string? scheduler = null)
    {
        var stage = name.Split('/')[0];
        casesOfStage.TryAdd(stage, []);
        casesOfStage[stage].Add(name.Split('/')[1]);
        Write($"{name}/consumer.log", consumer ?? Start);
        Write($"{name}/scheduler.log", scheduler ?? Two + End);
    }

    /// <summary>What stands in the row of a run.</summary>
    public string Cell(string name, string column) =>
        rows[name.StartsWith("bench/") ? name : $"logs/{name}"][column];

    public string[] Columns => [.. rows.Values.First().Keys];

    public int NRuns => rows.Count;

    public string[] Warnings => Outcome.Error.TrimEnd('\n').Split('\n');
}

public sealed class CollectBoomSweepTests(BoomCases cases) : IClassFixture<BoomCases>
{
    void AssertCells(string name, params (string Column, string Text)[] expected) =>
        Assert.Equal(expected, expected.Select(x => (x.Column, cases.Cell(name, x.Column))));

    void AssertWarning(string warning) =>
        Assert.Contains($"WARNING: {string.Format(warning, cases.NRuns)}", cases.Warnings);

    [Theory]
    [InlineData("plain")]
    [InlineData("colours")]
    [InlineData("terminal")]
    [InlineData("no-prefix")]
    [InlineData("no-exit-line")] // none is expected without docker's prefix
    [InlineData("project")]
    [InlineData("trace-ids")]
    [InlineData("crlf")]
    [InlineData("empty-lines")]
    [InlineData("zeros")]
    [InlineData("bytes")]
    [InlineData("mentions")] // a time within a message
    [InlineData("long-lines")] // of 3 MB, with a time where the reader cuts it
    public void However_its_lines_are_printed_a_run_has_the_same_facts(string name)
    {
        var columns = cases.Columns[cases.Columns.IndexOf("start_time")..][..12];

        Assert.Equal(
            Facts,
            string.Join(',', columns.Select(column => cases.Cell($"formats/{name}", column)))
        );
        AssertCells($"formats/{name}", ("warnings", "0"), ("errors", "0"), ("doubts", ""));
    }

    [Theory]
    [InlineData("filters/all", "2", "2000", "2000", "true")]
    [InlineData("filters/new-ids", "2", "2000", "2000", "true")]
    [InlineData("filters/other-ids", "2", "2000", "2000", "true")]
    [InlineData("filters/cut", "2", "2000", "2000", "true")]
    [InlineData("filters/lacks-a-batch", "2", "1000", "2000", "false")]
    [InlineData("filters/one", "1", "2000", "2000", "false")]
    [InlineData("filters/three", "3", "2000", "2000", "false")]
    [InlineData("filters/saw-more", "2", "2000", "2001", "false")]
    [InlineData("filters/none", "0", "", "", "false")]
    [InlineData("tie/one", "1", "2000", "2000", "false")]
    [InlineData("tie/two", "2", "2000", "2000", "true")]
    [InlineData("usual/one", "1", "2000", "2000", "true")]
    [InlineData("usual/another", "1", "2000", "2000", "true")]
    [InlineData("usual/two", "2", "2000", "2000", "false")]
    public void A_run_is_complete_when_the_usual_number_of_filters_saw_all_alerts(
        string name,
        string filters,
        string min,
        string max,
        string complete
    ) =>
        AssertCells(
            name,
            ("filters_seen", filters),
            ("min_alerts_filtered", min),
            ("max_alerts_filtered", max),
            ("complete", complete),
            ("alerts_per_s", complete == "true" ? "40" : "")
        );

    // "passed filter 2scheduler-1 …", between two batches or before another line.
    [Theory]
    [InlineData("filters/lost-end")]
    [InlineData("filters/lost-within")]
    public void A_run_that_lost_a_line_end_is_incomplete(string name) =>
        AssertCells(name, ("min_alerts_filtered", "1000"), ("complete", "false"));

    // A line of LSST's does not tell how many alerts its filter saw.
    [Theory]
    [InlineData("filters/lsst", "40.2")]
    [InlineData("silent/lsst", "40.2")]
    [InlineData("silent/run", "")]
    public void Where_it_is_not_told_what_filters_saw_completeness_is_blank_and_times_are_right(
        string name,
        string processing
    ) =>
        AssertCells(
            name,
            ("complete", ""),
            ("wall_time_s", "50"),
            ("processing_time_s", processing),
            ("alerts_per_s", "40")
        );

    [Fact]
    public void The_warning_names_the_run_and_the_filter_of_a_lost_line_end()
    {
        var warning = Assert.Single(cases.Warnings, line => line.Contains("incomplete"));

        Assert.StartsWith("WARNING: incomplete, counts nowhere: ", warning);
        Assert.Contains(
            "logs/filters/lost-end (3 of 2 filters; 2 saw 1000 alerts, 2scheduler-1 saw 1000 alerts)",
            warning
        );
        Assert.Contains("logs/filters/lacks-a-batch (2 of 2 filters; 2 saw 1000 alerts)", warning);
    }

    [Fact]
    public void A_stage_without_lines_of_filters_is_one_warning() =>
        AssertWarning(
            "no run of benchmark-boom-silent tells what filters saw: complete is not known"
        );

    [Fact]
    public void The_first_message_logged_is_the_start() =>
        AssertCells(
            "times/first-message",
            ("start_time", "2025-08-05T00:00:12.000000+0000"),
            ("wall_time_s", "48"),
            ("startup_s", "0.5")
        );

    [Fact]
    public void A_heartbeat_ends_no_run() =>
        AssertCells(
            "times/heartbeats",
            ("end_time", "2025-08-05T00:00:50.700000+0000"),
            ("idle_tail_s", "0"),
            ("doubts", "")
        );

    [Fact]
    public void Lines_count_by_the_level_behind_their_time() =>
        AssertCells("times/levels", ("warnings", "2"), ("errors", "1"));

    [Theory]
    [InlineData("wall-time-alike", "")]
    [InlineData("wall-time-other", "wall_time.txt differs (51.3 s)")]
    [InlineData("wall-time-less", "wall_time.txt differs (49.1 s)")]
    [InlineData("respawned", "a dead worker was respawned")]
    [InlineData("exits", "")]
    [InlineData("crashed", "a container crashed (scheduler-2 exited with code 139)")]
    [InlineData("restarted", "a container was restarted (logs/doubts/restarted/scheduler.log:6)")]
    [InlineData(
        "restarted-consumer",
        "a container was restarted (logs/doubts/restarted-consumer/consumer.log:3)"
    )]
    [InlineData("another-restarted", "")]
    [InlineData("cut", "scheduler.log lacks docker compose's last line (exited with code)")]
    [InlineData(
        "quotes-an-exit",
        "scheduler.log lacks docker compose's last line (exited with code)"
    )]
    [InlineData("clock-back", "the clock goes back (logs/doubts/clock-back/consumer.log:2)")]
    [InlineData("clock-back-at-end", "the clock goes back (scheduler.log)")]
    [InlineData("clock-1s", "")]
    [InlineData("pushed-other", "not 2000 alerts were pushed (1999)")]
    [InlineData("beginning-lost", "consumer.log lacks its beginning")]
    [InlineData("beginning-there", "")]
    [InlineData("first-message-there", "")]
    [InlineData("idle-19", "")]
    [InlineData("idle-20", "a long idle tail (20 s)")]
    [InlineData("idle-37", "a long idle tail (37 s)")]
    [InlineData("early-batch", "a batch before the start")]
    public void Why_times_may_be_wrong_is_a_doubt_that_takes_no_run_out(string name, string doubts)
    {
        AssertCells($"doubts/{name}", ("doubts", doubts), ("complete", "true"));
        Assert.NotEqual("", cases.Cell($"doubts/{name}", "alerts_per_s"));
    }

    [Fact]
    public void A_run_that_starts_after_its_first_batch_has_no_startup() =>
        AssertCells("doubts/early-batch", ("startup_s", ""), ("processing_time_s", "40.2"));

    // Of runs that follow one another, those between which there is no doubt, or one in both.
    [Theory]
    [InlineData("night-1a", "it overlaps with another run (logs/night-1b)")]
    [InlineData("night-1b", "it overlaps with another run (logs/night-1a)")]
    [InlineData("night-2a", "")]
    [InlineData("night-2b", "it overlaps with another run (logs/night-3a)")]
    [InlineData("night-3a", "it overlaps with another run (logs/night-2b)")]
    [InlineData("bench/logs/night-1a", "")] // under other conditions
    public void A_run_that_starts_before_the_one_before_it_ends_is_a_doubt_in_both(
        string name,
        string doubts
    ) => AssertCells(name, ("doubts", doubts.StartsWith("it") ? doubts : ""));

    // 2000 / 4 s and 10^9 bytes / 4 s. Together: 64 MiB + 1 GiB, nothing, 256 MiB + 1.5 GiB, 1.25 GiB.
    [Fact]
    public void Optional_logs_tell_rates_and_the_memory_of_both_containers_together() =>
        AssertCells(
            "whole/run",
            ("kafka_alerts_per_s", "500"),
            ("kafka_mb_per_s", "250"),
            ("consumer_peak_gib", "0.5"),
            ("scheduler_peak_gib", "9"),
            ("peak_memory_gib", "1.75"),
            ("doubts", "")
        );

    [Fact]
    public void A_run_without_logs_is_a_row_with_its_arguments_and_blanks()
    {
        var row = cases.Columns.Select(column => cases.Cell("whole/no-logs", column));

        Assert.Equal(
            "logs/whole/no-logs whole no-logs 2000",
            string.Join(' ', row.Where(cell => cell != ""))
        );
        Assert.DoesNotContain("no-logs", cases.Project.Read("results/boom.csv"));
    }

    [Fact]
    public void A_merged_stage_in_a_wdir_is_read_as_Calkit_reads_it() =>
        AssertCells(
            "bench/logs/night-1a",
            ("machine", "laptop"),
            ("wall_time_s", "60"),
            ("case", "")
        );

    [Theory]
    [InlineData(
        "no consumer.log, so that the facts are blank: logs/whole/no-logs, logs/whole/no-consumer-log, 2 of {0} runs"
    )]
    [InlineData("errors in the logs: logs/times/levels, 1 of {0} runs")]
    [InlineData(
        "times may be wrong: a long idle tail: logs/doubts/idle-20 (20 s), logs/doubts/idle-37 (37 s), 2 of {0} runs"
    )]
    [InlineData(
        "times may be wrong: a dead worker was respawned: logs/doubts/respawned, 1 of {0} runs"
    )]
    [InlineData("logs that no sweep has are not read: logs/stray")]
    public void What_is_wrong_is_a_warning_that_names_the_runs(string warning) =>
        AssertWarning(warning);

    [Fact]
    public void Each_reason_is_said_once()
    {
        var reasons = cases.Warnings.Select(line => line.Split(": logs/")[0]).ToArray();

        Assert.Equal(reasons.Distinct(), reasons);
        Assert.Equal(11, reasons.Count(reason => reason.Contains("times may be wrong")));
    }

    // Two runs have no logs, and one has all.
    [Theory]
    [InlineData("consumer.stats.log", 3)]
    [InlineData("scheduler.stats.log", 3)]
    [InlineData("producer.log", 4)]
    public void An_optional_log_that_many_runs_lack_is_one_warning(string log, int nOthers) =>
        Assert.EndsWith(
            $", {cases.NRuns - nOthers} of {cases.NRuns} runs",
            Assert.Single(cases.Warnings, line => line.StartsWith($"WARNING: no {log}: "))
        );

    [Theory]
    [InlineData("    50 s  logs/formats/plain")]
    [InlineData("    50 s  logs/filters/one (incomplete)")]
    [InlineData("    50 s  logs/doubts/respawned (doubt)")]
    [InlineData("       s  logs/whole/no-logs (no logs)")]
    public void The_screen_tells_what_is_wrong_with_a_run(string line) =>
        Assert.Contains(line, cases.Outcome.Out.Split('\n'));

    [Fact]
    public void It_writes_prints_and_warns_the_same_every_time()
    {
        var table = cases.Project.Read("results/boom-runs.csv");

        Assert.Equal(cases.Outcome, cases.Project.RunScript("collect-boom", "--output", "again"));
        Assert.Equal(table, cases.Project.Read("again/boom-runs.csv"));
    }
}

public sealed class CollectBoomTests : InProject
{
    // A stage with the runs logs/x-n=1 and so on.
    void WriteRuns(string parameters, params (string Consumer, string Scheduler)[] logs)
    {
        Project.WriteSweep("benchmark-boom", [.. logs.Select((_, i) => $"{i + 1}")]);
        var yaml = Project.Read("calkit.yaml");
        Project.Write("calkit.yaml", $"parameters: {{n_alerts: 2000{parameters}}}\n{yaml}");
        for (var i = 0; i < logs.Length; i++)
        {
            Project.Write($"logs/x-n={i + 1}/consumer.log", logs[i].Consumer);
            Project.Write($"logs/x-n={i + 1}/scheduler.log", logs[i].Scheduler);
        }
    }

    [Fact]
    public void The_parameter_n_filters_counts_where_it_is_there()
    {
        WriteRuns(
            ", n_filters: 1",
            (Start, Two + End),
            (Start, Two + End),
            (Start, Batches("1") + End)
        );

        Project.RunScript("collect-boom");

        var rows = Table.Rows(Project.PathOf("results/boom-runs.csv"), "");
        Assert.Equal(["false", "false", "true"], rows.Select(row => row["complete"]));
    }

    [Fact]
    public void An_end_before_the_start_is_an_error_with_the_start()
    {
        WriteRuns("", (Start, Batch("00:10.499", "1")));

        Assert.Equal(
            "ERROR: logs/x-n=1/scheduler.log: ends before 2025-08-05T00:00:10.5000000Z\n",
            Project.ErrorOf("collect-boom")
        );
    }

    // docker compose logs -t, JSON logs, the times of another zone, and no line at all.
    [Theory]
    [InlineData("consumer-1  | 2026-08-19T18:10:35.000000123Z 2026-08-19T18:10:35.000000Z  INFO x")]
    [InlineData("consumer-1  | {\"timestamp\":\"2026-08-19T18:10:35.000000Z\",\"level\":\"INFO\"}")]
    [InlineData("consumer-1  | 2026-08-19T20:10:35.000000+02:00  INFO x")]
    [InlineData("")]
    public void A_log_without_times_is_an_error_with_its_first_line(string line)
    {
        WriteRuns("", (line == "" ? "" : $"{line}\n{line}\n", End));

        Assert.Equal(
            $"ERROR: logs/x-n=1/consumer.log: no time as 2025-08-05T00:31:55.442424Z, but {(line == "" ? "an empty log" : line)}\n",
            Project.ErrorOf("collect-boom")
        );
    }

    // What a researcher does: a line in a script, and the pipeline once more.
    [Fact]
    public void A_new_fact_is_a_column_of_its_table_and_of_the_page_and_of_no_other_table()
    {
        Project.CopyFromRoot("logs");
        Project.CopyFromRoot("scripts");
        var yaml = ScratchProject.Committed("calkit.yaml");
        foreach (var system in new[] { "boom", "kowalski" })
        {
            const string Line = "    run[\"end_time\"] = ";
            var script = Project.Read($"scripts/collect-{system}.csx");
            Assert.Contains(Line, script);
            script = script.Replace("../shared/", $"{ScratchProject.Root}/shared/");
            var edited = script.Replace(Line, $"    run[\"made_up_{system}\"] = 1;\n{Line}");
            Project.Write($"edited-{system}.csx", edited);
            yaml = yaml.Replace($"script scripts/collect-{system}", $"script edited-{system}");
        }
        Project.WriteYaml(yaml);
        string[] collectors = ["collect-boom", "collect-kowalski"];

        var outcome = Project.Run([
            .. collectors,
            "compute-factor",
            "compute-scaling",
            "render-report",
        ]);

        Assert.Equal(0, outcome.ExitCode);
        Assert.DoesNotContain("made_up", outcome.Error);
        foreach (var (system, other) in new[] { ("boom", "kowalski"), ("kowalski", "boom") })
        {
            var rows = Table.Rows(Project.PathOf($"results/{system}-runs.csv"), "");
            Assert.All(rows, row => Assert.Equal("1", row[$"made_up_{system}"]));
            Assert.DoesNotContain($"made_up_{other}", rows[0].Keys);
            Assert.Contains($"\"made_up_{system}\"", Project.Read("results/report.html"));
        }
        foreach (var table in new[] { "boom", "kowalski", "scaling" })
            Assert.DoesNotContain("made_up", Project.Read($"results/{table}.csv"));
    }
}
