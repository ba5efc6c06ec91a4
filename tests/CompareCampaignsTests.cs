using System.Text.Json.Nodes;
using static TableOfRuns;

/// <summary>
/// Two campaigns side by side. Numbers "of scipy" are those of scipy 1.10.1's t distribution in the
/// formulas of shared/statistics.csx, whose own tests have them one by one.
/// </summary>
public sealed class CompareCampaignsTests : InProject
{
    Outcome Compare(params string[] options) =>
        Project.RunScript("compare-campaigns", ["--before", "before", .. options]);

    // ";" stands for the columns start_time and end_time, before wall_time_s.
    void Write(string table, string header, params string[] rows)
    {
        var lines = rows.Select(row => row.Replace(";", ",s,e,") + "\n");
        header = header.Replace(";", ",start_time,end_time,wall_time_s");
        Project.Write(table, $"{header}\n{string.Concat(lines)}");
    }

    string[] CsvRows => Project.Read("results/comparison.csv").Split('\n')[1..^1];

    string[] Verdicts => [.. CsvRows.Select(row => row.Split(',')[^1])];

    JsonNode Json => Project.Json("results/comparison.json");

    // Of the ratios 1.05, 1.06 and 0.94 the scatter gives, of scipy, 1.015 from 0.860 to 1.198.
    [Fact]
    public void One_run_each_tells_of_no_configuration_and_those_of_one_campaign_follow()
    {
        Write("before/boom.csv", "n_workers,m;", "1,2;100", "2,2;200", "4,2;90", "3,2;60");
        Write("results/boom.csv", "n_workers,m;", "9,2;80", "3,2;63", "2,2;212", "1,2;94");
        Write("before/kowalski.csv", "n_workers;", "7;453");
        Write("results/kowalski.csv", "n_workers;", "7;611");

        var outcome = Compare();

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.Equal(
            """
            boom: wall_time_s  before  after  runs  ratio  95 %    verdict
            n_workers=3 m=2      60.0   63.0  1, 1   1.05        not known
            n_workers=2 m=2       200    212  1, 1   1.06        not known
            n_workers=1 m=2       100   94.0  1, 1   0.94        not known
            n_workers=9 m=2             80.0  0, 1
            n_workers=4 m=2      90.0         1, 0
            kowalski: wall_time_s  before  after  runs  ratio  95 %    verdict
            n_workers=7               453    611  1, 1   1.35        not known
            boom: ratio 1.015 (95 %: 0.860 to 1.198) from the scatter of 3 ratios, not known
            kowalski: ratio 1.349, not known
            boom: one run each, so that the noise of a run is not known; take 3 of each
            kowalski: one run each, so that the noise of a run is not known; take 3 of each

            """,
            outcome.Out
        );
        Assert.Equal(
            """
            system,configuration,column,before,after,n_before,n_after,ratio,ratio_low,ratio_high,verdict
            boom,n_workers=9 m=2,wall_time_s,,80,,1,,,,
            boom,n_workers=3 m=2,wall_time_s,60,63,1,1,1.05,,,not known
            boom,n_workers=2 m=2,wall_time_s,200,212,1,1,1.06,,,not known
            boom,n_workers=1 m=2,wall_time_s,100,94,1,1,0.94,,,not known
            boom,n_workers=4 m=2,wall_time_s,90,,1,,,,,
            kowalski,n_workers=7,wall_time_s,453,611,1,1,1.34878587196,,,not known

            """,
            Project.Read("results/comparison.csv")
        );
        AssertJson("\"scatter\"", Json["boom"]!["from"]);
        AssertJson("null", Json["boom"]!["noise"]);
        AssertJson("null", Json["kowalski"]!["from"]);
    }

    // Of three configurations, with a run that is incomplete, one that was not read, one in doubt.
    void WriteRepeatedRuns()
    {
        const string Header = "run,n_workers,repetition,n_alerts;,complete,doubts";
        string[] one = ["a,1,1,9;100,,", "b,1,2,9;102,,", "c,1,3,9;98,,", "quick,1,4,9;10,false,"];
        string[] two = ["d,2,1,9;50,true,", "e,2,2,9;51,true,"];
        string[] three = ["f,3,1,9;80,,", "g,3,2,9;81,,", "h,3,3,9;79,,"];
        Write("before/boom-runs.csv", Header, [.. one, .. two, .. three]);
        one = ["a,1,1,9;120,,", "b,1,2,9;122,,", "c,1,3,9;118,,", "lost,4,1,9;,,no consumer.log"];
        two = ["d,2,1,9;50.5,true,", "e,2,2,9;50,true,the log is cut"];
        three = ["f,3,1,9;70,,", "g,3,2,9;71,,", "h,3,3,9;69,,"];
        Write("results/boom-runs.csv", Header, [.. one, .. two, .. three]);
    }

