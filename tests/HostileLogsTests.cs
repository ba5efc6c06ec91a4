using System.Text;

/// <summary>
/// Whatever bytes a log holds: facts, or an error of one line that begins with the file's name.
/// HOSTILE_LOGS_SECONDS=600 tries for minutes, with another seed each time.
/// </summary>
public sealed class HostileLogsTests : IDisposable
{
    static readonly string? Seconds = Environment.GetEnvironmentVariable("HOSTILE_LOGS_SECONDS");

    // Genuine lines, to be cut, doubled and mixed, and what means something within them.
    static readonly string[] Pieces =
    [
        "\n",
        "\r\n",
        "\0",
        "\ufeff",
        "\x1b[2m",
        "\x1b[",
        "=",
        "|",
        "/",
        " ",
        "\"",
        "{",
        "}",
        "[",
        "\\ud800",
        "٣",
        "9999999999999999999",
        "-1",
        "1e+03",
        "a=b ",
        " passed filter ",
        " alerts to the queue in ",
        "\"MemUsage\":",
        "scheduler-1  | ",
        "trace_id=4bf92f3577b34da6a3ce929d0e0e4736 ",
        "2025-08-05T00:31:55.442424Z ",
        "2025-99-05T00:31:55.442424Z ",
        "2025-99-05 01:41:17,123 ",
        "scheduler-1  | \x1b[2m2025-08-05T00:31:55.442424Z\x1b[0m \x1b[33m WARN\x1b[0m \x1b[2msrc/main.rs\x1b[0m 3/1000 ZTF alerts with programid 1 passed filter 25\n",
        "consumer-1  | 2026-05-07T18:00:00.000000Z ERROR Consumer received first message\n",
        "producer-1  | 2025-08-05T00:31:55.442424Z  INFO Pushed 29142 alerts to the queue in 11.284913s\n",
        "\x1b[H{\"MemUsage\":\"775.3MiB / 125.7GiB\",\"NetIO\":\"1e+03MB / 900MB\",\"PIDs\":\"38\"}\x1b[K\n\x1b[J\n",
        "2025-08-05 01:41:17,923 INFO success: alert-broker-ztf entered RUNNING state, process has stayed up for > than 1 seconds (startsecs)\n",
        "2025-08-05 01:48:50,156 WARN received SIGTERM indicating exit request\n",
        "2025-08-05 01:41:16,000 CRIT Supervisor is running as root.\n",
        "scheduler-1 exited with code 137\n",
    ];

    static readonly Action<string>[] Readers =
    [
        path => BoomLog.Read(path, "scheduler"),
        path => BoomLog.Read(path, "consumer", "first"),
        path => KafkaIngest.Read(path),
        path => DockerStats.Read(path),
        path => SupervisordLog.Read(path),
    ];

    readonly ScratchLog log = new();

    public void Dispose() => log.Dispose();

    static byte[] HostileLog(Random random)
    {
        var bytes = new List<byte>();
        for (var pieces = random.Next(30); pieces > 0; pieces--)
        {
            var piece = Encoding.UTF8.GetBytes(Pieces[random.Next(Pieces.Length)]);
            var times = random.Next(40) == 0 ? random.Next(3000) : 1;
            for (var i = 0; i < times; i++)
                bytes.AddRange(piece);
        }
        // Any byte elsewhere, and lost or doubled stretches.
        for (var changes = random.Next(8); changes > 0 && bytes.Count > 0; changes--)
        {
            var at = random.Next(bytes.Count);
            var length = Math.Min(random.Next(40), bytes.Count - at);
            switch (random.Next(4))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveRange(at, length);
                    break;
                case 2:
                    bytes.InsertRange(random.Next(bytes.Count), bytes[at..(at + length)]);
                    break;
                default:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
            }
        }
        return bytes.ToArray();
    }

    [Fact]
    public void Any_log_gives_facts_or_an_error_of_one_line()
    {
        var seed = Seconds == null ? 2026 : Environment.TickCount;
        var random = new Random(seed);
        var end = DateTime.UtcNow.AddSeconds(double.Parse(Seconds ?? "0"));
        for (var i = 0; i < 1_000 || DateTime.UtcNow < end; i++)
        {
            var bytes = HostileLog(random);
            log.Write(bytes);
            foreach (var read in Readers)
                try
                {
                    read(log.Path);
                }
                catch (InvalidDataException e)
                {
                    Assert.StartsWith(log.Path, e.Message);
                    Assert.DoesNotContain('\n', Screen.OneLine(e.Message));
                    Assert.True(e.Message.Length < 1000, $"seed {seed}, log {i}: {e.Message}");
                }
                catch (Exception e)
                {
                    Assert.Fail($"seed {seed}, log {i}: {e}");
                }
        }
    }

    // What once took a time that grew with the square of a line, or memory with the log.
    [Theory]
    [InlineData("a=b ")]
    [InlineData("\x1b[2m")]
    [InlineData("\x1b[")]
    [InlineData(" passed filter ")]
    [InlineData("3/7 passed filter a\n")]
    [InlineData(" alerts to the queue in ")]
    [InlineData("Pushed 1")]
    [InlineData("{\"MemUsage\":")]
    [InlineData("{}\n")]
    [InlineData("{\n")]
    [InlineData("\n")]
    [InlineData("\0")]
    [InlineData("a | ")]
    [InlineData("2025-08-05T00:31:55.442424Z  WARN x\n")]
    [InlineData("2025-08-05 01:41:17,923 WARN stopped: (terminated by SIGTERM ")]
    public void Twice_the_log_takes_no_more_than_some_three_times_the_memory(string piece)
    {
        // One line has to be longer than what is kept of it; many lines take their time.
        var length = piece.EndsWith('\n') ? 500_000 : 2_000_000;
        var (small, large) = (Allocated(piece, length), Allocated(piece, 2 * length));

        Assert.True(large < 3 * small + 1_000_000, $"{small} and {large} bytes");
    }

    long Allocated(string piece, int length)
    {
        log.Write(
            Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(piece, length / piece.Length)))
        );
        var before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var read in Readers)
            try
            {
                read(log.Path);
            }
            catch (InvalidDataException) { }
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
