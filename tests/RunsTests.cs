using static TableOfRuns;

public class RunTests
{
    [Theory]
    [InlineData(false, "false")]
    [InlineData(12, "12")]
    [InlineData(1.0 / 3, "0.3333333333333333")]
    [InlineData(null, "")]
    public void A_fact_is_the_text_of_a_cell(object? fact, string cell)
    {
        var run = RunOf("n=1");
        run["fact"] = fact;

        Assert.Equal(cell, run.Cell("fact"));
    }

    [Theory]
    [InlineData(DateTimeKind.Utc, "2025-08-05T00:31:55.042000+0000")]
    [InlineData(DateTimeKind.Unspecified, "2025-08-05T00:31:55.042000")]
    public void A_time_is_written_as_polars_writes_it(DateTimeKind kind, string cell)
    {
        var run = RunOf("n=1");
        run["fact"] = new DateTime(2025, 8, 5, 0, 31, 55, 42, kind);

        Assert.Equal(cell, run.Cell("fact"));
    }

    [Theory]
    [InlineData("soon")]
    [InlineData("75,0")]
    [InlineData("inf")]
    [InlineData("Infinity")]
    [InlineData("∞")]
    [InlineData("1e400")]
    [InlineData("1e20")]
    [InlineData("NaN")]
    [InlineData("٧٥")] // Arabic digits
    public void What_is_no_number_is_an_error_with_its_line(string text) =>
        AssertError(
            $"table:2: a is \"{text}\", expected a number",
            () => RunOf("n=1", 9, $"a={text}").Number("a")
        );

    [Fact]
    public void An_argument_is_a_number_too() =>
        Assert.Equal(
            (3, null),
            (RunOf("n_gpus=3").Number("n_gpus"), RunOf("n=1").Number("wall_time_s"))
        );

    [Fact]
    public void A_column_that_is_not_in_the_table_is_an_error_that_says_which_are() =>
        AssertError(
            "table:2: no column gpus; there is n, n_alerts, wall_time_s, a; run the collector",
            () => RunOf("n=1", 9, "a=1").Number("gpus")
        );

    [Fact]
    public void A_fact_that_is_asked_for_above_its_line_is_an_error_that_names_the_run()
    {
        var run = new Run("logs/a", new Dictionary<string, string> { ["n_workers"] = "3" });
        run["wall_time_s"] = 9.0;

        AssertError(
            "logs/a: no fact alerts_per_sec yet; there is n_workers, wall_time_s so far",
            () => run.Number("alerts_per_sec")
        );
    }

    [Theory]
    [InlineData(double.NaN, "NaN")]
    [InlineData(double.PositiveInfinity, "Infinity")]
    public void A_fact_that_is_no_number_is_an_error_that_names_the_run(double fact, string text) =>
        AssertError(
            $"logs/a: per_worker is {text}: no number for a table, null is a blank",
            () =>
            {
                new Run("logs/a", new Dictionary<string, string>())["per_worker"] = fact;
                return null;
            }
        );

    [Theory]
    [InlineData("0")]
    [InlineData("-0.5")]
    public void What_has_no_logarithm_is_an_error_that_names_the_run_and_the_column(
        string number
    ) =>
        AssertError(
            $"table:2: a of logs/n=1 is {number}, expected a number above 0",
            () => RunOf("n=1", 9, $"a={number}").PositiveNumber("a")
        );

    [Theory]
    [InlineData(null, "", false, "logs/n=1 (not read)")]
    [InlineData(null, "doubts=no consumer.log", false, "logs/n=1 (not read)")]
    [InlineData(9.0, "complete=false", false, "logs/n=1 (incomplete)")]
    [InlineData(9.0, "complete=true", true, null)]
    [InlineData(9.0, "doubts=the log is cut", true, "logs/n=1 (doubt)")]
    public void A_run_counts_or_does_not(double? time, string facts, bool counts, string? text)
    {
        var run = RunOf("n=1", time, facts);

        Assert.Equal((counts, text), (run.Counts, run.Problem));
    }

    [Fact]
    public void Doubts_are_those_of_a_run_that_was_read()
    {
        Assert.Equal(["a", "b (1 s)"], RunOf("n=1", 9, "doubts=a; b (1 s)").Doubts);
        Assert.Empty(RunOf("n=1", null, "doubts=no consumer.log").Doubts);
    }

