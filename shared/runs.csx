// Runs, their tables, and their configurations: repetitions collapsed, runs chosen.
#nullable enable
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using CsvHelper;
using CsvHelper.Configuration;

/// <summary>A run, named by the directory of its logs: its arguments, and its facts, as text.</summary>
public sealed record Run(string Directory, IReadOnlyDictionary<string, string> Arguments)
{
    readonly OrderedDictionary<string, string> facts = [];

    /// <summary>Where it stands, "results/boom-runs.csv:2"; "" while it is being collected.</summary>
    public string Place { get; init; } = "";

    /// <summary>The names of its facts, in the order in which they were first set.</summary>
    public IEnumerable<string> Facts => facts.Keys;

    /// <summary>Sets a fact: a number, a time, true, false, a text, or null for a blank.</summary>
    public object? this[string fact]
    {
        set =>
            facts[fact] = value switch
            {
                bool answer => answer ? "true" : "false",
                double number when !double.IsFinite(number) => throw Error(
                    $"{fact} is {number}: no number for a table, null is a blank"
                ),
                double number => Numbers.Exact(number),
                // As polars writes them: +0000 is UTC.
                DateTime time => $"{time:yyyy-MM-dd'T'HH:mm:ss.ffffffK}".Replace("Z", "+0000"),
                _ => $"{value}",
            };
    }

    /// <summary>What stands in a column of its row, "" where nothing does.</summary>
    public string Cell(string column)
    {
        if (column == "run")
            return Directory;
        return Arguments.TryGetValue(column, out var value)
            ? value
            : facts.GetValueOrDefault(column, "");
    }

    /// <summary>Whether something stands in a column of its row.</summary>
    public bool Tells(string column) => Cell(column) != "";

    /// <summary>A fact or an argument as a number, null for a blank.</summary>
    /// <exception cref="InvalidDataException">There is no such column, or it is no number.</exception>
    public double? Number(string column)
    {
        if (!facts.ContainsKey(column) && !Arguments.ContainsKey(column))
            throw NoColumn(column);
        var text = Cell(column);
        if (text == "")
            return null;
        var invariant = CultureInfo.InvariantCulture;
        var isNumber = double.TryParse(text, NumberStyles.Float, invariant, out var number);
        // Beyond that it is a slip, or infinite.
        const double Largest = 1e15;
        return isNumber && Math.Abs(number) < Largest
            ? number
            : throw Error($"{column} is \"{text}\", expected a number");
    }

    /// <summary>The same for a ratio or a logarithm: a number above 0, null for a blank.</summary>
    public double? PositiveNumber(string column)
    {
        var number = Number(column);
        return number is not <= 0
            ? number
            : throw Error($"{column} of {Directory} is {Cell(column)}, expected a number above 0");
    }

    InvalidDataException NoColumn(string column)
    {
        var there = string.Join(", ", Arguments.Keys.Union(facts.Keys));
        return Error(
            Place == ""
                ? $"no fact {column} yet; there is {there} so far"
                : $"no column {column}; there is {there}; run the collector"
        );
    }

    public InvalidDataException Error(string message) =>
        new($"{(Place == "" ? Directory : Place)}: {message}");

    /// <summary>Whether its logs were read. If not, its facts are blank.</summary>
    public bool IsRead => Tells("wall_time_s");

    /// <summary>Whether it counts; if not, it counts nowhere.</summary>
    public bool Counts => IsRead && Cell("complete") != "false";

    /// <summary>Why its times may be wrong. (Of a run that was not read, the cell says why not.)</summary>
    public string[] Doubts =>
        IsRead ? Cell("doubts").Split("; ", StringSplitOptions.RemoveEmptyEntries) : [];

    /// <summary>Its directory and what is wrong with it, "logs/a (incomplete)"; null for nothing.</summary>
    public string? Problem
    {
        get
        {
            if (!IsRead)
                return $"{Directory} (not read)";
            if (!Counts)
                return $"{Directory} (incomplete)";
            return Doubts.Length > 0 ? $"{Directory} (doubt)" : null;
        }
    }

