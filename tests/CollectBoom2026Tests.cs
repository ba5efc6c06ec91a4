/// <summary>The whole pipeline on tests/boom-2026, run once.</summary>
public sealed class Boom2026 : InProject
{
    public Outcome Outcome { get; }
    public List<OrderedDictionary<string, string>> Runs { get; }

    public Boom2026()
    {
        var sweep = Path.Combine(ScratchProject.Root, "tests/boom-2026");
        foreach (var file in Directory.GetFiles(sweep, "*", SearchOption.AllDirectories))
            Project.Write(Path.GetRelativePath(sweep, file), File.ReadAllBytes(file));
        Project.WriteYaml(Project.Read("calkit.yaml"));
        Project.CopyFromRoot("scripts");
        Outcome = Project.Run();
        Assert.Equal(0, Outcome.ExitCode);
        Runs = [.. Table.Rows(Project.PathOf("results/boom-runs.csv"), "")];
    }
}

public sealed class CollectBoom2026Tests(Boom2026 sweep) : IClassFixture<Boom2026>
{
    string[] Cells(string column) => [.. sweep.Runs.Select(run => run[column])];

    // The first message, 5 s after the consumer's first line, and the last batch, whatever follows it.
    [Fact]
    public void A_run_lasts_from_the_first_message_to_the_last_batch_startup_included()
    {
        Assert.Equal(
            """
            n_alert_workers,n_enrichment_workers,n_filter_workers,start_time,end_time,wall_time_s
            1,1,1,2026-08-19T18:10:40.000000+0000,2026-08-19T18:14:00.009000+0000,200
            4,4,2,2026-08-19T18:20:40.000000+0000,2026-08-19T18:21:40.509000+0000,60
            6,5,2,2026-08-19T18:30:40.000000+0000,2026-08-19T18:31:23.759000+0000,43

            """,
            sweep.Project.Read("results/boom.csv")
        );
        Assert.Equal(["4.476", "3.226", "2.976"], Cells("startup_s"));
        Assert.Equal(["0", "0", "0"], Cells("idle_tail_s"));
    }

    [Fact]
    public void Runs_whose_25_filters_have_new_ids_are_complete()
    {
        Assert.Equal(["true", "true", "true"], Cells("complete"));
        Assert.Equal(["25", "25", "25"], Cells("filters_seen"));
        Assert.Equal(["29142", "29142", "29142"], Cells("min_alerts_filtered"));
    }

    // 128 MiB + 1.375 GiB; (0.9 + 0.6 + 0.03) / 3 + (3.1 + 4.4 + 0.06) / 3.
    [Fact]
    public void The_other_facts_come_out_too()
    {
        Assert.Equal(["1.5", "1.5", "1.5"], Cells("peak_memory_gib"));
        Assert.All(Cells("mean_cpus"), cpus => Assert.Equal(3.03, double.Parse(cpus), 1e-12));
        Assert.Equal(["2", "2", "2"], Cells("warnings"));
    }

    // Of the third run a heartbeat is the last line: 54 s for BOOM's own script.
    [Fact]
    public void BOOMs_own_wall_time_differs_where_an_idle_line_is_the_last_one() =>
        Assert.Equal(
            [
                "",
                "",
                "wall_time.txt differs (54.0 s, +10.2 s: it goes to the log's last line, idle or not)",
            ],
            Cells("doubts")
        );

    void AssertMacro(string macro, string value) =>
        Assert.Contains(
            $@"\newcommand{{\{macro}}}{{{value}}}" + "\n",
            sweep.Project.Read("paper/results.tex")
        );

    // 29142 alerts over the wall time, and that over Rubin's 333.3 alerts/s.
    [Fact]
    public void The_paper_prints_the_best_throughput_of_all_and_of_each_configuration()
    {
        var wallTime = double.Parse(Cells("wall_time_s")[2]);
        var best = 29142 / wallTime;
        AssertMacro("boombestthroughput", $"{best:0}");
        AssertMacro("boomrubinfactor", FormattableString.Invariant($"{best / 333.333:0.0}"));
        Assert.Contains(
            $@"6 & 5 & 2 & 1 & {wallTime} & {best:0} \\",
            sweep.Project.Read("paper/tables/boom.tex")
        );
    }

    // Rubin's rate is reached by 10 workers; 1790 MB over 11.284913 s.
    [Theory]
    [InlineData("boomthroughputfactor", "XXXXX")]
    [InlineData("kowalskirubinfactor", "XXXXX")]
    [InlineData("boomrubinworkers", "10")]
    [InlineData("kakfaingestratembps", "158.6")]
    public void The_macros_that_BOOM_alone_can_tell_are_told(string macro, string value) =>
        AssertMacro(macro, value);

    [Fact]
    public void The_page_and_the_tables_are_of_BOOM_alone()
    {
        const string Best = "logs/boom-na=6-ne=5-nf=2-gpu=0";
        Assert.Contains(Best, sweep.Project.Read("results/report.html"));
        Assert.False(File.Exists(sweep.Project.PathOf("paper/tables/kowalski.tex")));
    }
}
