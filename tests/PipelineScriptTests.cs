/// <summary>How pipeline.cs compiles and runs a script.</summary>
public sealed class PipelineScriptTests : IDisposable
{
    readonly ScratchProject project = new();

    public void Dispose() => project.Dispose();

    [Fact]
    public void A_script_runs_as_dotnet_script_would_run_it()
    {
        project.Write(
            "sub/types.csx",
            "#r \"nuget: csvhelper, 33.0.1\"\npublic static class Greeting { public static string To(string name) => $\"Hello {name}\"; }"
        );
        project.Write(
            "sub/x.csx",
            """
            #!/usr/bin/env dotnet-script
            #load "types.csx"
            using CsvHelper;
            await Task.Yield();
            WriteLine(Greeting.To(Args[0]));
            WriteLine(typeof(CsvReader).Name);
            return Args.Count;
            """
        );

        var outcome = project.Run("sub/x.csx", "--", "--name", "x");

        Assert.Equal(
            (2, "Hello --name\nCsvReader\n", ""),
            (outcome.ExitCode, outcome.Out, outcome.Error)
        );
    }

    [Fact]
    public void An_exception_of_a_script_has_its_line_and_exit_code_1()
    {
        project.Write(
            "x.csx",
            """
            int Half(int n)
            {
                if (n % 2 == 1)
                    throw new InvalidOperationException("odd");
                return n / 2;
            }
            var sum = 0;
            for (var i = 0; i < 3; i++)
            {
                sum += Half(i);
            }
            """
        );

        var outcome = project.Run("x.csx");

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("x.csx:line 4\n", outcome.Error);
        Assert.Contains("x.csx:line 10\n", outcome.Error);
    }

    [Theory]
    [InlineData("")]
    [InlineData("// nothing\n")]
    public void An_empty_script_is_an_error_of_one_line(string text)
    {
        project.Write("x.csx", text);

        var outcome = project.Run("x.csx");

        Assert.Equal((1, "ERROR: x.csx: is empty\n"), (outcome.ExitCode, outcome.Error));
    }

    /// <summary>A script with one mistake a line, compiled once for all tests.</summary>
    public sealed class Mistakes : IDisposable
    {
        readonly ScratchProject project = new();

        public Outcome Outcome { get; }

        public Mistakes()
        {
            project.Write(
                "x.csx",
                """
                #r "nuget: Deedle, 7.0.0"
                #r "nuget: Newtonsoft.Json, 13.0.3"
                using CsvHelper;
                string? a = null;
                int b = c;
                DataFile.Open("a");
                class D { public int closed => 1; }
                #error \u001b[31m
                """.Replace("\\u001b", "\x1b")
            );
            Outcome = project.Run("x.csx");
        }

        public void Dispose() => project.Dispose();
    }

    public sealed class MistakeTests(Mistakes mistakes) : IClassFixture<Mistakes>
    {
        void ShowsThat(string line) =>
            Assert.Contains($"ERROR: x.csx:{line}\n", mistakes.Outcome.Error);

        [Fact]
        public void A_script_with_a_mistake_has_exit_code_1() =>
            Assert.Equal(1, mistakes.Outcome.ExitCode);

        [Fact]
        public void Another_version_of_a_package_is_an_error_that_names_dotnet_script() =>
            ShowsThat(
                "1: pipeline.cs does not have #r \"nuget: Deedle, 7.0.0\"; run the script with dotnet-script (CS0006)"
            );

        [Fact]
        public void A_package_that_pipeline_cs_does_not_carry_is_an_error_that_names_dotnet_script() =>
            ShowsThat(
                "2: pipeline.cs does not have #r \"nuget: Newtonsoft.Json, 13.0.3\"; run the script with dotnet-script (CS0006)"
            );

        [Fact]
        public void A_package_that_the_script_does_not_ask_for_is_not_there() =>
            ShowsThat(
                "3: The type or namespace name 'CsvHelper' could not be found (are you missing a using directive or an assembly reference?) (CS0246)"
            );

        [Fact]
        public void A_nullable_type_is_an_error_as_in_dotnet_script() =>
            ShowsThat(
                "4: The annotation for nullable reference types should only be used in code within a '#nullable' annotations context. (CS8632)"
            );

        [Fact]
        public void An_unknown_name_is_told_with_its_line() =>
            ShowsThat("5: The name 'c' does not exist in the current context (CS0103)");

        [Fact]
        public void What_pipeline_cs_is_made_of_is_not_there() =>
            ShowsThat("6: The name 'DataFile' does not exist in the current context (CS0103)");

        [Fact]
        public void A_message_has_no_escape_sequence() => ShowsThat("8: #error: ' [31m' (CS1029)");
    }
}
