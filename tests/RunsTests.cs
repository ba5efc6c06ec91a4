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
    [InlineData("a", "table:2: a is \"soon\", expected a number")]
    [InlineData("none", "table:2: no column none; run the collector")]
    public void What_is_no_number_is_an_error_with_its_line(string fact, string error) =>
        AssertError(error, () => RunOf("n=1", 9, "a=soon").Number(fact));

    [Theory]
    [InlineData(null, "", false, "logs/n=1 (no logs)")]
    [InlineData(9.0, "complete=false", false, "logs/n=1 (incomplete)")]
    [InlineData(9.0, "complete=true", true, null)]
    [InlineData(9.0, "doubts=the log is cut", true, "logs/n=1 (doubt)")]
    public void A_run_counts_or_does_not(double? time, string facts, bool counts, string? text)
    {
        var run = RunOf("n=1", time, facts);

        Assert.Equal((counts, text), (run.Counts, run.Problem));
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
    public void A_number_of_workers_that_is_none_is_an_error_with_its_line(string value) =>
        AssertError($"table:2: no n_workers: {value}", () => RunOf($"n_workers={value}").NWorkers);

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

    [Theory]
    [InlineData(0)]
    [InlineData(double.NaN)]
    public void A_wall_time_that_is_none_is_an_error_with_its_line(double wallTime) =>
        AssertError(
            "table:2: expected a wall_time_s above 0 in all runs of n=1",
            () => Configuration.Of([RunOf("n=1", wallTime)])[0].WallTimeS
        );

    // A median over one run is not to be taken for the part of one over two.
    [Fact]
    public void A_part_that_one_run_does_not_tell_is_not_there() =>
        Assert.Null(
            Configuration.Of([RunOf("n=1", 9, "part=8"), RunOf("n=1", 9, "part=")])[0].Part("part")
        );
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
    [InlineData("", ": no run, n_alerts; run collect-boom")]
    [InlineData(Header, ": no run, n_alerts; run collect-boom")]
    [InlineData("run,n_workers\nlogs/a,1\n", ": no run, n_alerts; run collect-boom")]
    [InlineData("n_workers,n_alerts\n1,100\n", ": no run, n_alerts; run collect-boom")]
    [InlineData("run,n,n,n_alerts\nlogs/a,1,2,3\n", ":2: not 4 cells")]
    [InlineData(Header + "logs/a,3,x,100,9\nlogs/b,3,x,100\n", ":3: not 5 cells")]
    [InlineData(Header + "logs/a,3,x,100,9\nlogs/b,3,x,100,9,\n", ":3: not 5 cells")]
    [InlineData(Header + "\"logs/a,3,x,100,9\n", ":3: not 5 cells")] // a quote never closed
    public void A_table_that_is_none_is_an_error_that_names_it(string table, string error) =>
        AssertError($"results/boom-runs.csv{error}", () => Read(table));

    [Fact]
    public void A_missing_table_is_an_error_that_says_what_to_run() =>
        AssertError(
            "results/kowalski-runs.csv does not exist; first run collect-kowalski",
            () => Table.Runs("kowalski")
        );

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
    [InlineData(""" "boom": {"setup": "a"}, """, """ "boom": {"setup": "b"}, """, "boom.setup")]
    [InlineData(""" "kowalski": {"setup": "a"}, """, "", "kowalski.setup")]
    public void Results_of_two_nights_or_setups_are_refused(string one, string other, string field)
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
    Configuration[] Choose(string? selection, Func<Configuration, string>? trait = null)
    {
        const string Columns = "n_workers,machine,n_alerts,wall_time_s";
        Project.WriteRuns("boom", Columns, "1,,1000,1", "01,,1000,2", "1,server,1000,3");
        string[] args = selection == null ? [] : ["--boom", selection];
        return Configuration.Read("boom", new(args, "--boom NAME=VALUE"), trait ?? (_ => ""));
    }

    [Theory]
    [InlineData(null, "1 2 3")]
    [InlineData("n_workers=1", "1 3")]
    [InlineData("n_workers=01", "2")]
    [InlineData("n_workers=1,machine=", "1")]
    [InlineData(" machine = server , n_workers = 1 ", "3")]
    [InlineData("n_alerts=1000", "1 2 3")]
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
    public void Kinds_of_workers_are_of_the_setup_their_numbers_are_not() =>
        Assert.Equal(
            ["n_ml_workers", "n_ml_workers", "n_gpu_workers m=x"],
            new[]
            {
                "n_ml_workers=1",
                "n_ml_workers=2 n_gpu_workers=",
                "n_gpu_workers=2 m=x",
            }.Select(arguments => Configuration.Of([RunOf(arguments)])[0].Setup)
        );
}
