#!/usr/bin/env dotnet-script
#r "nuget: CsvHelper, 33.1.0"
#load "../shared/helpers.csx"
#load "../shared/runs.csx"
#nullable enable
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

const string Help = """
    All results on one page, results/report.html. It puts the tables of runs and of their progress,
    results/scaling.csv, factor.json, rubin.json, where it is there comparison.csv, and what
    logs/README.md says of the logs, as one JSON object into scripts/render-report.html, which draws
    itself, and so do the libraries of scripts/vendor/: the page needs no network.

      --output DIR  the directory of the page [results]
    """;

// Of the reference configuration, and of the best one, so many runs are drawn over time.
const int MostRunsOverTime = 5;

return Script.Run(Args, Help, Main);

void Main(Options options)
{
    var (factor, rubin) = Table.Results();
    var systems = new List<object>();
    if (rubin["boom"] != null)
        systems.Add(SystemOf("boom", "BOOM", factor, rubin));
    if (rubin["kowalski"] != null)
        systems.Add(SystemOf("kowalski", "Kowalski", factor, rubin));
    var logs = File.Exists("logs/README.md") ? File.ReadAllText("logs/README.md") : "";
    var data = new
    {
        Note = NoteOn(logs),
        Measured = MeasuredColumns(logs),
        Factor = factor,
        Rubin = rubin,
        Scaling = Objects("results/scaling.csv", "compute-scaling"),
        Comparison = Comparison(),
        Systems = systems,
    };
    var path = $"{options.Output}/report.html";
    Script.Write((path, PageOf(data)));
    Console.WriteLine($"{path}: a page to open in a browser");
}

/// <summary>The template, with the text of each file in the place of the element that names it.</summary>
string PageOf(object data)
{
    // This encoder escapes < and &, so that no text ends the element that it is in.
    var style = new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
    };
    var template = TextOf("render-report.html");
    // <script src="vendor/d3.min.js"></script>
    return Regex.Replace(
        template,
        """ src="(.+?)"></script>""",
        element =>
        {
            var file = element.Groups[1].Value;
            var text = file == "data.json" ? JsonSerializer.Serialize(data, style) : TextOf(file);
            return $">{text}</script>";
        }
    );
}

string TextOf(string file) =>
    File.ReadAllText(Path.Combine("scripts", file)).ReplaceLineEndings("\n");

/// <summary>The logs' own words on what they are: their first paragraph, without marks.</summary>
string NoteOn(string logs)
{
    // # Logs ⏎ ⏎ These runs are **recorded**. ⏎ ⏎
    var paragraph = Regex.Match(logs, @"(?<=\n\n)[^#\s](.+\n)+").Value;
    return Regex.Replace(paragraph, "[*`]", "").ReplaceLineEndings(" ").Trim();
}

/// <summary>The columns that were measured; null where all were.</summary>
string[]? MeasuredColumns(string logs)
{
    // Measured columns: `start_time`, `end_time`.
    var line = Regex.Match(logs, @"\nMeasured columns:([^.]*)");
    return line.Success
        ? [.. Regex.Matches(line.Groups[1].Value, @"\w+").Select(name => name.Value)]
        : null;
}

/// <summary>comparison.json with the rows of comparison.csv; null without them, or of other runs.</summary>
object? Comparison()
{
    const string Rows = "results/comparison.csv";
    if (!File.Exists(Rows))
        return null;
    var comparison = Json.Read("results/comparison.json");
    var madeFrom = comparison?["made_from"];
    if (Table.MadeFrom().Any(table => $"{madeFrom?[table.Key]}" != table.Value))
    {
        Script.Warn($"{Rows} is of other runs and not shown; run compare-campaigns again");
        return null;
    }
    return new
    {
        TolerancePercent = comparison?["tolerance_percent"],
        Boom = comparison?["boom"],
        Kowalski = comparison?["kowalski"],
        Configurations = Objects(Rows, "compare-campaigns"),
    };
}

/// <summary>A system's runs with what is wrong with each, its configurations that have a run that counts,
/// and how the runs went that are drawn over time.</summary>
object SystemOf(string key, string name, JsonNode? factor, JsonNode rubin)
{
    var runs = Table.Runs(key);
    var columns = runs[0].Arguments.Keys.Union(runs[0].Facts).Prepend("run").ToArray();
    var configurations = Configuration.Of(runs).Where(one => one.Runs.Length > 0).ToArray();
    var reference = ReferenceOf(key, factor);
    var best = $"{rubin[key]!["best_configuration"]}";
    var overTime = configurations
        .Where(one => one.Text == reference || one.Text == best)
        .SelectMany(one => one.Runs.Take(MostRunsOverTime))
        .Select(run => run.Directory);
    return new
    {
        Key = key,
        Name = name,
        Columns = columns,
        Arguments = runs[0].Arguments.Keys.Where(argument => argument != "n_alerts"),
        Reference = reference,
        Best = best,
        Runs = runs.Select(run => FieldsOf(run, columns)),
        Configurations = configurations.Select(FieldsOfConfiguration),
        Progress = ProgressOf(key, overTime),
    };
}

