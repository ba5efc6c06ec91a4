#!/usr/bin/env dotnet-script
#r "nuget: CsvHelper, 33.1.0"
#r "nuget: MathNet.Numerics, 5.0.0"
#load "../shared/helpers.csx"
#load "../shared/runs.csx"
#load "../shared/statistics.csx"
#nullable enable
using System.Globalization;
using System.Text.Json.Nodes;

const string Help = """
    Is it slower than before? Two campaigns, configuration by configuration: on the screen, in
    comparison.csv and comparison.json. Each directory holds boom-runs.csv or kowalski-runs.csv, or
    the notebook's boom.csv or kowalski.csv. What a verdict means says shared/statistics.csx.

      --before DIR         the campaign before
      --after DIR          the campaign after [results]
      --column NAME        what is compared: a number of the tables of runs [processing_time_s where
                           both campaigns tell it, else exact_wall_time_s, else wall_time_s]. More of
                           it is slower, but for throughputs (alerts_per_s): there, less is
      --tolerance PERCENT  how much slower or faster is no difference [5]
      --fail               exit code 3 where a configuration, or all together, are slower; never from
                           runs that are not repeated
      --output DIR         the directory of comparison.csv and comparison.json [results]
    """;

var isSlower = false;
var exitCode = Script.Run(Args, Help, Main);
return exitCode == 0 && isSlower ? 3 : exitCode;

void Main(Options options)
{
    var before = options["--before"] ?? throw new UsageException("--before is missing");
    var after = options["--after"] ?? "results";
    var column = options["--column"];
    var tolerance = Tolerance(options);
    Campaigns[] systems = [Read("boom", before, after), Read("kowalski", before, after)];
    var compared = systems.Select(system => Compare(system, column, tolerance)).ToArray();
    var all = compared.OfType<Comparison>().ToArray();
    if (all.Length == 0)
        throw NothingToCompare(systems, before, after, column);

    Array.ForEach(all, Print);
    var andTell = column == null ? "" : $" and tell {column}";
    foreach (var other in systems.Select(x => x.System).Except(all.Select(one => one.System)))
        Console.WriteLine($"{other}: not compared, since not both have runs that count{andTell}");
    foreach (var one in all)
        PrintVerdict(one);
    foreach (var one in all)
        PrintWhatIsNeeded(one, tolerance);
    Write(options.Output, after, tolerance, all);

    if (options["--fail"] == null)
        return;
    foreach (var one in all.Where(one => !one.Noise.IsKnown))
        Script.Warn($"--fail: {one.System}: nothing is repeated, so that nothing can fail");
    isSlower = all.Any(one => one.IsSlower);
}

double Tolerance(Options options)
{
    var text = options["--tolerance"] ?? "5";
    var isNumber = double.TryParse(text, NumberStyles.AllowDecimalPoint, null, out var percent);
    return isNumber && percent < 100
        ? percent
        : throw new UsageException($"--tolerance is {text}, expected a number of percent");
}

// The runs of a system that count, in both campaigns.
Campaigns Read(string system, string before, string after)
{
    var (tableBefore, tableAfter) = (TableIn(before, system), TableIn(after, system));
    var runsBefore = ReadRuns(tableBefore, system);
    return new(system, tableBefore, tableAfter, runsBefore, ReadRuns(tableAfter, system));
}

// The table of runs, else the notebook's, else "".
string TableIn(string directory, string system)
{
    string[] tables = [$"{directory}/{system}-runs.csv", $"{directory}/{system}.csv"];
    return Array.Find(tables, File.Exists) ?? "";
}

Run[] ReadRuns(string table, string system)
{
    if (table == "")
        return [];
    string[] needed = table.EndsWith("-runs.csv") ? ["run", "n_alerts"] : [];
    var runs = Table.RunsOf(table, $"collect-{system}", [.. needed, "wall_time_s"]);
    Warn(table, "not read, counts nowhere", runs.Where(run => !run.IsRead));
    Warn(table, "incomplete, counts nowhere", runs.Where(run => run.IsRead && !run.Counts));
    var counting = runs.Where(run => run.Counts).ToArray();
    Warn(table, "times may be wrong, see doubts", counting.Where(run => run.Doubts.Length > 0));
    return counting;
}

