#!/usr/bin/env dotnet-script
#r "nuget: CsvHelper, 33.0.1"
#load "../shared/helpers.csx"
#load "../shared/runs.csx"
#nullable enable
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

const string Missing = "XXXXX";
const string Factor = "results/factor.json: "; // of the reference configurations
const string Rubin = "results/rubin.json: "; // of all configurations
const string Generated = "% This file was automatically generated; edits will be overwritten!";
const string Help = """
    The numbers of the paper as TeX macros, paper/results.tex, and each system's configurations as a
    table, paper/tables/boom.tex and kowalski.tex. It reads results/factor.json, rubin.json and the
    tables of runs. A value that the results do not have stays XXXXX, and is named in a warning.
    """;

return Script.Run(Args, Help, Main);

void Main(Options options)
{
    var (factor, rubin) = Table.Results();
    const string NoKafka = "no run has a producer.log and a consumer.stats.log";
    const string NoStats = "a reference run has no samples of memory, *.stats.log";
    const string NoBatch = "a reference run does not tell of batches";
    const string NoCommon = "there is no number of workers that both systems have";
    const string TooSlow = "no number of workers is enough";
    const string NoSystem = "they need runs of both systems";
    var (noBoom, noKowalski) = (rubin["boom"] == null, rubin["kowalski"] == null);
    Macro Of(string name, string source, int? decimals = null, string whyNot = NoSystem)
    {
        var value = Json.At(source.StartsWith(Factor) ? factor : rubin, source.Split(": ")[1]);
        var isOfBoth = noBoom || noKowalski && (source.StartsWith(Factor) || whyNot == NoCommon);
        return new(name, source, Value(value, decimals), isOfBoth ? NoSystem : whyNot);
    }

    // The notebook's macros, spelled as the paper spells them.
    Macro[] published =
    [
        Of("boomthroughputfactor", Factor + "boom_throughput_factor", 0),
        Of("kakfaingestratembps", Rubin + "kafka_mb_per_s.median", 1, NoKafka),
        Of("kakfaingestfactor", Rubin + "kafka_over_rubin.median", 1, NoKafka),
    ];
    Macro[] further =
    [
        // with its range over repeated runs, and from wall times that are not truncated
        Of("boomfactor", Factor + "boom_throughput_factor", 1),
        Of("boomfactormin", Factor + "boom_throughput_factor_min", 1),
        Of("boomfactormax", Factor + "boom_throughput_factor_max", 1),
        Of("boomfactortruncated", Factor + "boom_throughput_factor", 2),
        Of("boomfactorexact", Factor + "boom_throughput_factor_exact", 2),
        Of("boomruns", Factor + "boom.wall_time_s.n", 0),
        Of("kowalskiruns", Factor + "kowalski.wall_time_s.n", 0),
        Of("truncatedpercent", Rubin + "truncated_percent", 1),
        Of("boommaxmem", Factor + "boom.peak_memory_gib.median", 0, NoStats),
        Of("kowalskimaxmem", Factor + "kowalski.peak_memory_gib.median", 0, NoStats),
        Of("boompeakmemory", Factor + "boom.peak_memory_gib.median", 2, NoStats),
        Of("kowalskipeakmemory", Factor + "kowalski.peak_memory_gib.median", 2, NoStats),
        Of("boomreference", Factor + "boom.configuration"),
        Of("boomreferenceworkers", Factor + "boom.n_workers", 0),
        Of("kowalskireferenceworkers", Factor + "kowalski.n_workers", 0),
        Of("boomreferencethroughput", Factor + "boom.alerts_per_s.median"),
        Of("kowalskireferencethroughput", Factor + "kowalski.alerts_per_s.median"),
        Of("boomwalltime", Factor + "boom.wall_time_s.median"),
        Of("kowalskiwalltime", Factor + "kowalski.wall_time_s.median"),
        Of("boomprocessingtime", Factor + "boom.processing_time_s.median", 0, NoBatch),
        Of("boomidletail", Factor + "boom.idle_tail_s.median", 0, NoBatch),
        Of("boomprocessingfactor", Factor + "boom_processing_factor", 1, NoBatch),
        Of("mostruns", Rubin + "most_runs", 0),
        Of("benchmarkalerts", Rubin + "n_alerts", 0),
        Of("rubinrate", Rubin + "rubin_alerts_per_s", 0),
        Of("boombestthroughput", Rubin + "boom.best_alerts_per_s.median", 0),
        Of("kowalskibestthroughput", Rubin + "kowalski.best_alerts_per_s.median", 0),
        Of("boomrubinfactor", Rubin + "boom.best_over_rubin.median", 1),
        Of("kowalskirubinfactor", Rubin + "kowalski.best_over_rubin.median", 1),
        Of("boomrubinworkers", Rubin + "boom.fewest_workers_for_rubin", 0, TooSlow),
        Of("boomminspeedup", Rubin + "boom_speedup.min", 1, NoCommon),
        Of("boommaxspeedup", Rubin + "boom_speedup.max", 1, NoCommon),
        // the groups of points in the figure
        Of("boomalertworkers", Rubin + "boom_alert_workers", whyNot: "BOOM has no n_alert_workers"),
    ];
    var missing = published.Concat(further).Where(macro => macro.Value == Missing);
    foreach (var macros in missing.GroupBy(macro => macro.WhyNot, macro => $@"\{macro.Name}"))
        Script.Warn($"{string.Join(", ", macros)}: {Missing}, since {macros.Key}");

    var logs = File.Exists("logs/README.md") ? File.ReadAllText("logs/README.md") : "";
    string Define(string name, string value) => $@"\newcommand{{\{name}}}{{{Escape(value)}}}";
    string[] lines =
    [
        Generated,
        .. published.Select(macro => Define(macro.Name, macro.Value)),
        .. further.Select(macro => $"% {macro.Source}\n{Define(macro.Name, macro.Value)}"),
        "% logs/README.md: behind what was not measured",
        Define("reconstructed", logs.Contains("\nMeasured columns:") ? " (reconstructed)" : ""),
    ];
    var systems = new[] { "boom", "kowalski" }.Where(system => rubin[system] != null);
    Script.Write([
        ("paper/results.tex", string.Join('\n', lines) + "\n"),
        .. systems.Select(system => ($"paper/tables/{system}.tex", TableOf(system))),
    ]);
    Console.WriteLine($"paper/results.tex: {lines.Length - 2} macros, {missing.Count()} missing");
}

