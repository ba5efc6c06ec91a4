/// <summary>What pipeline.cs compiles once for all scripts changes nothing but the time.</summary>
public sealed class PipelineSharedTests : IDisposable
{
    readonly ScratchProject project = new();

    public PipelineSharedTests()
    {
        project.Write("shared/one.csx", "public static class One { public const int Is = 1; }");
        project.Write(
            "shared/two.csx",
            "public static class Two { public static int Is => One.Is + 1; }"
        );
        project.Write("calkit.yaml", "pipeline: {stages: {x: {command: dotnet script x.csx}}}");
    }

    public void Dispose() => project.Dispose();

    Outcome Run(string script)
    {
        project.Write("x.csx", script);
        return project.Run("x.csx");
    }

    void Fails(string script, string message)
    {
        var outcome = Run(script);

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains(message, outcome.Error);
        Assert.EndsWith("ERROR: x.csx does not compile\n", outcome.Error);
    }

    const string LoadsBoth = "#load \"shared/one.csx\"\n#load \"shared/two.csx\"\n";

    [Fact]
    public void A_script_uses_what_it_loads() =>
        Assert.Equal("2", Run(LoadsBoth + "Write(Two.Is);").Out);

    [Fact]
    public void A_script_does_not_see_what_it_does_not_load() =>
        Fails("#load \"shared/one.csx\"\nWrite(Two.Is);", "ERROR: x.csx:2: The name 'Two'");

    [Fact]
    public void A_loaded_file_does_not_see_what_the_script_does_not_load() =>
        Fails(
            "#load \"shared/two.csx\"\nWrite(Two.Is);",
            "ERROR: shared/two.csx:1: The name 'One'"
        );

    [Fact]
    public void A_loaded_file_does_not_see_a_package_that_the_script_does_not_ask_for()
    {
        project.Write(
            "shared/table.csx",
            "using CsvHelper;\npublic static class Table { public static string Is => nameof(CsvReader); }"
        );

        Fails("#load \"shared/table.csx\"\nWrite(Table.Is);", "ERROR: shared/table.csx:1: ");
        Assert.Equal(
            "CsvReader",
            Run("#r \"nuget: CsvHelper, 33.0.1\"\n#load \"shared/table.csx\"\nWrite(Table.Is);").Out
        );
    }

    [Theory]
    [InlineData("public static class E { public static int Twice(this int n) => 2 * n; }")]
    [InlineData("public static class E { extension(int n) { public int Twice() => 2 * n; } }")]
    public void A_script_does_not_see_an_extension_that_it_does_not_load(string extension)
    {
        project.Write("shared/extension.csx", extension);

        Fails("#load \"shared/one.csx\"\nWrite(One.Is.Twice());", "ERROR: x.csx:2: 'int'");
    }

    [Fact]
    public void Of_a_type_that_stands_in_the_script_too_the_loaded_one_counts() =>
        Assert.Equal("1", Run("#load \"shared/one.csx\"\nWrite(One.Is);\nclass One { }").Out);

    [Theory]
    [InlineData("class Guid { public override string ToString() => \"mine\"; }")]
    [InlineData("static string Join(string a, string b) => \"mine\";")]
    [InlineData("const string Empty = \"mine\";")]
    public void A_loaded_file_sees_what_stands_in_the_script(string mine)
    {
        project.Write(
            "shared/seen.csx",
            "using static System.String;\npublic static class Seen { public static string Is => new Guid() + Join(\"a\", \"b\") + Empty; }"
        );

        Assert.Contains("mine", Run($"#load \"shared/seen.csx\"\nWrite(Seen.Is);\n{mine}").Out);
    }

    [Fact]
    public void A_variable_that_hides_what_a_loaded_file_needs_is_an_error()
    {
        project.Write(
            "shared/joined.csx",
            "public static class Joined { public static string Is => Path.Combine(\"a\", \"b\"); }"
        );

        Fails(
            "#load \"shared/joined.csx\"\nvar Path = 3;\nWrite(Joined.Is);",
            "ERROR: shared/joined.csx:1: An object reference is required"
        );
    }

