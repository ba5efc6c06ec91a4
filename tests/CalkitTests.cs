using System.Text;

/// <summary>shared/calkit.csx: Calkit's grammar of sweeps, and what is wrong with a calkit.yaml.</summary>
public sealed class CalkitTests : IDisposable
{
    readonly string file = Path.GetTempFileName();

    public void Dispose() => File.Delete(file);

    CalkitYaml Yaml(string text)
    {
        File.WriteAllBytes(file, Encoding.UTF8.GetBytes(text));
        return CalkitYaml.Read(file);
    }

    string[] Directories(string text) =>
        [.. Yaml(text).Sweep("benchmark-boom").Select(run => run.Directory)];

    // What is wrong with the file, behind its name: "4: expected …".
    string Error(Action read)
    {
        var error = Assert.Throws<InvalidDataException>(read);
        Assert.StartsWith($"{file}:", error.Message);
        Assert.DoesNotContain('\n', error.Message);
        return error.Message[(file.Length + 1)..];
    }

    string Error(string text) => Error(() => Directories(text));

    // The entries of iterate_over stand in line 4, the outputs in line 5.
    static string Stage(string entries, string outputs = "['logs/{n}']", string more = "") =>
        $"pipeline:\n  stages:\n    benchmark-boom:\n      iterate_over: {entries}\n"
        + $"      outputs: {outputs}\n{more}";

    static string Values(string values, string more = "") =>
        Stage($"[{{arg_name: n, values: [{values}]}}]", more: more);

    [Fact]
    public void Entries_are_multiplied_and_the_last_is_the_fastest() =>
        Assert.Equal(
            ["logs/1-a-x", "logs/1-b-x", "logs/2-a-x", "logs/2-b-x"],
            Directories(
                Stage(
                    "[{arg_name: n, values: [1, 2]}, {arg_name: m, values: [a, b]}, "
                        + "{arg_name: z, values: [x]}]",
                    "['logs/{n}-{m}-{z}']"
                )
            )
        );

    [Fact]
    public void A_table_changes_its_arguments_together() =>
        Assert.Equal(
            ["logs/1-2-x", "logs/1-2-y", "logs/3-4-x", "logs/3-4-y"],
            Directories(
                Stage(
                    "[{arg_name: [n, m], values: [[1, 2], [3, 4]]}, {arg_name: z, values: [x, y]}]",
                    "['logs/{n}-{m}-{z}']"
                )
            )
        );

    [Fact]
    public void A_run_has_its_arguments_in_the_files_order()
    {
        var run = Yaml(Stage("[{arg_name: [z, n], values: [[x, 1]]}]")).Sweep("benchmark-boom")[0];

        Assert.Equal([new("z", "x"), new("n", "1")], run.Arguments);
        Assert.Equal(("logs/1", "benchmark-boom"), (run.Directory, run.Stage));
    }

    [Theory]
    [InlineData("{start: 1, stop: 4}", "1 2 3")]
    [InlineData("{start: 1, stop: 8, step: 3}", "1 4 7")]
    [InlineData("{start: 1, stop: 7, step: 3}", "1 4")]
    [InlineData("{start: -2, stop: 2, step: 2}", "-2 0")]
    [InlineData("{start: 2147483646, stop: 2147483647, step: 2147483647}", "2147483646")]
    [InlineData("{start: 1, stop: 4, <<: {step: 2}}", "1 3")]
    public void A_range_excludes_its_stop(string range, string expected) =>
        Assert.Equal(
            expected.Split(' ').Select(value => $"logs/{value}"),
            Directories(Values($"{{range: {range}}}"))
        );

    [Fact]
    public void Values_ranges_and_parameters_stand_in_one_list() =>
        Assert.Equal(
            ["logs/a", "logs/1", "logs/2", "logs/5", "logs/8", "logs/9"],
            Directories(
                Values(
                    "a, {range: {start: 1, stop: 3}}, {parameter: counts}",
                    "parameters: {counts: [5, {range: {start: 8, stop: 10}}]}\n"
                )
            )
        );

    [Theory]
    [InlineData("1.50")]
    [InlineData("-3")]
    [InlineData("'007'")]
    [InlineData("Año-№5")]
    [InlineData("'#5'")]
    [InlineData("'{5'")]
    [InlineData("'a}b'")]
    public void A_value_is_filled_in_as_it_stands(string value) =>
        Assert.Equal([$"logs/{value.Trim('\'')}"], Directories(Values(value)));

    [Fact]
    public void A_value_that_looks_like_another_argument_is_no_place_for_it() =>
        Assert.Equal(
            ["logs/{m}-1"],
            Directories(Stage("[{arg_name: [n, m], values: [['{m}', 1]]}]", "['logs/{n}-{m}']"))
        );

