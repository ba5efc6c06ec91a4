#!/usr/bin/env dotnet-script
#r "nuget: CsvHelper, 33.0.1"
#r "nuget: Stubble.Core, 1.10.8"
#load "../shared/helpers.csx"
#load "../shared/screen.csx"
#load "../shared/files.csx"
#load "../shared/benchmark-run.csx"
#load "../shared/configuration.csx"
#load "../shared/json-file.csx"
#load "../shared/benchmark.csx"
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

    example: dotnet script scripts/render-report.csx -- --output try
    """;

const string Template = "scripts/render-report.html";

return Script.Run(
    Args,
    Help,
    commandLine =>
    {
        var factor = JsonFile.Read("results/factor.json");
        var rubin = JsonFile.Read("results/rubin.json");
        var rate = rubin.Number("rubin_alerts_per_s") is >= 1e-9 and var number
            ? number
            : throw new InvalidDataException(
                $"{rubin.Path}: there is no rubin_alerts_per_s above 0; first run compute-scaling"
            );
        JsonFile.RefuseOtherNight(factor, rubin);
        Benchmark[] systems =
        [
            .. Read("boom", "BOOM", factor),
            .. Read("kowalski", "Kowalski", factor),
        ];
        var problems = systems.SelectMany(Report.Problems).ToArray();
        var repetitions = systems.SelectMany(Report.Repetitions).ToArray();
        var page = new
        {
            Systems = string.Join(" and ", systems.Select(system => system.Name)),
            AllRuns = Screen.Count(systems.Sum(system => system.Runs.Length), "run"),
            Night = Report.Whole(rubin.Number("n_alerts")),
            RubinRate = Report.Whole(rate),
            Note = Note("logs/README.md"),
            Factor = Factor(factor),
            OverRubin = systems.SelectMany(system => OverRubin(system, rubin)),
            HasProblems = problems.Length > 0,
            Problems = problems,
            Scaling = Report.Scaling(systems, rate),
            Times = systems.Select(Report.Times),
            HasRepetitions = repetitions.Length > 0,
            Repetitions = repetitions,
            Tables = systems.Select(Report.Table),
        };
        var output = commandLine.Optional("--output") ?? "results";
        Script.Write(($"{output}/report.html", Fill(page)));
        Screen.Print($"{output}/report.html: {page.AllRuns} of {page.Systems}");
    }
);

// A project may have one system only.
Benchmark[] Read(string key, string name, JsonFile factor)
{
    var table = $"results/{key}-runs.csv";
    if (Path.Exists(table))
        return [Benchmark.Read(key, name, table, "results/scaling.csv", factor)];
    Script.Warn($"{table} does not exist: nothing is shown of {key}");
    return [];
}

// What the logs are: the first paragraph after the title.
object[] Note(string file) =>
    !File.Exists(file)
        ? []
        : DataFile
            .ReadText(file, mostBytes: 1_000_000)
            .ReplaceLineEndings("\n")
            .Split("\n\n")
            .Where(text => text.Trim() != "" && !text.StartsWith('#'))
            .Take(1)
            .Select(text => Regex.Replace(text, "[*`]", "").Replace('\n', ' ').Trim())
            .Select(text => new
            {
                File = file,
                Text = text,
                Sentence = text.Split(". ")[0].TrimEnd('.'),
            })
            .ToArray();

object[] Factor(JsonFile factor)
{
    object Side(string key, string name) =>
        new
        {
            Name = name,
            WallTime = Text(factor, $"{key}.wall_time_s", 0),
            Configuration = Report.Words(factor.Texts($"{key}.configuration")),
        };
    return factor.Number("boom_throughput_factor") == null
        ? []
        :
        [
            new
            {
                Value = Text(factor, "boom_throughput_factor", 1),
                WithoutTail = Text(factor, "boom_processing_factor", 1),
                Sides = new[] { Side("boom", "BOOM"), Side("kowalski", "Kowalski") },
            },
        ];
}

object[] OverRubin(Benchmark system, JsonFile rubin) =>
    system
        .Best.OrderByDescending(one => one.AlertsPerS.Median)
        .Take(1)
        .Select(best => new
        {
            system.Name,
            Times = Text(rubin, $"{system.Key}.best_over_rubin", 1),
            AlertsPerS = Text(rubin, $"{system.Key}.best_alerts_per_s", 0),
            Configuration = Report.Words(best.Arguments),
        })
        .ToArray();

// A number of the results, with its range where it has one.
string Text(JsonFile file, string field, int decimals)
{
    if ((file.Number($"{field}.median") ?? file.Number(field)) is not { } median)
        return "";
    var min = file.Number($"{field}.min") ?? file.Number($"{field}_min") ?? median;
    var max = file.Number($"{field}.max") ?? file.Number($"{field}_max") ?? median;
    return new Spread(median, min, max, N: min < max ? 2 : 1).Text(decimals);
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
    catch (Exception e) when (e is StubbleException or StubbleDataMissException)
    {
        throw new InvalidDataException($"{Template}: {e.Message}", e);
    }
}
