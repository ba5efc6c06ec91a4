using System.Text;

/// <summary>shared/logs.csx: the frame of a line.</summary>
public sealed class FrameTests
{
    static (string Container, string Time, string Level, string Text) Read(string line) =>
        Read(Frame.Boom, line);

    static (string Container, string Time, string Level, string Text) Read(Frame frame, string line)
    {
        var read = frame.Read(LineReader.TextOf(Encoding.UTF8.GetBytes(line)), "");
        return (read.Container, $"{read.Time:HH:mm:ss.FFFFFFF}", read.Level, read.Text);
    }

    const string Line = "2026-08-19T18:10:35.042000Z  INFO src/main.rs:1: queue is empty";

    // docker compose 2 and 1, a name of its own, podman-compose, docker service logs, none, and others.
    [Theory]
    [InlineData("scheduler-1  | ", "scheduler-1")]
    [InlineData("scheduler_1 | ", "scheduler_1")]
    [InlineData("Scheduler-Z-1  | ", "Scheduler-Z-1")]
    [InlineData("boom-sched  | ", "boom-sched")]
    [InlineData("[scheduler_1]| ", "scheduler_1")]
    [InlineData("boom_scheduler.1.k3x@node7    | ", "boom_scheduler.1.k3x@node7")]
    [InlineData("scheduler-1  |   ", "scheduler-1")] // tracing-subscriber's pretty format
    [InlineData("scheduler-1  | 2026-08-19T18:10:36.466232988Z ", "scheduler-1")] // docker's own time
    [InlineData("scheduler-1  | trace_id=4bf92f span_id=00f067aa0ba902b7 ", "scheduler-1")]
    [InlineData("", "")]
    [InlineData("\0\0\0", "")]
    [InlineData("Aug 19 18:10:35 node7 scheduler[123]: ", "")]
    public void Whatever_stands_before_the_time_a_line_is_read(string before, string container) =>
        Assert.Equal(
            (container, "18:10:35.042", "INFO", "src/main.rs:1: queue is empty"),
            Read(before + Line)
        );

    // As tracing-subscriber 0.3.16 colours it, and docker compose 2.26 clears a line, and 2.38 begins one.
    [Theory]
    [InlineData("scheduler-1  | \x1b[2m2026-08-19T18:10:35.042000Z\x1b[0m \x1b[32m INFO\x1b[0m x")]
    [InlineData("\x1b[2Kscheduler-1  | 2026-08-19T18:10:35.042000Z  INFO x")]
    [InlineData("\r\x1b[Kscheduler-1  | 2026-08-19T18:10:35.042000Z  INFO x\r")]
    [InlineData("\x1b[36mscheduler-1  |\x1b[0m 2026-08-19T18:10:35.042000Z  INFO x\x1b[0m")]
    [InlineData("\x1b(B\x1b[?25lscheduler-1  | 2026-08-19T18:10:35.042000Z  INFO x")]
    public void Colours_cursor_codes_and_carriage_returns_are_not_seen(string line) =>
        Assert.Equal(("scheduler-1", "18:10:35.042", "INFO", "x"), Read(line));

    [Theory]
    [InlineData("18:10:35Z", "18:10:35")]
    [InlineData("18:10:35.5Z", "18:10:35.5")]
    [InlineData("18:10:35.042Z", "18:10:35.042")]
    [InlineData("18:10:35.0420001Z", "18:10:35.0420001")]
    [InlineData("18:10:35.042000199Z", "18:10:35.0420001")] // cut
    public void A_time_has_up_to_nine_decimals(string time, string read) =>
        Assert.Equal(read, Read($"2026-08-19T{time}  INFO x").Time);

    [Theory]
    [InlineData("TRACE")]
    [InlineData("DEBUG")]
    [InlineData(" INFO")]
    [InlineData(" WARN")]
    [InlineData("ERROR")]
    public void A_level_stands_behind_the_time(string level) =>
        Assert.Equal(level.Trim(), Read($"2026-08-19T18:10:35.042Z {level} x").Level);