    [Fact]
    public void Runs_that_do_not_count_or_are_in_doubt_are_named()
    {
        WriteRepeatedRuns();

        Assert.Equal(
            """
            WARNING: before/boom-runs.csv: incomplete, counts nowhere: quick
            WARNING: results/boom-runs.csv: not read, counts nowhere: lost
            WARNING: results/boom-runs.csv: times may be wrong, see doubts: e

            """,
            Compare().Error
        );
    }

    // The noise is 0.0152 with 10 degrees of freedom. Of scipy with m = 3 configurations, 1.200 from
    // 1.158 to 1.244, 0.995 from 0.953 to 1.040, 0.875 from 0.844 to 0.907; the campaign 1.015 from
    // 0.997 to 1.032. In four of five campaigns 5.9 % are seen; 5 % need three runs.
    [Fact]
    public void Repetitions_tell_the_noise_and_the_noise_tells_what_is_slower()
    {
        WriteRepeatedRuns();

        var outcome = Compare();

        Assert.Equal(
            """
            boom: wall_time_s  before  after  runs  ratio          95 %  verdict
            n_workers=1         100.0    120  3, 3   1.20  1.16 to 1.24   slower
            n_workers=2          50.5   50.2  2, 2   1.00  0.95 to 1.04    alike
            n_workers=3          80.0   70.0  3, 3   0.87  0.84 to 0.91   faster
            kowalski: not compared, since not both have runs that count
            boom: ratio 1.015 (95 %: 0.997 to 1.032), alike; 1 slower, 1 faster, 1 alike, 0 not known
            boom: the noise of a run is 1.5 % (10 degrees of freedom)
            boom: a difference of 6 % would be seen with these runs; for 5 % take 3 of each

            """,
            outcome.Out
        );
        const string Row =
            "boom,n_workers=3,wall_time_s,79.99583312,69.99523777,3,3,"
            + "0.8749860467,0.8442907789,0.9067972801,faster";
        Assert.Equal(Row, Near(CsvRows[2]));
        AssertJson(
            """
            {"column": "wall_time_s", "n_configurations": 3, "noise": 0.01523893152,
             "degrees_of_freedom": 10, "ratio": 1.014737144, "ratio_low": 0.9973443779,
             "ratio_high": 1.032433225, "from": "repetitions", "verdict": "alike"}
            """,
            Json["boom"]
        );
        AssertJson("5", Json["tolerance_percent"]);
        Assert.Null(Json["kowalski"]);
    }

    // Of scipy: the noise is 0.0170 with 4 degrees of freedom, 1.089 from 1.013 to 1.172.
    [Fact]
    public void With_one_run_on_a_side_the_noise_is_that_of_the_others()
    {
        Write(
            "before/boom.csv",
            "n_workers,repetition;",
            "1,1;100",
            "1,2;102",
            "2,1;50",
            "2,2;51",
            "2,3;52"
        );
        Write("after/boom.csv", "n_workers,repetition;", "1,1;110", "2,1;51", "2,2;50");

        var outcome = Compare("--after", "after", "--output", "new/out");

        Assert.EndsWith(
            """

            boom: ratio 1.039 (95 %: 1.002 to 1.077), not known; 1 slower, 0 faster, 0 alike, 1 not known
            boom: the noise of a run is 1.7 % (4 degrees of freedom)
            boom: one run on a side, the noise is that of others: n_workers=1
            boom: a difference of 10 % would be seen with these runs; for 5 % take 4 of each

            """,
            outcome.Out
        );
        Assert.Empty(Project.Json("new/out/comparison.json")["made_from"]!.AsObject());
    }

