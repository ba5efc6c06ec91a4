#!/usr/bin/env dotnet-script
#r "nuget: CsvHelper, 33.1.0"
#r "nuget: YamlDotNet, 18.1.0"
#load "../shared/helpers.csx"
#load "../shared/runs.csx"
#load "../shared/calkit.csx"
#nullable enable
using System.Text.Json.Nodes;

const string Help = """
    How the throughput grows with the number of workers, results/scaling.csv, and what that means for
    the Rubin Observatory, results/rubin.json. It reads the tables of runs and calkit.yaml. As in the
    notebook's scaling figure, the number of workers is the sum over all arguments n_…workers, and of
    configurations with the same number the best counts; of a configuration's repetitions the median.

      --boom NAME=VALUE,...      only the runs with these values of arguments; NAME= is a blank one
      --kowalski NAME=VALUE,...  the same
      --output DIR               the directory of the files [results]
    """;

return Script.Run(Args, Help, Main);

void Main(Options options)
{
    var yaml = CalkitYaml.Read("calkit.yaml");
    var rubinRate = yaml.Parameter("rubin_alerts") / yaml.Parameter("rubin_interval_s");
    var boom = Read("boom", yaml, options);
    var kowalski = Read("kowalski", yaml, options);
    Configuration[] all = [.. boom.Configurations, .. kowalski.Configurations];
    if (all.Length == 0)
        throw new InvalidDataException("calkit.yaml: no stage is named benchmark-boom");
    if (boom.Configurations.Length > 0 && kowalski.Configurations.Length > 0)
        Configuration.CheckComparable(boom.Configurations[0], kowalski.Configurations[0]);

    Print("BOOM", boom);
    Print("Kowalski", kowalski);
    Run[] leftOut = [.. boom.LeftOut, .. kowalski.LeftOut];
    var problems = leftOut.Concat(all.SelectMany(one => one.Runs)).Select(run => run.Problem);
    if (Script.Several(problems) is not "" and var several)
        Console.WriteLine($"the best might be others: {several}");

    const string Columns =
        "system,n_workers,n_alert_workers,n_runs,alerts_per_s,alerts_per_s_min,alerts_per_s_max,"
        + "best,best_alerts_per_s,efficiency,configuration";
    var csv = Table.Csv([Columns.Split(','), .. Rows("boom", boom), .. Rows("kowalski", kowalski)]);
    var rubin = Json.Text(AgainstRubin(boom, kowalski, rubinRate));
    Script.Write(($"{options.Output}/scaling.csv", csv), ($"{options.Output}/rubin.json", rubin));
}

// A system's configurations that have a run that counts; none where it has no stage.
Scaling Read(string system, CalkitYaml yaml, Options options)
{
    var table = $"results/{system}-runs.csv";
    var hasStage = yaml.Stages.Any(stage => $"{stage.Name}-".StartsWith($"benchmark-{system}-"));
    if (!hasStage && File.Exists(table))
        throw new InvalidDataException(
            $"{table}: calkit.yaml has no stage benchmark-{system}; remove the table"
        );
    if (!hasStage)
        return new([], []);

    var chosen = Configuration.Chosen(system, Table.Runs(system), options);
    if (Array.Find(chosen, one => one.NWorkers == 0) is { } idle)
        throw idle.AllRuns[0]
            .Error($"no workers in [{idle.Text}]; expected an argument n_workers or n_…_workers");
    // Machines, nights or versions are not to be compared by their numbers of workers.
    Configuration.CheckAlike(system, chosen.Select(one => one.KindsAndConditions));
    Run[] leftOut = [.. chosen.SelectMany(one => one.AllRuns).Where(run => !run.Counts)];
    var counting = chosen.Where(one => one.Runs.Length > 0).OrderBy(one => one.NWorkers).ToArray();
    return counting.Length > 0
        ? new(counting, leftOut)
        : throw new InvalidDataException($"{table}: no run is complete; is n_alerts right?");
}

void Print(string name, Scaling scaling)
{
    foreach (var best in scaling.Bests)
        Console.WriteLine(
            $"{name, 8} {best.NWorkers, 3} workers: {best.AlertsPerS.Text(0)} alerts/s with {best.Text}"
        );
}

JsonObject AgainstRubin(Scaling boom, Scaling kowalski, double rubinRate)
{
    Configuration[] all = [.. boom.Configurations, .. kowalski.Configurations];
    var runs = all.SelectMany(one => one.Runs);
    // Over all configurations, Kowalski's too: the same producer feeds both.
    var kafkaRate = OverConfigurations(all, "kafka_alerts_per_s");
    var kafkaMb = OverConfigurations(boom.Configurations, "kafka_mb_per_s");
    var leftOut = boom.LeftOut.Concat(kowalski.LeftOut);
    return new JsonObject
    {
        ["n_alerts"] = all[0].NAlerts,
        ["rubin_alerts_per_s"] = rubinRate,
        ["most_runs"] = all.Max(one => one.Runs.Length),
        ["boom"] = BestAgainstRubin(boom, rubinRate),
        ["kowalski"] = BestAgainstRubin(kowalski, rubinRate),
        ["boom_speedup"] = Speedup(boom, kowalski),
        ["boom_alert_workers"] = Json.List(AlertWorkersOf(boom.Configurations)),
        ["kafka_alerts_per_s"] = Fields(kafkaRate),
        ["kafka_mb_per_s"] = Fields(kafkaMb),
        ["kafka_over_rubin"] = Fields(kafkaRate?.Over(rubinRate)),
        ["truncated_percent"] = runs.Max(TruncatedPercent),
        ["runs_left_out"] = Json.List(leftOut.Select(run => run.Directory)),
        ["made_from"] = Table.MadeFrom(),
    };
}

