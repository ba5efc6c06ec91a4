#!/usr/bin/env dotnet-script
#r "nuget: CsvHelper, 33.1.0"
#r "nuget: YamlDotNet, 18.1.0"
#load "../shared/helpers.csx"
#load "../shared/runs.csx"
#load "../shared/calkit.csx"
#load "../shared/logs.csx"
#load "../shared/campaign.csx"
#nullable enable
using System.Text;
using System.Text.RegularExpressions;

const string Help = """
    Everything that the logs of Kowalski's runs tell, one row a run: results/kowalski.csv (the
    notebook's table), kowalski-runs.csv, and kowalski-progress.csv, how many alerts were taken in
    when. The runs are those of the stages benchmark-kowalski… in calkit.yaml.

      --output DIR  the directory of the tables [results]
    """;

// Lines can get lost in Dask: a run that took in less than this share of its alerts is in doubt.
const double LeastTakenIn = 0.99;

return Script.Run(Args, Help, Main);

void Main(Options options)
{
    var campaign = Campaign.Open("kowalski");
    foreach (var run in campaign.Read(KowalskiRun.Read))
    {
        SetFacts(run.Logs.Run, run);
        SetIngestAndCost(run.Logs.Run, run);
        DoubtTimes(run);
    }
    campaign.Save(options, "supervisord.log");
}

void SetFacts(Run run, KowalskiRun told)
{
    run["start_time"] = told.Start;
    run["end_time"] = told.End;
    run["wall_time_s"] = told.WallTimeS;
    run["exact_wall_time_s"] = told.WallTimeS;
    // The benchmark ends a run once all alerts are classified: all of it is processing.
    run["processing_time_s"] = told.WallTimeS;
    run["idle_tail_s"] = 0;
    run["alerts_per_s"] = told.WallTimeS > 0 ? told.Logs.NAlerts / told.WallTimeS : null;
    run["sustained_alerts_per_s"] = told.Logs.Progress?.SustainedAlertsPerS;
    run["longest_stall_s"] = told.Logs.Progress?.LongestStallS;
    run["alerts_taken_in"] = told.Dask?.AlertsTakenIn;
    run["warnings"] = told.Supervisord.Warnings;
    run["errors"] = told.Supervisord.Errors;
}

void SetIngestAndCost(Run run, KowalskiRun told)
{
    run["kafka_alerts_per_s"] = told.Ingest?.AlertsPerS;
    run["peak_memory_gib"] = told.Stats?.PeakMemoryGib;
    run["mean_cpus"] = told.Stats?.MeanCpus;
    run["peak_cpus"] = told.Stats?.Samples.Max(sample => sample.Cpus);
    var isBusy = run.Number("mean_cpus") > 0;
    run["alerts_per_cpu_s"] = isBusy ? run.Number("alerts_per_s") / run.Number("mean_cpus") : null;
}

// Why the times of a run may be wrong.
void DoubtTimes(KowalskiRun run)
{
    var logs = run.Logs;
    var incident = run.Supervisord.Incident;
    var supervisord = run.Supervisord;
    logs.DoubtContainers(
        supervisord.Log,
        step => step.Number > supervisord.StartNumber && step.Number <= supervisord.EndNumber
    );
    var later = supervisord.LaterStart;
    logs.Doubt(later != null, "supervisord.log goes on with another run, the first counts", later);
    logs.Doubt(incident != null, "a program ended or started again during the run", incident);
    var gaveUp = run.Supervisord.GaveUp;
    logs.Doubt(gaveUp != null, "a program was not run: supervisord gave up", gaveUp);
    logs.Doubt(run.Dask?.WorkerLost != null, "a dask worker was lost", run.Dask?.WorkerLost);
    var taken = run.Dask?.AlertsTakenIn;
    var isShort = taken < LeastTakenIn * logs.NAlerts;
    logs.Doubt(isShort, "dask_cluster.log has fewer alerts", $"{taken}");
    // A worker that is lost starts again.
    var started = run.Dask is { WorkerLost: null } dask ? dask.WorkersStarted : 0;
    var expected = logs.Run.Cell("n_workers");
    var what = $"{started} workers started, the sweep says {expected}";
    logs.Doubt(started > 0 && expected != "" && expected != $"{started}", what);
    logs.Note(run.Supervisord.Errors > 0, "errors in the logs");
}

/// <summary>What the logs of a run tell.</summary>
class KowalskiRun
{
    public required RunLogs Logs;
    public required SupervisordLog Supervisord;
    public required DaskLog? Dask;
    public required KafkaIngest? Ingest;
    public required DockerStats? Stats;

    // From the broker's start to what ends supervisord: the notebook's definition of a run. Whole seconds,
    // since supervisord's milliseconds are dropped.
    public DateTime Start => Supervisord.Start!.Value;
    public DateTime End => Supervisord.End!.Value;
    public double WallTimeS => (End - Start).TotalSeconds;