    // The rest of a message, JSON, another zone, a time of no calendar, digits that are not 0 to 9.
    [Theory]
    [InlineData("scheduler-1  | 2026-08-19T18:10:35.042Z is when the lease ends")]
    [InlineData("scheduler-1  | 2026-08-19T18:10:35.042Z  INFORMED x")]
    [InlineData("scheduler-1  |     at src/main.rs:1")]
    [InlineData("scheduler-1  | {\"timestamp\":\"2026-08-19T18:10:35.042Z\",\"level\":\"INFO\"}")]
    [InlineData("scheduler-1  | 2026-08-19T20:10:35.042+02:00  INFO x")]
    [InlineData("scheduler-1  | 2026-02-30T20:10:35.042Z  INFO x")]
    [InlineData("scheduler-1  | ٢٠٢٦-08-19T20:10:35.042Z  INFO x")]
    public void A_line_without_time_and_level_is_text(string line) =>
        Assert.Equal(("scheduler-1", "", "", line), Read(line));

    [Fact]
    public void The_first_time_with_a_level_is_that_of_the_line() =>
        Assert.Equal("18:10:35.042", Read($"{Line} until 2026-08-19T20:00:00Z  WARN").Time);

    [Fact]
    public void The_times_of_BOOM_are_UTC() =>
        Assert.Equal(DateTimeKind.Utc, Frame.Boom.Read(Line, "").Time!.Value.Kind);

    [Fact]
    public void Supervisords_milliseconds_are_dropped_and_its_times_have_no_zone()
    {
        const string Spawned = "2025-08-05 01:41:17,923 INFO spawned: 'x' with pid 9";

        Assert.Equal(
            ("", "01:41:17", "INFO", "spawned: 'x' with pid 9"),
            Read(Frame.Supervisord, Spawned)
        );
        var time = Frame.Supervisord.Read(Spawned, "").Time!.Value;
        Assert.Equal(DateTimeKind.Unspecified, time.Kind);
    }

    [Fact]
    public void Dockers_own_time_before_supervisords_does_not_count() =>
        Assert.Equal(
            ("ingester-1", "01:41:17", "WARN", "x"),
            Read(
                Frame.Supervisord,
                "ingester-1  | 2025-08-05T03:41:18.466232988Z 2025-08-05 01:41:17,923 WARN x"
            )
        );

    [Fact]
    public void Kowalskis_own_lines_have_no_level() =>
        Assert.Equal(
            ("", "01:41:20", "", "ztf: a b 1 tcp://127.0.0.1:1"),
            Read(Frame.Kowalski, "20250805_01:41:20: ztf: a b 1 tcp://127.0.0.1:1")
        );
}

/// <summary>shared/logs.csx: lines of files of any size, of which those with a word matter.</summary>
public sealed class LineReaderTests : InProject
{
    const int Longest = 1 << 18; // so much is there of a line

    LineReader Open(string text, params string[] words)
    {
        Project.Write("x.log", Encoding.Latin1.GetBytes(text));
        return new(Project.PathOf("x.log"), words);
    }

    List<string> Lines(string text)
    {
        using var reader = Open(text);
        var lines = new List<string>();
        while (reader.ReadLine())
        {
            lines.Add(Encoding.Latin1.GetString(reader.Line));
            Assert.Equal($"{Project.PathOf("x.log")}:{lines.Count}", reader.Place);
        }
        return lines;
    }

    [Theory]
    [InlineData("", new string[0])]
    [InlineData("a", new[] { "a" })]
    [InlineData("a\n", new[] { "a" })]
    [InlineData("\n\na\n\n", new[] { "", "", "a", "" })]
    [InlineData("a\r\nb\r", new[] { "a\r", "b\r" })]
    [InlineData("\0\0\nb", new[] { "\0\0", "b" })]
    [InlineData("a\u00a9\u00ff\nb", new[] { "a\u00a9\u00ff", "b" })] // bytes that are no UTF-8
    public void Only_newlines_end_lines_and_the_last_one_needs_none(string text, string[] lines) =>
        Assert.Equal(lines, Lines(text));

