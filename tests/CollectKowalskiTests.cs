using static LogText;

public sealed class CollectKowalskiTests : IDisposable
{
    readonly ScratchProject project = new();

    public void Dispose() => project.Dispose();

    void WriteRuns(params string[] supervisordLogs)
    {
        var numbers = Enumerable.Range(1, supervisordLogs.Length).Select(n => $"{n}").ToArray();
        project.WriteSweep("benchmark-kowalski", numbers);
        project.Write("calkit.yaml", "parameters: {n_alerts: 906}\n" + project.Read("calkit.yaml"));
        foreach (var (n, text) in numbers.Zip(supervisordLogs))
            if (text != "")
                project.Write($"logs/x-n={n}/supervisord.log", text);
    }

    static void AssertWarnings(Outcome outcome, params string[] expected)
    {
        var warnings = outcome.Error.TrimEnd('\n').Split('\n');
        Assert.Equal(expected.Length, warnings.Length);
        foreach (var (start, warning) in expected.Zip(warnings))
            Assert.StartsWith($"WARNING: {start}", warning);
    }

    [Fact]
    public void The_committed_logs_give_the_published_table()
    {
        project.CopyFromRoot("logs");
        project.Write(
            "calkit.yaml",
            File.ReadAllText(Path.Combine(ScratchProject.Root, "calkit.yaml"))
        );

        var outcome = project.Run(
            [("LC_ALL", "th_TH.UTF-8"), ("TZ", "America/Los_Angeles")],
            Path.Combine(ScratchProject.Root, "scripts/collect-kowalski.csx")
        );

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.Equal(
            File.ReadAllText(
                Path.Combine(ScratchProject.Root, "tests/published/2025-08-05/kowalski.csv")
            ),
            project.Read("results/kowalski.csv")
        );
        Assert.Equal(
            File.ReadAllText(Path.Combine(ScratchProject.Root, "results/kowalski-runs.csv")),
            project.Read("results/kowalski-runs.csv")
        );
    }

    // 906 alerts in 453 s; the samples of 1.5 GiB are the peak.
    [Fact]
    public void All_that_the_logs_tell_is_one_row_a_run()
    {
        WriteRuns(Running + Sigterm);
        project.Write("logs/x-n=1/producer.log", "Pushed 906 alerts to the queue in 500ms\n");
        project.Write(
            "logs/x-n=1/ingester.stats.log",
            "{\"MemUsage\":\"1536MiB / 9GiB\",\"NetIO\":\"1MB / 1MB\"}\n{\"MemUsage\":\"-- / --\"}\n"
        );

        var outcome = project.RunScript("collect-kowalski");

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.Equal(
            """
            run,n,n_alerts,start_time,end_time,wall_time_s,processing_time_s,idle_tail_s,alerts_per_s,warnings,errors,kafka_alerts_per_s,peak_memory_gib,doubts
            logs/x-n=1,1,906,2025-08-05T01:41:17.000000,2025-08-05T01:48:50.000000,453,453,0,2,0,0,1812,1.5,

            """,
            project.Read("results/kowalski-runs.csv")
        );
    }

    [Fact]
    public void What_many_runs_lack_is_one_warning_with_their_number()
    {
        var runs = Enumerable.Repeat(Running + Sigterm, 9).ToArray();
        runs[1] = Running + runs[1];
        runs[2] = runs[8] = "";
        runs[5] = Running + Running.Replace("01:41:17", "01:00:00") + Sigterm;
        runs[3] = Running + "2025-08-05 01:45:00,000 ERRO x\n" + Sigterm;
        WriteRuns(runs);
        for (var n = 4; n <= 8; n++)
            project.Write($"logs/x-n={n}/ingester.stats.log", "\n{\"MemUsage\":\"2EiB / 1GiB\"}\n");

        AssertWarnings(
            project.RunScript("collect-kowalski"),
            "2 of 9 runs of benchmark-kowalski left out, without logs/x-n=3/supervisord.log, logs/x-n=9/supervisord.log",
            "no producer.log in 7 of 9 runs of benchmark-kowalski; the first: logs/x-n=1/producer.log",
            "no ingester.stats.log in 2 of 9 runs of benchmark-kowalski; the first: logs/x-n=1/",
            "times may be wrong: several starts, of which the first counts in 2 of 9 runs of benchmark-kowalski; the first: logs/x-n=2/supervisord.log",
            "ingester.stats.log is not understood in 5 of 9 runs of benchmark-kowalski; the first: logs/x-n=4/ingester.stats.log:2: ",
            "errors in 1 of 9 runs of benchmark-kowalski; the first: logs/x-n=4",
            "times may be wrong: the clock goes back in 1 of 9 runs of benchmark-kowalski; the first: logs/x-n=6/supervisord.log:2"
        );
    }

    // Lines of supervisor's own (process.py), at WARN and at INFO.
    [Theory]
    [InlineData("WARN exited: alert-broker-ztf (terminated by SIGKILL; not expected)", true)]
    [InlineData("INFO gave up: dask-cluster entered FATAL state, too many start retries", true)]
    [InlineData("INFO exited: setup (exit status 0; expected)", false)]
    public void A_process_that_ends_by_itself_during_the_run_is_a_doubt(string line, bool isDoubt)
    {
        WriteRuns(
            $"{Running}2025-08-05 01:44:00,100 {line}\n{Sigterm}2025-08-05 01:48:51,000 {line}\n"
        );

        project.RunScript("collect-kowalski");

        Assert.EndsWith(
            isDoubt ? ",a process died during the run\n" : ",\n",
            project.Read("results/kowalski-runs.csv")
        );
    }

    [Fact]
    public void A_process_that_ends_before_the_run_is_no_doubt()
    {
        WriteRuns(
            $"2025-08-05 01:41:00,100 WARN exited: x (exit status 1; not expected)\n{Running}{Sigterm}"
        );

        project.RunScript("collect-kowalski");

        Assert.EndsWith(",\n", project.Read("results/kowalski-runs.csv"));
    }

    [Fact]
    public void A_run_in_no_time_has_no_throughput()
    {
        WriteRuns(Running + Sigterm.Replace("01:48:50", "01:41:17"));

        project.RunScript("collect-kowalski");

        Assert.Contains(",0,0,0,,", project.Read("results/kowalski-runs.csv"));
    }

    // The first in the runs' order, whichever is read first.
    [Fact]
    public void The_error_is_that_of_the_first_run_that_has_one()
    {
        WriteRuns(Running + Sigterm + new string('\n', 5_000_000), Running, Sigterm);

        var outcome = project.RunScript("collect-kowalski");

        Assert.Equal(1, outcome.ExitCode);
        Assert.StartsWith("ERROR: logs/x-n=2/supervisord.log: ", outcome.Error);
        Assert.False(Directory.Exists(project.PathOf("results")));
    }
}
