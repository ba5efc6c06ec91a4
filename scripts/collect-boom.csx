#!/usr/bin/env dotnet-script
#r "nuget: CsvHelper, 33.0.1"
#r "nuget: YamlDotNet, 16.3.0"
#load "../shared/helpers.csx"
#load "../shared/screen.csx"
#load "../shared/files.csx"
#load "../shared/calkit-yaml.csx"
#load "../shared/sweep.csx"
#load "../shared/log-reader.csx"
#load "../shared/boom-log.csx"
#load "../shared/docker-stats.csx"
#load "../shared/benchmark-run.csx"
#load "../shared/collector.csx"
#nullable enable

const string Help = """
    Everything that the logs of BOOM's runs tell, one row a run: results/boom.csv (the notebook's
    table) and results/boom-runs.csv. The runs are those of the stages benchmark-boom… in calkit.yaml.

    usage: dotnet script scripts/collect-boom.csx -- [OPTION...]

      --start-marker STAGE=TEXT  a run of this stage starts at the first line of consumer.log that
                                 holds TEXT, not at its first timestamp; once or more
      --output DIR               the directory of the tables [results]

    example: dotnet script scripts/collect-boom.csx -- \
      --start-marker "benchmark-boom-2026=Consumer received first message"
    """;

// Docker compose waits 10 s before it kills a scheduler.
const double LongestIdleTailS = 60;

// By itself, killed, on request.
long[] ordinaryExitCodes = [0, 137, 143];

return Script.Run(
    Args,
    Help,
    commandLine =>
    {
        var yaml = CalkitYaml.Read("calkit.yaml");
        var sweep = Sweep.Runs(yaml, "benchmark-boom");
        var markers = StartMarkers(commandLine.All("--start-marker"), sweep);
        var runs = Collector.ReadAll(
            yaml,
            sweep,
            ["consumer.log", "scheduler.log"],
            logs => ReadRun(logs, markers)
        );

        foreach (var stage in runs.GroupBy(run => run.Stage))
            SetCompleteness(stage.Key, stage.ToArray());
        Collector.Save("boom", commandLine, runs);
    }
);

// All facts of one run but its completeness.
BenchmarkRun ReadRun(RunLogs logs, Dictionary<string, string> markers)
{
    var stage = logs.Run.Stages.FirstOrDefault(markers.ContainsKey);
    var marker = stage == null ? null : markers[stage];
    var consumer = BoomLog.Read(logs.PathOf("consumer.log"), "consumer", marker);
    var scheduler = BoomLog.Read(logs.PathOf("scheduler.log"), "scheduler");
    // From the consumer's first timestamp (or the marker's) to the scheduler's last one: the
    // notebook's definition of a run.
    var start = consumer.Start;
    var end = scheduler.End;
    var lastBatch = scheduler.LastBatch;
    if (end < start || scheduler.FirstBatch < start || lastBatch < start || lastBatch > end)
        throw new InvalidDataException(
            $"{logs.PathOf("scheduler.log")}: expected start, first batch, last batch and end of the run in "
                + $"this order, found {start:O}, {scheduler.FirstBatch?.ToString("O") ?? "no batch"}, "
                + $"{lastBatch?.ToString("O") ?? "no batch"}, {end:O}"
        );

    NoteDoubts(logs, consumer, scheduler);
    if (marker == null && consumer.FirstMessageAt != null)
        logs.Note(
            "the first timestamp is the start, not the first message (--start-marker)",
            consumer.FirstMessageAt
        );
    var ingest = logs.Ingest();
    var consumerStats = logs.Optional("consumer.stats.log", DockerStats.Read);
    var schedulerStats = logs.Optional("scheduler.stats.log", DockerStats.Read);
    if (consumerStats != null && consumerStats.ReceivedMb == null)
        logs.Note("no traffic in consumer.stats.log");
    else if (consumerStats?.IsWhole == false)
        logs.Note(
            "memory and MB/s may be wrong: the traffic in consumer.stats.log goes back, or grows to the end"
        );
    // Of no filters the minimum and the maximum are null.
    var alertsFiltered = scheduler.AlertsOfFilter.Values.Cast<long?>();
    return new BenchmarkRun(logs.Run.Directory, logs.Run.Arguments)
    {
        Stage = logs.Run.Stage,
        AlertsOfFilter = scheduler.AlertsOfFilter,
        NAlerts = logs.NAlerts,
        StartTime = start,
        EndTime = end,
        // Truncated, not rounded: the notebook's definition.
        WallTimeS = (end - start).Ticks / TimeSpan.TicksPerSecond,
        // Until the last batch through a filter a run processes; then docker compose waits for a
        // scheduler that does not react to its request to stop.
        ProcessingTimeS = (lastBatch - start)?.TotalSeconds,
        IdleTailS = (end - lastBatch)?.TotalSeconds,
        FiltersSeen = scheduler.AlertsOfFilter.Count,
        MinAlertsFiltered = alertsFiltered.Min(),
        MaxAlertsFiltered = alertsFiltered.Max(),
        Warnings = consumer.Warnings + scheduler.Warnings,
        Errors = consumer.Errors + scheduler.Errors,
        KafkaAlertsPerS = ingest?.AlertsPerS,
        // What the consumer received, over the time that the producer took.
        KafkaMbPerS = consumerStats?.ReceivedMb / ingest?.Seconds,
        ConsumerPeakGib = consumerStats?.PeakGib,
        SchedulerPeakGib = schedulerStats?.PeakGib,
        PeakMemoryGib = PeakMemoryGib(logs, consumerStats, schedulerStats),
        Doubts = logs.Doubts,
    };
}