    [Theory]
    [InlineData(Longest - 1)]
    [InlineData(Longest)]
    [InlineData(Longest + 1)]
    [InlineData(2 * Longest)]
    [InlineData(3 * Longest + 7)]
    public void Of_a_line_of_any_length_256_KiB_are_there(int length)
    {
        int[] Lengths(string text) => [.. Lines(text).Select(line => line.Length)];
        var line = new string('x', length);
        var kept = Math.Min(length, Longest);

        Assert.Equal([1, kept, 1], Lengths($"a\n{line}\nb\n"));
        Assert.Equal([kept, kept, 0, 1], Lengths($"{line}\n{line}\n\nb"));
        Assert.Equal([kept], Lengths(line));
    }

    [Theory]
    [InlineData("a w\nb\nw c\nw", new[] { "1 a w", "3 w c", "4 w" })]
    [InlineData("b\n\n\n", new string[0])]
    [InlineData("v w\nv\n", new[] { "1 v w", "2 v" })]
    public void The_lines_with_a_word_are_found_once_each_with_their_numbers(
        string text,
        string[] found
    )
    {
        using var reader = Open(text, "w", "v");
        var lines = new List<string>();
        while (reader.ReadLineWithWord())
            lines.Add($"{reader.Number} {reader.Text}");

        Assert.Equal(found, lines);
    }

    // 40,000 lines, over many blocks; every 1,000th has the word, some across the edge of a block.
    [Fact]
    public void Words_are_found_wherever_a_block_ends()
    {
        var text = string.Concat(
            Enumerable.Range(1, 40_000).Select(i => i % 1000 == 0 ? $"{i} word\n" : $"{i} none\n")
        );

        using var walking = Open(text, "word");
        var walked = new List<string>();
        while (walking.ReadLine())
            if (walking.HasWord)
                walked.Add($"{walking.Number} {walking.Text}");
        using var jumping = Open(text, "word");
        var jumped = new List<string>();
        while (jumping.ReadLineWithWord())
            jumped.Add($"{jumping.Number} {jumping.Text}");

        var expected = Enumerable.Range(1, 40).Select(i => $"{1000 * i} {1000 * i} word");
        Assert.Equal(expected, walked);
        Assert.Equal(expected, jumped);
    }

    [Fact]
    public void Lines_that_are_too_long_have_a_number_though_they_are_passed_over()
    {
        using var reader = Open($"a\n{new string('x', 3 * Longest)}\nb w\n", "w");
        Assert.True(reader.ReadLineWithWord());

        Assert.Equal((3L, "b w"), (reader.Number, reader.Text));
    }

    // Each line once: by itself, or among those that are passed over.
    [Fact]
    public void Lines_without_a_word_are_passed_over_in_order()
    {
        var text = string.Concat(
            Enumerable.Range(1, 40_000).Select(i => i % 1000 == 1 ? $"{i} word\n" : $"{i} none\n")
        );

        using var reader = Open(text, "word");
        var read = new StringBuilder();
        var words = new List<string>();
        while (reader.ReadLine())
        {
            read.Append($"{reader.Text}\n");
            if (reader.HasWord)
                words.Add($"{reader.Number} {reader.Text}");
            read.Append(Encoding.UTF8.GetString(reader.ReadLinesWithoutWord()));
        }

        Assert.Equal(text, $"{read}");
        Assert.Equal(
            Enumerable.Range(0, 40).Select(i => $"{1000 * i + 1} {1000 * i + 1} word"),
            words
        );
    }

