#!/usr/bin/env dotnet-script
#r "nuget: CsvHelper, 33.0.1"
#r "nuget: Deedle, 8.1.0"
#load "../shared/helpers.csx"
#load "../shared/screen.csx"
#load "../shared/files.csx"
#load "../shared/benchmark-run.csx"
#load "../shared/configuration.csx"

using Deedle;

if (Args.Contains("--help"))
{
    WriteLine(
        """
        The tables of runs as data frames, to look at them from all sides. Written to be edited: change
        a line, run it again. It writes nothing, and is not a stage.

        usage: dotnet run pipeline.cs -- scripts/explore.csx
               dotnet script -i scripts/explore.csx    (ends at a prompt, with all that is defined here)
        """
    );
    return 0;
}

// ---- A row for each configuration: its arguments, as text, "-" for a blank, and medians over its
// ---- complete runs. "conditions", the arguments but the workers, tell machines and nights apart.

Frame<int, string> Configurations(string system)
{
    var table = $"results/{system}-runs.csv";
    var all = Configuration.Of(RunsTable.Read(system, table)).Where(one => one.Runs.Count > 0);
    if (!all.Any())
        throw new InvalidDataException($"{table}: there is no complete run");
    return Frame.FromRows(all.Select(Row));
}

Series<string, object> Row(Configuration configuration)
{
    var arguments = configuration.Arguments.ToDictionary();
    arguments["n_alerts"] = $"{configuration.NAlerts}";
    var row = new SeriesBuilder<string, object>();
    foreach (var (name, value) in arguments)
        row.Add(name, value == "" ? "-" : value);
    var others = arguments.Where(x => !BenchmarkRun.IsOfWorkers(x.Key));
    row.Add("conditions", Configuration.TextOf(others));
    row.Add("n_workers_in_all", (int)configuration.NWorkers);
    row.Add("wall_time_s", configuration.WallTimeS.Median);
    var perGib = configuration.SpreadOf(run => run.AlertsPerS / run.PeakMemoryGib);
    row.Add("alerts_per_s_per_gib", perGib == null ? double.NaN : perGib.Median);
    return row.Series;
}

var systems = new Dictionary<string, Frame<int, string>>();
try
{
    // A project may have one system only.
    if (Path.Exists("results/boom-runs.csv") || !Path.Exists("results/kowalski-runs.csv"))
        systems["BOOM"] = Configurations("boom");
    if (Path.Exists("results/kowalski-runs.csv"))
        systems["Kowalski"] = Configurations("kowalski");
}
// The second where an argument is called as a column that is added here.
catch (Exception e) when (e is InvalidDataException or ArgumentException)
{
    Console.Error.WriteLine($"ERROR: {e.Message}");
    return 1;
}
var configurations = systems.Values.First();

// ---- Wall times (s) over the first two kinds of workers that vary, means over other workers

string[] Values(Frame<int, string> frame, string column) =>
    [.. frame.GetColumn<string>(column).Values.Distinct().OrderBy(x => x.Length).ThenBy(x => x)];

double Mean(Frame<int, string> cell) => Math.Round(cell.GetColumn<double>("wall_time_s").Mean(), 1);

var workers = configurations.ColumnKeys.Where(BenchmarkRun.IsOfWorkers);
var kinds = workers.OrderBy(kind => Values(configurations, kind).Length == 1).ToArray();
var rows = kinds[0];
var columns = kinds.ElementAtOrDefault(1) ?? "conditions";
var means = kinds.Length > 2 ? $", means over {string.Join(", ", kinds[2..])}" : "";
foreach (var (where, part) in configurations.GroupRowsBy<string>("conditions").Nest().Observations)
{
    WriteLine($"Wall time (s) over {rows} (rows) and {columns} (columns){means}; {where}");
    var pivot = part.PivotTable<int, string, string, string, double>(rows, columns, Mean);
    pivot.Columns[Values(part, columns)].Rows[Values(part, rows)].Print();
}

// ---- What a GiB of memory is good for: alerts/s per GiB, the best for each number of workers

Series<Tuple<string, int>, double> PerGib(Frame<int, string> configurations) =>
    configurations
        .GroupRowsBy<string>("conditions")
        .GroupRowsBy<int>("n_workers_in_all")
        .GetColumn<double>("alerts_per_s_per_gib")
        .MaxLevel(key => Tuple.Create(key.Item2.Item1, key.Item1));

WriteLine("Alerts/s per GiB over the number of workers, where all systems have it");
var perGib = Frame.FromColumns(systems.Select(x => KeyValuePair.Create(x.Key, PerGib(x.Value))));
perGib.DropSparseRows().SortRowsByKey().Print();

// ---- Which kind of worker does the wall time depend on? Among configurations that are alike but for
// ---- one kind: the wall time with the most of these workers over that with the fewest, on average.

WriteLine("The wall time with the most workers of a kind over that with the fewest, else alike");

double MostOverFewest(Series<int, double> times) =>
    times.KeyCount > 1 ? times.LastValue() / times.FirstValue() : double.NaN;

string[] fact = ["wall_time_s"];
var varying = kinds.Where(kind => Values(configurations, kind).Count(x => x != "-") > 1);
var dependence = varying.Select(kind =>
{
    string[] others = [.. kinds.Except([kind]), "conditions"];
    var all = configurations
        .Where(one => one.Value.GetAs<string>(kind) != "-")
        .SortRowsBy(kind, (string number) => int.Parse(number))
        .AggregateRowsBy<double, double>(others, fact, MostOverFewest)
        .GetColumn<double>("wall_time_s");
    return new
    {
        Kind = kind,
        Ratio = Math.Round(all.Mean(), 2),
        Comparisons = all.ValueCount,
    };
});
Frame.FromRecords(dependence).Print();