    [Fact]
    public void The_workers_are_those_of_all_kinds_and_a_blank_is_none() =>
        Assert.Equal(
            7,
            RunOf("n_a_workers=3 n_gpus=8 workers=8 n_workers=4 n_c_workers=").NWorkers
        );

    [Theory]
    [InlineData("x")]
    [InlineData("-1")]
    [InlineData("٣")] // Arabic digits
    public void A_number_of_workers_that_is_none_is_an_error_with_its_line(string value) =>
        AssertError(
            $"table:2: n_workers is \"{value}\", expected a whole number",
            () => RunOf($"n_workers={value}").NWorkers
        );

    [Fact]
    public void The_conditions_are_neither_workers_nor_the_night_nor_the_repetition() =>
        Assert.Equal(
            "machine=x gpus=2",
            RunOf("n_a_workers=3 machine=x gpus=2 disk= n_alerts=5 repetition=1").Conditions
        );
}

public class ConfigurationTests
{
    [Fact]
    public void The_throughput_is_the_alerts_over_the_median_wall_time() =>
        Assert.Equal(
            new(1000.0 / 75, 10, 20, 2),
            Configuration.Of([RunOf("n=1", 50), RunOf("n=1", 100)])[0].AlertsPerS
        );

    [Fact]
    public void A_wall_time_that_is_none_is_an_error_with_its_line() =>
        AssertError(
            "table:2: wall_time_s of logs/n=1 is 0, expected a number above 0",
            () => Configuration.Of([RunOf("n=1", 9), RunOf("n=1", 0)])[0].WallTimeS
        );

    // A median over one run is not to be taken for the part of one over two.
    [Theory]
    [InlineData("part=", 1)]
    [InlineData("", 1)] // a table without the column
    [InlineData("part=6", 2)]
    public void A_column_is_over_the_runs_that_tell_it_or_over_all(string other, int nRuns)
    {
        var one = Configuration.Of([RunOf("n=1", 9, "part=8"), RunOf("n=1", 9, other)])[0];

        Assert.Equal(nRuns, one.OverRunsThatTellIt("part")!.NRuns);
        Assert.Equal(nRuns == 2, one.OverAllRuns("part") != null);
        Assert.Null(one.OverRunsThatTellIt("another"));
    }

    [Fact]
    public void Runs_that_are_alike_but_for_their_repetition_are_a_configuration()
    {
        var all = Configuration.Of([
            RunOf("n=2 repetition=1", 9),
            RunOf("n=1 repetition=1", 9),
            RunOf("n=2 repetition=2", 9, "complete=false"),
        ]);

        Assert.Equal(["n=2", "n=1"], all.Select(one => one.Text));
        Assert.Equal((2, 1), (all[0].AllRuns.Length, all[0].Runs.Length));
    }
}

/// <summary>Tables, results and choices of runs, read in a project's directory.</summary>
[Collection("alone")]
public sealed class TableTests : InProject
{
    readonly string home = Environment.CurrentDirectory;

    public TableTests() => Environment.CurrentDirectory = Project.Directory;

    public override void Dispose()
    {
        Environment.CurrentDirectory = home;
        base.Dispose();
    }

    const string Header = "run,n_workers,machine,n_alerts,wall_time_s\n";

    Run[] Read(string table)
    {
        Project.Write("results/boom-runs.csv", table);
        return Table.Runs("boom");
    }

    [Fact]
    public void What_is_written_is_read_again()
    {
        string[] cells = ["1", "007", "1.50", "a, \"b\"", " c ", "ü€", "#x", "a\nb", "=1+1", "'"];
        Project.Write(
            "x.csv",
            Table.Csv([
                ["a", "b,c"],
                .. cells.Select(x => new[] { x, "" }),
            ])
        );

        Assert.Equal(cells, Table.Rows("x.csv", "stage").Select(row => row["a"] + row["b,c"]));
    }

    [Theory]
    [InlineData(100, "n_workers=4 machine=x")]
    [InlineData(200, "n_workers=4 machine=x n_alerts=200")]
    public void Where_nights_differ_they_are_arguments(int night, string arguments) =>
        Assert.Equal(
            arguments,
            Run.TextOf(Read($"{Header}logs/a,3,x,100,9\nlogs/b,4,x,{night},9\n")[1].Arguments)
        );

