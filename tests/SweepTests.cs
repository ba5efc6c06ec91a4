using FsCheck;
using FsCheck.Fluent;

public sealed class SweepTests : IDisposable
{
    readonly string file = Path.GetTempFileName();

    public void Dispose() => File.Delete(file);

    IReadOnlyList<SweepRun> Runs(string yaml)
    {
        File.WriteAllText(file, yaml);
        return Sweep.Runs(CalkitYaml.Read(file), "bench");
    }

    // A stage "bench" with these entries of iterate_over on lines 5 and following.
    static string Stage(string entries, string output = "logs/{n}", string parameters = "") =>
        $$"""
            pipeline:
              stages:
                bench:
                  iterate_over:
            {{string.Join("\n", entries.Split('\n').Select(line => "        " + line))}}
                  outputs: ['{{output}}']
            {{parameters}}
            """;

    string[] Directories(string entries, string output = "logs/{n}", string parameters = "") =>
        Runs(Stage(entries, output, parameters)).Select(run => run.Directory).ToArray();

    static string Values(string values) => $"- arg_name: n\n  values: [{values}]";

    // The error without the file's name, "5: stage bench: …".
    string ErrorOf(string yaml)
    {
        var error = Assert.Throws<InvalidDataException>(() => Runs(yaml));
        Assert.StartsWith(file + ":", error.Message);
        Assert.Equal(Screen.OneLine(error.Message), error.Message);
        Assert.True(error.Message.Length < 1000, "a long message");
        return error.Message[(file.Length + 1)..];
    }

    string Error(string entries, string output = "logs/{n}", string parameters = "") =>
        ErrorOf(Stage(entries, output, parameters));

    [Fact]
    public void The_projects_sweep_has_the_published_rows_in_their_order()
    {
        var yaml = CalkitYaml.Read(Path.Combine(ScratchProject.Root, "calkit.yaml"));
        var runs = Sweep.Runs(yaml, "benchmark-boom");
        var published = File.ReadLines(
                Path.Combine(ScratchProject.Root, "tests/published/2025-08-05/boom.csv")
            )
            .Skip(1)
            .Select(row => string.Join(",", row.Split(',').Take(3)));

        Assert.Equal(18, runs.Count);
        Assert.Equal(published, runs.Select(run => string.Join(",", run.Arguments.Values)));
        Assert.Equal("logs/boom-na=1-nml=3-nf=1", runs[0].Directory);
        Assert.Equal(
            ["n_alert_workers", "n_ml_workers", "n_filter_workers"],
            runs[0].Arguments.Keys
        );
        Assert.Equal(
            ["3", "6", "7", "9", "12", "15"],
            Sweep.Runs(yaml, "benchmark-kowalski").Select(run => run.Arguments["n_workers"])
        );
    }

    [Fact]
    public void The_sweeps_of_the_second_published_analysis_are_31_runs()
    {
        var runs = Runs(
            """
            pipeline:
              stages:
                bench:
                  iterate_over:
                    - {arg_name: na, values: [1, 3, 6]}
                    - {arg_name: nml, values: [3, 6, 9]}
                    - {arg_name: nf, values: [1, 3]}
                  outputs: ["logs/boom-na={na}-nml={nml}-nf={nf}"]
                bench-more:
                  iterate_over:
                    - arg_name: [na, nml, nf]
                      values: [[1, 1, 1], [1, 2, 1], [2, 2, 1], [3, 4, 1], [3, 4, 2], [3, 10, 3],
                        [4, 6, 1], [4, 8, 2], [5, 8, 3], [6, 10, 3], [7, 9, 3], [8, 12, 4], [9, 15, 1]]
                  outputs: ["logs/boom-na={na}-nml={nml}-nf={nf}"]
            """
        );

        Assert.Equal(31, runs.Count);
        Assert.Equal("logs/boom-na=6-nml=9-nf=3", runs[17].Directory);
        Assert.Equal("logs/boom-na=9-nml=15-nf=1", runs[30].Directory);
    }