    [Fact]
    public void The_memory_does_not_grow_with_the_log()
    {
        using (var file = File.OpenWrite(Project.PathOf("x.log")))
            file.SetLength(64_000_000); // zeros

        using var reader = new LineReader(Project.PathOf("x.log"), "word");
        var before = GC.GetAllocatedBytesForCurrentThread();
        while (reader.ReadLine())
            Assert.False(reader.HasWord);

        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 100_000);
    }

    [Fact]
    public void A_line_without_an_end_is_cut()
    {
        using var reader = Open($"a\n{new string('x', Longest + 1)}\nb\nc");
        var areCut = new List<bool>();
        while (reader.ReadLine())
            areCut.Add(reader.IsCut);

        Assert.Equal([false, true, false, true], areCut);
    }

    [Theory]
    [InlineData("\x1b[2m2025\x1b[0m \x1b[1;31mERROR\x1b[m x", "2025 ERROR x")]
    [InlineData("\r\x1b[Ka\r", "a")]
    [InlineData("56.7\u00c2\u00b5s", "56.7µs")] // UTF-8
    [InlineData("a\x1b", "a")]
    [InlineData("a\x1b[2", "a")]
    public void The_text_of_a_line_has_no_control_sequences(string line, string text)
    {
        using var reader = Open(line);
        Assert.True(reader.ReadLine());

        Assert.Equal(text, reader.Text);
    }

    [Fact]
    public void The_text_of_a_long_line_is_its_first_ten_thousand_bytes()
    {
        using var reader = Open(new string('x', 20_000));
        Assert.True(reader.ReadLine());

        Assert.Equal(10_000, reader.Text.Length);
    }

    // As PowerShell's > writes it; and UTF-8 with a mark.
    [Fact]
    public void Files_with_a_mark_are_read_by_it()
    {
        foreach (
            var encoding in new[] { Encoding.Unicode, Encoding.BigEndianUnicode, Encoding.UTF8 }
        )
        {
            Project.Write("x.log", [.. encoding.GetPreamble(), .. encoding.GetBytes("aµ\nb\n")]);
            using var reader = new LineReader(Project.PathOf("x.log"));
            Assert.True(reader.ReadLine());
            Assert.Equal("aµ", reader.Text);
            Assert.True(reader.ReadLine());
            Assert.Equal("b", reader.Text);
        }
    }
}

/// <summary>shared/logs.csx: what a file is that can't be read.</summary>
public sealed class LogFileTests : InProject
{
    string ErrorOf(string name) =>
        Assert
            .Throws<UnreadableLogException>(() => LogFile.Open(Project.PathOf(name)).Dispose())
            .Message;

    [Theory]
    [InlineData("x.log.gz", "x.log.gz is compressed: gunzip x.log.gz")]
    [InlineData("x.log.zst", "x.log.zst is compressed: unzstd x.log.zst")]
    [InlineData("x.log.1", "no x.log, but x.log.1: rename it")]
    [InlineData("x.log.txt", "no x.log, but x.log.txt: rename it")]
    [InlineData("y.log", "no x.log")]
    [InlineData("x.log/z", "x.log is a directory, expected a file")]
    public void A_file_that_is_not_there_is_sought_among_its_neighbours(string there, string error)
    {
        Project.Write(there, "");

        Assert.Equal(error, ErrorOf("x.log"));
    }

    [Fact]
    public void Without_its_directory_a_file_is_not_there() =>
        Assert.Equal("no x.log", ErrorOf("nowhere/x.log"));

    [Fact]
    public void A_link_to_nothing_is_called_so()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has links for administrators only");
        File.CreateSymbolicLink(Project.PathOf("x.log"), ".git/annex/objects/x");

        Assert.Equal("x.log is a link to nothing: git annex get, or dvc pull", ErrorOf("x.log"));
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("\0\0\0\0", "holds zeros only: copy it again")]
    [InlineData(
        "version https://git-lfs.github.com/spec/v1\noid sha256:0\n",
        "is a pointer of Git LFS: git lfs pull"
    )]
    [InlineData("/annex/objects/SHA256E-s1--0.log\n", "is a pointer of git-annex: git annex get")]
    [InlineData("\x1f\x8b\x08", "is compressed: rename it to .gz, then gunzip")]
    [InlineData("(\u00b5/\u00fd", "is compressed: rename it to .zst, then unzstd")]
    [InlineData("{\"log\":\"x\\n\"}", "is docker's own JSON: docker compose logs prints the lines")]
    [InlineData("{\"timestamp\":\"2026\"}", "is JSON: let BOOM print its plain format")]
    [InlineData("<!doctype html>", "is a web page: download the file itself")]
    [InlineData(
        "a\0b\0\n\0",
        "is UTF-16: Get-Content -Encoding unicode, then Set-Content -Encoding utf8"
    )]
    [InlineData("scheduler-1  | x\n", null)]
    public void What_holds_no_line_of_a_log_is_named_by_its_first_bytes(string text, string? what)
    {
        Project.Write("x.log", Encoding.Latin1.GetBytes(text));

        Assert.Equal(what, LogFile.WhatItIs(Project.PathOf("x.log")));
    }
}

