// What is shown to a person.
#nullable enable
using System.Text.RegularExpressions;

/// <summary>Texts that fit the screen, and hold nothing that a terminal could obey.</summary>
public static class Screen
{
    /// <summary>The widest line on the screen.</summary>
    public const int Width = 100;

    /// <summary>Prints a text, in as many lines as it needs.</summary>
    public static void Print(string text) => Console.WriteLine(Wrapped(OneLine(text)));

    /// <summary>The text in lines that fit the screen.</summary>
    public static string Wrapped(string text) =>
        text.Length <= Width
            ? text
            : Regex
                .Replace(text, $"(.{{1,{Width - 2}}})( |$)|(.{{{Width - 2}}})", "$1$3\n  ")
                .TrimEnd();

    /// <summary>The text without line ends and without what a terminal could obey.</summary>
    public static string OneLine(string text) =>
        Regex.Replace(text, @"[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]", " ");

    /// <summary>"no runs", "1 run", "2 runs".</summary>
    public static string Count(long number, string noun) =>
        $"{(number == 0 ? "no" : $"{number}")} {noun}{(number == 1 ? "" : "s")}";

    /// <summary>The first ten of some texts, each of them once.</summary>
    public static string Several(IEnumerable<string> texts, string separator = " | ")
    {
        var all = texts.Distinct().ToArray();
        return string.Join(separator, all.Length > 10 ? [.. all[..10], "…"] : all);
    }

    /// <summary>
    /// Prints rows, the first of which is the heading, in aligned columns: the first column on the
    /// left, the others on the right. Columns that are blank in all rows are left out; where it is
    /// wider than the screen, the first column lacks its beginning, in which runs are alike, and then
    /// a line its end.
    /// </summary>
    public static void PrintTable(IReadOnlyList<string[]> rows)
    {
        var widths = rows[0].Select((_, column) => rows.Max(row => row[column].Length)).ToArray();
        var columns = Enumerable
            .Range(0, widths.Length)
            .Where(column => rows.Count == 1 || rows.Skip(1).Any(row => row[column] != ""))
            .ToArray();
        var excess = columns.Sum(column => widths[column] + 2) - 2 - Width;
        if (excess > 0)
            widths[0] = Math.Max(8, widths[0] - excess);
        foreach (var row in rows)
        {
            var first = row[0];
            if (first.Length > widths[0])
                first = $"…{first[^(widths[0] - 1)..]}";
            var line = first.PadRight(widths[0]);
            foreach (var column in columns.Skip(1))
                line += "  " + row[column].PadLeft(widths[column]);
            line = OneLine(line).TrimEnd();
            Console.WriteLine(line.Length <= Width ? line : $"{line[..(Width - 1)]}…");
        }
    }

    /// <summary>The text, without its middle where it is too long: both ends of a name tell more.</summary>
    public static string Shortened(string text, int width) =>
        text.Length <= width ? text : $"{text[..(width / 2)]}…{text[^(width - width / 2 - 1)..]}";
}
