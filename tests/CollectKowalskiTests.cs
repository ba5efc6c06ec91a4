using static LogText;

/// <summary>A sweep of Kowalski each of whose runs is a case, collected once.</summary>
public sealed class KowalskiCases : InProject
{
    // 453 s; with the milliseconds it would be 452.233 s.
    const string Ordinary = Running + Sigterm;

    readonly List<string> names = [];
    readonly Dictionary<string, OrderedDictionary<string, string>> rows;

    public Outcome Outcome { get; }

    public KowalskiCases()
    {
        Add("ordinary", Ordinary);
        Add("no-log", null);
        AddOptionalLogs();
        AddFormats();
        AddEnds();
        AddIncidents();
        AddClocks();
        AddLevels();
        AddDask();
        Write("stray/supervisord.log", "");
        Write("notes/producer.log", "");
        Project.Write(
            "calkit.yaml",
            $$"""
            parameters: {n_alerts: 906}
            pipeline:
              stages:
                benchmark-kowalski:
                  iterate_over:
                    - {arg_name: case, values: [{{string.Join(", ", names)}}]}
                    - {arg_name: n_workers, values: [3]}
                  outputs: ["logs/{case}"]
            """
        );
        Outcome = Project.RunScript("collect-kowalski");
        Assert.Equal(0, Outcome.ExitCode);
        rows = Table
            .Rows(Project.PathOf("results/kowalski-runs.csv"), "")
            .ToDictionary(row => row["case"]);
    }

    void AddOptionalLogs()
    {
        Add("all-logs", Ordinary);
        Write("all-logs/producer.log", "Pushed 906 alerts to the queue in 500ms\n");
        Write(
            "all-logs/ingester.stats.log",
            SampleText.Of("1536MiB", cpus: "300%", name: "kowalski-ingester-1")
                + SampleText.Of("512MiB", cpus: "500%", name: "kowalski-ingester-1")
        );
        Write("all-logs/dask_cluster.log", TakenIn(906));
        Add("pushed-other", Ordinary);
        Write("pushed-other/producer.log", "Pushed 905 alerts to the queue in 500ms\n");
        Add("idle", Ordinary);
        Write("idle/ingester.stats.log", SampleText.Of("1GiB", cpus: "0.00%", name: "ingester-1"));
    }

    // What may stand around a line.
    void AddFormats()
    {
        Add("docker", Each(Ordinary, "ingester-1  | ", ""));
        Add("docker-t", Each(Ordinary, "ingester-1  | 2025-08-05T01:00:00.000000000Z ", ""));
        Add("debris", "\ufeff\0\0" + Each(Ordinary, "", "\r") + "\0\xff");
        Add("no-last-newline", Ordinary.TrimEnd('\n'));
        var quote = At("01:42:00", "INFO x: \"" + Sigterm.Trim()[24..] + "\"");
        Add("quoted", Running + quote + Sigterm);
    }

    void AddEnds()
    {
        Add("end-before-start", Sigterm.Replace("01:48:50", "01:30:00") + Ordinary);
        Add("in-no-time", Running + Sigterm.Replace("01:48:50", "01:41:17"));
        Add("sigint", Running + Sigterm.Replace("SIGTERM", "SIGINT"));
        Add("sigquit", Running + Sigterm.Replace("SIGTERM", "SIGQUIT"));
        Add(
            "shutdown",
            Running + At("01:48:50", "INFO waiting for alert-broker-ztf, dask-cluster to die")
        );
    }

    void AddClocks()
    {
        Add("clock-back", Running + At("01:45:00", "INFO x") + At("01:44:58", "INFO x") + Sigterm);
        Add("clock-1s", Running + At("01:45:00", "INFO x") + At("01:44:59", "INFO x") + Sigterm);
        Add("clock-back-at-end", Running + At("01:49:00", "INFO x") + Sigterm);
        Add("two-runs", Ordinary + Ordinary.Replace(" 01:", " 02:"));
        Add("clock-after", Ordinary + At("01:49:50", "INFO x") + At("01:00:00", "INFO x"));
    }

