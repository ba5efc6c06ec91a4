#!/usr/bin/env dotnet-script
#r "nuget: Deedle, 7.0.0"

// The results as data frames, to look at them from all sides. Written to be edited: change a line,
// run it again. It writes nothing.
//
//     dotnet script scripts/explore.csx

using Deedle;

const double Alerts = 29_142; // n_alerts in calkit.yaml

// ---- The tables, as the notebook's last cells showed them

var boom = Frame.ReadCsv("results/boom.csv");
var kowalski = Frame.ReadCsv("results/kowalski.csv");

WriteLine("BOOM");
boom.Print();
WriteLine("Kowalski");
kowalski.Print();

// ---- Two more columns: all workers, and the throughput (alerts/s)

var workers =
    boom.GetColumn<double>("n_alert_workers")
    + boom.GetColumn<double>("n_ml_workers")
    + boom.GetColumn<double>("n_filter_workers");
boom.AddColumn("n_workers", workers);
boom.AddColumn(
    "alerts_per_s",
    boom.GetColumn<double>("wall_time_s").Select(run => Alerts / run.Value)
);
kowalski.AddColumn(
    "alerts_per_s",
    kowalski.GetColumn<double>("wall_time_s").Select(run => Alerts / run.Value)
);

// ---- Some of the runs: those with six alert workers

WriteLine("BOOM with six alert workers");
Frame.FromRows(boom.Rows.Where(run => run.Value.GetAs<int>("n_alert_workers") == 6)).Print();

// ---- The best configuration of BOOM for each number of workers

var best = boom
    .Rows.Observations.Select(run => run.Value)
    .Select(run => new
    {
        Workers = run.GetAs<double>("n_workers"),
        Alert = run.GetAs<int>("n_alert_workers"),
        Ml = run.GetAs<int>("n_ml_workers"),
        Filter = run.GetAs<int>("n_filter_workers"),
        WallTimeS = run.GetAs<double>("wall_time_s"),
        AlertsPerS = run.GetAs<double>("alerts_per_s"),
    })
    .GroupBy(run => run.Workers)
    .OrderBy(runs => runs.Key)
    .Select(runs => runs.MaxBy(run => run.AlertsPerS))
    .ToArray();

WriteLine("The best configuration of BOOM for each number of workers");
Frame.FromRecords(best).Print();

// ---- Wall times (s) over alert workers (rows) and ML workers (columns), means over filter workers

WriteLine("Wall time (s) over alert workers and ML workers");
boom.PivotTable<int, string, int, int, double>(
        "n_alert_workers",
        "n_ml_workers",
        runs => runs.GetColumn<double>("wall_time_s").Values.Average()
    )
    .Print();

// ---- BOOM's speed-up over Kowalski, where both have the same number of workers

var speedup = best.Join(
    kowalski.Rows.Observations.Select(run => run.Value),
    ofBoom => ofBoom.Workers,
    ofKowalski => ofKowalski.GetAs<double>("n_workers"),
    (ofBoom, ofKowalski) =>
        new { ofBoom.Workers, Speedup = ofKowalski.GetAs<double>("wall_time_s") / ofBoom.WallTimeS }
);

WriteLine("BOOM's speed-up over Kowalski");
Frame.FromRecords(speedup).Print();
