// The row of a run: everything that its logs tell, in one table a system.
#nullable enable
using System.Collections.ObjectModel;
using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using CsvHelper;
using CsvHelper.Configuration;

/// <summary>
/// One run of a benchmark. Its fields are facts, the columns of the table of runs in their order;
/// what its logs do not tell is null.
/// </summary>
/// <param name="Directory">Where its logs are, relative to the project: its name everywhere.</param>
/// <param name="Arguments">The values of arguments; blank for those of other stages only.</param>
/// <param name="Place">Where it was read from, "results/boom-runs.csv:2".</param>
public sealed record BenchmarkRun(
    string Directory,
    IReadOnlyDictionary<string, string> Arguments,
    string Place = ""
)
{
#pragma warning disable CS0649 // only the collectors set them by name
    public long NAlerts; // of the night
    public DateTime StartTime; // in UTC, or unspecified where the log does not tell the time zone
    public DateTime EndTime;
    public long WallTimeS; // whole seconds, truncated: the notebook's definition
    public double? ProcessingTimeS; // until the last batch
    public double? IdleTailS; // from the last batch to the end
    public double? AlertsPerS; // n_alerts over wall_time_s; null for an incomplete run
    public long? FiltersSeen; // how many filters saw alerts
    public long? MinAlertsFiltered; // the alerts that the filter with the fewest saw
    public long? MaxAlertsFiltered; // the same with the most
    public bool? Complete; // whether every filter saw all alerts; null where that is not known
    public long Warnings; // in its logs
    public long Errors;
    public double? KafkaAlertsPerS; // how fast the producer put the alerts into Kafka
    public double? KafkaMbPerS; // the same in 10^6 bytes that the consumer received
    public double? ConsumerPeakGib; // the largest sample of memory
    public double? SchedulerPeakGib;
    public double? PeakMemoryGib; // of all containers together
    public string Doubts = ""; // why its times may be wrong, though its logs tell them
#pragma warning restore CS0649

    /// <summary>The stage whose sweep it belongs to; not in the table.</summary>
    public string Stage { get; init; } = "";

    /// <summary>How many alerts each filter saw; not in the table.</summary>
    public IReadOnlyDictionary<string, long> AlertsOfFilter { get; init; } =
        ReadOnlyDictionary<string, long>.Empty;

    /// <summary>Whether it counts: an incomplete run counts nowhere.</summary>
    public bool Counts => Complete != false;

    /// <summary>The error that says what is wrong with its row.</summary>
    public InvalidDataException Error(string message) => new($"{Place}: {message}");

    /// <summary>The number of workers: the sum over the arguments n_…workers.</summary>
    /// <exception cref="InvalidDataException">One is not a whole number, or there is none.</exception>
    public long NWorkers
    {
        get
        {
            if (!Arguments.Keys.Any(IsOfWorkers))
                throw Error("there is no column n_…workers");
            var sum = 0L;
            foreach (var (name, text) in Arguments.Where(x => IsOfWorkers(x.Key) && x.Value != ""))
            {
                var number = Numbers.Whole(text) ?? long.MaxValue;
                if (number > 1_000_000)
                    throw Error($"{name} is \"{text}\", expected a number of workers");
                sum += number;
            }
            return sum;
        }
    }

    /// <summary>Whether an argument is a number of workers: n_workers, n_alert_workers.</summary>
    public static bool IsOfWorkers(string argument) =>
        argument.StartsWith("n_", StringComparison.Ordinal)
        && argument.EndsWith("workers", StringComparison.Ordinal);
}

/// <summary>A fact of a run as a column: what its field holds, as text and back.</summary>
public sealed class Column(FieldInfo fact)
{
    // Kowalski's logs do not tell these.
    const string OnlyBoom =
        "FiltersSeen MinAlertsFiltered MaxAlertsFiltered Complete KafkaMbPerS ConsumerPeakGib SchedulerPeakGib";

    // As polars writes a time to CSV, but for +0000, which is UTC.
    const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.ffffffK";

    static CultureInfo Invariant => CultureInfo.InvariantCulture;

    /// <summary>The columns of a system's table, "boom" or "kowalski", in their order.</summary>
    public static Column[] Of(string system) =>
        typeof(BenchmarkRun)
            .GetFields()
            .Where(fact => system == "boom" || !OnlyBoom.Split(' ').Contains(fact.Name))
            .OrderBy(fact => fact.MetadataToken)
            .Select(fact => new Column(fact))
            .ToArray();

    /// <summary>The title: WallTimeS is wall_time_s.</summary>
    public string Title { get; } = JsonNamingPolicy.SnakeCaseLower.ConvertName(fact.Name);

    /// <summary>The fact as text: exact, blank for null.</summary>
    public string TextOf(BenchmarkRun run) =>
        fact.GetValue(run) switch
        {
            bool answer => answer ? "true" : "false",
            double number => Numbers.Exact(number),
            DateTime time => time.ToString(TimeFormat, Invariant).Replace("Z", "+0000"),
            var other => $"{other}",
        };

