#!/usr/bin/env dotnet-script
#r "nuget: CsvHelper, 33.0.1"
#r "nuget: YamlDotNet, 16.3.0"
#load "../shared/helpers.csx"
#load "../shared/runs.csx"
#load "../shared/calkit.csx"
#nullable enable

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
    double Parameter(string name) =>
        yaml.Parameter(name)
        ?? throw new InvalidDataException($"calkit.yaml: there is no parameter {name}");
    var rubinRate = Parameter("rubin_alerts") / Parameter("rubin_interval_s");
    var leftOut = new List<Run>();
    var boom = Configurations("boom", yaml, options, leftOut);
    var kowalski = Configurations("kowalski", yaml, options, leftOut);
    Configuration[] all = [.. boom, .. kowalski];
    if (all.Length == 0)
        throw new InvalidDataException("calkit.yaml: no stage is named benchmark-boom");
    if (boom.Length > 0 && kowalski.Length > 0)
        Configuration.CheckComparable(boom[0], kowalski[0]);
    var (bestOfBoom, bestOfKowalski) = (BestOfEachNumber(boom), BestOfEachNumber(kowalski));

    foreach (var (name, bests) in new[] { ("BOOM", bestOfBoom), ("Kowalski", bestOfKowalski) })
    foreach (var best in bests.Values)
        Console.WriteLine(
            $"{name, 8} {best.NWorkers, 3} workers: {best.AlertsPerS.Text(0)} alerts/s with {best.Text}"
        );
    var runs = leftOut.Concat(all.SelectMany(one => one.Runs));
    if (Script.Several(runs.Select(run => run.Problem)) is not "" and var odd)
        Console.WriteLine($"the best might be others: {odd}");
    var numbers = boom.Select(AlertWorkers).Where(number => number != "");
    var rubin = new
    {
        all[0].NAlerts,
        RubinAlertsPerS = rubinRate,
        MostRuns = all.Max(one => one.Runs.Length),
        Boom = AgainstRubin(boom, rubinRate),
        Kowalski = AgainstRubin(kowalski, rubinRate),
        BoomSpeedup = Speedup(bestOfBoom, bestOfKowalski),
        // The figure groups the runs by them. Numbers as text, in the order of numbers.
        BoomAlertWorkers = numbers.Distinct().OrderBy(x => x.PadLeft(9), StringComparer.Ordinal),
        // Over all configurations, Kowalski's too: the same producer feeds both.
        KafkaAlertsPerS = OverConfigurations(all, "kafka_alerts_per_s"),
        KafkaMbPerS = OverConfigurations(boom, "kafka_mb_per_s"),
        KafkaOverRubin = OverRubin(OverConfigurations(all, "kafka_alerts_per_s"), rubinRate),
        // How much longer, at most, a run takes than its wall time, which is truncated.
        TruncatedPercent = all.SelectMany(one => one.Runs)
            .Max(run => 100 * (run.Number("exact_wall_time_s") / run.Number("wall_time_s") - 1)),
        RunsLeftOut = leftOut.Select(run => run.Directory),
        MadeFrom = Table.MadeFrom(),
    };
    const string Columns =
        "system,n_workers,n_alert_workers,n_runs,alerts_per_s,alerts_per_s_min,alerts_per_s_max,"
        + "best,best_alerts_per_s,efficiency,configuration";
    var csv = Table.Csv([
        Columns.Split(','),
        .. boom.Select(one => Row("boom", one, bestOfBoom)),
        .. kowalski.Select(one => Row("kowalski", one, bestOfKowalski)),
    ]);
    var output = options.Output;
    Script.Write(($"{output}/scaling.csv", csv), ($"{output}/rubin.json", Json.Text(rubin)));
}

