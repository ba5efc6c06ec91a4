#!/usr/bin/env dotnet-script
#r "nuget: CsvHelper, 33.1.0"
#load "../shared/helpers.csx"
#load "../shared/runs.csx"
#nullable enable
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

const string Help = """
    The numbers of the paper as TeX macros, paper/results.tex, and each system's configurations as a
    table, paper/tables/boom.tex and kowalski.tex. It reads results/factor.json, rubin.json and the
    tables of runs. A value that the results do not have stays XXXXX, and is named in a warning.
    """;
const string Generated = "% This file was automatically generated; edits will be overwritten!";
const string Missing = "XXXXX";

// Why a value is missing: "\boomidletail: XXXXX, since ...".
const string NoSystem = "they need runs of both systems";
const string NoReference = "they need a reference configuration, results/factor.json";
const string NoBatch = "a reference run does not tell of batches";
const string NoStats = "a reference run has no samples, *.stats.log";
const string NoProgress = "the best configuration's logs tell of too few batches or alerts";
const string NoCommon = "there is no number of workers that both systems have";
const string TooSlow = "no number of workers is enough";
const string NoProducer = "no run's producer.log tells what was pushed";
const string NoBytes = "no run of BOOM has such a producer.log and a consumer.stats.log";

return Script.Run(Args, Help, Main);

void Main(Options options)
{
    var (references, all) = Table.Results();
    var systems = new[] { "boom", "kowalski" }.Where(system => all[system] != null).ToArray();
    var factor = new Results("results/factor.json", references, systems);
    var rubin = new Results("results/rubin.json", all, systems);
    Macro[] published = [.. Published(factor, rubin)];
    Macro[] further = [.. OfReferences(factor), .. OfAll(rubin), .. OfRuns(all)];
    var missing = published.Concat(further).Where(macro => macro.Value == Missing).ToArray();
    foreach (var alike in missing.GroupBy(macro => macro.WhyNot, macro => $@"\{macro.Name}"))
        Script.Warn($"{string.Join(", ", alike)}: {Missing}, since {alike.Key}");

    string[] lines =
    [
        Generated,
        .. published.Select(macro => macro.Definition),
        .. further.Select(macro => $"% {macro.Source}\n{macro.Definition}"),
    ];
    Script.Write([
        ("paper/results.tex", string.Join('\n', lines) + "\n"),
        .. systems.Select(system => ($"paper/tables/{system}.tex", TableOf(system))),
    ]);
    Console.WriteLine($"paper/results.tex: {lines.Length - 1} macros, {missing.Length} missing");
}

// The notebook's macros, spelled as the paper spells them.
IEnumerable<Macro> Published(Results factor, Results rubin) =>
    [
        factor.Of("boomthroughputfactor", "boom_throughput_factor", 0),
        rubin.Of("kakfaingestratembps", "kafka_mb_per_s.median", 1, NoBytes),
        rubin.Of("kakfaingestfactor", "kafka_over_rubin.median", 1, NoProducer),
    ];

