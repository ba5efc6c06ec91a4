using System.Text;

/// <summary>Files like valid ones, but for a few random changes: what a reader must survive.</summary>
public static class Mutants
{
    // More by hand: MUTANTS=100000 dotnet test
    static readonly int count = int.Parse(Environment.GetEnvironmentVariable("MUTANTS") ?? "500");

    /// <summary>
    /// Reads mutants of a text as a file. Nothing but an <see cref="InvalidDataException"/> of one
    /// line that begins with <paramref name="culprits"/> may come of it.
    /// </summary>
    /// <param name="pieces">What is inserted: the format's own words are the most telling.</param>
    public static void Read(
        string text,
        string[] pieces,
        string file,
        Action read,
        params string[] culprits
    )
    {
        var random = new Random(1);
        for (var i = 0; i < count; i++)
        {
            var mutant = text;
            for (var change = random.Next(1, 5); change > 0; change--)
                mutant = Changed(mutant, pieces, random);
            File.WriteAllBytes(file, new UTF8Encoding(false).GetBytes(mutant));
            try
            {
                read();
            }
            catch (InvalidDataException e)
            {
                Assert.True(
                    Screen.OneLine(e.Message) == e.Message
                        && culprits.Any(culprit => e.Message.StartsWith(culprit)),
                    $"mutant {i}: {e.Message}\n{mutant}"
                );
            }
            catch (Exception e)
            {
                Assert.Fail($"mutant {i}: {e}\n{mutant}");
            }
        }
    }

    static string Changed(string text, string[] pieces, Random random)
    {
        var start = random.Next(text.Length + 1);
        var length = Math.Min(random.Next(random.Next(2) == 0 ? 3 : 200), text.Length - start);
        var there = random.Next(text.Length + 1);
        return random.Next(7) switch
        {
            0 => text.Remove(start, length),
            1 => text.Insert(there, text.Substring(start, length)),
            2 => text.Insert(start, ((char)random.Next(128)).ToString()),
            3 => text.Insert(start, ((char)random.Next(0x10000)).ToString()),
            4 => random.Next(20) == 0 ? text[..start] : text,
            5 => text.Remove(start, length).Insert(start, pieces[random.Next(pieces.Length)]),
            _ => text.Insert(start, pieces[random.Next(pieces.Length)]),
        };
    }
}
