// The row of a run: everything that its logs tell, in one table a system.
#nullable enable
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using CsvHelper;
using CsvHelper.Configuration;

/// <summary>Marks a fact that Kowalski's logs do not tell.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class OfBoomAttribute : Attribute;

/// <summary>
/// One run of a benchmark. What its logs do not tell is null. What can be set is a fact, a column of
/// the table of runs under its name in snake_case: WallTimeS is wall_time_s.
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
    /// <summary>How many alerts the night has.</summary>
    public long NAlerts { get; set; }

    /// <summary>In UTC, or unspecified where the log does not tell the time zone.</summary>
    public DateTime StartTime { get; set; }

    /// <summary>As the start.</summary>
    public DateTime EndTime { get; set; }

    /// <summary>The wall time in whole seconds, truncated: the notebook's definition.</summary>
    public long WallTimeS { get; set; }

    /// <summary>The time until the last batch (s).</summary>
    public double? ProcessingTimeS { get; set; }

    /// <summary>The time from the last batch to the end (s).</summary>
    public double? IdleTailS { get; set; }

    /// <summary>The throughput: n_alerts over wall_time_s. Null for an incomplete run.</summary>
    public double? AlertsPerS { get; set; }

    /// <summary>How many filters saw alerts.</summary>
    [OfBoom]
    public long? FiltersSeen { get; set; }

    /// <summary>The alerts that the filter with the fewest saw.</summary>
    [OfBoom]
    public long? MinAlertsFiltered { get; set; }

    /// <summary>The alerts that the filter with the most saw.</summary>
    [OfBoom]
    public long? MaxAlertsFiltered { get; set; }

    /// <summary>Whether every filter saw all alerts. Null where that is not known.</summary>
    [OfBoom]
    public bool? Complete { get; set; }

    /// <summary>How many warnings its logs have.</summary>
    public long Warnings { get; set; }

    /// <summary>How many errors its logs have.</summary>
    public long Errors { get; set; }

    /// <summary>How fast the producer put the alerts into Kafka.</summary>
    public double? KafkaAlertsPerS { get; set; }

    /// <summary>The same in 10^6 bytes that the consumer received.</summary>
    [OfBoom]
    public double? KafkaMbPerS { get; set; }

    /// <summary>The consumer's largest sample of memory.</summary>
    [OfBoom]
    public double? ConsumerPeakGib { get; set; }

    /// <summary>The scheduler's largest sample of memory.</summary>
    [OfBoom]
    public double? SchedulerPeakGib { get; set; }

    /// <summary>The largest sample of all containers together.</summary>
    public double? PeakMemoryGib { get; set; }

    /// <summary>Whether it counts: an incomplete run counts nowhere.</summary>
    public bool Counts => Complete != false;

    /// <summary>The number of workers: the sum over the arguments n_…workers.</summary>
    /// <exception cref="InvalidDataException">One is not a whole number, or there is none.</exception>
    public long NWorkers
    {
        get
        {
            var numbers = Arguments.Where(argument => IsOfWorkers(argument.Key)).ToArray();
            if (numbers.Length == 0)
                throw new InvalidDataException($"{Place}: there is no column n_…workers");
            return numbers.Sum(argument =>
                argument.Value == "" ? 0
                : Numbers.Whole(argument.Value) is long number and <= 1_000_000 ? number
                : throw new InvalidDataException(
                    $"{Place}: {argument.Key} is \"{argument.Value}\", expected a number of workers"
                )
            );
        }
    }

    /// <summary>Whether an argument is a number of workers: n_workers, n_alert_workers.</summary>
    public static bool IsOfWorkers(string argument) =>
        argument.StartsWith("n_", StringComparison.Ordinal)
        && argument.EndsWith("workers", StringComparison.Ordinal);
}

/// <summary>A fact of a run as a column: what its property holds, as text and back.</summary>
public sealed class Column(PropertyInfo property)
{
    /// <summary>The columns of a system's table, "boom" or "kowalski", in their order.</summary>
    public static Column[] Of(string system) =>
        typeof(BenchmarkRun)
            .GetProperties()
            .Where(property => property is { CanWrite: true, PropertyType.IsValueType: true })
            .Where(property => system == "boom" || !property.IsDefined(typeof(OfBoomAttribute)))
            .OrderBy(property => property.MetadataToken)
            .Select(property => new Column(property))
            .ToArray();

