// A log and its lines: the frame of a line (container, time, level, text), which lines matter, and what
// a file is that can't be read. Behind it nobody sees a prefix, a colour or a cursor code.
#nullable enable
using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;

/// <summary>A line of a log.</summary>
/// <param name="Container">Who printed it, by docker's prefix; "" without one.</param>
/// <param name="Time">The program's own, not docker's: UTC where it says so, else without a zone. Null
/// for the rest of a message, and for whatever else has no time with a level behind it.</param>
/// <param name="Level">"INFO", "WARN" …; "" where there is no time.</param>
/// <param name="Text">What stands behind time and level; without them, all of the line.</param>
/// <param name="Number">Of the line in its file, from 1.</param>
public sealed record LogLine(
    string Container,
    DateTime? Time,
    string Level,
    string Text,
    string Path,
    long Number
)
{
    /// <summary>"logs/x/scheduler.log:12", for messages.</summary>
    public string Place => $"{Path}:{Number}";

    /// <summary>Whether its end is missing: it is the last line, or too long.</summary>
    public bool IsCut { get; init; }
}

/// <summary>How the lines of a program begin, and how it writes a time.</summary>
public sealed record Frame(Regex Beginning, string TimeFormat)
{
    // scheduler-1  | trace_id=4bf9 2026-08-19T18:10:35.000000Z  INFO src/main.rs:1: queue is empty
    /// <summary>Of BOOM, which prints with Rust's tracing-subscriber; its times are UTC.</summary>
    public static readonly Frame Boom = new(
        new(
            @"(?<time>[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?)Z\s+"
                + @"(?<level>TRACE|DEBUG|INFO|WARN|ERROR)(?!\w) ?",
            RegexOptions.ExplicitCapture
        ),
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF"
    );

    // 2025-08-05 01:41:17,123 INFO spawned: 'dask-cluster' with pid 9
    /// <summary>Of supervisord. Its milliseconds are dropped, as the notebook's pandas does.</summary>
    public static readonly Frame Supervisord = new(
        new(
            "(?<time>[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}),[0-9]{3} (?<level>[A-Z]{4}) ",
            RegexOptions.ExplicitCapture
        ),
        "yyyy-MM-dd HH:mm:ss"
    );

    // 20250805_01:41:20: ztf_20250311_programid1 ZTF25aa 2985000000000000000 tcp://127.0.0.1:44789
    /// <summary>Of Kowalski's own lines, which have no levels.</summary>
    public static readonly Frame Kowalski = new(
        new(
            "(?<time>[0-9]{8}_[0-9]{2}:[0-9]{2}:[0-9]{2}): (?<level>)",
            RegexOptions.ExplicitCapture
        ),
        "yyyyMMdd'_'HH:mm:ss"
    );

    /// <summary>Takes a line apart. Before its time may stand whatever wants to: docker's prefix and its
    /// own time (docker compose logs -t), trace ids, nothing.</summary>
    public LogLine Read(string line, string path = "", long number = 0)
    {
        // Times that are mentioned in a text are not looked for.
        const int LongestBeginning = 400;
        var match = Beginning.Match(line, 0, Math.Min(line.Length, LongestBeginning));
        var time = match.Success ? TimeOf(match.Groups["time"].Value) : null;
        if (time == null)
            return new(ContainerOf(line), null, "", line, path, number);
        var container = ContainerOf(line[..match.Index]);
        var text = line[(match.Index + match.Length)..];
        return new(container, time, match.Groups["level"].Value, text, path, number);
    }

    /// <summary>The bytes of a time up to its second, as it stands in a line.</summary>
    public byte[] SecondOf(DateTime time)
    {
        var culture = CultureInfo.InvariantCulture;
        return Encoding.ASCII.GetBytes(time.ToString(TimeFormat.Replace(".FFFFFFF", ""), culture));
    }

    // "scheduler-1  | ", "scheduler_1 |", "[scheduler_1]| "
    /// <summary>The container of docker's prefix in the beginning of a line; "" without one.</summary>
    public static string ContainerOf(string beginning)
    {
        var bar = beginning.IndexOf('|');
        var name = beginning[..Math.Max(bar, 0)].Trim(' ', '[', ']', '\0');
        return name.Contains(' ') ? "" : name;
    }

