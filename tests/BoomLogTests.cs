using System.Text;

public sealed class BoomLogTests : IDisposable
{
    const string Exit = "scheduler-1 exited with code 137\n";

    readonly ScratchLog log = new();

    public void Dispose() => log.Dispose();

    static string Line(int second, string message = "x") =>
        $"scheduler-1  | 2025-08-05T00:00:{second:00}.500000Z  INFO {message}\n";

    static DateTime At(int second) => new(2025, 8, 5, 0, 0, second, 500, DateTimeKind.Utc);

    static string Batch(int second, string filter, string alerts) =>
        Line(second, $"1/{alerts} ZTF alerts with programid 1 passed filter {filter}");

    BoomLog Consumer(string text, string? marker = null) =>
        BoomLog.Read(log.Write(text), "consumer", marker);

    BoomLog Scheduler(string text) => BoomLog.Read(log.Write(text), "scheduler");

    // Genuine lines, and what docker compose adds.
    [Fact]
    public void The_logs_of_a_genuine_run_are_understood()
    {
        var scheduler = Scheduler(
            "scheduler-1  | \x1b[2m2026-11-22T09:25:47.100624Z\x1b[0m \x1b[33m WARN\x1b[0m \x1b[2msrc/main.rs\x1b[0m\x1b[2m:\x1b[0m\x1b[2m20:\x1b[0m no config file provided, using config.yaml\n"
                + "scheduler-1  | \x1b[2m2026-11-22T09:25:47.100717Z\x1b[0m \x1b[32m INFO\x1b[0m \x1b[1mfilter worker\x1b[0m\x1b[1m{\x1b[0m\x1b[3mtid\x1b[0m\x1b[2m=\x1b[0mThreadId(1) \x1b[3msurvey_name\x1b[0m\x1b[2m=\x1b[0m\"Ztf\"\x1b[1m}\x1b[0m\x1b[2m:\x1b[0m \x1b[2msrc/main.rs\x1b[0m\x1b[2m:\x1b[0m\x1b[2m34:\x1b[0m 3/1000 ZTF alerts with programid 1 passed filter 25\n"
                + "scheduler-1  | \x1b[2m2026-11-22T09:25:47.100730Z\x1b[0m \x1b[31mERROR\x1b[0m \x1b[1malert worker\x1b[0m\x1b[1m{\x1b[0m\x1b[3mtid\x1b[0m\x1b[2m=\x1b[0mThreadId(1)\x1b[1m}\x1b[0m\x1b[2m:\x1b[0m failed to retrieve\n"
                + "scheduler-1  | \x1b[2m2026-11-22T09:25:47.100736Z\x1b[0m \x1b[32m INFO\x1b[0m queue is empty\n"
                + Exit
        );

        Assert.Equal(
            ("100736", "100717", 1, 1),
            (
                $"{scheduler.End:ffffff}",
                $"{scheduler.LastBatch:ffffff}",
                scheduler.Warnings,
                scheduler.Errors
            )
        );
        Assert.Equal([KeyValuePair.Create("25", 1000L)], scheduler.AlertsOfFilter);
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public void The_first_and_the_last_line_with_a_time_count(string newLine)
    {
        var text = ("Attaching\n\n" + Line(1) + Line(2) + Line(3) + Exit + "\n").Replace(
            "\n",
            newLine
        );

        Assert.Equal(At(1), Consumer(text).Start);
        Assert.Equal(At(3), Scheduler(text).End);
    }

    [Fact]
    public void A_last_line_without_its_end_counts() =>
        Assert.Equal(At(3), Scheduler(Line(1) + Line(3).TrimEnd('\n')).End);

    [Fact]
    public void A_time_within_a_message_does_not_count() =>
        Assert.Equal(
            At(1),
            Scheduler(Line(1, "alert of 2025-08-05T00:00:09.000000Z") + "at " + Line(9)).End
        );

    // A piece of a long line that begins with a time is no line.
    [Fact]
    public void A_time_at_the_edge_of_a_long_lines_piece_does_not_count()
    {
        var before = Line(1, "").TrimEnd('\n');
        var text = before + new string('x', 1024 * 1024 - before.Length) + Line(9) + Exit;

        Assert.Equal(At(1), Scheduler(text).End);
    }

    [Fact]
    public void The_text_of_a_line_of_three_megabytes_is_one_lines()
    {
        var text = Line(1, new string('x', 3_000_000) + Line(9).TrimEnd('\n')) + Line(2);

        Assert.Equal(At(2), Scheduler(text).End);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n\n")]
    [InlineData(Exit)]
    [InlineData("\0\0\0\0")]
    public void A_log_without_a_time_is_an_error(string text)
    {
        log.Write(text);
        log.AssertRefused(path => BoomLog.Read(path, "scheduler"), 0, "timestamp");
    }

    [Theory]
    [InlineData(new[] { 3, 1, 2 }, 2)]
    [InlineData(new[] { 3, 2, 3 }, null)] // lines of two threads
    [InlineData(new[] { 9, 8, 7 }, 3)] // little by little
    public void A_clock_that_goes_back_by_more_than_a_second_is_told(int[] seconds, int? line) =>
        Assert.Equal(
            line == null ? null : $"{log.Path}:{line}",
            Scheduler(string.Concat(seconds.Select(second => Line(second)))).Clock.GoesBackAt
        );

    [Theory]
    [InlineData("{0}" + Exit, 137)]
    [InlineData("{0}" + Exit + Exit + "\n", 137)]
    [InlineData("{0}", null)]
    [InlineData("{0}scheduler-1  | \x1b[2m2025-08-05T00:0", null)]
    [InlineData(Exit + "{0}", null)]
    [InlineData("{0}scheduler-1  | 2025-08-05T00:00:09.000000Z  INFO x exited with code 1", null)]
    [InlineData("{0}redis-1 exited with code 0\n", null)]
    [InlineData("{0}scheduler-1 exited with code 1 (restarting)\n", 1)]
    [InlineData("{0}scheduler-1  | panicked: python exited with code 1\n", null)]
    [InlineData("{0}boom-scheduler-1 exited with code 139\r\n", 139)]
    [InlineData("{0}\x1b[33mscheduler-1 exited with code 0\x1b[0m\n", 0)]
    [InlineData("{0}consumer-1 exited with code 1\n", null)]
    [InlineData("{0}scheduler-1 exited with code 1 and so on{1}\n", null)] // no line of docker's
    public void Docker_composes_exit_code_behind_the_last_time_ends_a_log(string format, int? code)
    {
        var scheduler = Scheduler(string.Format(format, Line(1), new string('x', 200)));

        Assert.Equal(code != null, scheduler.IsWhole);
        if (code != null)
            Assert.Equal([code.Value], scheduler.ExitCodes);
    }

    [Fact]
    public void The_exit_codes_of_all_replicas_are_told() =>
        Assert.Equal(
            [139, 0],
            Scheduler(
                Line(1)
                    + Exit.Replace("1 exited with code 137", "2 exited with code 139")
                    + Line(2)
                    + Exit.Replace("137", "0")
            ).ExitCodes
        );

    [Theory]
    [InlineData("{0}{0}" + Exit, null)]
    [InlineData("{0}" + Exit + "Attaching\n", null)]
    [InlineData("{0}" + Exit + "{0}{0}" + Exit, 3)]
    [InlineData("{0}scheduler-1 exited with code 1 (restarting)\n\n{0}", 4)]
    [InlineData("{0}boom-scheduler-1 exited with code 1\n{0}", 3)]
    [InlineData("{0}scheduler-2 exited with code 0\n{0}" + Exit, null)] // another replica
    [InlineData("{0}consumer-1 exited with code 0\n{0}" + Exit, null)]
    [InlineData("{0}" + Exit + "2025-08-05T00:00:09.000000Z  INFO x\n", 3)] // without a prefix
    public void A_container_that_logs_on_after_its_end_was_restarted(string format, int? line) =>
        Assert.Equal(
            line == null ? null : $"{log.Path}:{line}",
            Scheduler(string.Format(format, Line(1))).RestartsAt
        );

    [Theory]
    [InlineData("scheduler-1  | ", true)]
    [InlineData("\x1b[36mscheduler-1  | \x1b[0m", true)] // as on a terminal
    [InlineData("", false)]
    public void Only_dockers_logs_have_its_prefix(string prefix, bool isOfDocker)
    {
        var scheduler = Scheduler(Line(1).Replace("scheduler-1  | ", prefix));

        Assert.Equal((isOfDocker, At(1)), (scheduler.IsOfDocker, scheduler.End));
    }

    [Theory]
    [InlineData("topic found", false)]
    [InlineData("Consumer 0 pushed 7000 items since 2.7s", true)]
    [InlineData("15000 (limit: 15000) items in queue, sleeping...", true)]
    public void A_consumer_log_that_begins_with_a_progress_lacks_its_beginning(
        string message,
        bool beginsLate
    )
    {
        var progress = Line(3, "Consumer 0 pushed 8000 items since 3.1s");

        Assert.Equal(beginsLate, Consumer("\n" + Line(1, message) + progress).BeginsLate);
        Assert.False(Consumer(Line(1, message) + progress, "pushed 8000").BeginsLate);
    }

    [Fact]
    public void The_first_message_is_found_whether_or_not_it_is_the_marker()
    {
        var text = Line(1) + Line(2, "Consumer received first message, continuing...") + Line(3);

        Assert.Equal($"{log.Path}:2", Consumer(text).FirstMessageAt);
        Assert.Equal($"{log.Path}:2", Consumer(text, "first message").FirstMessageAt);
        Assert.Null(Consumer(Line(1)).FirstMessageAt);
    }

    // The name may be cut too: no filter of another run is called 2.
    [Fact]
    public void A_batch_in_a_line_without_its_end_does_not_count()
    {
        var scheduler = Scheduler(
            Batch(1, "25", "1000") + Batch(2, "25", "1000").TrimEnd('\n')[..^1]
        );

        Assert.Equal([("25", 1000)], Sums(scheduler));
        Assert.Equal((At(1), At(2)), (scheduler.LastBatch, scheduler.End));
    }

    [Fact]
    public void The_start_marker_tells_the_start()
    {
        var text = Line(1) + Line(2, "Consumer received first message") + Line(3, "received");

        Assert.Equal(At(2), Consumer(text, "received").Start);
        Assert.Equal(At(1), Consumer(text).Start);
    }

    [Fact]
    public void A_marker_that_no_line_holds_is_an_error()
    {
        log.Write(Line(1));
        log.AssertRefused(
            path => BoomLog.Read(path, "consumer", "first message"),
            0,
            "first message"
        );
    }

    [Fact]
    public void A_marker_in_a_line_without_a_time_is_an_error()
    {
        log.Write(Line(1) + "first message\n" + Line(3, "first message"));
        log.AssertRefused(
            path => BoomLog.Read(path, "consumer", "first message"),
            2,
            "first message"
        );
    }

    [Fact]
    public void The_warnings_before_the_marker_count()
    {
        var warning = Line(1).Replace("INFO", "WARN");
        var error = Line(1).Replace(" INFO", "ERROR");

        var consumer = Consumer(warning + error + error + Line(2, "first") + warning, "first");

        Assert.Equal((2, 2), (consumer.Warnings, consumer.Errors));
    }

    [Fact]
    public void The_batches_of_each_filter_are_summed()
    {
        var scheduler = Scheduler(
            Batch(1, "a", "1000") + Batch(2, "b", "1000") + Batch(3, "a", "234") + Line(4)
        );

        Assert.Equal([("a", 1234), ("b", 1000)], Sums(scheduler));
        Assert.Equal((At(3), At(4)), (scheduler.LastBatch, scheduler.End));
    }

    static IEnumerable<(string, long)> Sums(BoomLog scheduler) =>
        scheduler.AlertsOfFilter.Select(pair => (pair.Key, pair.Value));

    [Fact]
    public void Without_batches_the_last_one_is_not_known()
    {
        var scheduler = Scheduler(Line(1) + Batch(2, "a", "1,000"));

        Assert.Null(scheduler.LastBatch);
        Assert.Empty(scheduler.AlertsOfFilter);
    }

    [Fact]
    public void More_alerts_than_can_be_counted_are_an_error()
    {
        log.Write(Batch(1, "a", "9223372036854775807") + Batch(2, "a", "1"));
        log.AssertRefused(path => BoomLog.Read(path, "scheduler"), 2, "alerts");
    }

    [Fact]
    public void More_filters_than_a_broker_has_are_an_error()
    {
        log.Write(string.Concat(Enumerable.Range(0, 20_000).Select(n => Batch(1, $"{n}", "1"))));
        var error = Assert.Throws<InvalidDataException>(() => BoomLog.Read(log.Path, "scheduler"));
        Assert.Contains("filters", error.Message);
    }

    [Theory]
    [InlineData("11.284913s", 11.284913)]
    [InlineData("4s", 4)]
    [InlineData("734.12ms", 0.73412)]
    [InlineData("56.7µs", 0.0000567)]
    [InlineData("40000ns", 0.00004)]
    [InlineData("4s\x1b[0m", 4)]
    public void Every_unit_of_rusts_durations_is_read(string duration, double seconds)
    {
        var ingest = KafkaIngest.Read(
            log.Write(
                "producer-1  | \x1b[2m2026-11-22T09:25:47.095811Z\x1b[0m \x1b[32m INFO\x1b[0m Initializing\n"
                    + $"producer-1  | \x1b[2m2026-11-22T09:25:47.095811Z\x1b[0m \x1b[32m INFO\x1b[0m Pushed 29142 alerts to the queue in {duration}\n"
                    + "producer-1 exited with code 0"
            )
        );

        Assert.Equal(29142, ingest.NAlerts);
        Assert.Equal(seconds, ingest.Seconds, 1e-12);
    }

    [Theory]
    [InlineData("Pushed 5 alerts to the queue in 3min", 1, "Pushed")]
    [InlineData("Pushed 5 alerts to the queue in 3sec", 1, "Pushed")]
    [InlineData("Pushed -5 alerts to the queue in 3s", 1, "Pushed")]
    [InlineData("Pushed 5,000 alerts to the queue in 3s", 1, "Pushed")]
    [InlineData("Pushed 1234567890123456 alerts to the queue in 3s", 1, "Pushed")]
    [InlineData("x\nPushed 5 alerts to the queue in 0ns", 2, "no time")]
    [InlineData("Pushed 0 alerts to the queue in 0s", 1, "no time")]
    [InlineData("Pushed 29142 alerts to the queue in 12ns", 1, "no time")]
    [InlineData("Pushed 5 alerts to the queue in 3s\nPushed 5 alerts to the queue in 3s", 2, "one")]
    [InlineData("", 0, "Pushed")]
    [InlineData("nothing was pushed", 0, "Pushed")]
    public void A_producer_that_does_not_tell_one_rate_is_not_understood(
        string text,
        int line,
        string culprit
    )
    {
        log.Write(text);
        log.AssertRefused(path => KafkaIngest.Read(path), line, culprit);
    }
}
