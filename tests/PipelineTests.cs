// The tests wait for processes: more of them than there are processors keep these busy.
[assembly: Xunit.v3.Parallelization(MaxThreads = 4)]

/// <summary>pipeline.cs: how it runs the stages of calkit.yaml, compiles scripts and keeps them.</summary>
public sealed class PipelineTests : InProject
{
    void WriteStages(params string[] stages) =>
        Project.Write("calkit.yaml", "pipeline:\n  stages:\n" + string.Concat(stages));

    static string Stage(string name, string command, string more = "") =>
        $"    {name}: {{command: {command}{(more == "" ? "" : ", " + more)}}}\n";

    // A script that is compiled already.
    static string Ready => $"dotnet script '{ScratchProject.Root}'/scripts/compute-factor.csx";

    // The names of the scripts differ from test to test, so that each finds what is kept of its own.
    static string Kept(string script) =>
        Assert.Single(
            Directory.GetFiles(
                Path.Combine(ScratchProject.PipelineDirectory, "obj/scripts"),
                script + "-*"
            )
        );

    [Fact]
    public void The_stages_run_in_the_files_order_between_what_is_left_out_and_a_summary()
    {
        Project.Write("second.csx", "File.WriteAllText(\"b.txt\", \"\"); WriteLine(\"2\");");
        Project.Write("first.csx", "Error.WriteLine(\"WARNING: one\"); WriteLine(\"1\");");
        WriteStages(
            Stage("second", "dotnet script second.csx", "outputs: [b.txt, not-written.txt]"),
            Stage("benchmark", "dotnet script first.csx", "frozen: true, outputs: [logs]"),
            Stage("plot", "python plot.py", "outputs: [second.csx]"),
            Stage("first", "dotnet script first.csx", "outputs: [{path: first.csx}]")
        );

        var outcome = Project.Run();

        Assert.Equal((0, NotThere + "WARNING: one\n"), (outcome.ExitCode, outcome.Error));
        Assert.Matches(
            """
            ^frozen: benchmark
            not C#, left to calkit: plot
            == second
            2
            == first
            1
            == done
            b.txt
            first.csx
            2 files written, 2 warnings, \d+\.\d s
            $
            """,
            outcome.Out
        );
    }

    const string NotThere =
        "WARNING: calkit.yaml: not-written.txt, of the outputs of second, is not there\n";

    // Such as one that is misspelled, whose stage need not run before.
    [Fact]
    public void An_input_that_is_not_there_is_a_warning()
    {
        Project.Write("missing.csx", "WriteLine(1);");
        Project.Write("there.csv", "");
        WriteStages(Stage("x", "dotnet script missing.csx", "inputs: [there.csv, their.csv]"));

        Assert.Equal(
            "WARNING: calkit.yaml: their.csv, of the inputs of x, is not there\n",
            Project.Run().Error
        );
    }

    // The stages that ran, in their order.
    string OrderOf(params string[] names)
    {
        var outcome = Project.Run(names);
        Assert.Equal(0, outcome.ExitCode);
        var stages = outcome.Out.Split('\n').Where(line => line.StartsWith("== "));
        return string.Join(' ', stages.Select(line => line[3..]).SkipLast(1));
    }

    static string Reader(string name, string inputs, string outputs = "[]") =>
        Stage(name, $"{Ready} --help", $"inputs: {inputs}, outputs: {outputs}");

    [Theory]
    [InlineData("[a.csv]", "[x.csv, a.csv]")]
    [InlineData("[{path: ./a.csv, storage: git}]", "[{path: a.csv}]")]
    [InlineData("[logs]", "[logs/one/a.log]")]
    [InlineData("[logs/]", "[{path: logs//one}]")]
    [InlineData("[results/a.csv]", "[results]")]
    [InlineData("[a.csv]", "[{from_stage_outputs: writer}]")]
    public void A_stage_above_one_whose_outputs_it_reads_runs_after_it(
        string outputs,
        string inputs
    )
    {
        WriteStages(Reader("reader", inputs), Reader("writer", "[]", outputs));

        Assert.Equal("writer reader", OrderOf());
    }

