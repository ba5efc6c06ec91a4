using System.Text;

/// <summary>shared/logs.csx: the lines of a log, docker's statistics, and the producer's line.</summary>
public sealed class LogsTests : InProject
{
    const int Longest = 1 << 20; // so much is there of a line

    List<string> Lines(byte[] bytes)
    {
        Project.Write("x.log", bytes);
        using var log = new LogReader(Project.PathOf("x.log"));
        var lines = new List<string>();
        while (log.ReadLine())
        {
            lines.Add(Encoding.Latin1.GetString(log.Line));
            Assert.Equal($"{Project.PathOf("x.log")}:{lines.Count}", log.Place);
        }
        return lines;
    }

    List<string> Lines(string text) => Lines(Encoding.UTF8.GetBytes(text));

    string Text(string line)
    {
        Project.Write("x.log", line);
        using var log = new LogReader(Project.PathOf("x.log"));
        Assert.True(log.ReadLine());
        return log.Text;
    }

    [Theory]
    [InlineData("", new string[0])]
    [InlineData("a", new[] { "a" })]
    [InlineData("a\n", new[] { "a" })]
    [InlineData("\n\na\n\n", new[] { "", "", "a", "" })]
    [InlineData("a\r\nb\r", new[] { "a\r", "b\r" })]
    [InlineData("\0\0\nb", new[] { "\0\0", "b" })]
    public void Only_newlines_end_lines_and_the_last_one_needs_none(string text, string[] lines) =>
        Assert.Equal(lines, Lines(text));

    [Fact]
    public void Bytes_that_are_no_UTF8_are_bytes_of_a_line() =>
        Assert.Equal(["a\u00a9\u00ff", "b"], Lines([.. "a"u8, 0xa9, 0xff, .. "\nb"u8]));

    [Theory]
    [InlineData(Longest - 1)]
    [InlineData(Longest)]
    [InlineData(Longest + 1)]
    [InlineData(2 * Longest)]
    [InlineData(3 * Longest + 7)]
    public void A_line_of_any_length_is_one_line_of_which_a_mebibyte_is_there(int length)
    {
        int[] Lengths(string text) => [.. Lines(text).Select(line => line.Length)];
        var (line, kept) = (new string('x', length), Math.Min(length, Longest));

        Assert.Equal([1, kept, 1], Lengths($"a\n{line}\nb\n"));
        Assert.Equal([kept, kept, 0, 1], Lengths($"{line}\n{line}\n\nb"));
        Assert.Equal([kept], Lengths(line));
    }

