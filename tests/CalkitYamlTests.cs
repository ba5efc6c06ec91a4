using System.Text;

public sealed class CalkitYamlTests : IDisposable
{
    readonly string file = Path.GetTempFileName();

    public void Dispose() => File.Delete(file);

    string Error(string text) => Error(Encoding.UTF8.GetBytes(text));

    // The error without the file's name, "1: …". It must be one line.
    string Error(byte[] text)
    {
        File.WriteAllBytes(file, text);
        var error = Assert.Throws<InvalidDataException>(() =>
        {
            var yaml = CalkitYaml.Read(file);
            Sweep.Runs(yaml, "benchmark");
        });
        Assert.StartsWith(file + ":", error.Message);
        Assert.Equal(Screen.OneLine(error.Message), error.Message);
        Assert.True(error.Message.Length < 1000, "a long message");
        return error.Message[(file.Length + 1)..];
    }

    static string Times(int count, string text) => string.Concat(Enumerable.Repeat(text, count));

    public static TheoryData<string> Bombs =>
        [
            Times(100_000, "["),
            Times(100_000, "{"),
            Times(100_000, "[a, "),
            Times(50_000, "{a: "),
            Times(20_000, "? "),
            Times(20_000, "- "),
            Times(20_000, "&a "),
            Times(20_000, "!a "),
            Times(20_000, "%TAG ! tag:x,2000:\n"),
            Times(100_000, "---\n"),
            Times(100_000, "\t"),
            Times(100_000, "a"),
            Times(100_000, "*"),
            Times(100_000, "!"),
            "a: \"" + Times(100_000, "\\"),
            "a: |" + Times(100_000, "\n"),
            Times(100_000, ": "),
            Times(60_000, "- 1\n"),
            string.Concat(
                Enumerable.Range(0, 600).Select(depth => new string(' ', depth) + "a:\n")
            ),
            string.Concat(Enumerable.Range(0, 600).Select(depth => new string(' ', depth) + "-\n")),
        ];

    [Theory]
    [MemberData(nameof(Bombs))]
    public void What_is_deep_or_long_is_an_error(string text) => Error(text);

