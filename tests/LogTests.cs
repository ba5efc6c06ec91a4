using System.Text;

public sealed class LogTests : IDisposable
{
    const int Block = 64 * 1024;

    readonly string log = Path.GetTempFileName();

    public void Dispose() => File.Delete(log);

    string Write(string text) => Write(Encoding.UTF8.GetBytes(text));

    string Write(byte[] bytes)
    {
        File.WriteAllBytes(log, bytes);
        return log;
    }

    static DateTime Utc(string time) =>
        DateTime.ParseExact(
            time,
            "yyyy-MM-ddTHH:mm:ss.ffffffK",
            null,
            System.Globalization.DateTimeStyles.AdjustToUniversal
        );

    [Theory]
    [InlineData("consumer-1  | \x1b[2m2025-08-05T00:31:55.442424Z\x1b[0m \x1b[32m INFO\x1b[0m x\n")] // colour
    [InlineData("consumer-1  | 2025-08-05T00:31:55.442424Z  INFO x\n")] // no colour
    [InlineData("2025-08-05T00:31:55.442424Z  INFO x\n")] // no prefix
    [InlineData("\x1b[2m2025-08-05T00:31:55.442424Z\x1b[0m x\n")] // no prefix, colour
    [InlineData("consumer-1  | 2025-08-05T00:31:55.442424Z  INFO x\r\n")] // CR LF
    [InlineData("consumer-1  | 2025-08-05T00:31:55.442424Z\r\n")]
    [InlineData("consumer-1  | 2025-08-05T00:31:55.442424Z  INFO x")] // no last newline
    [InlineData("2025-08-05T00:31:55.442424Z")]
    [InlineData("\ufeff2025-08-05T00:31:55.442424Z  INFO x\n")] // a byte order mark
    [InlineData("\0\0\02025-08-05T00:31:55.442424Z  INFO x\n")] // a hole in the file
    [InlineData(
        "scheduler-1  | trace_id=4bf92f3577b34da6a3ce929d0e0e4736 span_id=00f067aa0ba902b7 2025-08-05T00:31:55.442424Z  INFO x\n"
    )] // BOOM of 2026
    [InlineData("\n\nAttaching to consumer-1\n2025-08-05T00:31:55.442424Z  INFO x\nexited\n\n")]
    public void A_line_of_any_boom_log_has_its_timestamp(string text)
    {
        var expected = Utc("2025-08-05T00:31:55.442424Z");

        Assert.Equal(expected, BoomLog.FirstTimestamp(Write(text)));
        Assert.Equal(expected, BoomLog.LastTimestamp(log));
    }

    [Fact]
    public void The_first_and_the_last_line_with_a_timestamp_count()
    {
        Write(
            "no time\n2025-08-05T00:00:01.000000Z a\n2025-08-05T00:00:02.000000Z b\n"
                + "2025-08-05T00:00:03.000000Z c\nscheduler-1 exited with code 137\n\n"
        );

        Assert.Equal(1, BoomLog.FirstTimestamp(log).Second);
        Assert.Equal(3, BoomLog.LastTimestamp(log).Second);
    }

    [Fact]
    public void The_first_timestamp_of_a_line_is_the_lines_own()
    {
        Write("2025-08-05T00:00:01.000000Z INFO alert of 2025-03-11T05:00:02.000000Z seen\n");

        Assert.Equal(1, BoomLog.LastTimestamp(log).Second);
    }

    [Theory]
    [InlineData("time=\"2025-08-05T00:00:09.000000Z\"")] // a value, not a log's timestamp
    [InlineData("scheduler-1  | next try at 2025-08-05T00:00:09.000000Z in")] // in a message
    [InlineData("2025-13-05T00:00:09.000000Z")] // no such month
    [InlineData("2025-08-05T00:00:09Z")] // not BOOM's six decimals
    public void What_only_looks_like_a_timestamp_does_not_count(string word)
    {
        Write($"2025-08-05T00:00:01.000000Z a\n{word} b\n");

        Assert.Equal(1, BoomLog.LastTimestamp(log).Second);
    }

    [Theory]
    [InlineData("")]
    [InlineData("scheduler-1 exited with code 137\n")]
    public void A_log_without_timestamps_is_an_error_with_its_name(string text)
    {
        Write(text);

        Assert.StartsWith(
            log,
            Assert.Throws<InvalidDataException>(() => BoomLog.FirstTimestamp(log)).Message
        );
        Assert.StartsWith(
            log,
            Assert.Throws<InvalidDataException>(() => BoomLog.LastTimestamp(log)).Message
        );
    }

