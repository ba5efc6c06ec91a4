using System.Globalization;
using System.Text.Json.Nodes;
using static TableOfRuns;

public class NumbersTests
{
    // What CPython 3 prints for f"{x:.1f}" and round(x).
    [Theory]
    [InlineData(6.25, 1, "6.2")]
    [InlineData(6.75, 1, "6.8")]
    [InlineData(6.35, 1, "6.3")] // The double is a little below 6.35.
    [InlineData(6.45, 1, "6.5")] // The double is a little above 6.45.
    [InlineData(6.04, 1, "6.0")]
    [InlineData(6.04, 0, "6")]
    [InlineData(6.5, 0, "6")]
    [InlineData(0.5, 0, "0")]
    [InlineData(0.125, 2, "0.12")]
    [InlineData(1e-300, 1, "0.0")]
    [InlineData(1e22, 0, "10000000000000000000000")]
    [InlineData(999999999999999.9, 0, "1000000000000000")]
    public void Ties_are_rounded_to_even_on_the_exact_value(double x, int decimals, string text) =>
        Assert.Equal(text, Numbers.Round(x, decimals));

    [Theory]
    [InlineData(0.4, 0, "0.4")]
    [InlineData(0.5, 0, "0.5")]
    [InlineData(0.0667, 0, "0.07")]
    [InlineData(0.0094, 1, "0.009")]
    [InlineData(0.05, 1, "0.1")]
    [InlineData(0.0, 1, "0.0")]
    [InlineData(1e-300, 1, "0.000000000000000")]
    [InlineData(null, 1, "")]
    public void A_number_above_zero_is_not_shown_as_zero(double? x, int decimals, string text) =>
        Assert.Equal(text, Numbers.Shown(x, decimals));
}

public class SpreadTests
{
    static readonly Spread one = new(450, 440, 480, 3);

    [Theory]
    [InlineData(75, 75.0)]
    [InlineData(75, 76.0, 74.0, 75.0)]
    [InlineData(74.5, 77.0, 74.0, 75.0, 74.0)]
    public void The_median_is_the_middle_or_the_mean_of_two(double median, params double[] all) =>
        Assert.Equal(
            new(median, all.Min(), all.Max(), all.Length),
            Spread.Of(all.Select(x => (double?)x))
        );

    [Fact]
    public void A_spread_is_that_of_the_numbers_there_are() =>
        Assert.Equal((new(2, 1, 3, 2), null), (Spread.Of([3, null, 1]), Spread.Of([null])));

    [Fact]
    public void A_rate_is_the_lowest_where_the_time_is_the_longest() =>
        Assert.Equal(new(4, 3.75, 1800.0 / 440, 3), Spread.Rate(1800, one));

    [Fact]
    public void Each_number_may_be_taken_over_another() =>
        Assert.Equal(new(9, 8.8, 9.6, 3), one.Over(50));

    [Theory]
    [InlineData(6.25, 6.25, "6.2")]
    [InlineData(5.9, 6.45, "6.2 (5.9 to 6.5)")]
    public void A_range_stands_beside_numbers_that_differ(double min, double max, string text) =>
        Assert.Equal(text, new Spread(6.25, min, max, 2).Text(1));
}

public class EstimateTests
{
    [Theory]
    [InlineData(5.8, 6.25, "6.0 (95 %: 5.8 to 6.2)")]
    [InlineData(6.04, 6.04, "6.0 (95 %: 6.0 to 6.0)")] // known, and narrow
    [InlineData(null, null, "6.0")]
    public void An_interval_stands_beside_the_number_where_there_is_one(
        double? low,
        double? high,
        string text
    ) => Assert.Equal(text, new Estimate(6.04, low, high).Text(1));
}

public class OptionsTests
{
    const string Help = "Does it.\n  --output DIR   where to\n  --boom NAME,...  which\n  --quiet";

    [Theory]
    [InlineData("a=1", "--boom", "a=1")]
    [InlineData("a=1", "--boom=a=1")]
    [InlineData("a=1", "--quiet", "--boom", "a=1")]
    [InlineData(null)]
    public void A_value_is_given_in_either_form_or_not(string? value, params string[] args) =>
        Assert.Equal(value, new Options(args, Help)["--boom"]);

    const string ThereIs = " is not an option; there is --output, --boom, --quiet";

    [Theory]
    [InlineData("--outptu" + ThereIs, "--outptu=x")]
    [InlineData("-boom" + ThereIs, "-boom")]
    [InlineData("--boom needs a value", "--boom=")]
    [InlineData("--boom needs a value", "--boom", "--output", "x")]
    [InlineData("--boom is given twice", "--boom", "a", "--boom=b")]
    public void A_bad_command_line_is_an_error_that_says_why(string error, params string[] args) =>
        Assert.Equal(error, Assert.Throws<UsageException>(() => new Options(args, Help)).Message);
}

/// <summary>The frame of the scripts. What is printed is redirected.</summary>
[Collection("alone")]
public class ScriptTests
{
    const string Help = "Does it.\n\n  --boom NAME  which";

    static Outcome Run(Action<Options> main, params string[] args)
    {
        var (oldOut, oldError, culture) = (Console.Out, Console.Error, CultureInfo.CurrentCulture);
        using StringWriter output = new() { NewLine = "\n" },
            error = new() { NewLine = "\n" };
        Console.SetOut(output);
        Console.SetError(error);
        CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
        try
        {
            return new(Script.Run(args, Help, main), $"{output}", $"{error}");
        }
        finally
        {
            Console.SetOut(oldOut);
            Console.SetError(oldError);
            CultureInfo.CurrentCulture = culture;
        }
    }