    [Fact]
    public void The_memory_does_not_grow_with_the_log()
    {
        using (var file = File.OpenWrite(Project.PathOf("x.log")))
            file.SetLength(64_000_000); // zeros

        using var log = new LogReader(Project.PathOf("x.log"));
        var before = GC.GetAllocatedBytesForCurrentThread();
        while (log.ReadLine()) { }

        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 100_000);
    }

    [Fact]
    public void A_line_without_an_end_is_cut()
    {
        Project.Write("x.log", $"a\n{new string('x', Longest + 1)}\nb\nc");
        using var log = new LogReader(Project.PathOf("x.log"));
        var areCut = new List<bool>();
        while (log.ReadLine())
            areCut.Add(log.IsCut);

        Assert.Equal([false, true, false, true], areCut);
    }

    [Theory]
    [InlineData("\x1b[2m2025\x1b[0m \x1b[1;31mERROR\x1b[m x", "2025 ERROR x")]
    [InlineData("a\r\n", "a")]
    [InlineData("56.7µs", "56.7µs")]
    public void The_text_of_a_line_has_no_colours_and_no_end(string line, string text) =>
        Assert.Equal(text, Text(line));

    [Fact]
    public void The_text_of_a_long_line_is_its_first_ten_thousand_bytes() =>
        Assert.Equal(10_000, Text(new string('x', 20_000)).Length);

    [Fact]
    public void The_next_line_with_some_words_is_found_once()
    {
        Project.Write("x.log", "a\nb c\nd\nb e");
        using var log = new LogReader(Project.PathOf("x.log"));

        Assert.Equal("b c", log.Next("b "u8));
        Assert.Equal("b e", log.Next("b "u8));
        Assert.Null(log.Next("b "u8));
    }

    // A sample as docker compose draws it on a screen.
    static string Sample(string memory, string network = "1.79GB") =>
        "\x1b[H{\"BlockIO\":\"0B / 0B\",\"CPUPerc\":\"12.00%\",\"Container\":\"boom-consumer-1\","
        + $"\"MemUsage\":\"{memory} / 125.7GiB\",\"NetIO\":\"{network} / 900MB\",\"PIDs\":\"38\"}}\x1b[K\n\x1b[J\n";

    DockerStats? Stats(string text)
    {
        Project.Write("x.stats.log", text);
        using var log = new LogReader(Project.PathOf("x.stats.log"));
        return DockerStats.Read(log);
    }

    [Theory]
    [InlineData("0B", 0)]
    [InlineData("512B", 512 / 1073741824.0)]
    [InlineData("980KiB", 980 / 1048576.0)]
    [InlineData("775.3MiB", 775.3 / 1024)]
    [InlineData("1023MiB", 1023 / 1024.0)]
    [InlineData("1024MiB", 1)]
    [InlineData("1.001GiB", 1.001)]
    [InlineData("2TiB", 2048)]
    [InlineData("1PiB", 1048576)]
    public void Memory_is_counted_in_binary_units(string memory, double gib) =>
        Assert.Equal(gib, Stats(Sample(memory) + Sample("1GiB"))!.MemoryGib[0]!.Value, 1e-12);

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
        Assert.Equal(mb, Stats(Sample("1GiB", network))!.ReceivedMb!.Value, 1e-9);

    [Fact]
    public void A_container_that_is_gone_has_no_memory_and_keeps_its_traffic()
    {
        var stats = Stats(Sample("1GiB", "5MB") + Sample("--", "--") + Sample("0B", "0B"))!;

        Assert.Equal([1, null, 0], stats.MemoryGib);
        Assert.Equal(5, stats.ReceivedMb);
    }

    [Fact]
    public void What_the_container_received_is_what_its_last_sample_tells() =>
        Assert.Equal(5, Stats(Sample("1GiB", "4.9MB") + Sample("1GiB", "5MB"))!.ReceivedMb);

    [Fact]
    public void Blank_lines_cursor_codes_zeros_and_pieces_are_no_samples() =>
        Assert.Equal(
            [1, null],
            Stats(
                "\x1b[2J\x1b[H\n\r\n  \t\n\0\0\0\n\x1b[H{\"BlockIO\":\"0B / 0B\",\"CPUPe\n"
                    + $"\ufeff\0{Sample("1GiB")}\x1b[?25h\n{{\"MemUsage\":\"9G"
            )!.MemoryGib
        );

    [Theory]
    [InlineData("")]
    [InlineData("not json\n[1]\n{\n")]
    [InlineData("{\"MemUsage\":\"-- / --\"}\n")]
    [InlineData("{\"MemUsage\":\"0B / 0B\"}\n")] // docker does not count
    [InlineData("{\"MemUsage\":\"1.5.7GiB / 9GiB\"}\n")]
    public void A_log_in_which_no_sample_has_memory_tells_nothing(string text) =>
        Assert.Null(Stats(text));

    RunLogs Logs(string producer)
    {
        Project.Write("producer.log", producer);
        var run = new Run(Project.Directory, new Dictionary<string, string>());
        return new RunLogs(run, "benchmark-x", NAlerts: 29142);
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
        var logs = Logs(
            "producer-1  | \x1b[2m2026-11-22T09:25:47.095809Z\x1b[0m \x1b[32m INFO\x1b[0m Initializing\n"
                + $"producer-1  | \x1b[2m2026-11-22T09:25:47.095811Z\x1b[0m \x1b[32m INFO\x1b[0m Pushed 29142 alerts to the queue in {duration}\n"
                + "producer-1 exited with code 0"
        );

        var ingest = logs.KafkaIngest()!.Value;

        Assert.Equal(seconds, ingest.Seconds, 1e-12);
        Assert.Equal(29142, ingest.AlertsPerS * seconds, 1e-9);
        Assert.Empty(logs.Notes);
    }

    [Theory]
    [InlineData("Pushed 29142 alerts to the queue in 3min")]
    [InlineData("Pushed -1 alerts to the queue in 3s")]
    [InlineData("Pushed 29142 alerts to the queue in 1.2.3s")]
    [InlineData("Initializing kafka alert producer")]
    [InlineData("")]
    public void A_producer_log_without_its_line_is_a_blank_and_one_note(string line)
    {
        var logs = Logs(line);

        Assert.Null(logs.KafkaIngest());
        Assert.Equal([("producer.log is not understood", Project.Directory)], logs.Notes);
    }

    [Fact]
    public void All_alerts_in_no_time_are_no_rate() =>
        Assert.Null(Logs("Pushed 29142 alerts to the queue in 0ns").KafkaIngest());

    [Fact]
    public void Another_number_of_alerts_than_the_nights_is_a_doubt_with_the_number()
    {
        var logs = Logs("Pushed 29141 alerts to the queue in 4s");

        Assert.Equal(29141 / 4.0, logs.KafkaIngest()!.Value.AlertsPerS);
        Assert.Equal(["not 29142 alerts were pushed (29141)"], logs.Doubts);
    }

    [Fact]
    public void A_log_that_is_not_there_is_a_blank_and_one_note()
    {
        var logs = Logs("");

        Assert.Null(logs.Optional("y.log", log => log.Next("x"u8)));
        Assert.Equal([("no y.log", Project.Directory)], logs.Notes);
    }

    [Fact]
    public void A_doubt_is_set_down_once_with_what_was_first_told_of_it()
    {
        var logs = Logs("");
        logs.Doubt(true, "the clock goes back", "a:1");
        logs.Doubt(true, "the clock goes back", "a:2");
        logs.Doubt(false, "a dead worker was respawned");

        Assert.Equal(["the clock goes back (a:1)"], logs.Doubts);
        Assert.Equal(
            [("times may be wrong: the clock goes back", $"{Project.Directory} (a:1)")],
            logs.Notes
        );
    }
}