// The reference configurations, and the factor between them.
IEnumerable<Macro> OfReferences(Results factor) =>
    [
        FactorText(factor),
        factor.Of("boomfactor", "boom_throughput_factor", 1),
        factor.IfAny("boomfactorlow", "boom_throughput_factor_low", 1),
        factor.IfAny("boomfactorhigh", "boom_throughput_factor_high", 1),
        factor.Of("boomfactorexact", "boom_throughput_factor_exact", 1),
        factor.Of("boomprocessingfactor", "boom_processing_factor", 1, NoBatch),
        factor.Of("boomprocessorfactor", "boom_factor_per_processor", 1, NoStats),
        factor.Of("boomreference", "boom.configuration"),
        factor.Of("boomreferenceworkers", "boom.n_workers", 0),
        factor.Of("kowalskireferenceworkers", "kowalski.n_workers", 0),
        factor.Of("boomruns", "boom.wall_time_s.n_runs", 0),
        factor.Of("kowalskiruns", "kowalski.wall_time_s.n_runs", 0),
        factor.Of("boomwalltime", "boom.wall_time_s.median"),
        factor.Of("kowalskiwalltime", "kowalski.wall_time_s.median"),
        factor.Of("boomreferencethroughput", "boom.alerts_per_s.median"),
        factor.Of("kowalskireferencethroughput", "kowalski.alerts_per_s.median"),
        factor.Of("boomprocessingtime", "boom.processing_time_s.median", 0, NoBatch),
        factor.Of("boomidletail", "boom.idle_tail_s.median", 0, NoBatch),
        factor.Of("boompeakmemory", "boom.peak_memory_gib.median", 1, NoStats),
        factor.Of("kowalskipeakmemory", "kowalski.peak_memory_gib.median", 1, NoStats),
        factor.Of("boomprocessors", "boom.mean_cpus.median", 1, NoStats),
        factor.Of("kowalskiprocessors", "kowalski.mean_cpus.median", 1, NoStats),
    ];

// The factor as the screen and the page print it: "6.0 (95 %: 5.8 to 6.2)".
Macro FactorText(Results factor)
{
    var macro = factor.Of("boomfactortext", "boom_throughput_factor, _low, _high");
    var median = factor.Text("boom_throughput_factor", 1);
    return median == null ? macro : macro with { Value = $"{median} ({HowSure(factor)})" };
}

string HowSure(Results factor)
{
    var low = factor.Text("boom_throughput_factor_low", 1);
    var high = factor.Text("boom_throughput_factor_high", 1);
    if (low != null)
        return $@"95\,\%: {low} to {high}";
    string?[] runs =
    [
        factor.Text("boom.wall_time_s.n_runs", 0),
        factor.Text("kowalski.wall_time_s.n_runs", 0),
    ];
    return runs.All(n => n == "1") ? "one run each" : "interval not known";
}

// All configurations, beside each other and beside Rubin's rate.
IEnumerable<Macro> OfAll(Results rubin)
{
    var noSpeedup = rubin.Systems.Length < 2 ? NoSystem : NoCommon;
    return
    [
        rubin.Of("mostruns", "most_runs", 0),
        rubin.Of("benchmarkalerts", "n_alerts", 0),
        rubin.Of("truncatedpercent", "truncated_percent", 1),
        rubin.Of("boomminspeedup", "boom_speedup.min", 1, noSpeedup),
        rubin.Of("boommaxspeedup", "boom_speedup.max", 1, noSpeedup),
        rubin.Of("rubinrate", "rubin_alerts_per_s", 0),
        rubin.Of("boombestthroughput", "boom.best_alerts_per_s.median", 0),
        rubin.Of("kowalskibestthroughput", "kowalski.best_alerts_per_s.median", 0),
        rubin.Of("boomrubinfactor", "boom.best_over_rubin.median", 1),
        rubin.Of("kowalskirubinfactor", "kowalski.best_over_rubin.median", 1),
        rubin.Of("boomsustained", "boom.sustained_alerts_per_s.median", 0, NoProgress),
        rubin.Of("kowalskisustained", "kowalski.sustained_alerts_per_s.median", 0, NoProgress),
        rubin.Of("boomsustainedfactor", "boom.sustained_over_rubin.median", 1, NoProgress),
        rubin.Of("kowalskisustainedfactor", "kowalski.sustained_over_rubin.median", 1, NoProgress),
        rubin.Of("boomrubinworkers", "boom.fewest_workers_for_rubin", 0, TooSlow),
        rubin.Of("boomkafkaconfigurations", "kafka_mb_per_s.n_configurations", 0, NoBytes),
        rubin.Of("kafkaconfigurations", "kafka_over_rubin.n_configurations", 0, NoProducer),
        // the groups of points in the figure
        rubin.IfAny("boomalertworkers", "boom_alert_workers"),
    ];
}