// A value of the results as text: a number, a configuration, or a list.
string Value(JsonNode? value, int? decimals) =>
    value is null or JsonArray { Count: 0 } ? Missing
    : value is JsonObject configuration ? InWords(configuration)
    : value is JsonArray list ? string.Join(", ", list)
    : decimals == null ? Numbers.Exact((double)value)
    : Numbers.Shown((double)value, decimals.Value);

// A configuration in words: "3 alert, 3 ML and 1 filter workers (machine server)".
string InWords(JsonObject configuration)
{
    var given = configuration.Where(x => $"{x.Value}" != "").ToArray();
    var workers = given.Where(x => Run.IsOfWorkers(x.Key)).Select(x => $"{x.Value} {Kind(x.Key)}");
    var others = given.Where(x => !Run.IsOfWorkers(x.Key)).Select(x => $"{x.Key} {x.Value}");
    // The last comma is an "and".
    var text = Regex.Replace(string.Join(", ", workers).Trim(), ", (?=[^,]*$)", " and ");
    return $"{text} workers" + (others.Any() ? $" ({string.Join(", ", others)})" : "");
}

// n_alert_workers is alert, n_ml_workers is ML, n_workers is blank, min_size is min size.
string Kind(string argument)
{
    var words = argument.Split('_').Where(word => word is not ("n" or "workers"));
    return string.Join(' ', words.Select(word => word == "ml" ? "ML" : word));
}

// The configurations of a system. siunitx aligns the numbers of an S column; text stands in braces.
string TableOf(string system)
{
    var all = Configuration.Of(Table.Runs(system));
    const string Whole = "S[table-format=2]";
    var isRepeated = all.Any(one => one.Runs.Length > 1);
    string Cell(string text) => Regex.IsMatch(text, "^[0-9]+$") ? text : $"{{{Escape(text)}}}";
    string Range(Spread one) =>
        one.Min < one.Max ? $"{Numbers.Round(one.Min, 0)}--{Numbers.Round(one.Max, 0)}" : "";
    var columns = new List<(string Heading, string Align, Func<Configuration, string> Cell)>();
    void Add(string heading, string align, Func<Configuration, string> cell) =>
        columns.Add((heading, align, cell));
    foreach (var name in all[0].Arguments.Keys)
        Add(Kind(name) == "" ? "workers" : Kind(name), Whole, one => Cell(one.Arguments[name]));
    Add("runs", Whole, one => $"{one.Runs.Length}");
    Add("wall time (s)", "S[table-format=5.1]", one => Numbers.Exact(one.WallTimeS.Median));
    if (isRepeated)
        Add("range", "c", one => Range(one.WallTimeS));
    Add("alerts/s", "S[table-format=5]", one => Numbers.Shown(one.AlertsPerS.Median, 0));
    if (isRepeated)
        Add("range", "c", one => Range(one.AlertsPerS));
    string Row(IEnumerable<string> cells) => $@"  {string.Join(" & ", cells)} \\";
    string[] lines =
    [
        Generated,
        $"% results/{system}-runs.csv: a row a configuration, medians over its complete runs",
        $@"\begin{{longtable*}}{{{string.Concat(columns.Select(column => column.Align))}}}",
        @"  \toprule",
        Row(columns.Select(column => $"{{{Escape(column.Heading)}}}")),
        "  \\midrule\n  \\endhead\n  \\bottomrule\n  \\endfoot",
        .. all.Where(one => one.Runs.Length > 0)
            .Select(one => Row(columns.Select(column => column.Cell(one)))),
        @"\end{longtable*}",
    ];
    return string.Join('\n', lines) + "\n";
}

// The text as TeX prints it literally, in one line. To TeX, \~ and \^ are accents, \\ ends a line.
string Escape(string text) =>
    Regex
        .Replace(Script.OneLine(text), @"[\\~^#$%&_{}]", @"\$&")
        .Replace(@"\\", @"\textbackslash{}")
        .Replace(@"\~", @"\textasciitilde{}")
        .Replace(@"\^", @"\textasciicircum{}");

// A macro of the paper, where in the results its value stands, and why it is missing where it is.
record Macro(string Name, string Source, string Value, string WhyNot);
