using static LogText;

public sealed class CollectKowalskiTests : IDisposable
{
    readonly ScratchProject project = new();

    public void Dispose() => project.Dispose();

    void WriteRuns(params string[] supervisordLogs)
    {
        var numbers = Enumerable.Range(1, supervisordLogs.Length).Select(n => $"{n}").ToArray();
        project.WriteSweep("benchmark-kowalski", numbers);
        foreach (var (n, text) in numbers.Zip(supervisordLogs))
            project.Write($"logs/x-n={n}/supervisord.log", text);
    }

    [Fact]
    public void A_run_lasts_from_running_to_sigterm_in_whole_seconds()
    {
        WriteRuns(Running + Sigterm);

        var outcome = project.RunScript("collect-kowalski");

        Assert.Equal(("", 0), (outcome.Error, outcome.ExitCode));
        Assert.Equal(
            "n,start_time,end_time,wall_time_s\n"
                + "1,2025-08-05T01:41:17.000000,2025-08-05T01:48:50.000000,453\n",
            project.Read("results/kowalski.csv")
        );
        Assert.Equal(
            """
            n           start_time             end_time  wall_time_s
            1  2025-08-05 01:41:17  2025-08-05 01:48:50          453

            """,
            outcome.Out
        );
    }

    [Theory]
    [InlineData("", "no line holds \"alert-broker-ztf entered RUNNING state\"")]
    [InlineData(Sigterm, "no line holds \"alert-broker-ztf entered RUNNING state\"")]
    [InlineData(
        Running,
        "no line after \"alert-broker-ztf entered RUNNING state\" holds \"received SIGTERM indicating exit request\""
    )]
    [InlineData(
        Sigterm + Running,
        "no line after \"alert-broker-ztf entered RUNNING state\" holds \"received SIGTERM indicating exit request\""
    )]
    [InlineData(
        "alert-broker-ztf entered RUNNING state\n" + Sigterm,
        "the line with \"alert-broker-ztf entered RUNNING state\" has no timestamp such as 2025-08-05 01:41:17,123"
    )]
    public void A_log_without_a_time_is_an_error_and_never_another_runs_time(
        string text,
        string expected
    )
    {
        WriteRuns(Running + Sigterm, text);

        var outcome = project.RunScript("collect-kowalski");

        Assert.Equal(
            (1, $"ERROR: logs/x-n=2/supervisord.log: {expected}\n"),
            (outcome.ExitCode, outcome.Error)
        );
        Assert.False(File.Exists(project.PathOf("results/kowalski.csv")));
    }

    [Fact]
    public void A_log_with_more_than_one_start_is_named()
    {
        WriteRuns(Running + Running + Sigterm);

        Assert.Equal(
            "WARNING: logs/x-n=1/supervisord.log: 2 lines hold "
                + "\"alert-broker-ztf entered RUNNING state\"; the first one counts\n",
            project.RunScript("collect-kowalski").Error
        );
    }

    [Fact]
    public void An_argument_with_the_name_of_another_column_is_an_error()
    {
        project.Write(
            "calkit.yaml",
            """
            pipeline:
              stages:
                benchmark-kowalski:
                  iterate_over: [{arg_name: wall_time_s, values: [1]}]
                  outputs: ["logs/x-n={wall_time_s}"]
            """
        );
        project.Write("logs/x-n=1/supervisord.log", Running + Sigterm);

        Assert.Equal(
            "ERROR: two columns have the same name: wall_time_s, start_time, end_time, wall_time_s\n",
            project.RunScript("collect-kowalski").Error
        );
    }

    [Fact]
    public void A_run_without_a_log_is_left_out_with_a_warning()
    {
        WriteRuns(Running + Sigterm);
        project.WriteSweep("benchmark-kowalski", "1", "2");

        var outcome = project.RunScript("collect-kowalski");

        Assert.Equal(
            (0, "WARNING: logs/x-n=2/supervisord.log does not exist\n"),
            (outcome.ExitCode, outcome.Error)
        );
    }

    [Fact]
    public void A_run_that_ends_before_it_starts_is_an_error()
    {
        WriteRuns(Running + Sigterm.Replace("01:48:50", "01:41:16"));

        var outcome = project.RunScript("collect-kowalski");

        Assert.Equal(
            (
                1,
                "ERROR: logs/x-n=1/supervisord.log: the run ends at 2025-08-05 01:41:16, before it starts at 2025-08-05 01:41:17\n"
            ),
            (outcome.ExitCode, outcome.Error)
        );
    }
}
