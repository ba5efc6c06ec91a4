#!/usr/bin/env dotnet-script
#r "nuget: CsvHelper, 33.0.1"
#load "../shared/helpers.csx"
#load "../shared/screen.csx"
#load "../shared/files.csx"
#load "../shared/benchmark-run.csx"
#load "../shared/configuration.csx"
#load "../shared/json-file.csx"
#load "../shared/tex.csx"
#nullable enable

using System.Text.RegularExpressions;

const string Missing = "XXXXX";

const string Help = """
    The numbers of the paper as TeX macros, paper/results.tex, and the configurations of both systems
    as tables, paper/tables/boom.tex and kowalski.tex. It reads results/factor.json,
    results/rubin.json, results/boom-runs.csv and results/kowalski-runs.csv, which must be there. A
    value that the results do not have stays XXXXX, and is named in a warning.

    usage: dotnet script scripts/render-tex.csx
    """;

return Script.Run(
    Args,
    Help,
    _ =>
    {
        var factor = JsonFile.Read("results/factor.json");
        var rubin = JsonFile.Read("results/rubin.json");
        if (factor.Number("boom_throughput_factor") is not > 0)
            throw new InvalidDataException(
                $"{factor.Path}: there is no boom_throughput_factor above 0; first run compute-factor"
            );
        JsonFile.RefuseOtherRuns(factor, rubin);

        // The notebook's macros, spelled as the paper spells them.
        Macro[] published =
        [
            Number("boomthroughputfactor", factor, "boom_throughput_factor", 0),
            Number("kakfaingestratembps", rubin, "kafka_mb_per_s.median", 1),
            Number("kakfaingestfactor", rubin, "kafka_over_rubin.median", 1),
        ];
        Macro[] further =
        [
            // GiB, in the reference configurations
            Number("boommaxmem", factor, "boom.peak_memory_gib.median", 0),
            Number("kowalskimaxmem", factor, "kowalski.peak_memory_gib.median", 0),
            Number("boompeakmemory", factor, "boom.peak_memory_gib.median", 2),
            Number("kowalskipeakmemory", factor, "kowalski.peak_memory_gib.median", 2),
            // the reference configurations
            Workers("boomreference", factor, "boom.configuration"),
            Number("boomreferenceworkers", factor, "boom.n_workers", 0),
            Number("kowalskireferenceworkers", factor, "kowalski.n_workers", 0),
            // s, in the reference configurations
            Number("boomwalltime", factor, "boom.wall_time_s.median"),
            Number("kowalskiwalltime", factor, "kowalski.wall_time_s.median"),
            Number("boomprocessingtime", factor, "boom.processing_time_s.median", 0),
            Number("boomidletail", factor, "boom.idle_tail_s.median", 0),
            Number("boomprocessingfactor", factor, "boom_processing_factor", 1),
            // alerts/s, and over Rubin's rate
            Number("benchmarkalerts", rubin, "n_alerts", 0),
            Number("rubinrate", rubin, "rubin_alerts_per_s", 0),
            Number("boombestthroughput", rubin, "boom.best_alerts_per_s.median", 0),
            Number("kowalskibestthroughput", rubin, "kowalski.best_alerts_per_s.median", 0),
            Number("boomrubinfactor", rubin, "boom.best_over_rubin.median", 1),
            Number("kowalskirubinfactor", rubin, "kowalski.best_over_rubin.median", 1),
            Number("boomrubinworkers", rubin, "boom.fewest_workers_for_rubin", 0),
            Number("boomminspeedup", rubin, "boom_speedup.min", 1),
            Number("boommaxspeedup", rubin, "boom_speedup.max", 1),
            // the groups of points in the figure
            List("boomalertworkers", rubin, "boom_alert_workers"),
        ];
        foreach (var macro in published.Concat(further).Where(macro => macro.Value == Missing))
            Script.Warn($@"\{macro.Name} stays {Missing}: {macro.Source} is not there");

        string[] macros =
        [
            Tex.Generated,
            .. published.Select(macro => macro.Definition),
            .. further.Select(macro => $"{Tex.Comment(macro.Source)}\n{macro.Definition}"),
        ];
        Script.Write(
            ("paper/results.tex", Text(macros)),
            ("paper/tables/boom.tex", Text(TableOf("boom"))),
            ("paper/tables/kowalski.tex", Text(TableOf("kowalski")))
        );
        PrintResult(factor, rubin);
    }
);

string Text(string[] lines) => string.Join('\n', lines) + "\n";

