using System.IO.Compression;

/// <summary>
/// The collectors on what docker compose, dask and supervisord really wrote (tests/real/README.md). The
/// replays print the lines of the run na=3-nml=3-nf=1 as it was.
/// </summary>
public sealed class RecordedLogs : InProject
{
    static readonly string[] replays =
    [
        "v2.26.1",
        "v2.38.2",
        "v2.38.2-crash101",
        "v2.38.2-name",
        "v2.38.2-restart",
        "v2.38.2-scale2",
        "v2.38.2-t",
        "v2.39.1",
    ];

    static readonly string[] ends =
    [
        "exits0",
        "exits1",
        "numprocs",
        "shutdown",
        "sigint",
        "sigterm",
    ];

    readonly Dictionary<string, OrderedDictionary<string, string>> rows = [];

    public RecordedLogs()
    {
        foreach (var replay in replays)
        foreach (var log in Directory.GetFiles(PathOf($"replay-{replay}")))
            Project.Write($"logs/{replay}/{Path.GetFileName(log)}", File.ReadAllBytes(log));
        foreach (var end in ends)
            Copy($"supervisord-4.2.5/{end}.supervisord.log", $"logs/{end}/supervisord.log");
        foreach (var dask in new[] { "first", "memory" })
            Copy($"dask-2024.12.1-{dask}/supervisord.log", $"logs/{dask}/supervisord.log");
        Copy("dask-2024.12.1-first/dask_cluster.extract.log", "logs/first/dask_cluster.log");
        using (var packed = File.OpenRead(PathOf("dask-2024.12.1-memory/dask_cluster.log.gz")))
        using (var unpacked = new GZipStream(packed, CompressionMode.Decompress))
        using (var log = File.Create(Project.PathOf("logs/memory/dask_cluster.log")))
            unpacked.CopyTo(log);

        // The programs of dask and supervisord took in no alerts of a benchmark, but some 1,500.
        string[] ofKowalski = [.. ends, "first", "memory"];
        Project.Write(
            "calkit.yaml",
            $"pipeline:\n  stages:\n{StageOf("boom", 29142, replays)}{StageOf("kowalski", 1500, ofKowalski)}"
        );
        foreach (var system in new[] { "boom", "kowalski" })
        {
            Assert.Equal(0, Project.RunScript($"collect-{system}").ExitCode);
            foreach (var row in Table.Rows(Project.PathOf($"results/{system}-runs.csv"), ""))
                rows[row["run"]] = row;
        }
    }

    // Each case is a machine of its own, so that the same times do not overlap.
    static string StageOf(string system, int nAlerts, string[] cases) =>
        $$"""
                benchmark-{{system}}:
                  iterate_over:
                    - {arg_name: machine, values: [{{string.Join(", ", cases)}}]}
                    - {arg_name: [n_alerts, n_alert_workers, n_workers], values: [[{{nAlerts}}, 3, 3]]}
                  outputs: ["logs/{machine}"]

            """;

    public static string PathOf(string file) =>
        Path.Combine(ScratchProject.Root, "tests/real", file);

    void Copy(string file, string to) => Project.Write(to, File.ReadAllBytes(PathOf(file)));

    public string Cell(string name, string column) => rows[$"logs/{name}"][column];
}

public sealed class RecordedLogsTests(RecordedLogs recorded) : IClassFixture<RecordedLogs>
{
    void AssertCells(string name, params (string Column, string Text)[] expected) =>
        Assert.Equal(expected, expected.Select(x => (x.Column, recorded.Cell(name, x.Column))));

    [Theory]
    [InlineData("v2.26.1")]
    [InlineData("v2.38.2")]
    [InlineData("v2.38.2-name")]
    [InlineData("v2.38.2-t")]
    [InlineData("v2.39.1")]
    public void A_whole_run_is_complete_and_without_a_doubt(string name) =>
        AssertCells(name, ("complete", "true"), ("doubts", ""));

    [Theory]
    [InlineData("v2.38.2-crash101", "a container crashed (scheduler-1 exited with code 101)")]
    [InlineData("v2.38.2-restart", "a container crashed (scheduler-1 exited with code 101)")]
    [InlineData("v2.38.2-scale2", "6 alert workers started, the sweep says 3")]
    [InlineData(
        "exits0",
        "a program ended or started again during the run (logs/exits0/supervisord.log:9)"
    )]
    [InlineData(
        "exits1",
        "a program ended or started again during the run (logs/exits1/supervisord.log:9)"
    )]
    [InlineData("memory", "a dask worker was lost (logs/memory/dask_cluster.log:31403)")]
    public void What_went_wrong_is_a_doubt(string name, string doubt) =>
        AssertCells(name, ("doubts", doubt));

    [Theory]
    [InlineData("numprocs")]
    [InlineData("shutdown")]
    [InlineData("sigint")]
    [InlineData("sigterm")]
    public void An_ordinary_end_of_supervisord_is_neither_a_warning_nor_a_doubt(string name) =>
        AssertCells(name, ("errors", "0"), ("warnings", "0"), ("doubts", ""));