    [Fact]
    public void Equal_runs_have_no_noise_and_that_is_said()
    {
        Write(
            "before/boom.csv",
            "n,repetition;",
            "1,1;100",
            "1,2;100",
            "2,1;40",
            "3,1;50",
            "4,1;60"
        );
        Write(
            "results/boom.csv",
            "n,repetition;",
            "1,1;100",
            "1,2;100",
            "2,1;42",
            "3,1;53",
            "4,1;50"
        );

        var outcome = Compare();

        Assert.EndsWith(
            "\nboom: repeated runs are equal: rounding may hide their noise\n",
            outcome.Out
        );
        Assert.Equal(["alike", "alike", "slower", "faster"], Verdicts);
    }

    // By default what a change of BOOM can change, where both campaigns tell it.
    [Theory]
    [InlineData(
        "processing_time_s,exact_wall_time_s",
        "processing_time_s,exact_wall_time_s",
        "processing_time_s"
    )]
    [InlineData(
        "processing_time_s,exact_wall_time_s",
        "exact_wall_time_s,other",
        "exact_wall_time_s"
    )]
    [InlineData("processing_time_s,exact_wall_time_s", "other,another", "wall_time_s")]
    public void The_heading_says_which_column_is_compared(
        string before,
        string after,
        string column
    )
    {
        Project.Write(
            "before/boom-runs.csv",
            $"run,n,n_alerts,wall_time_s,{before}\na,1,9,20,10,20.5\n"
        );
        Project.Write(
            "results/boom-runs.csv",
            $"run,n,n_alerts,wall_time_s,{after}\na,1,9,20,10,20.5\n"
        );

        Assert.StartsWith($"boom: {column} ", Compare().Out);
        AssertJson($"\"{column}\"", Json["boom"]!["column"]);
    }

    // The same batches at the same times, and more logged while idle.
    [Fact]
    public void A_longer_idle_tail_is_not_slower()
    {
        const string Header = "run,n,repetition,n_alerts;,processing_time_s";
        Write("before/boom-runs.csv", Header, "a,1,1,9;75,65", "b,1,2,9;76,66");
        Write("results/boom-runs.csv", Header, "a,1,1,9;99,65", "b,1,2,9;98,66");

        Assert.Equal(0, Compare("--fail").ExitCode);
        Assert.Equal(3, Compare("--fail", "--column", "wall_time_s").ExitCode);
    }

    [Fact]
    public void Of_throughputs_more_is_better_of_all_else_less()
    {
        const string Header =
            "run,n,repetition,n_alerts;,alerts_per_s,peak_memory_gib,alerts_per_cpu_s";
        Write("before/boom-runs.csv", Header, "a,1,1,9;75,400,2,30", "b,1,2,9;75,401,2.01,30.1");
        Write("results/boom-runs.csv", Header, "a,1,1,9;75,300,3,40", "b,1,2,9;75,301,3.01,40.1");

        Assert.Equal("slower", Of("alerts_per_s"));
        Assert.Equal("slower", Of("peak_memory_gib"));
        Assert.Equal("faster", Of("alerts_per_cpu_s"));

        string Of(string column)
        {
            Assert.StartsWith($"boom: {column} ", Compare("--column", column).Out);
            return Verdicts.Single();
        }
    }

    [Fact]
    public void Runs_that_do_not_tell_the_column_are_named_and_left_out()
    {
        const string Header = "run,n,n_alerts;,peak_memory_gib";
        Write("before/boom-runs.csv", Header, "a,1,9;75,2", "b,2,9;75,2");
        Write("results/boom-runs.csv", Header, "a,1,9;75,2", "b,2,9;75,");
        Write("before/kowalski.csv", "n;", "1;500");
        Write("results/kowalski.csv", "n;", "1;500");

        var outcome = Compare("--column", "peak_memory_gib");

        Assert.Equal(
            "WARNING: results/boom-runs.csv: peak_memory_gib is blank, left out: b\n",
            outcome.Error
        );
        Assert.Contains(
            "\nkowalski: not compared, since not both have runs that count and tell peak_memory_gib\n",
            outcome.Out
        );
        Assert.Equal(["not known", ""], Verdicts);
    }

    [Fact]
    public void Machines_that_are_taken_together_are_named()
    {
        Write("before/boom.csv", "n_workers,gpu;", "1,0;100", "1,1;50");
        Write("results/boom.csv", "n_workers,gpu;", "1,0;100", "1,1;50");

        Assert.Contains(
            "\nboom: taken together: [n_workers gpu=0], [n_workers gpu=1]\n",
            Compare().Out
        );
    }

