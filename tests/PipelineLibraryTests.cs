/// <summary>Files of shared/ that can't be compiled once for all scripts.</summary>
public sealed class PipelineLibraryTests : IDisposable
{
    const string LoadsOne = "#load \"shared/one.csx\"\nWrite(One.Is);";

    readonly ScratchProject project = new();

    public PipelineLibraryTests() =>
        project.Write("shared/one.csx", "public static class One { public const int Is = 1; }");

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

    [Theory]
    [InlineData("public static class E { public static int Twice(this int n) => 2 * n; }")]
    [InlineData("public static class E { extension(int n) { public int Twice() => 2 * n; } }")]
    public void A_script_does_not_see_an_extension_that_it_does_not_load(string extension)
    {
        project.Write("shared/extension.csx", extension);

        Fails("#load \"shared/one.csx\"\nWrite(One.Is.Twice());", "ERROR: x.csx:2: 'int'");
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

        Assert.Equal(new Outcome(0, "XmlDocument", ""), outcome);
    }

    [Fact]
    public void A_function_in_a_loaded_file_can_be_called()
    {
        project.Write("shared/mean.csx", "double Mean(double a, double b) => (a + b) / 2;");

        Assert.Equal("1.5", Run("#load \"shared/mean.csx\"\nWrite(Mean(1, 2));").Out);
    }

    [Fact]
    public void A_mistake_in_a_file_that_nobody_loads_does_not_matter()
    {
        project.Write("shared/mistake.csx", "class Mistake {");

        Assert.Equal(new Outcome(0, "1", ""), Run(LoadsOne));
    }

    [LinuxFact]
    public void A_pipe_that_nobody_loads_does_not_matter()
    {
        ScratchProject.Start("mkfifo", project.Directory, ["shared/pipe.csx"]);

        Assert.Equal(new Outcome(0, "1", ""), Run(LoadsOne));
    }

    [Theory]
    [InlineData("public static int Is;")]
    [InlineData("static int[] it => field ??= new int[1]; public static ref int Is => ref it[0];")]
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
    public void A_warning_in_a_loaded_file_is_shown_by_the_script_each_time()
    {
        project.Write("shared/warning.csx", "#warning careful\nclass Warned { }");
        const string Script = "#load \"shared/warning.csx\"\nWrite(new Warned() != null);";
        const string Warning = "WARNING: shared/warning.csx:1: #warning: 'careful' (CS1030)\n";

        Assert.Equal(new Outcome(0, "True", Warning), Run(Script));
        Assert.Equal(new Outcome(0, "True", Warning), Run(Script));
    }
}
