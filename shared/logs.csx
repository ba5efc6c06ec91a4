// Logs of a run: lines from either end, and the timestamps in them.
#nullable enable
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;

/// <summary>
/// A line of a log, or a piece of one longer than 64 KiB. Bytes that are no UTF-8 read as "\uFFFD".
/// </summary>
/// <param name="StartsLine">Whether this is the line's first piece.</param>
public readonly record struct LogLine(string Text, bool StartsLine);

/// <summary>
/// Reads logs of any size in blocks, never whole. All methods throw
/// <see cref="InvalidDataException"/> with the file's name where a log can't be read.
/// </summary>
public static class Log
{
    const int BlockBytes = 64 * 1024;

    // Pieces of one line overlap, so that nothing shorter than this is cut in two.
    const int OverlapBytes = 1024;

    /// <summary>Whether there is anything at this path: a log, or what stands in its place.</summary>
    public static bool Exists(string path)
    {
        try
        {
            File.GetAttributes(path);
            return true;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
    }

    /// <summary>
    /// Whether all these logs of a run are there; if not, warns of the first that is missing.
    /// </summary>
    public static bool AllExist(params string[] paths)
    {
        var missing = paths.FirstOrDefault(path => !Exists(path));
        if (missing != null)
            Stage.Warn($"{missing} does not exist");
        return missing == null;
    }

    /// <summary>The error that no run has the logs that a script reads.</summary>
    public static InvalidDataException NoneIn(IReadOnlyCollection<Run> runs) =>
        new(
            $"none of the {runs.Count} runs has logs; looked in "
                + string.Join(", ", runs.Select(run => run.Directory))
        );

    /// <summary>The lines from the first to the last.</summary>
    public static IEnumerable<LogLine> Lines(string path)
    {
        using var log = Open(path);
        var block = new byte[BlockBytes];
        var startsLine = true;
        int held = 0,
            count;
        while ((count = Read(log, block, held, path)) > 0)
        {
            held += count;
            int start = 0,
                length;
            while ((length = block.AsSpan(start, held - start).IndexOf((byte)'\n')) >= 0)
            {
                yield return new LogLine(Text(block, start, length), startsLine);
                startsLine = true;
                start += length + 1;
            }
            if (start == 0 && held == block.Length)
            {
                yield return new LogLine(Text(block, 0, held), startsLine);
                startsLine = false;
                start = held - OverlapBytes;
            }
            held -= start;
            Buffer.BlockCopy(block, start, block, 0, held);
        }
        if (held > 0)
            yield return new LogLine(Text(block, 0, held), startsLine);
    }

    /// <summary>
    /// The lines from the last to the first; the pieces of a long line too come last piece first.
    /// </summary>
    public static IEnumerable<LogLine> LinesFromEnd(string path)
    {
        using var log = Open(path);
        var block = new byte[BlockBytes];
        var unread = log.Length;
        while (unread > 0)
        {
            log.Position = Math.Max(0, unread - BlockBytes);
            var atStart = log.Position == 0;
            var count = (int)(unread - log.Position);
            for (int held = 0, read; held < count; held += read)
                if ((read = Read(log, block, held, path, count - held)) == 0)
                    throw new InvalidDataException($"{path}: became shorter while it was read");

            var end = count;
            int newline;
            while ((newline = block.AsSpan(0, end).LastIndexOf((byte)'\n')) >= 0)
            {
                yield return new LogLine(Text(block, newline + 1, end - newline - 1), true);
                end = newline;
            }
            // What is left begins in an earlier block: read it again with that one.
            unread -= count - end;
            if (atStart)
            {
                yield return new LogLine(Text(block, 0, end), true);
                yield break;
            }
            if (end == count)
            {
                yield return new LogLine(Text(block, 0, end), false);
                unread -= count - OverlapBytes;
            }
        }
    }

    /// <summary>
    /// The log in blocks of whole lines, from its start, for reading all of it fast. A block is
    /// valid until the next one is asked for. Of a line longer than 1 MiB only that much comes.
    /// </summary>
    public static IEnumerable<ReadOnlyMemory<byte>> Blocks(string path)
    {
        using var log = Open(path);
        var block = new byte[1024 * 1024];
        var held = 0;
        int count;
        var inLongLine = false;
        while ((count = Read(log, block, held, path)) > 0)
        {
            held += count;
            var start = 0;
            if (inLongLine)
            {
                start = block.AsSpan(0, held).IndexOf((byte)'\n') + 1;
                inLongLine = start == 0;
                if (inLongLine)
                {
                    held = 0;
                    continue;
                }
            }
            var end = block.AsSpan(0, held).LastIndexOf((byte)'\n') + 1;
            if (end == 0 && held == block.Length)
                (end, inLongLine) = (held, true);
            if (end > start)
                yield return block.AsMemory(start, end - start);
            held -= end;
            Buffer.BlockCopy(block, end, block, 0, held);
        }
        if (held > 0)
            yield return block.AsMemory(0, held);
    }

    static FileStream Open(string path)
    {
        if (Directory.Exists(path))
            throw new InvalidDataException($"{path}: is a directory, expected a log file");
        try
        {
            return new FileStream(
                path,
                FileMode.Open,
                FileAccess.Read,
                FileShare.ReadWrite | FileShare.Delete,
                bufferSize: 0
            );
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"{path}: can't be read: {e.Message}", e);
        }
    }