    [Fact]
    public void Tables_of_runs_are_taken_before_the_notebooks_and_columns_may_be_in_another_order()
    {
        Write("before/boom-runs.csv", "run,b,a,n_alerts;", "a,1,2,9;100");
        Write("before/boom.csv", "a,b;", "2,1;7");
        Write("results/boom.csv", "a,b;", "2,1;100");
        Write("results/kowalski-runs.csv", "run,n_workers,n_alerts;", "a,1,9;100");

        var outcome = Compare();

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.Equal(["boom,a=2 b=1,wall_time_s,100,100,1,1,1,,,not known"], CsvRows);
    }

    // pandas writes whole numbers beside a blank with a point.
    [Fact]
    public void A_table_that_pandas_wrote_again_matches()
    {
        Write("before/boom-runs.csv", "run,n_workers,n_alerts;", "a,1.0,9.0;100.0", "b,,9.0;50.0");
        Write("results/boom-runs.csv", "run,n_workers,n_alerts;", "a,1,9;100", "b,,9;50");

        var outcome = Compare();

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.Equal(["n_workers=1", ""], CsvRows.Select(row => row.Split(',')[1]));
    }

    [Fact]
    public void An_argument_that_one_side_has_with_several_values_is_an_error_that_names_both()
    {
        Write("before/boom-runs.csv", "run,n_ml_workers,n_alerts;", "a,1,9;100", "b,2,9;60");
        Write("results/boom-runs.csv", "run,n_enrichment_workers,n_alerts;", "a,1,9;1", "b,2,9;1");

        var outcome = Compare();

        Assert.Equal((1, ""), (outcome.ExitCode, outcome.Out));
        Assert.Equal(
            "ERROR: before/boom-runs.csv: only here [n_ml_workers], "
                + "only in results/boom-runs.csv [n_enrichment_workers]: "
                + "give one the other's name in the first line, or keep runs of one value\n",
            outcome.Error
        );
    }

    [Fact]
    public void An_argument_that_one_side_has_with_one_value_is_named_once_and_ignored()
    {
        Write("before/boom-runs.csv", "run,n,machine,n_alerts;", "a,1,x,9;100", "b,2,x,9;60");
        // It does not tell the night.
        Write("results/boom.csv", "n;", "1;100", "2;60");

        var outcome = Compare();

        Assert.Equal(
            "WARNING: before/boom-runs.csv: only here [machine], only in results/boom.csv []: "
                + "ignored, each has one value\n",
            outcome.Error
        );
        Assert.Equal(["n=1", "n=2"], CsvRows.Select(row => row.Split(',')[1]));
    }

    [Fact]
    public void Nights_are_matched()
    {
        Write("before/boom-runs.csv", "run,n,n_alerts;", "a,1,8;100", "b,1,9;60");
        Write("results/boom-runs.csv", "run,n,n_alerts;", "a,1,9;66");

        Compare();

        Assert.StartsWith("boom,n=1 n_alerts=9,wall_time_s,60,66,1,1,1.1,", CsvRows[0]);
        Assert.Equal(["not known", ""], Verdicts);
    }

    [Fact]
    public void Without_anything_in_common_there_is_an_error_and_no_file()
    {
        Assert.Equal(
            "ERROR: before and results have no runs of the same system that count\n",
            Error()
        );
        const string Header = "run,n,n_alerts;";
        Write("before/boom-runs.csv", Header, "a,1,9;100", "b,2,9;60");
        Write("results/boom-runs.csv", Header, "a,3,9;100");
        const string Others = "and all others are not in results/boom-runs.csv\n";
        Assert.Equal($"ERROR: before/boom-runs.csv: n=2 {Others}", Error());
        // Another night.
        Write("results/boom-runs.csv", Header, "a,1,8;100");
        Assert.Equal($"ERROR: before/boom-runs.csv: n=2 n_alerts=9 {Others}", Error());
        Write("results/boom-runs.csv", Header, "a,1,9;x");
        Assert.EndsWith(
            "results/boom-runs.csv:2: wall_time_s is \"x\", expected a number\n",
            Error()
        );
        Write("results/boom-runs.csv", Header, "a,1,9;0");
        Assert.EndsWith(
            "results/boom-runs.csv:2: wall_time_s of a is 0, expected a number above 0\n",
            Error()
        );
        Assert.EndsWith(
            " that count and tell alerts_per_sec; there is n_alerts, start_time, end_time, wall_time_s\n",
            Error("--column", "alerts_per_sec")
        );

        string Error(params string[] options)
        {
            var outcome = Compare(["--fail", .. options]);
            Assert.Equal((1, ""), (outcome.ExitCode, outcome.Out));
            Assert.False(File.Exists(Project.PathOf("results/comparison.csv")));
            return outcome.Error;
        }
    }

