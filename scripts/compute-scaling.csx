#!/usr/bin/env dotnet-script
#r "nuget: CsvHelper, 33.0.1"
#r "nuget: YamlDotNet, 16.3.0"
#load "../shared/helpers.csx"
#load "../shared/screen.csx"
#load "../shared/files.csx"
#load "../shared/calkit-yaml.csx"
#load "../shared/sweep.csx"
#load "../shared/benchmark-run.csx"
#load "../shared/configuration.csx"
#nullable enable

const string Help = """
    How the throughput grows with the number of workers, results/scaling.csv, and what that means for
    the alerts of the Rubin Observatory, results/rubin.json. It reads results/boom-runs.csv,
    results/kowalski-runs.csv and the parameters in calkit.yaml. As in the notebook's scaling figure,
    the number of workers is the sum over all arguments n_…workers, and of the configurations with
    the same number the best counts; of a configuration's runs (repetitions) the median.

    usage: dotnet script scripts/compute-scaling.csx -- [OPTION...]

      --boom NAME=VALUE,...      only the runs with these values of arguments; NAME= is a blank one
      --kowalski NAME=VALUE,...  the same
      --output DIR               the directory of the files [results]

    example: dotnet script scripts/compute-scaling.csx -- --boom machine=server
    """;

const string Columns =
    "system,n_workers,n_alert_workers,n_runs,alerts_per_s,alerts_per_s_min,alerts_per_s_max,best,configuration";

return Script.Run(
    Args,
    Help,
    commandLine =>
    {
        var yaml = CalkitYaml.Read("calkit.yaml");
        var rubinRate =
            Sweep.Parameter(yaml, "rubin_alerts") / Sweep.Parameter(yaml, "rubin_interval_s");
        var boom = Configurations("boom", yaml, commandLine);
        var kowalski = Configurations("kowalski", yaml, commandLine);
        Configuration[] all = [.. boom, .. kowalski];
        if (all.Length == 0)
            throw new InvalidDataException(
                "results: there is no table of runs; first run collect-boom"
            );
        if (boom.Length > 0 && kowalski.Length > 0)
            Configuration.CheckComparable(boom[0], kowalski[0]);
        var bestOfBoom = BestOfEachNumber(boom);
        var bestOfKowalski = BestOfEachNumber(kowalski);
        Configuration.WarnOfDoubts(bestOfBoom.Values.Concat(bestOfKowalski.Values));

        Screen.PrintTable([
            ["best configuration", "system", "workers", "runs", "alerts/s"],
            .. bestOfBoom.Values.Select(best => ScreenRow("BOOM", best)),
            .. bestOfKowalski.Values.Select(best => ScreenRow("Kowalski", best)),
        ]);
        // Rates are in alerts/s and MB/s (10^6 bytes).
        var rubin = new
        {
            all[0].NAlerts,
            RubinAlertsPerS = rubinRate,
            Boom = AgainstRubin(bestOfBoom, rubinRate),
            Kowalski = AgainstRubin(bestOfKowalski, rubinRate),
            BoomSpeedup = Speedup(bestOfBoom, bestOfKowalski),
            // The figure groups the runs by them. Numbers as text, in the order of numbers.
            BoomAlertWorkers = boom.Select(AlertWorkers)
                .Where(number => number != "")
                .Distinct()
                .OrderBy(number => number.Length)
                .ThenBy(number => number, StringComparer.Ordinal),
            // Over all configurations, Kowalski's too: the same producer feeds both.
            KafkaAlertsPerS = OverConfigurations(all, run => run.KafkaAlertsPerS),
            KafkaMbPerS = OverConfigurations(boom, run => run.KafkaMbPerS),
            KafkaOverRubin = OverConfigurations(all, run => run.KafkaAlertsPerS / rubinRate),
            MadeFrom = RunsTable.Sums(),
        };
        var csv = Csv.Text([
            Columns.Split(','),
            .. boom.Select(one => Row("boom", one, bestOfBoom)),
            .. kowalski.Select(one => Row("kowalski", one, bestOfKowalski)),
        ]);
        var output = commandLine.Output;
        Script.Write(($"{output}/scaling.csv", csv), ($"{output}/rubin.json", Script.Json(rubin)));
    }
);