    [Theory]
    [InlineData("[logs]", "[logs-2/a.log, a]")]
    [InlineData("[a.csv]", "null")]
    [InlineData("null", "[a.csv]")]
    public void Stages_that_read_nothing_of_one_another_run_in_the_files_order(
        string outputs,
        string inputs
    )
    {
        WriteStages(Reader("one", inputs), Reader("other", "[]", outputs));

        Assert.Equal("one other", OrderOf());
    }

    [Fact]
    public void A_stage_waits_no_longer_than_it_must_and_the_others_keep_their_order()
    {
        WriteStages(
            Reader("last", "[c, b]"),
            Reader("second", "[a]", "[b]"),
            Reader("first", "[]", "[a]"),
            Reader("third", "[]", "[c]"),
            Reader("fourth", "[]")
        );

        Assert.Equal("first second third last fourth", OrderOf());
    }

    [Fact]
    public void What_is_passed_over_stands_between_what_it_reads_and_what_reads_it()
    {
        WriteStages(
            Reader("last", "[{from_stage_outputs: frozen}]"),
            Stage("frozen", "python b.py", "frozen: true, inputs: [sub/b], outputs: [logs]"),
            Stage("python", "python a.py", "wdir: sub, inputs: [../a], outputs: [b]"),
            Reader("first", "[]", "[a]")
        );

        Assert.Equal("first last", OrderOf());
        Assert.Equal("first last", OrderOf("last", "first"));
        Assert.Equal("last", OrderOf("last"));
    }

    [Theory]
    [InlineData("[a]", "[a]", "4: stages wait for one another: x reads from x")]
    [InlineData("[out]", "[out/a]", "4: stages wait for one another: x reads from x")]
    [InlineData("[b]", "[a]", "4: stages wait for one another: x reads from y reads from x")]
    public void Stages_that_wait_for_one_another_are_an_error_that_names_them(
        string inputs,
        string outputs,
        string error
    )
    {
        WriteStages(
            Reader("waits-too", "[a]"),
            Reader("x", inputs, outputs),
            Stage("y", "python y.py", "inputs: [a], outputs: [b]")
        );

        Assert.Equal(new Outcome(1, "", $"ERROR: calkit.yaml:{error}\n"), Project.Run());
    }

    [Fact]
    public void A_stage_that_reads_the_outputs_of_no_stage_is_an_error()
    {
        WriteStages(Reader("x", "[{from_stage_outputs: benchmark-bom}]"));

        var error = "the stage x reads from benchmark-bom, which is no stage";
        Assert.Equal(new Outcome(1, "", $"ERROR: calkit.yaml:3: {error}\n"), Project.Run());
    }

    [Fact]
    public void The_stages_after_one_that_fails_do_not_run_and_its_exit_code_is_the_pipelines()
    {
        WriteStages(Stage("fail", $"{Ready} --x"), Stage("next", $"{Ready} --help"));

        var outcome = Project.Run();

        Assert.Equal((2, "== fail\n"), (outcome.ExitCode, outcome.Out));
        const string Error = "\nERROR: the stage fail failed; those after it did not run\n";
        Assert.EndsWith(Error, outcome.Error);
    }

    [Fact]
    public void Only_the_named_stages_run_and_each_hands_its_words_to_the_script()
    {
        Project.Write("a b/words.csx", "WriteLine(string.Join(\"|\", Args));");
        string[] arguments =
        [
            "",
            "a --b=1,2",
            "-- a -- b",
            "-- 'one two' \"three, four...\" five' 'six ''",
            "not run",
        ];
        WriteStages([
            .. arguments.Select(
                (words, i) =>
                    $"    s{i}:\n      command: >-\n        dotnet  script\n        'a b/words.csx' {words}\n"
            ),
        ]);

        var outcome = Project.Run("s3", "s0", "s1", "s2");

        Assert.Equal("", outcome.Error);
        Assert.StartsWith(
            "== s0\n\n== s1\na|--b=1,2\n== s2\na|--|b\n== s3\none two|three, four...|five six|\n== done\n",
            outcome.Out
        );
    }

