// Tables: wall times out, any table of results in.
#nullable enable
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using CsvHelper;
using CsvHelper.Configuration;

/// <summary>A row of a table; a column that it does not have is blank.</summary>
/// <param name="Place">The file and the line that it was read from, "results/boom.csv:2".</param>
public sealed record Row(IReadOnlyDictionary<string, string> Values, string Place = "")
{
    /// <summary>The value in a column.</summary>
    public string this[string column] => Values.GetValueOrDefault(column, "");

    /// <summary>The number in a column, 0 or more; its unit is in the column's name.</summary>
    /// <exception cref="InvalidDataException">It is no such number.</exception>
    public double Number(string column) =>
        double.TryParse(
            this[column],
            NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent,
            CultureInfo.InvariantCulture,
            out var number
        ) && double.IsFinite(number)
            ? number
            : throw new InvalidDataException(
                $"{Place}: {column} is \"{this[column]}\", expected a number"
            );

    /// <summary>The number in a column, which must be above 0.</summary>
    /// <exception cref="InvalidDataException">It is no such number.</exception>
    public double NumberAboveZero(string column) =>
        Number(column) is > 0 and var number
            ? number
            : throw new InvalidDataException($"{Place}: {column} is 0, expected a number above 0");
}

/// <summary>A table of texts: CSV in files, aligned columns on the screen.</summary>
public sealed class Table
{
    /// <summary>An empty table with these columns.</summary>
    /// <exception cref="InvalidDataException">Two have the same name.</exception>
    public Table(IEnumerable<string> columns)
    {
        Columns = columns.ToArray();
        if (Columns.Distinct().Count() < Columns.Count)
            throw new InvalidDataException(
                $"two columns have the same name: {string.Join(", ", Columns)}"
            );
    }

    /// <summary>The columns' names, in their order.</summary>
    public IReadOnlyList<string> Columns { get; }

    /// <summary>The rows, in their order.</summary>
    public List<Row> Rows { get; } = [];

    /// <summary>Adds a row of values in the columns' order.</summary>
    public void Add(params string[] values) =>
        Rows.Add(new Row(Columns.Zip(values).ToDictionary()));

    /// <summary>Reads a CSV file whose first line names the columns.</summary>
    /// <param name="path">The file.</param>
    /// <param name="columns">The columns that it must have.</param>
    /// <exception cref="InvalidDataException">The file can't be read or is no such table.</exception>
    public static Table Read(string path, params string[] columns)
    {
        try
        {
            using var file = new StreamReader(path);
            using var csv = new CsvParser(file, CultureInfo.InvariantCulture);
            if (!csv.Read())
                throw new InvalidDataException($"{path}: is empty, expected a table");
            var table = new Table(csv.Record!);
            if (columns.Except(table.Columns).FirstOrDefault() is { } missing)
                throw new InvalidDataException(
                    $"{path}:1: there is no column {missing}; there is "
                        + string.Join(", ", table.Columns)
                );
            while (csv.Read())
            {
                if (csv.Count != table.Columns.Count)
                    throw new InvalidDataException(
                        $"{path}:{csv.RawRow}: has {csv.Count} values, expected {table.Columns.Count}"
                    );
                var values = table.Columns.Zip(csv.Record!).ToDictionary();
                table.Rows.Add(new Row(values, $"{path}:{csv.RawRow}"));
            }
            return table;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new InvalidDataException(
                $"{path} does not exist; first run the stage that writes it",
                e
            );
        }
        catch (BadDataException e)
        {
            throw new InvalidDataException(
                $"{path}:{e.Context?.Parser?.RawRow}: a quote stands in an unquoted value",
                e
            );
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"{path}: can't be read: {e.Message}", e);
        }
    }

    /// <summary>Writes the table as CSV with "\n" line ends; the old file stays until then.</summary>
    /// <exception cref="InvalidDataException">The file can't be written.</exception>
    public void Write(string path)
    {
        var text = new StringWriter();
        var format = new CsvConfiguration(CultureInfo.InvariantCulture) { NewLine = "\n" };
        using (var csv = new CsvWriter(text, format))
            foreach (var line in Lines())
            {
                foreach (var value in line)
                    csv.WriteField(value);
                csv.NextRecord();
            }
        Stage.Write(path, text.ToString());
    }

    /// <summary>Prints the table on stdout, each column right-aligned.</summary>
    public void Print()
    {
        var lines = Lines().ToArray();
        var widths = Columns.Select((_, i) => lines.Max(line => line[i].Length)).ToArray();
        foreach (var line in lines)
            Console.WriteLine(
                string.Join("  ", line.Select((value, i) => value.PadLeft(widths[i])))
            );
    }

    IEnumerable<string[]> Lines() =>
        Rows.Select(row => Columns.Select(column => row[column]).ToArray())
            .Prepend(Columns.ToArray());
}