    [Theory]
    [InlineData("{start: 1, stop: 4}", "1 2 3")]
    [InlineData("{start: 1, stop: 8, step: 3}", "1 4 7")]
    [InlineData("{start: 1, stop: 7, step: 3}", "1 4")]
    [InlineData("{start: -2, stop: 2, step: 2}", "-2 0")]
    [InlineData("{start: 5, stop: 6, step: 100}", "5")]
    [InlineData("{start: 2147483646, stop: 2147483647}", "2147483646")]
    public void A_range_excludes_its_stop(string range, string expected) =>
        Assert.Equal(
            expected.Split(' ').Select(value => "logs/" + value),
            Directories(Values($"{{range: {range}}}"))
        );

    [Fact]
    public void Values_ranges_and_parameters_mix_in_one_argument() =>
        Assert.Equal(
            ["logs/a", "logs/1", "logs/2", "logs/5", "logs/8", "logs/9"],
            Directories(
                Values("a, {range: {start: 1, stop: 3}}, {parameter: counts}"),
                parameters: "parameters: {counts: [5, {range: {start: 8, stop: 10}}]}"
            )
        );

    [Fact]
    public void A_table_is_read_row_by_row_and_multiplied_with_other_entries() =>
        Assert.Equal(
            ["logs/1-2-x", "logs/1-2-y", "logs/3-4-x", "logs/3-4-y"],
            Directories(
                "- arg_name: [n, m]\n  values: [[1, 2], [3, 4]]\n- arg_name: z\n  values: [x, y]",
                "logs/{n}-{m}-{z}"
            )
        );