    /// <summary>The number of workers: the sum over the arguments n_…workers.</summary>
    public long NWorkers =>
        Arguments.Where(x => IsOfWorkers(x.Key) && x.Value != "").Sum(x => Whole(x.Key, x.Value));

    long Whole(string name, string text) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw Error($"{name} is \"{text}\", expected a whole number");

    /// <summary>Whether an argument is a number of workers: n_workers, n_alert_workers.</summary>
    public static bool IsOfWorkers(string argument) =>
        argument.StartsWith("n_", StringComparison.Ordinal)
        && argument.EndsWith("workers", StringComparison.Ordinal);

    /// <summary>The conditions that it ran under, which are its arguments but for workers, night and
    /// repetition: "machine=laptop".</summary>
    public string Conditions =>
        TextOf(
            Arguments.Where(x => !IsOfWorkers(x.Key) && x.Key is not ("n_alerts" or "repetition"))
        );

    /// <summary>Arguments as "n_alert_workers=3 n_ml_workers=3", without what is blank.</summary>
    public static string TextOf(IEnumerable<KeyValuePair<string, string>> arguments) =>
        string.Join(' ', arguments.Where(x => x.Value != "").Select(x => $"{x.Key}={x.Value}"));
}

/// <summary>Tables as CSV files, and the results that were made from them.</summary>
public static class Table
{
    /// <summary>Rows as CSV with "\n" line ends.</summary>
    public static string Csv(IEnumerable<IEnumerable<string>> rows)
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

    /// <summary>The rows of a CSV file, one after the other, their cells by column.</summary>
    /// <param name="stage">What writes the file.</param>
    /// <exception cref="InvalidDataException">It does not exist, or is no such table.</exception>
    public static IEnumerable<OrderedDictionary<string, string>> Rows(string path, string stage)
    {
        if (!File.Exists(path))
            throw new InvalidDataException($"{path} does not exist; first run {stage}");
        var style = new CsvConfiguration(CultureInfo.InvariantCulture) { BadDataFound = null };
        using var csv = new CsvParser(File.OpenText(path), style);
        var columns = csv.Read() ? csv.Record! : [];
        CheckColumns(path, columns);
        while (csv.Read())
        {
            if (csv.Count != columns.Length)
                throw new InvalidDataException(
                    $"{path}:{csv.RawRow}: {csv.Count} cells, expected {columns.Length}"
                );
            yield return new(columns.Zip(csv.Record!, KeyValuePair.Create));
        }
    }

    static void CheckColumns(string path, string[] columns)
    {
        // As a spreadsheet saves it where the comma is the decimal point.
        if (columns is [var all] && all.IndexOfAny([';', '\t']) is >= 0 and var i)
        {
            var found = all[i] == ';' ? "\";\"" : "tabs";
            throw new InvalidDataException(
                $"{path}:1: separated by {found}, expected \",\"; save it as CSV (comma delimited)"
            );
        }
        // The numbers of the rows, which pandas and R write unless they are told not to.
        if (columns.Contains(""))
            throw new InvalidDataException(
                $"{path}:1: a column has no name; write the table without the numbers of its rows"
            );
        var twice = columns.GroupBy(column => column).FirstOrDefault(same => same.Count() > 1);
        if (twice != null)
            throw new InvalidDataException($"{path}:1: two columns are named {twice.Key}");
    }

    /// <summary>The runs of results/SYSTEM-runs.csv.</summary>
    public static Run[] Runs(string system)
    {
        var path = $"results/{system}-runs.csv";
        var runs = RunsOf(path, $"collect-{system}", "run", "n_alerts", "wall_time_s");
        foreach (var run in runs)
            if (run.Number("n_alerts") is not > 0)
                throw run.Error(
                    $"n_alerts is \"{run.Cell("n_alerts")}\", expected a number above 0"
                );
        return runs;
    }