    DateTime? TimeOf(string text)
    {
        // A DateTime has seven decimals.
        var known = text[..Math.Min(text.Length, "2026-08-19T18:10:35.0000000".Length)];
        var isUtc = TimeFormat.Contains('T');
        var culture = CultureInfo.InvariantCulture;
        if (!DateTime.TryParseExact(known, TimeFormat, culture, DateTimeStyles.None, out var time))
            return null;
        // Others are no times of a run, and nothing can be added to them.
        if (time.Year is < 1970 or > 2100)
            return null;
        return isUtc ? DateTime.SpecifyKind(time, DateTimeKind.Utc) : time;
    }
}

/// <summary>A log that can't be read: its message says what the file is, and what to do.</summary>
/// <param name="detail">What differs from run to run, such as the first line.</param>
public sealed class UnreadableLogException(string message, string? detail = null)
    : IOException(message)
{
    public string? Detail => detail;
}

/// <summary>How much the name of a container is that of a service.</summary>
public enum Likeness
{
    /// <summary>It is that of another service of which a benchmark keeps logs.</summary>
    Other,

    /// <summary>It may be, for a container_name can be anything.</summary>
    Unknown,

    /// <summary>The service's name is within it: "Scheduler-Z-1".</summary>
    Within,

    /// <summary>"scheduler-1", "boom-scheduler-1", "boom_scheduler_1", "scheduler".</summary>
    Named,
}

/// <summary>The service that a log is named after.</summary>
/// <param name="Name">"scheduler"</param>
public sealed record Service(string Name)
{
    static readonly string[] kept = ["consumer", "scheduler", "producer"];

    /// <summary>That of "logs/x/scheduler.log", of scheduler.stats.log.</summary>
    public static Service Of(string path) => new(Path.GetFileName(path).Split('.')[0]);

    public Likeness LikenessOf(string container)
    {
        if (IsNamed(container, Name))
            return Likeness.Named;
        if (container.Contains(Name, StringComparison.OrdinalIgnoreCase))
            return Likeness.Within;
        var isOther = Array.Exists(kept, other => IsNamed(container, other));
        return isOther ? Likeness.Other : Likeness.Unknown;
    }

    static bool IsNamed(string container, string service)
    {
        const StringComparison IgnoreCase = StringComparison.OrdinalIgnoreCase;
        var name = container.TrimEnd([.. "-_0123456789"]);
        return name.Equals(service, IgnoreCase)
            || name.EndsWith($"-{service}", IgnoreCase)
            || name.EndsWith($"_{service}", IgnoreCase);
    }
}

/// <summary>A log, as docker compose prints it or the program itself wrote it. What its containers did
/// is known once its lines have been read.</summary>
public sealed class Log(string path, Frame frame)
{
    readonly Service service = Service.Of(path);
    readonly Dictionary<string, bool> counts = []; // by container
    readonly List<ContainerLog> all = [];
    Likeness least; // of containers whose lines count
    string firstLine = "";

    /// <summary>"scheduler.log"</summary>
    public string Name => Path.GetFileName(path);

    /// <summary>The containers whose lines count: those of the service that the log is named after, and
    /// where none is named so, all that are of no other one.</summary>
    public ContainerLog[] Containers => [.. Printing.Where(one => Counts(one.Name))];

    /// <summary>The names of the others.</summary>
    public string[] Strangers
    {
        get
        {
            var names = Printing.Select(one => one.Name).Union(counts.Keys);
            return [.. names.Where(name => !Counts(name))];
        }
    }

    // Of others, only the exit is told.
    IEnumerable<ContainerLog> Printing => all.Where(one => one.HasLines);

    /// <summary>The first time of its containers, idle lines apart.</summary>
    /// <exception cref="UnreadableLogException">No line has a time.</exception>
    public DateTime FirstTime => Containers.Min(one => one.FirstTime) ?? throw NoTime();

    /// <summary>The container with the last time, idle lines apart.</summary>
    /// <exception cref="UnreadableLogException">No line has a time.</exception>
    public ContainerLog LastContainer =>
        Containers.Where(one => one.LastTime != null).MaxBy(one => one.LastTime) ?? throw NoTime();

