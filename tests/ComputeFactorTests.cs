using System.Text.Json.Nodes;
using static TableOfRuns;

public sealed class ComputeFactorTests : IDisposable
{
    readonly ScratchProject project = new();

    public void Dispose() => project.Dispose();

    Outcome Compute(string boom, string kowalski) =>
        project.RunScript("compute-factor", "--boom", boom, "--kowalski", kowalski);

    JsonObject Factor => JsonNode.Parse(project.Read("results/factor.json"))!.AsObject();

    [Fact]
    public void The_factor_is_that_of_the_medians_with_its_range_and_what_it_is_made_of()
    {
        project.WriteRuns(
            "boom",
            // The lucky one is incomplete, the blank machine is not the server.
            Run("n_workers=1 machine= repetition=1", 10, complete: false),
            Run("n_workers=1 machine= repetition=2", 80, complete: true) with
            {
                ProcessingTimeS = 60,
                IdleTailS = 20,
                PeakMemoryGib = 2,
            },
            Run("n_workers=1 machine= repetition=3", 75, complete: true) with
            {
                ProcessingTimeS = 64,
                IdleTailS = 10,
                PeakMemoryGib = 4,
            },
            Run("n_workers=1 machine= repetition=4", 60, complete: true) with
            {
                ProcessingTimeS = 62,
                IdleTailS = 15,
            },
            Run("n_workers=1 machine=server repetition=1", 1, complete: true),
            Run("n_workers=2 machine= repetition=1", 1, complete: true)
        );
        project.WriteRuns(
            "kowalski",
            Run("n_workers=7 repetition=1", 480) with
            {
                ProcessingTimeS = 470,
            },
            Run("n_workers=7 repetition=2", 420) with
            {
                ProcessingTimeS = 400,
            }
        );

        var outcome = Compute("n_workers=1,machine=", "n_workers=7");

        Assert.Equal(
            (
                0,
                """
                BOOM: 75 s for n_workers=1, the median of 3 runs from 60 s to 80 s
                Kowalski: 450 s for n_workers=7, the median of 2 runs from 420 s to 480 s
                BOOM throughput factor: 6.0 (5.2 to 8.0)
                without the idle tail: 7.0 (6.2 to 7.8)

                """,
                ""
            ),
            (outcome.ExitCode, outcome.Out, outcome.Error)
        );
        var factor = Factor;
        factor.Remove("made_from");
        Assert.Equal(
            """
            {
              "boom_throughput_factor": 6,
              "boom_throughput_factor_min": 5.25,
              "boom_throughput_factor_max": 8,
              "boom_processing_factor": 7.016129032258065,
              "boom_processing_factor_min": 6.25,
              "boom_processing_factor_max": 7.833333333333333,
              "n_alerts": 1000,
              "boom": {
                "setup": "n_workers",
                "configuration": {
                  "n_workers": "1",
                  "machine": ""
                },
                "n_workers": 1,
                "n_alerts": 1000,
                "runs": [
                  "logs/n_workers=1-machine=-repetition=2",
                  "logs/n_workers=1-machine=-repetition=3",
                  "logs/n_workers=1-machine=-repetition=4"
                ],
                "wall_time_s": {"median":75,"min":60,"max":80,"n":3},
                "processing_time_s": {"median":62,"min":60,"max":64,"n":3},
                "idle_tail_s": {"median":15,"min":10,"max":20,"n":3},
                "peak_memory_gib": {"median":3,"min":2,"max":4,"n":2}
              },
              "kowalski": {
                "setup": "n_workers",
                "configuration": {
                  "n_workers": "7"
                },
                "n_workers": 7,
                "n_alerts": 1000,
                "runs": [
                  "logs/n_workers=7-repetition=1",
                  "logs/n_workers=7-repetition=2"
                ],
                "wall_time_s": {"median":450,"min":420,"max":480,"n":2},
                "processing_time_s": {"median":435,"min":400,"max":470,"n":2},
                "idle_tail_s": null,
                "peak_memory_gib": null
              }
            }
            """.Replace("\": ", "\":").Replace("\n", "").Replace("  ", ""),
            factor.ToJsonString()
        );
    }

