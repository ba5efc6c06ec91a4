#!/usr/bin/env dotnet-script
#r "nuget: CsvHelper, 33.0.1"
#r "nuget: YamlDotNet, 16.3.0"
#load "../shared/helpers.csx"

// The peak memory of every container of every run, from the samples in its *.stats.log:
// results/memory.csv.
//
//     dotnet script scripts/collect-memory.csx -- [STAGE...]
//
// For BOOM also the peak of consumer and scheduler together, sample by sample.

return Stage.Run(() =>
{
    var stages = new CommandLine(Args, "collect-memory.csx [STAGE...]").Words;
    var runs = Sweep.RunsOfBothSystems("calkit.yaml", stages);
    var table = new Table(["system", "run", "container", "samples", "peak_gib"]);
    var skippedLines = 0;

    foreach (var (system, run) in runs)
    {
        // Containers with their memory in use (GiB), sample by sample; null for a line cut short.
        var memory = new Dictionary<string, decimal?[]>();
        foreach (var log in StatsLogs(run))
        {
            var samples = StatsLog
                .Read(log, "MemUsage")
                .Select(bytes => bytes / StatsLog.Gib)
                .ToArray();
            skippedLines += samples.Count(sample => sample == null);
            if (samples.All(sample => sample == null))
                Stage.Warn($"{log} has no sample");
            else
                memory[Container(log)] = samples;
        }

        // Both are polled at the same pace; the shorter one ends the sum.
        if (
            memory.TryGetValue("consumer", out var consumer)
            && memory.TryGetValue("scheduler", out var scheduler)
        )
            memory["consumer+scheduler"] = consumer.Zip(scheduler, (a, b) => a + b).ToArray();

        foreach (var (container, samples) in memory)
            if (samples.Max() is { } peak)
                table.Add(
                    system,
                    run.Name,
                    container,
                    $"{samples.Count(sample => sample != null)}",
                    Numbers.Exact(peak)
                );
    }

    if (table.Rows.Count == 0)
        throw Log.NoneIn(runs.Select(run => run.Run).ToArray());
    table.Write("results/memory.csv");
    table.Print();
    Console.WriteLine($"{skippedLines} lines that hold no whole sample were skipped");
});

string[] StatsLogs(Run run)
{
    var logs = Directory.Exists(run.Directory)
        ? Directory.GetFiles(run.Directory, "*.stats.log").Order(StringComparer.Ordinal).ToArray()
        : [];
    if (logs.Length == 0)
        Stage.Warn($"{run.Directory}/*.stats.log does not exist");
    return logs.Select(log => $"{run.Directory}/{Path.GetFileName(log)}").ToArray();
}

string Container(string log) => Path.GetFileName(log).Replace(".stats.log", "");
