/// <summary>What pipeline.cs compiles once for all scripts changes nothing but the time.</summary>
public sealed class PipelineSharedTests(PipelineSharedTests.Stages stages)
    : IClassFixture<PipelineSharedTests.Stages>
{
    /// <summary>What a script does, the files of shared/ that it loads, its text, what it prints.</summary>
    static readonly (string Does, string Loads, string Text, string Prints)[] scripts =
    [
        ("uses what it loads", "one two", "Write(Two.Is);", "2"),
        (
            "asks for the package of a loaded file",
            "table",
            "#r \"nuget: CsvHelper, 33.0.1\"\nWrite(Table.Is);",
            "CsvReader"
        ),
        ("has a type like one that it loads", "one", "Write(One.Is);\nclass One { }", "1"),
        (
            "has a type like one that it does not load",
            "one",
            "Write(One.Is);\nWrite(Two.Is);\nclass Two { public const int Is = 8; }",
            "18"
        ),
        (
            "has a type that a loaded file names",
            "seen",
            "Write(Seen.Is);\nclass Guid { public override string ToString() => \"mine\"; }",
            "mine b "
        ),
        (
            "has a function that a loaded file calls",
            "seen",
            "Write(Seen.Is);\nstatic string Join(string a, string b) => \"mine\";",
            " mine "
        ),
        (
            "has a constant that a loaded file names",
            "seen",
            "Write(Seen.Is);\nconst string Empty = \"mine\";",
            " b mine"
        ),
        ("loads a type called like its arguments", "args", "Write(Args.Count);", "7"),
        ("calls an internal overload", "over", "Write(Over.Is(0));", "2"),
    ];

    public static TheoryData<string> WhatScriptsDo => [.. scripts.Select(script => script.Does)];

    static void WriteShared(ScratchProject project)
    {
        void Write(string name, string text) => project.Write($"shared/{name}.csx", text);

        Write("one", "public static class One { public const int Is = 1; }");
        Write("two", "public static class Two { public static int Is => One.Is + 1; }");
        Write("args", "public static class Args { public const int Count = 7; }");
        Write("mark", "public class MarkAttribute : Attribute { }");
        Write("marked", "[Mark] public static class Marked { }");
        Write(
            "joined",
            "public static class Joined { public static string Is => Path.Combine(\"a\", \"b\"); }"
        );
        Write(
            "over",
            """
            public static class Over
            {
                public static int Is(object o) => 1;
                internal static int Is(int n) => 2;
            }
            """
        );
        Write(
            "seen",
            """
            using static System.String;
            public static class Seen
            {
                public static string Is =>
                    $"{new Guid()}".TrimStart('0', '-') + $" {Join("a", "b")} {Empty}";
            }
            """
        );
        Write(
            "table",
            """
            using CsvHelper;
            public static class Table { public static string Is => nameof(CsvReader); }
            """
        );
        Write(
            "throw",
            """
            public static class Thrower
            {
                public static void Throw() =>
                    throw new Exception();
            }
            """
        );
    }

    static string Text(string loads, string text) =>
        string.Concat(loads.Split(' ').Select(name => $"#load \"shared/{name}.csx\"\n")) + text;

    /// <summary>All the scripts as stages of one run, the last of which ends it with an exception.</summary>
    public sealed class Stages
    {
        readonly Dictionary<string, string> printed;

        public Stages()
        {
            using var project = new ScratchProject();
            WriteShared(project);
            var yaml = "pipeline:\n  stages:\n";
            void Add(string name, string text)
            {
                project.Write($"{name}.csx", text);
                yaml += $"    {name}: {{command: dotnet script '{name}.csx'}}\n";
            }
            foreach (var (does, loads, text, _) in scripts)
                Add(does, Text(loads, text));
            Add("shares", Text("one", "Write(typeof(One).Assembly.GetName().Name);"));
            Add("throws", Text("throw", "Thrower.Throw();"));
            project.Write("calkit.yaml", yaml);

            var outcome = project.Run();

            Error = outcome.Error;
            printed = outcome
                .Out.Split("== ")
                .Skip(1)
                .ToDictionary(part => part.Split('\n')[0], part => part.Split('\n', 2)[1]);
        }

        public string Error { get; }

        public string Printed(string stage) => printed[stage];
    }

    [Theory]
    [MemberData(nameof(WhatScriptsDo))]
    public void A_script_prints_the_same_as_when_it_is_compiled_whole_that(string does) =>
        Assert.Equal(scripts.Single(script => script.Does == does).Prints, stages.Printed(does));

    [Fact]
    public void A_script_shares_what_it_loads_with_the_others() =>
        Assert.Equal("shared", stages.Printed("shares"));

    [Fact]
    public void An_exception_in_a_loaded_file_has_its_line()
    {
        Assert.Contains("shared/throw.csx:line 4\n", stages.Error);
        Assert.Contains("throws.csx:line 2\n", stages.Error);
    }

    [Fact]
    public void A_script_does_not_see_what_it_does_not_load() =>
        Fails("one", "Write(Two.Is);", "x.csx:2: The name 'Two'");

    [Fact]
    public void A_loaded_file_does_not_see_what_the_script_does_not_load() =>
        Fails("two", "Write(Two.Is);", "shared/two.csx:1: The name 'One'");

    [Fact]
    public void A_loaded_file_does_not_see_an_attribute_that_the_script_does_not_load() =>
        Fails("marked", "Write(1);", "shared/marked.csx:1: ");

    [Fact]
    public void A_loaded_file_does_not_see_a_package_that_the_script_does_not_ask_for() =>
        Fails("table", "Write(Table.Is);", "shared/table.csx:1: ");

    [Fact]
    public void A_variable_that_hides_what_a_loaded_file_needs_is_an_error() =>
        Fails(
            "joined",
            "var Path = 3;\nWrite(Joined.Is);",
            "shared/joined.csx:1: An object reference is required"
        );

    [Fact]
    public void An_alias_like_a_loaded_type_is_an_error() =>
        Fails(
            "one",
            "using One = System.Text.StringBuilder;\nWrite(new One());",
            "x.csx:3: Alias 'One' conflicts with type definition"
        );

    static void Fails(string loads, string text, string message)
    {
        using var project = new ScratchProject();
        WriteShared(project);
        project.Write("x.csx", Text(loads, text));

        var outcome = project.Run("x.csx");

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains($"ERROR: {message}", outcome.Error);
        Assert.EndsWith("ERROR: x.csx does not compile\n", outcome.Error);
    }
}