// What a reader has to know of the runs. It is blank where there is nothing to be said.
IEnumerable<Macro> OfRuns(JsonNode rubin)
{
    var leftOut = Texts(rubin["runs_left_out"]).Select(Tex);
    yield return new("runsleftout", "results/rubin.json: runs_left_out", Listed(leftOut));

    var doubts = new[] { "boom", "kowalski" }
        .SelectMany(system => Json.At(rubin, $"{system}.doubts") as JsonObject ?? [])
        .SelectMany(doubt => Texts(doubt.Value), (doubt, run) => Tex($"{run} ({doubt.Key})"));
    const string Doubts = "results/rubin.json: boom.doubts, kowalski.doubts";
    yield return new("runsindoubt", Doubts, Listed(doubts));

    var logs = File.Exists("logs/README.md") ? File.ReadAllText("logs/README.md") : "";
    var note = logs.Contains("\nMeasured columns:") ? " (reconstructed)" : "";
    yield return new("reconstructed", "logs/README.md: behind what was not measured", note);
}

static string NameOf(string system) => system == "boom" ? "BOOM" : "Kowalski";

static IEnumerable<string> Texts(JsonNode? list) =>
    (list as JsonArray ?? []).Select(text => $"{text}");

// The first five: "a, b, c, d, e and 7 more".
string Listed(IEnumerable<string> texts)
{
    var all = texts.ToArray();
    return Enumerated(all.Length > 5 ? [.. all[..5], $"{all.Length - 5} more"] : all);
}

// "a", "a and b", "a, b and c".
static string Enumerated(string[] texts) =>
    texts.Length < 2 ? string.Concat(texts) : $"{string.Join(", ", texts[..^1])} and {texts[^1]}";

// A configuration in words: "3 alert, 3 ML and 1 filter workers (machine server)".
static string InWords(JsonObject configuration)
{
    var workers = new List<string>();
    var others = new List<string>();
    foreach (var (argument, value) in configuration.Where(x => $"{x.Value}" != ""))
        if (Run.IsOfWorkers(argument))
            workers.Add($"{value} {Kind(argument)}".TrimEnd());
        else
            others.Add($"{argument} {value}");
    var text = workers.Count > 0 ? $"{Enumerated([.. workers])} workers" : "";
    return (others.Count > 0 ? $"{text} ({string.Join(", ", others)})" : text).TrimStart();
}

// n_alert_workers is alert, n_ml_workers is ML, n_workers is blank, min_size is min size.
static string Kind(string argument)
{
    var words = argument.Split('_').Where(word => word is not ("n" or "workers"));
    return string.Join(' ', words.Select(word => word == "ml" ? "ML" : word));
}

// The configurations of a system that have runs which count. A paper that defines the macro
// \boomtable or \kowalskitable before gives the table its caption.
string TableOf(string system)
{
    var all = Configuration.Of(Table.Runs(system)).Where(one => one.Runs.Length > 0).ToArray();
    var columns = ColumnsOf(all).ToArray();
    var align = string.Concat(columns.Select(column => column.Align));
    var headings = Row(columns.Select(column => $"{{{column.Heading}}}"));
    var rows = all.Select(one => Row(columns.Select(column => column.Cell(one))));
    return $$"""
        {{Generated}}
        % results/{{system}}-runs.csv: a row a configuration, medians over its complete runs
        \providecommand{\{{system}}table}{The configurations of {{NameOf(system)}}.}
        \begin{longtable}{{{align}}}
          \caption{\{{system}}table} \label{tab:{{system}}} \\
          \toprule
          {{headings}}
          \midrule
          \endfirsthead
          \toprule
          {{headings}}
          \midrule
          \endhead
          \bottomrule
          \endfoot
          {{string.Join("\n  ", rows)}}
        \end{longtable}

        """.ReplaceLineEndings("\n");
}

string Row(IEnumerable<string> cells) => $@"{string.Join(" & ", cells)} \\";

