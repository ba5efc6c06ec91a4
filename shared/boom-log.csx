// The lines of BOOM's logs, as tracing-subscriber prints them and docker compose prefixes them.
#nullable enable
using System.Buffers.Text;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;

/// <summary>
/// A line of a BOOM log that has a timestamp: docker's prefix, colours and, since 2026, trace ids
/// (key=value) may stand before it, a level behind it. A timestamp within a message does not count.
/// </summary>
public readonly ref struct BoomLine
{
    // A run of the pipeline is over before the runtime would optimize by itself what all lines go
    // through: AggressiveOptimization.

    const int LongestFilter = 200;

    BoomLine(DateTime time, ReadOnlySpan<byte> message)
    {
        Time = time;
        Message = message;
    }

    /// <summary>The line's time (UTC, microseconds).</summary>
    public DateTime Time { get; }

    /// <summary>What stands behind the timestamp, from the level on, without a colour before it.</summary>
    public ReadOnlySpan<byte> Message { get; }

    /// <summary>Whether the line has the level WARN.</summary>
    public bool IsWarning => HasLevel("WARN"u8);

    /// <summary>Whether the line has the level ERROR.</summary>
    public bool IsError => HasLevel("ERROR"u8);

    bool HasLevel(ReadOnlySpan<byte> level) =>
        Message.StartsWith(level) && EndsWord(Message, level.Length);

    /// <summary>Reads a line; false where it has no timestamp at its beginning.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool TryParse(ReadOnlySpan<byte> text, out BoomLine line)
    {
        line = default;
        if (text.Length < TimeLength)
            return false;
        // What a killed process leaves: zeros, a piece of a character, a byte order mark.
        text = text[Count(text, IsDebris)..];
        var prefix = Count(text, IsOfName, most: 100);
        var bar = prefix + Count(text[prefix..], IsBlank, most: 100);
        if (prefix > 0 && bar > prefix && bar < text.Length && text[bar] == '|')
            text = text[(bar + 1)..];

        text = text[BlanksAndColours(text)..];
        DateTime time;
        while (!TryParseTime(text, out time))
        {
            var key = Count(text, IsOfName, most: 100);
            if (key == 0 || key == text.Length || text[key] != '=')
                return false;
            var value = text[key..].IndexOf((byte)' ');
            if (value < 0)
                return false;
            text = text[(key + value)..];
            text = text[BlanksAndColours(text)..];
        }
        text = text[TimeLength..];
        line = new BoomLine(time, text[BlanksAndColours(text)..]);
        return true;
    }

    /// <summary>
    /// Whether the line tells of one batch through one filter, such as <c>3/1000 ZTF alerts with
    /// programid 1 passed filter 25</c>: 1000 alerts through filter 25.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool IsBatch(out string filter, out long nAlerts)
    {
        (filter, nAlerts) = ("", 0);
        var passed = " passed filter "u8;
        var at = Message.IndexOf(passed);
        if (at < 0)
            return false;
        var before = Message[..at];
        var slash = before.LastIndexOf((byte)'/');
        var total = before[(slash + 1)..];
        var name = Message[(at + passed.Length)..];
        var nameEnd = name.IndexOfAnyInRange((byte)0, (byte)' ');
        var nameLength = nameEnd < 0 ? name.Length : nameEnd;
        if (
            slash < 1
            || total.IsEmpty
            || !char.IsAsciiDigit((char)before[slash - 1])
            || !char.IsAsciiDigit((char)total[0])
            || !Utf8Parser.TryParse(total, out nAlerts, out var length)
            || length == total.Length
            || total[length] != ' '
            || nameLength is 0 or > LongestFilter
        )
            return false;
        filter = Encoding.UTF8.GetString(name[..nameLength]);
        return true;
    }

    const int TimeLength = 27; // 2025-08-05T00:31:55.442424Z

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static bool TryParseTime(ReadOnlySpan<byte> text, out DateTime time)
    {
        time = default;
        if (text.Length < TimeLength || text[26] != 'Z' || !EndsWord(text, TimeLength))
            return false;
        // The framework's round-trip format has a seventh decimal.
        Span<byte> roundTrip = stackalloc byte[TimeLength + 1];
        text[..26].CopyTo(roundTrip);
        "0Z"u8.CopyTo(roundTrip[26..]);
        return Utf8Parser.TryParse(roundTrip, out time, out _, 'O');
    }

    static bool EndsWord(ReadOnlySpan<byte> text, int length) =>
        text.Length == length || IsBlank[text[length]] || text[length] == 0x1b;

    // How many bytes at the beginning are blanks or colour codes such as ESC[2m.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static int BlanksAndColours(ReadOnlySpan<byte> text)
    {
        var length = 0;
        while (true)
        {
            length += Count(text[length..], IsBlank);
            if (!text[length..].StartsWith("\x1b["u8))
                return length;
            var code = length + 2 + Count(text[(length + 2)..], IsOfColour, most: 20);
            if (code == text.Length || text[code] != 'm')
                return length;
            length = code + 1;
        }
    }

    // Tables by byte: what is asked of every line must be quick.
    static readonly bool[] IsBlank = Kind(c => c is ' ' or '\t');
    static readonly bool[] IsOfColour = Kind(c => char.IsAsciiDigit(c) || c == ';');
    static readonly bool[] IsOfName = Kind(c => char.IsAsciiLetterOrDigit(c) || "_.-".Contains(c));
    static readonly bool[] IsDebris = Kind(c => c is '\0' or >= '\x80');

    static bool[] Kind(Func<char, bool> isOfKind) =>
        Enumerable.Range(0, 256).Select(c => isOfKind((char)c)).ToArray();

    // How many bytes at the beginning, up to a limit, are of a kind.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static int Count(ReadOnlySpan<byte> text, bool[] kind, int most = int.MaxValue)
    {
        var count = 0;
        while (count < text.Length && count < most && kind[text[count]])
            count++;
        return count;
    }
}

