#!/usr/bin/env dotnet-script
#r "nuget: CsvHelper, 33.0.1"
#r "nuget: YamlDotNet, 16.3.0"
#load "../shared/helpers.csx"

// The numbers of the paper as TeX macros, from the results: paper/results.tex; and the runs as
// tables: paper/tables/boom.tex, paper/tables/kowalski.tex.
//
//     dotnet script scripts/render-tex.csx
//
// A value that the results do not have stays XXXXX, and is named on stderr.

using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

const string Memory = "results/memory.csv";

return Stage.Run(() =>
{
    new CommandLine(Args, "render-tex.csx").NoWords();
    var factor = ResultFile.Read("results/factor.json");
    var rubin = ResultFile.Read("results/rubin.json");
    if (factor.Number("boom_throughput_factor") is not > 0)
        throw new InvalidDataException(
            $"{factor.Path}: there is no boom_throughput_factor above 0; first run compute-factor"
        );

    var memory = File.Exists(Memory) ? Table.Read(Memory, "run", "container", "peak_gib").Rows : [];

    // The notebook's macros, spelled as the paper spells them.
    Macro[] published =
    [
        FromJson("boomthroughputfactor", factor, "boom_throughput_factor", decimals: 0),
        FromJson("kakfaingestratembps", rubin, "kafka.mb_per_s.median", decimals: 1),
        FromJson("kakfaingestfactor", rubin, "kafka.over_rubin", decimals: 1),
    ];
    Macro[] further =
    [
        // GiB, in the reference configurations
        FromMemory("boommaxmem", memory, factor, "boom", "consumer+scheduler"),
        FromMemory("kowalskimaxmem", memory, factor, "kowalski", "ingester"),
        // s, in the reference configurations
        FromJson("boomwalltime", factor, "boom.wall_time_s", decimals: 0),
        FromJson("kowalskiwalltime", factor, "kowalski.wall_time_s", decimals: 0),
        FromJson("boomprocessingtime", factor, "boom.processing_time_s", decimals: 0),
        FromJson("boomidletail", factor, "boom.idle_tail_s", decimals: 0),
        FromJson("boomprocessingfactor", factor, "boom_processing_factor", decimals: 1),
        // alerts/s, and over Rubin's rate
        FromJson("benchmarkalerts", rubin, "n_alerts", decimals: 0),
        FromJson("rubinrate", rubin, "rubin_alerts_per_s", decimals: 0),
        FromJson("boombestthroughput", rubin, "boom.best_alerts_per_s", decimals: 0),
        FromJson("kowalskibestthroughput", rubin, "kowalski.best_alerts_per_s", decimals: 0),
        FromJson("boomrubinfactor", rubin, "boom.best_over_rubin", decimals: 1),
        FromJson("kowalskirubinfactor", rubin, "kowalski.best_over_rubin", decimals: 1),
        FromJson("boomrubinworkers", rubin, "boom.fewest_workers_for_rubin", decimals: 0),
        FromJson("boomminspeedup", rubin, "boom_speedup.min", decimals: 1),
        FromJson("boommaxspeedup", rubin, "boom_speedup.max", decimals: 1),
    ];

    foreach (var macro in published.Concat(further).Where(macro => macro.Value == null))
        Stage.Warn($@"\{macro.Name} stays XXXXX: there is no {macro.Source}");
    string[] lines =
    [
        Tex.Generated,
        .. published.Select(macro => macro.Definition),
        .. further.SelectMany(macro => new[] { $"% {macro.Source}", macro.Definition }),
    ];
    var alerts = rubin.Number("n_alerts");
    var boomTable = RunsTable("boom", alerts);
    var kowalskiTable = RunsTable("kowalski", alerts);

    Stage.Write("paper/results.tex", Text(lines));
    Stage.Write("paper/tables/boom.tex", Text(boomTable));
    Stage.Write("paper/tables/kowalski.tex", Text(kowalskiTable));

    foreach (var macro in published.Concat(further))
        Console.WriteLine(macro.Definition);
});

