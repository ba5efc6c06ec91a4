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
        Runs = Table.Rows(Project.PathOf("results/boom-runs.csv"), "");
    }
}

public sealed class CollectBoom2026Tests(Boom2026 sweep) : IClassFixture<Boom2026>
{
    string[] Cells(string column) => [.. sweep.Runs.Select(run => run[column])];

    // The first message, 5 s after the consumer's first line, and the last line but heartbeats.
    [Fact]
    public void A_run_lasts_from_the_first_message_to_the_last_line_that_is_no_heartbeat() =>
        Assert.Equal(
            """
            n_alert_workers,n_enrichment_workers,n_filter_workers,start_time,end_time,wall_time_s
            1,1,1,2026-08-19T18:10:40.000000+0000,2026-08-19T18:14:00.009000+0000,200
            4,4,2,2026-08-19T18:20:40.000000+0000,2026-08-19T18:21:40.509000+0000,60
            6,5,2,2026-08-19T18:30:40.000000+0000,2026-08-19T18:31:23.759000+0000,43

            """,
            sweep.Project.Read("results/boom.csv")
        );

    [Fact]
    public void Runs_whose_25_filters_have_new_ids_are_complete()
    {
        Assert.Equal(["true", "true", "true"], Cells("complete"));
        Assert.Equal(["25", "25", "25"], Cells("filters_seen"));
        Assert.Equal(["29142", "29142", "29142"], Cells("min_alerts_filtered"));
    }

    [Fact]
    public void The_start_up_is_until_the_first_batch_and_the_idle_tail_from_the_last_one()
    {
        Assert.Equal(["4.5", "3.25", "3"], Cells("startup_s"));
        Assert.Equal(["200", "60.5", "43.75"], Cells("processing_time_s"));
        Assert.Equal(["0.009", "0.009", "0.009"], Cells("idle_tail_s"));
    }

    // 29142 over 200 and 60; 128 MiB + 1.375 GiB.
    [Fact]
    public void The_other_facts_come_out_too()
    {
        Assert.Equal(["145.71", "485.7"], Cells("alerts_per_s")[..2]);
        Assert.Equal(["1.5", "1.5", "1.5"], Cells("peak_memory_gib"));
        Assert.Equal(["2", "2", "2"], Cells("warnings"));
    }

    [Fact]
    public void BOOMs_own_wall_times_raise_no_doubt() =>
        Assert.Equal(["", "", ""], Cells("doubts"));

    [Fact]
    public void What_needs_Kowalski_is_one_warning()
    {
        var warning = Assert.Single(sweep.Outcome.Error.TrimEnd('\n').Split('\n'));

        Assert.StartsWith(@"WARNING: \boomthroughputfactor, ", warning);
        Assert.EndsWith("XXXXX, since they need runs of both systems", warning);
    }

    // 29142 / 43 alerts/s over Rubin's 333.3, which 10 workers reach; 1790 MB over 11.284913 s.
    [Theory]
    [InlineData("boomthroughputfactor", "XXXXX")]
    [InlineData("kowalskirubinfactor", "XXXXX")]
    [InlineData("boombestthroughput", "678")]
    [InlineData("boomrubinfactor", "2.0")]
    [InlineData("boomrubinworkers", "10")]
    [InlineData("kakfaingestratembps", "158.6")]
    public void The_macros_that_BOOM_alone_can_tell_are_told(string macro, string value) =>
        Assert.Contains(
            $@"\newcommand{{\{macro}}}{{{value}}}" + "\n",
            sweep.Project.Read("paper/results.tex")
        );

    [Fact]
    public void The_page_and_the_table_are_of_BOOM_alone()
    {
        const string Best = "logs/boom-na=6-ne=5-nf=2-gpu=0";
        Assert.Contains(Best, sweep.Project.Read("results/report.html"));
        Assert.Contains(
            @"6 & 5 & 2 & 1 & 43 & 678 \\",
            sweep.Project.Read("paper/tables/boom.tex")
        );
        Assert.False(File.Exists(sweep.Project.PathOf("paper/tables/kowalski.tex")));
    }
}