    static int Read(FileStream log, byte[] block, int start, string path, int count = int.MaxValue)
    {
        try
        {
            return log.Read(block, start, Math.Min(count, block.Length - start));
        }
        catch (IOException e)
        {
            throw new InvalidDataException($"{path}: can't be read: {e.Message}", e);
        }
    }

    static string Text(byte[] block, int start, int length) =>
        Encoding.UTF8.GetString(block, start, length).TrimEnd('\r');
}

/// <summary>The times in BOOM's logs: UTC, microseconds.</summary>
public static class BoomLog
{
    // A line begins with docker's prefix, colour codes and, since 2026, trace ids (key=value), each
    // of which may be missing; then comes its timestamp. One within a message does not count.
    static readonly Regex Timestamp = new(
        @"^[\0\ufeff\ufffd]*(?:[\w.-]+\s+\|)?(?:\x1b\[[\d;]*m|\s|[\w.]+=\S*(?=\s))*"
            + @"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z)(?=\s|\x1b|$)"
    );

    /// <summary>The first timestamp in the log: the notebook's start of a run.</summary>
    /// <exception cref="InvalidDataException">There is none.</exception>
    public static DateTime FirstTimestamp(string path)
    {
        foreach (var line in Log.Lines(path))
            if (TimestampIn(line.Text) is { } time)
                return time;
        throw NoTimestamp(path);
    }

    /// <summary>
    /// The start of a run in consumer.log: its first timestamp, or, with a marker, the timestamp of
    /// the first line that holds it.
    /// </summary>
    /// <exception cref="InvalidDataException">There is no such timestamp.</exception>
    public static DateTime StartOfRun(string path, string? marker) =>
        marker == null ? FirstTimestamp(path) : TimestampOf(marker, path);

    /// <summary>The timestamp of the first line that holds the marker.</summary>
    /// <exception cref="InvalidDataException">No line holds it, or that line has no time.</exception>
    public static DateTime TimestampOf(string marker, string path)
    {
        DateTime? time = null;
        foreach (var line in Log.Lines(path))
        {
            time = (line.StartsLine ? null : time) ?? TimestampIn(line.Text);
            if (line.Text.Contains(marker, StringComparison.Ordinal))
                return time
                    ?? throw new InvalidDataException(
                        $"{path}: the line with the marker \"{marker}\" has no timestamp"
                    );
        }
        throw new InvalidDataException($"{path}: no line holds the marker \"{marker}\"");
    }

    /// <summary>
    /// The timestamp of the last line that has one: the notebook's end of a run. Lines that docker
    /// compose adds (<c>scheduler-1 exited with code 137</c>) have none.
    /// </summary>
    /// <exception cref="InvalidDataException">There is none.</exception>
    public static DateTime LastTimestamp(string path)
    {
        DateTime? time = null;
        foreach (var line in Log.LinesFromEnd(path))
        {
            time = TimestampIn(line.Text) ?? time;
            if (line.StartsLine && time is { } last)
                return last;
        }
        throw NoTimestamp(path);
    }

    /// <summary>The timestamp of a line, or null.</summary>
    public static DateTime? TimestampIn(string text) =>
        DateTime.TryParseExact(
            Timestamp.Match(text).Groups[1].Value,
            "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'",
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out var time
        )
            ? time
            : null;

    static InvalidDataException NoTimestamp(string path) =>
        new($"{path}: no line has a timestamp such as 2025-08-05T00:31:55.442424Z");
}

/// <summary>The times in Kowalski's supervisord.log: whole seconds, no time zone.</summary>
public static class SupervisordLog
{
    // The milliseconds behind the comma are dropped, as the notebook's pandas drops them.
    static readonly Regex Timestamp = new(
        @"^[\0\ufeff\ufffd]*(?:[\w.-]+\s+\|\s*)?(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d),\d{3}\s"
    );

    const string Started = "alert-broker-ztf entered RUNNING state";
    const string Finished = "received SIGTERM indicating exit request";

    /// <summary>
    /// The notebook's start and end of a run: the first line that says that the broker is running,
    /// and the first after it that says that the run is over.
    /// </summary>
    /// <exception cref="InvalidDataException">
    /// One of them is missing, or its line has no timestamp.
    /// </exception>
    public static (DateTime Start, DateTime End) TimesOfRun(string path)
    {
        DateTime? start = null,
            end = null;
        var starts = 0;
        foreach (var line in Log.Lines(path))
        {
            if (line.Text.Contains(Started, StringComparison.Ordinal))
            {
                start ??= TimestampIn(line.Text, Started, path);
                starts++;
            }
            else if (start != null && line.Text.Contains(Finished, StringComparison.Ordinal))
                end ??= TimestampIn(line.Text, Finished, path);
        }
        if (starts > 1)
            Stage.Warn($"{path}: {starts} lines hold \"{Started}\"; the first one counts");
        return start == null
                ? throw new InvalidDataException($"{path}: no line holds \"{Started}\"")
            : end == null
                ? throw new InvalidDataException(
                    $"{path}: no line after \"{Started}\" holds \"{Finished}\""
                )
            : (start.Value, end.Value);
    }

    static DateTime TimestampIn(string text, string marker, string path) =>
        DateTime.TryParseExact(
            Timestamp.Match(text).Groups[1].Value,
            "yyyy-MM-dd HH:mm:ss",
            CultureInfo.InvariantCulture,
            DateTimeStyles.None,
            out var time
        )
            ? time
            : throw new InvalidDataException(
                $"{path}: the line with \"{marker}\" has no timestamp such as 2025-08-05 01:41:17,123"
            );
}