    public static KowalskiRun Read(RunLogs logs)
    {
        var run = new KowalskiRun
        {
            Logs = logs,
            Supervisord = SupervisordLog.Read(logs),
            Dask = logs.Optional("dask_cluster.log", DaskLog.Read),
            Ingest = logs.KafkaIngest(),
            Stats = logs.Stats("ingester.stats.log"),
        };
        if (run.End < run.Start)
            throw new UnreadableLogException(
                "supervisord.log ends before the start",
                $"{run.Start:s}"
            );
        if (run.Dask != null)
            logs.Progress = Progress.Of(run.Dask.StepsSince(run.Start), logs.NAlerts);
        return run;
    }
}

/// <summary>What supervisord.log tells. Its times have no zone.</summary>
class SupervisordLog
{
    public required Log Log;
    public DateTime? Start; // of the first line that says that the broker is running
    public DateTime? End; // of the first line after it that says that supervisord ends
    public long StartNumber; // of its line
    public long EndNumber;
    public string? LaterStart; // where a start after the end stands
    public double Warnings; // lines with the level WARN that are no ordinary notice
    public double Errors; // the same with ERRO or CRIT
    public string? Incident; // where the first line between start and end that tells of one stands
    public string? GaveUp; // where the first line until the end stands that says that a program is not run

    const string Started = "alert-broker-ztf entered RUNNING state";
    const string Finished = "received SIGTERM indicating exit request";

    // Log.Lines hands out the lines that hold one of these words: all of supervisord's.
    static readonly string[] levels = [" INFO ", " WARN ", " ERRO ", " CRIT "];

    // success: alert-broker-ztf entered RUNNING state, process has stayed up for > than 1 seconds (startsecs)
    // With numprocs, it is alert-broker-ztf_00 and so on.
    static readonly Regex isRunning = new(
        "success: (alert-broker-ztf(_[0-9]+)?) entered RUNNING state"
    );

    // received SIGTERM indicating exit request
    // waiting for alert-broker-ztf, dask-cluster to die, all that supervisorctl shutdown says
    static readonly Regex isEnd = new(
        "^received SIG(TERM|INT|QUIT) indicating exit request|^waiting for .* to die"
    );

    // exited: dask-cluster (exit status 0; expected), stopped: dask-cluster (terminated by SIGTERM),
    // killing 'dask-cluster' (9) with SIGKILL, received SIGHUP indicating restart request
    static readonly Regex isIncident = new("^(exited|stopped): |^killing '|^received SIGHUP");

    // gave up: dask-cluster entered FATAL state, too many start retries too quickly
    const string GivingUp = "gave up: ";

    // spawned: 'dask-cluster' with pid 9
    static readonly Regex isSpawned = new("^spawned: '(.*?)'");

    // As root, with a server for its commands, or with included files, supervisord begins its log with
    // notices at its highest levels; the end of a run is a warning to it.
    static readonly Regex isOrdinary = new(
        @"^(Supervisor (is )?running as root|Set uid to user |For \[program:|Included extra file "
            + "|Server '.*_http_server' running without any HTTP authentication"
            + @"|No file matches via include |stopped: .*\(terminated by SIGTERM\)"
            + "|received SIG(TERM|INT|QUIT) indicating exit request)"
    );

    readonly HashSet<string> seen = []; // programs that were spawned, and brokers that were running

    public static SupervisordLog Read(RunLogs logs)
    {
        logs.NoteOlder("supervisord.log");
        var path = logs.PathOf("supervisord.log");
        var told = new SupervisordLog { Log = new(path, Frame.Supervisord) };
        foreach (var line in told.Log.Lines(levels))
            if (line.Time != null)
                told.See(line);
        if (told.End != null)
            return told;
        _ = told.Log.FirstTime; // else it says what the file is
        var place = told.Start == null ? "no line" : "no line after the start";
        var words = told.Start == null ? Started : Finished;
        var isOlder = File.Exists($"{path}.1");
        var remedy = isOlder ? ": put supervisord.log.1, which is older, before it" : "";
        throw new UnreadableLogException($"{place} of supervisord.log holds \"{words}\"{remedy}");
    }

