// Reading files that may be a stranger's: only regular files, and only as large as they may be.
#nullable enable
using System.Text;

/// <summary>
/// Opens a project's data files. All methods throw <see cref="InvalidDataException"/> with the
/// file's name where it can't be read, is a directory, or does not exist; then with their advice.
/// </summary>
public static class DataFile
{
    /// <summary>Opens a file of any size for reading, unbuffered.</summary>
    /// <param name="advice">What to do where the file does not exist.</param>
    public static Stream Open(string path, string advice = "")
    {
        if (Directory.Exists(path))
            throw new InvalidDataException($"{path}: is a directory, expected a file");
        try
        {
            var file = File.ResolveLinkTarget(path, returnFinalTarget: true) ?? new FileInfo(path);
            // A pipe, which may never have a writer, a device and a file of /proc, which may have no
            // end, have no length: they are not opened, and are empty here.
            return file is FileInfo { Length: 0 }
                ? Stream.Null
                : new FileStream(path, FileMode.Open, FileAccess.Read, Sharing, bufferSize: 0);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new InvalidDataException($"{path} does not exist{advice}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"{path}: can't be read: {e.Message}", e);
        }
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
            var bytes = new byte[stream.Length];
            return bytes[..stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)];
        }
        catch (IOException e)
        {
            throw new InvalidDataException($"{path}: can't be read: {e.Message}", e);
        }
    }

    const FileShare Sharing = FileShare.ReadWrite | FileShare.Delete;
}