    [Fact]
    public void An_alias_like_a_loaded_type_is_an_error() =>
        Fails(
            "#load \"shared/one.csx\"\nusing One = System.Text.StringBuilder;\nWrite(new One());",
            "ERROR: x.csx:3: Alias 'One' conflicts with type definition"
        );

    [Fact]
    public void A_loaded_type_counts_before_the_arguments_of_the_script()
    {
        project.Write(
            "shared/args.csx",
            "public static class Args { public const int Count = 7; }"
        );

        Assert.Equal("7", Run("#load \"shared/args.csx\"\nWrite(Args.Count);").Out);
    }

    [Fact]
    public void A_loaded_file_does_not_see_an_attribute_that_the_script_does_not_load()
    {
        project.Write("shared/mark.csx", "public class MarkAttribute : Attribute { }");
        project.Write("shared/marked.csx", "[Mark] public static class Marked { }");

        Fails("#load \"shared/marked.csx\"\nWrite(1);", "ERROR: shared/marked.csx:1: ");
    }

    [Fact]
    public void An_internal_overload_counts()
    {
        project.Write(
            "shared/over.csx",
            "public static class Over { public static int Is(object o) => 1; internal static int Is(int n) => 2; }"
        );

        Assert.Equal("2", Run("#load \"shared/over.csx\"\nWrite(Over.Is(0));").Out);
    }

    [Fact]
    public void A_type_of_a_file_alone_is_an_error()
    {
        project.Write(
            "shared/own.csx",
            "file class Own { }\npublic static class Owner { public static bool Is => new Own() != null; }"
        );

        Fails("#load \"shared/own.csx\"\nWrite(Owner.Is);", "ERROR: shared/own.csx:1: File-local");
    }

    // The name is this test's own.
    [Fact]
    public void What_is_noted_of_a_script_that_ends_the_program_is_kept()
    {
        project.Write("ends.csx", "Environment.Exit(3);");
        var notes = Path.Combine(ScratchProject.PipelineDirectory, "obj/scripts/ends.csx.methods");
        File.Delete(notes);
        project.Run([ScratchProject.WithNotes], "ends.csx");

        var outcome = project.Run([ScratchProject.WithNotes], "ends.csx");

        Assert.Equal(3, outcome.ExitCode);
        Assert.True(File.Exists(notes));
    }

    [Fact]
    public void A_script_may_name_a_type_like_one_that_it_does_not_load() =>
        Assert.Equal(
            "18",
            Run(
                "#load \"shared/one.csx\"\nWrite(One.Is);\nWrite(Two.Is);\nclass Two { public const int Is = 8; }"
            ).Out
        );

    [Fact]
    public void A_function_in_a_loaded_file_can_be_called()
    {
        project.Write("shared/mean.csx", "double Mean(double a, double b) => (a + b) / 2;");

        Assert.Equal("1.5", Run("#load \"shared/mean.csx\"\nWrite(Mean(1, 2));").Out);
    }

    [Theory]
    [InlineData("public static int Is;")]
    [InlineData("public static int Is { get; set; }")]
    [InlineData("static int[] it => field ??= new int[1]; public static ref int Is => ref it[0];")]
    [InlineData("static readonly int[] it = new int[1]; public static ref int Is => ref it[0];")]
    [InlineData(
        "static readonly List<int> list = []; public static int Is { get => list.Count; set => list.Add(value); }"
    )]
    public void Nothing_lasts_from_one_stage_to_the_next(string state)
    {
        project.Write("shared/state.csx", $"public static class State {{ {state} }}");
        project.Write("x.csx", "#load \"shared/state.csx\"\nState.Is = 1;\nWriteLine(State.Is);");
        project.Write("y.csx", "#load \"shared/state.csx\"\nWriteLine(State.Is);");
        project.Write(
            "calkit.yaml",
            "pipeline: {stages: {x: {command: dotnet script x.csx}, y: {command: dotnet script y.csx}}}"
        );

        var outcome = project.Run();

        Assert.Contains("== x\n1\n== y\n0\n", outcome.Out);
    }

