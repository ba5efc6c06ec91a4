using static LogText;

/// <summary>A sweep of Kowalski each of whose runs is a case, collected once.</summary>
public sealed class KowalskiCases : InProject
{
    // 453 s; with the milliseconds it would be 452.233 s.
    const string Ordinary = Running + Sigterm;

    // As supervisord 4.2.5 with an http server prints it.
    const string Genuine = """
        2026-11-22 14:37:33,727 CRIT Supervisor is running as root.  Privileges were not dropped because no user is specified in the config file.  If you intend to run as root, you can set user=root in the config file to avoid this message.
        2026-11-22 14:37:33,734 INFO RPC interface 'supervisor' initialized
        2026-11-22 14:37:33,734 CRIT Server 'unix_http_server' running without any HTTP authentication checking
        2026-11-22 14:37:33,735 INFO supervisord started with pid 16606
        2026-11-22 14:37:34,738 INFO spawned: 'alert-broker-ztf' with pid 16607
        2026-11-22 14:37:34,740 INFO spawned: 'dask-cluster' with pid 16608
        2026-11-22 14:37:35,742 INFO success: alert-broker-ztf entered RUNNING state, process has stayed up for > than 1 seconds (startsecs)
        2026-11-22 14:37:35,742 INFO success: dask-cluster entered RUNNING state, process has stayed up for > than 1 seconds (startsecs)
        2026-11-22 14:37:37,745 WARN received SIGTERM indicating exit request
        2026-11-22 14:37:37,745 INFO waiting for alert-broker-ztf, dask-cluster to die
        2026-11-22 14:37:37,746 WARN stopped: dask-cluster (terminated by SIGTERM)
        2026-11-22 14:37:37,746 WARN stopped: alert-broker-ztf (terminated by SIGTERM)

        """;

    readonly List<string> names = [];
    readonly Dictionary<string, OrderedDictionary<string, string>> rows;

    public Outcome Outcome { get; }

    public KowalskiCases()
    {
        Add("all-logs", Ordinary);
        Write("all-logs/producer.log", "Pushed 906 alerts to the queue in 500ms\n");
        Write(
            "all-logs/ingester.stats.log",
            "{\"MemUsage\":\"1536MiB / 9GiB\",\"NetIO\":\"1MB / 1MB\"}\n{\"MemUsage\":\"-- / --\"}\n"
        );
        Write("all-logs/dask_cluster.log", TakenIn(906));
        Add("no-log", null);
        Add("genuine", Genuine);

        // What may stand around a line.
        Add("docker", Each(Ordinary, "ingester-1  | ", ""));
        Add("terminal", Each(Ordinary, "\x1b[36mingester-1  | \x1b[0m", ""));
        Add("debris", "\ufeff\0\0" + Each(Ordinary, "", "\r") + "\0\xff");
        Add("no-last-newline", Ordinary.TrimEnd('\n'));
        Add(
            "quoted",
            Running + At("01:42:00", "INFO x: \"" + Sigterm.Trim()[24..] + "\"") + Sigterm
        );

        Add("two-starts", Running + Running.Replace("01:41:17", "01:45:00") + Sigterm);
        Add("end-before-start", Sigterm.Replace("01:48:50", "01:30:00") + Ordinary);
        Add("in-no-time", Running + Sigterm.Replace("01:48:50", "01:41:17"));

        Add("died", Running + At("01:44:00", Died) + Sigterm);
        Add("gave-up", Running + At("01:44:00", GaveUp) + Sigterm);
        Add("died-before", At("01:41:00", Died) + Ordinary + At("01:48:51", Died));
        Add(
            "expected",
            Running + At("01:44:00", "INFO exited: x (exit status 0; expected)") + Sigterm
        );
        Add("clock-back", Running + At("01:45:00", "INFO x") + At("01:44:58", "INFO x") + Sigterm);
        Add("clock-1s", Running + At("01:45:00", "INFO x") + At("01:44:59", "INFO x") + Sigterm);
        Add("clock-after", Ordinary + At("01:00:00", "INFO x"));

        Add("notices", string.Concat(Notices.Select(line => At("01:41:16", line))) + Ordinary);
        Add("odd", Running + string.Concat(Odd.Select(line => At("01:44:00", line))) + Sigterm);

        Add("killed", Ordinary);
        Write("killed/dask_cluster.log", TakenIn(906) + Dask("437 was killed by signal 9"));
        Add("restarted", Ordinary);
        Write(
            "restarted/dask_cluster.log",
            Dask("tcp://127.0.0.1:1 exceeded 95% memory budget. Restarting...") + TakenIn(906)
        );
        Add("stopped", Ordinary);
        Write("stopped/dask_cluster.log", TakenIn(906) + Dask("437 was killed by signal 15"));
        Add("timeout", Ordinary);
        Write("timeout/dask_cluster.log", TakenIn(311));
        Add("lines-lost", Ordinary); // 0.99 * 906 = 896.94
        Write("lines-lost/dask_cluster.log", TakenIn(897));
        Add("more-lost", Ordinary);
        Write("more-lost/dask_cluster.log", TakenIn(896));
        Add("pushed-other", Ordinary);
        Write("pushed-other/producer.log", "Pushed 905 alerts to the queue in 500ms\n");

        Project.Write(
            "calkit.yaml",
            $$"""
            parameters: {n_alerts: 906}
            pipeline:
              stages:
                benchmark-kowalski:
                  iterate_over: [{arg_name: case, values: [{{string.Join(", ", names)}}]}]
                  outputs: ["logs/{case}"]
            """
        );
        Write("stray/supervisord.log", "");
        Write("notes/producer.log", "");
        Outcome = Project.RunScript("collect-kowalski");
        Assert.Equal(0, Outcome.ExitCode);
        rows = Table
            .Rows(Project.PathOf("results/kowalski-runs.csv"), "")
            .ToDictionary(row => row["case"]);
    }

