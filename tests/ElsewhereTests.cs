using System.Text.Json.Nodes;
using static LogText;

/// <summary>The scripts in a project laid out as boom-astro/boom-paper is.</summary>
public sealed class ElsewhereTests : IDisposable
{
    readonly ScratchProject project = new();

    public void Dispose() => project.Dispose();

    // Two BOOM stages and one of Kowalski that are Python scripts and not frozen, with outputs as
    // plain paths; the notebook's stage is replaced by ours.
    const string Calkit = """
        name: boom-paper
        parameters:
          n_alerts: 29142
          rubin_alerts: 10000
          rubin_interval_s: 30
        environments:
          run:
            kind: uv-venv
            path: config/envs/run.txt
            prefix: .venv3
            python: "3.13.5"
        pipeline:
          stages:
            benchmark-boom:
              kind: python-script
              script_path: boom/tests/throughput/run.py
              args:
                - --n-alert-workers={n_alert_workers}
                - --n-enrichment-workers={n_enrichment_workers}
                - --n-filter-workers={n_filter_workers}
              environment: run
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
              args:
                - --n-workers={n_workers}
              environment: run
              iterate_over:
                - arg_name: n_workers
                  values: [3, 7]
              outputs:
                - logs/kowalski-n={n_workers}
            collect-boom:
              kind: command
              environment: _system
              command: dotnet script scripts/collect-boom.csx
            collect-kowalski:
              kind: command
              environment: _system
              command: dotnet script scripts/collect-kowalski.csx
            collect-memory:
              kind: command
              environment: _system
              command: dotnet script scripts/collect-memory.csx
            collect-kafka:
              kind: command
              environment: _system
              command: dotnet script scripts/collect-kafka.csx
            check-runs:
              kind: command
              environment: _system
              command: dotnet script scripts/check-runs.csx
            compute-factor:
              kind: command
              environment: _system
              command: >-
                dotnet script scripts/compute-factor.csx --
                --boom n_alert_workers=4,n_enrichment_workers=8,n_filter_workers=2
                --kowalski n_workers=7
            compute-scaling:
              kind: command
              environment: _system
              command: dotnet script scripts/compute-scaling.csx
            render-tex:
              kind: command
              environment: _system
              command: dotnet script scripts/render-tex.csx
            build-paper:
              kind: latex
              environment: tex
              target_path: paper/main.tex
        """;

    [Fact]
    public void The_stages_that_replace_the_notebook_run()
    {
        project.CopyFromRoot("scripts");
        project.CopyFromRoot("shared");
        project.Write("calkit.yaml", Calkit);
        string[] runs = ["1-ne=3-nf=1", "1-ne=6-nf=1", "3-ne=3-nf=1", "3-ne=6-nf=1", "4-ne=8-nf=2"];
        const string Batch = "1/29142 ZTF alerts with programid 1 passed filter 1";
        const string Pushed = "Pushed 29142 alerts to the queue in 10s";
        foreach (var directory in runs.Select(run => $"logs/boom-na={run}"))
        {
            project.Write($"{directory}/producer.log", Boom(Start, Pushed));
            project.Write($"{directory}/consumer.log", Boom(Start));
            project.Write($"{directory}/consumer.stats.log", Sample("1GiB"));
            project.Write(
                $"{directory}/scheduler.log",
                Boom("2025-08-05T00:55:51.655713Z", Batch)
                    + Boom("2025-08-05T00:56:02.655713Z")
                    + Exit
            );
            project.Write($"{directory}/scheduler.stats.log", Sample("2GiB"));
        }
        foreach (var directory in new[] { "logs/kowalski-n=3", "logs/kowalski-n=7" })
        {
            project.Write($"{directory}/producer.log", Boom(Start, Pushed));
            project.Write($"{directory}/supervisord.log", Running + Sigterm);
            project.Write($"{directory}/ingester.stats.log", Sample("12GiB"));
        }

        var outcome = project.Run();

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.Contains("benchmark-boom: left out, it is not a C# script\n", outcome.Out);
        Assert.Contains("build-paper: left out, it is not a C# script\n", outcome.Out);
        Assert.Equal(
            6,
            project
                .Read("results/boom.csv")
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Length
        );
        // By hand: 453 s / 56 s is 8.089…, the 8.1 of the analysis of August 2025.
        Assert.Contains("BOOM throughput factor: 8.1\n", outcome.Out);
        Assert.Equal(
            453.0 / 56,
            (double)JsonNode.Parse(project.Read("results/factor.json"))!["boom_throughput_factor"]!
        );
        var macros = project.Read("paper/results.tex");
        Assert.Contains("{\\boomthroughputfactor}{8}", macros);
        Assert.Contains("{\\boommaxmem}{3}", macros);
        Assert.Contains("{\\boomprocessingfactor}{10.1}", macros); // 453 s / 45 s
        Assert.DoesNotContain("XXXXX", macros);
    }

    static string Sample(string memory) =>
        $"{{\"MemUsage\":\"{memory} / 125GiB\",\"NetIO\":\"1.5GB / 1GB\"}}\n";
}