/// <summary>shared/logs.csx: a log, its containers and their clocks.</summary>
public sealed class LogTests : InProject
{
    static string At(string time, string text = "x", string container = "scheduler-1") =>
        $"{container}  | 2026-08-19T18:{time}Z  INFO {text}\n";

    Log Read(string text, string name = "scheduler.log", string idle = "heartbeat")
    {
        Project.Write(name, text);
        var log = new Log(Project.PathOf(name), Frame.Boom);
        lines = [.. log.Lines(["word", idle], idle)];
        return log;
    }

    List<LogLine> lines = [];

    string Texts => string.Join(", ", lines.Select(line => line.Text));

    static string Times(ContainerLog container) =>
        $"{container.FirstTime:mm:ss.ff} to {container.LastTime:mm:ss.ff}";

    [Fact]
    public void Lines_with_a_word_warnings_and_lines_without_a_time_are_told()
    {
        Read(
            At("10:00.00", "a word")
                + At("10:00.10")
                + At("10:00.20").Replace(" INFO", " WARN")
                + "scheduler-1  | panicked\n"
                + At("10:01.00")
                + At("10:01.10").Replace(" INFO", "ERROR")
        );

        Assert.Equal("a word, x, scheduler-1  | panicked, x", Texts);
        Assert.Equal($"{Project.PathOf("scheduler.log")}:6", lines[^1].Place);
    }

    [Fact]
    public void A_line_that_is_cut_is_told_as_such()
    {
        var log = Read(At("10:00.00", "a word") + At("10:01.00", "a word")[..^1]);

        Assert.Equal([false, true], lines.Select(line => line.IsCut));
        Assert.Equal("10:00.00 to 10:01.00", Times(log.LastContainer));
    }

    // The last line of all has the second of the one before, and is not taken apart.
    [Fact]
    public void The_first_and_the_last_time_are_those_of_all_lines()
    {
        var log = Read(At("10:00.25") + At("10:00.50") + At("10:07.00") + At("10:07.75"));

        Assert.Equal("10:00.25 to 10:07.75", Times(log.LastContainer));
    }

    [Fact]
    public void Idle_lines_begin_and_end_no_log_and_have_a_time_of_their_own()
    {
        var beat = At("09:00.00", "heartbeat");
        var log = Read(beat + At("10:00.00") + At("10:07.00") + At("11:00.00", "heartbeat"));

        Assert.Equal("10:00.00 to 10:07.00", Times(log.LastContainer));
        Assert.Equal("11:00.00", $"{log.LastContainer.LastIdleTime:mm:ss.ff}");
    }

    // The rest of a message may begin with a time: it has no level.
    [Fact]
    public void The_rest_of_a_message_ends_no_log()
    {
        var log = Read(At("10:00.00") + "scheduler-1  | 2026-08-19T18:10:00.90Z is when it ends\n");

        Assert.Equal("10:00.00 to 10:00.00", Times(log.LastContainer));
    }

    [Fact]
    public void Lines_of_other_services_are_strangers_where_one_is_named_after_the_log()
    {
        var log = Read(
            At("09:00.00", "a word", "consumer-1")
                + At("10:00.00", "my word")
                + At("11:00.00", "x", "consumer-1")
        );

        Assert.Equal("my word", Texts);
        Assert.Equal("10:00.00 to 10:00.00", Times(Assert.Single(log.Containers)));
        Assert.Equal(["consumer-1"], log.Strangers);
    }

