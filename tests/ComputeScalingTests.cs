using System.Text.Json.Nodes;
using static TableOfRuns;

public sealed class ComputeScalingTests : IDisposable
{
    readonly ScratchProject project = new();

    public ComputeScalingTests() =>
        // Rubin's rate is 25 alerts/s, 40 s for the night.
        project.WriteParameters("rubin_alerts: 100, rubin_interval_s: 4");

    public void Dispose() => project.Dispose();

    JsonNode Rubin => JsonNode.Parse(project.Read("results/rubin.json"))!;

    [Fact]
    public void The_best_median_of_each_number_of_workers_counts_and_stands_against_rubins_rate()
    {
        project.WriteRuns(
            "boom",
            Run("n_alert_workers=1 n_ml_workers=3 n_gpus=9 repetition=1", 50) with
            {
                KafkaAlertsPerS = 100,
                KafkaMbPerS = 5,
            },
            // The same number of workers. Once it was lucky: of 10, 48 and 90 s the median counts.
            Run("n_alert_workers=2 n_ml_workers=2 n_gpus=9 repetition=1", 10) with
            {
                KafkaAlertsPerS = 1000,
            },
            Run("n_alert_workers=2 n_ml_workers=2 n_gpus=9 repetition=2", 48) with
            {
                KafkaAlertsPerS = 200,
            },
            Run("n_alert_workers=2 n_ml_workers=2 n_gpus=9 repetition=3", 90),
            Run("n_alert_workers=2 n_ml_workers=2 n_gpus=9 repetition=4", 1, complete: false),
            // Just enough for Rubin.
            Run("n_alert_workers=0 n_ml_workers=6 n_gpus=9 repetition=1", 40),
            Run("n_alert_workers=9 n_ml_workers=9 n_gpus=9 repetition=1", 1, complete: false)
        );
        project.WriteRuns(
            "kowalski",
            Run("n_workers=4 repetition=1", 200) with
            {
                KafkaAlertsPerS = 300,
            },
            Run("n_workers=4 repetition=2", 280),
            Run("n_workers=6 repetition=1", 100),
            Run("n_workers=2 repetition=1", 500)
        );

        var outcome = project.RunScript("compute-scaling");

        Assert.Equal(
            (0, "WARNING: BOOM with n_gpus=9 is compared with Kowalski without n_gpus\n"),
            (outcome.ExitCode, outcome.Error)
        );
        Assert.Equal(
            $"""
            system,n_workers,n_alert_workers,n_runs,alerts_per_s,alerts_per_s_min,alerts_per_s_max,best,configuration
            boom,4,1,1,20,20,20,false,n_alert_workers=1 n_ml_workers=3 n_gpus=9
            boom,4,2,3,{1000.0 / 48:R},{1000.0
                / 90:R},100,true,n_alert_workers=2 n_ml_workers=2 n_gpus=9
            boom,6,0,1,25,25,25,true,n_alert_workers=0 n_ml_workers=6 n_gpus=9
            kowalski,2,,1,2,2,2,true,n_workers=2
            kowalski,4,,2,{(5 + 1000.0 / 280) / 2:R},{1000.0 / 280:R},5,true,n_workers=4
            kowalski,6,,1,10,10,10,true,n_workers=6

            """,
            project.Read("results/scaling.csv")
        );
        Assert.Equal(1000, (int)Rubin["n_alerts"]!);
        Assert.Equal(25, (double)Rubin["rubin_alerts_per_s"]!);
        Assert.Equal(
            """{"setup":"n_alert_workers n_ml_workers n_gpus=9","best_alerts_per_s":{"median":25,"min":25,"max":25,"n":1},"best_n_workers":6,"best_configuration":"n_alert_workers=0 n_ml_workers=6 n_gpus=9","best_over_rubin":{"median":1,"min":1,"max":1,"n":1},"fewest_workers_for_rubin":6}""",
            Rubin["boom"]!.ToJsonString()
        );
        Assert.Equal(6, (int)Rubin["kowalski"]!["best_n_workers"]!);
        Assert.Null(Rubin["kowalski"]!["fewest_workers_for_rubin"]);
        // At 6 workers 25 over 10 alerts/s, at 4 those of the medians in the table.
        Assert.Equal(
            $$$$"""{"min":2.5,"max":{{{{1000.0 / 48 / ((5 + 1000.0 / 280) / 2):R}}}},"by_n_workers":{"4":{"median":{{{{1000.0 / 48 / ((5 + 1000.0 / 280) / 2):R}}}},"min":{{{{1000.0 / 90 / 5:R}}}},"max":28,"n":2},"6":{"median":2.5,"min":2.5,"max":2.5,"n":1}}}""",
            Rubin["boom_speedup"]!.ToJsonString()
        );
        Assert.Equal("""["0","1","2"]""", Rubin["boom_alert_workers"]!.ToJsonString());
        // Of 100, 600 (the median of 1,000 and 200) and 300.
        Assert.Equal(
            """{"median":300,"min":100,"max":600,"n":3}""",
            Rubin["kafka_alerts_per_s"]!.ToJsonString()
        );
        Assert.Equal(
            """{"median":12,"min":4,"max":24,"n":3}""",
            Rubin["kafka_over_rubin"]!.ToJsonString()
        );
        Assert.Equal(1, (int)Rubin["kafka_mb_per_s"]!["n"]!);
    }

