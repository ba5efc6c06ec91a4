/// <summary>How pipeline.cs compiles, keeps and runs a script.</summary>
public sealed class PipelineScriptTests : IDisposable
{
    readonly ScratchProject project = new();

    public void Dispose() => project.Dispose();

    // The names of the scripts differ from test to test, so that each finds what is kept of its own.
    static string Kept(string script) =>
        Directory
            .GetFiles(Path.Combine(ScratchProject.PipelineDirectory, "obj/scripts"), script + "-*")
            .MaxBy(File.GetLastWriteTimeUtc)!;

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

    [Fact]
    public void A_script_that_has_not_changed_is_not_compiled_again_but_its_warnings_are_shown()
    {
        project.Write("unchanged.csx", "#warning careful\nreturn 0;");
        var first = project.Run("unchanged.csx");
        var written = File.GetLastWriteTimeUtc(Kept("unchanged.csx"));

        var second = project.Run("unchanged.csx");

        Assert.Equal("WARNING: unchanged.csx:1: #warning: 'careful' (CS1030)\n", first.Error);
        Assert.Equal(first.Error, second.Error);
        Assert.Equal(written, File.GetLastWriteTimeUtc(Kept("unchanged.csx")));
    }

    [Fact]
    public void An_edit_of_a_loaded_file_counts_at_once_however_it_is_loaded()
    {
        string[] loads =
        [
            "#load \"{0}\"\n",
            "#load\"{0}\"\n",
            " \t# load  \"{0}\" // why\n",
            "// a\r#load \"{0}\"\r",
            "// a\u2028#load \"{0}\"\u2028",
            "// a\u0085#load \"{0}\"\u0085",
            "\uFEFF#load \"{0}\"\n",
            "/* a\n*/\n#load \"{0}\"\r\n",
        ];
        for (var i = 0; i < loads.Length; i++)
            project.Write($"load{i}.csx", string.Format(loads[i], $"type{i}.csx"));
        var numbers = Enumerable.Range(0, loads.Length).ToArray();
        project.Write(
            "x.csx",
            string.Concat(numbers.Select(i => $"#load \"load{i}.csx\"\n"))
                + $"Write({string.Join(" + ", numbers.Select(i => $"Type{i}.Is"))});"
        );
        void WriteTypes(char value)
        {
            foreach (var i in numbers)
                project.Write(
                    $"type{i}.csx",
                    $"public static class Type{i} {{ public const string Is = \"{value}\"; }}"
                );
        }

        WriteTypes('a');
        Assert.Equal((new string('a', loads.Length), ""), Output());
        WriteTypes('b');
        Assert.Equal((new string('b', loads.Length), ""), Output());

        (string, string) Output() => project.Run("x.csx") is var o ? (o.Out, o.Error) : default;
    }

    [Fact]
    public void A_kept_script_made_from_another_content_is_not_run()
    {
        project.Write("content.csx", "#load \"text.csx\"\nWrite(Text.Is);");
        project.Write("text.csx", "public static class Text { public const string Is = \"a\"; }");
        Assert.Equal("a", project.Run("content.csx").Out);
        var ofA = File.ReadAllBytes(Kept("content.csx"));
        project.Write("text.csx", "public static class Text { public const string Is = \"b\"; }");

        File.WriteAllBytes(Kept("content.csx"), ofA);

        Assert.Equal("b", project.Run("content.csx").Out);
    }

    [Fact]
    public void A_kept_script_that_is_broken_is_compiled_anew_and_mended()
    {
        var breaks = new Action<string>[]
        {
            file => File.WriteAllBytes(file, []),
            file => File.WriteAllBytes(file, File.ReadAllBytes(file)[..500]),
            file => File.WriteAllText(file, "something else, and longer than a checksum would be"),
            file => File.AppendAllText(file, "x"),
            file =>
            {
                var bytes = File.ReadAllBytes(file);
                bytes[^100] ^= 1;
                File.WriteAllBytes(file, bytes);
            },
        };
        var stages = "pipeline:\n  stages:\n";
        for (var i = 0; i < breaks.Length; i++)
        {
            project.Write($"broken{i}.csx", $"WriteLine({i});");
            stages += $"    s{i}: {{command: dotnet script broken{i}.csx}}\n";
        }
        project.Write("calkit.yaml", stages);
        var first = project.Run();
        var kept = breaks.Select((_, i) => Kept($"broken{i}.csx")).ToArray();
        var whole = kept.Select(File.ReadAllBytes).ToArray();
        for (var i = 0; i < breaks.Length; i++)
            breaks[i](kept[i]);

        var second = project.Run();

        Assert.Equal((0, ""), (second.ExitCode, second.Error));
        Assert.StartsWith("compiling 5 scripts…\n== s0\n0\n== s1\n1\n", second.Out);
        Assert.Equal(whole, kept.Select(File.ReadAllBytes));
    }

    [LinuxFact]
    public void Where_nothing_can_be_kept_scripts_run_all_the_same()
    {
        project.Write("x.csx", "Write(\"ran\");");
        project.MakeUnwritable("checkout");
        project.Write(
            "read-only.json",
            File.ReadAllText(Path.ChangeExtension(ScratchProject.Pipeline, ".runtimeconfig.json"))
                .Replace(ScratchProject.PipelineDirectory, project.PathOf("checkout"))
        );

        var outcome = ScratchProject.Start(
            "dotnet",
            project.Directory,
            ["exec", "--runtimeconfig", "read-only.json", ScratchProject.Pipeline, "x.csx"]
        );

        Assert.Equal((0, "ran", ""), (outcome.ExitCode, outcome.Out, outcome.Error));
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
