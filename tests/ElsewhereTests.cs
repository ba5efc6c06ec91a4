using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;
using static LogText;
using static ProjectTests;

/// <summary>
/// All stages, after the README's recipe, followed to the letter, in a project as boom-astro/boom-paper
/// is, with logs of its own; and the README's stage of one's own among them.
/// </summary>
public sealed class ElsewhereTests : InProject
{
    // The names in a numbered step of the recipe: `collect-boom`, `scripts/`, …
    static string[] NamesInStep(int number)
    {
        var recipe = ScratchProject
            .Committed("README.md")
            .Split("## In your own Calkit project")[1]
            .Split("\n## ")[0];
        var step = Regex.Match(recipe, $@"(?ms)^{number}\. (.*?)(?=^\d\. |\n\n)").Groups[1].Value;
        return Regex.Matches(step, "`([^`]+)`").Select(name => name.Groups[1].Value).ToArray();
    }

    // A stage of this project's calkit.yaml as it stands there.
    static string Stage(string name) =>
        Regex
            .Match(
                ScratchProject.Committed("calkit.yaml"),
                $@"(?ms)^    {name}:\n.*?\n(?=\n|    \S)"
            )
            .Value;

    // boom-paper's benchmark stages, not frozen, with outputs as plain paths; the stages around them.
    const string Before = """
        name: boom-paper
        parameters:
          n_alerts: 29142
          rubin_alerts: 10000
          rubin_interval_s: 30
        pipeline:
          stages:
            get-seed-data:
              kind: shell-command
              environment: _system
              command: uvx gdown https://example.org/uc?id=1 > seed.gz
              outputs:
                - data/alerts/seed.gz
            benchmark-boom:
              kind: python-script
              script_path: boom/tests/throughput/run.py
              args: ["--n-alert-workers={n_alert_workers}"]
              environment: run
              iterate_over:
                - {arg_name: n_alert_workers, values: [1, 3]}
                - {arg_name: n_enrichment_workers, values: [3, 6]}
                - {arg_name: n_filter_workers, values: [1]}
              outputs:
                - logs/boom-na={n_alert_workers}-ne={n_enrichment_workers}-nf={n_filter_workers}
            benchmark-boom-more:
              kind: python-script
              script_path: boom/tests/throughput/run.py
              environment: run
              iterate_over:
                - arg_name: [n_alert_workers, n_enrichment_workers, n_filter_workers]
                  values:
                    - [3, 6, 1]
                    - [4, 8, 2]
              outputs:
                - logs/boom-na={n_alert_workers}-ne={n_enrichment_workers}-nf={n_filter_workers}
            benchmark-kowalski:
              kind: python-script
              script_path: scripts/benchmark-kowalski.py
              environment: run
              iterate_over:
                - arg_name: n_workers
                  values: [3, 7]
              outputs:
                - logs/kowalski-n={n_workers}

        """;

    const string After = """
            plot-lightcurve:
              kind: python-script
              script_path: scripts/plot-lightcurve.py
              environment: run
              outputs:
                - path: paper/figures/SN2025kwy.pdf
                  storage: git
            build-paper:
              kind: latex
              environment: tex
              target_path: paper/main.tex
              force: true
              inputs:
                - paper/results.tex
                - paper/figures
        """;

    void FollowTheRecipe()
    {
        foreach (var name in NamesInStep(1))
            if (name.EndsWith('/'))
                Project.CopyFromRoot(name.TrimEnd('/'));
            else
                Project.Write(name, ScratchProject.Committed(name));
        var stages = NamesInStep(2).Where(name => Stage(name) != "").Select(Stage);
        Project.WriteYaml(Before + AsStep3Says(string.Join('\n', stages)) + "\n" + After);
    }

    // The benchmark stages listed, the reference configurations given, logs/README.md taken out.
    static string AsStep3Says(string stages)
    {
        const string Item = "        - from_stage_outputs: ";
        stages = Regex.Replace(
            stages,
            $"({Item}benchmark-boom.*\n)+",
            $"{Item}benchmark-boom\n{Item}benchmark-boom-more\n"
        );
        stages = Regex.Replace(
            stages,
            $"({Item}benchmark-kowalski.*\n)+",
            $"{Item}benchmark-kowalski\n"
        );
        const string Boom = "n_alert_workers=4,n_enrichment_workers=8,n_filter_workers=2";
        stages = Regex.Replace(stages, @"--boom \S+", $"--boom {Boom}");
        stages = Regex.Replace(stages, @"--kowalski \S+", "--kowalski n_workers=7");
        return stages.Replace("        - logs/README.md\n", "");
    }

    // One run an hour: runs that overlap are in doubt.
    void WriteLogs()
    {
        string[] runs = ["1-ne=3-nf=1", "1-ne=6-nf=1", "3-ne=3-nf=1", "3-ne=6-nf=1", "4-ne=8-nf=2"];
        foreach (var (hour, run) in runs.Index())
        {
            string At(string time, string message = "queue is empty") =>
                Boom($"2025-08-05T0{hour}:{time}.655713Z", message);
            var directory = $"logs/boom-na={run}";
            Project.Write($"{directory}/producer.log", At("55:06", Pushed));
            Project.Write($"{directory}/consumer.log", BoomLines.OfConsumer(At("55:06")));
            Project.Write($"{directory}/consumer.stats.log", Sample("consumer", "1GiB", 100));
            // Ten batches from 55:06 to 55:51.
            var batches = Enumerable
                .Range(1, 10)
                .Select(i =>
                    At(
                        $"55:{6 + (i * 45 / 10):00}",
                        $"1/{Share(i)} ZTF alerts with programid 1 passed filter 1"
                    )
                );
            Project.Write(
                $"{directory}/scheduler.log",
                string.Concat(batches) + At("56:02") + Exit
            );
            Project.Write($"{directory}/scheduler.stats.log", Sample("scheduler", "2GiB", 400));
        }
        foreach (var (run, hour) in new[] { ("3", " 02:"), ("7", " 03:") })
        {
            var directory = $"logs/kowalski-n={run}";
            Project.Write($"{directory}/producer.log", Boom(Start, Pushed));
            Project.Write(
                $"{directory}/supervisord.log",
                (Running + Sigterm).Replace(" 01:", hour)
            );
            Project.Write($"{directory}/dask_cluster.log", TakenIn(seconds: 450));
            Project.Write($"{directory}/ingester.stats.log", Sample("ingester", "12GiB", 500));
        }
    }

