#!/usr/bin/env dotnet-script
#r "nuget: CsvHelper, 33.1.0"
#load "../shared/helpers.csx"
#load "../shared/runs.csx"
#nullable enable
using System.Globalization;
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
    var systems = new JsonArray();
    if (rubin["boom"] != null)
        systems.Add(SystemOf("boom", "BOOM", factor, rubin));
    if (rubin["kowalski"] != null)
        systems.Add(SystemOf("kowalski", "Kowalski", factor, rubin));
    var logs = File.Exists("logs/README.md") ? File.ReadAllText("logs/README.md") : "";
    var data = new JsonObject
    {
        ["note"] = NoteOn(logs),
        ["measured"] = MeasuredColumns(logs),
        ["factor"] = factor,
        ["rubin"] = rubin,
        ["scaling"] = Objects("results/scaling.csv", "compute-scaling"),
        ["comparison"] = Comparison(),
        ["systems"] = systems,
    };
    var path = $"{options.Output}/report.html";
    Script.Write((path, PageOf(data)));
    Console.WriteLine($"{path}: a page to open in a browser");
}

/// <summary>The template, with the text of each file in the place of the element that names it.</summary>
string PageOf(JsonObject data)
{
    var template = TextOf("render-report.html");
    // <script src="vendor/d3.min.js"></script>
    return Regex.Replace(
        template,
        """ src="(.+?)"></script>""",
        element =>
        {
            var file = element.Groups[1].Value;
            // The data's < and & are escaped, so that no text ends the element that it is in.
            var text = file == "data.json" ? data.ToJsonString() : TextOf(file);
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
JsonArray? MeasuredColumns(string logs)
{
    // Measured columns: `start_time`, `end_time`.
    var line = Regex.Match(logs, @"\nMeasured columns:([^.]*)");
    return line.Success
        ? Json.List(Regex.Matches(line.Groups[1].Value, @"\w+").Select(name => name.Value))
        : null;
}

/// <summary>comparison.json with the rows of comparison.csv; null without them, or of other runs.</summary>
JsonObject? Comparison()
{
    const string Rows = "results/comparison.csv";
    if (!File.Exists(Rows))
        return null;
    var comparison = Json.Read("results/comparison.json");
    if (!Table.IsMadeFrom(Table.MadeFrom(), comparison))
    {
        Script.Warn($"{Rows} is of other runs and not shown; run compare-campaigns again");
        return null;
    }
    return new JsonObject
    {
        ["tolerance_percent"] = comparison?["tolerance_percent"]?.DeepClone(),
        ["boom"] = comparison?["boom"]?.DeepClone(),
        ["kowalski"] = comparison?["kowalski"]?.DeepClone(),
        ["configurations"] = Objects(Rows, "compare-campaigns"),
    };
}

/// <summary>A system's runs with what is wrong with each, its configurations that have a run that counts,
/// and how the runs went that are drawn over time.</summary>
JsonObject SystemOf(string key, string name, JsonNode? factor, JsonNode rubin)
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
    var arguments = runs[0].Arguments.Keys.Where(argument => argument != "n_alerts");
    return new JsonObject
    {
        ["key"] = key,
        ["name"] = name,
        ["columns"] = Json.List(columns),
        ["arguments"] = Json.List(arguments),
        ["reference"] = reference,
        ["best"] = best,
        ["runs"] = new JsonArray([.. runs.Select(run => FieldsOf(run, columns))]),
        ["configurations"] = new JsonArray([.. configurations.Select(FieldsOfConfiguration)]),
        ["progress"] = ProgressOf(key, overTime),
    };
}

/// <summary>The text of the configuration that the factor was made from; null without a factor.</summary>
string? ReferenceOf(string key, JsonNode? factor)
{
    if (Json.At(factor, $"{key}.configuration") is not JsonObject arguments)
        return null;
    return Run.TextOf(arguments.Select(x => KeyValuePair.Create(x.Key, $"{x.Value}")));
}

JsonObject FieldsOf(Run run, string[] columns) =>
    new()
    {
        ["cells"] = Json.List(columns.Select(run.Cell)),
        ["configuration"] = Configuration.Of([run])[0].Text,
        ["n_workers"] = run.NWorkers,
        ["counts"] = run.Counts,
        ["is_read"] = run.IsRead,
        ["problems"] = Json.List(Problems(run)),
    };

JsonObject FieldsOfConfiguration(Configuration one) =>
    new()
    {
        ["configuration"] = one.Text,
        ["arguments"] = Json.Object(one.Arguments),
        ["n_workers"] = one.NWorkers,
        ["n_runs"] = one.Runs.Length,
        ["spreads"] = SpreadsOf(one),
    };

/// <summary>Median, minimum and maximum of each column that holds numbers.</summary>
JsonObject SpreadsOf(Configuration one)
{
    var spreads = new JsonObject();
    foreach (var fact in one.Runs[0].Facts.Union(["alerts_per_s"]))
        if (SpreadOf(one, fact) is { } spread)
            spreads[fact] = new JsonArray(spread.Median, spread.Min, spread.Max);
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
JsonArray ProgressOf(string system, IEnumerable<string> runs)
{
    var points = runs.Distinct().ToDictionary(run => run, _ => new JsonArray());
    var path = $"results/{system}-progress.csv";
    // Row by row, since of ten thousand runs a few are drawn.
    foreach (var row in File.Exists(path) ? Table.Rows(path, $"collect-{system}") : [])
        if (points.TryGetValue(CellOf(row, "run", path), out var ofRun))
            ofRun.Add(new JsonArray(NumberOf(row, "t_s", path), NumberOf(row, "alerts", path)));
    var progress = new JsonArray();
    foreach (var (run, ofRun) in points.Where(x => x.Value.Count > 0))
        progress.Add(new JsonObject { ["run"] = run, ["points"] = ofRun });
    return progress;
}

string CellOf(OrderedDictionary<string, string> row, string column, string path) =>
    row.TryGetValue(column, out var text)
        ? text
        : throw new InvalidDataException($"{path}: no column {column}; run the collector");

double NumberOf(OrderedDictionary<string, string> row, string column, string path)
{
    var text = CellOf(row, column, path);
    return NumberIn(text)
        ?? throw new InvalidDataException($"{path}: {column} is \"{text}\", expected a number");
}

/// <summary>The rows of a table as objects: numbers, true and false, null for a blank, texts.</summary>
JsonArray Objects(string path, string stage)
{
    var objects = new JsonArray();
    foreach (var row in Table.Rows(path, stage))
        objects.Add(ObjectOf(row));
    return objects;
}

JsonObject ObjectOf(OrderedDictionary<string, string> row) =>
    new(row.Select(x => KeyValuePair.Create(x.Key, Value(x.Key, x.Value))));

JsonNode? Value(string column, string text)
{
    if (column is "n_alert_workers" or "configuration" or "system" or "column" or "verdict")
        return text;
    if (text == "")
        return null;
    if (text is "true" or "false")
        return text == "true";
    return NumberIn(text) is { } number ? number : text;
}
