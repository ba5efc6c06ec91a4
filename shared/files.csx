// Opening files that may be a stranger's: only regular files, and only as large as they may be.
#nullable enable
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

/// <summary>
/// Opens a project's data files. All methods throw <see cref="InvalidDataException"/> with the
/// file's name where it does not exist, can't be read, or is a directory, a pipe or a device.
/// </summary>
public static class DataFile
{
    /// <summary>Opens a file of any size for reading, unbuffered.</summary>
    /// <param name="advice">What to do where the file does not exist.</param>
    public static FileStream Open(string path, string advice = "")
    {
        FileStream? stream = null;
        try
        {
            if (Directory.Exists(path))
                throw new InvalidDataException($"{path}: is a directory, expected a file");
            stream = OperatingSystem.IsWindows()
                ? new FileStream(path, FileMode.Open, FileAccess.Read, Sharing, bufferSize: 0)
                : new FileStream(OpenAtOnce(path), FileAccess.Read, bufferSize: 0);
            // A pipe can't be wound on, a device such as /dev/zero stays where it is.
            if (OperatingSystem.IsWindows() ? stream.CanSeek : IsAt(stream, 1) && IsAt(stream, 0))
                return stream;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new InvalidDataException($"{path} does not exist{advice}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"{path}: can't be read: {e.Message}", e);
        }
        stream.Dispose();
        throw new InvalidDataException($"{path}: is a pipe or a device, expected a file");
    }

    /// <summary>The text (UTF-8) of a file of at most so many bytes.</summary>
    /// <param name="advice">What to do where the file does not exist.</param>
    public static string ReadText(string path, int mostBytes = 50_000_000, string advice = "")
    {
        var bytes = new MemoryStream(ReadBytes(path, mostBytes, advice));
        using var text = new StreamReader(bytes, Encoding.UTF8);
        return text.ReadToEnd();
    }

    /// <summary>The bytes of a file of at most so many.</summary>
    /// <param name="advice">What to do where the file does not exist.</param>
    public static byte[] ReadBytes(string path, int mostBytes, string advice = "")
    {
        using var stream = Open(path, advice);
        if (stream.Length > mostBytes)
            throw new InvalidDataException(
                $"{path}: has {stream.Length} bytes, expected at most {mostBytes}"
            );
        try
        {
            // Files of /proc have no length, and may have no end.
            var bytes = new byte[stream.Length];
            return bytes[..stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)];
        }
        catch (IOException e)
        {
            throw new InvalidDataException($"{path}: can't be read: {e.Message}", e);
        }
    }

    const FileShare Sharing = FileShare.ReadWrite | FileShare.Delete;

    // Opening a named pipe waits for its writer, for ever, unless the system is asked not to.
    static SafeFileHandle OpenAtOnce(string path)
    {
        if (path.Contains('\0'))
            throw new FileNotFoundException();
        var (nonBlocking, closeOnExec) = OperatingSystem.IsMacOS()
            ? (0x4, 0x1000000)
            : (0x800, 0x80000);
        var descriptor = OpenNative(path, nonBlocking | closeOnExec);
        if (descriptor >= 0)
            return new SafeFileHandle(descriptor, ownsHandle: true);
        const int NoEntry = 2,
            NotADirectory = 20;
        throw Marshal.GetLastPInvokeError() is NoEntry or NotADirectory
            ? new FileNotFoundException()
            : new IOException(Marshal.GetLastPInvokeErrorMessage());
    }

    static bool IsAt(FileStream stream, nint position) =>
        SeekNative(stream.SafeFileHandle, position, 0) == position;

    [DllImport("libc", EntryPoint = "lseek")]
    static extern nint SeekNative(SafeFileHandle file, nint offset, int whence);

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    static extern int OpenNative([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);
}
