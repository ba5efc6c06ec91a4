// Kowalski's supervisord.log.
#nullable enable
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

/// <summary>What supervisord.log tells.</summary>
public sealed class SupervisordLog
{
    public DateTime Start; // of the first line that says that the broker is running
    public DateTime End; // of the first line after it that says that the run is over
    public int NStarts; // lines that say that the broker is running
    public string? DiesAt; // the first line during the run that says that a process ended by itself
    public long Warnings; // lines with the level WARN that are not an ordinary notice
    public long Errors; // the same with ERRO or CRIT

    // Up to the end. The times are local: when summer time ends, they go back by an hour.
    public readonly LogClock Clock = new();

    const string Started = "alert-broker-ztf entered RUNNING state";
    const string Finished = "received SIGTERM indicating exit request";
    const string NoTime = "has no timestamp such as 2025-08-05 01:41:17,123";

    // A line of the log, behind docker's prefix or not. The milliseconds are dropped, as the
    // notebook's pandas drops them.
    static readonly Regex Line = new(
        @"^[\0\ufeff\ufffd]{0,99}(?:\x1b\[[0-9;]{0,9}m)?(?:[\w.-]{1,99}\s{1,9}\|\s{0,9})?(?:\x1b\[[0-9;]{0,9}m)?([0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}),[0-9]{3} ([A-Z]{4}) "
    );

    // As root, with a server for its commands, or with included files, supervisord begins its log
    // with notices at its highest levels; the end of a run is a warning to it.
    static readonly Regex Ordinary = new(
        @"^(Supervisor (is )?running as root|Set uid to user |For \[program:|Server '(unix|inet)_http_server' running without any HTTP authentication"
            + "|No file matches via include |Included extra file |"
            + Finished
            + @"|stopped: .*\(terminated by SIGTERM\)\s*$)"
    );

    // "exited: dask-cluster (exit status 1; not expected)", and what follows after some of these.
    static readonly Regex Died = new(@"^(exited: .*; not expected\)|gave up: )");

    /// <summary>Reads a log.</summary>
    /// <exception cref="InvalidDataException">It does not tell a start and, later, an end.</exception>
    public static SupervisordLog Read(string path)
    {
        var told = new SupervisordLog();
        DateTime? start = null;
        DateTime? end = null;
        using var log = new LogReader(path);
        while (log.ReadLine())
        {
            var text = Encoding.UTF8.GetString(log.Line[..Math.Min(log.Line.Length, 10_000)]);
            var line = Line.Match(text);
            var level = line.Groups[2].Value;
            var message = text[line.Length..];
            var time = Time(line);
            if (end == null && time != null)
                told.Clock.Read(time.Value, log);
            if (level == "WARN" && !Ordinary.IsMatch(message))
                told.Warnings++;
            if (level is "ERRO" or "CRIT" && !Ordinary.IsMatch(message))
                told.Errors++;
            if (start != null && end == null && Died.IsMatch(message))
                told.DiesAt ??= log.Place;
            if (message.Contains(Started))
            {
                told.NStarts++;
                start ??= time ?? throw log.Error(NoTime);
            }
            // A message of another level may quote it.
            else if (start != null && level is "WARN" or "" && message.Contains(Finished))
                end ??= time ?? throw log.Error(NoTime);
        }
        told.Start =
            start ?? throw new InvalidDataException($"{path}: no line holds \"{Started}\"");
        told.End =
            end
            ?? throw new InvalidDataException(
                $"{path}: no line after \"{Started}\" holds \"{Finished}\""
            );
        return start <= end
            ? told
            : throw new InvalidDataException(
                $"{path}: the run ends at {end:s}, before it starts at {start:s}"
            );
    }

    static DateTime? Time(Match line) =>
        DateTime.TryParse(line.Groups[1].Value, CultureInfo.InvariantCulture, out var time)
            ? time
            : null;
}
