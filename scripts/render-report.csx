#!/usr/bin/env dotnet-script
#r "nuget: CsvHelper, 33.0.1"
#r "nuget: Stubble.Core, 1.10.8"
#load "../shared/helpers.csx"
#load "../shared/screen.csx"
#load "../shared/files.csx"
#load "../shared/benchmark-run.csx"
#load "../shared/configuration.csx"
#load "../shared/json-file.csx"
#load "../shared/chart-scale.csx"
#load "../shared/report.csx"
#nullable enable

using System.Net;
using System.Text.RegularExpressions;
using Stubble.Core.Builders;
using Stubble.Core.Exceptions;
using Stubble.Core.Settings;

const string Help = """
    All results on one page, results/report.html: the throughput factor, what is wrong with the data,
    pictures, all runs. It fills scripts/render-report.html (Mustache) from results/boom-runs.csv,
    results/kowalski-runs.csv, results/scaling.csv, results/factor.json, results/rubin.json and the
    first paragraph of logs/README.md.

    usage: dotnet script scripts/render-report.csx -- [OPTION...]

      --output DIR  the directory of the page [results]
    """;

const string Scaling = "results/scaling.csv";
const string Template = "scripts/render-report.html";

return Script.Run(
    Args,
    Help,
    commandLine =>
    {
        var factor = JsonFile.Read("results/factor.json");
        var rubin = JsonFile.Read("results/rubin.json");
        var rubinRate = rubin.Number("rubin_alerts_per_s") ?? 0;
        if (rubinRate < 1e-9)
            throw new InvalidDataException(
                $"{rubin.Path}: there is no rubin_alerts_per_s above 0; first run compute-scaling"
            );
        JsonFile.RefuseOtherRuns(factor, rubin);
        Benchmark[] systems =
        [
            .. Read("boom", "BOOM", factor),
            .. Read("kowalski", "Kowalski", factor),
        ];
        if (systems.Length == 0)
            throw new InvalidDataException(
                "results: there is no table of runs; first run collect-boom"
            );
        var note = Note("logs/README.md");
        var page = new
        {
            Systems = string.Join(" and ", systems.Select(system => system.Name)),
            AllRuns = Screen.Count(systems.Sum(system => system.Runs.Length), "run"),
            Night = $"{rubin.Number("n_alerts"):#,0}",
            RubinRate = Report.Rate(rubinRate),
            Note = note,
            NoteInShort = note.Split(". ")[0].TrimEnd('.'),
            Factor = Text(factor, "boom_throughput_factor", 1),
            FactorWithoutTail = Text(factor, "boom_processing_factor", 1),
            Cards = systems.Select(system => new
            {
                system.Name,
                WallTime = Found(factor, $"{system.Key}.wall_time_s")?.Text(Numbers.Seconds) ?? "",
                Configuration = Report.Words(factor.Texts($"{system.Key}.configuration")),
                OverRubin = Text(rubin, $"{system.Key}.best_over_rubin", 1),
                AlertsPerS = Text(rubin, $"{system.Key}.best_alerts_per_s", 0),
                Best = Report.Words(system.Best.MaxBy(one => one.AlertsPerS.Median)!.Arguments),
            }),
            Problems = systems.SelectMany(Report.Problems).ToArray(),
            Scaling = Report.Scaling(systems, rubinRate),
            Times = systems.Select(Report.Times),
            Repetitions = systems.SelectMany(Report.Repetitions).ToArray(),
            Tables = systems.Select(Report.Table),
        };
        var output = commandLine.Output;
        Script.Write(($"{output}/report.html", Fill(page)));
        Screen.Print($"{output}/report.html: {page.AllRuns} of {page.Systems}");
    }
);

// A project may have one system only.
Benchmark[] Read(string key, string name, JsonFile factor)
{
    var table = $"results/{key}-runs.csv";
    if (!Path.Exists(table))
    {
        Script.Warn($"{table} does not exist: nothing is shown of {key}");
        return [];
    }
    var runs = RunsTable.Read(key, table);
    var reference = Configuration.TextOf(factor.Texts($"{key}.configuration"));
    var system = new Benchmark(key, name, runs, IsBest(key), reference);
    if (system.Best.Length == 0)
        throw new InvalidDataException(
            $"{Scaling}: has no best configuration of {table}; first run compute-scaling"
        );
    return [system];
}

// The column best of scaling.csv, by configuration.
Dictionary<string, bool> IsBest(string key)
{
    string[] columns = ["system", "configuration", "best"];
    var isBest = new Dictionary<string, bool>();
    foreach (var row in Csv.Read(Scaling, advice: "; first run compute-scaling", columns))
    {
        if (row["best"] != "true" && row["best"] != "false")
            throw row.Error($"best is \"{row["best"]}\", expected true or false");
        var isOfSystem = row["system"] == key;
        if (isOfSystem && !isBest.TryAdd(row["configuration"], row["best"] == "true"))
            throw row.Error($"{row["configuration"]} stands there twice");
    }
    return isBest;
}

// What the logs are: the first paragraph after the title.
string Note(string file)
{
    // A link may lead to what is not for the page.
    if (!File.Exists(file) || new FileInfo(file).LinkTarget != null)
        return "";
    var text = DataFile.ReadText(file, mostBytes: 1_000_000).ReplaceLineEndings("\n");
    var first = text.Split("\n\n").FirstOrDefault(x => x.Trim() != "" && !x.StartsWith('#'), "");
    return Regex.Replace(first, "[*`]", "").Replace('\n', ' ').Trim();
}

// A number of the results, with its range where it has one.
string Text(JsonFile file, string field, int decimals) => Found(file, field)?.Text(decimals) ?? "";

Spread? Found(JsonFile file, string field)
{
    var median = file.Number($"{field}.median") ?? file.Number(field);
    if (median == null)
        return null;
    var min = file.Number($"{field}.min") ?? file.Number($"{field}_min");
    var max = file.Number($"{field}.max") ?? file.Number($"{field}_max");
    return new Spread(median.Value, min ?? median.Value, max ?? median.Value, N: 1);
}

// The template with the values, every one of which is escaped. A value that is not there is an error.
string Fill(object page)
{
    var mustache = new StubbleBuilder()
        .Configure(settings =>
            settings.SetEncodingFunction(text => WebUtility.HtmlEncode(Screen.OneLine(text)))
        )
        .Build();
    try
    {
        var template = DataFile.ReadText(Template, mostBytes: 1_000_000).ReplaceLineEndings("\n");
        return mustache.Render(template, page, new RenderSettings { ThrowOnDataMiss = true });
    }
    catch (StubbleException e)
    {
        throw new InvalidDataException($"{Template}: {e.Message}", e);
    }
}
