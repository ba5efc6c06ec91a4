#!/usr/bin/env dotnet-script
#r "nuget: CsvHelper, 33.0.1"
#load "../shared/helpers.csx"
#load "../shared/runs.csx"
#nullable enable

const string Help = """
    BOOM's throughput factor over Kowalski, results/factor.json: the wall time of one configuration of
    Kowalski over that of one of BOOM, and the same from processing times. Of a configuration's runs
    (repetitions) the median counts. It reads results/boom-runs.csv and results/kowalski-runs.csv.

      --boom NAME=VALUE,...      the values of the configuration's arguments; NAME= is a blank one
      --kowalski NAME=VALUE,...  the same
      --output DIR               the directory of factor.json [results]
    """;

return Script.Run(Args, Help, Main);

void Main(Options options)
{
    var boom = Reference("boom", options);
    var kowalski = Reference("kowalski", options);
    Configuration.CheckComparable(boom, kowalski);
    var factor = Spread.Ratio(kowalski.WallTimeS, boom.WallTimeS)!;
    // Wall times are truncated; these are not.
    var exact = Spread.Ratio(kowalski.Fact("exact_wall_time_s"), boom.Fact("exact_wall_time_s"));
    // Without BOOM's idle tail.
    Spread? Processing(Configuration one) => one.Part("processing_time_s");
    var processing = Spread.Ratio(Processing(kowalski), Processing(boom));
    Run[] leftOut = [.. boom.AllRuns.Except(boom.Runs), .. kowalski.AllRuns.Except(kowalski.Runs)];

    Console.WriteLine($"BOOM {Seconds(boom.WallTimeS)} s for {boom.Text}");
    Console.WriteLine($"Kowalski {Seconds(kowalski.WallTimeS)} s for {kowalski.Text}");
    var workers = Both(boom.NWorkers, kowalski.NWorkers, "worker");
    var runs = Both(boom.Runs.Length, kowalski.Runs.Length, "run");
    Console.WriteLine($"BOOM throughput factor: {factor.Text(1)} ({workers}, {runs})");
    var odd = Script.Several(boom.AllRuns.Concat(kowalski.AllRuns).Select(run => run.Problem));
    if (odd != "")
        Console.WriteLine($"  it might be another: {odd}");
    var json = new
    {
        BoomThroughputFactor = factor.Median,
        BoomThroughputFactorMin = factor.Min,
        BoomThroughputFactorMax = factor.Max,
        BoomThroughputFactorExact = exact?.Median,
        BoomProcessingFactor = processing?.Median,
        BoomProcessingFactorMin = processing?.Min,
        BoomProcessingFactorMax = processing?.Max,
        boom.NAlerts,
        RunsLeftOut = leftOut.Select(run => run.Directory),
        Boom = Fields(boom),
        Kowalski = Fields(kowalski),
        MadeFrom = Table.MadeFrom(),
    };
    Script.Write(($"{options.Output}/factor.json", Json.Text(json)));
}

// Of an even number of runs the median may be half a second more.
string Seconds(Spread wallTime) => wallTime.Text(wallTime.Median % 1 == 0 ? 0 : 1);

// The one configuration that an option means.
Configuration Reference(string system, Options options)
{
    if (options[$"--{system}"] == null)
        throw new UsageException($"--{system} is missing");
    var reference = Configuration.Read(system, options, one => one.Text)[0];
    return reference.Runs.Length > 0
        ? reference
        : throw reference.AllRuns[0].Error($"{reference.Text} has no complete run");
}

// "7 workers each", "one run each", "7 and 8 workers".
string Both(long boom, long kowalski, string noun) =>
    boom != kowalski ? $"{boom} and {kowalski} {noun}s"
    : boom == 1 ? $"one {noun} each"
    : $"{boom} {noun}s each";

// What the factor is made of: runs, and medians over them (s, alerts/s, GiB).
object Fields(Configuration one) =>
    new
    {
        one.Setup,
        Configuration = one.Arguments,
        one.NWorkers,
        one.NAlerts,
        Runs = one.Runs.Select(run => run.Directory),
        one.WallTimeS,
        one.AlertsPerS,
        ProcessingTimeS = one.Part("processing_time_s"),
        IdleTailS = one.Part("idle_tail_s"),
        PeakMemoryGib = one.Fact("peak_memory_gib"),
        Doubts = Configuration.Doubts([one]),
    };