/// <summary>The start and the end of one run, from its logs.</summary>
/// <param name="Start">In UTC, or unspecified where the log does not tell the time zone.</param>
/// <param name="End">As the start.</param>
/// <param name="LastLog">The log that the end is from.</param>
public sealed record WallTime(Run Run, DateTime Start, DateTime End, string LastLog)
{
    /// <summary>The columns of a table of wall times that are no arguments of the sweep.</summary>
    public static readonly string[] Columns = ["start_time", "end_time", "wall_time_s"];

    /// <summary>The wall time in whole seconds, cut, not rounded: the notebook's definition.</summary>
    public long Seconds => (End - Start).Ticks / TimeSpan.TicksPerSecond;

    /// <summary>
    /// Writes the notebook's table as CSV and prints it: the arguments of the sweep (of all stages,
    /// blank where a run has none), <c>start_time</c>, <c>end_time</c>, <c>wall_time_s</c> (s).
    /// </summary>
    /// <param name="runs">Where logs were looked for.</param>
    /// <exception cref="InvalidDataException">
    /// There are no wall times, a run ends before it starts, or the file can't be written.
    /// </exception>
    public static void Save(
        string path,
        IReadOnlyCollection<WallTime> wallTimes,
        IReadOnlyCollection<Run> runs
    )
    {
        if (wallTimes.Count == 0)
            throw Log.NoneIn(runs);
        foreach (var wallTime in wallTimes)
            if (wallTime.End < wallTime.Start)
                throw new InvalidDataException(
                    $"{wallTime.LastLog}: the run ends at {ScreenText(wallTime.End)}, "
                        + $"before it starts at {ScreenText(wallTime.Start)}"
                );

        Table(wallTimes, CsvText).Write(path);
        Table(wallTimes, ScreenText).Print();
    }

    static Table Table(IReadOnlyCollection<WallTime> wallTimes, Func<DateTime, string> text)
    {
        var arguments = wallTimes.SelectMany(wallTime => wallTime.Run.Arguments.Keys).Distinct();
        var table = new Table([.. arguments, .. Columns]);
        foreach (var wallTime in wallTimes)
        {
            var values = new Dictionary<string, string>(wallTime.Run.Arguments)
            {
                ["start_time"] = text(wallTime.Start),
                ["end_time"] = text(wallTime.End),
                ["wall_time_s"] = wallTime.Seconds.ToString(CultureInfo.InvariantCulture),
            };
            table.Rows.Add(new Row(values));
        }
        return table;
    }

    // As polars writes a time to CSV, and as it shows one.
    static string CsvText(DateTime time) =>
        time.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff", CultureInfo.InvariantCulture)
        + (time.Kind == DateTimeKind.Utc ? "+0000" : "");

    static string ScreenText(DateTime time) =>
        time.ToString(
            time.Ticks % TimeSpan.TicksPerSecond == 0
                ? "yyyy-MM-dd HH:mm:ss"
                : "yyyy-MM-dd HH:mm:ss.ffffff",
            CultureInfo.InvariantCulture
        ) + (time.Kind == DateTimeKind.Utc ? " UTC" : "");
}
