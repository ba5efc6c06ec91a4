#!/usr/bin/env dotnet-script
#r "nuget: CsvHelper, 33.0.1"
#r "nuget: YamlDotNet, 16.3.0"
#load "../shared/helpers.csx"

// The wall time of every BOOM run of the sweeps in calkit.yaml, from its logs: results/boom.csv.
//
//     dotnet script scripts/collect-boom.csx -- [STAGE...] [--start-marker TEXT]
//
// Without STAGE: every stage named benchmark-boom or benchmark-boom-…

const string Usage = "collect-boom.csx [STAGE...] [--start-marker TEXT]";

return Stage.Run(() =>
{
    var commandLine = new CommandLine(Args, Usage, "--start-marker=");
    var marker = commandLine.Optional("--start-marker");
    var runs = Sweep.Runs("calkit.yaml", "benchmark-boom", commandLine.Words);

    var wallTimes = new List<WallTime>();
    foreach (var run in runs)
    {
        var consumer = $"{run.Directory}/consumer.log";
        var scheduler = $"{run.Directory}/scheduler.log";
        if (!Log.AllExist(consumer, scheduler))
            continue;

        // A run lasts from the consumer's first timestamp, or the marker's, to the scheduler's last.
        var start = BoomLog.StartOfRun(consumer, marker);
        var end = BoomLog.LastTimestamp(scheduler);
        wallTimes.Add(new WallTime(run, start, end, scheduler));
    }

    WallTime.Save("results/boom.csv", wallTimes, runs);
});