    void AddLevels()
    {
        Add("notices", string.Concat(Notices.Select(line => At("01:41:16", line))) + Ordinary);
        Add("odd", string.Concat(Odd.Select(line => At("01:41:16", line))) + Ordinary);
    }

    void AddIncidents()
    {
        var spawned = At("01:41:15", "INFO spawned: 'dask-cluster' with pid 8");
        void AddDuring(string name, string line) =>
            Add(name, spawned + Running + At("01:44:00", line) + Sigterm);
        AddDuring("died", "WARN exited: alert-broker-ztf (terminated by SIGKILL; not expected)");
        AddDuring("exited", "INFO exited: dask-cluster (exit status 0; expected)");
        AddDuring("stopped", "WARN stopped: alert-broker-ztf (terminated by SIGTERM)");
        AddDuring("spawned-again", "INFO spawned: 'dask-cluster' with pid 9");
        AddDuring("spawned-first", "INFO spawned: 'another' with pid 9");
        AddDuring("restarted", "WARN received SIGHUP indicating restart request");
        AddDuring("reaped", "INFO reaped unknown pid 19 (terminated by SIGTERM)");
        // Whose broker runs, while its cluster does not.
        const string GaveUp =
            "INFO gave up: dask-cluster entered FATAL state, too many start retries";
        AddDuring("gave-up", GaveUp);
        Add("gave-up-before", At("01:41:10", GaveUp) + Ordinary);
        Add("gave-up-after", Ordinary + At("01:48:51", GaveUp));
        const string Died = "WARN exited: alert-broker-ztf (exit status 1; not expected)";
        Add("before-and-after", At("01:41:00", Died) + Ordinary + At("01:48:51", Died));
        Add("two-starts", Running + Running.Replace("01:41:17", "01:45:00") + Sigterm);
        // With numprocs=2.
        var second = Running.Replace("ztf", "ztf_01");
        Add("two-brokers", Running.Replace("ztf", "ztf_00") + second + Sigterm);
    }

    void AddDask()
    {
        void AddWith(string name, string dask)
        {
            Add($"dask-{name}", Ordinary);
            Write($"dask-{name}/dask_cluster.log", dask);
        }
        AddWith("prefixed", Each(TakenInFrom("01:41:27"), "ingester-1  | \x1b[2m", ""));
        AddWith("setup-joined", TakenIn(906) + Setup(3).Replace("\n", " ") + "\n");
        AddWith("older", TakenIn(906).Replace("ztf: ", "")); // before 2025-08-07
        AddWith("joined", TakenIn(906).Replace("2 tcp://127.0.0.1:41\n", "2 tcp://127.0.0.1:41"));
        AddWith(
            "killed",
            TakenIn(906) + Dask("nanny", "Worker process 437 was killed by signal 9")
        );
        AddWith(
            "memory",
            TakenIn(906)
                + Dask(
                    "nanny.memory",
                    "Worker tcp://127.0.0.1:1 (pid=24) exceeded 95% memory budget. Restarting..."
                )
        );
        AddWith("restarting", TakenIn(906) + Dask("nanny", "Restarting worker"));
        AddWith(
            "no-heartbeat",
            TakenIn(906)
                + Dask("scheduler", "Worker failed to heartbeat for 305s; attempting restart")
        );
        AddWith(
            "ended",
            TakenIn(906) + Dask("nanny", "Worker process 437 was killed by signal 15")
        );
        AddWith("timeout", TakenIn(311));
        AddWith("lines-lost", TakenIn(897)); // 0.99 * 906 = 896.94
        AddWith("more-lost", TakenIn(896));
        AddWith("three-workers", Setup(3) + TakenIn(906));
        AddWith("two-workers", Setup(2) + TakenIn(906));
        AddWith("steady", TakenInFrom("01:41:27"));
        // The beginning of an alert got lost, and its end of line: its time is that of the next one.
        AddWith(
            "beginning-lost",
            TakenInFrom("01:41:27").Replace(Alert("20250805_01:41:27", 1), "a 1 tcp://127.0.0.1:41")
        );
        // The clock of supervisord's machine is two hours ahead of UTC.
        AddWith("other-zone", TakenInFrom("23:41:27"));
        AddWith("pointer", "version https://git-lfs.github.com/spec/v1\n");
    }