// What a system's best configuration is beside Rubin's rate; null without the system.
JsonObject? BestAgainstRubin(Scaling scaling, double rubinRate)
{
    if (scaling.Configurations.Length == 0)
        return null;
    var best = Scaling.BestOf(scaling.Configurations);
    var sustained = best.OverRunsThatTellIt("sustained_alerts_per_s");
    // Null where no number of workers is enough.
    var enough = scaling.Bests.FirstOrDefault(one => one.AlertsPerS.Median >= rubinRate);
    return new JsonObject
    {
        ["conditions"] = best.KindsAndConditions,
        ["best_alerts_per_s"] = best.AlertsPerS.ToJson(),
        ["best_n_workers"] = best.NWorkers,
        ["best_configuration"] = best.Text,
        ["best_over_rubin"] = best.AlertsPerS.Over(rubinRate).ToJson(),
        ["sustained_alerts_per_s"] = sustained?.ToJson(),
        ["sustained_over_rubin"] = sustained?.Over(rubinRate).ToJson(),
        ["fewest_workers_for_rubin"] = enough?.NWorkers,
        ["doubts"] = Configuration.Doubts(scaling.Configurations),
    };
}

// How many times as fast BOOM is as Kowalski, at each number of workers that both have. The night is
// the same, so that is the ratio of their wall times.
JsonObject? Speedup(Scaling boom, Scaling kowalski)
{
    var timesOfKowalski = kowalski.Bests.ToDictionary(x => x.NWorkers, x => x.WallTimeS.Median);
    var inBoth = boom.Bests.Where(best => timesOfKowalski.ContainsKey(best.NWorkers)).ToArray();
    if (inBoth.Length == 0)
        return null;
    double SpeedupOf(Configuration best) => timesOfKowalski[best.NWorkers] / best.WallTimeS.Median;
    var byNWorkers = new JsonObject();
    foreach (var best in inBoth)
        byNWorkers[$"{best.NWorkers}"] = SpeedupOf(best);
    return new JsonObject
    {
        ["min"] = inBoth.Min(SpeedupOf),
        ["max"] = inBoth.Max(SpeedupOf),
        ["by_n_workers"] = byNWorkers,
    };
}

// The figure groups the runs by them: numbers as text, in the order of numbers.
IEnumerable<string> AlertWorkersOf(Configuration[] configurations) =>
    configurations
        .Select(AlertWorkers)
        .Where(number => number != "")
        .Distinct()
        .OrderBy(number => number.PadLeft(9), StringComparer.Ordinal);

string AlertWorkers(Configuration one) => one.Arguments.GetValueOrDefault("n_alert_workers", "");

// Over the configurations that tell it: of each the median over its runs.
Spread? OverConfigurations(Configuration[] configurations, string column) =>
    Spread.Of(configurations.Select(one => one.OverRunsThatTellIt(column)?.Median));

JsonObject? Fields(Spread? ofConfigurations) =>
    ofConfigurations is not { } all
        ? null
        : new JsonObject
        {
            ["median"] = all.Median,
            ["min"] = all.Min,
            ["max"] = all.Max,
            ["n_configurations"] = all.NRuns,
        };

// How much longer a run takes than its wall time (%), which is truncated; null where it is not told.
double? TruncatedPercent(Run run) =>
    run.Tells("exact_wall_time_s")
        ? 100 * (run.Number("exact_wall_time_s") / run.Number("wall_time_s") - 1)
        : null;

// The rows of scaling.csv. The best so far never falls; the efficiency is the throughput per worker,
// over that of the best with the fewest workers.
IEnumerable<string[]> Rows(string system, Scaling scaling)
{
    var bestSoFar = 0.0;
    var perWorkerOfFewest = scaling.Bests.Select(PerWorker).FirstOrDefault();
    foreach (var alike in scaling.ByNWorkers)
    {
        var best = Scaling.BestOf(alike);
        bestSoFar = Math.Max(bestSoFar, best.AlertsPerS.Median);
        foreach (var one in alike)
            yield return
            [
                system,
                $"{one.NWorkers}",
                AlertWorkers(one),
                $"{one.Runs.Length}",
                Numbers.Exact(one.AlertsPerS.Median),
                Numbers.Exact(one.AlertsPerS.Min),
                Numbers.Exact(one.AlertsPerS.Max),
                one == best ? "true" : "false",
                Numbers.Exact(bestSoFar),
                Numbers.Exact(PerWorker(one) / perWorkerOfFewest),
                one.Text,
            ];
    }
}

double PerWorker(Configuration one) => one.AlertsPerS.Median / one.NWorkers;

/// <summary>A system's configurations, in the order of their numbers of workers, and the runs that do
/// not count.</summary>
record Scaling(Configuration[] Configurations, Run[] LeftOut)
{
    /// <summary>Those with the same number of workers together.</summary>
    public IGrouping<long, Configuration>[] ByNWorkers { get; } =
    [.. Configurations.GroupBy(one => one.NWorkers)];

    /// <summary>The best of each number of workers.</summary>
    public IEnumerable<Configuration> Bests => ByNWorkers.Select(BestOf);

    /// <summary>The best of some, the first of equally good ones.</summary>
    public static Configuration BestOf(IEnumerable<Configuration> some) =>
        some.MaxBy(one => one.AlertsPerS.Median)!;
}