    /// <summary>The lines that hold one of some words, that have the level WARN or ERROR, or no time; but
    /// for those of strangers. All others are looked at for their time only.</summary>
    /// <param name="idle">A word in lines that neither begin nor end a log, such as heartbeats.</param>
    /// <exception cref="UnreadableLogException">It can't be read.</exception>
    public IEnumerable<LogLine> Lines(string[] words, string idle = "\n")
    {
        using var reader = new LineReader(path, words);
        while (reader.ReadLine())
        {
            if (reader.Number == 1)
                SeeFirst(reader);
            var line = frame.Read(reader.Text, path, reader.Number);
            var isIdle = line.Text.Contains(idle);
            See(line, isIdle);
            var isOdd = line.Time == null || line.Level is "WARN" or "ERROR";
            if ((isOdd || reader.HasWord) && Counts(line.Container))
                yield return line with
                {
                    IsCut = reader.IsCut,
                };
            if (line.Time != null && !isIdle && !reader.NextHasWord)
                PassOverItsSecond(line, reader);
        }
    }

    void SeeFirst(LineReader reader)
    {
        firstLine = reader.Text;
        if (firstLine.StartsWith("{\"log\":"))
            throw NoTime();
        var likeness = service.LikenessOf(Frame.ContainerOf(firstLine));
        least = likeness == Likeness.Named ? likeness : GreatestLikeness();
    }

    // Among all containers in whose prefix the name of the service stands, whatever its first letter.
    Likeness GreatestLikeness()
    {
        const int LongestPrefix = 200;
        var greatest = Likeness.Unknown;
        using var reader = new LineReader(path, service.Name[1..]);
        while (greatest < Likeness.Named && reader.ReadLineWithWord())
        {
            var beginning = reader.Line[..Math.Min(LongestPrefix, reader.Line.Length)];
            var container = Frame.ContainerOf(LineReader.TextOf(beginning));
            var likeness = container == "" ? Likeness.Unknown : service.LikenessOf(container);
            greatest = likeness > greatest ? likeness : greatest;
        }
        return greatest;
    }

    void See(LogLine line, bool isIdle)
    {
        if (line.Time == null)
            SeeExit(line.Text);
        else
            ContainerOf(line.Container).See(line, isIdle);
    }

    // Most lines hold no word, and are in the second of the one before: of them only the last one's time
    // matters.
    void PassOverItsSecond(LogLine line, LineReader reader)
    {
        var second = frame.SecondOf(line.Time!.Value);
        var secondEnd = reader.Line.LastIndexOf(second) + second.Length;
        var level = reader.Line[secondEnd..].IndexOf(Encoding.ASCII.GetBytes(line.Level));
        if (reader.PassOverLinesLike(secondEnd, secondEnd + level + line.Level.Length))
            See(frame.Read(reader.Text, path, reader.Number), isIdle: false);
    }

    bool Counts(string container)
    {
        if (!counts.TryGetValue(container, out var known))
            counts[container] = known = container == "" || service.LikenessOf(container) >= least;
        return known;
    }

    ContainerLog ContainerOf(string name)
    {
        var known = all.Find(one => one.Name == name);
        if (known == null)
            all.Add(known = new ContainerLog(name));
        return known;
    }

    // "scheduler-1 exited with code 137", "… with code 101 (restarting)": without docker's prefix
    static readonly Regex exit = new(@"^(\S+) exited with code ([0-9]{1,9})( \(restarting\))?$");

    void SeeExit(string line)
    {
        var match = exit.Match(line);
        if (!match.Success)
            return;
        var exiting = match.Groups[1].Value;
        // docker-compose 1 puts the project's name before it: "boom_scheduler_1" of "scheduler_1".
        var printing = all.Find(one => one.Name != "" && exiting.EndsWith($"_{one.Name}"));
        // Where lines have no prefix, they are those of the container that exits.
        var name = all.Exists(one => one.Name != "") ? printing?.Name ?? exiting : "";
        var code = int.Parse(match.Groups[2].Value);
        ContainerOf(name).SeeExit(new(line, code, match.Groups[3].Success));
    }

