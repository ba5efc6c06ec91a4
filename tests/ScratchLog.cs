using System.Text;

/// <summary>A log in a file of its own.</summary>
public sealed class ScratchLog : IDisposable
{
    public string Path { get; } = System.IO.Path.GetTempFileName();

    /// <summary>Writes the log. Returns its path.</summary>
    public string Write(string text) => Write(Encoding.UTF8.GetBytes(text));

    /// <summary>Writes the log. Returns its path.</summary>
    public string Write(byte[] bytes)
    {
        File.WriteAllBytes(Path, bytes);
        return Path;
    }

    /// <summary>Asserts that a reader refuses the log in one line that begins with its name.</summary>
    /// <param name="line">The line that the message names; 0 for none.</param>
    /// <param name="culprit">What the message has to hold.</param>
    public void AssertRefused(Action<string> read, int line, string culprit)
    {
        var error = Assert.Throws<InvalidDataException>(() => read(Path));
        Assert.StartsWith(line == 0 ? $"{Path}: " : $"{Path}:{line}: ", error.Message);
        Assert.Contains(culprit, error.Message);
        Assert.DoesNotContain('\n', error.Message);
    }

    public void Dispose() => File.Delete(Path);
}