    static string Setup(int n) =>
        string.Concat(Enumerable.Repeat("20250805_01:41:18: AlertWorker setup complete\n", n));

    // 90 alerts a second in each of ten seconds, but for the sixth, and six at last.
    static string TakenInFrom(string time)
    {
        var start = DateTime.Parse($"2025-08-05T{time}");
        var seconds = Enumerable.Range(0, 906).Select(i => i / 90 + (i >= 450 ? 4 : 0));
        return string.Concat(
            seconds.Select((second, n) => Alert($"{start.AddSeconds(second):yyyyMMdd_HH:mm:ss}", n))
        );
    }

    static string Alert(string time, int n) =>
        $"{time}: ztf: ztf_20250311_programid1 ZTF18a {n} tcp://127.0.0.1:41\n";

    static string TakenIn(int alerts) =>
        string.Concat(Enumerable.Range(0, alerts).Select(n => Alert("20250805_01:41:20", n)));

    static string Dask(string module, string message) =>
        $"2025-08-05 01:43:00,123 - distributed.{module} - WARNING - {message}\n";

    static readonly string[] Notices =
    [
        "CRIT Supervisor is running as root.  Privileges were not dropped because no user",
        "CRIT Supervisor running as root (no user in config file)",
        "CRIT Set uid to user 0",
        "CRIT Server 'unix_http_server' running without any HTTP authentication checking",
        "CRIT Server 'inet_http_server' running without any HTTP authentication checking",
        "WARN No file matches via include \"/etc/supervisor/conf.d/*.conf\"",
        "WARN Included extra file \"/etc/supervisor/conf.d/a.conf\" during parsing",
        "WARN For [program:a], AUTO logging used for stderr_logfile without rollover, set maxbytes > 0",
        "WARN stopped: dask-cluster (terminated by SIGTERM)",
        "INFO CRIT ERRO WARN",
    ];

    // Two warnings and three errors.
    static readonly string[] Odd =
    [
        "WARN killing 'dask-cluster' (9) with SIGKILL",
        "WARN stopped: dask-cluster (terminated by SIGKILL)",
        "ERRO pool dask event buffer overflowed",
        "CRIT could not write pidfile /supervisord.pid",
        "CRIT x",
    ];

    public static string At(string time, string line) => $"2025-08-05 {time},000 {line}\n";

    static string Each(string lines, string before, string after) =>
        string.Concat(lines.TrimEnd('\n').Split('\n').Select(line => $"{before}{line}{after}\n"));

    void Add(string name, string? supervisord)
    {
        names.Add(name);
        if (supervisord != null)
            Write($"{name}/supervisord.log", supervisord);
    }

    void Write(string log, string text) => Project.Write($"logs/{log}", text);

    public int NRuns => names.Count;

    public string Cell(string name, string column) => rows[name][column];

    public IEnumerable<string> Cells(string name) => rows[name].Values;
}

public sealed class CollectKowalskiSweepTests(KowalskiCases cases) : IClassFixture<KowalskiCases>
{
    void AssertCells(string name, params (string Column, string Text)[] expected) =>
        Assert.Equal(expected, expected.Select(x => (x.Column, cases.Cell(name, x.Column))));

    // One test says what the times of the ordinary run are, others that theirs are the same.
    void AssertLikeOrdinary(string name, params string[] columns) =>
        AssertCells(name, [.. columns.Select(column => (column, cases.Cell("ordinary", column)))]);

