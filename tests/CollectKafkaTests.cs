public sealed class CollectKafkaTests : IDisposable
{
    readonly ScratchProject project = new();

    public void Dispose() => project.Dispose();

    Outcome Collect(string producer, string? stats = null)
    {
        project.WriteSweep("benchmark-boom", "1");
        project.Write("logs/x-n=1/producer.log", producer);
        if (stats != null)
            project.Write("logs/x-n=1/consumer.stats.log", stats);
        return project.RunScript("collect-kafka");
    }

    static string Pushed(string elapsed, int alerts = 1000) =>
        LogText.Boom(LogText.Start, $"Pushed {alerts} alerts to the queue in {elapsed}");

    static string Sample(string network) => $"\x1b[H{{\"NetIO\":\"{network} / 900MB\"}}\x1b[K\n";

    string Row => project.Read("results/kafka.csv").Split('\n')[1];

    [Theory]
    [InlineData("4s", "4,250")]
    [InlineData("12.5s", "12.5,80")]
    [InlineData("500ms", "0.5,2000")]
    [InlineData("0.125ms", "0.000125,8000000")]
    [InlineData("250µs", "0.00025,4000000")]
    [InlineData("500ns", "0.0000005,2000000000")]
    public void Every_unit_of_rusts_durations_is_read(string elapsed, string expected)
    {
        Collect(Pushed(elapsed));

        Assert.Equal($"x-n=1,1000,{expected},", Row);
    }

    [Theory]
    [InlineData("64B", "1.6E-05")]
    [InlineData("64kB", "0.016")]
    [InlineData("64MB", "16")]
    [InlineData("1.79GB", "447.5")]
    [InlineData("1TB", "250000")]
    public void The_bytes_are_those_of_the_last_sample_in_decimal_units(
        string network,
        string expected
    )
    {
        Collect(Pushed("4s"), Sample("0B") + Sample("1kB") + Sample(network));

        Assert.Equal($"x-n=1,1000,4,250,{expected}", Row);
    }

    [Fact]
    public void A_container_that_has_stopped_does_not_count_as_the_last_sample()
    {
        Collect(Pushed("4s"), Sample("64MB") + Sample("0B") + Sample("--"));

        Assert.EndsWith(",16", Row);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("{\"NetIO\":\"1.7")]
    public void Without_samples_the_rate_in_bytes_is_blank(string? stats)
    {
        Collect(Pushed("4s"), stats);

        Assert.Equal("x-n=1,1000,4,250,", Row);
    }

    [Theory]
    [InlineData("", "0 lines hold \"Pushed N alerts to the queue in T\", expected one")]
    [InlineData(
        "Pushed 5 alerts to the queue in 3min\n",
        "0 lines hold \"Pushed N alerts to the queue in T\", expected one"
    )]
    [InlineData(
        "Pushed 5 alerts to the queue in 3s\nPushed 5 alerts to the queue in 3s\n",
        "2 lines hold \"Pushed N alerts to the queue in T\", expected one"
    )]
    [InlineData(
        "Pushed 5 alerts to the queue in 0ns\n",
        "the alerts were pushed in no time: Pushed 5 alerts to the queue in 0ns"
    )]
    public void A_log_without_one_rate_is_an_error(string producer, string expected)
    {
        var outcome = Collect(producer);

        Assert.Equal(
            (1, $"ERROR: logs/x-n=1/producer.log: {expected}\n"),
            (outcome.ExitCode, outcome.Error)
        );
    }

    [Fact]
    public void A_run_without_a_log_is_left_out_with_a_warning()
    {
        Collect(Pushed("4s"));
        project.WriteSweep("benchmark-boom", "1", "2");

        var outcome = project.RunScript("collect-kafka");

        Assert.Equal(
            (0, "WARNING: logs/x-n=2/producer.log does not exist\n"),
            (outcome.ExitCode, outcome.Error)
        );
    }
}
