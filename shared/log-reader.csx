// The one reader of logs, and the clock that their lines tell.
#nullable enable
using System.Buffers;
using System.Runtime.CompilerServices;

/// <summary>
/// Reads a log line by line, forward, once, in little memory whatever its size: a line that is
/// longer than 1 MiB is one line still, but only that much of it is there.
/// </summary>
/// <exception cref="InvalidDataException">It can't be opened or read, or is not a file.</exception>
public sealed class LogReader(string path) : IDisposable
{
    const int LongestLine = 1024 * 1024;

    readonly FileStream stream = DataFile.Open(path);
    readonly byte[] buffer = ArrayPool<byte>.Shared.Rent(LongestLine);
    int lineStart,
        lineLength,
        unread, // where the next line starts in the buffer
        filled;

    /// <summary>Whether the line has no end, since it is too long or the last one.</summary>
    public bool IsCut { get; private set; }

    /// <summary>The line's number, from 1.</summary>
    public long LineNumber { get; private set; }

    /// <summary>The log and the line, for messages: "logs/a/scheduler.log:12".</summary>
    public string Place => $"{path}:{LineNumber}";

    /// <summary>The error that says what is wrong with the line.</summary>
    public InvalidDataException Error(string message) => new($"{Place}: {message}");

    /// <summary>The line without its end, until the next one is read. Any bytes may be in it.</summary>
    public ReadOnlySpan<byte> Line => buffer.AsSpan(lineStart, lineLength).TrimEnd((byte)'\r');

    /// <summary>Goes to the next line. Returns false at the end of the log.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool ReadLine()
    {
        bool isRestOfLine;
        do
        {
            isRestOfLine = IsCut;
            var length = Unread.IndexOf((byte)'\n');
            if (length < 0)
            {
                Fill();
                length = Unread.IndexOf((byte)'\n');
            }
            IsCut = length < 0;
            (lineStart, lineLength) = (unread, IsCut ? Unread.Length : length);
            if (IsCut && lineLength == 0)
                return false;
            unread += IsCut ? lineLength : lineLength + 1;
        } while (isRestOfLine);
        LineNumber++;
        return true;
    }

    Span<byte> Unread => buffer.AsSpan(unread, filled - unread);

    // Moves what is unread to the front of the buffer, and fills that up.
    void Fill()
    {
        Unread.CopyTo(buffer);
        (filled, unread) = (filled - unread, 0);
        try
        {
            // Files of /proc say that they are empty, and may have no end.
            var space = stream.Length == 0 ? [] : buffer.AsSpan(filled, LongestLine - filled);
            filled += stream.ReadAtLeast(space, space.Length, throwOnEndOfStream: false);
        }
        catch (IOException e)
        {
            throw new InvalidDataException($"{path}: can't be read: {e.Message}", e);
        }
    }

    /// <summary>Closes the log.</summary>
    public void Dispose()
    {
        stream.Dispose();
        ArrayPool<byte>.Shared.Return(buffer);
    }
}

/// <summary>Sees whether the times of a log's lines go back.</summary>
public sealed class LogClock
{
    DateTime latest;

    /// <summary>
    /// The first line whose time is more than 1 s before an earlier one's; null without one. By less,
    /// the lines of several threads are out of order. No error, since the log does not tell whether
    /// the clock was set wrong or right, nor when.
    /// </summary>
    public string? GoesBackAt { get; private set; }

    /// <summary>Takes the time of the line that the reader is at.</summary>
    public void Read(DateTime time, LogReader log)
    {
        if (time > latest)
            latest = time;
        else if (latest.Ticks - time.Ticks > TimeSpan.TicksPerSecond)
            GoesBackAt ??= log.Place;
    }
}