/// <summary>What the producer says: how fast the alerts went into Kafka.</summary>
/// <param name="NAlerts">How many alerts.</param>
/// <param name="Seconds">The time that the producer took for them (s), above 0.</param>
public sealed record KafkaIngest(double NAlerts, double Seconds)
{
    // "Pushed 29142 alerts to the queue in 11.284913s", the time as Rust prints a duration.
    static readonly Regex Pushed = new(
        @"Pushed ([0-9]{1,15}) alerts to the queue in ([0-9]{1,15}(?:\.[0-9]{1,9})?)(s|ms|µs|ns)(?:\s|\x1b|$)"
    );

    /// <summary>Reads producer.log.</summary>
    /// <exception cref="InvalidDataException">Not exactly one line tells a rate up to 1e9 alerts/s.</exception>
    public static KafkaIngest Read(string path)
    {
        KafkaIngest? ingest = null;
        using var log = new LogReader(path);
        while (log.ReadLine())
        {
            if (log.Line.IndexOf(" alerts to the queue in "u8) < 0)
                continue;
            var match = Pushed.Match(Encoding.UTF8.GetString(log.Line));
            if (!match.Success || ingest != null)
                throw new InvalidDataException(
                    $"{log.Place}: expected one line such as \"Pushed 29142 alerts to the queue in 11.284913s\""
                );
            double Number(int group) =>
                double.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);
            ingest = new(Number(1), Number(2) / UnitsPerSecond(match.Groups[3].Value));
            if (!(ingest.NAlerts <= 1e9 * ingest.Seconds && ingest.Seconds > 0))
                throw new InvalidDataException($"{log.Place}: the alerts were pushed in no time");
        }
        return ingest
            ?? throw new InvalidDataException(
                $"{path}: no line holds \"Pushed … alerts to the queue\""
            );
    }

    static double UnitsPerSecond(string unit) =>
        unit switch
        {
            "s" => 1,
            "ms" => 1e3,
            "µs" => 1e6,
            _ => 1e9,
        };
}