    [Fact]
    public void What_gives_no_factor_is_an_error_that_names_the_culprit_and_leaves_the_old_one()
    {
        project.Write("results/factor.json", "old");
        void Fails(string boom, params string[] culprits)
        {
            var outcome = Compute(boom, "n_workers=7");
            Assert.Equal((1, ""), (outcome.ExitCode, outcome.Out));
            Assert.Equal("old", project.Read("results/factor.json"));
            Assert.StartsWith("ERROR: ", outcome.Error);
            Assert.Equal(1, outcome.Error.Count(character => character == '\n'));
            Assert.All(culprits, culprit => Assert.Contains(culprit, outcome.Error));
        }

        Fails("n_workers=1", "results/boom-runs.csv", "collect-boom");

        project.WriteRuns(
            "boom",
            Run("n_workers=1 m=2 repetition=1", 75, complete: false),
            Run("n_workers=3 m=2 repetition=1", 75),
            Run("n_workers=3 m=4 repetition=1", 75),
            Run("n_workers=5 m=2 repetition=1", 75, nAlerts: 10),
            Run("n_workers=6 m=2 repetition=1", 0)
        );
        project.WriteRuns("kowalski", Run("n_workers=7 m=2", 453));
        // More than one configuration, no complete run, another night, no wall time, no such run.
        Fails(
            "n_workers=3",
            "results/boom-runs.csv: ",
            "n_workers=3 m=2 n_alerts=1000 | n_workers=3 m=4 n_alerts=1000",
            "--boom"
        );
        Fails("n_workers=1", "results/boom-runs.csv:2: ", "logs/n_workers=1-m=2-repetition=1");
        Fails("n_workers=5", "10 (BOOM)", "1000 alerts (Kowalski)", "n_alerts");
        Fails("n_workers=6", "results/boom-runs.csv:6: wall_time_s");
        Fails("n_workers=4", "results/boom-runs.csv: ", "n_workers=3", "--boom");
    }

    // A median over two runs is not to be taken for the part of one over three.
    [Fact]
    public void Processing_times_of_some_runs_only_are_no_processing_time()
    {
        project.WriteRuns(
            "boom",
            Run("n_workers=1 repetition=1", 100) with
            {
                ProcessingTimeS = 90,
                IdleTailS = 10,
            },
            Run("n_workers=1 repetition=2", 50),
            Run("n_workers=1 repetition=3", 52)
        );
        project.WriteRuns("kowalski", Run("n_workers=1", 312) with { ProcessingTimeS = 312 });

        var outcome = Compute("n_workers=1", "n_workers=1");

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.EndsWith("BOOM throughput factor: 6.0 (3.1 to 6.2)\n", outcome.Out);
        Assert.Null(Factor["boom_processing_factor"]);
        Assert.Null(Factor["boom"]!["processing_time_s"]);
        Assert.Null(Factor["boom"]!["idle_tail_s"]);
    }

    [Fact]
    public void Of_repeated_runs_none_can_be_chosen()
    {
        var outcome = Compute("n_workers=1,repetition=1", "n_workers=1");

        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("--boom: of repeated runs the median counts", outcome.Error);
    }

    [Fact]
    public void Generated_runs_have_the_factor_of_an_obvious_computation()
    {
        var random = new Random(1);
        for (var i = 0; i < 2; i++)
        {
            BenchmarkRun[] Runs() =>
                Enumerable
                    .Range(0, 200)
                    .Select(number =>
                        Run(
                            $"n_workers={random.Next(4)} machine={"abc"[random.Next(3)]} repetition={number}",
                            random.Next(1, 1000),
                            random.Next(3) > 0
                        )
                    )
                    .ToArray();
            double[] WallTimes(BenchmarkRun[] runs) =>
                runs.Where(run => run.Complete != false)
                    .Where(run =>
                        run.Arguments["n_workers"] == "2" && run.Arguments["machine"] == "b"
                    )
                    .Select(run => (double)run.WallTimeS)
                    .Order()
                    .ToArray();
            double Median(double[] sorted) =>
                sorted.Length % 2 == 1
                    ? sorted[sorted.Length / 2]
                    : (sorted[sorted.Length / 2 - 1] + sorted[sorted.Length / 2]) / 2;
            var (boom, kowalski) = (Runs(), Runs());
            foreach (var run in kowalski)
                run.Complete = null; // Its logs do not tell.
            project.WriteRuns("boom", boom);
            project.WriteRuns("kowalski", kowalski);

            var outcome = Compute("machine=b,n_workers=2", "n_workers=2,machine=b");

            Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
            var (one, other) = (WallTimes(boom), WallTimes(kowalski));
            Assert.Equal(
                (Median(other) / Median(one), other[0] / one[^1], other[^1] / one[0]),
                (
                    (double)Factor["boom_throughput_factor"]!,
                    (double)Factor["boom_throughput_factor_min"]!,
                    (double)Factor["boom_throughput_factor_max"]!
                )
            );
        }
    }
}
