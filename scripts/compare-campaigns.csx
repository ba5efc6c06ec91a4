#!/usr/bin/env dotnet-script
#r "nuget: CsvHelper, 33.0.1"
#load "../shared/helpers.csx"
#load "../shared/runs.csx"
#nullable enable

const string Help = """
    Is it slower than before? Wall times of two campaigns, on the screen and in comparison.csv. Each
    directory holds boom-runs.csv or kowalski-runs.csv, or the notebook's boom.csv or kowalski.csv.

      --before DIR         the campaign before
      --after DIR          the campaign after [results]
      --tolerance PERCENT  how much of the wall time before is no difference [5]
      --fail               exit code 3 where a configuration is slower
      --output DIR         the directory of comparison.csv [results]
    """;

var (csv, tolerance, isSlower) = (new List<string[]>(), 0.0, false);
return Math.Max(Script.Run(Args, Help, Main), isSlower ? 3 : 0);

void Main(Options options)
{
    var before = options["--before"] ?? throw new UsageException("--before is missing");
    var (after, percent) = (options["--after"] ?? "results", options["--tolerance"] ?? "5");
    if (
        !double.TryParse(percent, out tolerance)
        || tolerance is not (>= 0 and < 100)
        || percent.Contains(',')
    )
        throw new UsageException($"--tolerance is {percent}, expected a number of percent");
    var lastLines = new List<string>();
    foreach (var system in new[] { "boom", "kowalski" })
        if (Runs(system, before) is [_, ..] one && Runs(system, after) is [_, ..] other)
            lastLines.Add($"{system}: {Compare(system, one, other)}");
        else
            lastLines.Add($"{system}: not compared, since not both have runs that count");
    if (csv.Count == 0)
        throw new InvalidDataException($"{before} and {after} have no runs of the same system");
    if (csv.Any(row => row[^1] != "" && row[4..6].Contains("1"))) // n_before, n_after
        Console.WriteLine("one run each: noise is not known");
    lastLines.ForEach(Console.WriteLine);
    const string Columns =
        "system configuration before_wall_time_s after_wall_time_s n_before n_after ratio ratio_min ratio_max verdict";
    var (path, table) = ($"{options.Output}/comparison", Table.Csv([Columns.Split(' '), .. csv]));
    var madeFrom = after == "results" ? Table.MadeFrom() : []; // else the page does not show it
    Script.Write(($"{path}.csv", table), ($"{path}.json", Json.Text(new { tolerance, madeFrom })));
    isSlower = options["--fail"] != null && csv.Any(row => row[^1] == "slower");
}

Run[] Runs(string system, string directory)
{
    var runs = new List<Run>();
    string[] tables = [$"{directory}/{system}-runs.csv", $"{directory}/{system}.csv"];
    var table = tables.FirstOrDefault(File.Exists);
    foreach (var row in table == null ? [] : Table.Rows(table, ""))
    {
        var end = row.IndexOf("n_alerts") + 1;
        var arguments = row.Take(end > 0 ? end : row.IndexOf("start_time")).ToDictionary();
        var run = new Run(row.GetValueOrDefault("run", ""), arguments) { Place = table! };
        foreach (var (column, text) in row)
            run[column] = text;
        if (run.Problem != null)
            Script.Warn($"{table}: {run.Problem} {run.Cell("doubts")}".TrimEnd());
        runs.Add(run);
    }
    return [.. runs.Where(run => run.Counts)];
}

// Prints the table of a system, in the order of the sweep after, and returns its last line.
string Compare(string system, Run[] before, Run[] after)
{
    var names = SharedArguments([.. before, .. after]);
    string Text(Run run) => Run.TextOf(names.Select(x => KeyValuePair.Create(x, run.Cell(x))));
    var befores = before.ToLookup(Text, run => run.Number("wall_time_s"));
    var afters = after.ToLookup(Text, run => run.Number("wall_time_s"));
    var (table, below, ratios) = (new List<string[]>(), new List<string[]>(), new List<double?>());
    foreach (var text in afters.Concat(befores).Select(runs => runs.Key).Distinct())
    {
        var (one, other) = (Spread.Of(befores[text]), Spread.Of(afters[text]));
        var ratio = Spread.Ratio(other, one);
        var verdict = Verdict(ratio);
        string[] row = [text, $"{one?.Median}", $"{other?.Median}", $"{one?.N}", $"{other?.N}"];
        csv.Add([system, .. row, $"{ratio?.Median}", $"{ratio?.Min}", $"{ratio?.Max}", verdict]);
        (ratio == null ? below : table).Add([.. row, $"{ratio?.Text(2)}", verdict]);
        ratios.Add(ratio?.Median);
    }
    if (table.Count == 0)
        throw before[0].Error($"{Text(before[0])} and all others are not in {after[0].Place}");
    string[] head = [$"{system}: wall time (s)", .. "before after runs runs ratio verdict".Split()];
    Script.PrintTable([head, .. table, .. below]);
    int Count(string verdict) => table.Count(row => row[^1] == verdict);
    var counts = $"{Count("slower")} slower, {Count("faster")} faster, {Count("~")} alike";
    return $"median ratio {Numbers.Shown(Spread.Of(ratios)?.Median, 2)}, {counts}";
}

// The arguments by which configurations are matched. The runs before are the first.
string[] SharedArguments(Run[] runs)
{
    string[] Values(string name) =>
        [.. runs.Select(run => run.Arguments.GetValueOrDefault(name)).OfType<string>().Distinct()];
    string[] others = ["run", "repetition", Values("n_alerts").Length > 1 ? "" : "n_alerts"];
    string[] had = [.. runs[0].Arguments.Keys.Except(others)];
    string[] has = [.. runs[^1].Arguments.Keys.Except(others)];
    var (gone, added) = (had.Except(has).ToArray(), has.Except(had).ToArray());
    var (one, other) = (runs[0].Place, runs[^1].Place);
    var alone = $"only here [{Script.Several(gone)}], only in {other} [{Script.Several(added)}]";
    var rename = $"'s/{gone.FirstOrDefault("OLD")}/{added.FirstOrDefault("NEW")}/' {one}";
    if (gone.Concat(added).Any(name => Values(name).Length > 1))
        throw runs[0].Error($"{alone}: rename one (sed -i {rename}) or keep runs of one value");
    if (gone.Length + added.Length > 0)
        Script.Warn($"{one}: {alone}: ignored, each has one value");
    return [.. has.Intersect(had)];
}

string Verdict(Spread? ratio) =>
    ratio == null ? ""
    : ratio is { N: > 1, Min: <= 1, Max: >= 1 } ? "~" // The ranges overlap.
    : Math.Abs(ratio.Median - 1) <= tolerance / 100 + 1e-9 ? "~" // A ratio is not exact.
    : ratio.Median > 1 ? "slower"
    : "faster";
