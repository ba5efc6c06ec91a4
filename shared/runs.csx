// Runs, their tables, and their configurations: repetitions collapsed, runs chosen.
#nullable enable
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CsvHelper;
using CsvHelper.Configuration;

/// <summary>A run, named by the directory of its logs: its arguments, and its facts, as text.</summary>
public sealed record Run(string Directory, IReadOnlyDictionary<string, string> Arguments)
{
    readonly OrderedDictionary<string, string> facts = [];
    public string Place { get; init; } = ""; // "results/boom-runs.csv:2"
    public IEnumerable<string> Facts => facts.Keys; // in the order in which they were first set

    /// <summary>Sets a fact: a number, a time, true, false, a text, or null for a blank.</summary>
    public object? this[string fact]
    {
        set =>
            facts[fact] = value switch
            {
                bool answer => answer ? "true" : "false",
                double number => Numbers.Exact(number),
                // As polars writes them: +0000 is UTC.
                DateTime time => $"{time:yyyy-MM-dd'T'HH:mm:ss.ffffffK}".Replace("Z", "+0000"),
                _ => $"{value}",
            };
    }

    /// <summary>What stands in a column of its row, "" where nothing does.</summary>
    public string Cell(string column) =>
        column == "run" ? Directory
        : Arguments.TryGetValue(column, out var value) ? value
        : facts.GetValueOrDefault(column, "");

    /// <summary>A fact as a number, null for a blank; an error where there is no such column.</summary>
    public double? Number(string fact) =>
        !facts.TryGetValue(fact, out var text) ? throw Error($"no column {fact}; run the collector")
        : text == "" ? null
        : double.TryParse(text, NumberStyles.Float, null, out var number) ? number
        : throw Error($"{fact} is \"{text}\", expected a number");

    public InvalidDataException Error(string message) => new($"{Place}: {message}");

    public bool HasLogs => Cell("wall_time_s") != ""; // without them its facts are blank
    public bool Counts => HasLogs && Cell("complete") != "false"; // if not, it counts nowhere
    public string[] Doubts => Cell("doubts").Split("; ", StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Its directory and what is wrong with it, "logs/a (incomplete)"; null for nothing.</summary>
    public string? Problem =>
        !HasLogs ? $"{Directory} (no logs)"
        : !Counts ? $"{Directory} (incomplete)"
        : Doubts.Length > 0 ? $"{Directory} (doubt)"
        : null;

    /// <summary>The number of workers: the sum over the arguments n_…workers.</summary>
    public long NWorkers =>
        Arguments.Where(x => IsOfWorkers(x.Key) && x.Value != "").Sum(x => Whole(x.Key, x.Value));

    long Whole(string name, string text) =>
        uint.TryParse(text, out var number) ? number : throw Error($"no {name}: {text}");

    public static bool IsOfWorkers(string argument) => Regex.IsMatch(argument, "^n_.*workers$");

    /// <summary>Its arguments but for workers, night and repetition: "machine=laptop".</summary>
    public string Conditions =>
        TextOf(Arguments.Where(x => !Regex.IsMatch(x.Key, "^(n_.*workers|n_alerts|repetition)$")));

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

    /// <summary>The rows of a CSV file, their cells by column.</summary>
    public static List<OrderedDictionary<string, string>> Rows(string path, string stage)
    {
        if (!File.Exists(path))
            throw new InvalidDataException($"{path} does not exist; first run {stage}");
        var style = new CsvConfiguration(CultureInfo.InvariantCulture) { BadDataFound = null };
        using var csv = new CsvParser(File.OpenText(path), style);
        var rows = new List<OrderedDictionary<string, string>>();
        var header = csv.Read() ? csv.Record! : [];
        while (csv.Read())
        {
            if (csv.Count != header.Length || header.Distinct().Count() < csv.Count)
                throw new InvalidDataException($"{path}:{csv.RawRow}: not {header.Length} cells");
            rows.Add(new(header.Zip(csv.Record!, KeyValuePair.Create)));
        }
        return rows;
    }

    /// <summary>Reads results/SYSTEM-runs.csv. The columns before n_alerts are arguments.</summary>
    public static Run[] Runs(string system)
    {
        var path = $"results/{system}-runs.csv";
        var rows = Rows(path, $"collect-{system}");
        var first = rows.Count > 0 ? rows[0].IndexOf("n_alerts") : -1;
        if (first < 1 || !rows[0].ContainsKey("run"))
            throw new InvalidDataException($"{path}: no run, n_alerts; run collect-{system}");
        // That one is an argument too, where it is not the same in all runs.
        var end = rows.DistinctBy(row => row["n_alerts"]).Count() > 1 ? first + 1 : first;
        Run RunOf(OrderedDictionary<string, string> row, int i) =>
            new(row["run"], row.Take(1..end).ToDictionary()) { Place = $"{path}:{i + 2}" };
        var runs = rows.Select(RunOf).ToArray();
        foreach (var (run, row) in runs.Zip(rows))
        foreach (var (fact, text) in row.Skip(first))
            run[fact] = text;
        return runs;
    }

    /// <summary>The tables of runs that there are, by their SHA-256: what results are made from.</summary>
    public static Dictionary<string, string> MadeFrom()
    {
        string[] tables = ["results/boom-runs.csv", "results/kowalski-runs.csv"];
        string Sum(string path) => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path)));
        return tables.Where(File.Exists).ToDictionary(path => path, Sum);
    }

    /// <summary>results/factor.json, null where there is one system only, and rubin.json. An error where
    /// one is missing, is of other tables, or of other nights, machines or kinds of workers.</summary>
    public static (JsonNode? Factor, JsonNode Rubin) Results()
    {
        var (factor, rubin) = (Json.Read("results/factor.json"), Json.Read("results/rubin.json"));
        bool IsOfOthers(JsonNode? results) =>
            MadeFrom().Any(x => $"{results?["made_from"]?[x.Key]}" != x.Value);
        if ((factor != null || MadeFrom().Count > 1) && IsOfOthers(factor))
            throw new InvalidDataException("results/factor.json is stale; run compute-factor");
        if (rubin == null || IsOfOthers(rubin))
            throw new InvalidDataException("results/rubin.json is stale; run compute-scaling");
        foreach (var field in new[] { "n_alerts", "boom.setup", "kowalski.setup" })
            if (factor != null && $"{Json.At(factor, field)}" != $"{Json.At(rubin, field)}")
                throw new InvalidDataException(
                    $"results/factor.json is of another {field}; remove it"
                );
        return (factor, rubin);
    }
}

