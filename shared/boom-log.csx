// The lines of BOOM's logs, as tracing-subscriber prints them and docker compose prefixes them.
#nullable enable
using System.Buffers.Text;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;

/// <summary>
/// A line of a BOOM log that has a timestamp: docker's prefix, colours and, since 2026, trace ids
/// (key=value) may stand before it, a level behind it. A timestamp within a message does not count.
/// </summary>
/// <param name="container">The name in docker's prefix, "scheduler-1"; empty without one.</param>
/// <param name="time">The line's time (UTC, microseconds).</param>
/// <param name="message">What stands behind it, from the level on, without a colour before it.</param>
public readonly ref struct BoomLine(
    ReadOnlySpan<byte> container,
    DateTime time,
    ReadOnlySpan<byte> message
)
{
    // A run of the pipeline is over before the runtime would optimize by itself what all lines go
    // through: AggressiveOptimization.

    const int LongestFilter = 200;
    const int TimeLength = 27; // 2025-08-05T00:31:55.442424Z

    readonly ReadOnlySpan<byte> message = message;

    /// <summary>The name in docker's prefix, "scheduler-1"; empty without one.</summary>
    public ReadOnlySpan<byte> Container { get; } = container;

    /// <summary>The line's time (UTC, microseconds).</summary>
    public DateTime Time { get; } = time;

    /// <summary>Whether the line has a level, WARN or ERROR.</summary>
    public bool HasLevel(ReadOnlySpan<byte> level) =>
        message.StartsWith(level) && EndsWord(message, level.Length);

    /// <summary>Whether the line says how far the consumer has come.</summary>
    public bool IsProgress =>
        message.IndexOf(" items since "u8) >= 0 || message.IndexOf(" items in queue"u8) >= 0;

    /// <summary>Whether the line says that the consumer has its first alert.</summary>
    public bool IsFirstMessage => message.IndexOf("Consumer received first message"u8) >= 0;

    /// <summary>Reads a line; false where it has no timestamp at its beginning.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool TryParse(ReadOnlySpan<byte> text, out BoomLine line)
    {
        line = default;
        // What a killed process leaves: zeros, a piece of a character, a byte order mark.
        text = text[Count(text, IsDebris)..];
        text = text[BlanksAndColours(text)..];
        var container = text[..0];
        var name = Count(text, IsOfName);
        var bar = name + Count(text[name..], IsBlank);
        if (0 < name && name < bar && bar < text.Length && text[bar] == '|')
        {
            container = text[..name];
            text = text[(bar + 1)..];
        }

        text = text[BlanksAndColours(text)..];
        DateTime time;
        while (!TryParseTime(text, out time))
        {
            var key = Count(text, IsOfName);
            if (key == 0 || key == text.Length || text[key] != '=')
                return false;
            var value = text[key..].IndexOf((byte)' ');
            if (value < 0)
                return false;
            text = text[(key + value)..];
            text = text[BlanksAndColours(text)..];
        }
        text = text[TimeLength..];
        line = new BoomLine(container, time, text[BlanksAndColours(text)..]);
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
        var at = message.IndexOf(passed);
        if (at < 0)
            return false;
        var slash = message[..at].LastIndexOf((byte)'/');
        if (slash < 1 || !IsDigit[message[slash - 1]] || !IsDigit[message[slash + 1]])
            return false;
        var total = message[(slash + 1)..at];
        var name = message[(at + passed.Length)..];
        name = name[..Count(name, IsOfFilter)];
        if (
            name.Length is 0 or > LongestFilter
            || !Utf8Parser.TryParse(total, out nAlerts, out var length)
            || length == total.Length
            || total[length] != ' '
        )
            return false;
        filter = Encoding.UTF8.GetString(name);
        return true;
    }

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
            var code = length + 2 + Count(text[(length + 2)..], IsOfColour);
            if (code == text.Length || text[code] != 'm')
                return length;
            length = code + 1;
        }
    }

    // Tables by byte: what is asked of every line must be quick.
    static readonly bool[] IsBlank = Kind(c => c is ' ' or '\t');
    static readonly bool[] IsDigit = Kind(char.IsAsciiDigit);
    static readonly bool[] IsOfFilter = Kind(c => c > ' ');
    static readonly bool[] IsOfColour = Kind(c => char.IsAsciiDigit(c) || c == ';');
    static readonly bool[] IsOfName = Kind(c => char.IsAsciiLetterOrDigit(c) || "_.-".Contains(c));
    static readonly bool[] IsDebris = Kind(c => c is '\0' or >= '\x80');

    static bool[] Kind(Func<char, bool> isOfKind) =>
        Enumerable.Range(0, 256).Select(c => isOfKind((char)c)).ToArray();

    // How many bytes at the beginning are of a kind.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static int Count(ReadOnlySpan<byte> text, bool[] kind)
    {
        var count = 0;
        while (count < text.Length && kind[text[count]])
            count++;
        return count;
    }
}