// A system's configurations that have a complete run, by number of workers; none without a stage.
Configuration[] Configurations(string system, CalkitYaml yaml, Options options, List<Run> leftOut)
{
    var table = $"results/{system}-runs.csv";
    var noStage = $"{table}: calkit.yaml has no stage benchmark-{system}; remove the table";
    if (!yaml.Stages.Any(stage => $"{stage.Name}-".StartsWith($"benchmark-{system}-")))
        return File.Exists(table) ? throw new InvalidDataException(noStage) : [];
    // Machines, nights or versions are not to be compared by their numbers of workers.
    var all = Configuration.Read(system, options, one => one.Setup);
    leftOut.AddRange(all.SelectMany(one => one.AllRuns).Where(run => !run.Counts));
    var complete = all.Where(one => one.Runs.Length > 0).OrderBy(one => one.NWorkers).ToArray();
    return complete.Length > 0
        ? complete
        : throw new InvalidDataException($"{table}: no run is complete; is n_alerts right?");
}

// The best configuration by number of workers, in that order. Of equally good ones, the first.
Dictionary<long, Configuration> BestOfEachNumber(Configuration[] configurations) =>
    configurations.GroupBy(one => one.NWorkers).ToDictionary(group => group.Key, Best);

Configuration Best(IEnumerable<Configuration> some) => some.MaxBy(one => one.AlertsPerS.Median)!;

// The fewest workers are null where no number of them is enough.
object? AgainstRubin(Configuration[] configurations, double rubinRate)
{
    if (configurations.Length == 0)
        return null;
    var best = Best(configurations);
    var bests = BestOfEachNumber(configurations).Values;
    var enough = bests.FirstOrDefault(one => one.AlertsPerS.Median >= rubinRate);
    return new
    {
        best.Setup,
        BestAlertsPerS = best.AlertsPerS,
        BestNWorkers = best.NWorkers,
        BestConfiguration = best.Text,
        BestOverRubin = OverRubin(best.AlertsPerS, rubinRate),
        FewestWorkersForRubin = enough?.NWorkers,
        Doubts = Configuration.Doubts(configurations),
    };
}

Spread? OverRubin(Spread? rate, double rubinRate) =>
    Spread.Ratio(rate, Spread.Of(rubinRate, rate?.N ?? 0));

// BOOM's speed-up over Kowalski at each number of workers that both have.
object? Speedup(Dictionary<long, Configuration> boom, Dictionary<long, Configuration> kowalski)
{
    Spread RatioAt(long n) => Spread.Ratio(boom[n].AlertsPerS, kowalski[n].AlertsPerS)!;
    var ratios = boom.Keys.Where(kowalski.ContainsKey).ToDictionary(n => $"{n}", RatioAt);
    if (Spread.Of(ratios.Values.Select(ratio => (double?)ratio.Median)) is not { } medians)
        return null;
    return new
    {
        medians.Min,
        medians.Max,
        ByNWorkers = ratios,
    };
}

Spread? OverConfigurations(Configuration[] configurations, string fact) =>
    Spread.Of(configurations.Select(one => one.Fact(fact)?.Median));

string AlertWorkers(Configuration one) => one.Arguments.GetValueOrDefault("n_alert_workers", "");

// A row of scaling.csv. Its efficiency is against the best of the fewest workers.
string[] Row(string system, Configuration one, Dictionary<long, Configuration> bests)
{
    var atMost = bests.Values.Where(other => other.NWorkers <= one.NWorkers);
    double PerWorker(Configuration some) => some.AlertsPerS.Median / some.NWorkers;
    return
    [
        system,
        $"{one.NWorkers}",
        AlertWorkers(one),
        $"{one.Runs.Length}",
        Numbers.Exact(one.AlertsPerS.Median),
        Numbers.Exact(one.AlertsPerS.Min),
        Numbers.Exact(one.AlertsPerS.Max),
        one == bests[one.NWorkers] ? "true" : "false",
        Numbers.Exact(Best(atMost).AlertsPerS.Median),
        one.NWorkers == 0 ? "" : Numbers.Exact(PerWorker(one) / PerWorker(bests.Values.First())),
        one.Text,
    ];
}