    // The notebook's definition: 906 alerts in 453 s.
    [Fact]
    public void A_run_lasts_from_the_running_broker_to_the_signal_in_whole_seconds() =>
        AssertCells(
            "ordinary",
            ("start_time", "2025-08-05T01:41:17.000000"),
            ("end_time", "2025-08-05T01:48:50.000000"),
            ("wall_time_s", "453"),
            ("exact_wall_time_s", "453"),
            ("processing_time_s", "453"),
            ("idle_tail_s", "0"),
            ("alerts_per_s", "2")
        );

    // On 4 processors in the mean; the samples of 1.5 GiB are the peak.
    [Fact]
    public void The_other_logs_tell_what_was_taken_in_and_what_it_took() =>
        AssertCells(
            "all-logs",
            ("alerts_taken_in", "906"),
            ("warnings", "0"),
            ("errors", "0"),
            ("kafka_alerts_per_s", "1812"),
            ("peak_memory_gib", "1.5"),
            ("mean_cpus", "4"),
            ("peak_cpus", "5"),
            ("doubts", "")
        );

    [Fact]
    public void The_throughput_by_processor_is_over_their_mean_number() =>
        Assert.Equal(
            double.Parse(cases.Cell("all-logs", "alerts_per_s")) / 4,
            double.Parse(cases.Cell("all-logs", "alerts_per_cpu_s"))
        );

    [Fact]
    public void A_run_without_a_log_is_a_row_with_its_arguments_and_the_reason() =>
        Assert.Equal(
            ["logs/no-log", "no-log", "3", "906", "no supervisord.log"],
            cases.Cells("no-log").Where(cell => cell != "")
        );

    [Fact]
    public void A_run_without_a_log_is_not_in_the_notebooks_table()
    {
        var rows = cases.Project.Read("results/kowalski.csv").TrimEnd('\n').Split('\n');

        Assert.Equal("case,n_workers,start_time,end_time,wall_time_s", rows[0]);
        Assert.Equal(cases.NRuns, rows.Length); // one has no log, and there is a header
        Assert.DoesNotContain(rows, row => row.StartsWith("no-log"));
    }

    [Theory]
    [InlineData("docker")]
    [InlineData("docker-t")]
    [InlineData("debris")] // a byte order mark, zeros, CR LF
    [InlineData("no-last-newline")]
    [InlineData("quoted")] // the signal, in a message
    [InlineData("end-before-start")] // of an earlier run
    [InlineData("sigint")]
    [InlineData("sigquit")]
    [InlineData("shutdown")]
    public void What_stands_around_a_line_and_how_supervisord_ends_does_not_matter(string name) =>
        AssertLikeOrdinary(name, "start_time", "end_time", "wall_time_s", "doubts");

    [Fact]
    public void A_run_in_no_time_has_no_throughput() =>
        AssertCells("in-no-time", ("wall_time_s", "0"), ("alerts_per_s", ""));

    [Fact]
    public void Ordinary_notices_are_neither_warnings_nor_errors() =>
        AssertCells("notices", ("warnings", "0"), ("errors", "0"));

    [Fact]
    public void What_is_not_ordinary_counts() =>
        AssertCells("odd", ("warnings", "2"), ("errors", "3"));

    [Theory]
    [InlineData("died", 3)]
    [InlineData("exited", 3)] // whatever its exit status
    [InlineData("stopped", 3)]
    [InlineData("spawned-again", 3)]
    [InlineData("restarted", 3)]
    [InlineData("two-starts", 2)]
    [InlineData("spawned-first", 0)]
    [InlineData("reaped", 0)]
    [InlineData("before-and-after", 0)]
    [InlineData("two-brokers", 0)]
    public void A_program_that_ends_or_starts_again_during_the_run_is_a_doubt(string name, int line)
    {
        var place = $"logs/{name}/supervisord.log:{line}";
        var doubt = $"a program ended or started again during the run ({place})";
        AssertCells(name, ("doubts", line > 0 ? doubt : ""));
        AssertLikeOrdinary(name, "wall_time_s");
    }