    // Of 10 and 30 s the median throughput is (100 + 33.3) / 2 alerts/s, the best of 3 workers.
    [Fact]
    public void The_speed_up_is_that_of_the_throughputs_in_the_table()
    {
        project.WriteRuns(
            "boom",
            Run("n_alert_workers=1 n_ml_workers=2 repetition=1", 10),
            Run("n_alert_workers=1 n_ml_workers=2 repetition=2", 30),
            Run("n_alert_workers=2 n_ml_workers=1 repetition=1", 19),
            Run("n_alert_workers=2 n_ml_workers=1 repetition=2", 19)
        );
        project.WriteRuns("kowalski", Run("n_workers=3", 300));

        project.RunScript("compute-scaling");

        Assert.Equal(20, (double)Rubin["boom_speedup"]!["max"]!, 1e-9);
    }

    [Fact]
    public void A_table_of_a_system_that_calkit_yaml_does_not_have_is_an_error()
    {
        project.Write(
            "calkit.yaml",
            project.Read("calkit.yaml").Replace(", benchmark-kowalski: {}", "")
        );
        project.WriteRuns("boom", Run("n_workers=3", 100));
        project.WriteRuns("kowalski", Run("n_workers=3", 300));

        Assert.Equal(
            "ERROR: results/kowalski-runs.csv: calkit.yaml has no stage benchmark-kowalski; remove the table\n",
            project.RunScript("compute-scaling").Error
        );
    }

    [Fact]
    public void What_can_not_be_compared_is_an_error_and_the_options_choose()
    {
        void Fails(string[] arguments, params string[] culprits)
        {
            var outcome = project.RunScript("compute-scaling", arguments);
            Assert.Equal(1, outcome.ExitCode);
            Assert.Contains("ERROR: ", outcome.Error);
            Assert.All(culprits, culprit => Assert.Contains(culprit, outcome.Error));
            Assert.False(File.Exists(project.PathOf("results/scaling.csv")));
            Assert.False(File.Exists(project.PathOf("results/rubin.json")));
        }

        project.WriteRuns("boom", Run("n_workers=1", 10, complete: false));
        Fails([], "results/boom-runs.csv: ", "no complete run");

        project.WriteRuns(
            "boom",
            Run("n_workers=1 machine=", 100),
            Run("n_workers=2 machine=server", 10),
            Run("n_workers=2 machine=server2", 1, nAlerts: 500)
        );
        project.WriteRuns("kowalski", Run("n_workers=1", 500));
        // Two machines, two nights.
        Fails([], "results/boom-runs.csv: ", "machine=server", "--boom");
        Fails(["--boom", "machine=server2"], "500", "1000", "n_alerts");

        // Two versions, with other kinds of workers.
        project.WriteRuns(
            "boom",
            Run("n_ml_workers=1 n_enrichment_workers= machine=", 100),
            Run("n_ml_workers= n_enrichment_workers=2 machine=", 10)
        );
        Fails([], "2 kinds: n_ml_workers | n_enrichment_workers; ", "--boom");
        project.WriteRuns(
            "boom",
            Run("n_workers=1 machine=", 100),
            Run("n_workers=2 machine=server", 10),
            Run("n_workers=2 machine=server2", 1, nAlerts: 500)
        );

        var outcome = project.RunScript("compute-scaling", "--boom", "machine=", "--output", "x");
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.Equal(3, project.Read("x/scaling.csv").Split('\n').Length - 1);
        Assert.Contains(
            "boom,1,,1,10,10,10,true,n_workers=1 n_alerts=1000\n",
            project.Read("x/scaling.csv")
        );
    }

