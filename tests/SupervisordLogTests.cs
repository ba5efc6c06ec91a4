public sealed class SupervisordLogTests : IDisposable
{
    const string Running =
        "2025-08-05 01:41:17,923 INFO success: alert-broker-ztf entered RUNNING state, process has stayed up for > than 1 seconds (startsecs)\n";
    const string Sigterm =
        "2025-08-05 01:48:50,156 WARN received SIGTERM indicating exit request\n";

    readonly ScratchLog log = new();

    public void Dispose() => log.Dispose();

    SupervisordLog Read(string text) => SupervisordLog.Read(log.Write(text));

    // A run with nothing wrong in its log.
    static void AssertRun(DateTime start, DateTime end, int starts, SupervisordLog run)
    {
        Assert.Equal((start, end, starts), (run.Start, run.End, run.NStarts));
        Assert.Equal((0, 0, null), (run.Warnings, run.Errors, run.Clock.GoesBackAt));
    }

    static DateTime At(int hour, int minute, int second) => new(2025, 8, 5, hour, minute, second);

    // As supervisord 4.2.5 with an http server prints it.
    [Fact]
    public void The_log_of_a_genuine_run_is_understood()
    {
        var run = Read(
            """
            2026-11-22 14:37:33,727 CRIT Supervisor is running as root.  Privileges were not dropped because no user is specified in the config file.  If you intend to run as root, you can set user=root in the config file to avoid this message.
            2026-11-22 14:37:33,734 INFO RPC interface 'supervisor' initialized
            2026-11-22 14:37:33,734 CRIT Server 'unix_http_server' running without any HTTP authentication checking
            2026-11-22 14:37:33,735 INFO supervisord started with pid 16606
            2026-11-22 14:37:34,738 INFO spawned: 'alert-broker-ztf' with pid 16607
            2026-11-22 14:37:34,740 INFO spawned: 'dask-cluster' with pid 16608
            2026-11-22 14:37:35,742 INFO success: alert-broker-ztf entered RUNNING state, process has stayed up for > than 1 seconds (startsecs)
            2026-11-22 14:37:35,742 INFO success: dask-cluster entered RUNNING state, process has stayed up for > than 1 seconds (startsecs)
            2026-11-22 14:37:37,745 WARN received SIGTERM indicating exit request
            2026-11-22 14:37:37,745 INFO waiting for alert-broker-ztf, dask-cluster to die
            2026-11-22 14:37:37,746 WARN stopped: dask-cluster (terminated by SIGTERM)
            2026-11-22 14:37:37,746 WARN stopped: alert-broker-ztf (terminated by SIGTERM)

            """
        );

        AssertRun(new(2026, 11, 22, 14, 37, 35), new(2026, 11, 22, 14, 37, 37), 1, run);
    }

    [Theory]
    [InlineData("01:45:00", "01:44:58", 3)]
    [InlineData("01:45:00", "01:44:59", null)]
    [InlineData("01:48:51", "01:48:51", null)] // by less than the end's milliseconds tell
    [InlineData("01:48:52", "01:48:52", 4)] // back at the end
    [InlineData("01:45:00", "99:99:99", null)] // no time
    public void A_clock_that_goes_back_by_more_than_a_second_is_told(
        string one,
        string other,
        int? line
    )
    {
        var run = Read(
            $"{Running}2025-08-05 {one},000 INFO x\n2025-08-05 {other},000 INFO x\n{Sigterm}"
        );

        Assert.Equal(line == null ? null : $"{log.Path}:{line}", run.Clock.GoesBackAt);
    }

    [Fact]
    public void What_the_clock_does_after_the_end_does_not_matter() =>
        Assert.Null(Read($"{Running}{Sigterm}2025-08-05 01:00:00,000 INFO x\n").Clock.GoesBackAt);

    [Theory]
    [InlineData("CRIT Supervisor is running as root.  Privileges were not dropped because no user")]
    [InlineData("CRIT Supervisor running as root (no user in config file)")]
    [InlineData("CRIT Set uid to user 0")]
    [InlineData("CRIT Server 'unix_http_server' running without any HTTP authentication checking")]
    [InlineData("CRIT Server 'inet_http_server' running without any HTTP authentication checking")]
    [InlineData("WARN No file matches via include \"/etc/supervisor/conf.d/*.conf\"")]
    [InlineData("WARN Included extra file \"/etc/supervisor/conf.d/a.conf\" during parsing")]
    [InlineData(
        "WARN For [program:a], AUTO logging used for stderr_logfile without rollover, set maxbytes > 0 to avoid filling up filesystem unintentionally"
    )]
    [InlineData("WARN received SIGTERM indicating exit request")]
    [InlineData("WARN stopped: dask-cluster (terminated by SIGTERM)")]
    public void An_ordinary_notice_is_neither_a_warning_nor_an_error(string notice)
    {
        var run = Read($"2025-08-05 01:41:16,000 {notice}\n{Running}{Sigterm}");

        Assert.Equal((0, 0), (run.Warnings, run.Errors));
    }

    [Fact]
    public void A_signal_that_a_message_of_another_level_quotes_is_no_end()
    {
        var run = Read(
            $"{Running}2025-08-05 01:41:18,000 INFO x: \"received SIGTERM indicating exit request\"\n{Sigterm}"
        );

        Assert.Equal(453, (run.End - run.Start).TotalSeconds);
    }

    [Theory]
    [InlineData("WARN killing 'dask-cluster' (9) with SIGKILL", 1, 0)]
    [InlineData("WARN stopped: dask-cluster (terminated by SIGKILL)", 1, 0)]
    [InlineData("WARN exited: a (exit status 1; not expected), received SIGTERM", 1, 0)]
    [InlineData("ERRO pool dask event buffer overflowed", 0, 1)]
    [InlineData("CRIT could not write pidfile /supervisord.pid", 0, 1)]
    [InlineData("CRIT uncaptured: Supervisor running as root", 0, 1)]
    [InlineData("INFO CRIT ERRO WARN", 0, 0)]
    [InlineData("WARNING x", 0, 0)]
    public void What_is_not_ordinary_counts(string line, int warnings, int errors)
    {
        var run = Read($"{Running}2025-08-05 01:41:18,000 {line}\n{Sigterm}");

        Assert.Equal((warnings, errors), (run.Warnings, run.Errors));
    }

    [Theory]
    [InlineData("{0}")]
    [InlineData("ingester-1  | {0}")] // docker's prefix
    [InlineData("\x1b[36mingester-1  | \x1b[0m{0}")] // as on a terminal
    [InlineData("\ufeff{0}")]
    [InlineData("\0\0\0{0}")]
    [InlineData("{0}\r")]
    public void A_run_lasts_from_running_to_sigterm_in_whole_seconds(string format)
    {
        string Line(string line) => format.Replace("{0}", line.TrimEnd('\n')) + "\n";

        var run = Read(Line(Running) + Line(Sigterm).TrimEnd('\n'));

        AssertRun(At(1, 41, 17), At(1, 48, 50), 1, run);
        Assert.Equal(DateTimeKind.Unspecified, run.Start.Kind);
    }

    [Fact]
    public void A_piece_of_a_character_before_the_time_does_not_hide_it()
    {
        log.Write([0xa9, 0xff, .. System.Text.Encoding.ASCII.GetBytes(Running + Sigterm)]);

        Assert.Equal(At(1, 41, 17), SupervisordLog.Read(log.Path).Start);
    }

    [Fact]
    public void The_first_of_several_starts_counts_and_the_first_end_after_it()
    {
        var run = Read(
            Sigterm.Replace("01:48:50", "01:30:00")
                + Running
                + Running.Replace("01:41:17", "01:45:00")
                + Sigterm
                + Sigterm.Replace("01:48:50", "01:59:00")
        );

        AssertRun(At(1, 41, 17), At(1, 48, 50), 2, run);
    }

    [Theory]
    [InlineData("", 0, "RUNNING")]
    [InlineData(Sigterm, 0, "RUNNING")]
    [InlineData(Running, 0, "SIGTERM")]
    [InlineData(Sigterm + Running, 0, "SIGTERM")]
    [InlineData("\nalert-broker-ztf entered RUNNING state\n" + Sigterm, 2, "timestamp")]
    [InlineData(
        "2025-13-05 01:41:17,923 INFO success: alert-broker-ztf entered RUNNING state",
        1,
        "timestamp"
    )]
    [InlineData(
        Running + "2025-08-05 01:41:16,000 WARN received SIGTERM indicating exit request",
        0,
        "before it starts"
    )]
    public void A_log_that_does_not_tell_a_run_is_an_error(string text, int line, string culprit)
    {
        log.Write(text);
        log.AssertRefused(path => SupervisordLog.Read(path), line, culprit);
    }
}