// Of both containers together, sample by sample: they are polled at the same pace.
double? PeakMemoryGib(RunLogs logs, DockerStats? consumer, DockerStats? scheduler)
{
    if (consumer == null || scheduler == null)
        return null;
    var fewestSamples = Math.Min(consumer.MemoryGib.Count, scheduler.MemoryGib.Count);
    var mostSamples = Math.Max(consumer.MemoryGib.Count, scheduler.MemoryGib.Count);
    if (fewestSamples < 0.8 * mostSamples)
        logs.Note("memory may be too low: one *.stats.log has many samples fewer than the other");
    var peak = consumer.MemoryGib.Zip(scheduler.MemoryGib, (a, b) => a + b).Max();
    // A container's peak may lie behind the other's last sample, or where that one's is blank.
    bool HoldsPeakOf(DockerStats stats) =>
        stats.PeakGib <= peak && stats.PeakGib == stats.MemoryGib.Take(fewestSamples).Max();
    if (HoldsPeakOf(consumer) && HoldsPeakOf(scheduler))
        return peak;
    logs.Note("no peak memory: the samples of the two *.stats.log do not match");
    return null;
}

// Why the run's times may be wrong, though its logs tell them.
void NoteDoubts(RunLogs logs, BoomLog consumer, BoomLog scheduler)
{
    var goesBackAt = consumer.Clock.GoesBackAt ?? scheduler.Clock.GoesBackAt;
    if (goesBackAt != null)
        logs.Doubt("the clock goes back", goesBackAt);
    var restartsAt = consumer.RestartsAt ?? scheduler.RestartsAt;
    if (restartsAt != null)
        logs.Doubt("a container was restarted", restartsAt);
    if (consumer.BeginsLate)
        logs.Doubt("consumer.log lacks its beginning", logs.PathOf("consumer.log"));
    var path = logs.PathOf("scheduler.log");
    if (scheduler.IsOfDocker && !scheduler.IsWhole)
        logs.Doubt("scheduler.log lacks docker compose's last line (exited with code)", path);
    foreach (var code in scheduler.ExitCodes.Except(ordinaryExitCodes))
        logs.Doubt($"the scheduler exited with code {code}", path);
    if ((scheduler.End - scheduler.LastBatch)?.TotalSeconds > LongestIdleTailS)
        logs.Doubt($"no batch in the last {LongestIdleTailS} s", path);
}

// A run is complete when every filter that any run of its stage has saw all alerts of the night.
void SetCompleteness(string stage, BenchmarkRun[] runs)
{
    var filters = runs.SelectMany(run => run.AlertsOfFilter.Keys).Distinct().Count();
    if (filters == 0)
        Script.Warn(
            $"no run of {stage} has lines of filters: whether they are complete is not known"
        );
    foreach (var run in runs)
    {
        if (filters > 0)
            run.Complete =
                run.FiltersSeen == filters
                && run.AlertsOfFilter.Values.All(number => number == run.NAlerts);
        if (run.Counts && run.WallTimeS > 0)
            run.AlertsPerS = (double)run.NAlerts / run.WallTimeS;
    }
    string WhatFiltersSaw(BenchmarkRun run) =>
        $"{run.FiltersSeen} of {filters} filters saw "
        + $"{run.MinAlertsFiltered ?? 0} to {run.MaxAlertsFiltered ?? 0} of {run.NAlerts} alerts";
    foreach (var alike in runs.Where(run => !run.Counts).GroupBy(WhatFiltersSaw))
        Script.Warn(
            $"incomplete, counted nowhere: {Screen.Several(alike.Select(run => run.Directory), ", ")}: "
                + alike.Key
        );
}

// "STAGE=TEXT" of the command line, by stage.
Dictionary<string, string> StartMarkers(string[] texts, IReadOnlyList<SweepRun> sweep)
{
    var stages = sweep.SelectMany(run => run.Stages).Distinct().ToArray();
    var markers = new Dictionary<string, string>();
    foreach (var text in texts)
    {
        var parts = text.Split('=', 2);
        if (parts.Length < 2 || parts[1] == "" || !stages.Contains(parts[0]))
            throw new UsageException(
                $"--start-marker: expected STAGE=TEXT, where STAGE is {string.Join(" or ", stages)}"
            );
        if (!markers.TryAdd(parts[0], parts[1]))
            throw new UsageException($"--start-marker: {parts[0]} is given twice");
    }
    return markers;
}