    /// <summary>The title, as the property is called in JSON.</summary>
    public string Title { get; } = JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name);

    /// <summary>The fact as text: exact, blank for null.</summary>
    public string TextOf(BenchmarkRun run) =>
        property.GetValue(run) switch
        {
            bool answer => answer ? "true" : "false",
            double number => Numbers.Exact(number),
            // As polars writes a time to CSV.
            DateTime time => time.ToString(time.Kind == DateTimeKind.Utc ? Utc : NoZone, Invariant),
            var other => $"{other}",
        };

    /// <summary>Sets the fact to what a text says.</summary>
    /// <exception cref="FormatException">It says no such thing; the message is what was expected.</exception>
    public void Read(BenchmarkRun run, string text) =>
        property.SetValue(
            run,
            property.PropertyType == typeof(DateTime) ? Time(text)
                : property.PropertyType == typeof(long) ? Whole(text)
                : text == "" ? null
                : property.PropertyType == typeof(long?) ? Whole(text)
                : property.PropertyType == typeof(bool?) ? YesOrNo(text)
                : Number(text)
        );

    const string NoZone = "yyyy-MM-dd'T'HH:mm:ss.ffffff";
    const string Utc = NoZone + "'+0000'";

    static object Whole(string text) =>
        Numbers.Whole(text) ?? throw new FormatException("a whole number");

    static object Number(string text) =>
        double.TryParse(
            text,
            NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent,
            Invariant,
            out var number
        ) && number is 0 or (>= 1e-9 and <= 1e15)
            ? number
            : throw new FormatException("0 or a number from 1e-9 to 1e15");

    static object YesOrNo(string text) =>
        text is "true" or "false"
            ? text == "true"
            : throw new FormatException("true, false or a blank");

    static object Time(string text) =>
        DateTime.TryParseExact(text, Utc, Invariant, AsUtc, out var time)
        || DateTime.TryParseExact(text, NoZone, Invariant, DateTimeStyles.None, out time)
            ? time
            : throw new FormatException("a time such as 2025-08-05T00:31:55.442424");

    const DateTimeStyles AsUtc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;

    static CultureInfo Invariant => CultureInfo.InvariantCulture;
}

/// <summary>CSV files.</summary>
public static class Csv
{
    /// <summary>The rows as CSV with "\n" line ends.</summary>
    public static string Text(IEnumerable<string[]> rows)
    {
        var text = new StringWriter();
        var format = new CsvConfiguration(CultureInfo.InvariantCulture) { NewLine = "\n" };
        using (var csv = new CsvWriter(text, format))
            foreach (var row in rows)
            {
                foreach (var value in row)
                    csv.WriteField(value);
                csv.NextRecord();
            }
        return text.ToString();
    }
}

/// <summary>The tables of runs.</summary>
public static class RunsTable
{
    /// <summary>The notebook's table as CSV: the arguments of all stages, start, end, wall time.</summary>
    public static string NotebookText(string system, IReadOnlyList<BenchmarkRun> runs) =>
        Text(runs, [.. NamesOf(runs)], [.. Column.Of(system).Where(IsOfNotebook)]);

    static bool IsOfNotebook(Column column) =>
        column.Title is "start_time" or "end_time" or "wall_time_s";

    /// <summary>The table of runs as CSV: <c>run</c>, the arguments, all facts of the system.</summary>
    public static string Text(string system, IReadOnlyList<BenchmarkRun> runs) =>
        Text(runs, ["run", .. NamesOf(runs).Where(x => x != "n_alerts")], Column.Of(system));

    static IEnumerable<string> NamesOf(IEnumerable<BenchmarkRun> runs) =>
        runs.SelectMany(run => run.Arguments.Keys).Distinct();

    static string Text(IEnumerable<BenchmarkRun> runs, string[] names, Column[] facts)
    {
        string[] Row(BenchmarkRun run) =>
            [
                .. names.Select(name =>
                    name == "run" ? run.Directory : run.Arguments.GetValueOrDefault(name, "")
                ),
                .. facts.Select(fact => fact.TextOf(run)),
            ];
        return Csv.Text([
            [.. names, .. facts.Select(fact => fact.Title)],
            .. runs.Select(Row),
        ]);
    }