/// <summary>What the producer says: how fast the alerts went into Kafka.</summary>
/// <param name="NAlerts">How many alerts.</param>
/// <param name="Seconds">The time that the producer took for them (s), above 0.</param>
public sealed record KafkaIngest(double NAlerts, double Seconds)
{
    /// <summary>The rate, up to 1e9 alerts/s.</summary>
    public double AlertsPerS => NAlerts / Seconds;

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
                throw log.Error(
                    "expected one line such as \"Pushed 29142 alerts to the queue in 11.284913s\""
                );
            double Number(int group) => Numbers.Parse(match.Groups[group].Value);
            var unitsPerSecond = match.Groups[3].Value switch
            {
                "s" => 1,
                "ms" => 1e3,
                "µs" => 1e6,
                _ => 1e9,
            };
            ingest = new(Number(1), Number(2) / unitsPerSecond);
            if (ingest.Seconds == 0 || ingest.AlertsPerS > 1e9)
                throw log.Error("the alerts were pushed in no time");
        }
        return ingest
            ?? throw new InvalidDataException(
                $"{path}: no line holds \"Pushed … alerts to the queue\""
            );
    }
}

/// <summary>What a log of BOOM tells, consumer.log or scheduler.log.</summary>
public sealed class BoomLog
{
    const int MostFilters = 1_000;

    // As docker compose ends a log, "scheduler-1 exited with code 137".
    static readonly Regex Exit = new(@"([\w.-]{1,100}) exited with code ([0-9]{1,3})\b");

    public DateTime Start; // of its first line, or of the first line with the start marker
    public DateTime End; // the last timestamp; docker compose adds lines that have none
    public DateTime? FirstBatch; // through a filter; null without one
    public DateTime? LastBatch;
    public readonly Dictionary<string, long> AlertsOfFilter = []; // the sums over their batches
    public long Warnings; // lines with the level WARN
    public long Errors; // lines with the level ERROR
    public readonly LogClock Clock = new();
    public bool IsOfDocker; // its lines have docker's prefix
    public readonly HashSet<long> ExitCodes = []; // of its containers, as docker compose tells them
    public bool IsWhole; // one stands behind the last timestamp: if not, the log may be cut
    public string? RestartsAt; // the first line of a container behind such a word; null without one
    public string? FirstMessageAt; // the line that tells of the first alert, which BOOM since 2026 has
    public bool BeginsLate; // the start is that of a progress: the log's beginning is missing

    /// <summary>Reads a log.</summary>
    /// <param name="service">"consumer" or "scheduler", as containers are called.</param>
    /// <param name="marker">The start marker; null for the first line that has a timestamp.</param>
    /// <exception cref="InvalidDataException">It has no such line, or too much to be counted.</exception>
    public static BoomLog Read(string path, string service, string? marker = null)
    {
        var told = new BoomLog();
        var exited = "";
        DateTime? start = null;
        var markerBytes = Encoding.UTF8.GetBytes(marker ?? "");
        using var log = new LogReader(path);
        while (log.ReadLine())
        {
            var isStart = start == null && log.Line.IndexOf(markerBytes) >= 0;
            if (!BoomLine.TryParse(log.Line, out var line))
            {
                if (isStart && marker != null)
                    throw log.Error($"the line with \"{marker}\" has no timestamp");
                var exit = ExitIn(log.Line);
                if (exit.Groups[1].Value.Contains(service))
                {
                    exited = exit.Groups[1].Value;
                    told.ExitCodes.Add(Numbers.Whole(exit.Groups[2].Value)!.Value);
                    told.IsWhole = true;
                }
                continue;
            }
            told.BeginsLate |= marker == null && told.End == default && line.IsProgress;
            start = isStart ? line.Time : start;
            told.End = line.Time;
            told.IsOfDocker |= line.Container.Length > 0;
            if (told.IsWhole && exited.EndsWith(Encoding.UTF8.GetString(line.Container)))
                told.RestartsAt ??= log.Place;
            told.IsWhole = false;
            told.Clock.Read(line.Time, log);
            if (service == "consumer" && told.FirstMessageAt == null && line.IsFirstMessage)
                told.FirstMessageAt = log.Place;
            if (line.HasLevel("WARN"u8))
                told.Warnings++;
            if (line.HasLevel("ERROR"u8))
                told.Errors++;
            // Of a cut line the filter's name may be cut too.
            if (log.IsCut || !line.IsBatch(out var filter, out var nAlerts))
                continue;
            told.FirstBatch ??= line.Time;
            told.LastBatch = line.Time;
            var sum = told.AlertsOfFilter.GetValueOrDefault(filter);
            if (nAlerts > long.MaxValue - sum || told.AlertsOfFilter.Count > MostFilters)
                throw log.Error("expected fewer alerts or filters");
            told.AlertsOfFilter[filter] = sum + nAlerts;
        }
        var missing =
            marker != null
                ? $"holds the start marker \"{marker}\""
                : "has a timestamp such as 2025-08-05T00:31:55.442424Z";
        told.Start = start ?? throw new InvalidDataException($"{path}: no line {missing}");
        return told;
    }

    static Match ExitIn(ReadOnlySpan<byte> line) =>
        line.Length <= 200 && line.IndexOf(" exited "u8) >= 0 && !line.Contains((byte)'|')
            ? Exit.Match(Encoding.UTF8.GetString(line))
            : Match.Empty;
}
