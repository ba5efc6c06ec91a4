using System.Text;

public sealed class LogReaderTests : IDisposable
{
    // What the reader keeps of a line, and reads at a time.
    const int Longest = 1024 * 1024;

    readonly ScratchLog log = new();

    public void Dispose() => log.Dispose();

    // The lines as the reader has them, in Latin-1: every byte is a character.
    List<string> Read(byte[] bytes)
    {
        var lines = new List<string>();
        using var reader = new LogReader(log.Write(bytes));
        while (reader.ReadLine())
        {
            lines.Add(Encoding.Latin1.GetString(reader.Line));
            Assert.Equal(lines.Count, reader.LineNumber);
        }
        Assert.False(reader.ReadLine());
        return lines;
    }

    // The same by splitting the whole text.
    static List<string> Split(byte[] bytes)
    {
        var lines = Encoding.Latin1.GetString(bytes).Split('\n').ToList();
        if (lines[^1] == "")
            lines.RemoveAt(lines.Count - 1);
        return lines.ConvertAll(line => line[..Math.Min(line.Length, Longest)].TrimEnd('\r'));
    }

    void AssertAsSplit(string text)
    {
        var bytes = Encoding.Latin1.GetBytes(text);
        var (expected, actual) = (Split(bytes), Read(bytes));
        var alike = expected.Zip(actual).TakeWhile(pair => pair.First == pair.Second).Count();
        // Not the lines themselves: a message with some megabytes helps nobody.
        Assert.Equal((expected.Count, expected.Count), (actual.Count, alike));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("\n\n\n")]
    [InlineData("a")]
    [InlineData("a\n")]
    [InlineData("a\n\nb")]
    [InlineData("a\r\nb\r\n\r\n")]
    [InlineData("\r")]
    [InlineData("\0\n\xff\xfe\n\x1b[2m\n")]
    public void Lines_are_those_of_a_split(string text) => AssertAsSplit(text);

    [Theory]
    [InlineData(Longest - 1)]
    [InlineData(Longest)]
    [InlineData(Longest + 1)]
    [InlineData(2 * Longest)]
    [InlineData(3 * Longest + 7)]
    public void Lines_that_end_at_a_buffers_edge_are_those_of_a_split(int length)
    {
        var line = new string('x', length);
        AssertAsSplit(line);
        AssertAsSplit(line + "\n");
        AssertAsSplit(line + "\r\n");
        AssertAsSplit($"a\n{line}\nb");
        AssertAsSplit($"{line}\n{line}\n\n{line}y\nb\n");
    }

    [Fact]
    public void Only_newlines_are_as_many_empty_lines() =>
        AssertAsSplit(new string('\n', Longest + 1));

    [Fact]
    public void Random_lengths_are_those_of_a_split()
    {
        var random = new Random(2026);
        for (var round = 0; round < 60; round++)
        {
            var text = new StringBuilder();
            var scale = (int)Math.Pow(10, random.Next(1, 7));
            for (var i = 0; i < 30 && text.Length < 4 * Longest; i++)
                text.Append((char)('a' + i), random.Next(scale))
                    .Append(random.Next(4) == 0 ? "\r\n" : "\n");
            AssertAsSplit(text.ToString(0, random.Next(text.Length + 1)));
        }
    }

    [Fact]
    public void A_line_longer_than_what_is_kept_is_one_line()
    {
        var lines = Read(Encoding.ASCII.GetBytes("a\n" + new string('x', 5_000_000) + "\nb\n"));

        Assert.Equal([1, Longest, 1], lines.Select(line => line.Length));
    }

    [Fact]
    public void The_memory_does_not_grow_with_the_line()
    {
        using (var file = File.OpenWrite(log.Path))
            file.SetLength(64_000_000); // zeros

        using var reader = new LogReader(log.Path);
        var before = GC.GetAllocatedBytesForCurrentThread();
        while (reader.ReadLine()) { }

        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 4_000_000);
    }

    [Fact]
    public void A_place_is_the_file_and_the_line()
    {
        using var reader = new LogReader(log.Write("a\nb\n"));
        reader.ReadLine();
        reader.ReadLine();

        Assert.Equal($"{log.Path}:2", reader.Place);
    }

    [LinuxTheory]
    [InlineData("/proc/self/status")] // says that it is empty
    [InlineData("/dev/null")]
    [InlineData("/dev/zero")]
    [InlineData("/tmp")]
    [InlineData("/proc/self/mem")]
    public void What_is_no_file_with_lines_has_none_or_is_refused(string path)
    {
        try
        {
            using var reader = new LogReader(path);
            Assert.False(reader.ReadLine());
        }
        catch (InvalidDataException e)
        {
            Assert.StartsWith($"{path}: ", e.Message);
        }
    }
}
