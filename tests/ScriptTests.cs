/// <summary>The frame of the scripts: command line, messages, exit codes, whole files.</summary>
[Collection("console")]
public class ScriptTests
{
    const string Help = """
        Does it.

          --output DIR     where to
          --boom NAME,...  which
        """;

    static (int ExitCode, string Out, string Error) Run(
        Action<CommandLine> work,
        params string[] args
    )
    {
        var (oldOut, oldError) = (Console.Out, Console.Error);
        var (output, error) = (new StringWriter(), new StringWriter());
        Console.SetOut(output);
        Console.SetError(error);
        try
        {
            return (Script.Run(args, Help, work), Lines(output), Lines(error));
        }
        finally
        {
            Console.SetOut(oldOut);
            Console.SetError(oldError);
        }
    }

    static string Lines(StringWriter writer) => writer.ToString().ReplaceLineEndings("\n");

    [Fact]
    public void Work_that_is_done_is_exit_code_0() => Assert.Equal((0, "", ""), Run(_ => { }));

    [Fact]
    public void Bad_data_is_exit_code_1_and_one_line()
    {
        Exception[] exceptions =
        [
            new InvalidDataException("a:1: x"),
            new IOException("a:1: x"),
            new UnauthorizedAccessException("a:1: x"),
            new OverflowException("a:1: x"),
            new FormatException("a:1: x"),
            new ArgumentException("a:1: x"),
        ];
        foreach (var exception in exceptions)
            Assert.Equal((1, "", "ERROR: a:1: x\n"), Run(_ => throw exception));
    }

    [Fact]
    public void A_defect_of_the_script_is_not_hidden() =>
        Assert.Throws<NullReferenceException>(() => Run(_ => throw new NullReferenceException()));

    [Fact]
    public void A_message_is_one_line_without_what_a_terminal_obeys_and_of_a_bounded_length()
    {
        var (_, _, error) = Run(_ =>
        {
            Script.Warn("a\n\u001b[31mb\u009b2J\r\u2028\u202e\u0007c");
            throw new InvalidDataException(new string('x', 100_000));
        });

        var lines = error.Split('\n');
        Assert.Equal("WARNING: a  [31mb 2J    c", lines[0]);
        Assert.InRange(lines[1].Length, 500, 2000);
        Assert.Equal("", lines[2]);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("--boom", "--help")]
    [InlineData("--nonsense", "--help")]
    public void Help_is_printed_wherever_it_is_asked_for(params string[] args) =>
        Assert.Equal(
            (0, Help.ReplaceLineEndings("\n") + "\n", ""),
            Run(_ => Assert.Fail("it worked"), args)
        );

    [Theory]
    [InlineData("--outptu", "--outptu", "x")]
    [InlineData("--boom", "--boom")]
    [InlineData("--boom", "--boom", "--output", "x")]
    [InlineData("--boom", "--boom=")]
    [InlineData("--boom", "--boom", "a", "--boom", "b")]
    [InlineData("stray", "stray")]
    [InlineData("--output", "--boom=a")] // missing
    public void A_bad_command_line_is_exit_code_2_and_names_the_culprit(
        string culprit,
        params string[] args
    )
    {
        var (exitCode, _, error) = Run(
            line => _ = (line.Optional("--boom"), line.Required("--output")),
            args
        );

        Assert.Equal(2, exitCode);
        Assert.Contains(culprit, error);
        Assert.Contains("--help", error);
        Assert.Equal(1, error.Count(character => character == '\n'));
    }

    [Theory]
    [InlineData("--outptu", "--output")]
    [InlineData("-boom", "--boom")]
    [InlineData("--Boom=x", "--boom")]
    public void A_mistyped_option_names_the_right_one(string typed, string meant) =>
        Assert.Contains($" {meant}", Run(_ => { }, typed).Error);

    [Fact]
    public void Values_are_given_in_either_form()
    {
        var line = new CommandLine(["--boom", "a=1", "--output=b=2", "--boom=c"], Help);

        Assert.Equal(["a=1", "c"], line.All("--boom"));
        Assert.Equal("b=2", line.Required("--output"));
        Assert.Null(new CommandLine([], Help).Optional("--output"));
    }

    static string[] Table(params string[][] rows) =>
        Run(_ => Screen.PrintTable(rows)).Out.Split('\n')[..^1];

    [Fact]
    public void A_table_has_its_first_column_on_the_left_and_leaves_blank_ones_out() =>
        Assert.Equal(
            ["run      s", "a        1", "longer  22"],
            Table(["run", "note", "s"], ["a", "", "1"], ["longer", "", "22"])
        );

    [Fact]
    public void A_table_is_never_wider_than_the_screen_and_shows_how_names_end()
    {
        string Wide(int n) => $"{n}{new string('x', 200)}{n}";

        var lines = Table(["run", "s"], [Wide(1), "1"], [Wide(2), "2"]);

        Assert.All(lines, line => Assert.InRange(line.Length, 1, 100));
        Assert.Matches("^…x+1 +1$", lines[1]);
        Assert.All(
            Table(["run", "s", "t"], [Wide(1), Wide(2), Wide(3)]),
            line => Assert.InRange(line.Length, 1, 100)
        );
    }

    [Fact]
    public void A_table_has_nothing_that_a_terminal_obeys() =>
        Assert.Equal(["run      s", "a [2J b  1"], Table(["run", "s"], ["a\u001b[2J\nb", "1"]));

    [Fact]
    public void A_table_without_rows_is_its_heading() =>
        Assert.Equal(
            ["run  s"],
            Table([
                ["run", "s"],
            ])
        );

    [Fact]
    public void What_is_printed_fits_the_screen_and_has_nothing_that_a_terminal_obeys()
    {
        string Printed(string text) => Run(_ => Screen.Print(text)).Out;
        var words = string.Concat(Enumerable.Repeat("word ", 50));

        Assert.Equal("a [2Jb\n", Printed("a\u001b[2Jb"));
        Assert.All(Printed(words).Split('\n'), line => Assert.InRange(line.Length, 0, 100));
        Assert.Equal(words.Trim(), Printed(words).Trim().Replace("\n  ", " "));
        Assert.Equal(
            $"{new string('x', 98)}\n  {new string('x', 98)}\n  xxxxend\n",
            Printed(new string('x', 200) + "end")
        );
    }

    [Fact]
    public void A_stage_whose_name_only_begins_like_a_benchmarks_is_not_read_with_a_warning()
    {
        using var project = new ScratchProject();
        project.Write(
            "calkit.yaml",
            """
            pipeline:
              stages:
                benchmark-boom: {outputs: [logs/a]}
                benchmark-boom2026: {outputs: [logs/b]}
                benchmark-kowalski: {outputs: [logs/c]}
            """
        );
        var file = project.PathOf("calkit.yaml");

        var error = Run(_ => Sweep.Runs(CalkitYaml.Read(file), "benchmark-boom")).Error;

        Assert.Equal(
            $"WARNING: {file}:4: stage benchmark-boom2026: is not read; expected a name such as benchmark-boom-…\n",
            error
        );
    }

    [Fact]
    public void Json_is_indented_with_names_in_snake_case() =>
        Assert.Equal(
            "{\n  \"median\": 1.5,\n  \"min\": 1,\n  \"max\": 2,\n  \"n\": 2\n}\n",
            Script.Json(new Spread(1.5, 1, 2, 2))
        );
}

/// <summary>Tests that redirect what is printed run one after the other.</summary>
[CollectionDefinition("console", DisableParallelization = true)]
public class ConsoleCollection;