    const string TwoStages = """
        pipeline:
          stages:
            benchmark-boom-more:
              iterate_over: [{arg_name: [n, m], values: [[2, 9], [5, 1]]}]
              outputs: ["logs/{n}-{m}"]
            benchmark-boomerang: {outputs: [elsewhere]}
            benchmark-boom:
              iterate_over: [{arg_name: m, values: [9]}, {arg_name: n, values: [1, 2]}]
              outputs: ["logs/{n}-{m}"]
        """;

    [Fact]
    public void Stages_follow_in_the_files_order_and_a_shared_run_comes_once()
    {
        var runs = Yaml(TwoStages).Sweep("benchmark-boom");

        Assert.Equal(["logs/2-9", "logs/5-1", "logs/1-9"], runs.Select(run => run.Directory));
        Assert.Equal(
            ["benchmark-boom-more", "benchmark-boom-more", "benchmark-boom"],
            runs.Select(run => run.Stage)
        );
    }

    [Fact]
    public void A_stage_that_does_not_iterate_is_one_run_without_arguments() =>
        Assert.Empty(Assert.Single(Yaml(TwoStages).Sweep("benchmark-boomerang")).Arguments);

    [Theory]
    [InlineData("server/{n}-{m}", "server/2-9", "logs/2-9")] // the same arguments elsewhere
    [InlineData("logs/5-1", "logs/5-1", "logs/5-1")] // the same directory with other arguments
    public void Two_runs_that_cannot_be_told_apart_are_an_error_with_the_way_out(
        string output,
        string run,
        string other
    )
    {
        var text = TwoStages.Replace("values: [1, 2]", "values: [2]");
        text = text[..text.LastIndexOf("logs/")] + output + "\"]\n";

        Assert.Equal(
            $"8: stage benchmark-boom: {run} has the directory or the same arguments as {other} of stage "
                + "benchmark-boom-more; give one an argument of its own, such as machine",
            Error(text)
        );
    }

    [Fact]
    public void A_directory_may_be_named_as_the_arguments_of_another_run() =>
        Assert.Equal(
            ["m=1", "n=1"],
            Directories(
                """
                pipeline:
                  stages:
                    benchmark-boom: {iterate_over: [{arg_name: n, values: [1]}], outputs: ["m={n}"]}
                    benchmark-boom-2: {iterate_over: [{arg_name: m, values: [1]}], outputs: ["n={m}"]}
                """
            )
        );

    [Fact]
    public void Without_a_stage_of_the_name_the_error_tells_which_is_missing() =>
        Assert.Equal(
            " no stage is named bench or bench-…",
            Error(() => Yaml(TwoStages).Sweep("bench"))
        );

    [Theory]
    [InlineData("*boom")]
    [InlineData("[*boom]")]
    [InlineData("[{wdir: .}, *boom, {outputs: [other]}]")] // the first that has a key counts
    public void What_a_merge_key_brings_counts_where_the_stage_has_nothing_of_its_own(string merge)
    {
        var text = $$"""
            pipeline:
              stages:
                benchmark: &boom
                  iterate_over: [{arg_name: n, values: [1, 2]}]
                  outputs: ["logs/{n}"]
                benchmark-boom:
                  <<: {{merge}}
                  iterate_over: [{arg_name: n, values: [3]}]
            """;

        Assert.Equal(["logs/3"], Directories(text));
    }

    [Theory]
    [InlineData("*m{0}")] // far: more than a stack holds
    [InlineData("[*m{0}, *m{0}]")] // often: 2 to the power of 20,000 times
    public void However_far_and_often_a_mapping_is_merged_in_what_it_brings_counts(string merge)
    {
        var merged = Enumerable
            .Range(0, 20_000)
            .Select(i => $"m{i + 1}: &m{i + 1} {{<<: {string.Format(merge, i)}}}\n");
        var text =
            "m0: &m0 {iterate_over: [{arg_name: n, values: [7]}], outputs: 'logs/{n}'}\n"
            + string.Concat(merged)
            + "pipeline: {stages: {benchmark-boom: *m20000}}\n";

        Assert.Equal(["logs/7"], Directories(text));
    }

    [Theory]
    [InlineData("&b\n      <<: *b", 4)]
    [InlineData("&b\n      <<: [{}, *b]", 4)]
    [InlineData("&b\n      <<: {outputs: [a], <<: *b}", 4)] // around a corner
    [InlineData("&b\n      outputs: [*b]", 4)]
    [InlineData("&a {}\n    x: &b\n      y: *a\n      ? *b\n      : z", 6)] // a key of its own
    public void What_holds_itself_is_an_error(string stage, int line) =>
        Assert.Equal(
            $"{line}: is not valid YAML: *b stands in &b itself",
            Error($"pipeline:\n  stages:\n    benchmark-boom: {stage}\n")
        );