void Warn(string of, string what, IEnumerable<Run> runs)
{
    if (Script.Several(runs.Select(run => run.Directory)) is not "" and var several)
        Script.Warn($"{of}: {what}: {several}");
}

InvalidDataException NothingToCompare(
    Campaigns[] systems,
    string before,
    string after,
    string? column
)
{
    var message = $"{before} and {after} have no runs of the same system that count";
    var facts = systems.SelectMany(system => system.All).SelectMany(run => run.Facts).Distinct();
    var there = $" and tell {column}; there is {string.Join(", ", facts)}";
    return new(column == null ? message : message + there);
}

// Null where not both campaigns have runs that count and tell what is compared.
Comparison? Compare(Campaigns system, string? column, double tolerance)
{
    // What a change of BOOM can change. A wall time ends with docker's ten seconds, and with whatever is
    // logged while idle.
    string[] columns = ["processing_time_s", "exact_wall_time_s", "wall_time_s"];
    column ??= Array.Find(columns, system.BothTell);
    if (column == null || !system.BothTell(column))
        return null;
    var isBlank = $"{column} is blank, left out";
    Warn(system.TableBefore, isBlank, system.Before.Where(run => !run.Tells(column)));
    Warn(system.TableAfter, isBlank, system.After.Where(run => !run.Tells(column)));
    var configurations = Configurations(system, column);
    if (!configurations.Exists(one => one.Runs.IsInBoth))
        throw new InvalidDataException(
            $"{system.TableBefore}: {configurations[^1].Text} and all others are not in {system.TableAfter}"
        );
    return Judge(system, column, configurations, tolerance);
}

Comparison Judge(Campaigns system, string column, List<Row> configurations, double tolerance)
{
    var runs = configurations.Select(one => one.Runs).ToArray();
    // The repetitions of configurations that are not compared tell the noise, too.
    var noise = Noise.Pooled([.. runs.Select(one => one.Before), .. runs.Select(one => one.After)]);
    var inBoth = runs.Where(one => one.IsInBoth).ToArray();
    var campaign = noise.IsKnown
        ? Ratios.OfCampaign(inBoth, noise)
        : Ratios.OfCampaignByScatter(inBoth);

    var moreIsBetter = column.StartsWith("alerts_per_") || column.EndsWith("_per_s");
    string Verdict(Estimate? ratio) =>
        ratio == null ? "" : Statistics.Verdict(ratio, tolerance, moreIsBetter);
    var ratios = Ratios.OfConfigurations(runs, noise);
    var rows = configurations.Zip(
        ratios,
        (one, ratio) => one with { Ratio = ratio, Verdict = Verdict(ratio) }
    );
    var kinds = Configuration.Of(system.After).Select(one => $"[{one.KindsAndConditions}]");
    return new(
        system.System,
        column,
        [.. kinds.Distinct()],
        [.. rows],
        noise,
        campaign,
        Verdict(campaign)
    );
}

// The configurations of both campaigns, in the order of the sweep after, those of before alone last.
List<Row> Configurations(Campaigns system, string column)
{
    var names = SharedArguments(system);
    string Text(Run run) => Run.TextOf(names.Select(x => KeyValuePair.Create(x, run.Cell(x))));
    var before = system.Before.Where(run => run.Tells(column)).ToLookup(Text);
    var after = system.After.Where(run => run.Tells(column)).ToLookup(Text);
    Repetitions Of(IEnumerable<Run> runs) =>
        Repetitions.Of(runs.Select(run => run.PositiveNumber(column)).OfType<double>());
    var texts = after.Concat(before).Select(runs => runs.Key).Distinct();
    return [.. texts.Select(text => new Row(text, new(Of(before[text]), Of(after[text]))))];
}

