/// <summary>Results as compute-factor and compute-scaling write them.</summary>
static class WrittenResults
{
    /// <summary>Writes results/NAME.json, made from the tables of runs that there are, of a night of 1,000
    /// alerts.</summary>
    public static void WriteJson(this ScratchProject project, string name, string fields) =>
        project.Write(
            $"results/{name}.json",
            $$"""{"n_alerts": 1000, {{fields}}, "made_from": {{project.MadeFrom()}} }"""
        );

    public static string Macros(this ScratchProject project) => project.Read("paper/results.tex");

    /// <summary>Asserts that "boomfactor=6.5; boomruns=3" are macros of the paper.</summary>
    public static void AssertMacros(this ScratchProject project, string macros)
    {
        foreach (var macro in macros.Split("; ").Select(pair => pair.Split('=', 2)))
            Assert.Contains($"\\newcommand{{\\{macro[0]}}}{{{macro[1]}}}\n", project.Macros());
    }
}

/// <summary>Two systems with repeated runs, of which all is known.</summary>
public sealed class WholeResults : InProject
{
    public Outcome Outcome { get; }

    public WholeResults()
    {
        const string Facts = "n_alerts,wall_time_s";
        Project.WriteRuns(
            "boom",
            $"n_alert_workers,n_ml_workers,machine,repetition,{Facts}",
            "1,3,,1,1000,90",
            "1,3,,2,1000,60",
            "128,0,a_b,1,1000,40",
            "2,2,,1,1000,"
        );
        Project.WriteRuns("kowalski", $"n_workers,{Facts}", "4,1000,520");
        Project.Write("logs/README.md", "# Logs\n\nMeasured columns: `wall_time_s`.\n");
        Project.WriteJson("factor", Factor);
        Project.WriteJson("rubin", Rubin);
        Outcome = Project.RunScript("render-tex");
    }

    const string Factor = """
        "boom_throughput_factor": 6.5,
        "boom_throughput_factor_low": 5.25, "boom_throughput_factor_high": 8.04,
        "boom_throughput_factor_exact": 6.46, "boom_processing_factor": 7.03,
        "boom_factor_per_processor": 0.04,
        "boom": {
          "configuration": {"n_alert_workers": "1", "n_ml_workers": "3", "machine": ""},
          "n_workers": 4, "wall_time_s": {"median": 75.5, "n_runs": 2},
          "alerts_per_s": {"median": 13.25}, "processing_time_s": {"median": 64.5},
          "idle_tail_s": {"median": 11}, "peak_memory_gib": {"median": 0.83},
          "mean_cpus": {"median": 6.12}
        },
        "kowalski": {
          "n_workers": 4, "wall_time_s": {"median": 520, "n_runs": 1},
          "alerts_per_s": {"median": 1.9}, "peak_memory_gib": {"median": 12.32},
          "mean_cpus": {"median": 3.4}
        }
        """;

    const string Rubin = """
        "rubin_alerts_per_s": 333.3333333333333, "most_runs": 2,
        "truncated_percent": 0.84,
        "boom": {
          "best_alerts_per_s": {"median": 809.5}, "best_over_rubin": {"median": 2.4285},
          "sustained_alerts_per_s": {"median": 902.4},
          "sustained_over_rubin": {"median": 2.7072}, "fewest_workers_for_rubin": 7,
          "doubts": {"the clock goes back": ["logs/boom1", "logs/boom2"]}
        },
        "kowalski": {
          "best_alerts_per_s": {"median": 64.3}, "best_over_rubin": {"median": 0.19},
          "sustained_alerts_per_s": {"median": 66.2}, "sustained_over_rubin": {"median": 0.2},
          "doubts": {"100% full": ["logs/kowalski1"]}
        },
        "boom_speedup": {"min": 6.04, "max": 10.02}, "boom_alert_workers": ["1", "128"],
        "kafka_mb_per_s": {"median": 156.12, "n_configurations": 1},
        "kafka_over_rubin": {"median": 7.63, "n_configurations": 2},
        "runs_left_out": ["logs/boom4"]
        """;
}

/// <summary>The macros and the tables of all that is known.</summary>
public sealed class WholeResultsTests(WholeResults results) : IClassFixture<WholeResults>
{
    [Fact]
    public void Nothing_is_missing() =>
        Assert.Equal(
            (0, "paper/results.tex: 46 macros, 0 missing\n", ""),
            (results.Outcome.ExitCode, results.Outcome.Out, results.Outcome.Error)
        );