    [Fact]
    public void Where_none_is_named_after_the_log_all_containers_count()
    {
        var log = Read(At("10:00.00", "a word", "boom-sched"));

        Assert.Equal("boom-sched", Assert.Single(log.Containers).Name);
        Assert.Empty(log.Strangers);
    }

    [Fact]
    public void Each_replica_has_its_times_and_its_exit()
    {
        var log = Read(
            At("10:00.00")
                + At("09:00.00", "x", "scheduler-2")
                + At("10:01.00")
                + "scheduler-2 exited with code 0\n"
                + At("10:02.00")
        );

        Assert.Equal(
            [
                "scheduler-1 10:00.00 to 10:02.00, 0 exits",
                "scheduler-2 09:00.00 to 09:00.00, 1 exits",
            ],
            log.Containers.Select(x => $"{x.Name} {Times(x)}, {x.Exits.Count} exits")
        );
        Assert.Equal("scheduler-1", log.LastContainer.Name);
        Assert.All(log.Containers, container => Assert.Null(container.BackAt));
    }

    [Theory]
    [InlineData("scheduler-1 exited with code 137\n", 137, false)]
    [InlineData("\r\x1b[Kscheduler-1 exited with code 137\n", 137, false)]
    [InlineData("\r\x1b[Kscheduler-1 exited with code 101 (restarting)\n", 101, true)]
    public void An_exit_is_told_in_each_form(string line, int code, bool isRestarting)
    {
        var exit = Assert.Single(Read(At("10:00.00") + line).LastContainer.Exits);

        Assert.Equal((code, isRestarting), (exit.Code, exit.IsRestarting));
    }

    [Fact]
    public void Lines_without_a_prefix_are_those_of_the_container_that_exits()
    {
        const string Exit = "\r\x1b[Kscheduler-1 exited with code 137\n";
        var log = Read(At("10:00.00").Replace("scheduler-1  | ", "") + Exit);

        Assert.Equal("", Assert.Single(log.Containers).Name);
        Assert.Single(log.LastContainer.Exits);
    }

    [Fact]
    public void A_message_that_quotes_an_exit_is_none() =>
        Assert.Empty(
            Read(At("10:00.00") + "scheduler-1  | x exited with code 9\n").LastContainer.Exits
        );

    // Compose may print an exit before lines that it has still to print: those follow at once.
    [Theory]
    [InlineData("scheduler-1 exited with code 137\n", "10:00.40", false)]
    [InlineData("scheduler-1 exited with code 137\n", "10:04.00", false)] // idle lines come every 2 s
    [InlineData("scheduler-1 exited with code 137\n", "10:06.00", true)]
    [InlineData("scheduler-1 exited with code 137\n", "09:50.00", false)]
    [InlineData("scheduler-1 exited with code 0\n", "10:01.00", true)]
    [InlineData("scheduler-1 exited with code 137 (restarting)\n", "10:00.40", true)]
    [InlineData("scheduler-1 exited with code 101\n", "10:00.40", true)]
    [InlineData("scheduler-10 exited with code 0\n", "10:01.00", false)]
    [InlineData("scheduler-1 exited with code 0\nscheduler-1 exited with code 0\n", "", false)]
    public void A_container_that_prints_again_has_come_back(string exit, string time, bool isBack)
    {
        var log = Read(
            At("09:59.00", "begins") + At("10:00.00") + exit + (time == "" ? "" : At(time))
        );

        Assert.Equal(isBack, log.Containers[0].BackAt != null);
    }

    // However soon; a text that comes again and again tells nothing.
    [Theory]
    [InlineData("no config file", "queue is empty", true)]
    [InlineData("queue is empty", "queue is empty", false)]
    public void A_container_that_begins_as_before_has_come_back(
        string first,
        string second,
        bool isBack
    )
    {
        var log = Read(
            At("10:00.00", first) + At("10:01.00", second) + Exit137 + At("10:01.30", first)
        );

        Assert.Equal(isBack, log.Containers[0].BackAt != null);
    }