    [Theory]
    [InlineData("facto")]
    [InlineData("--list")]
    public void A_name_that_no_stage_has_is_a_bad_command_line(string name)
    {
        WriteStages(Stage("factor", "dotnet script x.csx"), Stage("plot", "python plot.py"));

        Assert.Equal(
            new Outcome(2, "", $"ERROR: no stage {name}; there are factor, plot\n"),
            Project.Run("factor", name)
        );
    }

    [Fact]
    public void Help_tells_how_to_call_it()
    {
        var outcome = Project.Run("--help");

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.Contains("dotnet run pipeline.cs -- STAGE...", outcome.Out);
    }

    [Theory]
    [InlineData("'dotnet script x.csx > out.txt'", "a shell is needed: dotnet script x.csx >")]
    [InlineData("'dotnet script x.csx -- \"$HOME\"'", "a shell is needed: dotnet script x.csx -- ")]
    [InlineData("'dotnet script x.csx | tee y'", "a shell is needed: dotnet script x.csx | tee y")]
    [InlineData("dotnet script x.csx it's", "a shell is needed: dotnet script x.csx it's")]
    [InlineData("dotnet script -c release x.csx", "not dotnet script FILE.csx")]
    [InlineData("dotnet script x.csx, iterate_over: [{arg_name: n}]", "iterate_over")]
    [InlineData("dotnet script x.csx, wdir: sub", "only Calkit changes to another wdir")]
    public void A_script_that_cannot_run_here_is_an_error_that_tells_why(
        string command,
        string reason
    )
    {
        WriteStages(Stage("x", command, "outputs: [x]"));

        var outcome = Project.Run();

        Assert.Equal((1, ""), (outcome.ExitCode, outcome.Out));
        Assert.StartsWith("ERROR: calkit.yaml:3: the stage x can't run here: ", outcome.Error);
        Assert.Contains(reason, outcome.Error);
    }

    [Fact]
    public void A_calkit_yaml_that_cannot_be_read_is_an_error_of_one_line()
    {
        Project.Write("calkit.yaml", "pipeline:\n  stages: &s\n    <<: *s\n");

        var error = "ERROR: calkit.yaml:3: is not valid YAML: *s stands in &s itself\n";
        Assert.Equal(new Outcome(1, "", error), Project.Run());
    }

    [Fact]
    public void Outside_of_the_project_the_error_names_its_directory()
    {
        Project.Write("checkout/calkit.yaml", "pipeline: {stages: {}}");

        var hint = $"the project is elsewhere: cd {Project.PathOf("checkout")}";
        var error = $"ERROR: calkit.yaml does not exist here; {hint}\n";
        Assert.Equal(new Outcome(1, "", error), RunIn("checkout"));
    }

    [Fact]
    public void A_script_runs_as_dotnet_script_would_run_it()
    {
        Project.Write(
            "sub/types.csx",
            """
            #r "nuget: CsvHelper, 33.1.0"
            public static class Greeting
            {
                public static string To(string name) => $"Hello {name}";
            }
            """
        );
        Project.Write(
            "sub/script.csx",
            """
            #!/usr/bin/env dotnet-script
            #r "nuget: Deedle, 8.1.0"
            #load "types.csx"
            using CsvHelper;
            await Task.Yield();
            WriteLine(Greeting.To(Args[0]));
            WriteLine(typeof(CsvReader).Name);
            WriteLine(Deedle.Frame.FromRecords(new[] { new { A = 1 } }).RowCount);
            return Args.Count;
            """
        );

        Assert.Equal(
            new Outcome(2, "Hello --name\nCsvReader\n1\n", ""),
            Project.Run("sub/script.csx", "--", "--name", "x")
        );
    }