    [Fact]
    public void Any_product_has_every_combination_with_the_last_argument_fastest() =>
        Prop.ForAll<byte, byte, byte>(
                (a, b, c) =>
                {
                    int[] sizes = [1 + a % 5, 1 + b % 5, 1 + c % 5];
                    var entries = sizes.Select(
                        (size, i) =>
                            $"- arg_name: a{i}\n  values: [{string.Join(", ", Enumerable.Range(0, size))}]"
                    );

                    var directories = Directories(
                        string.Join("\n", entries),
                        "logs/{a0}/{a1}/{a2}"
                    );

                    var expected =
                        from x in Enumerable.Range(0, sizes[0])
                        from y in Enumerable.Range(0, sizes[1])
                        from z in Enumerable.Range(0, sizes[2])
                        select $"logs/{x}/{y}/{z}";
                    return directories.SequenceEqual(expected);
                }
            )
            .QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("-3", "-3")]
    [InlineData("0", "0")]
    [InlineData("1.5", "1.5")]
    [InlineData("2.0", "2.0")]
    [InlineData("0.0001", "0.0001")]
    [InlineData("'007'", "007")]
    [InlineData("\"1.50\"", "1.50")]
    [InlineData("'1e3'", "1e3")]
    [InlineData("'true'", "true")]
    [InlineData("cuda", "cuda")]
    [InlineData("2x", "2x")]
    [InlineData("a b", "a b")]
    [InlineData("Año-№5", "Año-№5")]
    public void A_value_is_filled_in_as_it_stands(string value, string expected) =>
        Assert.Equal(["logs/" + expected], Directories(Values(value)));

    // Calkit reads these as numbers, dates and so on, and prints them in its own way.
    [Theory]
    [InlineData("1.50")]
    [InlineData("007")]
    [InlineData("+1")]
    [InlineData("-0")]
    [InlineData(".5")]
    [InlineData("1.")]
    [InlineData("1e3")]
    [InlineData("1E3")]
    [InlineData("1_000")]
    [InlineData("0x10")]
    [InlineData("0o17")]
    [InlineData("0b1")]
    [InlineData("0.00001")]
    [InlineData("1234567890123456")]
    [InlineData("true")]
    [InlineData("False")]
    [InlineData("yes")]
    [InlineData("NO")]
    [InlineData("on")]
    [InlineData("off")]
    [InlineData("null")]
    [InlineData("~")]
    [InlineData(".inf")]
    [InlineData("-.inf")]
    [InlineData(".NaN")]
    [InlineData("2025-08-05")]
    [InlineData("2025-08-05T00:31:55Z")]
    [InlineData("2025-08-05 00:31:55")]
    [InlineData("12:30:45")]
    [InlineData("!!int '007'")]
    public void A_value_that_calkit_would_print_otherwise_is_an_error_with_the_way_out(string value)
    {
        var error = Error(Values(value));

        Assert.StartsWith("6: stage bench: ", error);
        Assert.EndsWith("put it in quotes", error);
    }

    [Theory]
    [InlineData("=1")]
    [InlineData("'+1'")]
    [InlineData("-x")]
    [InlineData("'-2+3'")]
    [InlineData("'@x'")]
    [InlineData("'=HYPERLINK(\"http://x\")'")]
    public void A_value_that_a_spreadsheet_takes_for_a_formula_is_an_error(string value) =>
        Assert.StartsWith("6: stage bench: ", Error(Values(value)));

    [Fact]
    public void A_directory_that_a_spreadsheet_takes_for_a_formula_is_an_error() =>
        Assert.StartsWith("7: stage bench: ", Error(Values("1"), "=1+{n}"));

    [Theory]
    [InlineData("''")]
    [InlineData("\"a\\0b\"")]
    [InlineData("\"a\\nb\"")]
    [InlineData("\"a\\tb\"")]
    [InlineData("\"\\e[31m\"")]
    [InlineData("\"a\\u202eb\"")]
    [InlineData("[1, 2]")]
    [InlineData("{x: 1}")]
    [InlineData("{parameter: nowhere}")]
    [InlineData("{parameter: [a]}")]
    [InlineData("{range: {start: 1}}")]
    [InlineData("{range: {stop: 1}}")]
    [InlineData("{range: 5}")]
    [InlineData("{range: {start: a, stop: 3}}")]
    [InlineData("{range: {start: 0.5, stop: 3}}")]
    [InlineData("{range: {start: 1, stop: 3, step: 0}}")]
    [InlineData("{range: {start: 3, stop: 1, step: -1}}")]
    [InlineData("{range: {start: 0, stop: 1.0e+9}}")]
    [InlineData("{range: {start: 0, stop: 99999999999999999999}}")]
    public void What_is_no_value_is_an_error_with_its_line(string value) =>
        Assert.StartsWith("6: ", Error(Values(value)));

    [Theory]
    [InlineData("- arg_name: n\n  values: []", 5, "no values for n")]
    [InlineData("- arg_name: n\n  values: [{range: {start: 4, stop: 4}}]", 5, "no values for n")]
    [InlineData("- arg_name: n", 5, "no list of values")]
    [InlineData("- arg_name: n\n  values: 3", 5, "no list of values")]
    [InlineData("- 3", 5, "no list of values")]
    [InlineData("- values: [1]", 5, "no arg_name")]
    [InlineData("- arg_name: {a: b}\n  values: [1]", 5, "no arg_name")]
    [InlineData("- arg_name: [n, m]\n  values:\n    - [1, 2]\n    - [3]", 8, "2 values for n, m")]
    [InlineData("- arg_name: [n, m]\n  values: [1]", 6, "2 values for n, m")]
    [InlineData("- arg_name: [n, n]\n  values: [[1, 1]]", 4, "n is given twice")]
    [InlineData(
        "- arg_name: n\n  values: [1]\n- arg_name: n\n  values: [2]",
        4,
        "n is given twice"
    )]
    [InlineData("- arg_name: n\n  values: [1]\n- arg_name: m\n  values: [1, 2]", 9, "{m}")]
    public void What_is_no_entry_of_a_sweep_is_an_error_that_says_so(
        string entries,
        int line,
        string expected
    )
    {
        var error = Error(entries);

        Assert.StartsWith($"{line}: stage bench: ", error);
        Assert.Contains(expected, error);
    }

    [Theory]
    [InlineData("'1'")]
    [InlineData("a b")]
    [InlineData("''")]
    [InlineData("'a=b'")]
    [InlineData("'a,b'")]
    [InlineData("'a{b}'")]
    [InlineData("'=a'")]
    public void What_is_no_name_of_an_argument_is_an_error(string name) =>
        Assert.StartsWith(
            "5: stage bench: ",
            Error($"- arg_name: {name}\n  values: [1]", "logs/x")
        );

    [Theory]
    [InlineData("run")]
    [InlineData("start_time")]
    [InlineData("wall_time_s")]
    [InlineData("complete")]
    [InlineData("peak_memory_gib")]
    public void An_argument_that_is_called_as_a_column_of_the_tables_is_an_error(string name)
    {
        var error = Error($"- arg_name: {name}\n  values: [1]", "logs/x");

        Assert.StartsWith("5: stage bench: ", error);
        Assert.Contains(name, error);
    }

    [Theory]
    [InlineData("{n}-{m}")]
    [InlineData("{}")]
    public void A_name_in_the_output_that_is_no_argument_is_an_error(string output) =>
        Assert.StartsWith("7: stage bench: ", Error(Values("1"), "logs/" + output));

    [Fact]
    public void An_argument_with_one_value_need_not_be_in_the_path()
    {
        var runs = Runs(
            Stage("- arg_name: machine\n  values: [laptop]\n- arg_name: n\n  values: [1, 2]")
        );

        Assert.Equal(["logs/1", "logs/2"], runs.Select(run => run.Directory));
        Assert.All(runs, run => Assert.Equal("laptop", run.Arguments["machine"]));
    }

    [Theory]
    [InlineData("- logs/{n}")]
    [InlineData("- logs/{n}/")]
    [InlineData("- ./logs//{n}")]
    [InlineData("- path: logs/{n}\n          storage: git")]
    [InlineData("- results/summary.csv\n        - path: logs/{n}")] // the one that holds the arguments
    public void The_directory_is_the_output_that_holds_the_arguments(string outputs) =>
        Assert.Equal(
            ["logs/1", "logs/2"],
            Runs(
                    "pipeline:\n  stages:\n    bench:\n      iterate_over: [{arg_name: n, values: [1, 2]}]\n"
                        + $"      outputs:\n        {outputs}\n"
                )
                .Select(run => run.Directory)
        );

    [Theory]
    [InlineData("[]")]
    [InlineData("3")]
    [InlineData("[[x]]")]
    [InlineData("[{storage: git}]")]
    [InlineData("['']")]
    public void Without_an_output_there_is_an_error_with_its_line(string outputs) =>
        Assert.Matches(
            "^[34]: ",
            ErrorOf($"pipeline:\n  stages:\n    bench:\n      outputs: {outputs}\n")
        );

    [Theory]
    [InlineData("/logs/{n}")]
    [InlineData("../logs/{n}")]
    [InlineData("logs/../../{n}")]
    [InlineData("logs/{n}/../..")]
    [InlineData(@"logs\..\..\{n}")]
    [InlineData(@"\logs\{n}")]
    [InlineData(".")]
    public void A_directory_outside_the_project_is_an_error(string output) =>
        Assert.Contains("outside the project", Error(Values("1"), output));

    [Theory]
    [InlineData("'../../x'")]
    [InlineData("'..'")]
    public void A_value_that_leads_outside_the_project_is_an_error(string value) =>
        Assert.Contains("outside the project", Error(Values(value), "{n}"));

    // 20 letters 80 times, with which a small file would fill the memory.
    [Fact]
    public void A_directory_of_more_than_a_thousand_letters_is_an_error() =>
        Assert.Contains(
            "the path of an output has 1600 letters",
            Error(Values(new string('x', 20)), string.Concat(Enumerable.Repeat("{n}", 80)))
        );

    [Fact]
    public void Two_runs_that_would_share_a_directory_are_an_error()
    {
        var error = Error(
            "- arg_name: n\n  values: [1, 11]\n- arg_name: m\n  values: [1, 11]",
            "logs/{n}{m}"
        );

        Assert.Contains("stage bench: ", error);
        Assert.EndsWith("logs/111", error);
    }

    const string TwoStages = """
        pipeline:
          stages:
            bench-more:
              iterate_over: [{arg_name: [n, m], values: [[2, 9], [5, 1]]}]
              outputs: ["logs/{n}-{m}"]
            bench:
              iterate_over: [{arg_name: n, values: [1, 2]}, {arg_name: m, values: [9]}]
              outputs: ["logs/{n}-{m}"]
            benchmark:
              outputs: [elsewhere]
        """;

    [Fact]
    public void All_stages_of_the_prefix_count_in_the_files_order_and_a_shared_run_once()
    {
        var runs = Runs(TwoStages);

        Assert.Equal(["logs/2-9", "logs/5-1", "logs/1-9"], runs.Select(run => run.Directory));
        Assert.Equal(["bench-more", "bench"], runs[0].Stages);
        Assert.Equal(["bench"], runs[2].Stages);
    }

    [Fact]
    public void A_stage_that_does_not_iterate_is_one_run_without_arguments()
    {
        Runs(TwoStages);

        var run = Assert.Single(Sweep.Runs(CalkitYaml.Read(file), "benchmark"));
        Assert.Equal("elsewhere", run.Directory);
        Assert.Empty(run.Arguments);
    }

    [Fact]
    public void The_same_arguments_in_two_directories_are_an_error_with_the_way_out()
    {
        var error = ErrorOf(
            TwoStages.Replace(
                "outputs: [\"logs/{n}-{m}\"]\n    benchmark",
                "outputs: [\"server/{n}-{m}\"]\n    benchmark"
            )
        );

        Assert.Matches("^[678]: stage bench: ", error);
        Assert.Contains("server/2-9", error);
        Assert.Contains("logs/2-9", error);
        Assert.Contains("bench-more", error);
        Assert.Contains("arg_name: machine", error);
    }

    [Fact]
    public void A_missing_stage_is_an_error_that_names_those_there_are()
    {
        Runs(TwoStages);

        var error = Assert.Throws<InvalidDataException>(() =>
            Sweep.Runs(CalkitYaml.Read(file), "bench-mroe")
        );
        Assert.Contains("bench-mroe", error.Message);
        Assert.EndsWith("bench-more, bench, benchmark", error.Message);
    }

    [Fact]
    public void What_stands_for_too_many_runs_is_an_error_and_soon()
    {
        const string Range = "values: [{range: {start: 0, stop: 10000}}]";
        Assert.Contains(
            "more than 100000 runs",
            Error($"- arg_name: a\n  {Range}\n- arg_name: b\n  {Range}\n- arg_name: c\n  {Range}")
        );
        Assert.Contains(
            "more than 100000 runs",
            Error(Values("{range: {start: -2147483648, stop: 2147483647}}"))
        );
        Assert.Contains(
            "more than 100000 runs",
            Error(
                Values(
                    string.Join(
                        ", ",
                        Enumerable.Repeat("{range: {start: 0, stop: 100000}}", 10_000)
                    )
                )
            )
        );
        Assert.Contains(
            "more than 100000 runs",
            ErrorOf(
                "n: &n [{arg_name: n, values: [{range: {start: 0, stop: 90000}}]}]\npipeline:\n  stages:\n"
                    + string.Concat(
                        Enumerable
                            .Range(0, 500)
                            .Select(i =>
                                $"    bench-{i}: {{iterate_over: *n, outputs: ['x{{n}}']}}\n"
                            )
                    )
            )
        );
        Assert.Contains(
            "arguments",
            Error(
                string.Join(
                    "\n",
                    Enumerable.Range(0, 5_000).Select(i => $"- {{arg_name: a{i}, values: [1]}}")
                )
            )
        );
    }

    [Fact]
    public void A_number_of_a_million_digits_is_an_error_of_a_few_words()
    {
        var digits = new string('7', 900_000);
        Error(Values(digits));
        Error(Values($"{{range: {{start: {digits}, stop: 3}}}}"));
        Error($"- arg_name: a{digits}\n  values: [1]");
        Error(Values($"{{parameter: {digits}}}"));
        Error(Values("1"), "logs/" + digits);
        Error(Values("1"), $"logs/{{{digits[..300]}}}");
    }

    [Theory]
    [InlineData("30", 30.0)]
    [InlineData("0.5", 0.5)]
    [InlineData("'30'", 30.0)]
    [InlineData("30,5", null)]
    [InlineData("-3", null)]
    [InlineData("0", null)]
    [InlineData("1e300", null)]
    [InlineData(".inf", null)]
    [InlineData("[1]", null)]
    [InlineData("{a: 1}", null)]
    public void A_parameter_is_a_number_above_zero(string value, double? expected)
    {
        File.WriteAllText(file, $"a: 1\nparameters:\n  rate: {value}\n");
        var yaml = CalkitYaml.Read(file);

        if (expected is { } number)
            Assert.Equal(number, Sweep.Parameter(yaml, "rate"));
        else
            Assert.StartsWith(
                $"{file}:3: ",
                Assert.Throws<InvalidDataException>(() => Sweep.Parameter(yaml, "rate")).Message
            );
    }

    [Fact]
    public void What_is_no_parameter_or_bound_of_a_range_is_shown()
    {
        File.WriteAllText(file, "parameters:\n  n_alerts: 29,142\n");
        var yaml = CalkitYaml.Read(file);

        Assert.EndsWith(
            "expected a number above 0 as the parameter n_alerts, found \"29,142\"",
            Assert.Throws<InvalidDataException>(() => Sweep.Parameter(yaml, "n_alerts")).Message
        );
        Assert.Contains(
            "expected a whole number as stop of a range, found \"1x\"",
            Error(Values("{range: {start: 1, stop: 1x}}"))
        );
    }

    [Fact]
    public void A_missing_parameter_is_named()
    {
        File.WriteAllText(file, "a: 1\n");
        var yaml = CalkitYaml.Read(file);

        Assert.Contains(
            "rate",
            Assert.Throws<InvalidDataException>(() => Sweep.Parameter(yaml, "rate")).Message
        );
    }

    [Fact]
    public void The_alerts_of_a_night_are_an_argument_or_else_the_parameter()
    {
        string Stages(string parameter) =>
            $$"""
                parameters: {n_alerts: {{parameter}}}
                pipeline:
                  stages:
                    bench:
                      iterate_over: [{arg_name: n_alerts, values: [100, 200]}]
                      outputs: ["logs/{n_alerts}"]
                    bench-more:
                      outputs: [logs/more]
                """;
        var runs = Runs(Stages("300"));
        var yaml = CalkitYaml.Read(file);

        Assert.Equal([100, 200, 300], runs.Select(run => Sweep.NAlerts(yaml, run)));
        foreach (var wrong in new[] { "0", "-1", "1.5", "many", "1e300" })
        {
            runs = Runs(Stages(wrong));
            yaml = CalkitYaml.Read(file);
            Assert.Throws<InvalidDataException>(() => Sweep.NAlerts(yaml, runs[2]));
        }
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-5")]
    [InlineData("1.5")]
    [InlineData("'29,142'")]
    [InlineData("'1e3'")]
    [InlineData("many")]
    public void An_argument_that_is_no_number_of_alerts_is_an_error_that_names_the_run(string value)
    {
        var run = Runs(
            $"pipeline: {{stages: {{bench: {{iterate_over: [{{arg_name: n_alerts, values: [{value}]}}], outputs: [logs/x]}}}}}}"
        )[0];

        Assert.Contains(
            "logs/x",
            Assert
                .Throws<InvalidDataException>(() => Sweep.NAlerts(CalkitYaml.Read(file), run))
                .Message
        );
    }
}
