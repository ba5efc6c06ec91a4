// The tests wait for processes: more of them than there are processors keep these busy.
[assembly: CollectionBehavior(MaxParallelThreads = 4)]

/// <summary>The run of the stages of calkit.yaml, and what it says.</summary>
public sealed class PipelineTests : IDisposable
{
    readonly ScratchProject project = new();

    public void Dispose() => project.Dispose();

    void WriteStages(params string[] stages) =>
        project.Write("calkit.yaml", "pipeline:\n  stages:\n" + string.Concat(stages));

    static string Stage(string name, string command, string more = "") =>
        $"    {name}: {{command: {command}{(more == "" ? "" : ", " + more)}}}\n";

    // The seconds at the end are the machine's.
    static string WithoutSeconds(string output) =>
        System.Text.RegularExpressions.Regex.Replace(output, @"\d+\.\d s\n$", "… s\n");

    [Fact]
    public void The_stages_run_in_the_files_order_between_what_is_left_out_and_a_summary()
    {
        project.Write("second.csx", "File.WriteAllText(\"b.txt\", \"\"); WriteLine(\"2\");");
        project.Write("first.csx", "Error.WriteLine(\"WARNING: one\"); WriteLine(\"1\");");
        WriteStages(
            Stage("second", "dotnet script second.csx", "outputs: [b.txt, not-written.txt]"),
            Stage("benchmark", "dotnet script first.csx", "frozen: true, outputs: [logs]"),
            Stage("plot", "python plot.py", "outputs: [second.csx]"),
            Stage("first", "dotnet script first.csx", "outputs: [{path: first.csx}]")
        );

        var outcome = project.Run();

        Assert.Equal(
            (
                """
                frozen: benchmark
                not C#, left to calkit: plot
                compiling 2 scripts…
                == second
                2
                == first
                1
                == done
                b.txt, first.csx
                2 files written, 1 warning, … s

                """,
                "WARNING: one\n"
            ),
            (WithoutSeconds(outcome.Out), outcome.Error)
        );
    }

    [Fact]
    public void No_line_is_wider_than_100_columns()
    {
        WriteStages([.. Enumerable.Range(0, 60).Select(i => Stage($"plot-{i}", "python plot.py"))]);

        Assert.All(project.Run().Out.Split('\n'), line => Assert.InRange(line.Length, 0, 100));
        Assert.All(project.Run("y").Error.Split('\n'), line => Assert.InRange(line.Length, 0, 100));
    }

    [Fact]
    public void The_pipeline_stops_at_the_first_stage_that_fails_with_its_exit_code()
    {
        project.Write("fail.csx", "return 7;");
        project.Write("next.csx", "WriteLine(\"next\");");
        WriteStages(
            Stage("fail", "dotnet script fail.csx"),
            Stage("next", "dotnet script next.csx")
        );

        var outcome = project.Run();

        Assert.Equal(
            (
                7,
                "compiling 2 scripts…\n== fail\n",
                "ERROR: the stage fail failed; those after it did not run\n"
            ),
            (outcome.ExitCode, outcome.Out, outcome.Error)
        );
    }

    [Fact]
    public void The_stages_before_one_that_does_not_compile_run()
    {
        project.Write("a.csx", "WriteLine(\"a\");");
        project.Write("b.csx", "var b = c;");
        WriteStages(
            Stage("a", "dotnet script a.csx"),
            Stage("b", "dotnet script b.csx"),
            Stage("c", "dotnet script missing.csx")
        );

        var outcome = project.Run();

        Assert.Equal((1, "compiling 3 scripts…\n== a\na\n== b\n"), (outcome.ExitCode, outcome.Out));
        Assert.Equal(
            """
            ERROR: b.csx:1: The name 'c' does not exist in the current context (CS0103)
            ERROR: b.csx does not compile
            ERROR: the stage b failed; those after it did not run

            """,
            outcome.Error
        );
    }

    [Fact]
    public void Only_the_named_stages_run_and_each_hands_its_words_to_the_script()
    {
        project.Write("sub dir/x.csx", "WriteLine(string.Join(\"|\", Args));");
        string[] commands =
        [
            "",
            "a --b=1,2",
            "-- a -- b",
            "-- 'one two' \"three, four...\" five' 'six ''",
            "not run",
        ];
        WriteStages([
            .. commands.Select(
                (command, i) =>
                    $"    s{i}:\n      command: >-\n        dotnet  script\n        'sub dir/x.csx' {command}\n"
            ),
        ]);

        var outcome = project.Run("s3", "s0", "s1", "s2");

        Assert.Equal("", outcome.Error);
        Assert.StartsWith(
            "compiling 1 script…\n== s0\n\n== s1\na|--b=1,2\n== s2\na|--|b\n"
                + "== s3\none two|three, four...|five six|\n== done\n",
            outcome.Out
        );
    }

    [Theory]
    [InlineData(
        "compute-facto",
        "calkit.yaml has no stage compute-facto\nThere are compute-factor, frozen, plot"
    )]
    [InlineData("frozen", "the stage frozen can't run here: it is frozen")]
    [InlineData("plot", "the stage plot can't run here: it is not C#")]
    [InlineData(
        "--list",
        "unknown option --list; the options of a script follow its path: scripts/NAME.csx --list …; --help tells more"
    )]
    [InlineData(
        "plo\x1bt",
        "calkit.yaml has no stage plo t\nThere are compute-factor, frozen, plot"
    )]
    public void A_name_that_cannot_run_is_a_bad_command_line(string name, string expected)
    {
        WriteStages(
            Stage("compute-factor", "dotnet script x.csx"),
            Stage("frozen", "dotnet script x.csx", "frozen: true"),
            Stage("plot", "python plot.py")
        );

        var outcome = project.Run("compute-factor", name);

        Assert.Equal(
            (2, "", $"ERROR: {expected}\n"),
            (outcome.ExitCode, outcome.Out, outcome.Error)
        );
    }