    UnreadableLogException NoTime()
    {
        if (LogFile.WhatItIs(path) is { } what)
            return new($"{Name} {what}");
        if (Strangers.Length > 0)
            return new($"{Name} has lines of other containers only", string.Join(", ", Strangers));
        var example =
            frame == Frame.Boom
                ? "2025-08-05T00:31:55.442424Z  INFO"
                : "2025-08-05 01:41:17,123 INFO";
        return new(
            $"no line of {Name} has a time and a level such as \"{example}\"",
            $"it begins with: {firstLine}"
        );
    }
}

/// <summary>An exit of a container, as docker compose tells it.</summary>
public sealed record ContainerExit(string Text, int Code, bool IsRestarting)
{
    // 137 and 143 are those of docker compose down.
    public bool IsCrash => Code is not (0 or 137 or 143);
}

/// <summary>A time of a container that is earlier than one before it by more than a second.</summary>
/// <param name="Number">Of its line.</param>
public sealed record StepBack(DateTime From, DateTime To, string Place, long Number);

/// <summary>What a container printed in a log: from when to when, and how it ended.</summary>
public sealed class ContainerLog(string name)
{
    // The lines of several threads may be out of order by a little.
    const double OutOfOrderS = 1;

    // A container that ended by itself (code 0) takes longer to start anew; one that docker killed prints
    // what is in its buffers in less. An exit can stand before lines that compose had still to print.
    const double RestartS = 0.5;
    const double RestartOfKilledS = 5;

    DateTime latest;
    string firstText = "";
    bool isFirstTextCommon; // it came again before an exit
    bool isExited;

    public string Name => name;
    public DateTime? FirstTime { get; private set; }
    public DateTime? LastTime { get; private set; }
    public DateTime? LastIdleTime { get; private set; }
    public List<StepBack> StepsBack { get; } = [];
    public List<ContainerExit> Exits { get; } = [];

    /// <summary>Where it printed again after an exit, null where it did not.</summary>
    public string? BackAt { get; private set; }

    /// <summary>Whether it printed lines with a time.</summary>
    public bool HasLines => (LastTime ?? LastIdleTime) != null;

    /// <summary>Takes note of a line that has a time.</summary>
    public void See(LogLine line, bool isIdle)
    {
        var time = line.Time!.Value;
        if (!HasLines)
            firstText = line.Text;
        else if (!isExited)
            isFirstTextCommon |= line.Text == firstText;
        else if (IsReturn(line, isIdle))
            BackAt ??= line.Place;
        SeeTime(time, line);
        if (isIdle)
        {
            LastIdleTime = time;
            return;
        }
        FirstTime ??= time;
        LastTime = time;
    }

    public void SeeExit(ContainerExit exit)
    {
        Exits.Add(exit);
        isExited = true;
    }

    // It begins as it began before, or so late that it is no rest of what it printed.
    bool IsReturn(LogLine line, bool isIdle)
    {
        var exit = Exits[^1];
        var beginsAgain = !isFirstTextCommon && line.Text == firstText;
        if (exit.IsRestarting || exit.IsCrash || beginsAgain)
            return true;
        var later = (line.Time!.Value - latest).TotalSeconds;
        return !isIdle && later > (exit.Code == 0 ? RestartS : RestartOfKilledS);
    }

    void SeeTime(DateTime time, LogLine line)
    {
        var isBack = (latest - time).TotalSeconds > OutOfOrderS;
        if (isBack)
            StepsBack.Add(new(latest, time, line.Place, line.Number));
        latest = isBack || time > latest ? time : latest;
    }
}

/// <summary>Reads a file line by line, forward, once, in little memory, and finds the lines that hold one
/// of some words. A line is bytes until a word says that it matters; of a line longer than 256 KiB only
/// that much is there.</summary>
public sealed class LineReader : IDisposable
{
    const int BlockBytes = 1 << 18;

    readonly string path;
    readonly Stream stream;
    readonly byte[][] words;
    readonly int[] nextOfWord; // where each word stands next in the block
    readonly byte[] block = ArrayPool<byte>.Shared.Rent(BlockBytes);
    int start; // of the line in the block
    int length;
    int next; // where the next line starts
    int wholeEnd; // where the last whole line of the block ends
    int filled;

