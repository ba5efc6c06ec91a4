using static TableOfRuns;

/// <summary>The macros and the tables of repeated runs.</summary>
public sealed class RenderTexTests(RepeatedRuns runs) : IClassFixture<RepeatedRuns>
{
    // By hand, from the wall times and the rest of the runs' facts. Ties are rounded to even.
    [Theory]
    [InlineData(
        "boomthroughputfactor=6; boomfactor=6.5; boomfactortruncated=6.50; kowalskimaxmem=12"
    )]
    [InlineData("boomfactormin=5.3; boomfactormax=9.3; boomfactorexact=6.49; truncatedpercent=0.8")]
    [InlineData("kakfaingestratembps=8.0; kakfaingestfactor=16.0")]
    [InlineData("boomruns=3; kowalskiruns=2; mostruns=3; benchmarkalerts=1000; rubinrate=25")]
    [InlineData("boommaxmem=3; boompeakmemory=3.00; kowalskipeakmemory=12.50")]
    [InlineData("boomreference=1 alert and 3 ML workers; boomreferenceworkers=4")]
    [InlineData("kowalskireferenceworkers=4; boomreferencethroughput=12.5")]
    [InlineData("boomwalltime=80; kowalskiwalltime=520; boomprocessingtime=64; boomidletail=16")]
    [InlineData("boomprocessingfactor=7.0; boomminspeedup=2.5; boommaxspeedup=6.9")]
    [InlineData("boombestthroughput=25; boomrubinfactor=1.0; boomrubinworkers=10")]
    [InlineData("kowalskibestthroughput=10; kowalskirubinfactor=0.4; boomalertworkers=1, 2, 9, 10")]
    [InlineData("reconstructed= (reconstructed)")] // logs/README.md has measured columns.
    public void A_macro_is_the_rounded_value(string macros)
    {
        var tex = runs.Project.Read("paper/results.tex");

        foreach (var macro in macros.Split("; ").Select(pair => pair.Split('=')))
            Assert.Contains($"\\newcommand{{\\{macro[0]}}}{{{macro[1]}}}\n", tex);
    }

    [Fact]
    public void Where_runs_are_repeated_a_range_stands_beside_each_median() =>
        Assert.Equal(
            """
            % This file was automatically generated; edits will be overwritten!
            % results/boom-runs.csv: a row a configuration, medians over its complete runs
            \begin{longtable*}{S[table-format=2]S[table-format=2]S[table-format=2]S[table-format=2]S[table-format=5.1]cS[table-format=5]c}
              \toprule
              {alert} & {ML} & {machine} & {runs} & {wall time (s)} & {range} & {alerts/s} & {range} \\
              \midrule
              \endhead
              \bottomrule
              \endfoot
              1 & 3 & {} & 3 & 80 & 60--90 & 12 & 11--17 \\
              2 & 2 & {} & 2 & 75 & 50--100 & 13 & 10--20 \\
              10 & 0 & {} & 1 & 40 &  & 25 &  \\
              9 & 3 & {} & 1 & 50 &  & 20 &  \\
              2 & 2 & {server} & 1 & 1 &  & 1000 &  \\
            \end{longtable*}

            """.ReplaceLineEndings("\n"),
            runs.Project.Read("paper/tables/boom.tex")
        );
}

/// <summary>Two systems of which little is known: 300 s with 3 workers on one machine, 20 s with 4 on another.</summary>
public sealed class SparseRuns : InProject
{
    public Outcome Outcome { get; }

    public SparseRuns()
    {
        const string Columns = "n_workers,machine,n_alerts,wall_time_s,exact_wall_time_s";
        Project.WriteRuns("boom", Columns, "3,a_b,1000,300,300");
        Project.WriteRuns("kowalski", Columns, "4,b,1000,20,20");
        Outcome = Project.RunStages(
            "compute-factor --boom n_workers=3 --kowalski=n_workers=4",
            "compute-scaling",
            "render-tex"
        );
    }
}

public sealed class SparseRunsTests(SparseRuns runs) : IClassFixture<SparseRuns>
{
    [Fact]
    public void Two_machines_are_compared_with_a_warning_and_why_a_macro_is_missing_is_said() =>
        Assert.Equal(
            """
            WARNING: BOOM (machine=a_b) is compared with Kowalski (machine=b)
            WARNING: BOOM (machine=a_b) is compared with Kowalski (machine=b)
            WARNING: \kakfaingestratembps, \kakfaingestfactor: XXXXX, since no run has a producer.log and a consumer.stats.log
            WARNING: \boommaxmem, \kowalskimaxmem, \boompeakmemory, \kowalskipeakmemory: XXXXX, since a reference run has no samples of memory, *.stats.log
            WARNING: \boomprocessingtime, \boomidletail, \boomprocessingfactor: XXXXX, since a reference run does not tell of batches
            WARNING: \boomrubinworkers: XXXXX, since no number of workers is enough
            WARNING: \boomminspeedup, \boommaxspeedup: XXXXX, since there is no number of workers that both systems have
            WARNING: \boomalertworkers: XXXXX, since BOOM has no n_alert_workers

            """.ReplaceLineEndings("\n"),
            runs.Outcome.Error
        );

    [Theory]
    [InlineData("boomminspeedup", "XXXXX")]
    [InlineData("boomthroughputfactor", "0.07")] // A small number is not printed as zero.
    [InlineData("boomreference", @"3 workers (machine a\_b)")]
    public void What_is_missing_small_or_no_tex_stands_so_in_a_macro(string macro, string value) =>
        Assert.Contains($@"{{\{macro}}}{{{value}}}", runs.Project.Read("paper/results.tex"));

    [Fact]
    public void Other_numbers_of_workers_and_single_runs_are_named_beside_the_factor() =>
        Assert.Contains(
            "\nBOOM throughput factor: 0.1 (3 and 4 workers, one run each)\n",
            runs.Outcome.Of("compute-factor")
        );
}