    const string Exit137 = "\r\x1b[Kscheduler-1 exited with code 137\n";

    // docker-compose 1 prefixes lines with a shorter name than that of its exit line.
    [Fact]
    public void An_exit_with_the_projects_name_is_that_of_the_container_that_prints()
    {
        var log = Read(
            At("10:00.00", "x", "scheduler_1") + "boom_scheduler_1 exited with code 101\n"
        );

        Assert.True(Assert.Single(log.Containers).Exits[0].IsCrash);
    }

    [Theory]
    [InlineData("scheduler-1", Likeness.Named)]
    [InlineData("boom_scheduler_1", Likeness.Named)]
    [InlineData("scheduler", Likeness.Named)]
    [InlineData("Scheduler-Z-1", Likeness.Within)]
    [InlineData("scheduler-bench-mongo-1", Likeness.Within)]
    [InlineData("boom-sched", Likeness.Unknown)]
    [InlineData("consumer-1", Likeness.Other)]
    public void A_container_is_more_or_less_of_a_service(string container, Likeness likeness) =>
        Assert.Equal(likeness, new Service("scheduler").LikenessOf(container));

    [Fact]
    public void A_log_of_another_service_is_named_as_what_it_is()
    {
        var log = Read(At("10:00.00", "x", "consumer-1"));

        var error = Assert.Throws<UnreadableLogException>(() => log.FirstTime);
        Assert.Equal(
            ("scheduler.log has lines of other containers only", "consumer-1"),
            (error.Message, error.Detail)
        );
    }

    // 100 kB of another service stand before the first line of the one that counts.
    [Fact]
    public void The_service_is_found_however_late_it_begins()
    {
        var others = string.Concat(Enumerable.Repeat(At("09:00.00", "x", "kafka-1"), 2000));
        var log = Read(others + At("10:00.00"));

        Assert.Equal(("scheduler-1", "kafka-1"), (log.Containers[0].Name, log.Strangers[0]));
        Assert.Equal(18, log.FirstTime.Hour);
        Assert.Equal(10, log.FirstTime.Minute);
    }

    [Fact]
    public void Dockers_own_JSON_is_no_log() =>
        Assert.Throws<UnreadableLogException>(() =>
            Read("{\"log\":\"2026-08-19T18:10:35.042000Z  INFO x\\n\",\"stream\":\"stdout\"}\n")
        );

    // Of lines that matter and of others, in the same second and not.
    [Theory]
    [InlineData("10:05.00 10:03.99", 1)]
    [InlineData("10:05.00 10:04.00", 0)]
    [InlineData("10:05.00 10:05.90 10:04.89", 1)]
    [InlineData("10:05.00 10:05.90 10:04.91", 0)]
    [InlineData("10:05.00 09:00.00 09:01.00 08:00.00", 2)]
    public void A_clock_that_steps_back_by_more_than_a_second_is_seen(string times, int steps)
    {
        var log = Read(string.Concat(times.Split(' ').Select(time => At(time))));

        Assert.Equal(steps, log.LastContainer.StepsBack.Count);
    }

    [Fact]
    public void The_clocks_of_two_containers_are_not_compared()
    {
        var log = Read(At("10:05.00") + At("09:00.00", "x", "scheduler-2") + At("10:06.00"));

        Assert.All(log.Containers, container => Assert.Empty(container.StepsBack));
    }

    [Theory]
    [InlineData(
        "x\n",
        "no line of scheduler.log has a time and a level such as \"2025-08-05T00:31:55.442424Z  INFO\""
    )]
    [InlineData("", "scheduler.log is empty")]
    public void A_log_without_a_time_is_an_error(string text, string error)
    {
        var log = Read(text);

        Assert.Equal(error, Assert.Throws<UnreadableLogException>(() => log.FirstTime).Message);
        Assert.Equal(error, Assert.Throws<UnreadableLogException>(() => log.LastContainer).Message);
    }
}
