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

    [Fact]
    public void Configurations_are_compared_in_the_order_of_the_sweep_after_and_those_alone_follow()
    {
        Write("before/boom.csv", "n_workers,m;", "1,2;100", "2,2;200", "4,2;90", "3,2;60");
        Write("results/boom.csv", "n_workers,m;", "9,2;80", "3,2;63", "2,2;212", "1,2;94");
        Write("before/kowalski.csv", "n_workers;", "7;453");
        Write("results/kowalski.csv", "n_workers;", "7;611");

        var outcome = Compare();

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.Equal(
            """
            boom: wall time (s)  before  after  runs  runs  ratio  verdict
            n_workers=3 m=2          60     63     1     1   1.05        ~
            n_workers=2 m=2         200    212     1     1   1.06   slower
            n_workers=1 m=2         100     94     1     1   0.94   faster
            n_workers=9 m=2                 80           1
            n_workers=4 m=2          90            1
            kowalski: wall time (s)  before  after  runs  runs  ratio  verdict
            n_workers=7                 453    611     1     1   1.35   slower
            one run each: noise is not known
            boom: median ratio 1.05, 1 slower, 1 faster, 1 alike
            kowalski: median ratio 1.35, 1 slower, 0 faster, 0 alike

            """,
            outcome.Out
        );
        Assert.Equal(
            """
            system,configuration,before_wall_time_s,after_wall_time_s,n_before,n_after,ratio,ratio_min,ratio_max,verdict
            boom,n_workers=9 m=2,,80,,1,,,,
            boom,n_workers=3 m=2,60,63,1,1,1.05,1.05,1.05,~
            boom,n_workers=2 m=2,200,212,1,1,1.06,1.06,1.06,slower
            boom,n_workers=1 m=2,100,94,1,1,0.94,0.94,0.94,faster
            boom,n_workers=4 m=2,90,,1,,,,,
            kowalski,n_workers=7,453,611,1,1,1.34878587196468,1.34878587196468,1.34878587196468,slower

            """,
            Project.Read("results/comparison.csv")
        );
    }

    [Fact]
    public void Of_repeated_runs_the_medians_count_and_ranges_that_overlap_are_noise()
    {
        const string Header = "run,n_workers,repetition,n_alerts;,complete,doubts";
        string[] one = ["a,1,1,9;100,,", "b,1,2,9;90,,", "c,1,3,9;120,,", "lucky,1,4,9;10,false,"];
        string[] two = ["e,2,1,9;100,true,", "f,2,2,9;110,true,"];
        Write("before/boom-runs.csv", Header, [.. one, .. two, "g,3,1,9;80,,", "h,3,2,9;100,,"]);
        one = ["a,1,1,9;118,,", "b,1,2,9;125,,", "c,1,3,9;130,,", "lost,4,1,9;,,"];
        two = ["e,2,1,9;111,true,", "f,2,2,9;131,true,log is cut"];
        Write("results/boom-runs.csv", Header, [.. one, .. two, "g,3,1,9;64,,", "h,3,2,9;71,,"]);

        var outcome = Compare();

        Assert.Equal(
            """
            boom: wall time (s)  before  after  runs  runs                ratio  verdict
            n_workers=1             100    125     3     3  1.25 (0.98 to 1.44)        ~
            n_workers=2             105    121     2     2  1.15 (1.01 to 1.31)   slower
            n_workers=3              90   67.5     2     2  0.75 (0.64 to 0.89)   faster
            boom: median ratio 1.15, 1 slower, 1 faster, 1 alike
            kowalski: not compared, since not both have runs that count

            """,
            outcome.Out
        );
        Assert.Equal(
            """
            WARNING: before/boom-runs.csv: lucky (incomplete)
            WARNING: results/boom-runs.csv: lost (no logs)
            WARNING: results/boom-runs.csv: f (doubt) log is cut

            """,
            outcome.Error
        );
        Assert.Equal("boom,n_workers=3,90,67.5,2,2,0.75,0.64,0.8875,faster", CsvRows[2]);
    }

    [Fact]
    public void With_one_run_on_a_side_the_tolerance_alone_decides()
    {
        Write("before/boom.csv", "n,repetition;", "1,1;100", "1,2;140", "1,3;110");
        Write("after/boom.csv", "n;", "1;121");

        var outcome = Compare("--after", "after", "--tolerance", "10", "--output", "new/out");

        Assert.Contains("\none run each: noise is not known\n", outcome.Out);
        const string Row = "boom,n=1,110,121,3,1,1.1,0.8642857142857143,1.21,~";
        Assert.EndsWith($"\n{Row}\n", Project.Read("new/out/comparison.csv"));
        Write("after/boom.csv", "n;", "1;122");
        Compare("--after", "after", "--tolerance", "10");
        Assert.EndsWith(",slower", CsvRows[0]);
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
        Assert.Equal(["boom,a=2 b=1,100,100,1,1,1,1,1,~"], CsvRows);
    }

    [Fact]
    public void An_argument_that_one_side_has_with_several_values_is_an_error_that_names_both()
    {
        Write("before/boom-runs.csv", "run,n_ml_workers,n_alerts;", "a,1,9;100", "b,2,9;60");
        Write("results/boom-runs.csv", "run,n_enrichment_workers,n_alerts;", "a,1,9;1", "b,2,9;1");

        var outcome = Compare();

        Assert.Equal((1, ""), (outcome.ExitCode, outcome.Out));
        Assert.Equal(
            "ERROR: before/boom-runs.csv: only here [n_ml_workers], only in results/boom-runs.csv [n_enrichment_workers]: "
                + "rename one (sed -i 's/n_ml_workers/n_enrichment_workers/' before/boom-runs.csv) or keep runs of one value\n",
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
            "WARNING: before/boom-runs.csv: only here [machine], only in results/boom.csv []: ignored, each has one value\n",
            outcome.Error
        );
        Assert.Equal(["boom,n=1,100,100,1,1,1,1,1,~", "boom,n=2,60,60,1,1,1,1,1,~"], CsvRows);
    }

    [Fact]
    public void Without_anything_in_common_there_is_an_error_and_no_file()
    {
        Assert.Equal("ERROR: before and results have no runs of the same system\n", Error());
        const string Header = "run,n,n_alerts;";
        Write("before/boom-runs.csv", Header, "a,1,9;100", "b,2,9;60");
        Write("results/boom-runs.csv", Header, "a,3,9;100");
        const string Others = "and all others are not in results/boom-runs.csv\n";
        Assert.Equal($"ERROR: before/boom-runs.csv: n=1 {Others}", Error());
        // Another night.
        Write("results/boom-runs.csv", Header, "a,1,8;100");
        Assert.Equal($"ERROR: before/boom-runs.csv: n=1 n_alerts=9 {Others}", Error());
        Write("results/boom-runs.csv", Header, "a,1,9;x");
        Assert.EndsWith("/boom-runs.csv: wall_time_s is \"x\", expected a number\n", Error());

        string Error()
        {
            var outcome = Compare("--fail");
            Assert.Equal((1, ""), (outcome.ExitCode, outcome.Out));
            Assert.False(File.Exists(Project.PathOf("results/comparison.csv")));
            return outcome.Error;
        }
    }

    [Theory]
    [InlineData("many")]
    [InlineData("2,5")]
    [InlineData("-1")]
    public void A_tolerance_that_is_no_number_of_percent_is_exit_code_2(string tolerance)
    {
        var outcome = Compare("--tolerance", tolerance);

        Assert.Equal((2, ""), (outcome.ExitCode, outcome.Out));
        Assert.StartsWith($"ERROR: --tolerance is {tolerance}, expected", outcome.Error);
    }

    [Fact]
    public void With_fail_the_exit_code_is_3_where_a_configuration_is_slower()
    {
        Write("before/boom.csv", "n;", "1;100", "2;100");
        Write("results/boom.csv", "n;", "1;50", "2;106");

        Assert.Equal(3, Compare("--fail").ExitCode);
        Assert.Equal(0, Compare("--fail", "--tolerance", "6").ExitCode);
    }

    [Fact]
    public void The_published_campaigns_differ_in_Kowalski_more_than_in_BOOM()
    {
        Project.CopyFromRoot("tests/published/2025-08-08");
        Project.CopyFromRoot("tests/published/2025-08-05");
        Directory.Move(Project.PathOf("tests/published/2025-08-05"), Project.PathOf("before"));

        var outcome = Compare("--after", "tests/published/2025-08-08");

        Assert.EndsWith(
            """

            one run each: noise is not known
            boom: median ratio 1.03, 7 slower, 2 faster, 9 alike
            kowalski: median ratio 1.21, 4 slower, 2 faster, 0 alike

            """,
            outcome.Out
        );
        Assert.All(outcome.Out.Split('\n'), line => Assert.InRange(line.Length, 0, 100));
        Assert.Equal(31 + 8, CsvRows.Length);
    }
}