    [Theory]
    [InlineData("gave-up", "(logs/gave-up/supervisord.log:3)")]
    [InlineData("gave-up-before", "(logs/gave-up-before/supervisord.log:1)")]
    [InlineData("gave-up-after", null)]
    public void A_program_that_supervisord_gave_up_before_the_end_is_a_doubt(
        string name,
        string? place
    )
    {
        var doubt = $"a program was not run: supervisord gave up {place}";
        AssertCells(name, ("doubts", place == null ? "" : doubt));
    }

    [Fact]
    public void Processors_that_do_nothing_give_no_throughput_by_processor() =>
        AssertCells("idle", ("mean_cpus", "0"), ("alerts_per_cpu_s", ""));

    [Theory]
    [InlineData("clock-back", "the clock steps back (logs/clock-back/supervisord.log:3)")]
    [InlineData(
        "clock-back-at-end",
        "the clock steps back (logs/clock-back-at-end/supervisord.log:3)"
    )]
    [InlineData(
        "two-runs",
        "supervisord.log goes on with another run, the first counts (logs/two-runs/supervisord.log:3)"
    )]
    [InlineData("dask-setup-joined", "")]
    [InlineData("clock-1s", "")]
    [InlineData("clock-after", "")]
    [InlineData("dask-older", "")]
    [InlineData("dask-joined", "")]
    [InlineData("dask-killed", "a dask worker was lost (logs/dask-killed/dask_cluster.log:907)")]
    [InlineData("dask-memory", "a dask worker was lost (logs/dask-memory/dask_cluster.log:907)")]
    [InlineData(
        "dask-restarting",
        "a dask worker was lost (logs/dask-restarting/dask_cluster.log:907)"
    )]
    [InlineData(
        "dask-no-heartbeat",
        "a dask worker was lost (logs/dask-no-heartbeat/dask_cluster.log:907)"
    )]
    [InlineData("dask-ended", "")]
    [InlineData("dask-timeout", "dask_cluster.log has fewer alerts (311)")]
    [InlineData("dask-lines-lost", "")]
    [InlineData("dask-more-lost", "dask_cluster.log has fewer alerts (896)")]
    [InlineData("dask-three-workers", "")]
    [InlineData("dask-two-workers", "2 workers started, the sweep says 3")]
    [InlineData("pushed-other", "not 906 alerts were in Kafka (905)")]
    public void Why_times_may_be_wrong_is_a_doubt_that_takes_no_run_out(string name, string doubts)
    {
        AssertCells(name, ("doubts", doubts));
        AssertLikeOrdinary(name, "wall_time_s", "alerts_per_s");
    }

    [Theory]
    [InlineData("dask-timeout", "311")]
    [InlineData("dask-older", "906")]
    [InlineData("dask-joined", "906")]
    [InlineData("dask-memory", "906")]
    [InlineData("dask-pointer", "")]
    [InlineData("docker", "")]
    public void The_alerts_that_Dask_tells_of_are_a_fact(string name, string alerts) =>
        AssertCells(name, ("alerts_taken_in", alerts));

    // 10 % are 90.6: in the second second, at 11 s; 90 % are 815.4, in the tenth, at 23 s. 0.8 * 906 in 12 s.
    // Between the fifth and the sixth second with alerts lie 5 s.
    [Theory]
    [InlineData("dask-steady")]
    [InlineData("dask-other-zone")]
    [InlineData("dask-prefixed")]
    public void The_sustained_throughput_is_that_of_the_alerts_taken_in(string name) =>
        AssertCells(
            name,
            ("sustained_alerts_per_s", "60.400000000000006"),
            ("longest_stall_s", "5")
        );