    public const string Died =
        "WARN exited: alert-broker-ztf (terminated by SIGKILL; not expected)";
    const string GaveUp = "INFO gave up: dask-cluster entered FATAL state, too many start retries";

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

    static string TakenIn(int alerts) =>
        string.Concat(
            Enumerable
                .Range(0, alerts)
                .Select(n =>
                    $"20250805_01:41:20: ztf: ztf_20250311_programid1 ZTF18a {n} tcp://127.0.0.1:41\n"
                )
        );

    static string Dask(string message) =>
        $"2025-08-05 01:43:00,123 - distributed.nanny - WARNING - Worker process {message}\n";

    void Add(string name, string? supervisord)
    {
        names.Add(name);
        if (supervisord != null)
            Write($"{name}/supervisord.log", supervisord);
    }

    void Write(string log, string text) => Project.Write($"logs/{log}", text);

    public int NRuns => names.Count;

    public string Cell(string name, string column) => rows[name][column];
}

public sealed class CollectKowalskiSweepTests(KowalskiCases cases) : IClassFixture<KowalskiCases>
{
    void AssertCells(string name, params (string Column, string Text)[] expected) =>
        Assert.Equal(expected, expected.Select(x => (x.Column, cases.Cell(name, x.Column))));

    // 906 alerts in 453 s; the samples of 1.5 GiB are the peak.
    [Fact]
    public void All_that_the_logs_tell_is_one_row_a_run()
    {
        var rows = cases.Project.Read("results/kowalski-runs.csv").Split('\n');

        Assert.Equal(
            [
                "run,case,n_alerts,start_time,end_time,wall_time_s,exact_wall_time_s,processing_time_s,idle_tail_s,alerts_per_s,alerts_taken_in,warnings,errors,kafka_alerts_per_s,peak_memory_gib,doubts",
                "logs/all-logs,all-logs,906,2025-08-05T01:41:17.000000,2025-08-05T01:48:50.000000,453,453,453,0,2,906,0,0,1812,1.5,",
                "logs/no-log,no-log,906,,,,,,,,,,,,,",
            ],
            rows[..3]
        );
    }

    [Fact]
    public void A_run_without_a_log_is_not_in_the_notebooks_table()
    {
        var rows = cases.Project.Read("results/kowalski.csv").TrimEnd('\n').Split('\n');

        Assert.Equal("case,start_time,end_time,wall_time_s", rows[0]);
        Assert.Equal(cases.NRuns, rows.Length);
        Assert.DoesNotContain(rows, row => row.StartsWith("no-log"));
    }

    [Fact]
    public void The_log_of_a_genuine_run_has_neither_warnings_nor_errors() =>
        AssertCells(
            "genuine",
            ("start_time", "2026-11-22T14:37:35.000000"),
            ("end_time", "2026-11-22T14:37:37.000000"),
            ("warnings", "0"),
            ("errors", "0"),
            ("doubts", "")
        );