IEnumerable<Column> ColumnsOf(Configuration[] all)
{
    var isRepeated = all.Any(one => one.Runs.Length > 1);
    foreach (var name in all[0].Arguments.Keys)
        yield return ColumnOf(name, all);
    yield return new("runs", "S[table-format=2]", one => $"{one.Runs.Length}");
    yield return new(
        "wall time (s)",
        "S[table-format=5.1]",
        one => Numbers.Exact(one.WallTimeS.Median)
    );
    if (isRepeated)
        yield return new("range", "c", one => Range(one.WallTimeS));
    yield return new(
        "alerts/s",
        "S[table-format=5]",
        one => Numbers.Shown(one.AlertsPerS.Median, 0)
    );
    if (isRepeated)
        yield return new("range", "c", one => Range(one.AlertsPerS));
}

// An argument. siunitx aligns the numbers of an S column; text stands in braces.
Column ColumnOf(string argument, Configuration[] all)
{
    var heading = Kind(argument) == "" ? "workers" : Tex(Kind(argument));
    var values = all.Select(one => one.Arguments[argument]).ToArray();
    if (!values.All(value => value.All(char.IsAsciiDigit)))
        return new(heading, "l", one => $"{{{Tex(one.Arguments[argument])}}}");
    var digits = Math.Max(2, values.Max(value => value.Length));
    return new(heading, $"S[table-format={digits}]", one => one.Arguments[argument]);
}

string Range(Spread one) =>
    one.Min < one.Max ? $"{Numbers.Round(one.Min, 0)}--{Numbers.Round(one.Max, 0)}" : "";

// The text as TeX prints it literally, in one line.
static string Tex(string text)
{
    var tex = string.Concat(Script.OneLine(text).Select(TexOf));
    // Twice the same of these is one character of the font: a dash, a quotation mark.
    return Regex.Replace(tex, @"([-<>,'`])(?=\1)", "$1{}");
}

static string TexOf(char character) =>
    character switch
    {
        '\\' => @"\textbackslash{}",
        '~' => @"\textasciitilde{}",
        '^' => @"\textasciicircum{}",
        '#' or '$' or '%' or '&' or '_' or '{' or '}' => $@"\{character}",
        _ => $"{character}",
    };

// A macro of the paper, its value as TeX, and where in the results that stands.
record Macro(string Name, string Source, string Value, string WhyNot = "")
{
    public string Definition => $@"\newcommand{{\{Name}}}{{{Value}}}";
}

// A file of results, null where there is none, of the systems that have runs.
record Results(string Path, JsonNode? Values, string[] Systems)
{
    // A macro of what stands at a path: a number, a configuration or a list.
    public Macro Of(string name, string path, int? decimals = null, string? whyNot = null) =>
        new(name, $"{Path}: {path}", Text(path, decimals) ?? Missing, WhyMissing(path, whyNot));

    // The same, blank where there is none: that is as it should be.
    public Macro IfAny(string name, string path, int? decimals = null) =>
        new(name, $"{Path}: {path}", Text(path, decimals) ?? "");

    // What stands at a path as TeX; null where nothing does.
    public string? Text(string path, int? decimals) =>
        Json.At(Values, path) switch
        {
            null or JsonArray { Count: 0 } => null,
            JsonArray list => Tex(string.Join(", ", Texts(list))),
            JsonObject configuration => Tex(InWords(configuration)),
            var number when decimals == null => Numbers.Exact((double)number),
            var number => Numbers.Shown((double)number, decimals.Value),
        };

    string WhyMissing(string path, string? whyNot)
    {
        var system = path.Split('.')[0];
        var isOfOne = system is "boom" or "kowalski";
        if (isOfOne && !Systems.Contains(system))
            return $"there are no runs of {NameOf(system)}";
        if (Values == null)
            return isOfOne ? NoReference : NoSystem;
        return whyNot ?? $"{Path} does not tell";
    }
}

// A column of a table, its heading as TeX, and a configuration's cell in it.
record Column(string Heading, string Align, Func<Configuration, string> Cell);
