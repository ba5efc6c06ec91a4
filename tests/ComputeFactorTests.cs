using System.Text.Json.Nodes;

public sealed class ComputeFactorTests : IDisposable
{
    readonly ScratchProject project = new();

    public void Dispose() => project.Dispose();

    Outcome Compute(string boom, string kowalski, params string[] arguments)
    {
        project.Write("results/boom.csv", boom);
        project.Write("results/kowalski.csv", kowalski);
        return project.RunScript("compute-factor", arguments);
    }

    Outcome Compute(string boomRows, string kowalskiRows = "7,453\n") =>
        Compute(
            "n,wall_time_s\n" + boomRows,
            "n,wall_time_s\n" + kowalskiRows,
            "--boom",
            "n=1",
            "--kowalski",
            "n=7"
        );

    const string Checks = """
        system,run,n,processing_time_s,idle_tail_s,errors,complete
        boom,x-n=1,1,60.5,14.25,0,true
        kowalski,x-n=7,7,453.75,0,0,

        """;

    [Fact]
    public void The_factor_without_the_idle_tail_stands_beside_the_published_one()
    {
        project.Write("results/checks.csv", Checks);

        var outcome = Compute("1,75\n");

        Assert.Equal("", outcome.Error);
        Assert.EndsWith("BOOM throughput factor: 6.0\nwithout the idle tail: 7.5\n", outcome.Out);
    }

    [Theory]
    [InlineData("0,true", "0,false")]
    [InlineData("0,true", "1,true")]
    public void A_run_that_is_not_in_order_is_named(string check, string actual)
    {
        project.Write("results/checks.csv", Checks.Replace(check, actual));

        Assert.Equal(
            "WARNING: results/checks.csv:2: x-n=1 is incomplete or has errors\n",
            Compute("1,75\n").Error
        );
    }

    [Fact]
    public void Without_checks_there_is_a_warning_and_no_factor_without_the_idle_tail()
    {
        var outcome = Compute("1,75\n");

        Assert.Equal(
            "WARNING: results/checks.csv has no such run of BOOM: no factor from processing times\n"
                + "WARNING: results/checks.csv has no such run of Kowalski: no factor from processing times\n",
            outcome.Error
        );
        Assert.Null(Factor["boom_processing_factor"]);
    }

    JsonNode Factor => JsonNode.Parse(project.Read("results/factor.json"))!;

    [Fact]
    public void The_factor_is_kowalskis_wall_time_over_booms_in_full_precision()
    {
        var outcome = Compute("1,211\n2,75\n", "6,463\n7,453\n");

        Assert.Equal(
            (0, "BOOM: 211 s for n=1\nKowalski: 453 s for n=7\nBOOM throughput factor: 2.1\n"),
            (outcome.ExitCode, outcome.Out)
        );
        Assert.Equal(2.14691943127962085, (double)Factor["boom_throughput_factor"]!);
    }

    [Fact]
    public void The_json_tells_what_the_factor_is_made_of()
    {
        project.Write("results/checks.csv", Checks);
        Compute("1,75\n");

        Assert.Equal(
            """
            {
              "boom_throughput_factor": 6.04,
              "boom_processing_factor": 7.5,
              "boom": {
                "configuration": {
                  "n": "1"
                },
                "runs": [
                  "x-n=1"
                ],
                "rows": 1,
                "wall_time_s": 75,
                "wall_time_min_s": 75,
                "wall_time_max_s": 75,
                "processing_time_s": 60.5,
                "idle_tail_s": 14.25
              },
              "kowalski": {
                "configuration": {
                  "n": "7"
                },
                "runs": [
                  "x-n=7"
                ],
                "rows": 1,
                "wall_time_s": 453,
                "wall_time_min_s": 453,
                "wall_time_max_s": 453,
                "processing_time_s": 453.75,
                "idle_tail_s": 0
              }
            }

            """,
            project.Read("results/factor.json")
        );
    }

    [Theory]
    [InlineData("1,4\n", "7,25\n", "6.2")] // 6.25
    [InlineData("1,4\n", "7,27\n", "6.8")] // 6.75
    [InlineData("1,2\n", "7,13\n", "6.5")]
    public void The_printed_factor_has_one_decimal_ties_to_even(
        string boom,
        string kowalski,
        string expected
    ) => Assert.EndsWith($"BOOM throughput factor: {expected}\n", Compute(boom, kowalski).Out);

    [Fact]
    public void Of_repetitions_the_median_counts()
    {
        var outcome = Compute("1,80\n1,70\n1,73\n1,76\n", "7,447\n");

        Assert.StartsWith(
            "BOOM: 74.5 s for n=1, the median of 4 rows from 70 s to 80 s\n",
            outcome.Out
        );
        var boom = Factor["boom"]!;
        Assert.Equal(
            (4, 74.5, 70.0, 80.0, 6.0),
            (
                (int)boom["rows"]!,
                (double)boom["wall_time_s"]!,
                (double)boom["wall_time_min_s"]!,
                (double)boom["wall_time_max_s"]!,
                (double)Factor["boom_throughput_factor"]!
            )
        );
    }

    [Fact]
    public void Rows_that_are_no_repetitions_of_each_other_are_named()
    {
        var outcome = Compute(
            "n,m,repetition,wall_time_s\n1,3,1,75\n1,3,2,76\n1,6,1,61\n",
            "n,wall_time_s\n7,453\n",
            "--boom",
            "n=1",
            "--kowalski",
            "n=7"
        );

        Assert.StartsWith(
            "WARNING: results/boom.csv: 3 rows have n=1 but differ in m; their median counts\n",
            outcome.Error
        );
    }