    [Fact]
    public void Bytes_that_are_no_utf8_do_not_hide_a_timestamp()
    {
        byte[] noise = [0xff, 0xfe, 0x00, 0xc3, 0x28, (byte)'\n'];
        Write([.. noise, .. "2025-08-05T00:00:01.000000Z \x00e9\n"u8, .. noise]);

        Assert.Equal(1, BoomLog.FirstTimestamp(log).Second);
        Assert.Equal(1, BoomLog.LastTimestamp(log).Second);
    }

    [Fact]
    public void A_timestamp_is_found_wherever_the_blocks_of_a_file_meet()
    {
        for (var offset = -40; offset <= 10; offset++)
        {
            var before = new string('\0', Block + offset); // a hole in the file
            var after = "\n" + new string('y', Block + offset);
            Write(before + "2025-08-05T00:00:01.000000Z" + after);

            Assert.Equal(1, BoomLog.FirstTimestamp(log).Second);
            Assert.Equal(1, BoomLog.LastTimestamp(log).Second);
        }
    }

    [Fact]
    public void A_line_of_ten_megabytes_keeps_the_timestamp_at_its_start()
    {
        var embedded = " 2025-08-05T00:00:09.000000Z ";
        var line = "2025-08-05T00:00:02.000000Z " + new string('x', 10_000_000) + embedded;
        Write("2025-08-05T00:00:01.000000Z a\n" + line + "\nexited\n");

        Assert.Equal(2, BoomLog.LastTimestamp(log).Second);
    }

    [Fact]
    public void The_marker_of_a_line_of_ten_megabytes_has_the_timestamp_at_its_start()
    {
        var line = "2025-08-05T00:00:02.000000Z " + new string('x', 10_000_000) + " marker";
        Write("2025-08-05T00:00:01.000000Z a\n" + line + "\n2025-08-05T00:00:03.000000Z marker\n");

        Assert.Equal(2, BoomLog.TimestampOf("marker", log).Second);
    }

    [Fact]
    public void A_marker_without_a_timestamp_in_its_line_is_an_error()
    {
        Write("2025-08-05T00:00:01.000000Z a\nmarker\n2025-08-05T00:00:03.000000Z marker\n");

        var error = Assert.Throws<InvalidDataException>(() => BoomLog.TimestampOf("marker", log));
        Assert.Equal($"{log}: the line with the marker \"marker\" has no timestamp", error.Message);
    }

    [Fact]
    public void The_lines_from_the_end_are_the_lines_from_the_start_in_reverse()
    {
        // Lengths around the size of a block, so that every way of cutting one comes up.
        int[] lengths = [0, 1, 70, Block - 2, Block - 1, Block, Block + 1, 3, 2 * Block - 1, 0, 5];
        var expected = lengths.Select((length, i) => new string((char)('a' + i), length)).ToArray();
        Write(string.Join("\n", expected));

        Assert.Equal(expected, Join(Log.Lines(log)));
        Assert.Equal(expected.Reverse(), Join(Log.LinesFromEnd(log), fromEnd: true));
    }

    // Puts the pieces of long lines together again; they overlap, and each line has its own letter.
    static IEnumerable<string> Join(IEnumerable<LogLine> pieces, bool fromEnd = false)
    {
        var lines = new List<string>();
        var inLine = false;
        foreach (var piece in pieces)
        {
            var goesOn = fromEnd ? inLine : !piece.StartsLine;
            if (goesOn)
                lines[^1] += piece.Text[1024..];
            else
                lines.Add(piece.Text);
            inLine = !piece.StartsLine;
        }
        return lines;
    }

    [Fact]
    public void Kowalskis_times_are_whole_seconds_without_a_zone()
    {
        Write("2025-08-05 01:00:00,000 INFO spawned\n" + LogText.Running + LogText.Sigterm);

        var (start, end) = SupervisordLog.TimesOfRun(log);

        Assert.Equal(new DateTime(2025, 8, 5, 1, 41, 17), start);
        Assert.Equal(new DateTime(2025, 8, 5, 1, 48, 50), end);
        Assert.Equal(DateTimeKind.Unspecified, start.Kind);
    }

    [Fact]
    public void A_log_with_two_starts_of_kowalski_gives_the_first()
    {
        var restart = LogText.Running.Replace("01:41:17", "01:45:00");
        Write(LogText.Running + restart + LogText.Sigterm);

        Assert.Equal(new DateTime(2025, 8, 5, 1, 41, 17), SupervisordLog.TimesOfRun(log).Start);
    }

    [Fact]
    public void Kowalskis_end_is_the_first_after_the_start()
    {
        var earlier = LogText.Sigterm.Replace("01:48:50", "01:30:00");
        var later = LogText.Sigterm.Replace("01:48:50", "01:59:00");
        Write(earlier + LogText.Running + LogText.Sigterm + later);

        var (_, end) = SupervisordLog.TimesOfRun(log);

        Assert.Equal(48, end.Minute);
    }
}