    [Fact]
    public void Help_tells_how_to_call_it()
    {
        var outcome = project.Run("--help");

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.Contains("dotnet run pipeline.cs -- STAGE...", outcome.Out);
    }

    [Theory]
    [InlineData("dotnet script x.csx > out.txt", "its command needs a shell, because of the >")]
    [InlineData("dotnet script x.csx -- $HOME", "its command needs a shell, because of the $")]
    [InlineData("dotnet script x.csx -- \"$HOME\"", "its command needs a shell, because of the $")]
    [InlineData("dotnet script x.csx # why", "its command needs a shell, because of the #")]
    [InlineData("dotnet script x.csx 'open", "its command has a ' too few or too many")]
    [InlineData("dotnet script -c release x.csx", "expected the command dotnet script FILE.csx")]
    [InlineData("dotnet script x.csx --output ../else", "its command leads out of the project")]
    [InlineData("dotnet script x.csx --output=/tmp", "its command leads out of the project")]
    [InlineData("dotnet script ../x.csx", "its command leads out of the project")]
    [InlineData(
        "dotnet script x.csx 'a\u202eb'",
        "its command has a line end or a control character"
    )]
    public void A_command_that_cannot_run_here_is_an_error_with_the_reason(
        string command,
        string reason
    )
    {
        WriteStages($"    x:\n      command: >-\n        {command}\n");

        var outcome = project.Run();

        Assert.Equal(
            (1, "", $"ERROR: the stage x can't run here: {reason}\n"),
            (outcome.ExitCode, outcome.Out, outcome.Error)
        );
    }

    [Fact]
    public void A_stage_that_iterates_is_an_error_that_names_calkit()
    {
        WriteStages(
            Stage("x", "dotnet script x.csx", "iterate_over: [{arg_name: n, values: [1]}]")
        );

        Assert.Equal(
            "ERROR: the stage x can't run here: it iterates over values, which only Calkit can do\n",
            project.Run().Error
        );
    }

    [Theory]
    [InlineData("command: dotnet scripts x.csx")]
    [InlineData("command: dotnet-script x.csx")]
    [InlineData("comand: dotnet script x.csx, kind: command")]
    public void A_stage_that_may_be_a_script_is_left_out_with_a_warning(string stage)
    {
        WriteStages($"    x: {{{stage}}}\n");

        var outcome = project.Run();

        Assert.Equal(
            (0, "WARNING: the stage x is left out: expected the command dotnet script FILE.csx\n"),
            (outcome.ExitCode, outcome.Error)
        );
        Assert.Contains("no files written, 1 warning, ", outcome.Out);
    }

    [Theory]
    [InlineData("a: 1\nb: [1\nc: 2\n", "ERROR: calkit.yaml:2: is not valid YAML: ")]
    [InlineData("a: 1\na: 2\n", "ERROR: calkit.yaml:2: is not valid YAML: ")]
    [InlineData("a: 1\n", "ERROR: calkit.yaml: there are no stages under pipeline\n")]
    [InlineData(
        "pipeline: {stages: {\"a\\eb\": {command: ls}}}",
        "ERROR: calkit.yaml:1: a value has a control"
    )]
    public void A_calkit_yaml_that_cannot_be_read_is_an_error_of_one_line(
        string yaml,
        string expected
    )
    {
        project.Write("calkit.yaml", yaml);

        var outcome = project.Run();

        Assert.Equal(1, outcome.ExitCode);
        Assert.StartsWith(expected, outcome.Error);
        Assert.Equal(outcome.Error.Length - 1, outcome.Error.IndexOf('\n'));
    }

    [Fact]
    public void A_command_of_aliases_within_aliases_is_not_unfolded()
    {
        var levels = Enumerable
            .Range(1, 12)
            .Select(i => $"a{i}: &a{i} [*a{i - 1}, *a{i - 1}, *a{i - 1}]\n");
        project.Write(
            "calkit.yaml",
            "a0: &a0 [x]\n"
                + string.Concat(levels.Take(8))
                + "pipeline:\n  stages:\n    x: {command: *a8, frozen: *a8}\n"
        );

        Assert.StartsWith("not C#, left to calkit: x\n", project.Run().Out);
    }

    [Theory]
    [InlineData("x.csx", "x.csx does not exist")]
    [InlineData(
        "shared/files.csx",
        "shared/files.csx does not exist here; the project is elsewhere: cd {0}"
    )]
    [InlineData("", "calkit.yaml does not exist; run this in the project's directory")]
    public void A_missing_file_is_an_error_that_tells_where_to_look(
        string argument,
        string expected
    )
    {
        var outcome = argument == "" ? project.Run() : project.Run(argument);

        Assert.Equal(
            (1, $"ERROR: {string.Format(expected, ScratchProject.PipelineDirectory)}\n"),
            (outcome.ExitCode, outcome.Error)
        );
    }

    [LinuxFact]
    public void Pipeline_cs_can_be_started_by_its_name()
    {
        if (OperatingSystem.IsWindows())
            throw new PlatformNotSupportedException();
        var file = Path.Combine(ScratchProject.Root, "pipeline.cs");

        Assert.StartsWith("#!/usr/bin/env ", File.ReadAllText(file));
        Assert.True(File.GetUnixFileMode(file).HasFlag(UnixFileMode.UserExecute));
    }
}
