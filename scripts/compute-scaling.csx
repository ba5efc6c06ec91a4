#!/usr/bin/env dotnet-script
#r "nuget: CsvHelper, 33.0.1"
#r "nuget: YamlDotNet, 16.3.0"
#load "../shared/helpers.csx"

// How the throughput grows with the number of workers, results/scaling.csv, and what that means for
// the alerts of the Rubin Observatory, results/rubin.json.
//
//     dotnet script scripts/compute-scaling.csx
//
// As in the notebook's scaling figure: a throughput is n_alerts over wall_time_s, the number of
// workers the sum over all columns n_…workers, and of the runs with the same number the best counts.
// A run that is incomplete in results/checks.csv is left out.

using System.Text.Json.Nodes;

const string Checks = "results/checks.csv";

return Stage.Run(() =>
{
    new CommandLine(Args, "compute-scaling.csx").NoWords();
    var alerts = Sweep.Parameter("calkit.yaml", "n_alerts");
    var rubinRate =
        Sweep.Parameter("calkit.yaml", "rubin_alerts")
        / Sweep.Parameter("calkit.yaml", "rubin_interval_s");
    var boom = BestOfEachNumber("boom", alerts);
    var kowalski = BestOfEachNumber("kowalski", alerts);

    // BOOM's speed-up over Kowalski at each number of workers that both have.
    var speedups = boom.Join(
            kowalski,
            ofBoom => ofBoom.Workers,
            ofKowalski => ofKowalski.Workers,
            (ofBoom, ofKowalski) => (ofBoom.Workers, Value: ofKowalski.WallTime / ofBoom.WallTime)
        )
        .ToArray();

    var rubin = new JsonObject
    {
        ["n_alerts"] = alerts,
        ["rubin_alerts_per_s"] = rubinRate,
        ["boom"] = AgainstRubin(boom, rubinRate),
        ["kowalski"] = AgainstRubin(kowalski, rubinRate),
        ["boom_speedup"] = new JsonObject
        {
            ["min"] = speedups.Length == 0 ? null : speedups.Min(speedup => speedup.Value),
            ["max"] = speedups.Length == 0 ? null : speedups.Max(speedup => speedup.Value),
            ["by_n_workers"] = new JsonObject(
                speedups.Select(speedup =>
                    KeyValuePair.Create($"{speedup.Workers}", (JsonNode)speedup.Value)
                )
            ),
        },
        ["kafka"] = Kafka(rubinRate),
    };

    var scaling = new Table(["system", "n_workers", "alerts_per_s", "configuration"]);
    foreach (var (system, bests) in new[] { ("boom", boom), ("kowalski", kowalski) })
    foreach (var best in bests)
        scaling.Add(system, $"{best.Workers}", Numbers.Exact(best.AlertsPerS), best.Configuration);
    scaling.Write("results/scaling.csv");
    Stage.WriteJson("results/rubin.json", rubin);
    scaling.Print();
    Console.WriteLine($"Rubin's rate: {Numbers.Round(rubinRate, 1)} alerts/s");
});

// The best run of each total number of workers, by that number. Of equally good ones, the first.
Best[] BestOfEachNumber(string system, double alerts)
{
    var table = Table.Read($"results/{system}.csv", "wall_time_s");
    var columns = table.Columns.Where(name => name.StartsWith("n_") && name.EndsWith("workers"));
    if (!columns.Any())
        throw new InvalidDataException($"results/{system}.csv:1: there is no column n_…workers");
    var rows = Complete(system, table).ToArray();
    if (rows.Length == 0)
        throw new InvalidDataException($"results/{system}.csv: there is no complete run");
    return rows.Select(row => new Best(
            columns.Sum(column => Workers(row, column)),
            row.NumberAboveZero("wall_time_s"),
            alerts / row.NumberAboveZero("wall_time_s"),
            string.Join(" ", columns.Select(column => $"{column}={row[column]}"))
        ))
        .GroupBy(run => run.Workers)
        .Select(runs => runs.MaxBy(run => run.AlertsPerS))
        .OrderBy(best => best.Workers)
        .ToArray();
}

// The rows whose runs are not known to be incomplete.
IEnumerable<Row> Complete(string system, Table table)
{
    if (!File.Exists(Checks))
    {
        Stage.Warn($"{Checks} does not exist: the runs of results/{system}.csv are not checked");
        return table.Rows;
    }
    var arguments = table.Columns.Except(WallTime.Columns).ToArray();
    var incomplete = Table
        .Read(Checks)
        .Rows.Where(check => check["system"] == system && check["complete"] == "false")
        .ToArray();
    bool IsIncomplete(Row row) =>
        incomplete.Any(check => arguments.All(argument => check[argument] == row[argument]));
    foreach (var row in table.Rows.Where(IsIncomplete))
        Stage.Warn($"{row.Place}: the run is incomplete, and is left out");
    return table.Rows.Where(row => !IsIncomplete(row));
}

// A stage without such workers leaves its column blank.
int Workers(Row row, string column) =>
    row[column] == "" ? 0
    : int.TryParse(row[column], out var workers) ? workers
    : throw new InvalidDataException(
        $"{row.Place}: {column} is \"{row[column]}\", expected a number of workers"
    );

JsonObject AgainstRubin(Best[] scaling, double rubinRate)
{
    var best = scaling.MaxBy(run => run.AlertsPerS);
    var enough = scaling.FirstOrDefault(run => run.AlertsPerS >= rubinRate);
    return new JsonObject
    {
        ["best_alerts_per_s"] = best.AlertsPerS,
        ["best_n_workers"] = best.Workers,
        ["best_configuration"] = best.Configuration,
        ["best_over_rubin"] = best.AlertsPerS / rubinRate,
        // Null where no number of workers is enough.
        ["fewest_workers_for_rubin"] = enough?.Workers,
    };
}

// How fast the alerts went into Kafka, over all runs, and over Rubin's rate. Null without runs.
JsonObject Kafka(double rubinRate)
{
    const string Rates = "results/kafka.csv";
    if (!File.Exists(Rates))
    {
        Stage.Warn($"{Rates} does not exist: no Kafka rates in results/rubin.json");
        return null;
    }
    var rows = Table.Read(Rates, "alerts_per_s", "mb_per_s").Rows;
    var rate = Spread(rows, "alerts_per_s");
    return new JsonObject
    {
        ["alerts_per_s"] = rate,
        ["mb_per_s"] = Spread(rows, "mb_per_s"),
        ["over_rubin"] = (double?)rate?["median"] / rubinRate,
    };
}

JsonObject Spread(IEnumerable<Row> rows, string column)
{
    var numbers = rows.Where(row => row[column] != "").Select(row => row.Number(column)).ToArray();
    return numbers.Length == 0
        ? null
        : new JsonObject
        {
            ["runs"] = numbers.Length,
            ["median"] = Numbers.Median(numbers),
            ["min"] = numbers.Min(),
            ["max"] = numbers.Max(),
        };
}

// The best run with a total number of workers: its wall time (s) and throughput (alerts/s).
record Best(int Workers, double WallTime, double AlertsPerS, string Configuration);