    // Ties are rounded to even, and what is above zero is not printed as zero.
    [Theory]
    [InlineData("boomthroughputfactor=6; kakfaingestratembps=156.1; kakfaingestfactor=7.6")]
    [InlineData("boomfactor=6.5; boomfactorlow=5.2; boomfactorhigh=8.0; boomfactorexact=6.5")]
    [InlineData("boomprocessingfactor=7.0; boomprocessorfactor=0.04")]
    [InlineData("boomruns=2; kowalskiruns=1; boomwalltime=75.5; kowalskiwalltime=520")]
    [InlineData("boomreferenceworkers=4; boomreferencethroughput=13.25; boomprocessors=6.1")]
    [InlineData("boomprocessingtime=64; boomidletail=11; boompeakmemory=0.8; mostruns=2")]
    [InlineData("kowalskipeakmemory=12.3; kowalskiprocessors=3.4; truncatedpercent=0.8")]
    [InlineData("boombestthroughput=810; boomrubinfactor=2.4; boomrubinworkers=7; rubinrate=333")]
    [InlineData("boomsustained=902; boomsustainedfactor=2.7; boomminspeedup=6.0")]
    [InlineData("kowalskisustained=66; kowalskisustainedfactor=0.2; boommaxspeedup=10.0")]
    [InlineData("boomkafkaconfigurations=1; kafkaconfigurations=2; boomalertworkers=1, 128")]
    [InlineData("reconstructed= (reconstructed)")] // logs/README.md has measured columns.
    public void A_number_is_rounded(string macros) => results.Project.AssertMacros(macros);

    [Fact]
    public void A_configuration_is_in_words() =>
        results.Project.AssertMacros("boomreference=1 alert and 3 ML workers");

    [Fact]
    public void The_factor_has_its_interval_in_the_same_decimals() =>
        results.Project.AssertMacros(@"boomfactortext=6.5 (95\,\%: 5.2 to 8.0)");

    [Fact]
    public void Runs_that_were_left_out_or_are_in_doubt_are_named() =>
        results.Project.AssertMacros(
            "runsleftout=logs/boom4; runsindoubt=logs/boom1 (the clock goes back), "
                + @"logs/boom2 (the clock goes back) and logs/kowalski1 (100\% full)"
        );

    [Fact]
    public void A_macro_stands_below_its_source_but_the_published_ones_stand_first() =>
        Assert.StartsWith(
            """
            % This file was automatically generated; edits will be overwritten!
            \newcommand{\boomthroughputfactor}{6}
            \newcommand{\kakfaingestratembps}{156.1}
            \newcommand{\kakfaingestfactor}{7.6}
            % results/factor.json: boom_throughput_factor, _low, _high
            \newcommand{\boomfactortext}
            """.ReplaceLineEndings("\n"),
            results.Project.Macros()
        );

    // A configuration without a run that counts has no row.
    [Fact]
    public void Where_runs_are_repeated_a_range_stands_beside_each_median() =>
        Assert.Equal(
            """
            % This file was automatically generated; edits will be overwritten!
            % results/boom-runs.csv: a row a configuration, medians over its complete runs
            \providecommand{\boomtable}{The configurations of BOOM.}
            \begin{longtable}{S[table-format=3]S[table-format=2]lS[table-format=2]S[table-format=5.1]cS[table-format=5]c}
              \caption{\boomtable} \label{tab:boom} \\
              \toprule
              {alert} & {ML} & {machine} & {runs} & {wall time (s)} & {range} & {alerts/s} & {range} \\
              \midrule
              \endfirsthead
              \toprule
              {alert} & {ML} & {machine} & {runs} & {wall time (s)} & {range} & {alerts/s} & {range} \\
              \midrule
              \endhead
              \bottomrule
              \endfoot
              1 & 3 & {} & 2 & 75 & 60--90 & 13 & 11--17 \\
              128 & 0 & {a\_b} & 1 & 40 &  & 25 &  \\
            \end{longtable}

            """.ReplaceLineEndings("\n"),
            results.Project.Read("paper/tables/boom.tex")
        );

    [Fact]
    public void Where_no_run_is_repeated_there_is_no_range() =>
        Assert.Contains(
            "\n  4 & 1 & 520 & 2 \\\\\n",
            results.Project.Read("paper/tables/kowalski.tex")
        );
}

/// <summary>Results in which something is missing, or has a wild name.</summary>
public sealed class RenderTexTests : InProject
{
    const string Facts = "n_alerts,wall_time_s";
    const string Single = """{"wall_time_s": {"n_runs": 1}}""";

    void WriteRunsOfBoth()
    {
        Project.WriteRuns("boom", $"n_workers,{Facts}", "3,1000,300");
        Project.WriteRuns("kowalski", $"n_workers,{Facts}", "4,1000,20");
    }