    [Theory]
    [InlineData("many")]
    [InlineData("2,5")]
    [InlineData("-1")]
    [InlineData("100")]
    public void A_tolerance_that_is_no_number_of_percent_is_exit_code_2(string tolerance)
    {
        var outcome = Compare("--tolerance", tolerance);

        Assert.Equal((2, ""), (outcome.ExitCode, outcome.Out));
        Assert.StartsWith($"ERROR: --tolerance is {tolerance}, expected", outcome.Error);
    }

    [Fact]
    public void With_fail_the_exit_code_is_3_where_a_configuration_is_slower()
    {
        Write("before/boom.csv", "n,repetition;", "1,1;100", "1,2;101", "2,1;100", "2,2;101");
        Write("results/boom.csv", "n,repetition;", "1,1;50", "1,2;51", "2,1;120", "2,2;121");

        Assert.Equal((3, ""), (Compare("--fail").ExitCode, Compare("--fail").Error));
        Assert.Equal(0, Compare().ExitCode);
        Assert.Equal(0, Compare("--fail", "--tolerance", "25").ExitCode);
    }

    // Ten configurations with a noise of 10 % are 15 % slower: each alone is not known to be.
    [Fact]
    public void With_fail_the_exit_code_is_3_where_the_campaign_is_slower()
    {
        static string[] Runs(double factor) =>
            [
                .. from n in Enumerable.Range(1, 10)
                from repetition in Enumerable.Range(1, 2)
                let noise = 0.93 + 0.14 * (repetition - 1)
                select FormattableString.Invariant(
                    $"{n},{repetition};{100 * factor * noise:0.000}"
                ),
            ];
        Write("before/boom.csv", "n,repetition;", Runs(1));
        Write("results/boom.csv", "n,repetition;", Runs(1.15));

        Assert.Equal(3, Compare("--fail").ExitCode);
        Assert.All(Verdicts, verdict => Assert.Equal("not known", verdict));
        AssertJson("\"slower\"", Json["boom"]!["verdict"]);
    }

    // The scatter of the ratios may tell that a campaign is slower. Its noise is not known.
    [Fact]
    public void With_fail_runs_that_are_not_repeated_fail_nothing_and_that_is_said()
    {
        Write("before/boom.csv", "n;", "1;100", "2;50", "3;25");
        Write("results/boom.csv", "n;", "1;200", "2;100", "3;51");

        var outcome = Compare("--fail");

        Assert.Equal(
            (0, "WARNING: --fail: boom: nothing is repeated, so that nothing can fail\n"),
            (outcome.ExitCode, outcome.Error)
        );
        AssertJson("\"slower\"", Json["boom"]!["verdict"]);
    }

    // By hand, with t(0.975, 17) = 2.1098 and t(0.975, 5) = 2.5706 of any table.
    [Fact]
    public void The_published_campaigns_tell_of_no_configuration_and_little_as_campaigns()
    {
        Project.CopyFromRoot("tests/published/2025-08-08");
        Project.CopyFromRoot("tests/published/2025-08-05");
        Directory.Move(Project.PathOf("tests/published/2025-08-05"), Project.PathOf("before"));

        var outcome = Compare("--after", "tests/published/2025-08-08");

        Assert.EndsWith(
            """

            boom: ratio 1.043 (95 %: 1.009 to 1.078) from the scatter of 18 ratios, not known
            kowalski: ratio 1.132 (95 %: 0.794 to 1.614) from the scatter of 6 ratios, not known
            boom: one run each, so that the noise of a run is not known; take 3 of each
            kowalski: one run each, so that the noise of a run is not known; take 3 of each

            """,
            outcome.Out
        );
        Assert.All(outcome.Out.Split('\n'), line => Assert.InRange(line.Length, 0, 100));
        Assert.Equal(31 + 8, CsvRows.Length);
        Assert.Equal(18 + 6, Verdicts.Count(verdict => verdict == "not known"));
    }
}