// The arguments by which configurations are matched: those of both campaigns.
string[] SharedArguments(Campaigns system)
{
    var nights = system.All.Select(run => run.Cell("n_alerts")).Where(night => night != "");
    var isOfOneNight = nights.Distinct().Count() <= 1;
    var had = ArgumentsOf(system.Before, isOfOneNight);
    var has = ArgumentsOf(system.After, isOfOneNight);
    string[] gone = [.. had.Except(has)];
    string[] added = [.. has.Except(had)];
    if (gone.Length + added.Length == 0)
        return has;

    var (before, after) = (system.TableBefore, system.TableAfter);
    var (onlyBefore, onlyAfter) = (Script.Several(gone), Script.Several(added));
    var alone = $"{before}: only here [{onlyBefore}], only in {after} [{onlyAfter}]";
    var areVaried =
        gone.Any(name => IsVaried(system.Before, name))
        || added.Any(name => IsVaried(system.After, name));
    if (areVaried)
        throw new InvalidDataException(
            $"{alone}: give one the other's name in the first line, or keep runs of one value"
        );
    Script.Warn($"{alone}: ignored, each has one value");
    return [.. has.Intersect(had)];
}

string[] ArgumentsOf(Run[] runs, bool isOfOneNight)
{
    var names = runs[0].Arguments.Keys.Except(["repetition", "n_alerts"]);
    var needsNight = !isOfOneNight && runs[0].Tells("n_alerts");
    return needsNight ? [.. names, "n_alerts"] : [.. names];
}

bool IsVaried(Run[] runs, string argument) =>
    runs.Select(run => run.Cell(argument)).Distinct().Count() > 1;

void Print(Comparison one)
{
    string[] heading =
    [
        $"{one.System}: {one.Column}",
        .. "before,after,runs,ratio,95 %,verdict".Split(','),
    ];
    var shown = one.Rows.OrderBy(row => row.Ratio == null); // those of one campaign last
    Script.PrintTable([heading, .. shown.Select(Cells)]);
}

string[] Cells(Row row) =>
    [
        row.Text,
        ThreeDigits(row.Runs.Before.GeometricMean),
        ThreeDigits(row.Runs.After.GeometricMean),
        $"{row.Runs.Before.N}, {row.Runs.After.N}",
        Numbers.Shown(row.Ratio?.Value, 2),
        row.Ratio?.Interval(2) ?? "",
        row.Verdict,
    ];

// A number above 0 with at least three digits: 0.826, 75.3, 2542.
string ThreeDigits(double? number)
{
    var beforePoint = (int)Math.Floor(Math.Log10(number ?? 1)) + 1;
    return Numbers.Shown(number, Math.Clamp(3 - beforePoint, 0, 15));
}

// The verdict on the whole campaign, and how many configurations have which.
void PrintVerdict(Comparison one)
{
    var ratio = $"{one.System}: ratio {one.Campaign.Text(3)}";
    if (one.From == "scatter")
        ratio += $" from the scatter of {one.NConfigurations} ratios";
    string Count(string verdict) => $"{one.Rows.Count(row => row.Verdict == verdict)} {verdict}";
    string[] verdicts = ["slower", "faster", "alike", "not known"];
    var counts = one.Noise.IsKnown ? $"; {string.Join(", ", verdicts.Select(Count))}" : "";
    Console.WriteLine($"{ratio}, {one.Verdict}{counts}");
}

// How noisy runs are, and how many of them would tell more.
void PrintWhatIsNeeded(Comparison one, double tolerance)
{
    if (one.Kinds.Length > 1)
        Console.WriteLine($"{one.System}: taken together: {Script.Several(one.Kinds)}");
    if (!one.Noise.IsKnown)
    {
        Console.WriteLine($"{one.System}: {one.Noise.Warning}; take 3 of each");
        return;
    }
    var noise = Numbers.Shown(Statistics.Percent(one.Noise.Sd), 1);
    var known = $"{one.Noise.DegreesOfFreedom} degrees of freedom";
    Console.WriteLine($"{one.System}: the noise of a run is {noise} % ({known})");
    var single = one.InBoth.Where(row => row.Runs.Before.N == 1 || row.Runs.After.N == 1);
    if (Script.Several(single.Select(row => row.Text)) is not "" and var several)
        Console.WriteLine(
            $"{one.System}: one run on a side, the noise is that of others: {several}"
        );
    if (one.Noise.Warning is { } warning)
        Console.WriteLine($"{one.System}: {warning}");
    else
        Console.WriteLine($"{one.System}: {Difference(one, tolerance)}");
}

