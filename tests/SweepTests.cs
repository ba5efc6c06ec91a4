using System.Globalization;
using FsCheck;
using FsCheck.Fluent;

public sealed class SweepTests : IDisposable
{
    readonly string file = Path.GetTempFileName();

    public void Dispose() => File.Delete(file);

    IReadOnlyList<Run> Runs(string yaml, params string[] stages)
    {
        File.WriteAllText(file, yaml);
        return Sweep.Runs(file, "bench", stages);
    }

    // The runs of one stage "bench" with these entries of iterate_over, on lines 5 and following.
    string[] Directories(string entries, string output = "logs/{n}", string parameters = "") =>
        Runs(
                $$"""
                pipeline:
                  stages:
                    bench:
                      iterate_over:
                {{Indent(entries)}}
                      outputs: ["{{output}}"]
                {{parameters}}
                """
            )
            .Select(run => run.Directory)
            .ToArray();

    static string Indent(string entries) =>
        string.Join("\n", entries.Split('\n').Select(line => "        " + line));

    string Error(string entries, string output = "logs/{n}", string parameters = "")
    {
        var error = Assert.Throws<InvalidDataException>(() =>
            Directories(entries, output, parameters)
        );
        Assert.StartsWith(file + ":", error.Message);
        Assert.DoesNotContain('\n', error.Message);
        return error.Message[(file.Length + 1)..];
    }

    [Fact]
    public void The_seeds_sweep_has_the_published_rows_in_their_order()
    {
        var runs = Sweep.Runs(
            Path.Combine(ScratchProject.Root, "calkit.yaml"),
            "benchmark-boom",
            []
        );
        var published = File.ReadLines(
                Path.Combine(ScratchProject.Root, "tests/published/2025-08-05/boom.csv")
            )
            .Skip(1)
            .Select(row => string.Join(",", row.Split(',').Take(3)));

        Assert.Equal(published, runs.Select(run => string.Join(",", run.Arguments.Values)));
        Assert.Equal("logs/boom-na=1-nml=3-nf=1", runs[0].Directory);
        Assert.Equal(
            ["n_alert_workers", "n_ml_workers", "n_filter_workers"],
            runs[0].Arguments.Keys
        );
    }

    [Theory]
    [InlineData("{start: 1, stop: 4}", "1 2 3")]
    [InlineData("{start: 1, stop: 8, step: 3}", "1 4 7")]
    [InlineData("{start: 0.5, stop: 2.0, step: 0.5}", "0.5 1.0 1.5")]
    [InlineData("{start: 0.25, stop: 1, step: 0.25}", "0.25 0.5 0.75")]
    // Calkit's first value is the start as it stands, and ten times 0.1 adds up to less than 1.
    [InlineData("{start: 0, stop: 0.3, step: 0.1}", "0 0.1 0.2")]
    [InlineData("{start: 0.0, stop: 1, step: 0.1}", "0.0 0.1 0.2 0.3 0.4 0.5 0.6 0.7 0.8 0.9 1.0")]
    public void A_range_is_calkits(string range, string expected) =>
        Assert.Equal(
            expected
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Select(value => "logs/" + value),
            Directories($"- arg_name: n\n  values: [{{range: {range}}}]")
        );