Macro Number(string name, JsonFile file, string field, int? decimals = null) =>
    new(name, Rounded(file, field, decimals), file, field);

Macro List(string name, JsonFile file, string field) =>
    new(name, file.List(field) ?? Missing, file, field);

Macro Workers(string name, JsonFile file, string field) =>
    new(name, InWords(file.Texts(field)), file, field);

// A configuration in words: "3 alert, 3 ML and 1 filter workers (machine server)".
string InWords(IReadOnlyDictionary<string, string> arguments)
{
    var workers = new List<string>();
    var others = new List<string>();
    foreach (var (argument, value) in arguments.Where(x => x.Value != ""))
        if (BenchmarkRun.IsOfWorkers(argument))
            workers.Add($"{value} {Kind(argument)}".Trim());
        else
            others.Add($"{argument} {value}");
    if (workers.Count == 0)
        return Missing;
    // The last comma is an "and".
    var text = Regex.Replace(string.Join(", ", workers), ", (?=[^,]*$)", " and ") + " workers";
    return others.Count == 0 ? text : $"{text} ({string.Join(", ", others)})";
}

// A number of the results, exactly unless decimals are given.
string Rounded(JsonFile file, string field, int? decimals = null)
{
    var number = file.Number(field);
    if (number == null)
        return Missing;
    return decimals == null ? Numbers.Exact(number.Value) : Numbers.Shown(number, decimals.Value);
}

// n_alert_workers is alert, n_ml_workers is ML, n_workers is blank, min_size is min size.
string Kind(string argument)
{
    var words = argument.Split('_').Where(word => word is not ("n" or "workers"));
    return string.Join(' ', words.Select(word => word == "ml" ? "ML" : word));
}

// The configurations of a system: their arguments, how many runs, and the medians of these.
string[] TableOf(string system)
{
    var file = $"results/{system}-runs.csv";
    var all = Configuration.Of(RunsTable.Read(system, file));
    var configurations = all.Where(one => one.Runs.Count > 0);
    var arguments = all[0].Arguments.Keys;
    // siunitx aligns the numbers of an S column; text stands in braces.
    var columns = string.Concat(arguments.Append("runs").Select(_ => "S[table-format=2]"));
    return
    [
        Tex.Generated,
        Tex.Comment($"{file}: a row a configuration, medians over its complete runs"),
        $@"\begin{{longtable*}}{{{columns}S[table-format=4.1]S[table-format=5]}}",
        @"  \toprule",
        Row([.. arguments.Select(Heading), "{runs}", "{wall time (s)}", "{alerts/s}"]),
        @"  \midrule",
        @"  \endhead",
        @"  \bottomrule",
        @"  \endfoot",
        .. configurations.Select(one =>
            Row([
                .. one.Arguments.Values.Select(Cell),
                $"{one.Runs.Count}",
                Numbers.Exact(one.WallTimeS.Median),
                Numbers.Shown(one.AlertsPerS.Median, 0),
            ])
        ),
        @"\end{longtable*}",
    ];
}

string Row(string[] cells) => $@"  {string.Join(" & ", cells)} \\";

string Heading(string argument)
{
    var kind = Kind(argument);
    return $"{{{Tex.Escape(kind == "" ? "workers" : kind)}}}";
}

string Cell(string text) =>
    text != "" && text.All(char.IsAsciiDigit) ? text : $"{{{Tex.Escape(text)}}}";

// What the whole pipeline has come to.
void PrintResult(JsonFile factor, JsonFile rubin)
{
    Screen.Print($"BOOM throughput factor: {Rounded(factor, "boom_throughput_factor", 1)}");
    foreach (var (name, system) in new[] { ("Kowalski", "kowalski"), ("BOOM", "boom") })
    {
        var configuration = Configuration.TextOf(factor.Texts($"{system}.configuration"));
        var wallTime = Rounded(factor, $"{system}.wall_time_s.median");
        Screen.Print($"  {name} {wallTime} s for {configuration}");
    }
    string Best(string system) =>
        Rounded(rubin, $"{system}.best_over_rubin.median", 1)
        + $" times ({Rounded(rubin, $"{system}.best_alerts_per_s.median", 0)} alerts/s)";
    Screen.Print(
        $"Best throughput over Rubin's rate: BOOM {Best("boom")}, Kowalski {Best("kowalski")}"
    );
}

// A macro of the paper, and where in the results its value stands.
record Macro(string Name, string Value, JsonFile File, string Field)
{
    public string Source => $"{File.Path}: {Field}";
    public string Definition => Tex.Macro(Name, Value);
}