    void See(LogLine line)
    {
        var isDuringRun = Start != null && End == null;
        var running = isRunning.Match(line.Text);
        if (running.Success && End != null)
            LaterStart ??= line.Place;
        if (running.Success && Start == null)
            (Start, StartNumber) = (line.Time, line.Number);
        if (isDuringRun && isEnd.IsMatch(line.Text))
            (End, EndNumber) = (line.Time, line.Number);
        var again = running.Success ? running : isSpawned.Match(line.Text);
        var isAgain = again.Success && !seen.Add(again.Value);
        if (isDuringRun && (isAgain || isIncident.IsMatch(line.Text)))
            Incident ??= line.Place;
        if (End == null && line.Text.StartsWith(GivingUp))
            GaveUp ??= line.Place;
        if (isOrdinary.IsMatch(line.Text))
            return;
        Warnings += line.Level == "WARN" ? 1 : 0;
        Errors += line.Level is "ERRO" or "CRIT" ? 1 : 0;
    }
}

/// <summary>What dask_cluster.log tells.</summary>
class DaskLog
{
    public double AlertsTakenIn;
    public int WorkersStarted;
    public string? WorkerLost; // where the first line that tells of one stands

    // 2025-08-05 02:01:10,123 - distributed.nanny - WARNING - Restarting worker
    // The death itself is INFO, which LocalCluster silences. SIGTERM, 15, is the ordinary end.
    static readonly Regex isLost = new(
        @"Restarting worker|failed to heartbeat|was killed by signal (?!15\b)"
            + @"|memory budget\. Restarting|because [0-9]+ workers died"
    );

    static readonly int SecondLength = "20250805_01:41:20: ".Length;

    // By the beginning of their lines.
    readonly Dictionary<string, double> alertsOfSecond = [];
    string second = ""; // of the last of them

    public static DaskLog Read(string path)
    {
        var told = new DaskLog();
        // See gets each line that holds one of these words, and few others: add those of yours.
        using var reader = new LineReader(path, "distributed.", "AlertWorker");
        while (reader.ReadLine())
        {
            told.See(reader);
            told.SeeAlerts(reader.Line);
            told.SeeAlerts(reader.ReadLinesWithoutWord());
        }
        if (told.AlertsTakenIn == 0 && LogFile.WhatItIs(path) is { } what)
            throw new UnreadableLogException($"dask_cluster.log {what}");
        return told;
    }

    void See(LineReader reader)
    {
        WorkersStarted += reader.Line.Count("AlertWorker setup complete"u8);
        if (reader.Line.IndexOf(" - distributed."u8) >= 0 && isLost.IsMatch(reader.Text))
            WorkerLost ??= reader.Place;
    }

    // 20250805_01:41:20: ztf_20250311_programid1 ZTF18a 3000000000000000000 tcp://127.0.0.1:44789
    // Since 2025-08-07 "ztf: " stands before the topic (Kowalski's pull request 575). Where a line end got
    // lost, a line tells of two. In dask's own lines no number stands before an address.
    void SeeAlerts(ReadOnlySpan<byte> lines)
    {
        var from = 0;
        while (lines[from..].IndexOf(" tcp://"u8) is >= 0 and var found)
        {
            var address = from + found;
            from = address + 1;
            if (address == 0 || !char.IsAsciiDigit((char)lines[address - 1]))
                continue;
            var start = lines[..address].LastIndexOf((byte)'\n') + 1;
            SeeAlert(lines[start..]);
        }
    }

    // The first of these lines tells of it.
    void SeeAlert(ReadOnlySpan<byte> lines)
    {
        AlertsTakenIn++;
        var beginning = lines[..Math.Min(SecondLength, lines.Length)];
        if (!Ascii.Equals(beginning, second))
            second = SecondOf(lines, beginning);
        alertsOfSecond[second] = alertsOfSecond.GetValueOrDefault(second) + 1;
    }

    // Where docker's prefix or a colour stands before it, it has to be looked for.
    static string SecondOf(ReadOnlySpan<byte> lines, ReadOnlySpan<byte> beginning)
    {
        if (char.IsAsciiDigit((char)beginning[0]))
            return Encoding.ASCII.GetString(beginning);
        var end = lines.IndexOf((byte)'\n');
        var line = LineReader.TextOf(end < 0 ? lines : lines[..end]);
        var time = Frame.Kowalski.Read(line).Time;
        return $"{time:yyyyMMdd_HH:mm:ss}: ";
    }

    /// <summary>How many alerts were taken in when, to the second.</summary>
    public List<Step> StepsSince(DateTime start)
    {
        var steps = new List<Step>();
        var taken = 0.0;
        DateTime? zero = null;
        foreach (
            var (second, nAlerts) in alertsOfSecond.OrderBy(x => x.Key, StringComparer.Ordinal)
        )
        {
            if (Frame.Kowalski.Read(second).Time is not { } time)
                continue;
            // These times are UTC, supervisord's those of its machine: quarters of an hour apart.
            zero ??= start.AddMinutes(15 * Math.Round((time - start).TotalMinutes / 15));
            taken += nAlerts;
            steps.Add(new(Math.Max(0, (time - zero.Value).TotalSeconds), taken));
        }
        return steps;
    }
}