string Text(string[] lines) => string.Concat(lines.Select(line => line + "\n"));

// All runs of a system: its workers, and for each run the wall time and the throughput.
string[] RunsTable(string system, double? alerts)
{
    var file = $"results/{system}.csv";
    if (!File.Exists(file))
    {
        Stage.Warn($"{file} does not exist: paper/tables/{system}.tex is XXXXX");
        return [Tex.Generated, "XXXXX"];
    }
    var table = Table.Read(file, "wall_time_s");
    var arguments = table.Columns.Except(WallTime.Columns).ToArray();
    string Throughput(Row row) =>
        alerts is { } number
            ? Numbers.Round(number / row.NumberAboveZero("wall_time_s"), 0)
            : "{XXXXX}";

    // siunitx aligns the numbers of an S column; text stands in braces.
    string Cell(string text) =>
        text != "" && text.All(char.IsAsciiDigit) ? text : $"{{{Tex.Escape(text)}}}";
    string Heading(string argument) =>
        $"{{{Tex.Escape(Regex.Replace(argument, "^n_|_workers$", "").Replace('_', ' '))}}}";
    return
    [
        Tex.Generated,
        $"% {file}: all rows; the throughput is n_alerts of results/rubin.json over wall_time_s",
        $@"\begin{{tabular}}[t]{{{string.Concat(arguments.Select(_ => "S[table-format=2]"))}S[table-format=4]S[table-format=4]}}",
        @"  \toprule",
        $@"  {string.Join(" & ", arguments.Select(Heading))} & {{wall time (s)}} & {{alerts/s}} \\",
        @"  \midrule",
        .. table.Rows.Select(row =>
            $@"  {string.Join(" & ", arguments.Select(argument => Cell(row[argument])))} & {Cell(row["wall_time_s"])} & {Throughput(row)} \\"
        ),
        @"  \bottomrule",
        @"\end{tabular}",
    ];
}

Macro FromJson(string name, ResultFile file, string field, int decimals) =>
    new(
        name,
        file.Number(field) is { } number ? Numbers.Round(number, decimals) : null,
        $"{file.Path}: {field}"
    );

// The largest peak of a container (GiB, whole) among the runs of the reference configuration.
Macro FromMemory(
    string name,
    IEnumerable<Row> memory,
    ResultFile factor,
    string system,
    string container
)
{
    var runs = factor.Texts($"{system}.runs");
    var peaks = memory
        .Where(row => runs.Contains(row["run"]) && row["container"] == container)
        .Select(row => row.Number("peak_gib"))
        .ToArray();
    return new(
        name,
        peaks.Length > 0 ? Numbers.Round(peaks.Max(), 0) : null,
        runs.Length > 0
            ? $"{Memory}: peak_gib of {string.Join(" ", runs)} {container}"
            : $"{factor.Path}: {system}.runs"
    );
}

// A macro of the paper; without a value it stays XXXXX.
record Macro(string Name, string Value, string Source)
{
    public string Definition => Tex.Macro(Name, Value ?? "XXXXX");
}

// A JSON file of results; one that does not exist has nothing in it.
record ResultFile(string Path, JsonNode Root)
{
    public static ResultFile Read(string path)
    {
        try
        {
            return new(
                path,
                File.Exists(path)
                    ? JsonNode.Parse(File.ReadAllText(path), documentOptions: Strict)
                    : null
            );
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path}:{e.LineNumber + 1}: is not valid JSON", e);
        }
    }

    static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    // The number in a field such as "boom.wall_time_s", or null.
    public double? Number(string field) =>
        Field(field) is JsonValue value
        && value.TryGetValue(out double number)
        && Math.Abs(number) < 1e15
            ? number
            : null;

    // The texts in a list.
    public string[] Texts(string field) =>
        Field(field) is JsonArray list ? [.. list.Select(item => $"{item}")] : [];

    JsonNode Field(string field) =>
        field
            .Split('.')
            .Aggregate(Root, (node, name) => node is JsonObject json ? json[name] : null);
}