    // Two mappings that hold each other would need it.
    [Fact]
    public void An_alias_of_something_below_it_is_an_error() =>
        Assert.Equal(
            "1: is not valid YAML: expected &b above",
            Error("a: &a {<<: *b}\nb: &b {<<: *a}\n")
        );

    [Fact]
    public void An_alias_stands_for_what_it_names() =>
        Assert.Equal(["logs/7"], Directories("n: &n [{arg_name: n, values: [7]}]\n" + Stage("*n")));

    [Theory]
    [InlineData("['logs/{n}']")]
    [InlineData("'logs/{n}'")]
    [InlineData("['./logs//{n}/']")]
    [InlineData("[{path: 'logs/{n}', storage: git}]")]
    [InlineData("[results.csv, {path: 'logs/{n}', storage: null}, 'more/{n}']")]
    public void The_directory_is_the_first_output_that_holds_what_varies(string outputs) =>
        Assert.Equal(
            ["logs/1", "logs/2"],
            Directories(
                Stage("[{arg_name: n, values: [1, 2]}, {arg_name: m, values: [3]}]", outputs)
            )
        );

    [Fact]
    public void Outputs_are_relative_to_wdir() =>
        Assert.Equal(
            ["bench/logs/1"],
            Directories(Values("1", "      wdir: ./bench\n      inputs: null\n"))
        );

    [Theory]
    [InlineData("[{arg_name: n, values: []}]")]
    [InlineData("[{arg_name: n, values: [{range: {start: 4, stop: 4}}]}]")]
    [InlineData("[{values: [1]}]")]
    [InlineData("[{arg_name: {a: b}, values: [1]}]")]
    [InlineData("[{arg_name: n, values: [[1, 2]]}]")]
    [InlineData("[{arg_name: [n, m], values: [[1, 2], [3]]}]")]
    [InlineData("[{arg_name: [n, m], values: [1]}]")]
    [InlineData("[{arg_name: [n, n], values: [[1, 1]]}]")]
    [InlineData("[{arg_name: n, values: [1]}, {arg_name: n, values: [2]}]")]
    [InlineData("[{arg_name: n, values: [{parameter: nowhere}]}]")]
    [InlineData("[{arg_name: n, values: [{parameter: one}]}]")]
    [InlineData("[{arg_name: n, values: [{parameter: itself}]}]")]
    [InlineData("[{arg_name: n, values: [{range: {start: 0.5, stop: 3}}]}]")]
    [InlineData("[{arg_name: n, values: [{range: {start: 1, stop: ３}}]}]")]
    [InlineData("[{arg_name: n, values: [{range: {start: ١, stop: 3}}]}]")]
    [InlineData("[{arg_name: n, values: [{range: {stop: 3}}]}]")]
    [InlineData("[{arg_name: n, values: [{range: {start: 1, stop: 3, step: 0}}]}]")]
    [InlineData("[{arg_name: n, values: [{range: {start: 0, stop: 99999999999}}]}]")]
    [InlineData("[{arg_name: n, values: [{range: {start: 0, stop: 2147483647}}]}]")]
    [InlineData(
        "[{arg_name: n, values: [&r {range: {start: 0, stop: 9999}}]}, {arg_name: m, values: [*r]}]"
    )]
    public void What_is_no_sweep_is_an_error_with_its_line(string entries) =>
        Assert.Matches(
            "^(4|6): ",
            Error(Stage(entries, more: "parameters: {one: 1, itself: [{parameter: itself}]}\n"))
        );

    [Theory]
    [InlineData("run")]
    [InlineData("[n, run]")]
    public void An_argument_that_is_named_as_the_column_of_directories_is_an_error(string name) =>
        Assert.Equal(
            "4: run is the column of a run's directory, expected another arg_name",
            Error(Stage($"[{{arg_name: {name}, values: [[1, 2]]}}]"))
        );

    [Fact]
    public void An_argument_that_is_there_twice_is_named() =>
        Assert.Equal(
            "4: the argument n is there twice",
            Error(Stage("[{arg_name: n, values: [1]}, {arg_name: [m, n], values: [[1, 2]]}]"))
        );

    [Theory]
    [InlineData("[]", 4)]
    [InlineData("null", 4)]
    [InlineData("['logs/{m}']", 4)]
    [InlineData("[[x]]", 5)]
    public void A_stage_without_an_output_of_its_runs_is_an_error(string outputs, int line) =>
        Assert.StartsWith($"{line}: ", Error(Stage("[{arg_name: n, values: [1, 2]}]", outputs)));

