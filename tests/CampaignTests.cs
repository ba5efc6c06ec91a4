using System.Text;

/// <summary>shared/campaign.csx: what is said of a run once for all runs.</summary>
public sealed class RunLogsTests : InProject
{
    RunLogs Logs(double nAlerts = 29142) =>
        new(new(Project.Directory, new Dictionary<string, string>()), "benchmark-x", nAlerts);

    [Fact]
    public void A_doubt_is_set_down_once_with_what_was_first_told_of_it()
    {
        var logs = Logs();
        logs.Doubt(true, "the clock steps back", "a:1");
        logs.Doubt(true, "the clock steps back", "a:2");
        logs.Doubt(false, "a dead worker was respawned");

        Assert.Equal("the clock steps back (a:1)", logs.Doubts);
        Assert.Equal(
            [("times may be wrong: the clock steps back", $"{Project.Directory} (a:1)")],
            logs.Notes
        );
    }

    // It goes into a cell of a table, where "; " stands between two doubts.
    [Fact]
    public void A_text_of_a_log_is_one_short_line_and_one_doubt()
    {
        var logs = Logs();
        logs.Doubt(true, "odd", "a; b\r\nc");
        logs.Doubt(true, "long", new string('x', 1000));

        Assert.StartsWith("odd (a, b  c); long (xxx", logs.Doubts);
        Assert.True(logs.Doubts.Length < 250);
    }

    [Fact]
    public void A_log_that_is_not_there_is_a_blank_and_one_note()
    {
        var logs = Logs();

        Assert.Null(logs.Optional<string>("y.log", path => new LineReader(path).Text));
        Assert.Equal([("no y.log", Project.Directory)], logs.Notes);
    }

    [Fact]
    public void A_log_whose_beginning_was_put_aside_is_noted()
    {
        Project.Write("y.log.1", "");
        var logs = Logs();
        logs.NoteOlder("y.log");

        Assert.Equal(
            "y.log.1, which is older than y.log, is not read: put it before that",
            logs.Notes[0].What
        );
    }

    KafkaIngest? Ingest(RunLogs logs, string producer)
    {
        Project.Write("producer.log", producer);
        return logs.KafkaIngest();
    }

    [Theory]
    [InlineData("11.284913s", 11.284913)]
    [InlineData("4s", 4)]
    [InlineData("734.12ms", 0.73412)]
    [InlineData("56.7µs", 0.0000567)]
    [InlineData("40000ns", 0.00004)]
    [InlineData("4s\x1b[0m", 4)]
    public void Every_unit_of_Rusts_durations_is_read(string duration, double seconds)
    {
        var logs = Logs();
        var ingest = Ingest(
            logs,
            LogText.Boom("2026-11-22T09:25:47.095809Z", "Initializing")
                + LogText.Boom(
                    "2026-11-22T09:25:47.095811Z",
                    $"Pushed 29142 alerts to the queue in {duration}"
                )
                + "Pushed 1 alerts to the queue in 1s\n"
        )!;

        Assert.Equal(seconds, ingest.Seconds, 1e-12);
        Assert.Equal(29142, ingest.AlertsPerS * seconds, 1e-9);
        Assert.Equal(("", 0), (logs.Doubts, logs.Notes.Count));
    }

    [Theory]
    [InlineData("Pushed 29142 alerts to the queue in 3min")]
    [InlineData("Pushed -1 alerts to the queue in 3s")]
    [InlineData("Pushed 29142 alerts to the queue in 1.2.3s")]
    [InlineData("Initializing kafka alert producer")]
    public void A_producer_log_without_its_line_is_a_blank_and_one_note(string line)
    {
        var logs = Logs();

        Assert.Null(Ingest(logs, line));
        Assert.Equal([("producer.log is not understood", Project.Directory)], logs.Notes);
    }

    [Fact]
    public void All_alerts_in_no_time_are_no_rate() =>
        Assert.Null(Ingest(Logs(), "Pushed 29142 alerts to the queue in 0ns"));

    [Theory]
    [InlineData("Pushed 29141 alerts to the queue in 4s")]
    [InlineData("Topic x already exists with 29141 messages, no need to produce")]
    public void Another_number_of_alerts_than_the_nights_is_a_doubt_with_the_number(string line)
    {
        var logs = Logs();
        Ingest(logs, line);

        Assert.Equal("not 29142 alerts were in Kafka (29141)", logs.Doubts);
    }

    DockerStats? Stats(RunLogs logs, string text)
    {
        Project.Write("consumer.stats.log", text);
        return logs.Stats("consumer.stats.log");
    }

    [Fact]
    public void The_samples_of_other_services_are_named_and_left_out()
    {
        var logs = Logs();
        var stats = Stats(
            logs,
            SampleText.Of("1GiB") + SampleText.Of("9GiB", name: "boom-mongo-1")
        );

        Assert.Equal(1, stats!.PeakMemoryGib);
        Assert.Equal(
            [
                (
                    "samples of other containers are left out: consumer.stats.log",
                    $"{Project.Directory} (boom-mongo-1)"
                ),
            ],
            logs.Notes
        );
    }