    /// <exception cref="UnreadableLogException">It can't be opened.</exception>
    public LineReader(string path, params string[] words)
    {
        this.path = path;
        this.words = [.. words.Select(Encoding.UTF8.GetBytes)];
        nextOfWord = new int[words.Length];
        stream = LogFile.Open(path);
    }

    /// <summary>The number of the line, from 1.</summary>
    public long Number { get; private set; }

    /// <summary>Where the line stands: "logs/x/scheduler.log:12".</summary>
    public string Place => $"{path}:{Number}";

    /// <summary>The line without its end, until the next one is read.</summary>
    public ReadOnlySpan<byte> Line => block.AsSpan(start, length);

    /// <summary>The same as text.</summary>
    public string Text => TextOf(Line);

    /// <summary>Whether the line has no end: it is too long, or the last one.</summary>
    public bool IsCut { get; private set; }

    /// <summary>Whether one of the words stands in the line.</summary>
    public bool HasWord => NextWord(from: start) < start + length;

    /// <summary>Whether one of the words stands in the next line, as far as that is in memory.</summary>
    public bool NextHasWord
    {
        get
        {
            var length = block.AsSpan(next, wholeEnd - next).IndexOf((byte)'\n');
            return NextWord(from: next) <= next + length;
        }
    }

    /// <summary>Goes to the next line. Returns false at the end of the file.</summary>
    public bool ReadLine()
    {
        if (next == wholeEnd && !FillBlock())
            return false;
        GoTo(next);
        return true;
    }

    /// <summary>Goes to the next line that holds a word. Returns false where none does.</summary>
    public bool ReadLineWithWord()
    {
        do ReadLinesWithoutWord();
        while (next == wholeEnd && FillBlock());
        if (next == wholeEnd)
            return false;
        GoTo(next);
        return true;
    }

    /// <summary>Goes on to where the next line that holds a word starts, or to the end of what is in
    /// memory. Returns the lines that are passed over, until the next one is read.</summary>
    public ReadOnlySpan<byte> ReadLinesWithoutWord()
    {
        var lines = block.AsSpan(next, wholeEnd - next);
        var word = NextWord(from: next);
        if (word < wholeEnd)
            lines = lines[..(lines[..(word - next)].LastIndexOf((byte)'\n') + 1)];
        Number += lines.Count((byte)'\n');
        // A line that is too long, or the last one, has no end.
        Number += lines is [.., not (byte)'\n'] ? 1 : 0;
        next += lines.Length;
        return lines;
    }

    /// <summary>Goes on to the last of the lines in memory that begin as this one up to the second of its
    /// time, have a level below WARN in the same place, and hold no word. Returns false where the next line
    /// is another one already.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool PassOverLinesLike(int secondEnd, int levelEnd)
    {
        var first = Number;
        var beginning = Line[..secondEnd];
        var word = NextWord(from: next);
        while (next + levelEnd < wholeEnd)
        {
            var line = block.AsSpan(next, wholeEnd - next);
            var level = line[(levelEnd - 5)..levelEnd];
            var end = line.IndexOf((byte)'\n');
            if (!line.StartsWith(beginning) || !IsOrdinary(level) || end < 0 || next + end > word)
                break;
            start = next;
            length = end;
            next += end + 1;
            Number++;
        }
        return Number > first;
    }

    static bool IsOrdinary(ReadOnlySpan<byte> level) =>
        level.SequenceEqual("DEBUG"u8)
        || level.SequenceEqual(" INFO"u8)
        || level.SequenceEqual("TRACE"u8);

    void GoTo(int lineStart)
    {
        start = lineStart;
        length = block.AsSpan(start, wholeEnd - start).IndexOf((byte)'\n');
        IsCut = length < 0;
        if (IsCut)
            length = wholeEnd - start;
        next = IsCut ? wholeEnd : start + length + 1;
        Number++;
    }

