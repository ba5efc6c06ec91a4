public sealed class PipelineTests : IDisposable
{
    readonly ScratchProject project = new();

    public void Dispose() => project.Dispose();

    void WriteStages(string stages) =>
        project.Write("calkit.yaml", "pipeline:\n  stages:\n" + stages);

    static string Stage(string name, string command, string more = "") =>
        $"    {name}: {{command: {command}{(more == "" ? "" : ", " + more)}}}\n";

    [Fact]
    public void The_committed_logs_give_the_published_tables_and_factor()
    {
        foreach (var directory in new[] { "logs", "scripts", "shared", "paper" })
            project.CopyFromRoot(directory);
        File.Copy(Path.Combine(ScratchProject.Root, "calkit.yaml"), project.PathOf("calkit.yaml"));

        var outcome = project.Run();

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.Contains("BOOM throughput factor: 6.0\n", outcome.Out);
        foreach (var file in new[] { "results/boom.csv", "results/kowalski.csv" })
            Assert.Equal(
                File.ReadAllText(
                    Path.Combine(
                        ScratchProject.Root,
                        "tests/published/2025-08-05",
                        Path.GetFileName(file)
                    )
                ),
                project.Read(file)
            );
    }

    [Fact]
    public void The_stages_run_in_the_files_order_and_the_others_are_left_out_with_a_reason()
    {
        project.Write("second.csx", "WriteLine(\"2\");");
        project.Write("first.csx", "WriteLine(\"1\");");
        WriteStages(
            Stage("second", "dotnet script second.csx")
                + Stage("benchmark", "dotnet script first.csx", "frozen: true")
                + Stage("plot", "python plot.py")
                + Stage("first", "dotnet script first.csx")
        );

        var outcome = project.Run();

        Assert.Equal(
            """
            second: dotnet script second.csx
            2
            benchmark: left out, it is frozen
            plot: left out, it is not a C# script but runs python
            first: dotnet script first.csx
            1

            """,
            outcome.Out
        );
    }

    [Fact]
    public void The_pipeline_stops_at_the_first_stage_that_fails_with_its_exit_code()
    {
        project.Write("fail.csx", "return 7;");
        project.Write("next.csx", "WriteLine(\"next\");");
        WriteStages(
            Stage("fail", "dotnet script fail.csx") + Stage("next", "dotnet script next.csx")
        );

        var outcome = project.Run();

        Assert.Equal(
            (
                7,
                "fail: dotnet script fail.csx\n",
                "ERROR: the stage fail failed; the stages after it did not run, their files are the old ones\n"
            ),
            (outcome.ExitCode, outcome.Out, outcome.Error)
        );
    }

    [Fact]
    public void Only_the_named_stages_run()
    {
        project.Write("x.csx", "WriteLine(Args[0]);");
        WriteStages(
            Stage("a", "dotnet script x.csx -- 1")
                + Stage("b", "dotnet script x.csx -- 2")
                + Stage("c", "dotnet script x.csx -- 3")
        );

        var outcome = project.Run("c", "a");

        Assert.Equal(
            "a: dotnet script x.csx -- 1\n1\nc: dotnet script x.csx -- 3\n3\n",
            outcome.Out
        );
    }

    [Theory]
    [InlineData("d", "calkit.yaml has no stage d; it has a, b")]
    [InlineData("b", "the stage b can't run here: it is frozen")]
    public void A_named_stage_that_cannot_run_is_a_bad_command_line(string name, string expected)
    {
        WriteStages(
            Stage("a", "dotnet script x.csx") + Stage("b", "dotnet script x.csx", "frozen: true")
        );

        var outcome = project.Run("a", name);

        Assert.Equal(
            (2, "", $"ERROR: {expected}\n"),
            (outcome.ExitCode, outcome.Out, outcome.Error)
        );
    }

    [Theory]
    [InlineData("dotnet script x.csx", "")]
    [InlineData("dotnet script x.csx a --b=1,2", "a|--b=1,2")]
    [InlineData("dotnet script x.csx -- a -- b", "a|--|b")]
    [InlineData(
        "dotnet  script x.csx -- 'one two' \"three, four...\" five' 'six",
        "one two|three, four...|five six"
    )]
    public void A_command_hands_its_words_to_the_script(string command, string expected)
    {
        project.Write("x.csx", "Write(string.Join(\"|\", Args));");
        project.Write(
            "calkit.yaml",
            $"pipeline:\n  stages:\n    x:\n      command: >-\n        {command}\n"
        );

        Assert.Equal($"x: {command}\n{expected}", project.Run().Out);
    }

    [Theory]
    [InlineData("dotnet script x.csx > out.txt", "needs a shell for its command")]
    [InlineData("dotnet script x.csx -- $HOME", "needs a shell for its command")]
    [InlineData("dotnet script x.csx -- 'open", "needs a shell for its command")]
    [InlineData(
        "dotnet script x.csx -- --boom n_alert_workers=3,n_ml_workers=3,n_filter_workers=1 # a comment",
        "needs a shell for its command"
    )]
    public void A_command_that_only_a_shell_understands_is_an_error(string command, string expected)
    {
        project.Write(
            "calkit.yaml",
            $"pipeline:\n  stages:\n    x:\n      command: >-\n        {command}\n"
        );

        var outcome = project.Run();

        Assert.Equal(1, outcome.ExitCode);
        Assert.StartsWith($"ERROR: the stage x {expected}", outcome.Error);
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
            (
                0,
                outcome.Out,
                "WARNING: the stage x was left out, its files are the old ones: "
                    + "expected the command dotnet script FILE.csx\n"
            ),
            (outcome.ExitCode, outcome.Out, outcome.Error)
        );
    }

    [Theory]
    [InlineData("a: 1\nb: [1\nc: 2\n", 2)]
    [InlineData("a: 1\na: 2\n", 2)]
    public void A_calkit_yaml_that_is_no_yaml_is_an_error_with_its_line(string yaml, int line)
    {
        project.Write("calkit.yaml", yaml);

        Assert.StartsWith($"ERROR: calkit.yaml:{line}: not valid YAML: ", project.Run().Error);
    }

    [Fact]
    public void A_stage_that_iterates_is_an_error_that_names_calkit()
    {
        WriteStages(
            Stage("x", "dotnet script x.csx", "iterate_over: [{arg_name: n, values: [1]}]")
        );

        Assert.Equal(
            "ERROR: the stage x iterates over values, which only Calkit can do: calkit run x\n",
            project.Run().Error
        );
    }

    [Fact]
    public void A_script_runs_as_dotnet_script_would_run_it()
    {
        project.Write(
            "sub/types.csx",
            "public static class Greeting { public static string To(string name) => $\"Hello {name}\"; }"
        );
        project.Write(
            "sub/x.csx",
            "#!/usr/bin/env dotnet-script\n#load \"types.csx\"\nawait Task.Yield();\nWriteLine(Greeting.To(Args[0]));\nreturn Args.Count;"
        );

        var outcome = project.Run("sub/x.csx", "--", "--name", "x");

        Assert.Equal((2, "Hello --name\n", ""), (outcome.ExitCode, outcome.Out, outcome.Error));
    }

    [Fact]
    public void An_edit_of_a_file_loaded_by_a_loaded_file_counts_at_once()
    {
        project.Write("x.csx", "#load \"list.csx\"\nWrite(Answer.Is);");
        project.Write("list.csx", "#load \"types.csx\"\n");
        project.Write("types.csx", "public static class Answer { public const int Is = 41; }");
        Assert.Equal("41", project.Run("x.csx").Out);

        project.Write("types.csx", "public static class Answer { public const int Is = 42; }");

        Assert.Equal("42", project.Run("x.csx").Out);
    }

    [Fact]
    public void A_script_that_has_not_changed_is_not_compiled_again()
    {
        project.Write("x.csx", "return 0;");
        (string, string?)[] environment = [("XDG_DATA_HOME", project.PathOf("data"))];
        project.Run(environment, "x.csx");
        var kept = Directory.GetFiles(project.PathOf("data/boom-pipeline")).Single();
        var written = File.GetLastWriteTimeUtc(kept);

        project.Run(environment, "x.csx");

        Assert.Equal(written, File.GetLastWriteTimeUtc(kept));
    }

    [Fact]
    public void A_nullable_type_is_an_error_as_in_dotnet_script()
    {
        project.Write("x.csx", "string? a = null;\nreturn 0;");

        var outcome = project.Run("x.csx");

        Assert.Equal(1, outcome.ExitCode);
        Assert.StartsWith("ERROR: x.csx:1: ", outcome.Error);
    }

    [Fact]
    public void An_exception_of_a_script_has_its_line_and_exit_code_1()
    {
        project.Write("x.csx", "// a bug\nthrow new InvalidOperationException(\"bug\");");

        var outcome = project.Run("x.csx");

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("x.csx:line 2", outcome.Error);
    }

    [Fact]
    public void A_mistake_in_a_script_is_told_with_its_line()
    {
        project.Write("x.csx", "var a = 1;\nvar b = c;");

        var outcome = project.Run("x.csx");

        Assert.Equal(
            (
                1,
                "ERROR: x.csx:2: The name 'c' does not exist in the current context (CS0103)\nERROR: x.csx does not compile\n"
            ),
            (outcome.ExitCode, outcome.Error)
        );
    }

    [Theory]
    [InlineData("nuget: Deedle, 7.0.0")]
    [InlineData("nuget: YamlDotNet, 16.2.0")]
    public void A_package_that_pipeline_cs_does_not_carry_is_an_error_that_names_dotnet_script(
        string package
    )
    {
        project.Write("x.csx", $"#r \"{package}\"\nreturn 0;");

        var outcome = project.Run("x.csx");

        Assert.Equal(1, outcome.ExitCode);
        Assert.StartsWith(
            $"ERROR: x.csx:1: pipeline.cs does not have #r \"{package}\"; run the script with dotnet-script: dotnet script x.csx (CS0006)\n",
            outcome.Error
        );
    }

    [Theory]
    [InlineData("x.csx", "x.csx does not exist")]
    [InlineData("", "calkit.yaml does not exist; run this in the project's directory")]
    public void A_missing_file_is_an_error(string argument, string expected)
    {
        var outcome = argument == "" ? project.Run() : project.Run(argument);

        Assert.Equal((1, $"ERROR: {expected}\n"), (outcome.ExitCode, outcome.Error));
    }

    [LinuxFact]
    public void Compiled_scripts_are_kept_where_only_the_user_can_write()
    {
        project.Write("x.csx", "return 0;");

        project.Run([("XDG_DATA_HOME", project.PathOf("data"))], "x.csx");

        var kept = new DirectoryInfo(project.PathOf("data/boom-pipeline"));
        Assert.Single(kept.GetFiles());
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
            kept.UnixFileMode
        );
    }

    [LinuxFact]
    public void Compiled_scripts_are_not_kept_where_others_can_write()
    {
        project.Write("x.csx", "return 0;");
        var kept = Directory.CreateDirectory(project.PathOf("data/boom-pipeline"));
        if (OperatingSystem.IsLinux())
            kept.UnixFileMode |= UnixFileMode.GroupWrite;

        var outcome = project.Run([("XDG_DATA_HOME", project.PathOf("data"))], "x.csx");

        Assert.Equal(
            (0, $"WARNING: compiled scripts are not kept: others can write to {kept.FullName}\n"),
            (outcome.ExitCode, outcome.Error)
        );
        Assert.Empty(kept.GetFiles());
    }
}