    [Fact]
    public void A_log_that_goes_on_with_the_next_run_is_noted()
    {
        var logs = Logs();
        var stats = Stats(logs, SampleText.Of("1GiB") + SampleText.Of("2GiB", id: "another"));

        Assert.Equal(1, stats!.PeakMemoryGib);
        Assert.Equal(
            "consumer.stats.log goes on with a later run's container, which is left out",
            Assert.Single(logs.Notes).What
        );
    }
}

/// <summary>Samples as docker compose 2.38 draws them, each one twice.</summary>
static class SampleText
{
    public static string Of(
        string memory,
        string network = "1.79GB",
        string cpus = "12.00%",
        string name = "boom-consumer-1",
        string id = "0d1e2f3a4b5c"
    )
    {
        var sample =
            $"\x1b[H{{\"BlockIO\":\"0B / 0B\",\"CPUPerc\":\"{cpus}\",\"ID\":\"{id}\","
            + $"\"MemUsage\":\"{memory} / 125.7GiB\","
            + $"\"Name\":\"{name}\",\"NetIO\":\"{network} / 900MB\",\"PIDs\":\"38\"}}";
        return $"{sample}\n{sample} \x1b[K\n \x1b[K\n\x1b[J";
    }
}

/// <summary>shared/campaign.csx: docker's statistics.</summary>
public sealed class DockerStatsTests : InProject
{
    DockerStats Read(string text, string name = "consumer.stats.log")
    {
        Project.Write(name, text);
        return DockerStats.Read(Project.PathOf(name));
    }

    [Theory]
    [InlineData("512B", 512 / 1073741824.0)]
    [InlineData("980KiB", 980 / 1048576.0)]
    [InlineData("775.3MiB", 775.3 / 1024)]
    [InlineData("1023MiB", 1023 / 1024.0)]
    [InlineData("1024MiB", 1)]
    [InlineData("1.001GiB", 1.001)]
    [InlineData("2TiB", 2048)]
    [InlineData("1PiB", 1048576)]
    public void Memory_is_counted_in_binary_units(string memory, double gib) =>
        Assert.Equal(gib, Read(SampleText.Of(memory)).PeakMemoryGib!.Value, 1e-12);

    [Theory]
    [InlineData("64B", 0.000064)]
    [InlineData("1.45kB", 0.00145)]
    [InlineData("1e+03kB", 1)]
    [InlineData("999MB", 999)]
    [InlineData("1e+03MB", 1000)]
    [InlineData("1.79GB", 1790)]
    [InlineData("2TB", 2_000_000)]
    [InlineData("3PB", 3_000_000_000)]
    public void Traffic_is_counted_in_decimal_units(string network, double mb) =>
        Assert.Equal(mb, Read(SampleText.Of("1GiB", network)).ReceivedMb!.Value, 1e-9);

    [Theory]
    [InlineData("612.53%", 6.1253)]
    [InlineData("0.00%", 0)]
    public void A_hundred_percent_are_a_processor(string cpus, double processors) =>
        Assert.Equal(processors, Read(SampleText.Of("1GiB", cpus: cpus)).MeanCpus!.Value, 1e-12);

    [Fact]
    public void Samples_without_processors_tell_of_none()
    {
        var stats = Read(SampleText.Of("1GiB", cpus: "--"));

        Assert.Null(stats.MeanCpus);
        Assert.Null(stats.Samples[0].Cpus);
    }

    // Of 1, 3 and 2 processors; what stands in a sample of no container does not count.
    [Fact]
    public void The_mean_is_over_the_samples_in_which_the_container_ran()
    {
        string[] drawn = ["100%", "300%", "200%"];
        var stats = Read(
            string.Concat(drawn.Select(cpus => SampleText.Of("1GiB", cpus: cpus)))
                + SampleText.Of("0B", cpus: "900%")
                + SampleText.Of("--", cpus: "--")
        );

        Assert.Equal(2, stats.MeanCpus);
    }

    [Fact]
    public void A_container_that_is_gone_has_no_memory_and_keeps_its_traffic()
    {
        var stats = Read(
            SampleText.Of("1GiB", "5MB") + SampleText.Of("--", "--") + SampleText.Of("0B", "0B")
        );

        Assert.Equal([1, 1, null, null, 0, 0], stats.Samples.Select(sample => sample.MemoryGib));
        Assert.Equal(5, stats.ReceivedMb);
    }

