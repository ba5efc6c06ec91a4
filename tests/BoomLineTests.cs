using System.Text;

public sealed class BoomLineTests
{
    const string Time = "2025-08-05T00:31:55.442424Z";
    const string TraceIds = "trace_id=4bf92f3577b34da6a3ce929d0e0e4736 span_id=00f067aa0ba902b7 ";

    static readonly DateTime Expected = new DateTime(
        2025,
        8,
        5,
        0,
        31,
        55,
        442,
        424,
        DateTimeKind.Utc
    );

    // The line's time, or null where it has none.
    static DateTime? TimeOf(byte[] line) =>
        BoomLine.TryParse(line, out var parsed) ? parsed.Time : null;

    static DateTime? TimeOf(string line) => TimeOf(Encoding.UTF8.GetBytes(line));

    [Theory]
    [InlineData($"consumer-1  | \x1b[2m{Time}\x1b[0m \x1b[32m INFO\x1b[0m x")] // colours
    [InlineData($"consumer-1  | {Time}  INFO x")]
    [InlineData($"{Time}  INFO x")] // no prefix
    [InlineData($"\x1b[2m{Time}\x1b[0m x")]
    [InlineData($"{Time}")]
    [InlineData($"{Time}\x1b[0m")]
    [InlineData($"boom_2.consumer-1 | {Time} x")]
    [InlineData($"scheduler-1  | {TraceIds}{Time}  INFO x")] // BOOM of 2026
    [InlineData($"{TraceIds}{Time}  INFO x")]
    [InlineData($"scheduler-1  | \x1b[3mtrace_id=4bf9\x1b[0m \x1b[2m{Time}\x1b[0m x")]
    [InlineData($"\ufeff{Time} x")]
    [InlineData($"\0\0\0{Time} x")]
    [InlineData($"\0\0\0scheduler-1  | \x1b[2m{Time}\x1b[0m x")]
    public void A_line_of_any_boom_log_has_its_time(string line)
    {
        Assert.Equal(Expected, TimeOf(line));
        Assert.Equal(DateTimeKind.Utc, TimeOf(line)!.Value.Kind);
    }

    [Fact]
    public void A_piece_of_a_character_before_the_time_does_not_hide_it() =>
        Assert.Equal(Expected, TimeOf([0xa9, 0xff, .. Encoding.UTF8.GetBytes($"{Time} x")]));

    [Theory]
    [InlineData("")]
    [InlineData("scheduler-1 exited with code 137")]
    [InlineData($"Attaching at {Time}")]
    [InlineData($"scheduler-1  | retry at {Time} now")]
    [InlineData($"scheduler-1  | \"{Time}\" x")]
    [InlineData($"a b | {Time} x")] // no service has a blank in its name
    [InlineData($"| {Time} x")]
    [InlineData($"={Time} x")]
    [InlineData($"time={Time}")]
    [InlineData($"{Time}9 x")]
    [InlineData($"9{Time} x")]
    [InlineData("2025-08-05T00:31:55.442424 x")] // no zone
    [InlineData("2025-08-05T00:31:55.442424+ x")]
    [InlineData("2025-08-05T00:31:55.44242Z x")]
    [InlineData("2025-08-05T00:31:55.4424242Z x")]
    [InlineData("2025-08-05 00:31:55.442424Z x")]
    [InlineData("2025-08-05t00:31:55.442424Z x")]
    [InlineData("2025-13-05T00:31:55.442424Z x")]
    [InlineData("2025-02-29T00:31:55.442424Z x")]
    [InlineData("2025-08-05T24:00:00.000000Z x")]
    [InlineData("2025-08-05T00:60:55.442424Z x")]
    [InlineData("0000-08-05T00:31:55.442424Z x")]
    [InlineData("-025-08-05T00:31:55.442424Z x")]
    [InlineData("2025-08-05T00:31:55.442 24Z x")]
    [InlineData("2025-08-05T00:31:55.4424\u0664Z x")] // an Arabic digit
    public void A_line_without_a_time_at_its_beginning_has_none(string line) =>
        Assert.Null(TimeOf(line));

    [Theory]
    [InlineData("0001-01-01T00:00:00.000000Z", 0)]
    [InlineData("0001-01-01T00:00:00.000001Z", 10)]
    [InlineData("9999-12-31T23:59:59.999999Z", 3155378975999999990)]
    [InlineData("2024-02-29T12:34:56.789012Z", 638448068967890120)]
    public void Times_are_exact_to_the_microsecond(string line, long ticks) =>
        Assert.Equal(ticks, TimeOf(line)!.Value.Ticks);