    string[] Progress(string name)
    {
        var rows = cases.Project.Read("results/kowalski-progress.csv").Split('\n');
        var run = $"logs/{name},";
        return [.. rows.Where(row => row.StartsWith(run)).Select(row => row[run.Length..])];
    }

    [Fact]
    public void The_progress_is_how_many_alerts_were_taken_in_since_the_start() =>
        Assert.Equal(
            "10,90 11,180 12,270 13,360 14,450 19,540 20,630 21,720 22,810 23,900 24,906",
            string.Join(' ', Progress("dask-steady"))
        );

    [Fact]
    public void An_alert_whose_beginning_is_lost_has_the_time_that_is_left_in_its_line() =>
        Assert.Equal(Progress("dask-steady"), Progress("dask-beginning-lost"));

    [Fact]
    public void A_clock_in_another_zone_tells_the_same_progress() =>
        Assert.Equal(Progress("dask-steady"), Progress("dask-other-zone"));

    [Theory]
    [InlineData("not read: no supervisord.log: logs/no-log, 1 of {0} runs")]
    [InlineData("errors in the logs: logs/odd, 1 of {0} runs")]
    [InlineData(
        "times may be wrong: dask_cluster.log has fewer alerts: logs/dask-timeout (311), "
            + "logs/dask-more-lost (896), 2 of {0} runs"
    )]
    [InlineData(
        "dask_cluster.log is a pointer of Git LFS: git lfs pull: logs/dask-pointer, 1 of {0} runs"
    )]
    [InlineData("logs that no sweep has are not read: logs/stray")]
    public void What_is_wrong_is_one_warning_that_names_the_runs(string warning) =>
        Assert.Contains(
            $"WARNING: {string.Format(warning, cases.NRuns)}",
            cases.Outcome.Error.Split('\n')
        );
}

public sealed class CollectKowalskiTests : InProject
{
    string Error(string supervisord)
    {
        Project.WriteSweep("benchmark-kowalski", "1");
        Project.Write("calkit.yaml", "parameters: {n_alerts: 906}\n" + Project.Read("calkit.yaml"));
        if (supervisord != "")
            Project.Write("logs/x-n=1/supervisord.log", supervisord);
        return Project.ErrorOf("collect-kowalski");
    }

    const string NoRun = "ERROR: no run can be read: logs/x-n=1: ";

    [Theory]
    [InlineData(
        Sigterm + Running,
        "no line after the start of supervisord.log holds \"received SIGTERM indicating exit request\""
    )]
    [InlineData(
        Sigterm,
        "no line of supervisord.log holds \"alert-broker-ztf entered RUNNING state\""
    )]
    [InlineData(
        "x\n",
        "no line of supervisord.log has a time and a level such as \"2025-08-05 01:41:17,123 INFO\" (it begins with: x)"
    )]
    [InlineData("", "no supervisord.log")]
    public void A_log_that_does_not_tell_of_a_run_is_named_with_what_was_expected(
        string log,
        string error
    ) => Assert.Equal($"{NoRun}{error}\n", Error(log));

    [Fact]
    public void An_end_before_the_start_is_an_error() =>
        Assert.Equal(
            $"{NoRun}supervisord.log ends before the start (2025-08-05T01:41:17)\n",
            Error(Running + Sigterm.Replace("01:48:50", "01:30:00"))
        );

    [Fact]
    public void Where_supervisord_renamed_a_log_the_error_names_the_file_beside_it()
    {
        Project.Write("logs/x-n=1/supervisord.log.1", Running);

        Assert.EndsWith(
            "RUNNING state\": put supervisord.log.1, which is older, before it\n",
            Error(Sigterm)
        );
    }

    [Fact]
    public void In_a_project_with_DVC_a_log_that_is_missing_may_be_pulled()
    {
        Directory.CreateDirectory(Project.PathOf(".dvc"));

        Assert.Equal($"{NoRun}no supervisord.log (dvc pull)\n", Error(""));
    }
}
