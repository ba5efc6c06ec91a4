using System.Text.Json.Nodes;

public sealed class ComputeScalingTests : IDisposable
{
    readonly ScratchProject project = new();

    public void Dispose() => project.Dispose();

    Outcome Compute(string boom, string kowalski, string? kafka = null)
    {
        project.Write(
            "calkit.yaml",
            "parameters: {n_alerts: 1000, rubin_alerts: 100, rubin_interval_s: 4}\n"
        );
        project.Write(
            "results/boom.csv",
            "n_alert_workers,n_ml_workers,n_gpus,wall_time_s\n" + boom
        );
        project.Write("results/kowalski.csv", "n_workers,wall_time_s\n" + kowalski);
        if (kafka != null)
            project.Write("results/kafka.csv", "run,alerts_per_s,mb_per_s\n" + kafka);
        return project.RunScript("compute-scaling");
    }

    JsonNode Rubin => JsonNode.Parse(project.Read("results/rubin.json"))!;

    [Fact]
    public void The_best_throughput_counts_for_each_number_of_workers()
    {
        Compute("1,3,9,50\n2,2,9,40\n3,1,9,40\n1,1,9,100\n", "4,200\n2,500\n");

        Assert.Equal(
            """
            system,n_workers,alerts_per_s,configuration
            boom,2,10,n_alert_workers=1 n_ml_workers=1
            boom,4,25,n_alert_workers=2 n_ml_workers=2
            kowalski,2,2,n_workers=2
            kowalski,4,5,n_workers=4

            """,
            project.Read("results/scaling.csv")
        );
    }

    [Fact]
    public void The_best_throughputs_stand_against_rubins_rate()
    {
        Compute("2,2,9,40\n1,1,9,100\n4,4,9,20\n", "4,200\n2,500\n");

        Assert.Equal(25.0, (double)Rubin["rubin_alerts_per_s"]!);
        var boom = Rubin["boom"]!;
        Assert.Equal(
            (50.0, 8, "n_alert_workers=4 n_ml_workers=4", 2.0, 4),
            (
                (double)boom["best_alerts_per_s"]!,
                (int)boom["best_n_workers"]!,
                (string)boom["best_configuration"]!,
                (double)boom["best_over_rubin"]!,
                (int)boom["fewest_workers_for_rubin"]! // 25 alerts/s are just enough
            )
        );
        Assert.Null(Rubin["kowalski"]!["fewest_workers_for_rubin"]);
    }

    [Fact]
    public void The_speedup_is_for_the_numbers_of_workers_that_both_have()
    {
        Compute("2,2,9,40\n1,1,9,100\n4,4,9,20\n", "4,200\n2,450\n3,7\n");

        Assert.Equal(
            """{"min":4.5,"max":5,"by_n_workers":{"2":4.5,"4":5}}""",
            Rubin["boom_speedup"]!.ToJsonString()
        );
    }

    [Fact]
    public void Of_the_kafka_rates_the_median_and_the_spread_are_kept()
    {
        Compute("1,1,9,100\n", "2,500\n", "a,200,5\nb,100,3\nc,350,4\nd,300,\n");

        Assert.Equal(
            """{"alerts_per_s":{"runs":4,"median":250,"min":100,"max":350},"mb_per_s":{"runs":3,"median":4,"min":3,"max":5},"over_rubin":10}""",
            Rubin["kafka"]!.ToJsonString()
        );
    }

    [Fact]
    public void A_run_that_is_incomplete_is_left_out_with_a_warning()
    {
        project.Write(
            "results/checks.csv",
            "system,n_alert_workers,n_ml_workers,n_gpus,n_workers,complete\n"
                + "boom,2,2,9,,false\nboom,1,1,9,,true\nkowalski,,,,2,\n"
        );

        var outcome = Compute("2,2,9,10\n1,1,9,100\n", "2,500\n", "a,200,5\n");

        Assert.Equal(
            (0, "WARNING: results/boom.csv:2: the run is incomplete, and is left out\n"),
            (outcome.ExitCode, outcome.Error)
        );
        Assert.Equal(10.0, (double)Rubin["boom"]!["best_alerts_per_s"]!);
    }

    [Fact]
    public void Without_checks_there_is_a_warning() =>
        Assert.StartsWith(
            "WARNING: results/checks.csv does not exist: the runs of results/boom.csv are not checked\n",
            Compute("1,1,9,100\n", "2,500\n").Error
        );

    [Fact]
    public void A_stage_without_one_kind_of_workers_has_none_of_them()
    {
        Compute("2,,9,40\n", "2,500\n");

        Assert.Equal(2, (int)Rubin["boom"]!["best_n_workers"]!);
    }

    [Fact]
    public void A_table_without_runs_is_an_error_and_nothing_is_written()
    {
        var outcome = Compute("", "2,500\n");

        Assert.EndsWith("ERROR: results/boom.csv: there is no complete run\n", outcome.Error);
        Assert.False(File.Exists(project.PathOf("results/scaling.csv")));
    }

    [Fact]
    public void Without_kafka_rates_there_is_a_warning_and_none_in_the_results()
    {
        var outcome = Compute("1,1,9,100\n", "2,500\n");

        Assert.Equal(0, outcome.ExitCode);
        Assert.EndsWith(
            "WARNING: results/kafka.csv does not exist: no Kafka rates in results/rubin.json\n",
            outcome.Error
        );
        Assert.Null(Rubin["kafka"]);
    }

    [Theory]
    [InlineData(
        "1,x,9,100\n",
        "results/boom.csv:2: n_ml_workers is \"x\", expected a number of workers"
    )]
    [InlineData(
        "1,1.5,9,100\n",
        "results/boom.csv:2: n_ml_workers is \"1.5\", expected a number of workers"
    )]
    [InlineData("1,1,9,0\n", "results/boom.csv:2: wall_time_s is 0, expected a number above 0")]
    public void A_row_that_is_no_run_is_an_error(string boom, string expected)
    {
        var outcome = Compute(boom, "2,500\n");

        Assert.Equal(1, outcome.ExitCode);
        Assert.EndsWith($"\nERROR: {expected}\n", outcome.Error);
    }
}