/// <summary>What a log of BOOM tells, consumer.log or scheduler.log.</summary>
/// <param name="Start">The time of its first line, or of the first line with the start marker.</param>
/// <param name="End">The last timestamp. docker compose adds lines that have none.</param>
/// <param name="FirstBatch">The time of the first batch through a filter; null without one.</param>
/// <param name="LastBatch">The time of the last batch through a filter; null without one.</param>
/// <param name="AlertsOfFilter">How many alerts each filter saw: the sum over its batches.</param>
/// <param name="Warnings">How many lines have the level WARN.</param>
/// <param name="Errors">How many lines have the level ERROR.</param>
/// <param name="ClockGoesBack">
/// The first line whose time is more than 1 s before that of an earlier one, "scheduler.log:12"; null
/// without one. By less, the lines of several threads are out of order. No error, since the log does
/// not tell whether the clock was set wrong or right, nor when.
/// </param>
/// <param name="IsWhole">Whether "exited with code" stands behind the last timestamp: if not, it may be cut.</param>
public sealed record BoomLog(
    DateTime Start,
    DateTime End,
    DateTime? FirstBatch,
    DateTime? LastBatch,
    IReadOnlyDictionary<string, long> AlertsOfFilter,
    long Warnings,
    long Errors,
    string? ClockGoesBack,
    bool IsWhole
)
{
    const int MostFilters = 1_000;

    // As docker compose ends a log, "scheduler-1 exited with code 137".
    static bool IsExit(ReadOnlySpan<byte> line) =>
        line.IndexOf("scheduler"u8) is >= 0 and var at
        && line.IndexOf(" exited with code "u8) > at
        && line.IndexOf((byte)'|') < 0
        && line.IndexOf("restarting"u8) < 0;

    /// <summary>Reads a log.</summary>
    /// <param name="marker">The start marker; null for the first line that has a timestamp.</param>
    /// <exception cref="InvalidDataException">It has no such line, or too much to be counted.</exception>
    public static BoomLog Read(string path, string? marker = null)
    {
        DateTime? start = null,
            end = null,
            firstBatch = null,
            lastBatch = null;
        var alertsOfFilter = new Dictionary<string, long>();
        var (warnings, errors) = (0L, 0L);
        var clock = new LogClock();
        var isWhole = false;
        var markerBytes = Encoding.UTF8.GetBytes(marker ?? "");
        using var log = new LogReader(path);
        while (log.ReadLine())
        {
            var isStart = start == null && log.Line.IndexOf(markerBytes) >= 0;
            if (!BoomLine.TryParse(log.Line, out var line))
            {
                if (isStart && marker != null)
                    throw new InvalidDataException(
                        $"{log.Place}: the line with \"{marker}\" has no timestamp"
                    );
                isWhole |= IsExit(log.Line);
                continue;
            }
            start = isStart ? line.Time : start;
            end = line.Time;
            isWhole = false;
            clock.Read(line.Time, log);
            warnings += line.IsWarning ? 1 : 0;
            errors += line.IsError ? 1 : 0;
            if (!line.IsBatch(out var filter, out var nAlerts))
                continue;
            firstBatch ??= line.Time;
            lastBatch = line.Time;
            var sum = alertsOfFilter.GetValueOrDefault(filter);
            if (nAlerts > long.MaxValue - sum || alertsOfFilter.Count > MostFilters)
                throw new InvalidDataException($"{log.Place}: expected fewer alerts or filters");
            alertsOfFilter[filter] = sum + nAlerts;
        }
        return start != null
            ? new(
                start.Value,
                end!.Value,
                firstBatch,
                lastBatch,
                alertsOfFilter,
                warnings,
                errors,
                clock.GoesBackAt,
                isWhole
            )
            : throw new InvalidDataException(
                marker != null
                    ? $"{path}: no line holds the start marker \"{marker}\""
                    : $"{path}: no line has a timestamp such as 2025-08-05T00:31:55.442424Z"
            );
    }
}