    const string Pushed = "Pushed 29142 alerts to the queue in 10s";

    // Of 29142 alerts in ten batches, the last one has the rest.
    static int Share(int batch) => batch < 10 ? 2914 : 2916;

    // A line an alert, as many in each second.
    static string TakenIn(int seconds)
    {
        var start = new DateTime(2025, 8, 5, 1, 41, 18);
        var lines = Enumerable
            .Range(0, 29142)
            .Select(i => start.AddSeconds(i * seconds / 29142))
            .Select(time =>
                $"{time:yyyyMMdd_HH:mm:ss}: ztf_20250311_programid1 ZTF25aa 2985 tcp://127.0.0.1:44789\n"
            );
        return string.Concat(lines);
    }

    static string Sample(string service, string memory, int percent) =>
        SampleText.Of(memory, "1.5GB", $"{percent}%", $"boom-{service}-1");

    [Fact]
    public void The_recipe_tells_all_of_another_project()
    {
        FollowTheRecipe();
        WriteLogs();

        var outcome = Project.Run();

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.Equal(6, Project.Read("results/boom.csv").TrimEnd().Split('\n').Length);
        var macros = Project.Read("paper/results.tex");
        Assert.Contains("{\\boompeakmemory}{3.0}", macros); // 1 GiB and 2 GiB
        Assert.Contains("{\\boomreference}{4 alert, 8 enrichment and 2 filter workers}", macros);
        Assert.DoesNotContain("XXXXX", macros);
        Assert.Contains("logs/boom-na=4-ne=8-nf=2", Project.Read("results/report.html"));
    }

    // As on clusters, where large files belong on another disk.
    [Fact]
    public void Results_may_be_a_link_to_a_directory_elsewhere()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has links for administrators only");
        FollowTheRecipe();
        WriteLogs();
        Directory.CreateDirectory(Project.PathOf("disk"));
        Directory.CreateSymbolicLink(Project.PathOf("results"), Project.PathOf("disk"));

        var outcome = Project.Run();

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.NotNull(new DirectoryInfo(Project.PathOf("results")).LinkTarget);
        Assert.Contains("boom_throughput_factor", Project.Read("disk/factor.json"));
        Assert.Contains("\nresults/factor.json\n", outcome.Out);
    }

    [Fact]
    public void The_recipes_stages_have_all_their_inputs_in_the_other_project()
    {
        FollowTheRecipe();
        var yaml = new YamlStream();
        yaml.Load(new StringReader(Project.Read("calkit.yaml")));
        var stages = (YamlMappingNode)yaml.Documents[0].RootNode["pipeline"]["stages"];
        var outputs = stages
            .Select(stage => CalkitYaml.Child(stage.Value, "outputs"))
            .OfType<YamlSequenceNode>()
            .SelectMany(outputs => outputs)
            .Select(output => output is YamlScalarNode ? $"{output}" : $"{output["path"]}");

        var inputs = NamesInStep(2)
            .Where(name => Stage(name) != "")
            .SelectMany(name => (YamlSequenceNode)stages[name]["inputs"])
            .OfType<YamlScalarNode>()
            .Select(input => input.Value!);

        Assert.All(
            inputs.Except(outputs),
            input => Assert.True(File.Exists(Project.PathOf(input)), input)
        );
        Assert.Contains("paper/figures/scaling.pdf", outputs);
    }

    // The first block of a language in the README whose beginning matches, without its fence.
    static string Fenced(string language, string beginning) =>
        Regex
            .Match(
                ScratchProject.Committed("README.md"),
                $"(?ms)^```{language}\n({beginning}.*?)^```$"
            )
            .Groups[1]
            .Value;

    // Above the stages that write what it reads.
    [Fact]
    public void The_readmes_stage_runs_after_what_it_reads_and_writes_what_it_says()
    {
        var script = Fenced("csharp", "#!/usr/bin/env dotnet-script\n");
        var entry = Fenced("yaml", @"    [\w-]+:\n");
        var name = entry.Trim().Split(':')[0];
        FollowTheRecipe();
        WriteLogs();
        var yaml = Project.Read("calkit.yaml").Replace("\n  stages:\n", $"\n  stages:\n{entry}");
        Project.Write("calkit.yaml", yaml);
        Project.Write($"scripts/{name}.csx", script);

        var outcome = Project.Run();

        Assert.True(outcome.ExitCode == 0, outcome.Error);
        Assert.Contains($"\n== {name}\n", outcome.Out);
        var stage = Yaml(entry)[name];
        var (inputs, outputs) = (PathsOf(stage, "inputs"), PathsOf(stage, "outputs"));
        Assert.All(outputs, x => Assert.Contains($"\n{x}\n", outcome.Out));
        Assert.Equal(
            LoadedIn(script).Append($"scripts/{name}.csx").Order(),
            inputs.Where(input => input.EndsWith(".csx")).Order()
        );
    }
}
