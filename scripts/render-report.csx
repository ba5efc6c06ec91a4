#!/usr/bin/env dotnet-script
#r "nuget: CsvHelper, 33.0.1"
#load "../shared/helpers.csx"
#load "../shared/runs.csx"
#nullable enable
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

const string Help = """
    All results on one page, results/report.html. It puts the tables of runs, results/scaling.csv,
    factor.json, rubin.json, where it is there comparison.csv, and what logs/README.md says of the
    logs, as one JSON object into scripts/render-report.html, which draws itself.

      --output DIR  the directory of the page [results]
    """;

return Script.Run(Args, Help, Main);

void Main(Options options)
{
    var (factor, rubin) = Table.Results();
    (string Key, string Name)[] both = [("boom", "BOOM"), ("kowalski", "Kowalski")];
    var systems = both.Where(system => rubin[system.Key] != null);
    const string Comparison = "results/comparison.csv";
    var compared = File.Exists(Comparison) ? Json.Read("results/comparison.json") : null;
    var isFresh = Table.MadeFrom().All(x => $"{compared?["made_from"]?[x.Key]}" == x.Value);
    if (File.Exists(Comparison) && !isFresh)
        Script.Warn($"{Comparison} is of other runs and not shown; run compare-campaigns again");
    // The logs' own words on what they are: their first paragraph, and which columns were measured.
    var logs = File.Exists("logs/README.md") ? File.ReadAllText("logs/README.md") : "";
    var note = Regex.Match(logs, @"(?<=\n\n)[^#\s](.+\n)+").Value;
    var measured = Regex.Match(logs, @"\nMeasured columns:([^.]*)").Groups[1].Value;
    var page = new
    {
        Note = Regex.Replace(note, "[*`]", "").ReplaceLineEndings(" ").Trim(),
        Measured = measured == "" ? null : Regex.Matches(measured, @"\w+").Select(x => x.Value),
        Factor = factor,
        Rubin = rubin,
        Scaling = Objects("results/scaling.csv", "compute-scaling"),
        Comparison = isFresh ? Objects(Comparison, "compare-campaigns") : null,
        Tolerance = compared?["tolerance"],
        Systems = systems.Select(system => SystemOf(system.Key, system.Name, factor)),
    };
    var json = Json.Text(page).Replace("<", @"\u003C"); // so that no text ends the element it is in
    var template = File.ReadAllText("scripts/render-report.html").ReplaceLineEndings("\n");
    var path = $"{options.Output}/report.html";
    Script.Write((path, template.Replace("{{data}}", json)));
    Console.WriteLine($"{path}: a page to open in a browser");
}

// A system's runs with what is wrong with each, and its configurations that have a run that counts.
object SystemOf(string key, string name, JsonNode? factor)
{
    var runs = Table.Runs(key);
    var columns = runs[0].Arguments.Keys.Union(runs[0].Facts).Prepend("run").ToArray();
    var configurations = Configuration.Of(runs).Where(one => one.Runs.Length > 0);
    var arguments = Json.At(factor, $"{key}.configuration")?.AsObject() ?? [];
    var reference = Run.TextOf(arguments.Select(x => KeyValuePair.Create(x.Key, $"{x.Value}")));
    return new
    {
        Key = key,
        Name = name,
        Columns = columns,
        Arguments = runs[0].Arguments.Keys.Where(argument => argument != "n_alerts"),
        Runs = runs.Select(run => new
        {
            Cells = columns.Select(run.Cell),
            run.Counts,
            run.HasLogs,
            Configuration = Configuration.Of([run])[0].Text,
            Problems = run.HasLogs ? Problems(run) : ["no logs"],
        }),
        Configurations = configurations.Select(one => new
        {
            Configuration = one.Text,
            one.Arguments,
            one.NWorkers,
            IsReference = factor != null && one.Text == reference,
            one.WallTimeS,
            StartupS = columns.Contains("startup_s") ? one.Part("startup_s") : null,
            ProcessingTimeS = one.Part("processing_time_s"),
            IdleTailS = one.Part("idle_tail_s"),
        }),
    };
}

// What a reader has to know of a run that has its logs, in sentences.
IEnumerable<string> Problems(Run run)
{
    var isIncomplete = run.Cell("complete") == "false";
    var (least, most) = (run.Cell("min_alerts_filtered"), run.Cell("max_alerts_filtered"));
    var saw = $"{run.Cell("filters_seen")} filters saw {least} to {most} of {run.Cell("n_alerts")}";
    if (isIncomplete)
        yield return $"incomplete, counts nowhere: {saw} alerts";
    foreach (var doubt in run.Doubts)
        yield return $"times may be wrong: {doubt}";
    if (run.Cell("errors") is not ("" or "0"))
        yield return "errors in the logs";
    var blank = run.Facts.Where(fact => fact != "doubts" && run.Cell(fact) == "");
    if (blank.Any() && !isIncomplete)
        yield return $"missing in the logs: {string.Join(", ", blank)}";
}

// The rows of a table as objects: numbers, true and false, null for a blank, texts.
IEnumerable<Dictionary<string, JsonNode?>> Objects(string path, string stage) =>
    Table.Rows(path, stage).Select(row => row.ToDictionary(x => x.Key, x => Value(x.Key, x.Value)));

JsonNode? Value(string column, string text) =>
    column is "n_alert_workers" or "configuration" or "system" or "verdict" ? text
    : text == "" ? null
    : text is "true" or "false" ? text == "true"
    : double.TryParse(text, out var number) && double.IsFinite(number) ? number
    : text;