// The configurations of a system that have a complete run. A project may have one system only.
Configuration[] Configurations(string system, CalkitYaml yaml, CommandLine commandLine)
{
    var selection = Selection.Parse(system, commandLine.Optional($"--{system}"));
    if (!Path.Exists(selection.Table))
    {
        Script.Warn($"{selection.Table} does not exist: nothing is computed of {system}");
        return [];
    }
    if (!yaml.Stages.Any(stage => stage.Name.StartsWith($"benchmark-{system}")))
        throw new InvalidDataException(
            $"{selection.Table}: calkit.yaml has no stage benchmark-{system}; remove the table"
        );
    // Machines, nights or versions are not to be compared by their numbers of workers.
    var all = selection.Read(trait: one => one.Setup);
    var complete = all.Where(one => one.Runs.Count > 0).OrderBy(one => one.NWorkers).ToArray();
    if (complete.Length == 0)
        throw new InvalidDataException($"{selection.Table}: there is no complete run");
    return complete;
}

// The best configuration by number of workers, in that order. Of equally good ones, the first.
Dictionary<long, Configuration> BestOfEachNumber(Configuration[] configurations) =>
    configurations
        .GroupBy(one => one.NWorkers)
        .ToDictionary(group => group.Key, group => group.MaxBy(one => one.AlertsPerS.Median)!);

// The fewest workers are null where no number of them is enough.
object? AgainstRubin(Dictionary<long, Configuration> bests, double rubinRate)
{
    var best = bests.Values.MaxBy(one => one.AlertsPerS.Median);
    if (best == null)
        return null;
    var rate = best.AlertsPerS;
    var enough = bests.Values.FirstOrDefault(one => one.AlertsPerS.Median >= rubinRate);
    return new
    {
        best.Setup,
        BestAlertsPerS = rate,
        BestNWorkers = best.NWorkers,
        BestConfiguration = best.Text,
        BestOverRubin = Spread.Ratio(rate, new(rubinRate, rubinRate, rubinRate, rate.N)),
        FewestWorkersForRubin = enough?.NWorkers,
    };
}

// BOOM's speed-up over Kowalski at each number of workers that both have.
object? Speedup(Dictionary<long, Configuration> boom, Dictionary<long, Configuration> kowalski)
{
    var ratios = boom
        .Keys.Where(kowalski.ContainsKey)
        .ToDictionary(n => $"{n}", n => Spread.Ratio(boom[n].AlertsPerS, kowalski[n].AlertsPerS)!);
    var medians = Spread.Of(ratios.Values.Select(ratio => (double?)ratio.Median));
    if (medians == null)
        return null;
    return new
    {
        medians.Min,
        medians.Max,
        ByNWorkers = ratios,
    };
}

Spread? OverConfigurations(Configuration[] configurations, Func<BenchmarkRun, double?> fact) =>
    Spread.Of(configurations.Select(one => one.SpreadOf(fact)?.Median));

string AlertWorkers(Configuration one) => one.Arguments.GetValueOrDefault("n_alert_workers", "");

string[] ScreenRow(string system, Configuration best) =>
    [
        best.Text,
        system,
        $"{best.NWorkers}",
        $"{best.Runs.Count}",
        Numbers.Shown(best.AlertsPerS.Median, 0),
    ];

string[] Row(string system, Configuration one, Dictionary<long, Configuration> bests) =>
    [
        system,
        $"{one.NWorkers}",
        AlertWorkers(one),
        $"{one.Runs.Count}",
        Numbers.Exact(one.AlertsPerS.Median),
        Numbers.Exact(one.AlertsPerS.Min),
        Numbers.Exact(one.AlertsPerS.Max),
        ReferenceEquals(one, bests[one.NWorkers]) ? "true" : "false",
        one.Text,
    ];