    [Theory]
    [InlineData("logs/a,3,x,100,9")]
    [InlineData("logs/a,3,x,100,9\r\n")]
    [InlineData("logs/\"a,3,x,100,9\n")]
    public void Line_ends_and_a_stray_quote_do_not_matter(string row) =>
        Assert.Equal("9", Read("\ufeff" + Header + row)[0].Cell("wall_time_s"));

    [Theory]
    [InlineData("", ": there is no run; run collect-boom")]
    [InlineData(Header, ": there is no run; run collect-boom")]
    [InlineData(
        "n_workers,n_alerts\n1,100\n",
        ": no column run; there is n_workers, n_alerts; run collect-boom"
    )]
    [InlineData(
        "run,n,wall_time_s\nlogs/a,1,9\n",
        ": no column n_alerts; there is run, n, wall_time_s; run collect-boom"
    )]
    [InlineData(
        "run,n,n_alerts,time\nlogs/a,1,9,9\n",
        ": no column wall_time_s; there is run, n, n_alerts, time; run collect-boom"
    )]
    [InlineData(
        ",run,n_workers,n_alerts,wall_time_s\n0,logs/a,3,100,9\n", // pandas' index
        ":1: a column has no name; write the table without the numbers of its rows"
    )]
    [InlineData("run,n,n,n_alerts\nlogs/a,1,2,3\n", ":1: two columns are named n")]
    [InlineData(Header + "logs/a,3,x,100,9\nlogs/b,3,x,100\n", ":3: 4 cells, expected 5")]
    [InlineData(Header + "logs/a,3,x,100,9\nlogs/b,3,x,100,9,\n", ":3: 6 cells, expected 5")]
    [InlineData(Header + "\"logs/a,3,x,100,9\n", ":3: 1 cells, expected 5")] // a quote never closed
    [InlineData(
        "run;n;n_alerts;wall_time_s\nlogs/a;1;100;7,5\n",
        ":1: separated by \";\", expected \",\"; save it as CSV (comma delimited)"
    )]
    [InlineData(
        "run\tn\tn_alerts\nlogs/a\t1\t100\n",
        ":1: separated by tabs, expected \",\"; save it as CSV (comma delimited)"
    )]
    [InlineData(Header + "logs/a,3,x,,9\n", ":2: n_alerts is \"\", expected a number above 0")]
    [InlineData(
        Header + "logs/a,3,x,100,9\nlogs/b,3,x,NA,9\n",
        ":3: n_alerts is \"\", expected a number above 0"
    )]
    [InlineData(Header + "logs/a,3,x,0,9\n", ":2: n_alerts is \"0\", expected a number above 0")]
    [InlineData(Header + "logs/a,3,x,many,9\n", ":2: n_alerts is \"many\", expected a number")]
    public void A_table_that_is_none_is_an_error_that_names_it(string table, string error) =>
        AssertError($"results/boom-runs.csv{error}", () => Read(table));

    [Fact]
    public void A_missing_table_is_an_error_that_says_what_to_run() =>
        AssertError(
            "results/kowalski-runs.csv does not exist; first run collect-kowalski",
            () => Table.Runs("kowalski")
        );

    // As pandas, R, polars and spreadsheets write a table again.
    [Theory]
    [InlineData("True", "False")]
    [InlineData("TRUE", "FALSE")]
    [InlineData("true", "false")]
    public void An_incomplete_run_stays_one_whatever_program_wrote_the_table(string yes, string no)
    {
        const string Columns = "run,n,n_alerts,wall_time_s,complete\n";
        var runs = Read($"{Columns}a,1,100,9,{yes}\nb,2,100,9,{no}\nc,3,100,,\nd,4,100,9,\n");

        Assert.Equal([true, false, false, true], runs.Select(run => run.Counts));
    }

    [Theory]
    [InlineData("no")]
    [InlineData("0")]
    [InlineData("WAHR")]
    public void An_answer_in_an_unknown_word_is_an_error_with_its_line(string answer)
    {
        const string Columns = "run,n,n_alerts,wall_time_s,complete\n";
        AssertError(
            $"results/boom-runs.csv:3: complete is \"{answer}\", expected true or false",
            () => Read($"{Columns}a,1,100,9,True\nb,2,100,9,{answer}\n")
        );
    }