    /// <summary>The runs of a table that has certain columns. Those before n_alerts are arguments; in the
    /// notebook's table, which has neither run nor n_alerts, those before start_time.</summary>
    public static Run[] RunsOf(string path, string stage, params string[] needed)
    {
        var rows = Rows(path, stage).ToList();
        string[] columns = rows.Count > 0 ? [.. rows[0].Keys] : [];
        if (columns.Length == 0)
            throw new InvalidDataException($"{path}: there is no run; run {stage}");
        if (needed.Except(columns).FirstOrDefault() is { } missing)
            throw new InvalidDataException(
                $"{path}: no column {missing}; there is {string.Join(", ", columns)}; run {stage}"
            );
        var nArguments = Array.FindIndex(
            columns,
            column => column is "n_alerts" or "start_time" or "wall_time_s"
        );
        var arguments = columns.Take(nArguments).Where(name => name != "run").ToList();
        var facts = columns.Skip(nArguments).Where(name => name != "run").ToArray();
        arguments.ForEach(argument => Tidy(rows, argument, blankArguments));
        Array.ForEach(facts, fact => Tidy(rows, fact, blankFacts));
        CheckComplete(path, rows);
        // The night is an argument too, where it is not the same in all runs.
        if (facts.Contains("n_alerts") && rows.DistinctBy(row => row["n_alerts"]).Count() > 1)
            arguments.Add("n_alerts");
        return [.. rows.Select((row, i) => RunOf(row, arguments, facts, $"{path}:{i + 2}"))];
    }

    static Run RunOf(
        OrderedDictionary<string, string> row,
        List<string> argumentNames,
        string[] facts,
        string place
    )
    {
        var arguments = argumentNames.ToDictionary(name => name, name => row[name]);
        var directory = row.GetValueOrDefault("run", Run.TextOf(arguments));
        var run = new Run(directory, arguments) { Place = place };
        foreach (var fact in facts)
            run[fact] = row[fact];
        return run;
    }

    // What pandas, R and others write for a blank. An argument may be called None.
    static readonly HashSet<string> blankArguments = ["NA", "NaN", "nan", "<NA>"];
    static readonly HashSet<string> blankFacts = new(
        [.. blankArguments, "N/A", "#N/A", "NaT", "None", "null"],
        StringComparer.OrdinalIgnoreCase
    );

    // The cells of a column as the collectors write them, whatever program has written them since.
    static void Tidy(
        List<OrderedDictionary<string, string>> rows,
        string column,
        HashSet<string> blanks
    )
    {
        foreach (var row in rows.Where(row => blanks.Contains(row[column])))
            row[column] = "";
        // 3.0 and 4.0 are whole numbers as pandas writes them; 3.0 and 3.1 are versions of a program.
        if (!rows.TrueForAll(row => row[column] == "" || Tidied(row[column]) != null))
            return;
        foreach (var row in rows)
            row[column] = Tidied(row[column]) ?? "";
    }

    /// <summary>A whole number or an answer as the collectors write it: "3" for 3.0, "100000" for 1e+05,
    /// "true" for True; null for any other text.</summary>
    public static string? Tidied(string text)
    {
        if (bool.TryParse(text, out var answer))
            return answer ? "true" : "false";
        if (text.Contains("e+") && double.TryParse(text, CultureInfo.InvariantCulture, out var x))
            text = Numbers.Exact(x);
        var whole = text.EndsWith(".0", StringComparison.Ordinal) ? text[..^2] : text;
        return whole != "" && whole.All(char.IsAsciiDigit) ? whole : null;
    }

    static void CheckComplete(string path, List<OrderedDictionary<string, string>> rows)
    {
        foreach (var (i, row) in rows.Index())
        {
            var complete = row.GetValueOrDefault("complete", "");
            if (complete != "" && !bool.TryParse(complete, out _))
                throw new InvalidDataException(
                    $"{path}:{i + 2}: complete is \"{complete}\", expected true or false"
                );
        }
    }

