using static BoomLines;

/// <summary>Lines of a run of BOOM, without colours, whose night has 2,000 alerts.</summary>
static class BoomLines
{
    public static string Line(string time, string message, string level = " INFO") =>
        $"scheduler-1  | 2025-08-05T00:{time.PadRight(12, '0')}Z {level} src/main.rs:34: {message}\n";

    public static string OfConsumer(string line) => line.Replace("scheduler-1 ", "consumer-1 ");

    public static string Consumer(string time, string message) => OfConsumer(Line(time, message));

    public static string FirstMessage(string time) =>
        Consumer(time, "Consumer received first message, continuing...");

    public static string Pushed(string time, int items, string since = "734.12ms") =>
        Consumer(time, $"Consumer 0 pushed {items} items since {since}");

    public static string Batch(string time, string filter, int alerts = 1000) =>
        Line(time, $"1/{alerts} ZTF alerts with programid 1 passed filter {filter}");

    public static string Batches(params string[] filters) =>
        string.Concat(
            new[] { "00:12.5", "00:50.7" }.SelectMany(time =>
                filters.Select(filter => Batch(time, filter))
            )
        );

    public static string Starting(string kind, int n) =>
        string.Concat(Enumerable.Repeat(Line("00:10.0", $"starting {kind} worker"), n));

    public static readonly string Start = Consumer("00:10.5", "topic found");

    public static readonly string Two = Batches("1", "2");

    public static readonly string Last = Line("01:00.7", "queue is empty");

    // As docker compose 2.38 writes it.
    public const string Exit = "\r\x1b[Kscheduler-1 exited with code 137\n";

    public static readonly string End = Last + Exit;
}

/// <summary>Sweeps of BOOM each of whose runs is a case, collected once. A run for which nothing else is
/// said starts at 00:10.5, has batches of two filters at 00:12.5 and 00:50.7, and ends at 01:00.7.</summary>
public sealed class BoomCases : InProject
{
    readonly Dictionary<string, List<string>> casesOfStage = [];
    readonly Dictionary<string, OrderedDictionary<string, string>> rows;

    public Outcome Outcome { get; }

