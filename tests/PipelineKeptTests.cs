/// <summary>What pipeline.cs keeps counts only while it is whole and of today.</summary>
public sealed class PipelineKeptTests : IDisposable
{
    readonly ScratchProject project = new();

    public void Dispose() => project.Dispose();

    // The names of the scripts differ from test to test, so that each finds what is kept of its own.
    static string[] KeptFiles(string pattern) =>
        Directory.GetFiles(Path.Combine(ScratchProject.PipelineDirectory, "obj/scripts"), pattern);

    static string Kept(string script) => KeptFiles(script + "-*").MaxBy(File.GetLastWriteTimeUtc)!;

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

    [Fact]
    public void An_edit_of_a_file_of_shared_counts_at_once_and_so_does_its_undoing()
    {
        project.Write("x.csx", UsesShared);
        string WithOne(int value)
        {
            WriteShared(value);
            return project.Run("x.csx").Out;
        }

        Assert.Equal("2", WithOne(1));
        Assert.Equal("5", WithOne(4));
        Assert.Equal("2", WithOne(1));
    }

    [Fact]
    public void A_damaged_file_of_those_that_save_time_does_not_matter()
    {
        WriteShared(1);
        project.Write("damaged.csx", UsesShared);
        Outcome Run() => project.Run([ScratchProject.WithNotes], "damaged.csx");
        Run();
        Assert.Equal("2", Run().Out);
        var library = KeptFiles("shared-*")
            .Single(file => File.ReadAllText(file).Contains(project.PathOf("shared/one.csx")));
        foreach (var file in new[] { library, Assert.Single(KeptFiles("damaged.csx.methods")) })
        {
            var bytes = File.ReadAllBytes(file);
            bytes[bytes.Length / 2] ^= 0x80;
            File.WriteAllBytes(file, bytes);
        }

        Assert.Equal(new Outcome(0, "2", ""), Run());
    }

    const string UsesShared = "#load \"shared/one.csx\"\n#load \"shared/two.csx\"\nWrite(Two.Is);";

    void WriteShared(int one)
    {
        project.Write(
            "shared/one.csx",
            $"public static class One {{ public const int Is = {one}; }}"
        );
        project.Write(
            "shared/two.csx",
            "public static class Two { public static int Is => One.Is + 1; }"
        );
    }

    [Fact]
    public void What_is_noted_of_a_script_that_ends_the_program_is_kept()
    {
        const string Notes = "ends.csx.methods";
        project.Write("ends.csx", "Environment.Exit(3);");
        foreach (var old in KeptFiles(Notes))
            File.Delete(old);
        project.Run([ScratchProject.WithNotes], "ends.csx");

        var outcome = project.Run([ScratchProject.WithNotes], "ends.csx");

        Assert.Equal(3, outcome.ExitCode);
        Assert.Single(KeptFiles(Notes));
    }
}
