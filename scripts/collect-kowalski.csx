#!/usr/bin/env dotnet-script
#r "nuget: CsvHelper, 33.0.1"
#r "nuget: YamlDotNet, 16.3.0"
#load "../shared/helpers.csx"
#load "../shared/screen.csx"
#load "../shared/files.csx"
#load "../shared/calkit-yaml.csx"
#load "../shared/sweep.csx"
#load "../shared/log-reader.csx"
#load "../shared/supervisord-log.csx"
#load "../shared/boom-log.csx"
#load "../shared/docker-stats.csx"
#load "../shared/benchmark-run.csx"
#load "../shared/collector.csx"
#nullable enable

const string Help = """
    Everything that the logs of Kowalski's runs tell, one row a run: results/kowalski.csv (the
    notebook's table) and results/kowalski-runs.csv. The runs are those of the stages
    benchmark-kowalski… in calkit.yaml.

    usage: dotnet script scripts/collect-kowalski.csx -- [OPTION...]

      --output DIR  the directory of the tables [results]
    """;

return Script.Run(
    Args,
    Help,
    commandLine =>
    {
        var yaml = CalkitYaml.Read("calkit.yaml");
        var sweep = Sweep.Runs(yaml, "benchmark-kowalski");
        var runs = Collector.ReadAll(yaml, sweep, ["supervisord.log"], ReadRun);
        Collector.Save("kowalski", commandLine, runs);
    }
);

// All facts of one run.
BenchmarkRun ReadRun(RunLogs logs)
{
    // From the broker's start to the signal that ends it: the notebook's definition of a run. Whole
    // seconds, since supervisord's milliseconds are dropped.
    var supervisord = SupervisordLog.Read(logs.PathOf("supervisord.log"));
    if (supervisord.NStarts > 1)
        logs.Doubt("several starts, of which the first counts", logs.PathOf("supervisord.log"));
    if (supervisord.Clock.GoesBackAt != null)
        logs.Doubt("the clock goes back", supervisord.Clock.GoesBackAt);
    if (supervisord.DiesAt != null)
        logs.Doubt("a process died during the run", supervisord.DiesAt);
    var wallTime = (supervisord.End - supervisord.Start).Ticks / TimeSpan.TicksPerSecond;
    var ingest = logs.Ingest();
    return new BenchmarkRun(logs.Run.Directory, logs.Run.Arguments)
    {
        NAlerts = logs.NAlerts,
        StartTime = supervisord.Start,
        EndTime = supervisord.End,
        WallTimeS = wallTime,
        // The benchmark ends a run once all alerts are classified: all of it is processing.
        ProcessingTimeS = wallTime,
        IdleTailS = 0,
        AlertsPerS = wallTime > 0 ? (double)logs.NAlerts / wallTime : null,
        Warnings = supervisord.Warnings,
        Errors = supervisord.Errors,
        KafkaAlertsPerS = ingest?.AlertsPerS,
        PeakMemoryGib = logs.Optional("ingester.stats.log", DockerStats.Read)?.PeakGib,
        Doubts = logs.Doubts,
    };
}