    // Where the next word stands, wherever a line ends: a plain search, which passes over gigabytes in a
    // second. The end of the block for none.
    int NextWord(int from)
    {
        var next = wholeEnd;
        for (var i = 0; i < words.Length; i++)
        {
            if (nextOfWord[i] < from)
            {
                var found = block.AsSpan(from, wholeEnd - from).IndexOf(words[i]);
                nextOfWord[i] = found < 0 ? wholeEnd : from + found;
            }
            next = Math.Min(next, nextOfWord[i]);
        }
        return next;
    }

    // Goes to the next block. Returns false at the end of the file.
    bool FillBlock()
    {
        // What is left of a line that is longer than a block is passed over.
        var isWithinLine = wholeEnd > 0 && block[wholeEnd - 1] != (byte)'\n';
        do
        {
            ReadBlock();
            next = 0;
            if (!isWithinLine)
                continue;
            var end = block.AsSpan(0, wholeEnd).IndexOf((byte)'\n');
            isWithinLine = end < 0;
            next = isWithinLine ? wholeEnd : end + 1;
        } while (next == wholeEnd && filled > 0);
        return next < wholeEnd;
    }

    // Fills the block with whole lines: what is not whole moves to the front, and the file follows.
    void ReadBlock()
    {
        block.AsSpan(wholeEnd, filled - wholeEnd).CopyTo(block);
        filled -= wholeEnd;
        var free = block.AsSpan(filled, BlockBytes - filled);
        filled += stream.ReadAtLeast(free, free.Length, throwOnEndOfStream: false);
        var lastEnd = block.AsSpan(0, filled).LastIndexOf((byte)'\n');
        var isWhole = filled < BlockBytes || lastEnd < 0;
        wholeEnd = isWhole ? filled : lastEnd + 1;
        Array.Fill(nextOfWord, -1);
    }

    /// <summary>A line as text: its first 10,000 bytes, without control sequences and CR.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static string TextOf(ReadOnlySpan<byte> line)
    {
        const int LongestText = 10_000;
        var plain = new byte[Math.Min(line.Length, LongestText)];
        var length = 0;
        for (var i = 0; i < plain.Length; i++)
            if (line[i] == Escape)
                i = EndOfCode(line, i);
            else if (line[i] != '\r')
                plain[length++] = line[i];
        return Encoding.UTF8.GetString(plain, 0, length);
    }

    const byte Escape = 0x1b;

    // ESC [2m, where parameters from space to ? stand before the last character; ESC 7, ESC (B, where they
    // go to / (ECMA-48, ECMA-35). ESC ]0;title, a title of a window, goes to BEL, or to ESC \.
    static int EndOfCode(ReadOnlySpan<byte> line, int start)
    {
        var end = start + 1;
        if (end < line.Length && line[end] == ']')
        {
            var title = line[end..].IndexOfAny((byte)'\a', (byte)'\\');
            return title < 0 ? end : end + title;
        }
        var isLong = end < line.Length && line[end] == '[';
        var highest = isLong ? (byte)'?' : (byte)'/';
        end += isLong ? 1 : 0;
        while (end < line.Length && line[end] >= ' ' && line[end] <= highest)
            end++;
        return end;
    }

    public void Dispose()
    {
        stream.Dispose();
        ArrayPool<byte>.Shared.Return(block);
    }
}