    [Fact]
    public void A_project_may_have_one_system_only()
    {
        project.WriteRuns("kowalski", Run("n_workers=2", 20), Run("n_workers=12", 10));

        var outcome = project.RunScript("compute-scaling");

        Assert.Equal(0, outcome.ExitCode);
        Assert.Matches("^WARNING: results/boom-runs.csv .*\n$", outcome.Error);
        Assert.Null(Rubin["boom"]);
        Assert.Null(Rubin["boom_speedup"]);
        Assert.Equal(2, (int)Rubin["kowalski"]!["fewest_workers_for_rubin"]!);
    }

    [Fact]
    public void Generated_runs_have_the_bests_of_an_obvious_computation()
    {
        var random = new Random(1);
        for (var i = 0; i < 2; i++)
        {
            BenchmarkRun[] Runs() =>
                Enumerable
                    .Range(0, 300)
                    .Select(number =>
                        Run(
                            $"n_a_workers={random.Next(6)} n_b_workers={random.Next(6)} repetition={number}",
                            random.Next(1, 1000),
                            random.Next(3) > 0
                        )
                    )
                    .ToArray();
            var (boom, kowalski) = (Runs(), Runs());
            project.WriteRuns("boom", boom);
            foreach (var run in kowalski)
                if (run.Complete == false)
                    (run.Complete, run.AlertsPerS) = (null, 1000.0 / run.WallTimeS);
            project.WriteRuns("kowalski", kowalski);

            var outcome = project.RunScript("compute-scaling");

            Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
            var (ofBoom, ofKowalski) = (Bests(boom), Bests(kowalski));
            AssertBest(ofBoom, Rubin["boom"]!);
            AssertBest(ofKowalski, Rubin["kowalski"]!);
            var speedups = Rubin["boom_speedup"]!["by_n_workers"]!.AsObject();
            Assert.Equal(
                ofBoom.Keys.Intersect(ofKowalski.Keys).Order(),
                speedups.Select(pair => int.Parse(pair.Key)).Order()
            );
            foreach (var (workers, speedup) in speedups)
                Assert.Equal(
                    ofBoom[int.Parse(workers)] / ofKowalski[int.Parse(workers)],
                    (double)speedup!["median"]!
                );
        }
    }

    static void AssertBest(Dictionary<int, double> bests, JsonNode actual)
    {
        var best = bests.MaxBy(pair => pair.Value);
        Assert.Equal(best.Value, (double)actual["best_alerts_per_s"]!["median"]!);
        Assert.Equal(best.Key, (int)actual["best_n_workers"]!);
        Assert.Equal(best.Value / 25, (double)actual["best_over_rubin"]!["median"]!);
        var enough = bests.Where(pair => pair.Value >= 25).Select(pair => pair.Key).Order();
        Assert.Equal(
            enough.Any() ? enough.First() : null,
            (int?)actual["fewest_workers_for_rubin"]
        );
    }

    // The best median throughput of each number of workers.
    static Dictionary<int, double> Bests(BenchmarkRun[] runs)
    {
        double Median(IEnumerable<double> numbers)
        {
            var sorted = numbers.Order().ToArray();
            return sorted.Length % 2 == 1
                ? sorted[sorted.Length / 2]
                : (sorted[sorted.Length / 2 - 1] + sorted[sorted.Length / 2]) / 2;
        }
        var bests = new Dictionary<int, double>();
        for (var a = 0; a < 6; a++)
        for (var b = 0; b < 6; b++)
        {
            var those = runs.Where(run =>
                    run.Complete != false
                    && run.Arguments["n_a_workers"] == $"{a}"
                    && run.Arguments["n_b_workers"] == $"{b}"
                )
                .ToArray();
            if (those.Length == 0)
                continue;
            var rate = Median(those.Select(run => 1000.0 / run.WallTimeS));
            if (!bests.TryGetValue(a + b, out var best) || rate > best)
                bests[a + b] = rate;
        }
        return bests;
    }
}