    [Fact]
    public void Why_a_macro_is_missing_is_said_once_for_all_that_are_alike()
    {
        WriteRunsOfBoth();
        Project.WriteJson("factor", $"\"boom\": {Single}, \"kowalski\": {Single}");
        Project.WriteJson("rubin", "\"boom\": {}, \"kowalski\": {}");

        var lines = Project.RunScript("render-tex").Error.Split('\n');

        void AssertSaid(string reason, string macros) =>
            Assert.Contains($"WARNING: {macros}: XXXXX, since {reason}", lines);
        AssertSaid(
            "no run of BOOM has such a producer.log and a consumer.stats.log",
            @"\kakfaingestratembps, \boomkafkaconfigurations"
        );
        AssertSaid(
            "no run's producer.log tells what was pushed",
            @"\kakfaingestfactor, \kafkaconfigurations"
        );
        AssertSaid(
            "a reference run does not tell of batches",
            @"\boomprocessingfactor, \boomprocessingtime, \boomidletail"
        );
        AssertSaid(
            "a reference run has no samples, *.stats.log",
            @"\boomprocessorfactor, \boompeakmemory, \kowalskipeakmemory, \boomprocessors, "
                + @"\kowalskiprocessors"
        );
        AssertSaid(
            "the best configuration's logs tell of too few batches or alerts",
            @"\boomsustained, \kowalskisustained, \boomsustainedfactor, \kowalskisustainedfactor"
        );
        AssertSaid("no number of workers is enough", @"\boomrubinworkers");
        AssertSaid(
            "there is no number of workers that both systems have",
            @"\boomminspeedup, \boommaxspeedup"
        );
    }

    [Fact]
    public void Of_one_system_is_said_what_needs_both_a_reference_or_the_other()
    {
        Project.WriteRuns("boom", $"n_workers,{Facts}", "3,1000,20");
        Project.WriteJson("rubin", "\"boom\": {}");

        var error = Project.RunScript("render-tex").Error;

        Assert.Matches(
            @"\\boomfactor, .*\\boommaxspeedup: XXXXX, since they need runs of both systems\n",
            error
        );
        Assert.Matches(
            @"WARNING: \\boomreference, .*: XXXXX, since they need a reference configuration, ",
            error
        );
        Assert.Matches(
            @"\\kowalskiwalltime, .*\\kowalskirubinfactor, .*: XXXXX, since there are no runs of Kowalski\n",
            error
        );
        Assert.False(File.Exists(Project.PathOf("paper/tables/kowalski.tex")));
    }

    [Fact]
    public void What_may_well_be_missing_is_blank_without_a_warning()
    {
        WriteRunsOfBoth();
        Project.WriteJson("factor", "\"boom_throughput_factor\": 6.04");
        Project.WriteJson("rubin", "\"boom_alert_workers\": [], \"runs_left_out\": []");

        var error = Project.RunScript("render-tex").Error;

        var blank = "boomfactorlow boomfactorhigh boomalertworkers runsleftout runsindoubt";
        foreach (var macro in $"{blank} reconstructed".Split(' '))
        {
            Project.AssertMacros($"{macro}=");
            Assert.DoesNotContain(macro, error);
        }
    }

    [Theory]
    [InlineData(1, "6.0 (one run each)")]
    [InlineData(2, "6.0 (interval not known)")] // It is too wide to tell anything.
    public void Without_an_interval_the_factor_says_why(int runs, string text)
    {
        WriteRunsOfBoth();
        Project.WriteJson(
            "factor",
            $$$"""
            "boom_throughput_factor": 6.04, "boom_throughput_factor_low": null,
            "boom": {"wall_time_s": {"n_runs": {{{runs}}}}}, "kowalski": {{{Single}}}
            """
        );
        Project.WriteJson("rubin", "\"boom\": {}, \"kowalski\": {}");

        Project.RunScript("render-tex");

        Project.AssertMacros($"boomfactortext={text}");
    }

    [Fact]
    public void Of_many_runs_that_were_left_out_the_first_are_named()
    {
        WriteRunsOfBoth();
        Project.WriteJson("factor", "\"boom_throughput_factor\": 6.04");
        Project.WriteJson("rubin", """ "runs_left_out": ["a_1", "b", "c", "d", "e", "f", "g"] """);

        Project.RunScript("render-tex");

        Project.AssertMacros(@"runsleftout=a\_1, b, c, d, e and 2 more");
    }

    [Fact]
    public void A_name_is_no_tex()
    {
        const string Machine = @"a\b{c}%#&~^$_--<<";
        const string Tex =
            @"a\textbackslash{}b\{c\}\%\#\&\textasciitilde{}\textasciicircum{}\$\_-{}-<{}<";
        Project.WriteRuns("boom", $"n_workers,machine,{Facts}", $"3,{Machine},1000,20");
        Project.WriteRuns("kowalski", $"n_workers,{Facts}", "4,1000,20");
        var configuration =
            $$"""{"n_workers": "3", "machine": "{{Machine.Replace(@"\", @"\\")}}"}""";
        Project.WriteJson("factor", $$"""  "boom": {"configuration": {{configuration}}}  """);
        Project.WriteJson("rubin", "\"boom\": {}");

        Project.RunScript("render-tex");

        Project.AssertMacros($"boomreference=3 workers (machine {Tex})");
        Assert.Contains(
            $"  3 & {{{Tex}}} & 1 & 20 & 50 \\\\\n",
            Project.Read("paper/tables/boom.tex")
        );
    }
}