    // 1 + 2 GiB, then 1.5 + 1; 0.5 + 1 processors, then 2 + 0.25; 4 + 5 MB.
    [Fact]
    public void Replicas_are_summed_sample_by_sample()
    {
        string Screen(string one, string other) =>
            string.Concat(
                Enumerable.Repeat(
                    one.Split('\n')[0] + "\n" + other.Split('\n')[0].Replace("\x1b[H", "") + "\n",
                    2
                )
            );
        string One(string memory, string cpus) => SampleText.Of(memory, "4MB", cpus);
        string Two(string memory, string cpus) =>
            SampleText.Of(memory, "5MB", cpus, "boom-consumer-2", "1");
        var stats = Read(
            Screen(One("1GiB", "50%"), Two("2GiB", "100%"))
                + Screen(One("1.5GiB", "200%"), Two("1GiB", "25%"))
        );

        Assert.Equal([3, 3, 2.5, 2.5], stats.Samples.Select(sample => sample.MemoryGib));
        Assert.Equal([1.5, 1.5, 2.25, 2.25], stats.Samples.Select(sample => sample.Cpus));
        Assert.Equal(9, stats.ReceivedMb);
    }

    [Fact]
    public void The_one_container_of_a_log_counts_whatever_its_name() =>
        Assert.Equal(1, Read(SampleText.Of("1GiB", name: "boom-cons")).PeakMemoryGib);

    [Fact]
    public void Blank_lines_cursor_codes_zeros_and_pieces_are_no_samples() =>
        Assert.Equal(
            2,
            Read(
                "\x1b[2J\x1b[H\n\r\n  \t\n\0\0\0\n\x1b[H{\"BlockIO\":\"0B / 0B\",\"CPUPe\n"
                    + $"\ufeff\0{SampleText.Of("1GiB")}\x1b[?25h\n{{\"MemUsage\":\"9G"
            ).Samples.Length
        );

    [Theory]
    [InlineData("x\n", "consumer.stats.log is not understood")]
    [InlineData("", "consumer.stats.log is empty")]
    [InlineData("\x1b[H{\"MemUsage\":\"-- / --\"}\n", "consumer.stats.log is not understood")]
    // Where docker does not count.
    [InlineData("\x1b[H{\"MemUsage\":\"0B / 0B\"}\n", "consumer.stats.log is not understood")]
    [InlineData(
        "\x1b[H{\"MemUsage\":\"1.5.7GiB / 9GiB\"}\n",
        "consumer.stats.log is not understood"
    )]
    [InlineData(
        "version https://git-lfs",
        "consumer.stats.log is a pointer of Git LFS: git lfs pull"
    )]
    public void A_log_in_which_no_sample_has_memory_tells_nothing(string text, string error) =>
        Assert.Equal(error, Assert.Throws<UnreadableLogException>(() => Read(text)).Message);

    [Fact]
    public void Samples_of_several_services_none_of_which_is_the_logs_tell_nothing() =>
        Assert.Throws<UnreadableLogException>(() =>
            Read(SampleText.Of("1GiB", name: "a") + SampleText.Of("1GiB", name: "b"))
        );
}

/// <summary>shared/campaign.csx: how steadily a run goes.</summary>
public sealed class ProgressTests
{
    static Progress Of(int nAlerts, params (double TimeS, double Alerts)[] steps) =>
        Progress.Of([.. steps.Select(step => new Step(step.TimeS, step.Alerts))], nAlerts);

    // A step each 10 s, but for 5 s more at the sixth; 1,000 alerts. 10 % at 10 s, 90 % at 95 s.
    static readonly (double, double)[] ten =
    [
        .. Enumerable.Range(1, 10).Select(i => (10.0 * i + (i > 5 ? 5 : 0), 100.0 * i)),
    ];

    [Fact]
    public void The_sustained_rate_is_eight_tenths_of_the_night_over_their_time() =>
        Assert.Equal(800 / 85.0, Of(1000, ten).SustainedAlertsPerS!.Value, 1e-12);

    [Fact]
    public void The_longest_stall_is_the_longest_time_between_two_steps_of_the_middle() =>
        Assert.Equal(15, Of(1000, [.. ten, (500, 1001)]).LongestStallS);

    [Fact]
    public void Fewer_than_ten_steps_tell_no_rate_but_points()
    {
        var nine = Of(900, ten[..9]);

        Assert.Equal(
            (null, null, 9),
            (nine.SustainedAlertsPerS, nine.LongestStallS, nine.Points.Length)
        );
    }

    [Fact]
    public void A_run_that_ends_before_nine_tenths_of_the_night_tells_no_rate() =>
        Assert.Null(Of(2000, ten).SustainedAlertsPerS);

    // 1,000 steps of one alert a second: every twentieth, and the last.
    [Fact]
    public void At_most_fifty_points_are_kept_at_equal_numbers_of_alerts()
    {
        var points = Of(
            1000,
            [.. Enumerable.Range(1, 1000).Select(i => ((double)i, (double)i))]
        ).Points;

        Assert.Equal(Enumerable.Range(1, 50).Select(i => new Step(20 * i, 20 * i)), points);
    }

    [Fact]
    public void A_run_without_steps_has_no_points() => Assert.Empty(Of(1000).Points);
}