    static string Laughs(string last) =>
        "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        + string.Concat(
            Enumerable
                .Range(1, 30)
                .Select(i => $"a{i}: &a{i} [{Times(9, $"*a{i - 1}, ")}*a{i - 1}]\n")
        )
        + last;

    [Theory]
    [InlineData("")]
    [InlineData("pipeline: {stages: {benchmark: {command: *a30, outputs: [x]}}}")]
    [InlineData("pipeline: {stages: {benchmark: {kind: *a30, outputs: [x]}}}")]
    [InlineData("pipeline: {stages: {benchmark: {frozen: *a30, outputs: [x]}}}")]
    [InlineData("pipeline: {stages: *a30}")]
    [InlineData("? *a30\n: x")]
    public void A_billion_laughs_are_an_error(string last) =>
        Assert.Contains("more than 200000 values", Error(Laughs(last)));

    [Theory]
    [InlineData("a: 1\nb: &x [*x]", 2)]
    [InlineData("a: 1\nb: &x {y: [*x]}", 2)]
    [InlineData("a: 1\nb: &x\n  ? *x\n  : 1", 3)]
    public void An_alias_within_itself_is_an_error_with_its_line(string text, int line) =>
        Assert.StartsWith($"{line}: is not valid YAML: ", Error(text));

    [Fact]
    public void An_alias_without_its_anchor_is_named()
    {
        var error = Error("a: 1\nb: *nowhere\nc: 1");

        Assert.StartsWith("2: is not valid YAML: ", error);
        Assert.Contains("nowhere", error);
    }

    [Theory]
    [InlineData("a: 1\na: 2\n", 2)]
    [InlineData("a: 1\nb:\n\t- 1\n", 3)]
    [InlineData("a: 1\nb: [1, 2\nc: 3\n", 3)]
    [InlineData("a: 1\nb: \"\\UFFFFFFFF\"\n", 2)]
    [InlineData("a: 1\nb: !<not a uri> x\n", 2)]
    [InlineData("a: 1\n- : x\n", 2)]
    [InlineData("- : x", 1)]
    [InlineData("a: *b\nb: &b x\n", 1)]
    [InlineData("a: &b x\nc: &b [*b]\n", 2)]
    [InlineData("%YAML 9.9\n---\na: 1\n", 1)]
    [InlineData("a: \"never closed\n\n", 1)]
    [InlineData("a: 'b' c\n", 1)]
    [InlineData("a: @b\n", 1)]
    [InlineData("a: !b!c d\n", 1)]
    public void What_is_not_yaml_is_an_error_with_its_line(string text, int line) =>
        Assert.Matches($"^({line - 1}|{line}|{line + 1}): is not valid YAML: ", Error(text));

    [Theory]
    [InlineData("", 1)]
    [InlineData("\ufeff", 1)]
    [InlineData("# only a comment\n", 1)]
    [InlineData("just a text", 1)]
    [InlineData("- a list", 1)]
    [InlineData("a: 1\n---\nb: 2\n", 1)]
    public void What_is_not_one_mapping_is_an_error(string text, int line) =>
        Assert.StartsWith($"{line}: expected one mapping", Error(text));

    [Theory]
    [InlineData("pipeline: 3")]
    [InlineData("pipeline: {stages: [1]}")]
    [InlineData("stages: {benchmark: {}}")]
    public void A_file_without_stages_is_an_error(string text) =>
        Assert.Contains("no stages under pipeline", Error(text));

    [Fact]
    public void A_stage_that_is_no_name_is_an_error_with_its_line() =>
        Assert.StartsWith("3: ", Error("pipeline:\n  stages:\n    ? [a]\n    : {}"));

    [Theory]
    [InlineData("\"logs/\\0x\"")]
    [InlineData("\"logs/\\e[31mred\"")]
    [InlineData("\"logs/a\\nb\"")]
    [InlineData("\"logs/a\\u2028b\"")]
    [InlineData("\"logs/a\\u202eb\"")]
    public void A_control_character_is_an_error_with_its_line(string output) =>
        Assert.StartsWith(
            "4: a value has a control character",
            Error($"pipeline:\n  stages:\n    benchmark:\n      outputs: [{output}]\n")
        );

    [Fact]
    public void Bytes_that_are_not_utf8_do_not_matter_where_nobody_looks()
    {
        byte[] text =
        [
            .. "# \u00e9"u8,
            0xff,
            .. "\npipeline: {stages: {benchmark: {outputs: [x]}}}\n"u8,
        ];
        File.WriteAllBytes(file, text);

        Assert.Single(Sweep.Runs(CalkitYaml.Read(file), "benchmark"));
    }

    [Fact]
    public void A_byte_order_mark_and_cr_lf_do_not_matter()
    {
        File.WriteAllText(
            file,
            "\ufeffpipeline:\r\n  stages:\r\n    benchmark:\r\n      outputs: [x]\r\n"
        );

        Assert.Equal("x", Sweep.Runs(CalkitYaml.Read(file), "benchmark")[0].Directory);
    }

    [Fact]
    public void An_alias_stands_for_what_it_names()
    {
        File.WriteAllText(
            file,
            """
            numbers: &numbers [1, 2]
            pipeline:
              stages:
                benchmark:
                  iterate_over: [{arg_name: n, values: *numbers}, {arg_name: m, values: *numbers}]
                  outputs: ["x/{n}/{m}"]
            """
        );

        Assert.Equal(4, Sweep.Runs(CalkitYaml.Read(file), "benchmark").Count);
    }

    [Fact]
    public void Mutants_of_the_projects_file_are_read_or_are_an_error_of_one_line()
    {
        var project = File.ReadAllText(Path.Combine(ScratchProject.Root, "calkit.yaml"));
        Mutants.Read(
            // What does not concern the sweeps need not be hit.
            project[..project.IndexOf("    collect-kowalski:")],
            (
                "- ¦? ¦: ¦[¦]¦{¦}¦&a ¦*a¦!¦!!int ¦!<x> ¦|\n¦>\n¦\t¦\n¦\r¦  ¦'¦\"¦\\¦"
                + "\"\\UFFFFFFFF\"¦\"\\e\"¦%TAG ! x\n¦---\n¦...\n¦<<: *a¦~¦null¦true¦1e3¦"
                + "0x10¦1.50¦2025-08-05¦{range: {start: 1, stop: 10000}}¦"
                + "{range: {start: 0, stop: 2147483647}}¦{parameter: n_alerts}¦"
                + "n_alert_workers¦{n_workers}¦iterate_over:\n¦../¦arg_name: [a, b]\n¦"
                + "values: [[1, 2]]\n¦=¦#¦\ud800¦\0¦\u0085"
            ).Split('¦'),
            file,
            () =>
            {
                var yaml = CalkitYaml.Read(file);
                foreach (var system in new[] { "boom", "kowalski" })
                foreach (var run in Sweep.Runs(yaml, $"benchmark-{system}").Take(10))
                    Sweep.NAlerts(yaml, run);
            },
            file,
            "calkit.yaml"
        );
    }
}