    [Fact]
    public void A_table_with_cr_lf_is_read_alike() =>
        Assert.StartsWith("BOOM: 75 s for n=1\n", Compute("1,75\n".Replace("\n", "\r\n")).Out);

    [Theory]
    [InlineData("n=007", 1)]
    [InlineData("n=1.50", 2)]
    public void Values_are_compared_as_text(string configuration, int wallTime)
    {
        var outcome = Compute(
            "n,wall_time_s\n007,1\n1.50,2\n7,3\n1.5,4\n",
            "n,wall_time_s\n7,453\n",
            "--boom",
            configuration,
            "--kowalski",
            "n=7"
        );

        Assert.StartsWith($"BOOM: {wallTime} s for {configuration}\n", outcome.Out);
    }

    [Fact]
    public void The_culture_of_the_machine_does_not_matter()
    {
        project.Write("results/boom.csv", "n,wall_time_s\n1,1.5\n");
        project.Write("results/kowalski.csv", "n,wall_time_s\n7,9.375\n");

        var outcome = project.Run(
            [("LC_ALL", "de_DE.UTF-8")],
            [
                Path.Combine(ScratchProject.Root, "scripts/compute-factor.csx"),
                "--boom",
                "n=1",
                "--kowalski",
                "n=7",
            ]
        );

        Assert.Equal(
            "BOOM: 1.5 s for n=1\nKowalski: 9.375 s for n=7\nBOOM throughput factor: 6.2\n",
            outcome.Out
        );
        Assert.Equal(6.25, (double)Factor["boom_throughput_factor"]!);
    }

    [Theory]
    [InlineData("2,75\n3,74\n", "results/boom.csv: no row has n=1; there is n=2 n=3")]
    [InlineData("2,75\n1,0\n", "results/boom.csv:3: wall_time_s is 0, expected a number above 0")]
    [InlineData("1,-75\n", "results/boom.csv:2: wall_time_s is \"-75\", expected a number")]
    [InlineData("1,\n", "results/boom.csv:2: wall_time_s is \"\", expected a number")]
    [InlineData("1,soon\n", "results/boom.csv:2: wall_time_s is \"soon\", expected a number")]
    [InlineData("1,NaN\n", "results/boom.csv:2: wall_time_s is \"NaN\", expected a number")]
    [InlineData("1,\"7,5\"\n", "results/boom.csv:2: wall_time_s is \"7,5\", expected a number")]
    [InlineData("1\n", "results/boom.csv:2: has 1 values, expected 2")]
    [InlineData("1,7\"5\n", "results/boom.csv:2: a quote stands in an unquoted value")]
    public void A_table_that_gives_no_wall_time_is_an_error_that_says_what_there_is(
        string rows,
        string expected
    )
    {
        project.Write("results/factor.json", "old");

        var outcome = Compute(rows);

        Assert.Equal((1, $"ERROR: {expected}\n"), (outcome.ExitCode, outcome.Error));
        Assert.Equal("old", project.Read("results/factor.json"));
    }

    [Theory]
    [InlineData(
        "m,wall_time_s\n",
        "results/boom.csv:1: there is no column n; there is m, wall_time_s"
    )]
    [InlineData("n\n", "results/boom.csv:1: there is no column wall_time_s; there is n")]
    [InlineData("n,n\n", "two columns have the same name: n, n")]
    [InlineData("", "results/boom.csv: is empty, expected a table")]
    public void A_table_without_the_columns_is_an_error_that_says_what_there_is(
        string boom,
        string expected
    )
    {
        var outcome = Compute(boom, "n,wall_time_s\n7,453\n", "--boom", "n=1", "--kowalski", "n=7");

        Assert.Equal((1, $"ERROR: {expected}\n"), (outcome.ExitCode, outcome.Error));
    }

    [Fact]
    public void A_missing_table_is_an_error_that_says_what_to_do()
    {
        var outcome = project.RunScript("compute-factor", "--boom", "n=1", "--kowalski", "n=7");

        Assert.Equal(
            (1, "ERROR: results/boom.csv does not exist; first run the stage that writes it\n"),
            (outcome.ExitCode, outcome.Error)
        );
    }

    [Theory]
    [InlineData("--kowalski is missing", "--boom", "n=1")]
    [InlineData("--boom is missing", "--kowalski", "n=7")]
    [InlineData("--boom needs a value", "--boom")]
    [InlineData("--boom is given twice", "--boom", "n=1", "--boom=n=2")]
    [InlineData("unknown argument n=7", "--boom", "n=1", "n=7")]
    [InlineData(
        "--boom: expected NAME=VALUE,... with each name once",
        "--boom",
        "n",
        "--kowalski",
        "n=7"
    )]
    [InlineData(
        "--boom: expected NAME=VALUE,... with each name once",
        "--boom",
        "n=1,n=2",
        "--kowalski",
        "n=7"
    )]
    public void A_bad_command_line_is_an_error_with_the_usage(
        string expected,
        params string[] arguments
    )
    {
        var outcome = Compute("n,wall_time_s\n1,75\n", "n,wall_time_s\n7,453\n", arguments);

        Assert.Equal(
            (
                2,
                $"ERROR: {expected}; usage: compute-factor.csx --boom NAME=VALUE,... --kowalski NAME=VALUE,...\n"
            ),
            (outcome.ExitCode, outcome.Error)
        );
    }
}