    [Fact]
    public void Work_that_is_done_is_exit_code_0_in_the_same_words_in_every_culture() =>
        Assert.Equal(new(0, "1.5\n", ""), Run(_ => Console.WriteLine($"{1.5}")));

    [Theory]
    [InlineData(typeof(InvalidDataException))]
    [InlineData(typeof(IOException))]
    [InlineData(typeof(UnauthorizedAccessException))]
    public void Bad_data_is_exit_code_1_and_one_line(Type type) =>
        Assert.Equal(
            new(1, "", "ERROR: a:1: x  [31my    z\n"),
            Run(_ =>
                throw (Exception)
                    Activator.CreateInstance(type, "a:1: x\n\u001b[31my\r\u2028\u202e\u0007z")!
            )
        );

    [Fact]
    public void A_bad_command_line_is_exit_code_2_and_one_line() =>
        Assert.Equal(
            new(2, "", "ERROR: --x is not an option; there is --boom; --help tells more\n"),
            Run(_ => Assert.Fail("it worked"), "--x")
        );

    [Theory]
    [InlineData("--help")]
    [InlineData("--boom", "--help")]
    public void Help_is_printed_wherever_it_is_asked_for(params string[] args) =>
        Assert.EndsWith($"\n\n{Help}\n", Run(_ => Assert.Fail("it worked"), args).Out);
}

/// <summary>Tests that redirect what is printed or change directory run while no others do.</summary>
[CollectionDefinition("alone", DisableParallelization = true)]
public class AloneCollection;

/// <summary>The help of all scripts.</summary>
public class HelpTests
{
    static readonly string[] names =
    [
        .. from file in Directory.GetFiles(Path.Combine(ScratchProject.Root, "scripts"), "*.csx")
        select Path.GetFileNameWithoutExtension(file),
    ];

    [Fact]
    public void The_help_of_every_script_shows_both_commands_and_needs_no_project()
    {
        Assert.Equal((0, ""), (ScratchProject.Help.ExitCode, ScratchProject.Help.Error));
        Assert.All(
            names,
            name =>
                Assert.Matches(
                    $@"(^|\n) *(usage: )?dotnet run pipeline.cs -- scripts/{name}.csx.*\n *dotnet script (-i )?scripts/{name}.csx\b",
                    ScratchProject.Help.Of(name)
                )
        );
    }
}

/// <summary>Whole files.</summary>
public sealed class WriteTests : InProject
{
    string PathOf(string file) => Project.PathOf(file);

    // What there is afterwards: no temporary files.
    void AssertFiles(params string[] files) =>
        Assert.Equal(
            files,
            Directory.GetFileSystemEntries(Project.Directory).Select(Path.GetFileName).Order()
        );

    // With what the frame of the scripts catches.
    void AssertFails(params string[] files)
    {
        var error = Record.Exception(() =>
            Script.Write([.. files.Select(file => (PathOf(file), "new"))])
        );
        Assert.True(error is IOException or UnauthorizedAccessException, $"{error}");
    }

    [Fact]
    public void Directories_are_made_and_the_bytes_are_utf_8_without_a_byte_order_mark()
    {
        Script.Write((PathOf("one"), "1"), (PathOf("a/b/two"), "2é\n"));

        Assert.Equal("2é\n"u8.ToArray(), File.ReadAllBytes(PathOf("a/b/two")));
        AssertFiles("a", "one");
    }

    [Theory]
    [InlineData("file/within")]
    [InlineData("locked/two")]
    public void Where_a_later_file_can_not_be_written_the_old_files_stay(string later)
    {
        Project.Write("file", "old");
        Project.Write("one", "old");
        Project.MakeUnwritable("locked");

        AssertFails("one", later);

        Assert.Equal("old", Project.Read("one"));
        AssertFiles("file", "locked", "one");
    }
}

public sealed class JsonTests : InProject
{
    [Fact]
    public void An_object_is_indented_json() =>
        Assert.Equal(
            "{\n  \"best_alerts_per_s\": \"<é\",\n  \"n\": 1.5\n}\n",
            Json.Text(new JsonObject { ["best_alerts_per_s"] = "<é", ["n"] = 1.5 })
        );

    [Fact]
    public void Texts_are_a_list_and_named_texts_an_object() =>
        Assert.Equal(
            """{"list":["3","a"],"object":{"n_workers":"7"}}""",
            new JsonObject
            {
                ["list"] = Json.List(["3", "a"]),
                ["object"] = Json.Object(new Dictionary<string, string> { ["n_workers"] = "7" }),
            }.ToJsonString()
        );

    [Theory]
    [InlineData("", 1)]
    [InlineData("{\n\"a\": 6,\n", 3)]
    [InlineData("{\"a\": NaN}", 1)]
    public void What_is_not_json_is_an_error_with_its_file_and_line(string text, int line)
    {
        Project.Write("a.json", text);
        var file = Project.PathOf("a.json");

        AssertError($"{file}:{line}: is not valid JSON", () => Json.Read(file));
    }

    [Theory]
    [InlineData("a.b", "1.5")]
    [InlineData("a.c.d", "x")]
    [InlineData("a.b.c", "")]
    [InlineData("x.y", "")]
    public void A_field_is_found_by_its_path_or_is_not_there(string path, string expected)
    {
        var node = JsonNode.Parse("""{"a": {"b": 1.5, "c": {"d": "x"}, "list": [1]}}""");

        Assert.Equal(expected, $"{Json.At(node, path)}");
    }
}
