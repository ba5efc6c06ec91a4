#!/usr/bin/env dotnet-script
#r "nuget: CsvHelper, 33.0.1"
#r "nuget: YamlDotNet, 16.3.0"
#load "../shared/helpers.csx"

// The wall time of every Kowalski run of the sweeps in calkit.yaml, from supervisord's log:
// results/kowalski.csv.
//
//     dotnet script scripts/collect-kowalski.csx -- [STAGE...]
//
// Without STAGE: every stage named benchmark-kowalski or benchmark-kowalski-…

const string Usage = "collect-kowalski.csx [STAGE...]";

return Stage.Run(() =>
{
    var commandLine = new CommandLine(Args, Usage);
    var runs = Sweep.Runs("calkit.yaml", "benchmark-kowalski", commandLine.Words);

    var wallTimes = new List<WallTime>();
    foreach (var run in runs)
    {
        var supervisord = $"{run.Directory}/supervisord.log";
        if (!Log.AllExist(supervisord))
            continue;

        // A run lasts from "alert-broker-ztf entered RUNNING state" to "received SIGTERM …".
        var (start, end) = SupervisordLog.TimesOfRun(supervisord);
        wallTimes.Add(new WallTime(run, start, end, supervisord));
    }

    WallTime.Save("results/kowalski.csv", wallTimes, runs);
});