    /// <summary>The tables of runs that there are, by their SHA-256: what results are made from.</summary>
    public static JsonObject MadeFrom()
    {
        var tables = new JsonObject();
        foreach (var path in new[] { "results/boom-runs.csv", "results/kowalski-runs.csv" })
            if (File.Exists(path))
                tables[path] = Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path)));
        return tables;
    }

    /// <summary>Whether results were made from these tables.</summary>
    public static bool IsMadeFrom(JsonObject tables, JsonNode? results) =>
        tables.All(table => $"{results?["made_from"]?[table.Key]}" == $"{table.Value}");

    /// <summary>results/factor.json, null where there is one system only, and rubin.json. An error where
    /// one is missing, is of other tables, or of other nights, machines or kinds of workers.</summary>
    public static (JsonNode? Factor, JsonNode Rubin) Results()
    {
        var factor = Json.Read("results/factor.json");
        var rubin = Json.Read("results/rubin.json");
        var tables = MadeFrom();
        var needsFactor = factor != null || tables.Count > 1;
        if (needsFactor && !IsMadeFrom(tables, factor))
            throw new InvalidDataException("results/factor.json is stale; run compute-factor");
        if (rubin == null || !IsMadeFrom(tables, rubin))
            throw new InvalidDataException("results/rubin.json is stale; run compute-scaling");
        foreach (var field in new[] { "n_alerts", "boom.conditions", "kowalski.conditions" })
            if (factor != null && $"{Json.At(factor, field)}" != $"{Json.At(rubin, field)}")
                throw new InvalidDataException(
                    $"results/factor.json is of another {field}; remove it"
                );
        return (factor, rubin);
    }
}

/// <summary>The runs with the same arguments, but for <c>repetition</c>.</summary>
public sealed class Configuration(IReadOnlyDictionary<string, string> arguments, Run[] allRuns)
{
    long? nWorkers;
    Spread? wallTimeS;

    /// <summary>All configurations, in the order of the runs.</summary>
    public static Configuration[] Of(IEnumerable<Run> runs) =>
        runs.GroupBy(run => Run.TextOf(ButRepetition(run)))
            .Select(alike => new Configuration(ButRepetition(alike.First()), alike.ToArray()))
            .ToArray();

    static Dictionary<string, string> ButRepetition(Run run) =>
        run.Arguments.Where(x => x.Key != "repetition").ToDictionary();

    /// <summary>The configurations of those runs of a system that have all values of its option
    /// <c>--SYSTEM NAME=VALUE,…</c>, as text.</summary>
    /// <exception cref="InvalidDataException">No run has them.</exception>
    public static Configuration[] Chosen(string system, Run[] runs, Options options)
    {
        foreach (var pair in options[$"--{system}"]?.Split(',') ?? [])
            runs = Choose(runs, $"--{system}", pair);
        return Of(runs);
    }

    static Run[] Choose(Run[] runs, string option, string pair)
    {
        if (pair.Split('=', 2) is not [var untrimmed, var value])
            throw new UsageException($"{option}: expected NAME=VALUE,... found {pair}");
        var name = untrimmed.Trim();
        var names = runs[0].Arguments.Keys.Append("n_alerts");
        if (!names.Contains(name))
            throw new UsageException($"{option}: no {name}; there is {Script.Several(names)}");
        string[] spellings = [value, Table.Tidied(value) ?? value];
        var chosen = runs.Where(run => spellings.Contains(run.Cell(name))).ToArray();
        var there = Script.Several(runs.Select(run => $"{name}={run.Cell(name)}"));
        return chosen.Length > 0
            ? chosen
            : throw new InvalidDataException($"{option}: no run has {pair}; there is {there}");
    }