    [Fact]
    public void An_exception_of_a_script_has_its_lines_and_exit_code_1()
    {
        Project.Write(
            "half.csx",
            """
            public static class Number
            {
                public static int Half(int n)
                {
                    if (n % 2 == 1)
                        throw new InvalidOperationException("odd");
                    return n / 2;
                }
            }
            """
        );
        Project.Write(
            "sum.csx",
            """
            #load "half.csx"
            var sum = 0;
            for (var i = 0; i < 3; i++)
            {
                sum += Number.Half(i);
            }
            """
        );

        var outcome = Project.Run("sum.csx");

        Assert.Equal((1, ""), (outcome.ExitCode, outcome.Out));
        Assert.Contains("System.InvalidOperationException: odd\n", outcome.Error);
        Assert.Contains("half.csx:line 6\n", outcome.Error);
        Assert.Contains("sum.csx:line 5\n", outcome.Error);
    }

    [Theory]
    [InlineData("// nothing\n", "x.csx: is empty")]
    [InlineData(
        "#r \"nuget: Deedle, 7.0.0\"\nWrite(1);",
        "pipeline.cs does not have nuget: Deedle, 7.0.0; run the script with dotnet-script"
    )]
    public void A_script_that_cannot_be_compiled_is_an_error_of_one_line(
        string text,
        string message
    )
    {
        Project.Write("x.csx", text);

        Assert.Equal(new Outcome(1, "", $"ERROR: {message}\n"), Project.Run("x.csx"));
    }

    /// <summary>A script with one mistake a line, compiled once for all tests, behind a sound one.</summary>
    public sealed class Mistakes : InProject
    {
        public Outcome Outcome { get; }

        public Mistakes()
        {
            var stages = Stage("sound", $"{Ready} --help") + Stage("x", "dotnet script x.csx");
            Project.Write("calkit.yaml", "pipeline:\n  stages:\n" + stages);
            Project.Write(
                "x.csx",
                """
                #load "missing.csx"
                using CsvHelper;
                string? a = null;
                int b = c;
                CalkitYaml.Read("a");
                #error \u001b[31m
                #nullable enable
                string s = null;
                """.Replace("\\u001b", "\x1b")
            );
            Outcome = Project.Run();
        }
    }

    public sealed class MistakeTests(Mistakes mistakes) : IClassFixture<Mistakes>
    {
        const string NotFound =
            "could not be found (are you missing a using directive or an assembly reference?)";
        const string NoAnnotation =
            "should only be used in code within a '#nullable' annotations context.";

        [Theory]
        [InlineData(
            "1: Source file 'missing.csx' could not be opened -- Could not find file. (CS1504)"
        )]
        [InlineData($"2: The type or namespace name 'CsvHelper' {NotFound} (CS0246)")]
        [InlineData($"3: The annotation for nullable reference types {NoAnnotation} (CS8632)")]
        [InlineData("4: The name 'c' does not exist in the current context (CS0103)")]
        [InlineData("5: The name 'CalkitYaml' does not exist in the current context (CS0103)")]
        [InlineData("6: #error: ' [31m' (CS1029)")]
        [InlineData("8: Cannot convert null literal to non-nullable reference type. (CS8625)")]
        public void Each_is_told_in_one_line(string line) =>
            Assert.Contains($"ERROR: x.csx:{line}\n", mistakes.Outcome.Error);

        [Fact]
        public void Without_all_of_its_scripts_no_stage_runs()
        {
            Assert.Equal((1, ""), (mistakes.Outcome.ExitCode, mistakes.Outcome.Out));
            Assert.EndsWith("\nERROR: x.csx does not compile\n", mistakes.Outcome.Error);
        }
    }

