#!/usr/bin/env dotnet-script
#r "nuget: CsvHelper, 33.0.1"
#load "../shared/helpers.csx"
#load "../shared/screen.csx"
#load "../shared/files.csx"
#load "../shared/benchmark-run.csx"
#load "../shared/configuration.csx"
#nullable enable

const string Help = """
    BOOM's throughput factor over Kowalski: the wall time of one configuration of Kowalski over that
    of one configuration of BOOM, and the same from processing times: results/factor.json. It reads
    results/boom-runs.csv and results/kowalski-runs.csv. Of a configuration's runs (repetitions) the
    median counts.

    usage: dotnet script scripts/compute-factor.csx -- --boom NAME=VALUE,... --kowalski NAME=VALUE,...

      --boom NAME=VALUE,...      the values of the configuration's arguments; NAME= is a blank one
      --kowalski NAME=VALUE,...  the same
      --output DIR               the directory of factor.json [results]

    example: dotnet script scripts/compute-factor.csx -- \
      --boom n_alert_workers=3,n_ml_workers=3,n_filter_workers=1 --kowalski n_workers=7
    """;

return Script.Run(
    Args,
    Help,
    commandLine =>
    {
        var boom = Reference("boom", commandLine);
        var kowalski = Reference("kowalski", commandLine);
        Configuration.CheckComparable(boom, kowalski);
        Configuration.WarnOfDoubts([boom, kowalski]);
        var factor = Spread.Ratio(kowalski.WallTimeS, boom.WallTimeS)!;
        // Without BOOM's idle tail.
        var processing = Spread.Ratio(kowalski.ProcessingTimeS, boom.ProcessingTimeS);

        Screen.Print($"BOOM: {Sentence(boom)}");
        Screen.Print($"Kowalski: {Sentence(kowalski)}");
        Screen.Print($"BOOM throughput factor: {factor.Text(1)}");
        if (processing != null)
            Screen.Print($"without the idle tail: {processing.Text(1)}");
        var json = new
        {
            BoomThroughputFactor = factor.Median,
            BoomThroughputFactorMin = factor.Min,
            BoomThroughputFactorMax = factor.Max,
            BoomProcessingFactor = processing?.Median,
            BoomProcessingFactorMin = processing?.Min,
            BoomProcessingFactorMax = processing?.Max,
            boom.NAlerts,
            Boom = Fields(boom),
            Kowalski = Fields(kowalski),
            MadeFrom = RunsTable.Sums(),
        };
        Script.Write(($"{commandLine.Output}/factor.json", Script.Json(json)));
    }
);

// The one configuration that an option means.
Configuration Reference(string system, CommandLine commandLine)
{
    var selection = Selection.Parse(system, commandLine.Required($"--{system}"));
    var reference = selection.Read(trait: one => one.Text)[0];
    var directories = string.Join(' ', reference.AllRuns.Select(run => run.Directory));
    if (reference.Runs.Count == 0)
        throw reference.AllRuns[0].Error($"{reference.Text} has no complete run: {directories}");
    return reference;
}

string Sentence(Configuration configuration)
{
    var times = configuration.WallTimeS;
    var sentence = $"{Numbers.Seconds(times.Median)} s for {configuration.Text}";
    if (times.N > 1)
        sentence += $", the median of {times.N} runs from {times.Min} s to {times.Max} s";
    return sentence;
}

// What the factor is made of: runs, and medians over them (s, GiB).
object Fields(Configuration configuration) =>
    new
    {
        configuration.Setup,
        Configuration = configuration.Arguments,
        configuration.NWorkers,
        configuration.NAlerts,
        Runs = configuration.Runs.Select(run => run.Directory),
        configuration.WallTimeS,
        configuration.ProcessingTimeS,
        configuration.IdleTailS,
        PeakMemoryGib = configuration.SpreadOf(run => run.PeakMemoryGib),
    };