/// <summary>Opens logs, and says what a file is that can't be read and what to do.</summary>
public static class LogFile
{
    /// <summary>Opens a log. UTF-16 with its mark, as PowerShell writes it, is read as UTF-8.</summary>
    /// <exception cref="UnreadableLogException">It is not there, or may not be read.</exception>
    public static Stream Open(string path)
    {
        var name = Path.GetFileName(path);
        try
        {
            var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 0);
            return AsUtf8(file);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new UnreadableLogException(WhyMissing(path));
        }
        catch (UnauthorizedAccessException)
        {
            var what = Directory.Exists(path)
                ? "is a directory, expected a file"
                : "may not be read: sudo chown -R $USER its directory";
            throw new UnreadableLogException($"{name} {what}");
        }
    }

    static Stream AsUtf8(FileStream file)
    {
        var mark = new byte[3];
        var known = mark.AsSpan(0, file.ReadAtLeast(mark, mark.Length, throwOnEndOfStream: false));
        if (known.StartsWith<byte>([0xff, 0xfe]) || known.StartsWith<byte>([0xfe, 0xff]))
        {
            file.Position = 2;
            var utf16 = known[0] == 0xff ? Encoding.Unicode : Encoding.BigEndianUnicode;
            return Encoding.CreateTranscodingStream(file, utf16, Encoding.UTF8);
        }
        file.Position = known.StartsWith<byte>([0xef, 0xbb, 0xbf]) ? 3 : 0;
        return file;
    }

    static readonly Dictionary<string, string> unpackers = new()
    {
        [".gz"] = "gunzip",
        [".zst"] = "unzstd",
        [".xz"] = "unxz",
        [".bz2"] = "bunzip2",
        [".lz4"] = "unlz4",
        [".zip"] = "unzip",
    };

    // Its neighbours tell where it may be.
    static string WhyMissing(string path)
    {
        var name = Path.GetFileName(path);
        foreach (var (suffix, unpacker) in unpackers)
            if (File.Exists(path + suffix))
                return $"{name}{suffix} is compressed: {unpacker} {name}{suffix}";
        if (new FileInfo(path).LinkTarget != null)
            return $"{name} is a link to nothing: git annex get, or dvc pull";
        var directory = Path.GetDirectoryName(path)!;
        if (File.Exists($"{path}.dvc"))
            return $"no {name} (dvc pull)";
        if (!Directory.Exists(directory) && PackedBeside(directory) is { } packed)
            return $"no {name}, but {Path.GetExtension(packed)} beside the directory: unpack it";
        var others = Directory.Exists(directory) ? Directory.GetFiles(directory, $"{name}.*") : [];
        if (others.Length > 0)
            return $"no {name}, but {Path.GetFileName(others.Min())}: rename it";
        return Directory.Exists(".dvc") ? $"no {name} (dvc pull)" : $"no {name}";
    }

    // "logs/x.tar.gz" of "logs/x"
    static string? PackedBeside(string directory)
    {
        var parent = Path.GetDirectoryName(directory);
        if (!Directory.Exists(parent))
            return null;
        return Directory.GetFiles(parent, $"{Path.GetFileName(directory)}.*").Min();
    }

    // What a file is that is no log, by its first bytes.
    static readonly (byte[] Beginning, string What)[] kinds =
    [
        ([0x1f, 0x8b], "is compressed: rename it to .gz, then gunzip"),
        ([0x28, 0xb5, 0x2f, 0xfd], "is compressed: rename it to .zst, then unzstd"),
        ([0xfd, .. "7zXZ"u8], "is compressed: rename it to .xz, then unxz"),
        ([.. "BZh"u8], "is compressed: rename it to .bz2, then bunzip2"),
        ([0x04, 0x22, 0x4d, 0x18], "is compressed: rename it to .lz4, then unlz4"),
        ([.. "PK\x03\x04"u8], "is compressed: rename it to .zip, then unzip"),
        ([.. "version https://git-lfs"u8], "is a pointer of Git LFS: git lfs pull"),
        ([.. "/annex/objects/"u8], "is a pointer of git-annex: git annex get"),
        ([.. "{\"log\":"u8], "is docker's own JSON: docker compose logs prints the lines"),
        ([.. "{"u8], "is JSON: let BOOM print its plain format"),
        ([.. "<"u8], "is a web page: download the file itself"),
    ];

    /// <summary>The error of a file that holds nothing that is known.</summary>
    public static UnreadableLogException NotUnderstood(string path) =>
        new($"{Path.GetFileName(path)} {WhatItIs(path) ?? "is not understood"}");

    /// <summary>What a file is in which no line has a time; null where its first bytes do not tell.</summary>
    public static string? WhatItIs(string path)
    {
        using var file = Open(path);
        var bytes = new byte[1000];
        var length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        var first = bytes[..length];
        if (length == 0)
            return "is empty";
        if (first.All(x => x == 0))
            return "holds zeros only: copy it again";
        if (length > 1 && first.Where((_, i) => i % 2 == 1).All(x => x == 0))
            return "is UTF-16: Get-Content -Encoding unicode, then Set-Content -Encoding utf8";
        return kinds.FirstOrDefault(kind => first.AsSpan().StartsWith(kind.Beginning)).What;
    }
}