    [Fact]
    public void Values_ranges_and_parameters_mix_in_one_argument() =>
        Assert.Equal(
            ["logs/a", "logs/1", "logs/2", "logs/5", "logs/8", "logs/9"],
            Directories(
                "- arg_name: n\n  values: [a, {range: {start: 1, stop: 3}}, {parameter: counts}]",
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
    public void The_order_of_the_template_is_free() =>
        Assert.Equal(
            ["logs/x/1", "logs/x/2", "logs/y/1", "logs/y/2"],
            Directories(
                "- arg_name: n\n  values: [x, y]\n- arg_name: m\n  values: [1, 2]",
                "logs/{n}/{m}"
            )
        );

    // Calkit fills in numbers as Python writes them, and quoted texts as they stand.
    [Theory]
    [InlineData("007", "7")]
    [InlineData("1.50", "1.5")]
    [InlineData("2.0", "2.0")]
    [InlineData("-3", "-3")]
    [InlineData("'007'", "007")]
    [InlineData("\"1.50\"", "1.50")]
    [InlineData("cuda", "cuda")]
    [InlineData("'true'", "true")]
    public void A_value_is_filled_in_as_calkit_does(string value, string expected) =>
        Assert.Equal(["logs/" + expected], Directories($"- arg_name: n\n  values: [{value}]"));

    [Theory]
    [InlineData("- logs/{n}")]
    [InlineData("- path: logs/{n}\n          storage: git")]
    [InlineData("- results/summary.csv\n        - path: logs/{n}")] // the one that holds the arguments
    public void The_output_is_a_path_or_a_mapping_with_a_path(string outputs)
    {
        var runs = Runs(
            "pipeline:\n  stages:\n    bench:\n      iterate_over: [{arg_name: n, values: [1]}]\n"
                + $"      outputs:\n        {outputs}\n"
        );

        Assert.Equal("logs/1", Assert.Single(runs).Directory);
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
    public void Without_names_all_stages_of_the_prefix_count_in_the_files_order_and_a_run_once() =>
        Assert.Equal(
            ["logs/2-9", "logs/5-1", "logs/1-9"],
            Runs(TwoStages).Select(run => run.Directory)
        );

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

    [Fact]
    public void Two_runs_that_would_share_a_directory_are_an_error() =>
        Assert.Equal(
            "4: stage bench: two runs with other arguments share logs/111",
            Error(
                "- arg_name: n\n  values: [1, 11]\n- arg_name: m\n  values: [1, 11]",
                "logs/{n}{m}"
            )
        );

    [Fact]
    public void Named_stages_count_in_the_order_named() =>
        Assert.Equal(
            ["elsewhere", "logs/1-9", "logs/2-9"],
            Runs(TwoStages, "benchmark", "bench").Select(run => run.Directory)
        );

    [Fact]
    public void A_stage_that_does_not_iterate_is_one_run_without_arguments() =>
        Assert.Empty(Assert.Single(Runs(TwoStages, "benchmark")).Arguments);

    [Fact]
    public void A_missing_stage_is_an_error_that_names_those_there_are()
    {
        var error = Assert.Throws<InvalidDataException>(() => Runs(TwoStages, "bench-mroe"));

        Assert.Equal(
            $"{file}:3: no stage is named bench-mroe; there is bench-more, bench, benchmark",
            error.Message
        );
    }

    [Theory]
    [InlineData("/logs/{n}")]
    [InlineData("../logs/{n}")]
    [InlineData("logs/../../{n}")]
    [InlineData("logs/{n}/../..")]
    public void A_directory_outside_the_project_is_an_error(string output) =>
        Assert.Equal(
            $"7: stage bench: the output {output.Replace("{n}", "1")} is outside the project",
            Error("- arg_name: n\n  values: [1]", output)
        );

    [Fact]
    public void A_value_that_leads_outside_the_project_is_an_error() =>
        Assert.Contains("outside the project", Error("- arg_name: n\n  values: ['../../x']"));

    [Theory]
    [InlineData(
        "- arg_name: m\n  values: [1]",
        "7: stage bench: the output logs/{n} does not hold the argument {m}"
    )]
    [InlineData(
        "- arg_name: n\n  values: [{parameter: counts}]",
        "6: stage bench: there is no parameter counts"
    )]
    [InlineData(
        "- arg_name: n\n  values:\n    - [1, 2]",
        "7: stage bench: expected a number or a text"
    )]
    [InlineData(
        "- arg_name: n\n  values: [true]",
        "6: stage bench: expected a number or a text, not true; put it in quotes"
    )]
    [InlineData(
        "- arg_name: n\n  values: [~]",
        "6: stage bench: expected a number or a text, not ~; put it in quotes"
    )]
    [InlineData("- arg_name: n\n  values: [{x: 1}]", "6: stage bench: expected a number or a text")]
    [InlineData(
        "- arg_name: n\n  values: [{range: {start: 1, stop: 3, step: 0}}]",
        "6: stage bench: a range has the step 0, expected a number above 0"
    )]
    [InlineData(
        "- arg_name: n\n  values: [{range: {start: 3, stop: 1, step: -1}}]",
        "6: stage bench: a range has the step -1, expected a number above 0"
    )]
    [InlineData(
        "- arg_name: n\n  values: [{range: {start: 1}}]",
        "6: stage bench: a range has no stop"
    )]
    [InlineData(
        "- arg_name: n\n  values: [{range: {start: a, stop: 3}}]",
        "6: stage bench: a in a range is not a number"
    )]
    [InlineData(
        "- arg_name: n\n  values: [{range: {start: 0, stop: 1.0e+9}}]",
        "6: stage bench: a range has more than 10000 values"
    )]
    [InlineData(
        "- arg_name: [n, m]\n  values:\n    - [1, 2]\n    - [3]",
        "8: stage bench: a row has 1 values, expected 2 for n, m"
    )]
    [InlineData(
        "- arg_name: [n, m]\n  values: [1]",
        "6: stage bench: expected a row of values for n, m"
    )]
    [InlineData("- arg_name: n", "5: stage bench: an entry of iterate_over has no list of values")]
    [InlineData("- values: [1]", "5: stage bench: an entry of iterate_over has no arg_name")]
    [InlineData(
        "- arg_name: n\n  values: [1]\n- arg_name: n\n  values: [2]",
        "5: stage bench: the argument n is given twice"
    )]
    [InlineData(
        "- arg_name: n\n  values: [\"a\\0b\"]",
        "6: stage bench: a value has a control character"
    )]
    [InlineData(
        "- arg_name: n\n  values: [{range: {start: 100000000000000000000, stop: 200000000000000000000}}]",
        "6: stage bench: a range has a number of more than 15 digits"
    )]
    [InlineData("- arg_name: n\n  values: []", "5: stage bench: there are no values for n")]
    [InlineData(
        "- arg_name: n\n  values: [{range: {start: 4, stop: 4}}]",
        "5: stage bench: there are no values for n"
    )]
    public void What_is_wrong_with_a_sweep_is_an_error_with_the_line_and_the_stage(
        string entries,
        string expected
    ) => Assert.Equal(expected, Error(entries));

    [Fact]
    public void A_parameter_that_is_no_list_is_an_error() =>
        Assert.Equal(
            "6: stage bench: the parameter counts is not a list",
            Error(
                "- arg_name: n\n  values: [{parameter: counts}]",
                parameters: "parameters: {counts: 3}"
            )
        );

    [Fact]
    public void A_name_in_the_output_that_is_no_argument_is_an_error() =>
        Assert.Equal(
            "7: stage bench: the output logs/{n}-{m} holds {m}, which is no argument",
            Error("- arg_name: n\n  values: [1]", "logs/{n}-{m}")
        );

    [Theory]
    [InlineData("a: [1", ":2: not valid YAML: ")]
    [InlineData("a: 1\nb:\n  - [1, 2\nc: 3\n", ":3: not valid YAML: a bracket is not closed")]
    [InlineData("a: 1\nb: *c\nd: 1", ": not valid YAML: ")]
    [InlineData("a: 1\na: 2\n", ":2: not valid YAML: ")]
    [InlineData("", ":1: expected a mapping with the pipeline")]
    [InlineData("pipeline: 3\n", ": there are no stages under pipeline")]
    public void A_file_that_is_no_pipeline_is_an_error(string yaml, string expected) =>
        Assert.StartsWith(
            file + expected,
            Assert.Throws<InvalidDataException>(() => Runs(yaml)).Message
        );

    [Theory]
    [InlineData("30", 30.0)]
    [InlineData("0.5", 0.5)]
    [InlineData("30,5", null)]
    [InlineData("0", null)]
    [InlineData("[1]", null)]
    public void A_parameter_is_a_number_above_zero(string value, double? expected)
    {
        File.WriteAllText(file, $"parameters:\n  rate: {value}\n");

        if (expected is { } number)
            Assert.Equal(number, Sweep.Parameter(file, "rate"));
        else
            Assert.Equal(
                $"{file}:2: the parameter rate is no number above 0",
                Assert.Throws<InvalidDataException>(() => Sweep.Parameter(file, "rate")).Message
            );
    }

    [Fact]
    public void The_culture_of_the_machine_does_not_matter()
    {
        var before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = new CultureInfo("de-DE");
        try
        {
            Assert.Equal(
                ["logs/0.5", "logs/1.0", "logs/1.5"],
                Directories(
                    "- arg_name: n\n  values: [{range: {start: 0.5, stop: 1.5, step: 0.5}}, 1.50]"
                )
            );
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void Any_product_of_lists_has_every_combination_with_the_last_argument_fastest() =>
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
}