    /// <summary>Sets the fact to what a text says.</summary>
    /// <exception cref="InvalidDataException">It says no such thing.</exception>
    public void Read(BenchmarkRun run, string text)
    {
        var type = Nullable.GetUnderlyingType(fact.FieldType);
        if (text == "" && type != null)
            return;
        (object? value, var expected) = (type ?? fact.FieldType).Name switch
        {
            nameof(Int64) => (Numbers.Whole(text), "a whole number"),
            nameof(Boolean) => (Answer(text), "true, false or a blank"),
            nameof(DateTime) => (Time(text), "a time such as 2025-08-05T00:31:55.442424"),
            nameof(String) => (text, "a text"),
            _ => ((object?)Number(text), "0 or a number from 1e-9 to 1e15"),
        };
        if (value == null)
            throw run.Error($"{Title} is \"{text}\", expected {expected}");
        fact.SetValue(run, value);
    }

    /// <summary>The number that a text is, 0 or from 1e-9 to 1e15; null where it is none.</summary>
    public static double? Number(string text) =>
        double.TryParse(text, Plain, Invariant, out var number)
        && (number == 0 || number >= 1e-9 && number <= 1e15)
            ? number
            : null;

    const NumberStyles Plain = NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    static bool? Answer(string text) => text is "true" or "false" ? text == "true" : null;

    static DateTime? Time(string text)
    {
        const DateTimeStyles Kind = DateTimeStyles.RoundtripKind;
        text = text.Replace("+0000", "Z");
        var isTime = DateTime.TryParseExact(text, TimeFormat, Invariant, Kind, out var time);
        return isTime && time.Kind != DateTimeKind.Local ? time : null;
    }
}

/// <summary>The tables of runs.</summary>
public static class RunsTable
{
    /// <summary>The notebook's table as CSV: the arguments of all stages, start, end, wall time.</summary>
    public static string NotebookText(string system, IReadOnlyList<BenchmarkRun> runs) =>
        Text(
            runs,
            NamesOf(runs),
            Column.Of(system).Where(x => x.Title is "start_time" or "end_time" or "wall_time_s")
        );

    /// <summary>The table of runs as CSV: <c>run</c>, the arguments, all facts of the system.</summary>
    public static string Text(string system, IReadOnlyList<BenchmarkRun> runs) =>
        Text(runs, NamesOf(runs).Where(x => x != "n_alerts").Prepend("run"), Column.Of(system));

    static string[] NamesOf(IEnumerable<BenchmarkRun> runs) =>
        runs.SelectMany(run => run.Arguments.Keys).Distinct().ToArray();

    static string Text(
        IEnumerable<BenchmarkRun> runs,
        IEnumerable<string> names,
        IEnumerable<Column> facts
    )
    {
        string ArgumentOf(BenchmarkRun run, string name) =>
            name == "run" ? run.Directory : run.Arguments.GetValueOrDefault(name, "");
        return Csv.Text([
            names.Concat(facts.Select(fact => fact.Title)),
            .. runs.Select(run =>
                names
                    .Select(name => ArgumentOf(run, name))
                    .Concat(facts.Select(fact => fact.TextOf(run)))
            ),
        ]);
    }

    /// <summary>
    /// Reads a table of runs. Where n_alerts is not the same in all runs, it is an argument, too.
    /// </summary>
    /// <exception cref="InvalidDataException">It is no such table; with the line and the column.</exception>
    public static BenchmarkRun[] Read(string system, string path)
    {
        var facts = Column.Of(system);
        string[] columns = ["run", .. facts.Select(fact => fact.Title)];
        var rows = Csv.Read(path, advice: $"; first run collect-{system}", columns);
        if (rows.Length == 0)
            throw new InvalidDataException($"{path}: there is no run");
        var header = rows[0].Header;
        if (!columns.SequenceEqual(header[..1].Concat(header[^facts.Length..])))
            throw new InvalidDataException(
                $"{path}:1: expected run, the arguments, then {string.Join(", ", columns[1..])}"
            );

        var directories = new HashSet<string>();
        var runs = new List<BenchmarkRun>();
        foreach (var row in rows)
        {
            var arguments = header[1..^facts.Length].Zip(row.Values[1..], KeyValuePair.Create);
            var run = new BenchmarkRun(
                row["run"],
                new OrderedDictionary<string, string>(arguments),
                row.Place
            );
            foreach (var fact in facts)
                fact.Read(run, row[fact.Title]);
            if (!directories.Add(run.Directory))
                throw row.Error($"{run.Directory} stands there twice");
            runs.Add(run);
        }
        var odd = runs.Where(run => !FollowsFromItsTimes(run)).ToArray();
        if (odd.Length > 0)
            Script.Warn(
                $"{odd[0].Place}: wall_time_s or alerts_per_s does not follow from the times and n_alerts, "
                    + $"{odd.Length} of {Screen.Count(runs.Count, "row")} alike: another definition, or an edited table"
            );
        if (runs.Any(run => run.NAlerts != runs[0].NAlerts))
            foreach (var run in runs)
                ((OrderedDictionary<string, string>)run.Arguments)["n_alerts"] = $"{run.NAlerts}";
        return runs.ToArray();
    }