    [Fact]
    public void Random_times_are_those_of_the_framework()
    {
        var random = new Random(2026);
        for (var i = 0; i < 1000; i++)
        {
            var time = new DateTime(
                random.NextInt64(DateTime.MaxValue.Ticks) / 10 * 10,
                DateTimeKind.Utc
            );
            Assert.Equal(time, TimeOf($"{time:yyyy-MM-ddTHH:mm:ss.ffffff}Z x"));
        }
    }

    [Theory]
    [InlineData("\x1b[33m WARN\x1b[0m x", true, false)]
    [InlineData(" WARN x", true, false)]
    [InlineData(" WARN", true, false)]
    [InlineData("\x1b[31mERROR\x1b[0m x", false, true)]
    [InlineData("ERROR x", false, true)]
    [InlineData(" INFO WARN ERROR", false, false)]
    [InlineData(" WARNING x", false, false)]
    [InlineData("ERRORS x", false, false)]
    [InlineData("warn x", false, false)]
    [InlineData("", false, false)]
    public void The_level_stands_behind_the_time(string rest, bool isWarning, bool isError)
    {
        Assert.True(BoomLine.TryParse(Encoding.UTF8.GetBytes($"{Time} {rest}"), out var line));
        Assert.Equal((isWarning, isError), (line.HasLevel("WARN"u8), line.HasLevel("ERROR"u8)));
    }

    static (string Filter, long Alerts)? BatchOf(string message)
    {
        Assert.True(BoomLine.TryParse(Encoding.UTF8.GetBytes($"{Time} {message}"), out var line));
        return line.IsBatch(out var filter, out var alerts) ? (filter, alerts) : null;
    }

    [Theory]
    [InlineData(
        "\x1b[2m34:\x1b[0m 3/1000 ZTF alerts with programid 1 passed filter 25",
        "25",
        1000
    )]
    [InlineData("3/1000 ZTF alerts with programid 1 passed filter 25 of 30", "25", 1000)]
    [InlineData("0/0 alerts passed filter 25", "25", 0)]
    [InlineData("3/1000 LSST alerts passed filter 0198f1c2-3d4e", "0198f1c2-3d4e", 1000)]
    [InlineData("3/1000 alerts passed filter 25\x1b[0m", "25", 1000)]
    [InlineData("run/main.rs: 3/1000 alerts passed filter é", "é", 1000)]
    [InlineData("3/9223372036854775807 alerts passed filter 1", "1", long.MaxValue)]
    [InlineData("3/7 alerts passed filter 1 passed filter 2", "1", 7)]
    public void A_batch_has_its_filter_and_its_alerts(string message, string filter, long alerts) =>
        Assert.Equal((filter, alerts), BatchOf(message));

    [Theory]
    [InlineData("queue is empty")]
    [InlineData("3/1,000 alerts passed filter 25")]
    [InlineData("3/-1000 alerts passed filter 25")]
    [InlineData("3/+1000 alerts passed filter 25")]
    [InlineData("3/1000.5 alerts passed filter 25")]
    [InlineData("3/1000 passed filter ")]
    [InlineData("3/ alerts passed filter 25")]
    [InlineData("/1000 alerts passed filter 25")]
    [InlineData("a/1000 alerts passed filter 25")]
    [InlineData("3/x alerts passed filter 25")]
    [InlineData("\u0663/1000 alerts passed filter 25")]
    [InlineData("3/\u0663 alerts passed filter 25")]
    [InlineData("3/9223372036854775808 alerts passed filter 25")]
    [InlineData("1000 alerts passed filter 25")]
    [InlineData("3/1000 alerts passed filter  25")]
    public void What_only_looks_like_a_batch_is_none(string message) =>
        Assert.Null(BatchOf(message));

    [Fact]
    public void A_filter_of_two_hundred_bytes_has_the_longest_name()
    {
        Assert.NotNull(BatchOf($"3/7 alerts passed filter {new string('f', 200)}"));
        Assert.Null(BatchOf($"3/7 alerts passed filter {new string('f', 201)}"));
        Assert.Null(BatchOf($"3/7 alerts passed filter {new string('f', 1_000_000)}"));
    }
}