    // All ran for two seconds.
    [Fact]
    public void Whatever_ends_supervisord_ends_a_run_at_the_same_time()
    {
        string[] ends = ["numprocs", "shutdown", "sigint", "sigterm"];

        Assert.Single(ends.Select(end => recorded.Cell(end, "wall_time_s")).Distinct());
    }

    // 4 of 1,500 were in no line when the cluster was ended; the workers were three.
    [Fact]
    public void The_alerts_of_a_dask_cluster_are_counted() =>
        AssertCells("memory", ("alerts_taken_in", "1496"));

    // The largest samples are 888 KiB and 900 KiB.
    [Fact]
    public void The_samples_of_a_whole_run_are_read() =>
        AssertCells(
            "v2.38.2",
            ("consumer_peak_gib", $"{888 / 1048576.0}"),
            ("scheduler_peak_gib", $"{900 / 1048576.0}")
        );

    static DockerStats Stats(string file, string name = "scheduler.stats.log")
    {
        using var project = new ScratchProject();
        project.Write(name, File.ReadAllBytes(RecordedLogs.PathOf(file)));
        return DockerStats.Read(project.PathOf(name));
    }

    // That of the next run has a peak of 602.1 MiB.
    [Theory]
    [InlineData("run1.scheduler.stats.at-its-end", 301.4, false)]
    [InlineData("run1.scheduler.stats", 301.4, true)]
    [InlineData("run2.scheduler.stats", 602.1, false)]
    public void A_client_that_outlives_its_run_does_not_raise_its_peak(
        string file,
        double mib,
        bool hasLater
    )
    {
        var stats = Stats($"stats-over-two-runs-v2.38.2/next.{file}.log");

        Assert.Equal(mib / 1024, stats.PeakMemoryGib);
        Assert.Equal(hasLater, stats.HasLaterContainer);
    }

    // 824 and 916 KiB at once, of two replicas; 904 KiB of the consumer, with the scheduler in the file.
    [Theory]
    [InlineData("scale2.stats.log", "scheduler.stats.log", 1740, "")]
    [InlineData("all.stats.log", "consumer.stats.log", 904, "boom-benchmarking-scheduler-1")]
    [InlineData("stopped.stats.log", "scheduler.stats.log", 840, "")]
    public void Samples_are_those_of_the_service_that_the_log_is_named_after(
        string file,
        string name,
        double kib,
        string strangers
    )
    {
        var stats = Stats($"compose-v2.38.2/{file}", name);

        Assert.Equal(kib / 1048576, stats.PeakMemoryGib);
        Assert.Equal(strangers, string.Join(", ", stats.Strangers));
    }

    static Log Read(string file, string name = "scheduler.log")
    {
        using var project = new ScratchProject();
        project.Write(name, File.ReadAllBytes(RecordedLogs.PathOf(file)));
        var log = new Log(project.PathOf(name), Frame.Boom);
        Assert.NotEmpty(log.Lines(["INFO"]).ToList());
        return log;
    }

    // The first line of the consumer, the last one of the scheduler.
    [Theory]
    [InlineData("v2.26.1")] // a code at the beginning of each line, the exit line without one
    [InlineData("v2.38.2")]
    [InlineData("v2.38.2-name")] // container_name
    [InlineData("v2.38.2-t")] // docker's own times
    [InlineData("v2.39.1")]
    public void The_first_and_the_last_time_are_read_whatever_compose_writes(string name)
    {
        var consumer = Read($"replay-{name}/consumer.log", "consumer.log");
        var scheduler = Read($"replay-{name}/scheduler.log");

        Assert.Equal("2025-08-05T00:55:06.6557130Z", $"{consumer.FirstTime:O}");
        Assert.Equal("2025-08-05T00:56:22.2076000Z", $"{scheduler.LastContainer.LastTime:O}");
    }

    [Theory]
    [InlineData("compose-v2.26.1/exit101.log", "scheduler-1", 101)]
    [InlineData("compose-v2.38.2/down137.noprefix.log", "", 137)]
    [InlineData("compose-v2.38.2/partial.f.log", "scheduler-1", 101)]
    public void An_exit_is_told_of_the_container_that_printed(string file, string name, int code)
    {
        var container = Assert.Single(Read(file).Containers);

        Assert.Equal((name, code), (container.Name, container.Exits[0].Code));
        Assert.Null(container.BackAt);
    }

    [Theory]
    [InlineData("compose-v2.40.3/restartcmd.log")]
    [InlineData("compose-v2.40.3/restartpolicy101.log")]
    public void A_container_that_is_restarted_has_come_back(string file) =>
        Assert.NotNull(Assert.Single(Read(file).Containers).BackAt);

    [Fact]
    public void Of_all_services_in_one_file_one_counts()
    {
        var log = Read("compose-v2.38.2/all.log", "consumer.log");

        Assert.Equal("consumer-1", Assert.Single(log.Containers).Name);
        Assert.Equal(["scheduler-1"], log.Strangers);
    }
}
