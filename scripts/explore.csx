#!/usr/bin/env dotnet-script
#r "nuget: Deedle, 8.1.0"
using System.Globalization;
using Deedle;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;

if (Args.Contains("--help"))
{
    WriteLine(
        """
        The tables of runs as data frames. Made to be edited: change a line, run it again.
        usage: dotnet run pipeline.cs -- scripts/explore.csx
               dotnet script -i scripts/explore.csx    (ends at a prompt, with all of this)
        """
    );
    return 0;
}
var table = Array.Find(["results/boom-runs.csv", "results/kowalski-runs.csv"], File.Exists);
if (table == null)
{
    Error.WriteLine("ERROR: results/boom-runs.csv does not exist; first run collect-boom");
    return 1;
}

// A row a run. Columns of numbers are double, all others string; Deedle itself takes 0, 1 for bool.
Frame<int, string> ReadRuns(string table)
{
    var cells = Frame.ReadCsv(table, inferTypes: false);
    // NA is a blank, as R writes it.
    bool IsNumber(string x) =>
        x is "" or "NA" || double.TryParse(x, CultureInfo.InvariantCulture, out _);
    bool IsOfNumbers(string x) => x != "doubts" && cells.GetColumn<string>(x).Values.All(IsNumber);
    var types = cells.ColumnKeys.Select(x => IsOfNumbers(x) ? $"{x}=float" : $"{x}=string");
    var runs = Frame.ReadCsv(table, schema: string.Join(",", types));
    runs = runs.Where(run => run.Value.TryGetAs<double>("wall_time_s").HasValue); // was read
    bool IsIncomplete(string complete) => complete?.ToLower() == "false"; // pandas writes False
    runs = runs.Where(run => !IsIncomplete(run.Value.TryGetAs<string>("complete").ValueOrDefault));
    runs["per_gib"] = runs["alerts_per_s"] / runs["peak_memory_gib"];
    foreach (var kind in runs.ColumnKeys.Where(x => x.EndsWith("workers")).ToArray())
        runs[kind] = runs[kind].FillMissing(0.0);
    return runs;
}

Frame<object, object> Medians(Frame<int, string> runs, string rows, string columns, string column)
{
    double Median(Frame<int, string> part) => Math.Round(part[column].Median(), 1);
    var pivot = runs.PivotTable<int, string, object, object, double>(rows, columns, Median);
    return pivot.SortRowsByKey().SortColumnsByKey();
}

var runs = ReadRuns(table); // BOOM's, where there are some; for a part of them see the end
var kinds = runs.ColumnKeys.Where(x => x.EndsWith("workers")).ToArray();
var rows = kinds.FirstOrDefault("n_alerts");
var columns = kinds.Length > 1 ? kinds[1] : "n_alerts";
var arguments = File.ReadLines(table).First().Split(',').TakeWhile(x => x != "n_alerts");
var others = string.Join(", ", arguments.Except(["run", rows, columns]));
WriteLine($"Wall time (s) of {runs.RowCount} runs by {rows} and {columns}, medians over {others}");
Medians(runs, rows, columns, "wall_time_s").Print();
WriteLine("Alerts/s per GiB, the same");
Medians(runs, rows, columns, "per_gib").Print();
WriteLine("Wall time with the most workers of a kind over that with the fewest, other kinds alike");
foreach (var kind in kinds.Where(kind => runs[kind].Max() > runs[kind].Min()))
{
    var alike = runs.Rows.Select(run => $"{run.Value.GetItems(kinds.Except([kind]))}");
    runs.ReplaceColumn("others", alike);
    var times = Medians(runs, "others", kind, "wall_time_s");
    var ratios = times.GetColumnAt<double>(times.ColumnCount - 1) / times.GetColumnAt<double>(0);
    WriteLine($"{kind}: {ratios.Mean():0.00}");
}

WriteLine($"The runs with the most {rows}"); // or: GetAs<double>("n_alert_workers") == 3
var most = runs.Where(run => run.Value.GetAs<double>(rows) == runs[rows].Max());
most.Columns[[.. kinds, "wall_time_s"]].Print();
