using System.Text;
using FsCheck;
using FsCheck.Fluent;

/// <summary>Whatever bytes a log holds: a time, or an error of one line with the file's name.</summary>
public sealed class AnyLogTests : IDisposable
{
    readonly string log = Path.GetTempFileName();

    public void Dispose() => File.Delete(log);

    // Bytes at random, mixed with what means something in a log.
    static readonly string[] Pieces =
    [
        "\n",
        "\r\n",
        "\0",
        "\x1b[2m",
        "\x1b[0m",
        " ",
        "scheduler-1  | ",
        "2025-08-05T00:31:55.442424Z",
        "2025-08-05T99:31:55.442424Z",
        "2025-08-05 01:41:17,123",
        "2025-99-05 01:41:17,123",
        "alert-broker-ztf entered RUNNING state",
        "received SIGTERM indicating exit request",
        LogText.Running,
        LogText.Sigterm,
        LogText.Exit,
    ];

    static readonly Arbitrary<byte[]> Logs = Gen.OneOf(
            Gen.Elements(Pieces).Select(Encoding.UTF8.GetBytes),
            ArbMap.Default.GeneratorFor<byte[]>()
        )
        .ArrayOf()
        .Select(pieces => pieces.SelectMany(piece => piece).ToArray())
        .ToArbitrary();

    void IsATimeOrAnErrorOfOneLine(Action<string> read) =>
        Prop.ForAll(
                Logs,
                bytes =>
                {
                    File.WriteAllBytes(log, bytes);
                    try
                    {
                        read(log);
                    }
                    catch (InvalidDataException e)
                    {
                        Assert.StartsWith(log + ": ", e.Message);
                        Assert.DoesNotContain('\n', e.Message);
                    }
                }
            )
            .QuickCheckThrowOnFailure();

    [Fact]
    public void The_first_timestamp_of_any_log() =>
        IsATimeOrAnErrorOfOneLine(log => BoomLog.FirstTimestamp(log));

    [Fact]
    public void The_last_timestamp_of_any_log() =>
        IsATimeOrAnErrorOfOneLine(log => BoomLog.LastTimestamp(log));

    [Fact]
    public void The_marker_of_any_log() =>
        IsATimeOrAnErrorOfOneLine(log => BoomLog.TimestampOf("scheduler", log));

    [Fact]
    public void The_times_of_any_supervisord_log() =>
        IsATimeOrAnErrorOfOneLine(log => SupervisordLog.TimesOfRun(log));
}
