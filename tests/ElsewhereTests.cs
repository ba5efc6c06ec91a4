using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;
using static LogText;

/// <summary>
/// All stages: on this project's logs, and after the README's recipe, followed to the letter, in a
/// project as boom-astro/boom-paper is.
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
        var stages = string.Concat(
            NamesInStep(2).Where(name => Stage(name) != "").Select(name => Stage(name) + "\n")
        );
        stages = stages
            .Replace(
                "from_stage_outputs: benchmark-boom\n",
                "from_stage_outputs: benchmark-boom\n        - from_stage_outputs: benchmark-boom-more\n"
            )
            .Replace("        - logs/README.md\n", "")
            .Replace(
                "n_alert_workers=3,n_ml_workers=3,n_filter_workers=1",
                "n_alert_workers=4,n_enrichment_workers=8,n_filter_workers=2"
            );
        Project.WriteYaml(Before + stages + After);
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
            Project.Write($"{directory}/consumer.log", At("55:06"));
            Project.Write($"{directory}/consumer.stats.log", Sample("1GiB") + Sample("1GiB"));
            Project.Write(
                $"{directory}/scheduler.log",
                At("55:51", "1/29142 ZTF alerts with programid 1 passed filter 1")
                    + At("56:02")
                    + Exit
            );
            Project.Write($"{directory}/scheduler.stats.log", Sample("2GiB") + Sample("2GiB"));
        }
        foreach (var (run, hour) in new[] { ("3", " 02:"), ("7", " 03:") })
        {
            var directory = $"logs/kowalski-n={run}";
            Project.Write($"{directory}/producer.log", Boom(Start, Pushed));
            Project.Write(
                $"{directory}/supervisord.log",
                (Running + Sigterm).Replace(" 01:", hour)
            );
            Project.Write($"{directory}/ingester.stats.log", Sample("12GiB"));
        }
    }

    const string Pushed = "Pushed 29142 alerts to the queue in 10s";
    const string NoDask =
        "WARNING: no dask_cluster.log: logs/kowalski-n=3, logs/kowalski-n=7, 2 of 2 runs\n";

    static string Sample(string memory) =>
        $"{{\"MemUsage\":\"{memory} / 125GiB\",\"NetIO\":\"1.5GB / 1GB\"}}\n";

    [Theory]
    [InlineData("de_DE.UTF-8", "America/Los_Angeles")]
    [InlineData("th_TH.UTF-8", "Asia/Kolkata")] // another calendar
    public void The_committed_logs_give_the_published_tables_on_every_machine(
        string culture,
        string timeZone
    )
    {
        foreach (var directory in new[] { "logs", "scripts", "paper" })
            Project.CopyFromRoot(directory);
        Project.WriteYaml(ScratchProject.Committed("calkit.yaml"));

        var outcome = Project.Run([("LC_ALL", culture), ("TZ", timeZone)]);

        Assert.Equal(0, outcome.ExitCode);
        Assert.Matches(@"^WARNING: no dask_cluster\.log: [^\n]*, 6 of 6 runs\n$", outcome.Error);
        foreach (var table in new[] { "boom.csv", "kowalski.csv" })
            Assert.Equal(
                ScratchProject.Committed($"tests/published/2025-08-05/{table}"),
                Project.Read($"results/{table}")
            );
        foreach (var file in Made)
            Assert.Equal(ScratchProject.Committed(file), Project.Read(file));
        const string Factor = "BOOM throughput factor: 6.0 (7 workers each, one run each)\n";
        Assert.EndsWith(Factor, outcome.Of("compute-factor"));
    }

    static readonly string[] Made =
    [
        "results/boom-runs.csv",
        "results/kowalski-runs.csv",
        "results/report.html",
        "paper/results.tex",
    ];

    [Fact]
    public void The_recipe_gives_the_numbers_of_another_project()
    {
        FollowTheRecipe();
        WriteLogs();

        var outcome = Project.Run();

        Assert.Equal((0, NoDask), (outcome.ExitCode, outcome.Error));
        Assert.Equal(6, Project.Read("results/boom.csv").TrimEnd().Split('\n').Length);
        // By hand: 453 s / 56 s is 8.089…, the 8 of the analysis of August 2025.
        Assert.Equal(
            453.0 / 56,
            (double)JsonNode.Parse(Project.Read("results/factor.json"))!["boom_throughput_factor"]!
        );
        var macros = Project.Read("paper/results.tex");
        Assert.Contains("{\\boomthroughputfactor}{8}", macros);
        Assert.Contains("{\\boommaxmem}{3}", macros);
        Assert.Contains("{\\boomprocessingfactor}{10.1}", macros); // 453 s / 45 s
        Assert.Contains("{\\boomreference}{4 alert, 8 enrichment and 2 filter workers}", macros);
        Assert.DoesNotContain("XXXXX", macros);
        Assert.Contains("logs/boom-na=4-ne=8-nf=2", Project.Read("results/report.html"));
    }

    // As on clusters, where large files belong on another disk.
    [LinuxFact]
    public void Results_may_be_a_link_to_a_directory_elsewhere()
    {
        FollowTheRecipe();
        WriteLogs();
        Directory.CreateDirectory(Project.PathOf("disk"));
        Directory.CreateSymbolicLink(Project.PathOf("results"), Project.PathOf("disk"));

        var outcome = Project.Run();

        Assert.Equal((0, NoDask), (outcome.ExitCode, outcome.Error));
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
}
