using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;
using static LogText;

/// <summary>
/// All stages: on this project's logs, and after the README's recipe, followed to the letter, in a
/// project as boom-astro/boom-paper is.
/// </summary>
public sealed class ElsewhereTests : IClassFixture<ScratchProject>
{
    readonly ScratchProject project;

    // The same directory for all tests, empty, so that the scripts in it are compiled once.
    public ElsewhereTests(ScratchProject project)
    {
        this.project = project;
        Directory.Delete(project.Directory, recursive: true);
        Directory.CreateDirectory(project.Directory);
    }

    static string Read(string file) => File.ReadAllText(Path.Combine(ScratchProject.Root, file));

    // The names in a numbered step of the recipe: `collect-boom`, `scripts/`, …
    static string[] NamesInStep(int number)
    {
        var recipe = Read("README.md").Split("## In your own Calkit project")[1].Split("\n## ")[0];
        var step = Regex.Match(recipe, $@"(?ms)^{number}\. (.*?)(?=^\d\. |\n\n)").Groups[1].Value;
        return Regex.Matches(step, "`([^`]+)`").Select(name => name.Groups[1].Value).ToArray();
    }

    // A stage of this project's calkit.yaml as it stands there.
    static string Stage(string name) =>
        Regex.Match(Read("calkit.yaml"), $@"(?ms)^    {name}:\n.*?\n(?=\n|    \S)").Value;

    // boom-paper's benchmark stages, not frozen, with outputs as plain paths; the stages around them.
    const string Before = """
        name: boom-paper
        environments:
          tex: {kind: docker, image: "texlive/texlive:latest-full"}
          run: {kind: uv-venv, path: config/envs/run.txt, prefix: .venv3, python: "3.13.5"}
        parameters:
          n_alerts: 29142
          rubin_alerts: 10000
          rubin_interval_s: 30
        pipeline:
          stages:
            get-seed-data:
              kind: shell-command
              environment: _system
              command: uvx gdown https://example.org/uc?id=1
                -O ./data/alerts/seed.gz
              outputs:
                - data/alerts/seed.gz
            fix-seed-data:
              kind: shell-script
              environment: _system
              script_path: ./fix-seed-data/run.sh
              outputs:
                - fix-seed-data/logs
            benchmark-boom:
              kind: python-script
              script_path: boom/tests/throughput/run.py
              args:
                - --n-alert-workers={n_alert_workers}
                - --n-enrichment-workers={n_enrichment_workers}
                - --n-filter-workers={n_filter_workers}
                - --timeout=1200
              environment: run
              inputs:
                - boom/src
              iterate_over:
                - arg_name: n_alert_workers
                  values: [1, 3]
                - arg_name: n_enrichment_workers
                  values: [3, 6]
                - arg_name: n_filter_workers
                  values: [1]
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
                project.CopyFromRoot(name.TrimEnd('/'));
            else
                project.Write(name, Read(name));
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
        project.Write("calkit.yaml", Before + stages + After);
    }

    void WriteLogs()
    {
        string[] runs = ["1-ne=3-nf=1", "1-ne=6-nf=1", "3-ne=3-nf=1", "3-ne=6-nf=1", "4-ne=8-nf=2"];
        const string Batch = "1/29142 ZTF alerts with programid 1 passed filter 1";
        const string Pushed = "Pushed 29142 alerts to the queue in 10s";
        foreach (var directory in runs.Select(run => $"logs/boom-na={run}"))
        {
            project.Write($"{directory}/producer.log", Boom(Start, Pushed));
            project.Write($"{directory}/consumer.log", Boom(Start));
            project.Write($"{directory}/consumer.stats.log", Sample("1GiB") + Sample("1GiB"));
            project.Write(
                $"{directory}/scheduler.log",
                Boom("2025-08-05T00:55:51.655713Z", Batch)
                    + Boom("2025-08-05T00:56:02.655713Z")
                    + Exit
            );
            project.Write($"{directory}/scheduler.stats.log", Sample("2GiB") + Sample("2GiB"));
        }
        foreach (var directory in new[] { "logs/kowalski-n=3", "logs/kowalski-n=7" })
        {
            project.Write($"{directory}/producer.log", Boom(Start, Pushed));
            project.Write($"{directory}/supervisord.log", Running + Sigterm);
            project.Write($"{directory}/ingester.stats.log", Sample("12GiB"));
        }
    }

    static string Sample(string memory) =>
        $"{{\"MemUsage\":\"{memory} / 125GiB\",\"NetIO\":\"1.5GB / 1GB\"}}\n";

    [Fact]
    public void The_committed_logs_give_the_published_tables_and_factor()
    {
        foreach (var directory in new[] { "logs", "scripts", "shared", "paper" })
            project.CopyFromRoot(directory);
        project.Write("calkit.yaml", Read("calkit.yaml"));

        var outcome = project.Run();

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.Contains("BOOM throughput factor: 6.0\n", outcome.Out);
        foreach (var file in new[] { "results/boom.csv", "results/kowalski.csv" })
            Assert.Equal(
                Read($"tests/published/2025-08-05/{Path.GetFileName(file)}"),
                project.Read(file)
            );
    }

    [Fact]
    public void The_recipe_gives_the_numbers_of_another_project()
    {
        FollowTheRecipe();
        WriteLogs();

        var outcome = project.Run();

        Assert.Equal(
            (0, ""),
            (outcome.ExitCode, Regex.Replace(outcome.Error, "(?m)^compiling.*\n", ""))
        );
        Assert.Equal(6, project.Read("results/boom.csv").TrimEnd().Split('\n').Length);
        // By hand: 453 s / 56 s is 8.089…, the 8 of the analysis of August 2025.
        Assert.Equal(
            453.0 / 56,
            (double)JsonNode.Parse(project.Read("results/factor.json"))!["boom_throughput_factor"]!
        );
        var macros = project.Read("paper/results.tex");
        Assert.Contains("{\\boomthroughputfactor}{8}", macros);
        Assert.Contains("{\\boommaxmem}{3}", macros);
        Assert.Contains("{\\boomprocessingfactor}{10.1}", macros); // 453 s / 45 s
        Assert.Contains("{\\boomreference}{4 alert, 8 enrichment and 2 filter workers}", macros);
        Assert.DoesNotContain("XXXXX", macros);
        Assert.Contains("logs/boom-na=4-ne=8-nf=2", project.Read("results/report.html"));
    }

    [Fact]
    public void The_recipes_stages_have_all_their_inputs_in_the_other_project()
    {
        FollowTheRecipe();
        var yaml = new YamlStream();
        yaml.Load(new StringReader(project.Read("calkit.yaml")));
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
            input => Assert.True(File.Exists(project.PathOf(input)), input)
        );
        Assert.Contains("paper/figures/scaling.pdf", outputs);
    }
}