    [Theory]
    [InlineData("NA")]
    [InlineData("nan")]
    [InlineData("NaN")]
    [InlineData("<NA>")]
    public void A_blank_is_one_in_any_word(string blank)
    {
        var runs = Read($"{Header}logs/a,3,{blank},100,{blank}\nlogs/b,3,x,100,9\n");

        Assert.Equal(("", "n_workers=3"), (runs[0].Cell("machine"), Run.TextOf(runs[0].Arguments)));
        Assert.Equal((false, null), (runs[0].IsRead, runs[0].Number("wall_time_s")));
    }

    [Fact]
    public void An_argument_may_be_called_None() =>
        Assert.Equal("None", Read($"{Header}logs/a,3,None,100,9\n")[0].Cell("machine"));

    [Theory]
    [InlineData("3.0,x,29142.0,75.0", "n_workers=3 machine=x")]
    [InlineData("3,x,1e+05,75", "n_workers=3 machine=x")] // R's 100000
    [InlineData("3.0,True,100,75.0", "n_workers=3 machine=true")]
    [InlineData("3.0,3.1,100,75.0", "n_workers=3 machine=3.1")] // a version
    public void Whole_numbers_are_the_same_when_pandas_or_R_wrote_them(string row, string arguments)
    {
        var run = Read($"{Header}logs/a,{row}\n")[0];

        Assert.Equal(
            (arguments, 3, 75),
            (Run.TextOf(run.Arguments), run.NWorkers, run.Number("wall_time_s"))
        );
        Assert.DoesNotMatch("[.e]", run.Cell("n_alerts"));
    }

    [Fact]
    public void In_a_column_of_versions_3_0_is_another_than_3() =>
        Assert.Equal(
            ["3.0", "3.1"],
            Read($"{Header}a,1,3.0,100,9\nb,1,3.1,100,9\n").Select(run => run.Cell("machine"))
        );

    // The table of the notebook has neither run nor n_alerts.
    [Fact]
    public void The_notebooks_table_can_be_read()
    {
        Project.Write("boom.csv", "n_workers,start_time,end_time,wall_time_s\n3,s,e,75\n");

        var run = Table.RunsOf("boom.csv", "collect-boom", "wall_time_s")[0];

        Assert.Equal(("n_workers=3", "boom.csv:2", 3), (run.Directory, run.Place, run.NWorkers));
        Assert.Equal(["start_time", "end_time", "wall_time_s"], run.Facts);
    }

    [Fact]
    public void Rows_are_read_one_after_the_other()
    {
        Project.Write("x.csv", "a,b\n1,2\n3\n");

        Assert.Equal("2", Table.Rows("x.csv", "stage").First()["b"]);
        AssertError("x.csv:3: 1 cells, expected 2", () => Table.Rows("x.csv", "stage").Count());
    }

    // Factor and rubin of tables of both systems; null where a file is missing.
    void WriteResults(string? factor, string? rubin)
    {
        Project.WriteRuns("boom", "n_alerts", "1");
        Project.WriteRuns("kowalski", "n_alerts", "1");
        var tables = Json.Text(Table.MadeFrom());
        foreach (var (name, fields) in new[] { ("factor", factor), ("rubin", rubin) })
            if (fields != null)
                Project.Write($"results/{name}.json", $"{{{fields}\"made_from\": {tables}}}");
    }

    [Theory]
    [InlineData(""" "n_alerts": 1, """, """ "n_alerts": 2, """, "n_alerts")]
    [InlineData(
        """ "boom": {"conditions": "a"}, """,
        """ "boom": {"conditions": "b"}, """,
        "boom.conditions"
    )]
    [InlineData(""" "kowalski": {"conditions": "a"}, """, "", "kowalski.conditions")]
    public void Results_of_two_nights_or_conditions_are_refused(
        string one,
        string other,
        string field
    )
    {
        WriteResults(one, other);

        AssertError($"results/factor.json is of another {field}; remove it", () => Table.Results());
    }