    [Theory]
    [InlineData("docker")]
    [InlineData("terminal")]
    [InlineData("debris")] // a byte order mark, zeros, CR LF
    [InlineData("no-last-newline")]
    [InlineData("quoted")] // the signal, in a message of another level
    [InlineData("end-before-start")] // of an earlier run
    public void A_run_lasts_from_running_to_sigterm_in_whole_seconds(string name) =>
        AssertCells(
            name,
            ("start_time", "2025-08-05T01:41:17.000000"),
            ("wall_time_s", "453"),
            ("doubts", "")
        );

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
    [InlineData("two-starts", "several starts, of which the first counts")]
    [InlineData("died", "a process died during the run (logs/died/supervisord.log:2)")]
    [InlineData("gave-up", "a process died during the run (logs/gave-up/supervisord.log:2)")]
    [InlineData("died-before", "")]
    [InlineData("expected", "")]
    [InlineData("clock-back", "the clock goes back (logs/clock-back/supervisord.log:3)")]
    [InlineData("clock-1s", "")]
    [InlineData("clock-after", "")]
    [InlineData(
        "killed",
        "a dask worker was killed or restarted (logs/killed/dask_cluster.log:907)"
    )]
    [InlineData(
        "restarted",
        "a dask worker was killed or restarted (logs/restarted/dask_cluster.log:1)"
    )]
    [InlineData("stopped", "")]
    [InlineData("timeout", "dask_cluster.log has fewer alerts (311)")]
    [InlineData("lines-lost", "")]
    [InlineData("more-lost", "dask_cluster.log has fewer alerts (896)")]
    [InlineData("pushed-other", "not 906 alerts were pushed (905)")]
    public void Why_times_may_be_wrong_is_a_doubt_that_takes_no_run_out(
        string name,
        string doubts
    ) => AssertCells(name, ("doubts", doubts), ("wall_time_s", "453"), ("alerts_per_s", "2"));

    [Theory]
    [InlineData("timeout", "311")]
    [InlineData("stopped", "906")]
    [InlineData("docker", "")]
    public void The_alerts_that_Dask_tells_of_are_a_fact(string name, string alerts) =>
        AssertCells(name, ("alerts_taken_in", alerts));

    [Theory]
    [InlineData("no supervisord.log, so that the facts are blank: logs/no-log, 1 of {0} runs")]
    [InlineData("errors in the logs: logs/odd, 1 of {0} runs")]
    [InlineData(
        "times may be wrong: dask_cluster.log has fewer alerts: logs/timeout (311), logs/more-lost (896), 2 of {0} runs"
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
    string Error(params string[] supervisordLogs)
    {
        var numbers = Enumerable.Range(1, supervisordLogs.Length).Select(n => $"{n}").ToArray();
        Project.WriteSweep("benchmark-kowalski", numbers);
        Project.Write("calkit.yaml", "parameters: {n_alerts: 906}\n" + Project.Read("calkit.yaml"));
        foreach (var (n, text) in numbers.Zip(supervisordLogs))
            if (text != "")
                Project.Write($"logs/x-n={n}/supervisord.log", text);
        return Project.ErrorOf("collect-kowalski");
    }

    // The first in the runs' order, whichever is read first.
    [Fact]
    public void A_log_without_an_end_after_its_start_is_the_error_of_the_first_such_run() =>
        Assert.Equal(
            "ERROR: logs/x-n=2/supervisord.log: no line after the start holds \"received SIGTERM indicating exit request\"\n",
            Error(Running + Sigterm + new string('\n', 1_000_000), Sigterm + Running, Sigterm)
        );

    [Fact]
    public void An_end_before_the_start_is_an_error_with_both() =>
        Assert.Equal(
            "ERROR: logs/x-n=1/supervisord.log: ends at 2025-08-05T01:41:16, before the start 2025-08-05T01:41:17\n",
            Error(Running + Sigterm.Replace("01:48:50", "01:41:16"))
        );

    [Fact]
    public void Where_supervisord_renamed_a_log_the_error_names_the_file_beside_it()
    {
        Project.Write("logs/x-n=1/supervisord.log.1", Running);

        Assert.Equal(
            "ERROR: logs/x-n=1/supervisord.log: no line holds \"alert-broker-ztf entered RUNNING state\"; "
                + "put logs/x-n=1/supervisord.log.1, which is older, before it\n",
            Error(Sigterm)
        );
    }

    [Fact]
    public void Without_any_log_the_first_directory_and_DVC_are_named() =>
        Assert.Equal(
            "ERROR: no run has logs; the first belongs in logs/x-n=1 (dvc pull)\n",
            Error("", "")
        );
}
