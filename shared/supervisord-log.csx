// Kowalski's supervisord.log.
#nullable enable
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

/// <summary>What supervisord.log tells.</summary>
/// <param name="Start">The time of the first line that says that the broker is running.</param>
/// <param name="End">The time of the first line after it that says that the run is over.</param>
/// <param name="NStarts">How many lines say that the broker is running.</param>
/// <param name="Warnings">How many lines have the level WARN and are not an ordinary notice.</param>
/// <param name="Errors">How many have ERRO or CRIT and are not an ordinary notice.</param>
/// <param name="ClockGoesBack">
/// The first line, up to the end, whose time is more than 1 s before that of an earlier one; null
/// without one. The times are local: when summer time ends, they go back by an hour.
/// </param>
public sealed record SupervisordLog(
    DateTime Start,
    DateTime End,
    int NStarts,
    long Warnings,
    long Errors,
    string? ClockGoesBack
)
{
    const string Started = "alert-broker-ztf entered RUNNING state";
    const string Finished = "received SIGTERM indicating exit request";

    // A line of the log, behind docker's prefix or not. The milliseconds are dropped, as the
    // notebook's pandas drops them.
    static readonly Regex Line = new(
        @"^[\0\ufeff\ufffd]{0,99}(?:[\w.-]{1,99}\s{1,9}\|\s{0,9})?([0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}),[0-9]{3} ([A-Z]{4}) "
    );

    // As root, with a server for its commands, or with included files, supervisord begins its log
    // with notices at its highest levels; the end of a run is a warning to it.
    static readonly Regex Ordinary = new(
        @"^(Supervisor (is )?running as root|Set uid to user |For \[program:|Server '(unix|inet)_http_server' running without any HTTP authentication"
            + "|No file matches via include |Included extra file |"
            + Finished
            + @"|stopped: .*\(terminated by SIGTERM\)\s*$)"
    );

    /// <summary>Reads a log.</summary>
    /// <exception cref="InvalidDataException">It does not tell a start and, later, an end.</exception>
    public static SupervisordLog Read(string path)
    {
        DateTime? start = null,
            end = null;
        var clock = new LogClock();
        var starts = 0;
        var (warnings, errors) = (0L, 0L);
        using var log = new LogReader(path);
        while (log.ReadLine())
        {
            // A timestamp and a level are longer.
            if (log.Line.Length < 29)
                continue;
            var text = Encoding.UTF8.GetString(log.Line[..Math.Min(log.Line.Length, 10_000)]);
            var line = Line.Match(text);
            var (level, message) = (line.Groups[2].Value, text[line.Length..]);
            if (end == null && Time(line) is { } time)
                clock.Read(time, log);
            if (level is "WARN" && !Ordinary.IsMatch(message))
                warnings++;
            if (level is "ERRO" or "CRIT" && !Ordinary.IsMatch(message))
                errors++;
            if (message.Contains(Started))
            {
                starts++;
                start ??= Time(line) ?? throw NoTime(log.Place);
            }
            // A message of another level may quote it.
            else if (start != null && level is "WARN" or "" && message.Contains(Finished))
                end ??= Time(line) ?? throw NoTime(log.Place);
        }
        if (start == null || end == null)
            throw new InvalidDataException(
                start == null
                    ? $"{path}: no line holds \"{Started}\""
                    : $"{path}: no line after \"{Started}\" holds \"{Finished}\""
            );
        return start <= end
            ? new(start.Value, end.Value, starts, warnings, errors, clock.GoesBackAt)
            : throw new InvalidDataException(
                $"{path}: the run ends at {end:s}, before it starts at {start:s}"
            );
    }

    static DateTime? Time(Match line) =>
        DateTime.TryParseExact(
            line.Groups[1].Value,
            "yyyy-MM-dd HH:mm:ss",
            CultureInfo.InvariantCulture,
            DateTimeStyles.None,
            out var time
        )
            ? time
            : null;

    static InvalidDataException NoTime(string place) =>
        new($"{place}: has no timestamp such as 2025-08-05 01:41:17,123");
}
