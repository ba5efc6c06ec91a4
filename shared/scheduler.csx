// What BOOM's scheduler did, from the whole of its log.
#nullable enable
using System;
using System.Buffers.Text;
using System.Collections.Generic;
using System.IO;
using System.Text;

/// <summary>The sums over one scheduler.log. It is read once, in blocks, whatever its size.</summary>
public sealed class SchedulerLog
{
    readonly Dictionary<string, long> alertsOfFilter = [];

    /// <summary>
    /// How many alerts each filter saw: the sum over its batches, such as 1000 for filter 25 in
    /// <c>3/1000 ZTF alerts with programid 1 passed filter 25</c>.
    /// </summary>
    public IReadOnlyDictionary<string, long> AlertsOfFilter => alertsOfFilter;

    /// <summary>The time of the last batch through a filter (UTC), or null without one.</summary>
    public DateTime? LastBatch { get; private set; }

    /// <summary>How many lines have the level WARN.</summary>
    public int Warnings { get; private set; }

    /// <summary>How many lines have the level ERROR.</summary>
    public int Errors { get; private set; }

    /// <summary>Reads a log.</summary>
    /// <exception cref="InvalidDataException">It can't be read.</exception>
    public static SchedulerLog Read(string path)
    {
        var log = new SchedulerLog();
        foreach (var block in Log.Blocks(path))
        {
            log.Warnings += CountLevel(block.Span, " WARN"u8);
            log.Errors += CountLevel(block.Span, "ERROR"u8);
            log.AddBatches(block.Span);
        }
        return log;
    }

    void AddBatches(ReadOnlySpan<byte> block)
    {
        var passed = " passed filter "u8;
        var lastLine = ReadOnlySpan<byte>.Empty;
        for (
            int from = 0, next;
            (next = block[from..].IndexOf(passed)) >= 0;
            from += next + passed.Length
        )
        {
            var at = from + next;
            var line = block[(block[..at].LastIndexOf((byte)'\n') + 1)..at];
            var slash = line.LastIndexOf((byte)'/');
            if (slash < 0 || !Utf8Parser.TryParse(line[(slash + 1)..], out long total, out _))
                continue;
            var name = block[(at + passed.Length)..];
            var end = name.IndexOfAny(" \r\n\x1b"u8);
            var filter = Encoding.UTF8.GetString(end < 0 ? name : name[..end]);
            alertsOfFilter[filter] = alertsOfFilter.GetValueOrDefault(filter) + total;
            lastLine = line;
        }
        LastBatch = BoomLog.TimestampIn(Encoding.UTF8.GetString(lastLine)) ?? LastBatch;
    }

    // A level stands behind the timestamp, with or without colour; a word in a message does not.
    static int CountLevel(ReadOnlySpan<byte> block, ReadOnlySpan<byte> level)
    {
        var count = 0;
        for (
            int from = 0, next;
            (next = block[from..].IndexOf(level)) >= 0;
            from += next + level.Length
        )
        {
            var before = block[..(from + next)];
            while (before.EndsWith(" "u8) || before.EndsWith("m"u8))
            {
                var code = before.LastIndexOf((byte)'\x1b');
                before =
                    before.EndsWith(" "u8) ? before[..^1]
                    : code >= 0 && before.Length - code <= 8 ? before[..code]
                    : default;
            }
            if (before.EndsWith("Z"u8))
                count++;
        }
        return count;
    }
}