/// <summary>The runs with the same arguments, but for <c>repetition</c>.</summary>
public sealed record Configuration(IReadOnlyDictionary<string, string> Arguments, Run[] AllRuns)
{
    /// <summary>All configurations, in the order of the runs.</summary>
    public static Configuration[] Of(IEnumerable<Run> runs) =>
        runs.GroupBy(run => Run.TextOf(ButRepetition(run)))
            .Select(alike => new Configuration(ButRepetition(alike.First()), alike.ToArray()))
            .ToArray();

    static Dictionary<string, string> ButRepetition(Run run) =>
        run.Arguments.Where(x => x.Key != "repetition").ToDictionary();

    /// <summary>The configurations of a system's runs that have all values of its option <c>--SYSTEM
    /// NAME=VALUE,…</c>, as text. An error where there are none, or they are of several kinds.</summary>
    public static Configuration[] Read(
        string system,
        Options args,
        Func<Configuration, string> kind
    )
    {
        var runs = Table.Runs(system);
        foreach (var pair in args[$"--{system}"]?.Split(',') ?? [])
        {
            if (pair.Split('=', StringSplitOptions.TrimEntries) is not [var name, var value])
                throw new UsageException($"--{system}: expected NAME=VALUE,... found {pair}");
            var names = runs[0].Arguments.Keys.Append("n_alerts");
            if (!names.Contains(name))
                throw new UsageException(
                    $"--{system}: no {name}; there is {Script.Several(names)}"
                );
            var there = Script.Several(runs.Select(run => $"{name}={run.Cell(name)}"));
            runs = runs.Where(run => run.Cell(name) == value).ToArray();
            if (runs.Length == 0)
                throw new InvalidDataException($"--{system}: no run has {pair}; there is {there}");
        }
        var configurations = Of(runs);
        var kinds = configurations.Select(one => $"[{kind(one)}]").Distinct().ToArray();
        var choose = $"choose runs that are alike with --{system} NAME=VALUE,... of ";
        if (kinds.Length > 1)
            throw new InvalidDataException(choose + Script.Several(kinds));
        return configurations;
    }

    /// <summary>Checks that two systems took in the same night, and warns of other conditions.</summary>
    public static void CheckComparable(Configuration boom, Configuration kowalski)
    {
        var (one, other) = (boom.AllRuns[0].Conditions, kowalski.AllRuns[0].Conditions);
        if (boom.NAlerts != kowalski.NAlerts)
            throw new InvalidDataException("BOOM and Kowalski differ in n_alerts; choose a night");
        if (one != other)
            Script.Warn($"BOOM ({one}) is compared with Kowalski ({other})");
    }

    public Run[] Runs { get; } = AllRuns.Where(run => run.Counts).ToArray(); // those that count
    public string Text => Run.TextOf(Arguments); // "n_alert_workers=3 n_ml_workers=3"
    public long NWorkers => AllRuns[0].NWorkers; // of all kinds
    public double NAlerts => AllRuns[0].Number("n_alerts")!.Value; // of the night

    /// <summary>Its kinds of workers and its other arguments: of one setup, numbers of workers compare.</summary>
    public string Setup => Regex.Replace(Text, @"(?<=^| )(n_\S*workers)=\S+", "$1");

    /// <summary>A fact over the runs that tell it; null without any.</summary>
    public Spread? Fact(string name) => Spread.Of(Runs.Select(run => run.Number(name)));

    /// <summary>A part of the wall time (s); null unless all tell it: other medians do not add up.</summary>
    public Spread? Part(string name) => Fact(name) is { } all && all.N == Runs.Length ? all : null;

    public Spread WallTimeS =>
        Part("wall_time_s") is { Min: > 0 } wallTime
            ? wallTime
            : throw Runs[0].Error($"expected a wall_time_s above 0 in all runs of {Text}");

    /// <summary>The throughput (alerts/s): the night's alerts over the wall time.</summary>
    public Spread AlertsPerS => Spread.Ratio(Spread.Of(NAlerts, Runs.Length), WallTimeS)!;

    /// <summary>Why times of some runs may be wrong, each with the directories of the runs.</summary>
    public static Dictionary<string, string[]> Doubts(IEnumerable<Configuration> some) =>
        some.SelectMany(one => one.Runs)
            .SelectMany(run => run.Doubts, (run, doubt) => (doubt, run.Directory))
            .GroupBy(x => x.doubt, x => x.Directory)
            .ToDictionary(x => x.Key, x => x.ToArray());
}