/// <summary>The text of the configuration that the factor was made from; null without a factor.</summary>
string? ReferenceOf(string key, JsonNode? factor)
{
    if (Json.At(factor, $"{key}.configuration") is not JsonObject arguments)
        return null;
    return Run.TextOf(arguments.Select(x => KeyValuePair.Create(x.Key, $"{x.Value}")));
}

object FieldsOf(Run run, string[] columns) =>
    new
    {
        Cells = columns.Select(run.Cell),
        Configuration = Configuration.Of([run])[0].Text,
        run.NWorkers,
        run.Counts,
        run.IsRead,
        Problems = Problems(run),
    };

object FieldsOfConfiguration(Configuration one) =>
    new
    {
        Configuration = one.Text,
        one.Arguments,
        one.NWorkers,
        NRuns = one.Runs.Length,
        Spreads = SpreadsOf(one),
    };

/// <summary>Median, minimum and maximum of each column that holds numbers.</summary>
Dictionary<string, double[]> SpreadsOf(Configuration one)
{
    var spreads = new Dictionary<string, double[]>();
    foreach (var fact in one.Runs[0].Facts.Union(["alerts_per_s"]))
        if (SpreadOf(one, fact) is { } spread)
            spreads[fact] = [spread.Median, spread.Min, spread.Max];
    return spreads;
}

Spread? SpreadOf(Configuration one, string fact) =>
    fact switch
    {
        "wall_time_s" => one.WallTimeS,
        "alerts_per_s" => one.AlertsPerS,
        // Medians of parts add up only where all runs tell them.
        "startup_s" or "processing_time_s" or "idle_tail_s" => one.OverAllRuns(fact),
        _ => Spread.Of(one.Runs.Select(run => NumberIn(run.Cell(fact)))),
    };

/// <summary>Null where it is a blank or a text.</summary>
double? NumberIn(string text) =>
    double.TryParse(text, NumberStyles.Float, null, out var number) && double.IsFinite(number)
        ? number
        : null;

/// <summary>What a reader has to know of a run, in sentences.</summary>
List<string> Problems(Run run)
{
    var problems = new List<string>();
    if (!run.IsRead)
    {
        var reason = run.Cell("doubts");
        problems.Add(reason == "" ? "not read" : $"not read: {reason}");
        return problems;
    }
    if (!run.Counts)
    {
        var (least, most) = (run.Cell("min_alerts_filtered"), run.Cell("max_alerts_filtered"));
        var saw = $"{run.Cell("filters_seen")} filters saw {least} to {most}";
        problems.Add($"incomplete, counts nowhere: {saw} of {run.Cell("n_alerts")} alerts");
    }
    problems.AddRange(run.Doubts.Select(doubt => $"times may be wrong: {doubt}"));
    if (run.Cell("errors") is not ("" or "0"))
        problems.Add("errors in the logs");
    var blank = run.Facts.Where(fact => IsExpected(fact) && run.Cell(fact) == "").ToArray();
    if (blank.Length > 0 && run.Counts)
        problems.Add($"missing in the logs: {string.Join(", ", blank)}");
    return problems;
}

// The alerts are pushed to Kafka once, so that one run of a campaign tells how fast that was.
bool IsExpected(string fact) => fact != "doubts" && !fact.StartsWith("kafka_");

/// <summary>How many alerts were through (n) after how much time (s), of some runs.</summary>
IEnumerable<object> ProgressOf(string system, IEnumerable<string> runs)
{
    var points = runs.Distinct().ToDictionary(run => run, _ => new List<double[]>());
    var path = $"results/{system}-progress.csv";
    // Row by row, since of ten thousand runs a few are drawn.
    foreach (var row in File.Exists(path) ? Table.Rows(path, $"collect-{system}") : [])
        if (points.TryGetValue(CellOf(row, "run", path), out var ofRun))
            ofRun.Add([NumberOf(row, "t_s", path), NumberOf(row, "alerts", path)]);
    return points.Where(x => x.Value.Count > 0).Select(x => new { Run = x.Key, Points = x.Value });
}

string CellOf(OrderedDictionary<string, string> row, string column, string path) =>
    row.TryGetValue(column, out var text)
        ? text
        : throw new InvalidDataException($"{path}: no column {column}; run the collector");

double NumberOf(OrderedDictionary<string, string> row, string column, string path)
{
    var text = CellOf(row, column, path);
    return double.TryParse(text, out var number)
        ? number
        : throw new InvalidDataException($"{path}: {column} is \"{text}\", expected a number");
}

/// <summary>The rows of a table as objects: numbers, true and false, null for a blank, texts.</summary>
IEnumerable<Dictionary<string, JsonNode?>> Objects(string path, string stage) =>
    Table.Rows(path, stage).Select(row => row.ToDictionary(x => x.Key, x => Value(x.Key, x.Value)));

JsonNode? Value(string column, string text)
{
    if (column is "n_alert_workers" or "configuration" or "system" or "column" or "verdict")
        return text;
    if (text == "")
        return null;
    if (text is "true" or "false")
        return text == "true";
    return double.TryParse(text, out var number) && double.IsFinite(number) ? number : text;
}
