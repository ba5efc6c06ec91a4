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
                    "[{arg_name: n, values: [1, 2]}, {arg_name: m, values: [a, b]}, {arg_name: z, values: [x]}]",
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
    public void A_value_is_filled_in_as_it_stands(string value) =>
        Assert.Equal([$"logs/{value.Trim('\'')}"], Directories(Values(value)));

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
        Assert.Null(Yaml(text).Parameter("rate"));

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

    [Theory]
    [InlineData("a: 1\na: 2\n", 2)]
    [InlineData("a: 1\nb: [1, 2\nc: 3\n", 3)]
    [InlineData("a: 1\nb: *nowhere\nc: 1\n", 2)]
    [InlineData("a: \"never closed\n\n", 1)]
    public void What_is_not_yaml_is_an_error_with_its_line(string text, int line) =>
        Assert.Matches($"^({line - 1}|{line}|{line + 1}): is not valid YAML: ", Error(text));

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
