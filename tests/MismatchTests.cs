using static LogText;
using static TableOfRuns;

/// <summary>Numbers that do not belong together are refused, left blank, or said to be so.</summary>
public sealed class MismatchTests : IDisposable
{
    readonly ScratchProject project = new();

    public void Dispose() => project.Dispose();

    static string Sample(string memory) => $"{{\"MemUsage\":\"{memory} / 9GiB\"}}\n";

    [Fact]
    public void Another_number_of_pushed_alerts_and_a_stats_log_without_its_peak_are_named()
    {
        project.WriteSweep("benchmark-boom", "1");
        project.Write("calkit.yaml", "parameters: {n_alerts: 906}\n" + project.Read("calkit.yaml"));
        project.Write("logs/x-n=1/consumer.log", Boom(Start));
        project.Write("logs/x-n=1/scheduler.log", Boom(End));
        project.Write(
            "logs/x-n=1/producer.log",
            Boom(Start, "Pushed 90 alerts to the queue in 1s")
        );
        project.Write("logs/x-n=1/consumer.stats.log", Sample("1GiB"));
        project.Write("logs/x-n=1/scheduler.stats.log", Sample("1GiB") + Sample("5GiB"));

        var outcome = project.RunScript("collect-boom");

        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("906", outcome.Error);
        Assert.Contains("logs/x-n=1/producer.log", outcome.Error);
        Assert.Contains("*.stats.log", outcome.Error);
        Assert.EndsWith(",1,5,\n", project.Read("results/boom-runs.csv"));
    }

    [Fact]
    public void Systems_on_two_machines_are_compared_with_a_warning()
    {
        project.WriteRuns("boom", Run("n_workers=1 machine=laptop", 75));
        project.WriteRuns("kowalski", Run("n_workers=1 machine=server", 453));

        var outcome = project.RunScript(
            "compute-factor",
            "--boom=n_workers=1",
            "--kowalski=n_workers=1"
        );

        Assert.Equal(
            (
                0,
                "WARNING: BOOM with machine=laptop is compared with Kowalski with machine=server\n"
            ),
            (outcome.ExitCode, outcome.Error)
        );
    }

    [Fact]
    public void Results_of_two_nights_do_not_stand_in_one_paper()
    {
        project.Write(
            "results/factor.json",
            """{"boom_throughput_factor": 6, "n_alerts": 29142}"""
        );
        project.Write("results/rubin.json", """{"rubin_alerts_per_s": 333, "n_alerts": 29500}""");

        foreach (var script in new[] { "render-tex", "render-report" })
        {
            var outcome = project.RunScript(script);

            Assert.Equal(1, outcome.ExitCode);
            Assert.StartsWith("ERROR: results/factor.json", outcome.Error);
            Assert.Contains("29500", outcome.Error);
        }
    }

    [Theory]
    [InlineData(75, "75")]
    [InlineData(74.5, "74.5")]
    public void A_median_of_wall_times_keeps_its_half_second(double wallTime, string expected) =>
        Assert.Equal(expected, Numbers.Seconds(wallTime));
}