    /// <summary>Reads a table of runs. Where n_alerts is not the same in all, it is an argument, too.</summary>
    /// <exception cref="InvalidDataException">It is no such table; with the line and the column.</exception>
    public static BenchmarkRun[] Read(string system, string path)
    {
        using var file = new StringReader(
            DataFile.ReadText(path, advice: $"; first run collect-{system}")
        );
        using var csv = new CsvParser(file, CultureInfo.InvariantCulture);
        try
        {
            var facts = Column.Of(system);
            if (!csv.Read())
                throw Error(path, "is empty, expected a table");
            var header = csv.Record!;
            CheckHeader(header, facts, $"{path}:1");
            var names = header[1..^facts.Length];
            var runs = new List<BenchmarkRun>();
            while (csv.Read())
                runs.Add(ReadRun(csv.Record!, names, facts, $"{path}:{csv.RawRow}"));
            if (runs.Count == 0)
                throw Error(path, "there is no run");
            var directories = new HashSet<string>();
            if (runs.FirstOrDefault(run => !directories.Add(run.Directory)) is { } same)
                throw Error(same.Place, $"{same.Directory} stands there twice");
            if (runs.Any(run => run.NAlerts != runs[0].NAlerts))
                foreach (var run in runs)
                    ((OrderedDictionary<string, string>)run.Arguments)["n_alerts"] =
                        $"{run.NAlerts}";
            return runs.ToArray();
        }
        catch (CsvHelperException)
        {
            throw Error($"{path}:{csv.RawRow}", "a quote stands in an unquoted value");
        }
    }

    static void CheckHeader(string[] header, Column[] facts, string place)
    {
        string[] expected = ["run", .. facts.Select(fact => fact.Title)];
        var names = new HashSet<string>();
        if (header.FirstOrDefault(name => Screen.OneLine(name) != name) is { } odd)
            throw Error(place, $"the column {Screen.OneLine(odd)} has a control character");
        if (expected.Except(header).FirstOrDefault() is { } missing)
            throw Error(
                place,
                $"there is no column {missing}; there is {string.Join(", ", header)}"
            );
        if (header.FirstOrDefault(name => name == "" || !names.Add(name)) is { } doubled)
            throw Error(place, $"the name of a column is blank, or stands there twice: {doubled}");
        // A spreadsheet would take it for a formula.
        if (header.FirstOrDefault(name => "=+-@".Contains(name[0])) is { } formula)
            throw Error(place, $"the column {formula} begins with {formula[0]}");
        if (header[0] != "run" || !header[^facts.Length..].SequenceEqual(expected[1..]))
            throw Error(
                place,
                $"expected run, the arguments, then {string.Join(", ", expected[1..])}"
            );
    }

    static BenchmarkRun ReadRun(string[] values, string[] names, Column[] facts, string place)
    {
        if (values.Length != 1 + names.Length + facts.Length)
            throw Error(
                place,
                $"has {values.Length} values, expected {1 + names.Length + facts.Length}"
            );
        if (values.FirstOrDefault(value => Screen.OneLine(value) != value) is { } odd)
            throw Error(place, $"\"{Screen.OneLine(odd)}\" has a control character");
        if (
            values.FirstOrDefault(value =>
                value != ""
                && "=+-@".Contains(value[0])
                && !double.TryParse(value, CultureInfo.InvariantCulture, out _)
            ) is
            { } formula
        )
            throw Error(place, $"\"{formula}\" begins with {formula[0]} and is not a number");
        var arguments = new OrderedDictionary<string, string>();
        foreach (var (name, text) in names.Zip(values[1..]))
            arguments.Add(name, text);
        var run = new BenchmarkRun(values[0], arguments, place);
        foreach (var (fact, text) in facts.Zip(values[^facts.Length..]))
            try
            {
                fact.Read(run, text);
            }
            catch (FormatException e)
            {
                throw Error(place, $"{fact.Title} is \"{text}\", expected {e.Message}");
            }
        return run;
    }

    static InvalidDataException Error(string place, string message) => new($"{place}: {message}");
}