    [Theory]
    [InlineData("30", 30.0)]
    [InlineData("0.5", 0.5)]
    [InlineData("1e3", 1000.0)]
    public void A_parameter_is_a_number_above_0(string value, double expected) =>
        Assert.Equal(expected, Yaml($"parameters: {{rate: {value}}}").Parameter("rate"));

    [Theory]
    [InlineData("a: 1")]
    [InlineData("parameters: null")]
    public void A_parameter_that_is_not_there_is_null(string text) =>
        Assert.Null(Yaml(text).OptionalParameter("rate"));

    [Theory]
    [InlineData("0")]
    [InlineData("-3")]
    [InlineData("30,5")]
    [InlineData("29,142")]
    [InlineData("1e300")]
    [InlineData(".inf")]
    [InlineData("[1]")]
    public void What_is_no_number_above_0_is_an_error_with_its_line(string value) =>
        Assert.StartsWith(
            "2: the parameter rate is ",
            Error(() => Yaml($"parameters:\n  rate: {value}\n").Parameter("rate"))
        );

    static string Times(int count, string text) => string.Concat(Enumerable.Repeat(text, count));

    public static TheoryData<string> WhatIsDeep =>
        [
            Times(100_000, "["),
            Times(100_000, "{"),
            Times(50_000, "{a: "),
            Times(20_000, "? "),
            Times(20_000, "- "),
            string.Concat(Enumerable.Range(0, 600).Select(i => new string(' ', i) + "a:\n")),
        ];

    [Theory]
    [MemberData(nameof(WhatIsDeep))]
    public void What_is_nested_too_deep_is_an_error(string text) =>
        Assert.Matches(@"^\d+: is not valid YAML: ", Error(text));

    const string NotClosed = "the bracket that opens here is not closed: expected \",\" or its end";

    // Behind the bracket YAML reads on, as far as it can.
    [Theory]
    [InlineData("a: 1\nb: [1, 2\nc: 3\n")]
    [InlineData("a: 1\nb: [1, 2")]
    [InlineData("a: 1\nb: {c: 1\nd: [2, 3]\n")]
    [InlineData("a: 1\nb: [{c: [1, 2], d: [3}, 4]\n")]
    [InlineData("a:\n  - values: [1,\n      2\n  - values: [3]\n")]
    public void A_bracket_that_is_not_closed_is_an_error_with_the_line_of_the_bracket(
        string text
    ) => Assert.Equal($"2: is not valid YAML: {NotClosed}", Error(text));

    [Theory]
    [InlineData("a: 1\nb 2\n", "expected NAME: VALUE, indented as its neighbours")]
    [InlineData("  a: 1\n b: 2\n", "expected NAME: VALUE, indented as its neighbours")]
    [InlineData("- 1\nb: 2\n", "expected another \"- \", indented as those above it")]
    [InlineData("a: 1\nb: c: 2\n", "expected one NAME: VALUE; quote a text that holds \": \"")]
    [InlineData("a: 1\nb: @c\n", "expected quotes around a text that begins like this")]
    [InlineData("a: 1\nb: \"c\nd: 1\n", "the quote that opens here is not closed")]
    [InlineData("a: 1\nb: 'c\n", "the quote that opens here is not closed")]
    [InlineData("a:\n  b: 1\n\tc: 1\n", "expected blanks in the place of a tab")]
    [InlineData("a: 1\nb: *nowhere\nc: 1\n", "expected &nowhere above")]
    [InlineData("a: 1\na: 2\n", "Duplicate key a")]
    public void What_is_not_yaml_is_an_error_with_its_line_and_what_was_expected(
        string text,
        string problem
    ) => Assert.Equal($"2: is not valid YAML: {problem}", Error(text));

    [Theory]
    [InlineData("a:\n  b: 1\n {c: [d]\ne:\n")]
    [InlineData("a: 1\nb: &b [1]\nc: [2]*b")]
    public void What_yamldotnet_has_no_words_for_is_an_error_with_a_hint(string text) =>
        Assert.Matches("^[34]: is not valid YAML: expected something else; is there ", Error(text));

    [Theory]
    [InlineData("", "1: expected one mapping, with the pipeline")]
    [InlineData("a: 1\n---\nb: 2\n", "1: expected one mapping, with the pipeline")]
    [InlineData("pipeline: 3", " there are no stages under pipeline")]
    [InlineData("stages: {benchmark-boom: {}}", " there are no stages under pipeline")]
    public void What_is_no_pipeline_is_an_error_that_says_so(string text, string error) =>
        Assert.Equal(error, Error(text));

    [Fact]
    public void A_missing_file_is_an_error_that_says_where_to_run() =>
        Assert.Equal(
            "nowhere/calkit.yaml does not exist; run this in its directory",
            Assert
                .Throws<InvalidDataException>(() => CalkitYaml.Read("nowhere/calkit.yaml"))
                .Message
        );
}