    public BoomCases()
    {
        AddTimes();
        AddFilters();
        AddProgress();
        AddLevels();
        AddContainers();
        AddEnds();
        AddClocks();
        AddAlertsInKafka();
        AddBeginnings();
        AddWorkersInDoubt();
        AddWallTimeFiles();
        AddStats();
        AddUnreadable();
        AddNights();
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
                  iterate_over:
                    - arg_name: [n_workers, repetition]
                      values: [[1, a], [2, a], [1, b], [2, b], [3, a]]
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

    // Runs with three alert workers and one filter worker.
    static string StageOf(string topic, string cases) =>
        $$"""
                benchmark-boom-{{topic}}:
                  iterate_over:
                    - {arg_name: [topic, n_alert_workers, n_filter_workers], values: [[{{topic}}, 3, 1]]}
                    - {arg_name: case, values: [{{cases}}]}
                  outputs: ["logs/{{topic}}/{case}"]

            """;

    void AddTimes()
    {
        const string Beat = "heartbeat: workers running alert=6/6 enrichment=5/5 filter=2/2";
        Add("times/old");
        var work = Two + Line("00:51.0", "Successfully sent total of 3/3 alerts to Kafka", "DEBUG");
        // What an idle scheduler of 2026 prints behind its last batch.
        var idle =
            Line("00:53.0", "refreshing ZTF filters from database")
            + Line("00:55.0", "queue empty, sleeping 500ms", "DEBUG")
            + Line("00:58.0", "supervise{worker_type=Alert}: close time.busy=12.3µs")
            + Line("01:40.0", Beat);
        var messages = Start + FirstMessage("00:12.0") + FirstMessage("00:13.0");
        Add("times/new", messages, work + idle + Exit);
        Add("times/no-batch", Start + FirstMessage("00:12.0"), Last + Exit);
        Add("times/beats", null, Line("00:09.0", Beat) + Two + Line("01:09.0", Beat) + Exit);
        Add("times/beat-among-others", null, Two + Last + Line("01:02.0", Beat) + Exit);
        Add("times/before-start", null, Two.Replace("00:12.500", "00:05.000") + End);
    }

    void AddFilters()
    {
        const string Id = "56363b4b-e779-4470-bb7d-ae049591869";
        Add("filters/all");
        Add("filters/new-ids", null, Batches($"{Id}1", $"{Id}2") + End);
        var lostEnd = Batch("00:50.7", "2");
        Add("filters/lost-end", null, Two.Replace(lostEnd, lostEnd.Trim()) + End);
        Add("filters/lacks-a-batch", null, Two.Replace(lostEnd, "") + End);
        Add("filters/one", null, Batches("1") + End);
        Add("filters/saw-more", null, Batch("00:13.0", "2", 1) + Two + End);
        Add("filters/none", null, End);
        // Its filter would be another one.
        Add("filters/cut", null, Two + Batch("01:00.7", "25").Trim()[..^1]);
        var lsst = Two.Replace(
            "1/1000 ZTF alerts with programid 1 passed",
            "12 alerts passed lsst"
        );
        Add("filters/lsst", null, lsst + End);
        // Of equally frequent numbers the largest; else the most frequent one, though it is smaller.
        Add("tie/one", null, Batches("1") + End);
        Add("tie/two");
        Add("usual/one", null, Batches("1") + End);
        Add("usual/another", null, Batches("9") + End);
        Add("usual/two");
        // One that lost a line end shows three filters, and has no vote.
        Add("vote/good");
        Add("vote/lost-end", null, Two.Replace(lostEnd, lostEnd.Trim()) + End);
        Add("silent/run", null, End);
        Add("silent/lsst", null, lsst + End);
        // The night was another one.
        var more = Two.Replace("/1000", "/1500");
        Add("wrong-night/a", null, more + End);
        Add("wrong-night/b", null, more + End);
    }

    // Ten batches of 200: filter 1 at 00:20, 00:22 … 00:38, but the sixth, of 00:30, at 00:31;
    // filter 2 half a second later.
    void AddProgress()
    {
        string[] seconds = ["20", "22", "24", "26", "28", "31", "32", "34", "36", "38"];
        string Of(int n) =>
            string.Concat(
                seconds[..n]
                    .Select(s => Batch($"00:{s}.0", "1", 200) + Batch($"00:{s}.5", "2", 200))
            );
        Add("progress/ten", null, Of(10) + End);
        // The same night in nine batches.
        var nine = Of(9).Replace($"{Batch("00:36.0", "1", 200)}", Batch("00:36.0", "1", 400));
        Add(
            "progress/nine",
            null,
            nine.Replace(Batch("00:36.5", "2", 200), Batch("00:36.5", "2", 400)) + End
        );
        Add("progress/incomplete", null, Of(9) + End);
        // Of replicas: the second one's lines stand behind those of the first.
        var halves = Of(10)
            .Split('\n')
            .Where((_, i) => i % 4 > 1)
            .Select(x => x.Replace("scheduler-1", "scheduler-2"));
        var first = Of(10).Split('\n').Where((_, i) => i % 4 < 2);
        Add(
            "progress/replicas",
            null,
            string.Join('\n', first) + "\n" + string.Join('\n', halves) + "\n" + End
        );
    }

    void AddLevels()
    {
        Add(
            "levels/counted",
            Start.Replace(" INFO", " WARN") + Consumer("00:11.0", "x").Replace(" INFO", "ERROR"),
            Line("00:10.5", "heartbeat failed", "ERROR")
                + Line("00:10.5", " WARN ERROR")
                + Line("00:10.5", "x", "WARNING")
                + "scheduler-1  | %3|1722816715.123|FAIL|rdkafka#producer-1| [thrd:broker:29092/1]: x\n"
                + "scheduler-1  | %4|1722816715.123|CONFWARN|rdkafka#producer-1| [thrd:app]: x\n"
                + "scheduler-1  | %6|1722816715.123|FAIL|rdkafka#producer-1| [thrd:broker:29092/1]: x\n"
                + Two
                + End
        );
        // An ordinary concurrent insert, until BOOM's pull request 587.
        Add(
            "levels/ordinary",
            null,
            Line(
                "00:11.0",
                "insert_aux: src/alert/base.rs:1072: error=alert aux already exists",
                "ERROR"
            )
                + Line(
                    "00:11.0",
                    "Alert aux document for object_id ZTF18a already exists. Using fallback update.",
                    " WARN"
                )
                + Line("00:11.0", "error=concurrent aux update detected for ZTF18a", "ERROR")
                + Line(
                    "00:11.0",
                    "Concurrent modification detected for object_id ZTF18a. Using DB-only update.",
                    " WARN"
                )
                + Two
                + End
        );
    }

    static string Exits(params int[] codes) =>
        string.Concat(codes.Select((code, i) => $"scheduler-{i + 1} exited with code {code}\n"));

    void AddContainers()
    {
        Add("containers/exits", null, Two + Last + Exits(0, 137, 143));
        var ofAName = (Two + Last).Replace("scheduler-1 ", "boom-sched");
        Add("containers/crashed", null, ofAName + "\r\x1b[Kboom-sched exited with code 101\n");
        Add("containers/restarted", null, Two + Exits(0) + End);
        Add("containers/another-restarted", null, Two + "scheduler-2 exited with code 0\n" + End);
        var ofAnother = Line("00:10.0", "x").Replace("scheduler-1 ", "boom-cons");
        Add("containers/several", null, ofAName + "boom-sched exited with code 0\n" + ofAnother);
    }

    // Without a line that tells of the exit, an idle tail tells that the end is there.
    void AddEnds()
    {
        var noTail = Two + Line("00:55.0", "x");
        Add("ends/no-exit", null, Two + Last);
        Add("ends/no-exit-no-tail", null, noTail);
        Add("ends/no-exit-no-prefix", null, noTail.Replace("scheduler-1  | ", ""));
        Add("ends/no-exit-new", FirstMessage("00:12.0"), noTail);
        Add("ends/exit-of-another", null, noTail + "scheduler-2 exited with code 137\n");
        Add("ends/idle-19", null, Two + End.Replace("01:00.7", "01:10.6"));
        Add("ends/idle-20", null, Two + End.Replace("01:00.7", "01:10.7"));
        Add("ends/clock-back", null, Two + Line("01:01.8", "x") + End);
        Add("ends/of-another-run", null, (Two + End).Replace("T00:0", "T00:1"));
    }

    void AddClocks()
    {
        Add("clock/back", Start + Pushed("00:09.4", 1000));
        var back = Line("00:22.0", "x") + Line("00:21.0", "x") + Line("00:19.0", "x");
        Add("clock/back-of-other-lines", null, Two.Insert(Two.Length / 2, back) + End);
        var backInTail = Two + Line("01:30.0", "x") + Line("01:00.0", "x") + Exit;
        Add("clock/back-in-tail", FirstMessage("00:12.0"), backInTail);
        var first = Start + Pushed("00:11.5", 1000, "1.000123s");
        Add("clock/leap", first + Pushed("00:14.0", 2000, "2.000123s"));
        const string Alive =
            "Consumer 0 alive: 2000 messages pushed to 'x' (2 in the last 30.0s, 30.0s total)";
        Add("clock/leap-late", first + Consumer("00:50.5", Alive));
        Add("clock/leap-early", FirstMessage("00:12.0") + Pushed("00:40.0", 1000, "1.0s"));
        var backAtLast = Two + Line("00:20.0", "Successfully sent total of 3/3 alerts to Kafka");
        Add("clock/back-at-last", FirstMessage("00:12.0"), backAtLast + Exit);
        Add("clock/no-leap", first + Pushed("00:13.0", 2000, "2.000123s"));
    }

    void AddAlertsInKafka()
    {
        Add("kafka/pushed-other");
        Write("kafka/pushed-other/producer.log", "Pushed 1999 alerts to the queue in 4s");
        Add("kafka/there-other");
        Write(
            "kafka/there-other/producer.log",
            "Topic x already exists with 1999 messages, no need to produce"
        );
        Add("kafka/there");
        Write(
            "kafka/there/producer.log",
            "Topic x already exists with 2000 messages, no need to produce"
        );
    }

    void AddBeginnings()
    {
        var full = Consumer("00:10.5", "15000 (limit: 15000) items in queue, sleeping...");
        Add("beginning/lost", full + Pushed("00:11.0", 2000));
        var second = Pushed("00:11.5", 2000, "1.23412s");
        Add("beginning/there", Start + Pushed("00:11.0", 1000) + second);
        Add("beginning/first-message-there", FirstMessage("00:10.5") + Pushed("00:11.0", 2000));
    }

    void AddWorkersInDoubt()
    {
        Add("workers/alike", null, Starting("alert", 3) + Starting("filter", 1) + Two + End);
        Add("workers/more", null, Starting("alert", 6) + Two + End);
        var respawned = Line("00:51.0", "respawned dead worker slot=2 backoff_secs=1", " WARN");
        Add("workers/respawned", null, Starting("alert", 4) + Two + respawned + respawned + End);
        const string Beat = "heartbeat: workers running alert=5/6 enrichment=5/5 filter=2/2";
        Add("workers/missing", null, Two + Line("00:51.0", Beat) + End);
        const string Failed = "alert worker failed error=x";
        Add("workers/ended", null, Line("00:12.4", Failed, "ERROR") + Two + End);
        Add("workers/ended-in-tail", null, Two + Line("00:55.0", Failed, "ERROR") + End);
        Add("workers/missing-before", null, Line("00:05.0", Beat) + Two + End);
        Add(
            "workers/panicked",
            null,
            Two + "scheduler-1  | thread 'tokio-runtime-worker' panicked at src/main.rs:1:\n" + End
        );
    }

    // 38.7 s from the first message to the last batch.
    void AddWallTimeFiles()
    {
        void AddWith(string name, string text)
        {
            Add($"wall-time/{name}", FirstMessage("00:12.0"));
            Write($"wall-time/{name}/wall_time.txt", text);
        }
        AddWith("alike", "39.6\n");
        AddWith("more", "39.8\n");
        AddWith("less", "37.6");
        AddWith("odd", "a; b\n");
    }

    // The logs of both containers, and of the producer. 0B and -- are no container.
    void AddStats()
    {
        Add("stats/whole");
        Write("stats/whole/producer.log", "Pushed 2000 alerts to the queue in 4s");
        Write(
            "stats/whole/consumer.stats.log",
            Drawn("consumer", "64MiB 512MiB 256MiB 0B", "50 100 150 0", "1GB")
        );
        Write(
            "stats/whole/scheduler.stats.log",
            Drawn("scheduler", "1GiB -- 1.5GiB 1.25GiB 9GiB", "200 0 300 400 500", "1MB")
        );
    }

    static string Drawn(string service, string memory, string cpus, string network) =>
        string.Concat(
            memory
                .Split()
                .Zip(
                    cpus.Split(),
                    (memory, percent) =>
                        SampleText.Of(memory, network, $"{percent}%", $"boom-{service}-1")
                )
        );

    void AddUnreadable()
    {
        Add("unreadable/good");
        casesOfStage["unreadable"].Add("no-logs");
        Add("unreadable/no-consumer-log");
        File.Delete(Project.PathOf("logs/unreadable/no-consumer-log/consumer.log"));
        Add(
            "unreadable/pointer",
            null,
            "version https://git-lfs.github.com/spec/v1\noid sha256:0\n"
        );
        Add("unreadable/no-time", null, "x; y\n");
        Add("unreadable/ends-before", null, Batch("00:05.0", "1"));
        Add("unreadable/gzipped");
        File.Move(
            Project.PathOf("logs/unreadable/gzipped/scheduler.log"),
            Project.PathOf("logs/unreadable/gzipped/scheduler.log.gz")
        );
    }

    // Two runs that overlap, one that starts when the second ends, and two with the same
    // start; elsewhere, under other conditions, one at the time of the first.
    void AddNights()
    {
        WriteRun("night-1a", "00:00.0", "01:00.0");
        WriteRun("night-1b", "00:59.0", "02:00.0");
        WriteRun("night-2a", "02:00.0", "03:00.0");
        WriteRun("night-2b", "04:00.0", "05:00.0");
        WriteRun("night-3a", "04:00.0", "07:00.0");
        WriteRun("../bench/logs/night-1a", "00:00.0", "01:00.0");
    }

    // A run of one filter.
    void WriteRun(string name, string start, string end)
    {
        Write($"{name}/consumer.log", Consumer(start, "topic found"));
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

public sealed class CollectBoomTests(BoomCases cases) : IClassFixture<BoomCases>
{
    void AssertCells(string name, params (string Column, string Text)[] expected) =>
        Assert.Equal(expected, expected.Select(x => (x.Column, cases.Cell(name, x.Column))));

    void AssertWarning(string warning) =>
        Assert.Contains(
            $"WARNING: {warning}",
            cases.Warnings.Select(x => x.Replace($"{cases.NRuns} runs", "all"))
        );

    // The notebook's definition: 50.2 s, of which 2 until the first batch.
    [Fact]
    public void Without_a_first_message_a_run_lasts_from_the_consumers_first_time_to_the_schedulers_last() =>
        AssertCells(
            "times/old",
            ("start_time", "2025-08-05T00:00:10.500000+0000"),
            ("end_time", "2025-08-05T00:01:00.700000+0000"),
            ("wall_time_s", "50"),
            ("exact_wall_time_s", "50.2"),
            ("startup_s", "2"),
            ("processing_time_s", "40.2"),
            ("idle_tail_s", "10"),
            ("alerts_per_s", "40")
        );

    // Until the alerts of the last batch are in Kafka, whatever is logged while idle.
    [Fact]
    public void From_the_first_message_a_run_lasts_to_its_last_batch() =>
        AssertCells(
            "times/new",
            ("start_time", "2025-08-05T00:00:12.000000+0000"),
            ("end_time", "2025-08-05T00:00:51.000000+0000"),
            ("wall_time_s", "39"),
            ("startup_s", "0.5"),
            ("idle_tail_s", "0"),
            ("doubts", "")
        );

    [Fact]
    public void Where_no_batch_is_told_of_it_lasts_to_the_last_line_in_doubt() =>
        AssertCells(
            "times/no-batch",
            ("end_time", "2025-08-05T00:01:00.700000+0000"),
            ("doubts", "no batch is told of: the end is the last line, which may be an idle one")
        );

    // An idle scheduler of 2025 prints every 2 s.
    [Theory]
    [InlineData("times/beats", "2025-08-05T00:00:50.700000+0000")]
    [InlineData("times/beat-among-others", "2025-08-05T00:01:02.000000+0000")]
    public void A_heartbeat_that_comes_alone_ends_no_run(string name, string end) =>
        AssertCells(name, ("end_time", end));

    [Fact]
    public void A_batch_before_the_start_leaves_the_startup_blank() =>
        AssertCells(
            "times/before-start",
            ("startup_s", ""),
            ("doubts", "a batch before the start")
        );

    [Theory]
    [InlineData("filters/all", "2", "2000", "2000", "true")]
    [InlineData("filters/new-ids", "2", "2000", "2000", "true")]
    [InlineData("filters/cut", "2", "2000", "2000", "true")]
    [InlineData("filters/lost-end", "3", "1000", "2000", "false")] // "passed filter 2scheduler-1 …"
    [InlineData("filters/lacks-a-batch", "2", "1000", "2000", "false")]
    [InlineData("filters/one", "1", "2000", "2000", "false")]
    [InlineData("filters/saw-more", "2", "2000", "2001", "false")]
    [InlineData("filters/none", "0", "", "", "false")]
    public void A_run_is_complete_when_all_filters_saw_all_alerts(
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
            ("alerts_per_s", complete == "true" ? cases.Cell("filters/all", "alerts_per_s") : "")
        );

    [Theory]
    [InlineData("tie/one", "false")]
    [InlineData("tie/two", "true")]
    [InlineData("usual/one", "true")]
    [InlineData("usual/another", "true")]
    [InlineData("usual/two", "false")]
    [InlineData("vote/good", "true")]
    [InlineData("vote/lost-end", "false")]
    public void As_many_filters_are_expected_as_most_runs_have_in_which_all_saw_all(
        string name,
        string complete
    ) => AssertCells(name, ("complete", complete));

    // A line of LSST's does not tell how many alerts its filter saw.
    [Theory]
    [InlineData("filters/lsst")]
    [InlineData("silent/lsst")]
    public void Batches_of_unknown_size_leave_completeness_blank_and_times_right(string name) =>
        AssertCells(
            name,
            ("complete", ""),
            ("filters_seen", ""),
            ("wall_time_s", cases.Cell("times/old", "wall_time_s")),
            ("processing_time_s", cases.Cell("times/old", "processing_time_s")),
            ("alerts_per_s", cases.Cell("times/old", "alerts_per_s"))
        );

    [Fact]
    public void A_run_without_batches_counts_and_its_completeness_is_blank()
    {
        AssertCells(
            "silent/run",
            ("complete", ""),
            ("filters_seen", "0"),
            ("processing_time_s", "")
        );
        Assert.NotEqual("", cases.Cell("silent/run", "alerts_per_s"));
    }

    [Fact]
    public void A_stage_without_lines_of_filters_is_one_warning() =>
        AssertWarning(
            "no run of benchmark-boom-silent tells what filters saw: complete is not known"
        );

    [Fact]
    public void The_warning_of_an_incomplete_run_says_what_was_expected()
    {
        var warning = Assert.Single(cases.Warnings, line => line.Contains("nowhere: logs/"));

        Assert.Contains("logs/filters/none (0 of 2 filters), ", warning);
        Assert.Contains("logs/filters/one (1 of 2 filters), ", warning);
        Assert.Contains("logs/filters/lacks-a-batch (filter 2 saw 1000 of 2000 alerts), ", warning);
        Assert.Contains(
            "logs/filters/lost-end (3 of 2 filters, filter 2 saw 1000 of 2000 alerts, "
                + "filter 2scheduler-1 saw 1000",
            warning
        );
    }

    [Fact]
    public void A_wrong_number_of_the_night_is_said_once() =>
        AssertWarning(
            "incomplete, counts nowhere: all runs of benchmark-boom-wrong-night saw 3000 alerts, "
                + "n_alerts is 2000"
        );

    // Through both filters: 200 at 20.5 s, 400 at 22.5 … From 10 % (20.5) to 90 % (36.5): 1,600 alerts
    // in 16 s; the longest time between two batches is that from 28.5 to 31.5.
    [Theory]
    [InlineData("progress/ten", "100", "3")]
    [InlineData("progress/replicas", "100", "3")]
    [InlineData("progress/nine", "", "")] // too few batches
    [InlineData("progress/incomplete", "", "")]
    public void The_sustained_throughput_is_that_of_the_middle_of_the_slowest_filter(
        string name,
        string sustained,
        string stall
    ) => AssertCells(name, ("sustained_alerts_per_s", sustained), ("longest_stall_s", stall));

    [Fact]
    public void The_progress_is_how_many_alerts_were_through_the_slowest_filter_since_the_start()
    {
        var points = cases
            .Project.Read("results/boom-progress.csv")
            .Split('\n')
            .Where(line => line.StartsWith("logs/progress/ten,"));

        Assert.Equal(
            "10,200 12,400 14,600 16,800 18,1000 21,1200 22,1400 24,1600 26,1800 28,2000",
            string.Join(' ', points.Select(line => line["logs/progress/ten,".Length..]))
        );
    }

    // Of the consumer one each, of the scheduler one ERROR and two of rdkafka.
    [Theory]
    [InlineData("levels/counted", "2", "3")]
    [InlineData("levels/ordinary", "0", "0")]
    public void Lines_count_by_the_level_behind_their_time(
        string name,
        string warnings,
        string errors
    ) => AssertCells(name, ("warnings", warnings), ("errors", errors));

    [Theory]
    [InlineData("containers/exits", "")]
    [InlineData("containers/crashed", "a container crashed (boom-sched exited with code 101)")]
    [InlineData(
        "containers/restarted",
        "a container came back (logs/containers/restarted/scheduler.log:6)"
    )]
    [InlineData("containers/another-restarted", "")]
    [InlineData(
        "containers/several",
        "scheduler.log is of several services (boom-sched, boom-cons)"
    )]
    [InlineData("ends/no-exit-new", "")]
    [InlineData("clock/back", "the clock steps back (logs/clock/back/consumer.log:2)")]
    [InlineData(
        "clock/back-of-other-lines",
        "the clock steps back (logs/clock/back-of-other-lines/scheduler.log:5)"
    )]
    [InlineData("clock/back-in-tail", "")]
    [InlineData(
        "clock/leap-late",
        "the clock leaps forward (by 10 s, logs/clock/leap-late/consumer.log:3)"
    )]
    [InlineData("clock/leap-early", "the clock leaps forward (by 27 s, before its first progress)")]
    [InlineData(
        "clock/back-at-last",
        "the clock steps back (logs/clock/back-at-last/scheduler.log:5)"
    )]
    [InlineData("ends/of-another-run", "scheduler.log begins after consumer.log (602 s)")]
    [InlineData("workers/ended", "a worker ended (logs/workers/ended/scheduler.log:1)")]
    [InlineData("workers/ended-in-tail", "")]
    [InlineData("clock/leap", "the clock leaps forward (by 2 s, logs/clock/leap/consumer.log:3)")]
    [InlineData("clock/no-leap", "")]
    [InlineData("kafka/pushed-other", "not 2000 alerts were in Kafka (1999)")]
    [InlineData("kafka/there-other", "not 2000 alerts were in Kafka (1999)")]
    [InlineData("kafka/there", "")]
    [InlineData("beginning/lost", "consumer.log lacks its beginning")]
    [InlineData("beginning/there", "")]
    [InlineData("beginning/first-message-there", "")]
    [InlineData("workers/alike", "")]
    [InlineData("workers/more", "6 alert workers started, the sweep says 3")]
    [InlineData("workers/respawned", "a dead worker was respawned")]
    [InlineData(
        "workers/missing",
        "a worker was missing (src/main.rs:34: heartbeat: workers running alert=5/6 enrichment=5/5 "
            + "filter=2/2)"
    )]
    [InlineData("workers/missing-before", "")]
    [InlineData("workers/panicked", "a thread panicked (logs/workers/panicked/scheduler.log:5)")]
    public void Why_times_may_be_wrong_is_a_doubt_that_takes_no_run_out(string name, string doubts)
    {
        AssertCells(name, ("doubts", doubts), ("complete", "true"));
        Assert.NotEqual("", cases.Cell(name, "alerts_per_s"));
    }

    void AssertDoubts(params (string Name, string Doubts)[] expected) =>
        Assert.Equal(expected, expected.Select(x => (x.Name, cases.Cell(x.Name, "doubts"))));

    // All that builds on where a run ends that has no first message.
    [Fact]
    public void An_end_that_may_be_missing_or_late_is_a_doubt()
    {
        const string NoEnd =
            "scheduler.log may lack its end (no idle tail and no exit line, which compose 2.39.0 to "
            + "2.39.2, logs without -f and a client that ended first leave out too)";
        AssertDoubts(
            ("ends/no-exit", ""),
            ("ends/no-exit-no-tail", NoEnd),
            ("ends/no-exit-no-prefix", ""),
            ("ends/exit-of-another", NoEnd),
            ("ends/idle-19", ""),
            ("ends/idle-20", "a long idle tail (20 s)"),
            ("ends/clock-back", "the clock steps back (logs/ends/clock-back/scheduler.log:6)")
        );
    }

    [Fact]
    public void A_wall_time_of_BOOMs_own_that_differs_by_more_than_a_second_is_a_doubt()
    {
        const string Remark = "it goes to the log's last line, idle or not";
        AssertDoubts(
            ("wall-time/alike", ""),
            ("wall-time/more", $"wall_time.txt differs (39.8 s, +1.1 s: {Remark})"),
            ("wall-time/less", $"wall_time.txt differs (37.6 s, -1.1 s: {Remark})"),
            ("wall-time/odd", "wall_time.txt is no number (a, b)")
        );
    }

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
    ) =>
        Assert.Equal(
            doubts,
            string.Join(
                "; ",
                cases.Cell(name, "doubts").Split("; ").Where(x => !x.StartsWith("scheduler.log"))
            )
        );

    // 2000 / 4 s and 10^9 bytes / 4 s. Together: 64 MiB + 1 GiB, nothing, 256 MiB + 1.5 GiB, 1.25 GiB. Of
    // processors, (0.5 + 1 + 1.5) / 3 and (2 + 3 + 4 + 5) / 4, together at most 4.5 at a time.
    [Fact]
    public void Optional_logs_tell_rates_memory_and_processors_of_both_containers_together() =>
        AssertCells(
            "stats/whole",
            ("kafka_alerts_per_s", "500"),
            ("kafka_mb_per_s", "250"),
            ("consumer_peak_gib", "0.5"),
            ("scheduler_peak_gib", "9"),
            ("peak_memory_gib", "1.75"),
            ("mean_cpus", "4.5"),
            ("peak_cpus", "4.5"),
            ("doubts", "")
        );

    [Fact]
    public void The_throughput_by_processor_is_over_their_mean_number() =>
        Assert.Equal(
            double.Parse(cases.Cell("stats/whole", "alerts_per_s")) / 4.5,
            double.Parse(cases.Cell("stats/whole", "alerts_per_cpu_s"))
        );

    [Fact]
    public void A_producer_that_found_all_alerts_in_Kafka_tells_no_rate()
    {
        AssertCells("kafka/there", ("kafka_alerts_per_s", ""));
        Assert.DoesNotContain(cases.Warnings, line => line.Contains("not understood"));
    }

    [Theory]
    [InlineData("unreadable/no-logs", "no consumer.log")]
    [InlineData("unreadable/no-consumer-log", "no consumer.log")]
    [InlineData("unreadable/pointer", "scheduler.log is a pointer of Git LFS: git lfs pull")]
    [InlineData("unreadable/gzipped", "scheduler.log.gz is compressed: gunzip scheduler.log.gz")]
    [InlineData(
        "unreadable/no-time",
        "no line of scheduler.log has a time and a level such as \"2025-08-05T00:31:55.442424Z  INFO\""
    )]
    [InlineData("unreadable/ends-before", "scheduler.log ends before the start")]
    public void A_run_that_can_not_be_read_is_a_row_with_its_arguments_and_the_reason(
        string name,
        string reason
    )
    {
        var cells = cases
            .Columns.Select(column => cases.Cell(name, column))
            .Where(cell => cell != "");

        Assert.Equal(
            [$"logs/{name}", "unreadable", "3", "1", name.Split('/')[1], "2000", reason],
            cells
        );
        Assert.DoesNotContain(name.Split('/')[1], cases.Project.Read("results/boom.csv"));
    }

    [Theory]
    [InlineData(
        "not read: no consumer.log: logs/unreadable/no-logs, logs/unreadable/no-consumer-log, 2 of all"
    )]
    [InlineData(
        "not read: scheduler.log is a pointer of Git LFS: git lfs pull: logs/unreadable/pointer, 1 of all"
    )]
    [InlineData(
        "not read: scheduler.log ends before the start: logs/unreadable/ends-before "
            + "(2025-08-05T00:00:10.5000000Z), 1 of all"
    )]
    [InlineData(
        "errors in the logs: logs/levels/counted, logs/workers/ended, logs/workers/ended-in-tail, 3 of all"
    )]
    [InlineData(
        "times may be wrong: a dead worker was respawned: logs/workers/respawned, 1 of all"
    )]
    [InlineData(
        "times may be wrong: not 2000 alerts were in Kafka: logs/kafka/pushed-other (1999), "
            + "logs/kafka/there-other (1999), 2 of all"
    )]
    [InlineData("logs that no sweep has are not read: logs/stray")]
    public void What_is_wrong_is_a_warning_that_names_the_runs(string warning) =>
        AssertWarning(warning);

    [Fact]
    public void Each_reason_is_said_once()
    {
        var reasons = cases.Warnings.Select(line => line.Split(": logs/")[0]).ToArray();

        Assert.Equal(reasons.Distinct(), reasons);
    }

    // Six runs are not read; the others have none but for these.
    [Theory]
    [InlineData("consumer.stats.log", 1)]
    [InlineData("scheduler.stats.log", 1)]
    [InlineData("producer.log", 4)]
    public void An_optional_log_that_many_runs_lack_is_one_warning(string log, int nWith) =>
        Assert.EndsWith(
            $", {cases.NRuns - 6 - nWith} of {cases.NRuns} runs",
            Assert.Single(cases.Warnings, line => line.StartsWith($"WARNING: no {log}: "))
        );

    [Theory]
    [InlineData("times/old", "")]
    [InlineData("filters/one", " (incomplete)")]
    [InlineData("workers/respawned", " (doubt)")]
    [InlineData("unreadable/no-logs", " (not read)")]
    public void The_screen_has_the_wall_time_of_a_run_and_what_is_wrong(string name, string problem)
    {
        var wallTime = cases.Cell(name, "wall_time_s").PadLeft(6);

        Assert.Contains($"{wallTime} s  logs/{name}{problem}", cases.Outcome.Out.Split('\n'));
    }

    [Fact]
    public void A_merged_stage_in_a_wdir_is_read_as_Calkit_reads_it() =>
        AssertCells(
            "bench/logs/night-1a",
            ("machine", "laptop"),
            ("complete", "true"),
            ("case", "")
        );

    [Fact]
    public void It_writes_prints_and_warns_the_same_every_time()
    {
        var table = cases.Project.Read("results/boom-runs.csv");

        Assert.Equal(cases.Outcome, cases.Project.RunScript("collect-boom", "--output", "again"));
        Assert.Equal(table, cases.Project.Read("again/boom-runs.csv"));
    }
}

/// <summary>What needs a project of its own.</summary>
public sealed class CollectBoomProjectTests : InProject
{
    // A stage with the runs logs/x-n=1 and so on, and the parameter n_filters.
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

    string[] Complete()
    {
        Project.RunScript("collect-boom");
        return
        [
            .. Table.Rows(Project.PathOf("results/boom-runs.csv"), "").Select(x => x["complete"]),
        ];
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

        Assert.Equal(["false", "false", "true"], Complete());
    }

    [Fact]
    public void Where_no_log_tells_of_batches_completeness_is_blank_whatever_n_filters_is()
    {
        WriteRuns(", n_filters: 2", (Start, End));

        Assert.Equal([""], Complete());
    }

    [Fact]
    public void Where_no_run_can_be_read_it_fails_with_the_first_reason()
    {
        WriteRuns("", (Start, "x\n"), (Start, ""));

        Assert.Equal(
            "ERROR: no run can be read: logs/x-n=1: no line of scheduler.log has a time and a level such as "
                + "\"2025-08-05T00:31:55.442424Z  INFO\" (it begins with: x)\n",
            Project.ErrorOf("collect-boom")
        );
    }

    [Fact]
    public void An_argument_with_the_name_of_a_fact_is_refused()
    {
        WriteRuns("", (Start, Two + End));
        Project.Write(
            "calkit.yaml",
            Project
                .Read("calkit.yaml")
                .Replace("arg_name: n", "arg_name: errors")
                .Replace("{n}", "{errors}")
        );

        Assert.EndsWith(
            "ERROR: calkit.yaml: errors is a fact: rename the argument\n",
            Project.RunScript("collect-boom").Error
        );
    }

    // What a researcher does: a line in a script, and the pipeline once more.
    [Fact]
    public void A_new_fact_is_a_column_of_its_table_and_of_the_page_and_of_no_other_table()
    {
        Project.Write("logs/boom-3/consumer.log", Start);
        Project.Write("logs/boom-3/scheduler.log", Two + End);
        Project.Write("logs/kowalski-3/supervisord.log", LogText.Running + LogText.Sigterm);
        Project.CopyFromRoot("scripts");
        foreach (var system in systems)
            WriteEditedCollector(system);
        Project.WriteYaml(BothSystems);

        var outcome = Project.Run();

        Assert.Equal(0, outcome.ExitCode);
        Assert.DoesNotContain("made_up", outcome.Error);
        foreach (var system in systems)
        {
            var columns = Project.Read($"results/{system}-runs.csv").Split('\n')[0];
            Assert.Contains($",made_up_{system},end_time,", columns);
            Assert.Single(columns.Split(','), column => column.StartsWith("made_up"));
            Assert.Contains($"\"made_up_{system}\"", Project.Read("results/report.html"));
        }
        foreach (var table in new[] { "boom", "kowalski", "scaling" })
            Assert.DoesNotContain("made_up", Project.Read($"results/{table}.csv"));
    }

    static readonly string[] systems = ["boom", "kowalski"];

    // edited-boom.csx and so on, with a fact above the end.
    void WriteEditedCollector(string system)
    {
        const string Line = "    run[\"end_time\"] = ";
        var script = ScratchProject.Committed($"scripts/collect-{system}.csx");
        Assert.Contains(Line, script);
        script = script.Replace("../shared/", $"{ScratchProject.Root}/shared/");
        var edited = script.Replace(Line, $"    run[\"made_up_{system}\"] = 1;\n{Line}");
        Project.Write($"edited-{system}.csx", edited);
    }

    const string BothSystems = """
        parameters: {n_alerts: 2000, rubin_alerts: 100, rubin_interval_s: 4}
        pipeline:
          stages:
            benchmark-boom: &sweep
              frozen: true
              iterate_over: [{arg_name: n_workers, values: [3]}]
              outputs: ["logs/boom-{n_workers}"]
            benchmark-kowalski: {<<: *sweep, outputs: ["logs/kowalski-{n_workers}"]}
            collect-boom: {command: dotnet script edited-boom.csx}
            collect-kowalski: {command: dotnet script edited-kowalski.csx}
            compute-factor:
              command: dotnet script scripts/compute-factor.csx --boom n_workers=3 --kowalski n_workers=3
            compute-scaling: {command: dotnet script scripts/compute-scaling.csx}
            render-report: {command: dotnet script scripts/render-report.csx}
        """;
}