    [Fact]
    public void A_namespace_in_a_loaded_file_is_an_error()
    {
        project.Write("shared/space.csx", "namespace Space { public class In { } }");

        Fails("#load \"shared/space.csx\"\nWrite(new Space.In());", "shared/space.csx:1: ");
    }

    [Fact]
    public void A_global_using_in_a_loaded_file_holds_for_the_script()
    {
        project.Write("shared/using.csx", "global using System.Xml;\npublic class Used { }");

        var outcome = Run("#load \"shared/using.csx\"\nWrite(nameof(XmlDocument));");

        Assert.Equal((0, "XmlDocument", ""), Told(outcome));
    }

    [LinuxFact]
    public void A_pipe_that_nobody_loads_does_not_matter()
    {
        ScratchProject.Start("mkfifo", project.Directory, ["shared/pipe.csx"]);

        Assert.Equal((0, "2", ""), Told(Run(LoadsBoth + "Write(Two.Is);")));
    }

    [Fact]
    public void A_mistake_in_a_file_that_nobody_loads_does_not_matter()
    {
        project.Write("shared/mistake.csx", "class Mistake {");

        Assert.Equal((0, "2", ""), Told(Run(LoadsBoth + "Write(Two.Is);")));
    }

    [Fact]
    public void A_warning_in_a_loaded_file_is_shown_by_the_script_each_time()
    {
        project.Write("shared/warning.csx", "#warning careful\nclass Warned { }");
        const string Script = "#load \"shared/warning.csx\"\nWrite(new Warned() != null);";
        const string Warning = "WARNING: shared/warning.csx:1: #warning: 'careful' (CS1030)\n";

        Assert.Equal((0, "True", Warning), Told(Run(Script)));
        Assert.Equal((0, "True", Warning), Told(Run(Script)));
    }

    [Fact]
    public void An_edit_of_a_loaded_file_counts_at_once_and_so_does_its_undoing()
    {
        const string Script = LoadsBoth + "Write(Two.Is);";
        Assert.Equal("2", Run(Script).Out);

        project.Write("shared/one.csx", "public static class One { public const int Is = 4; }");
        Assert.Equal("5", Run(Script).Out);

        project.Write("shared/one.csx", "public static class One { public const int Is = 1; }");
        Assert.Equal("2", Run(Script).Out);
    }

    [Fact]
    public void An_exception_in_a_loaded_file_has_its_line()
    {
        project.Write(
            "shared/throw.csx",
            "public static class Thrower\n{\n    public static void Throw() =>\n        throw new Exception();\n}\n"
        );

        var outcome = Run("#load \"shared/throw.csx\"\nThrower.Throw();");

        Assert.Contains("shared/throw.csx:line 4\n", outcome.Error);
        Assert.Contains("x.csx:line 2\n", outcome.Error);
    }

    [Fact]
    public void A_damaged_file_of_those_that_save_time_does_not_matter()
    {
        project.Write("damaged.csx", LoadsBoth + "Write(Two.Is);");
        Outcome Run() => project.Run([ScratchProject.WithNotes], "damaged.csx");
        Run();
        Assert.Equal("2", Run().Out);
        var kept = new DirectoryInfo(Path.Combine(ScratchProject.PipelineDirectory, "obj/scripts"));
        foreach (var name in new[] { "shared-*", "damaged.csx.methods" })
        {
            var file = kept.GetFiles(name).MaxBy(file => file.LastWriteTimeUtc)!.FullName;
            var bytes = File.ReadAllBytes(file);
            bytes[bytes.Length / 2] ^= 0x80;
            File.WriteAllBytes(file, bytes);
        }

        Assert.Equal((0, "2", ""), Told(Run()));
    }

    static (int, string, string) Told(Outcome outcome) =>
        (outcome.ExitCode, outcome.Out, outcome.Error);
}
