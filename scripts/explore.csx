#!/usr/bin/env dotnet-script
#r "nuget: Deedle, 8.1.0"

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

// ---- The runs that count, by their directory

Frame<string, string> Runs(string table)
{
    var runs = Frame.ReadCsv(table).IndexRows<string>("run");
    return runs.ColumnKeys.Contains("complete")
        ? runs.Where(run => $"{run.Value.TryGetObservation("complete").Value.Value}" != "False")
        : runs;
}

var boom = Runs("results/boom-runs.csv");
var kowalski = Runs("results/kowalski-runs.csv");

// ---- What they are run with: n_alert_workers, n_ml_workers, …

string[] Workers(Frame<string, string> runs) =>
    runs.ColumnKeys.Where(name => name.StartsWith("n_") && name.EndsWith("workers")).ToArray();

foreach (var runs in new[] { boom, kowalski })
    runs.AddColumn(
        "n_workers_in_all",
        Workers(runs)
            .Select(name => runs.GetColumn<double>(name).FillMissing(0.0))
            .Aggregate((a, b) => a + b)
    );

// ---- Wall times (s) over the first two kinds of workers, means over all else

var kinds = Workers(boom);
var (rows, columns) = (kinds[0], kinds[Math.Min(1, kinds.Length - 1)]);
WriteLine($"Wall time (s) over {rows} (rows) and {columns} (columns)");
boom.PivotTable<string, string, int, int, double>(
        rows,
        columns,
        runs => Math.Round(runs.GetColumn<double>("wall_time_s").Mean(), 1)
    )
    .Print();

// ---- What a GiB of memory is good for: alerts/s per GiB, the best for each number of workers

Series<double, double> PerGib(Frame<string, string> runs)
{
    var rates = runs.GetColumn<double>("alerts_per_s") / runs.GetColumn<double>("peak_memory_gib");
    runs.ReplaceColumn("alerts_per_s_per_gib", rates);
    return runs.GroupRowsBy<double>("n_workers_in_all")
        .GetColumn<double>("alerts_per_s_per_gib")
        .MaxLevel(key => key.Item1)
        .SortByKey();
}

WriteLine("Alerts/s per GiB over the number of workers, where both systems have it");
var perGib = Frame.FromColumns(
    new[]
    {
        KeyValuePair.Create("BOOM", PerGib(boom)),
        KeyValuePair.Create("Kowalski", PerGib(kowalski)),
    }
);
perGib.DropSparseRows().Print();

// ---- Which kind of worker does the wall time depend on? Among runs that are alike but for one
// ---- kind: the wall time with the most of these workers over that with the fewest, on average.

WriteLine("The wall time with the most workers of a kind over that with the fewest, else alike");
var dependence = kinds.Select(kind =>
{
    var ratios = boom
        .Rows.Observations.Select(run => run.Value)
        .GroupBy(run =>
            string.Join(" ", kinds.Where(other => other != kind).Select(other => run.Get(other)))
        )
        .Select(alike => alike.OrderBy(run => run.GetAs<double>(kind)).ToArray())
        .Where(alike => alike.Length > 1)
        .Select(alike =>
            alike[^1].GetAs<double>("wall_time_s") / alike[0].GetAs<double>("wall_time_s")
        )
        .ToArray();
    return new
    {
        Kind = kind,
        Ratio = Math.Round(ratios.DefaultIfEmpty(double.NaN).Average(), 2),
        Comparisons = ratios.Length,
    };
});
Frame.FromRecords(dependence).Print();