    /// <summary>
    /// The tables of runs that there are, each with its SHA-256 in hexadecimal: results tell them as
    /// what they were made from, and whoever shows results beside the tables compares.
    /// </summary>
    public static Dictionary<string, string> Sums() =>
        new[] { "results/boom-runs.csv", "results/kowalski-runs.csv" }
            .Where(Path.Exists)
            .ToDictionary(path => path, Csv.Sha256);

    // However the wall time is rounded.
    static bool FollowsFromItsTimes(BenchmarkRun run) =>
        Math.Abs(run.WallTimeS - (run.EndTime - run.StartTime).TotalSeconds) < 1
        && (run.AlertsPerS == null || run.AlertsPerS == (double)run.NAlerts / run.WallTimeS);
}

/// <summary>A row of a CSV file.</summary>
/// <param name="Place">The file and the line, "results/boom-runs.csv:2".</param>
/// <param name="Header">The names of the columns.</param>
public sealed record CsvRow(string Place, string[] Header, string[] Values)
{
    /// <summary>The value in a column that was asked for.</summary>
    public string this[string column] => Values[Header.IndexOf(column)];

    /// <summary>The error that says what is wrong with the row.</summary>
    public InvalidDataException Error(string message) => new($"{Place}: {message}");
}

/// <summary>CSV files.</summary>
public static class Csv
{
    const int MostBytes = 5_000_000; // some 20,000 runs

    /// <summary>The rows as CSV with "\n" line ends.</summary>
    public static string Text(IEnumerable<IEnumerable<string>> rows)
    {
        using var text = new StringWriter();
        var style = new CsvConfiguration(CultureInfo.InvariantCulture) { NewLine = "\n" };
        using var csv = new CsvWriter(text, style);
        foreach (var row in rows)
        {
            foreach (var value in row)
                csv.WriteField(value);
            csv.NextRecord();
        }
        csv.Flush();
        return text.ToString();
    }

    /// <summary>The SHA-256 of a file in hexadecimal, whatever its line ends, which git may change.</summary>
    public static string Sha256(string path)
    {
        var content = DataFile.ReadBytes(path, MostBytes).Where(one => one != '\r').ToArray();
        return Convert.ToHexStringLower(SHA256.HashData(content));
    }

    /// <summary>The rows of a file behind its header.</summary>
    /// <param name="advice">What to do where the file does not exist.</param>
    /// <param name="columns">Those that must be there.</param>
    /// <exception cref="InvalidDataException">It is no such table, or holds what a terminal would obey
    /// or a spreadsheet take for a formula.</exception>
    public static CsvRow[] Read(string path, string advice, params string[] columns)
    {
        var bytes = DataFile.ReadBytes(path, MostBytes, advice);
        using var file = new StreamReader(new MemoryStream(bytes), Encoding.UTF8);
        using var csv = new CsvParser(file, CultureInfo.InvariantCulture);
        var rows = new List<CsvRow>();
        try
        {
            if (!csv.Read())
                throw new InvalidDataException($"{path}: is empty, expected a table");
            var header = csv.Record!;
            CheckHeader(new($"{path}:1", header, header), columns);
            while (csv.Read())
            {
                rows.Add(new($"{path}:{csv.RawRow}", header, csv.Record!));
                CheckTexts(rows[^1]);
            }
        }
        catch (CsvHelperException)
        {
            throw new InvalidDataException($"{path}:{csv.RawRow}: a quote in an unquoted value");
        }
        return rows.ToArray();
    }

    static void CheckHeader(CsvRow row, string[] columns)
    {
        CheckTexts(row);
        var there = string.Join(", ", row.Header);
        var missing = columns.Except(row.Header).FirstOrDefault();
        if (missing != null)
            throw row.Error($"there is no column {missing}; there is {there}");
        if (row.Header.Contains("") || row.Header.Distinct().Count() < row.Header.Length)
            throw row.Error($"the name of a column is blank, or stands there twice: {there}");
    }

    static void CheckTexts(CsvRow row)
    {
        if (row.Values.Length != row.Header.Length)
            throw row.Error(
                $"has {row.Values.Length} values, expected {row.Header.Length}: {string.Join(", ", row.Header)}"
            );
        foreach (var text in row.Values)
        {
            if (Screen.OneLine(text) != text)
                throw row.Error($"\"{Screen.OneLine(text)}\" has a control character");
            if (IsFormula(text))
                throw row.Error($"\"{text}\" begins with {text[0]}, as a formula does");
        }
    }

    /// <summary>Whether a spreadsheet takes a text for a formula; a number below 0 is none.</summary>
    public static bool IsFormula(string text) =>
        text != "" && "=+-@".Contains(text[0]) && !Regex.IsMatch(text, @"^-[0-9]+(\.[0-9]+)?\z");
}