// The difference that would be seen in any of the configurations.
string Difference(Comparison one, double tolerance)
{
    var nCompared = one.NConfigurations;
    var variance = one.InBoth.Max(row => row.Runs.Variance);
    var seen = Statistics.Percent(one.Noise.SmallestSeen(nCompared)!.Value * Math.Sqrt(variance));
    var text = $"a difference of {Math.Ceiling(seen)} % would be seen with these runs";
    if (seen > 100 * Statistics.WidestInterval)
        text = "no difference would be seen with these runs";
    if (seen <= tolerance || tolerance == 0)
        return text;
    var needed = one.Noise.RunsNeeded(tolerance, nCompared);
    var take = needed == null ? $"more than {Statistics.MostRuns}" : $"{needed}";
    return $"{text}; for {Numbers.Exact(tolerance)} % take {take} of each";
}

void Write(string output, string after, double tolerance, Comparison[] all)
{
    const string Columns =
        "system,configuration,column,before,after,n_before,n_after,ratio,ratio_low,ratio_high,verdict";
    var csv = Table.Csv([Columns.Split(','), .. all.SelectMany(CsvRows)]);
    // Of other tables than those of the project, the page shows nothing.
    var isOfProject = Path.TrimEndingDirectorySeparator(after) == "results";
    var results = new JsonObject
    {
        ["tolerance_percent"] = tolerance,
        ["made_from"] = isOfProject ? Table.MadeFrom() : [],
    };
    foreach (var one in all)
        results[one.System] = new JsonObject
        {
            ["column"] = one.Column,
            ["n_configurations"] = one.NConfigurations,
            ["noise"] = one.Noise.IsKnown ? one.Noise.Sd : null,
            ["degrees_of_freedom"] = one.Noise.DegreesOfFreedom,
            ["ratio"] = one.Campaign.Value,
            ["ratio_low"] = one.Campaign.Low,
            ["ratio_high"] = one.Campaign.High,
            ["from"] = one.From,
            ["verdict"] = one.Verdict,
        };
    Script.Write(
        ($"{output}/comparison.csv", csv),
        ($"{output}/comparison.json", Json.Text(results))
    );
}

IEnumerable<string[]> CsvRows(Comparison one)
{
    static string Cell(double? number) => number == null ? "" : Numbers.Exact(number.Value);
    static string Count(Repetitions runs) => runs.N == 0 ? "" : $"{runs.N}";
    foreach (var row in one.Rows)
        yield return
        [
            one.System,
            row.Text,
            one.Column,
            Cell(row.Runs.Before.GeometricMean),
            Cell(row.Runs.After.GeometricMean),
            Count(row.Runs.Before),
            Count(row.Runs.After),
            Cell(row.Ratio?.Value),
            Cell(row.Ratio?.Low),
            Cell(row.Ratio?.High),
            row.Verdict,
        ];
}

/// <summary>The runs of a system that count, in two campaigns, and the tables that they stand in.</summary>
record Campaigns(string System, string TableBefore, string TableAfter, Run[] Before, Run[] After)
{
    public Run[] All => [.. Before, .. After];

    public bool BothTell(string column) =>
        Array.Exists(Before, run => run.Tells(column))
        && Array.Exists(After, run => run.Tells(column));
}

/// <summary>A configuration in two campaigns.</summary>
record Row(string Text, BeforeAfter Runs, Estimate? Ratio = null, string Verdict = "");

/// <summary>Two campaigns of a system.</summary>
/// <param name="Column">What is compared.</param>
/// <param name="Kinds">The kinds and conditions that are taken together.</param>
record Comparison(
    string System,
    string Column,
    string[] Kinds,
    Row[] Rows,
    Noise Noise,
    Estimate Campaign,
    string Verdict
)
{
    public IEnumerable<Row> InBoth => Rows.Where(row => row.Runs.IsInBoth);
    public int NConfigurations => InBoth.Count();

    /// <summary>What the interval of the campaign's ratio comes from, null without one.</summary>
    public string? From
    {
        get
        {
            if (Noise.IsKnown)
                return "repetitions";
            return Campaign.Low == null ? null : "scatter";
        }
    }

    public bool IsSlower =>
        Noise.IsKnown && (Verdict == "slower" || Rows.Any(row => row.Verdict == "slower"));
}