    /// <summary>Checks that the configurations of a system are of one kind.</summary>
    public static void CheckAlike(string system, IEnumerable<string> kinds)
    {
        var different = kinds.Select(kind => $"[{kind}]").Distinct().ToArray();
        if (different.Length > 1)
            throw new InvalidDataException(
                $"choose runs that are alike with --{system} NAME=VALUE,... of "
                    + Script.Several(different)
            );
    }

    /// <summary>Checks that two systems took in the same night, and warns of other conditions.</summary>
    public static void CheckComparable(Configuration boom, Configuration kowalski)
    {
        if (boom.NAlerts != kowalski.NAlerts)
            throw new InvalidDataException("BOOM and Kowalski differ in n_alerts; choose a night");
        var ofBoom = boom.AllRuns[0].Conditions;
        var ofKowalski = kowalski.AllRuns[0].Conditions;
        if (ofBoom != ofKowalski)
            Script.Warn($"BOOM ({ofBoom}) is compared with Kowalski ({ofKowalski})");
    }

    public IReadOnlyDictionary<string, string> Arguments => arguments;
    public Run[] AllRuns => allRuns;

    /// <summary>The runs that count.</summary>
    public Run[] Runs { get; } = [.. allRuns.Where(run => run.Counts)];

    /// <summary>"n_alert_workers=3 n_ml_workers=3".</summary>
    public string Text { get; } = Run.TextOf(arguments);

    /// <summary>The number of workers of all kinds.</summary>
    public long NWorkers => nWorkers ??= allRuns[0].NWorkers;

    /// <summary>The night's number of alerts.</summary>
    public double NAlerts => allRuns[0].Number("n_alerts") ?? throw allRuns[0].Error("no n_alerts");

    /// <summary>What must be alike, so that numbers of workers can be compared: kinds of workers, night
    /// and conditions, "n_alert_workers n_ml_workers machine=laptop".</summary>
    public string KindsAndConditions
    {
        get
        {
            var given = arguments.Where(x => x.Value != "");
            return string.Join(
                ' ',
                given.Select(x => Run.IsOfWorkers(x.Key) ? x.Key : $"{x.Key}={x.Value}")
            );
        }
    }

    /// <summary>A column over the runs that tell it; null where none does.</summary>
    public Spread? OverRunsThatTellIt(string column) =>
        Spread.Of(Runs.Where(run => run.Tells(column)).Select(run => run.Number(column)));

    /// <summary>A column over all runs; null unless all tell it. So are the parts of a wall time: medians
    /// over some runs do not add up to those over others.</summary>
    public Spread? OverAllRuns(string column) =>
        OverRunsThatTellIt(column) is { } all && all.NRuns == Runs.Length ? all : null;

    /// <summary>The numbers in a column of the runs that tell it, each above 0.</summary>
    public double[] PositiveNumbers(string column) =>
        [
            .. Runs.Where(run => run.Tells(column))
                .Select(run => run.PositiveNumber(column))
                .OfType<double>(),
        ];

    /// <summary>The wall time (s). There must be a run that counts.</summary>
    public Spread WallTimeS =>
        wallTimeS ??= Spread.Of(PositiveNumbers("wall_time_s").Select(time => (double?)time))!;

    /// <summary>The throughput (alerts/s): the night's alerts over the wall time.</summary>
    public Spread AlertsPerS => Spread.Rate(NAlerts, WallTimeS);

    /// <summary>Why times of some runs may be wrong, each with the directories of the runs.</summary>
    public static JsonObject Doubts(IEnumerable<Configuration> some)
    {
        var doubts = new JsonObject();
        foreach (var run in some.SelectMany(one => one.Runs))
        {
            foreach (var doubt in run.Doubts)
            {
                doubts[doubt] ??= new JsonArray();
                doubts[doubt]!.AsArray().Add(JsonValue.Create(run.Directory));
            }
        }
        return doubts;
    }
}