    [Theory]
    [InlineData("factor", "boom", "compute-factor")]
    [InlineData("factor", "kowalski", "compute-factor")]
    [InlineData("rubin", "boom", "compute-scaling")]
    [InlineData("rubin", "kowalski", "compute-scaling")]
    public void Results_of_another_table_are_refused(string name, string system, string stage)
    {
        WriteResults("", "");
        var results = Project.Json($"results/{name}.json");
        results["made_from"]![$"results/{system}-runs.csv"] = "another";
        Project.Write($"results/{name}.json", results.ToJsonString());

        AssertError($"results/{name}.json is stale; run {stage}", () => Table.Results());
    }

    [Theory]
    [InlineData(null, "", "results/factor.json is stale; run compute-factor")]
    [InlineData("", null, "results/rubin.json is stale; run compute-scaling")]
    public void Missing_results_are_an_error(string? factor, string? rubin, string error)
    {
        WriteResults(factor, rubin);

        AssertError(error, () => Table.Results());
    }

    [Fact]
    public void Without_any_table_there_are_no_results() =>
        AssertError("results/rubin.json is stale; run compute-scaling", () => Table.Results());

    // What --boom chooses.
    Configuration[] Choose(string? selection)
    {
        const string Columns = "n_workers,machine,n_alerts,wall_time_s";
        Project.WriteRuns(
            "boom",
            Columns,
            "1,,1000,1",
            "01,,1000,2",
            "1,server,1000,3",
            "1, x=y,1000,4"
        );
        string[] args = selection == null ? [] : ["--boom", selection];
        return Configuration.Chosen("boom", Table.Runs("boom"), new(args, "--boom NAME=VALUE"));
    }

    [Theory]
    [InlineData(null, "1 2 3 4")]
    [InlineData("n_workers=1", "1 3 4")]
    [InlineData("n_workers=1.0", "1 3 4")]
    [InlineData("n_workers=01", "2")]
    [InlineData("n_workers=1,machine=", "1")]
    [InlineData(" machine =server, n_workers =1", "3")]
    [InlineData("machine= x=y", "4")] // a value with a blank and a sign
    [InlineData("n_alerts=1000", "1 2 3 4")]
    public void Values_are_compared_as_text_and_a_blank_one_is_a_value(
        string? selection,
        string times
    ) =>
        Assert.Equal(
            times,
            string.Join(' ', Choose(selection).Select(one => one.WallTimeS.Median))
        );

    [Theory]
    [InlineData("n_workers=3", "no run has n_workers=3; there is n_workers=1, n_workers=01")]
    [InlineData("n_workers=01,machine=x", "no run has machine=x; there is machine=")]
    public void What_no_run_has_is_an_error_that_says_what_there_is(
        string selection,
        string error
    ) => AssertError($"--boom: {error}", () => Choose(selection));

    [Fact]
    public void A_misspelt_argument_is_an_error_that_says_which_there_are() =>
        Assert.Equal(
            "--boom: no m; there is n_workers, machine, n_alerts",
            Assert.Throws<UsageException>(() => Choose("m=")).Message
        );

    [Theory]
    [InlineData("n", "n")]
    [InlineData("n_workers=1,", "")]
    public void Another_form_is_a_bad_command_line(string selection, string pair) =>
        Assert.Equal(
            $"--boom: expected NAME=VALUE,... found {pair}",
            Assert.Throws<UsageException>(() => Choose(selection)).Message
        );

    [Fact]
    public void Configurations_of_several_kinds_are_an_error_that_says_which() =>
        AssertError(
            "choose runs that are alike with --boom NAME=VALUE,... of [a], [b]",
            () =>
            {
                Configuration.CheckAlike("boom", ["a", "b", "a"]);
                return null;
            }
        );

    [Fact]
    public void Kinds_of_workers_and_other_arguments_must_be_alike_numbers_of_workers_not() =>
        Assert.Equal(
            ["n_ml_workers", "n_ml_workers", "n_gpu_workers m=x"],
            new[]
            {
                "n_ml_workers=1",
                "n_ml_workers=2 n_gpu_workers=",
                "n_gpu_workers=2 m=x",
            }.Select(arguments => Configuration.Of([RunOf(arguments)])[0].KindsAndConditions)
        );
}
