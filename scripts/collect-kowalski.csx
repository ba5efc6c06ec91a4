#!/usr/bin/env dotnet-script
#r "nuget: CsvHelper, 33.0.1"
#r "nuget: YamlDotNet, 16.3.0"
#load "../shared/helpers.csx"
#load "../shared/runs.csx"
#load "../shared/calkit.csx"
#load "../shared/logs.csx"
#nullable enable
using System.Text.RegularExpressions;

const string Help = """
    Everything that the logs of Kowalski's runs tell, one row a run: results/kowalski.csv (the
    notebook's table) and kowalski-runs.csv. The runs are those of benchmark-kowalski… in calkit.yaml.

      --output DIR  the directory of the tables [results]
    """;

// Lines can get lost in Dask: a run that took in less than this share of its alerts is in doubt.
const double LeastTakenIn = 0.99;
return Script.Run(Args, Help, Main);

void Main(Options options)
{
    var campaign = new Campaign("kowalski", "supervisord.log");
    var runs = campaign.ReadAll(logs =>
        (new SupervisordLog(logs), logs.Optional("dask_cluster.log", log => new DaskLog(log)))
    );
    foreach (var (logs, (supervisord, dask)) in runs)
        SetFacts(logs.Run, logs, supervisord, dask);
    campaign.Save(options);
}

void SetFacts(Run run, RunLogs logs, SupervisordLog supervisord, DaskLog? dask)
{
    // From the broker's start to the signal that ends it: the notebook's definition of a run. Whole
    // seconds, since supervisord's milliseconds are dropped.
    run["start_time"] = supervisord.Start;
    run["end_time"] = supervisord.End;
    var wallTimeS = (supervisord.End - supervisord.Start).TotalSeconds;
    run["wall_time_s"] = wallTimeS;
    run["exact_wall_time_s"] = wallTimeS;
    // The benchmark ends a run once all alerts are classified: all of it is processing.
    run["processing_time_s"] = wallTimeS;
    run["idle_tail_s"] = 0;
    run["alerts_per_s"] = wallTimeS > 0 ? logs.NAlerts / wallTimeS : null;
    run["alerts_taken_in"] = dask?.AlertsTakenIn;
    run["warnings"] = supervisord.Warnings;
    run["errors"] = supervisord.Errors;
    run["kafka_alerts_per_s"] = logs.KafkaIngest()?.AlertsPerS;
    var stats = logs.Optional("ingester.stats.log", DockerStats.Read);
    run["peak_memory_gib"] = stats?.MemoryGib.Max();
    logs.Note(supervisord.Errors > 0, "errors in the logs");
    var isShort = dask?.AlertsTakenIn < LeastTakenIn * logs.NAlerts;
    logs.Doubt(isShort, "dask_cluster.log has fewer alerts", $"{dask?.AlertsTakenIn}");
    logs.Doubt(dask?.WorkerLost != null, "a dask worker was killed or restarted", dask?.WorkerLost);
}

/// <summary>What supervisord.log tells. Its times have no zone. Doubts go to its run.</summary>
class SupervisordLog
{
    public DateTime Start; // of the first line that says that the broker is running
    public DateTime End; // of the first line after it that says that the run is over
    public double Warnings; // lines with the level WARN that are no ordinary notice
    public double Errors; // the same with ERRO or CRIT

    const string Started = "alert-broker-ztf entered RUNNING state";
    const string Finished = "received SIGTERM indicating exit request";

    // Behind docker's prefix or not. The milliseconds are dropped, as the notebook's pandas does.
    const string Beginning = @"^\W*(?:[\w.-]+ *\|\s*)?(\d{4}-\d\d-\d\d [\d:]{8}),\d{3} ([A-Z]{4}) ";
    static readonly Regex beginning = new(Beginning);

    // As root, with a server for its commands, or with included files, supervisord begins its log
    // with notices at its highest levels; the end of a run is a warning to it.
    static readonly Regex ordinary = new(
        @"Supervisor (is )?running as root|Set uid to user |For \[program:|Included extra file |"
            + "_http_server' running without any HTTP authentication|No file matches via include |"
            + $@"{Finished}|stopped: .*\(terminated by SIGTERM\)"
    );

    // "exited: dask-cluster (exit status 1; not expected)", and what follows after some of these.
    static readonly Regex died = new(@"(exited: .*; not expected\)|gave up: )");

    public SupervisordLog(RunLogs logs)
    {
        var (path, latest) = (logs.PathOf("supervisord.log"), DateTime.MinValue);
        using var log = new LogReader(path);
        while (log.ReadLine())
        {
            var text = log.Text;
            var line = beginning.Match(text);
            if (!DateTime.TryParse(line.Groups[1].Value, out var time))
                continue;
            var level = line.Groups[2].Value;
            Warnings += level == "WARN" && !ordinary.IsMatch(text) ? 1 : 0;
            Errors += level is "ERRO" or "CRIT" && !ordinary.IsMatch(text) ? 1 : 0;
            // Local times: when summer time ends, they go back by an hour.
            var isBack = End == default && latest > time.AddSeconds(1);
            logs.Doubt(isBack, "the clock goes back", log.Place);
            latest = time > latest ? time : latest;
            var isRunning = Start != default && End == default;
            logs.Doubt(isRunning && died.IsMatch(text), "a process died during the run", log.Place);
            var isStart = text.Contains(Started);
            logs.Doubt(Start != default && isStart, "several starts, of which the first counts");
            Start = isStart && Start == default ? time : Start;
            // A message of another level may quote it.
            End = isRunning && level == "WARN" && text.Contains(Finished) ? time : End;
        }
        // supervisord renames a log that has become too long.
        var older = File.Exists($"{path}.1") ? $"; put {path}.1, which is older, before it" : "";
        var (place, words) = Start == default ? ("", Started) : (" after the start", Finished);
        if (End == default)
            throw new InvalidDataException($"{path}: no line{place} holds \"{words}\"{older}");
        if (End < Start)
            throw new InvalidDataException($"{path}: ends at {End:s}, before the start {Start:s}");
    }
}

/// <summary>What dask_cluster.log tells.</summary>
class DaskLog
{
    public double AlertsTakenIn; // lines "20250805_01:41:20: ztf: TOPIC OBJECT_ID CANDID tcp://…"
    public string? WorkerLost; // the first line that tells of a worker that was killed or restarted

    // SIGTERM, 15, is the ordinary end.
    static readonly Regex lost = new(@"was killed by signal (?!15\b)|memory budget\. Restarting");

    public DaskLog(LogReader log)
    {
        while (log.ReadLine())
            if (log.Has(": ztf: "u8) && log.Has(" tcp://"u8))
                AlertsTakenIn++;
            else if (log.Has(" - distributed."u8) && lost.IsMatch(log.Text))
                WorkerLost ??= log.Place;
    }
}