    [Fact]
    public void A_script_that_has_not_changed_is_not_compiled_again()
    {
        Project.RunScript("compute-factor", "--help");
        var written = File.GetLastWriteTimeUtc(Kept("compute-factor.csx"));

        Project.RunScript("compute-factor", "--help");

        Assert.Equal(written, File.GetLastWriteTimeUtc(Kept("compute-factor.csx")));
    }

    [Fact]
    public void An_edit_of_a_loaded_file_counts_at_once_however_it_is_loaded()
    {
        string[] loads =
        [
            "#load \"{0}\"\n",
            "#load\"{0}\"\n",
            "\uFEFF \t# load  \"{0}\" // why\n",
            "/* a\n*/\n#load \"{0}\"\r\n",
        ];
        for (var i = 0; i < loads.Length; i++)
            Project.Write($"load{i}.csx", string.Format(loads[i], $"type{i}.csx"));
        var numbers = Enumerable.Range(0, loads.Length).ToArray();
        var text = string.Concat(numbers.Select(i => $"#load \"load{i}.csx\"\n"));
        text += string.Concat(numbers.Select(i => $"Write(Type{i}.Is);"));
        Project.Write("loads.csx", text);
        Outcome RunWith(char value)
        {
            foreach (var i in numbers)
                Project.Write(
                    $"type{i}.csx",
                    $"public static class Type{i} {{ public const string Is = \"{value}\"; }}"
                );
            return Project.Run("loads.csx");
        }

        Assert.Equal(new Outcome(0, "aaaa", ""), RunWith('a'));
        Assert.Equal(new Outcome(0, "bbbb", ""), RunWith('b'));
        Kept("loads.csx"); // The last, and nothing else.
    }

    [Fact]
    public void A_kept_script_that_cannot_be_loaded_is_compiled_anew_and_mended()
    {
        Action<string>[] breaks =
        [
            file => File.WriteAllBytes(file, []),
            file => File.WriteAllBytes(file, File.ReadAllBytes(file)[..500]),
            file => File.WriteAllText(file, "something else"),
        ];
        var numbers = Enumerable.Range(0, breaks.Length).ToArray();
        foreach (var i in numbers)
            Project.Write($"broken{i}.csx", $"WriteLine({i});");
        WriteStages([.. numbers.Select(i => Stage($"s{i}", $"dotnet script broken{i}.csx"))]);
        Project.Run();
        long[] Lengths() => [.. numbers.Select(i => new FileInfo(Kept($"broken{i}.csx")).Length)];
        var lengths = Lengths();
        foreach (var i in numbers)
            breaks[i](Kept($"broken{i}.csx"));

        var second = Project.Run();

        Assert.Equal((0, ""), (second.ExitCode, second.Error));
        Assert.StartsWith("== s0\n0\n== s1\n1\n== s2\n2\n", second.Out);
        Assert.Equal(lengths, Lengths());
    }

    [Fact]
    public void Where_nothing_can_be_kept_scripts_run_all_the_same()
    {
        Project.Write("unkept.csx", "Write(\"ran\");");
        Project.MakeUnwritable("checkout");

        Assert.Equal(new Outcome(0, "ran", ""), RunIn("checkout", "unkept.csx"));
    }

    // Runs pipeline.cs as if it stood in a directory of the scratch project.
    Outcome RunIn(string directory, params string[] arguments)
    {
        var settings = Path.ChangeExtension(ScratchProject.Pipeline, ".runtimeconfig.json");
        var text = File.ReadAllText(settings);
        text = text.Replace(ScratchProject.PipelineDirectory, Project.PathOf(directory));
        Project.Write("moved.json", text);
        string[] command = ["exec", "--runtimeconfig", "moved.json", ScratchProject.Pipeline];
        return ScratchProject.Start("dotnet", Project.Directory, [.. command, .. arguments]);
    }
}
