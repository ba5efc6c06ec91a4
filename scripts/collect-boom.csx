#!/usr/bin/env dotnet-script
#r "nuget: CsvHelper, 33.1.0"
#r "nuget: YamlDotNet, 18.1.0"
#load "../shared/helpers.csx"
#load "../shared/runs.csx"
#load "../shared/calkit.csx"
#load "../shared/logs.csx"
#load "../shared/campaign.csx"
#nullable enable
using System.Globalization;
using System.Text.RegularExpressions;

const string Help = """
    Everything that the logs of BOOM's runs tell, one row a run: results/boom.csv (the notebook's
    table), boom-runs.csv, and boom-progress.csv, how many alerts were through when. The runs are those
    of the stages benchmark-boom… in calkit.yaml.

      --output DIR  the directory of the tables [results]
    """;

// Docker compose waits 10 s before it kills a scheduler, which prints every 2 s while it is idle.
const double LeastIdleTailS = 8; // with less, the end of the log may be missing
const double LongIdleTailS = 20; // with more, something else was waited for
const double LongestSetupS = 30; // of a consumer, until it asks for its first message
const double LongestGapS = 60; // between the end of consumer.log and the beginning of scheduler.log
const double WallTimeToleranceS = 1; // of BOOM's own wall_time.txt

return Script.Run(Args, Help, Main);

void Main(Options options)
{
    var campaign = Campaign.Open("boom");
    var runs = campaign.Read(BoomRun.Read);
    foreach (var stage in runs.GroupBy(run => run.Logs.Stage))
    {
        var nFilters = FiltersExpected([.. stage], campaign.Yaml.OptionalParameter("n_filters"));
        if (nFilters == null)
            Script.Warn($"no run of {stage.Key} tells what filters saw: complete is not known");
        foreach (var run in stage)
        {
            SetTimes(run.Logs.Run, run);
            SetThroughput(run.Logs.Run, run, nFilters);
            SetIngestAndCost(run.Logs.Run, run);
            DoubtTimes(run);
            DoubtWorkers(run);
        }
        NoteIncomplete([.. stage], nFilters);
    }
    campaign.Save(options, "consumer.log", "scheduler.log");
}

void SetTimes(Run run, BoomRun told)
{
    run["start_time"] = told.Start;
    run["end_time"] = told.End;
    run["wall_time_s"] = told.WallTimeS;
    run["exact_wall_time_s"] = (told.End - told.Start).TotalSeconds;
    run["startup_s"] = Seconds(told.Start, told.Scheduler.FirstBatch);
    run["processing_time_s"] = Seconds(told.Start, told.Scheduler.LastBatch);
    run["idle_tail_s"] = Seconds(told.Scheduler.LastBatch, told.End);
}

// Null without one of both, or where they stand the other way round.
double? Seconds(DateTime? from, DateTime? to) => to >= from ? (to - from)?.TotalSeconds : null;

void SetThroughput(Run run, BoomRun told, double? nFilters)
{
    var sums = told.Scheduler.AlertsOfFilter.Values;
    var isComplete = told.IsComplete(nFilters);
    var counts = isComplete != false && told.WallTimeS > 0;
    run["alerts_per_s"] = counts ? told.Logs.NAlerts / told.WallTimeS : null;
    run["sustained_alerts_per_s"] = counts ? told.Logs.Progress?.SustainedAlertsPerS : null;
    run["longest_stall_s"] = counts ? told.Logs.Progress?.LongestStallS : null;
    run["filters_seen"] = told.Scheduler.HasBatchOfUnknownSize ? null : sums.Count;
    run["min_alerts_filtered"] = sums.Count > 0 ? sums.Min() : null;
    run["max_alerts_filtered"] = sums.Count > 0 ? sums.Max() : null;
    run["complete"] = isComplete;
    run["warnings"] = told.Consumer.Odd.Warnings + told.Scheduler.Odd.Warnings;
    run["errors"] = told.Consumer.Odd.Errors + told.Scheduler.Odd.Errors;
}

void SetIngestAndCost(Run run, BoomRun told)
{
    var consumer = told.ConsumerStats;
    var scheduler = told.SchedulerStats;
    run["kafka_alerts_per_s"] = told.Ingest?.AlertsPerS;
    // What the consumer received (10^6 bytes) over the time that the producer took.
    run["kafka_mb_per_s"] = consumer?.ReceivedMb / told.Ingest?.Seconds;
    run["consumer_peak_gib"] = consumer?.PeakMemoryGib;
    run["scheduler_peak_gib"] = scheduler?.PeakMemoryGib;
    var both = DockerStats.Together(consumer, scheduler).ToList();
    run["peak_memory_gib"] = both.Max(sample => sample.MemoryGib);
    run["mean_cpus"] = consumer?.MeanCpus + scheduler?.MeanCpus;
    run["peak_cpus"] = both.Max(sample => sample.Cpus);
    var isBusy = run.Number("mean_cpus") > 0;
    run["alerts_per_cpu_s"] = isBusy ? run.Number("alerts_per_s") / run.Number("mean_cpus") : null;
}

// The parameter n_filters, else the most frequent number among the runs in which every filter saw all
// alerts, else among all; null where no log tells what filters saw.
double? FiltersExpected(BoomRun[] stage, double? parameter)
{
    var telling = stage.Where(run => run.Scheduler.AlertsOfFilter.Count > 0).ToList();
    var whole = telling.FindAll(run => run.AllFiltersSawAll);
    var voting = whole.Count > 0 ? whole : telling;
    var votes = voting.GroupBy(run => (double)run.Scheduler.AlertsOfFilter.Count);
    // Of equally frequent numbers the largest counts.
    var usual = votes.MaxBy(vote => (vote.Count(), vote.Key));
    return usual == null ? null : parameter ?? usual.Key;
}

// Why runs count nowhere: once for a wrong number of the night, else for each run.
void NoteIncomplete(BoomRun[] stage, double? nFilters)
{
    var seen = stage.SelectMany(run => run.Scheduler.AlertsOfFilter.Values).Distinct().ToArray();
    var nights = stage.Select(run => run.Logs.NAlerts).Distinct().ToArray();
    var isOfSeveral = stage.Length > 1 && seen.Length == 1 && nights.Length == 1;
    if (isOfSeveral && seen[0] != nights[0])
    {
        var saw = $"all runs of {stage[0].Logs.Stage} saw {seen[0]} alerts";
        Script.Warn($"incomplete, counts nowhere: {saw}, n_alerts is {nights[0]}");
        return;
    }
    foreach (var run in stage)
    {
        var sums = run.Scheduler.AlertsOfFilter;
        var missed = sums.Where(x => x.Value != run.Logs.NAlerts).Take(3);
        var texts = missed.Select(x =>
            $"filter {x.Key} saw {x.Value} of {run.Logs.NAlerts} alerts"
        );
        if (sums.Count != nFilters)
            texts = texts.Prepend($"{sums.Count} of {nFilters} filters");
        var isIncomplete = run.IsComplete(nFilters) == false;
        run.Logs.Note(isIncomplete, "incomplete, counts nowhere", string.Join(", ", texts));
    }
}

// Why the times of a run may be wrong.
void DoubtTimes(BoomRun run)
{
    var logs = run.Logs;
    var consumer = run.Consumer;
    var scheduler = run.Scheduler;
    logs.DoubtContainers(consumer.Log, run.IsInConsumersRun);
    logs.DoubtContainers(scheduler.Log, run.IsInSchedulersRun);
    var gap = Seconds(consumer.LastTime, scheduler.Log.FirstTime);
    logs.Doubt(gap > LongestGapS, "scheduler.log begins after consumer.log", $"{gap:0} s");
    logs.Doubt(consumer.BeginsLate, "consumer.log lacks its beginning");
    logs.Doubt(consumer.ClockLeap != null, "the clock leaps forward", consumer.ClockLeap);
    logs.Doubt(scheduler.FirstBatch < run.Start, "a batch before the start");
    var isOfIdleLine = consumer.FirstMessage != null && scheduler.LastBatch == null;
    logs.Doubt(
        isOfIdleLine,
        "no batch is told of: the end is the last line, which may be an idle one"
    );
    var tail = Seconds(scheduler.LastBatch, run.End);
    logs.Doubt(tail >= LongIdleTailS, "a long idle tail", $"{tail:0} s");
    logs.Doubt(MayBeCut(run, tail), "scheduler.log may lack its end", NoExit);
    DoubtWallTimeFile(logs, run);
    logs.Note(consumer.Odd.Errors + scheduler.Odd.Errors > 0, "errors in the logs");
}

const string NoExit =
    "no idle tail and no exit line, which compose 2.39.0 to 2.39.2, logs without -f and a client that "
    + "ended first leave out too";

// Where the last line makes the wall time it has to be there: an exit line or an idle tail tells.
bool MayBeCut(BoomRun run, double? tail)
{
    var last = run.Scheduler.Log.LastContainer;
    var isWhole = last.Exits.Count > 0 || last.Name == "" || tail >= LeastIdleTailS;
    return !run.EndsWithBatch && !isWhole;
}

string ReadFirstLine(string path)
{
    using var reader = new LineReader(path);
    var isEmpty = !reader.ReadLine();
    var isOther = LogFile.WhatItIs(path) != null;
    return isEmpty || isOther ? throw LogFile.NotUnderstood(path) : reader.Text;
}

// BOOM's own tests/throughput/run.py writes it, with one decimal: until the last line of the log.
void DoubtWallTimeFile(RunLogs logs, BoomRun run)
{
    var file = logs.PathOf("wall_time.txt");
    if (!File.Exists(file))
        return;
    if (logs.Optional("wall_time.txt", ReadFirstLine) is not { } text)
        return;
    var isNumber = double.TryParse(text, NumberStyles.Float, null, out var seconds);
    isNumber &= double.IsFinite(seconds);
    logs.Doubt(!isNumber, "wall_time.txt is no number", text);
    var more = seconds - (run.End - run.Start).TotalSeconds;
    var isOther = isNumber && Math.Abs(more) > WallTimeToleranceS;
    var detail = $"{text} s, {more:+0.0;-0.0} s: it goes to the log's last line, idle or not";
    logs.Doubt(isOther, "wall_time.txt differs", detail);
}

// What tells that a part of BOOM was missing.
void DoubtWorkers(BoomRun run)
{
    var scheduler = run.Scheduler;
    // Heartbeats come once a minute, so that one behind the last batch tells of the run, too.
    var missing = scheduler.MissingWorkers.Find(beat => beat.Time >= run.Start);
    run.Logs.Doubt(missing != null, "a worker was missing", missing?.Text);
    run.Logs.Doubt(scheduler.Respawned > 0, "a dead worker was respawned");
    // Behind it, the containers that the workers need may be ended before they are.
    var lastWork = scheduler.LastBatch ?? run.End;
    var ended = scheduler.EndedWorkers.Find(x => x.Time >= run.Start && x.Time <= lastWork);
    run.Logs.Doubt(ended != null, "a worker ended", ended?.Place);
    var panic = run.Consumer.Odd.Panic ?? scheduler.Odd.Panic;
    run.Logs.Doubt(panic != null, "a thread panicked", panic);
    foreach (var (argument, value) in run.Logs.Run.Arguments)
    {
        var kind = Regex.Match(argument, "^n_(.+)_workers$").Groups[1].Value;
        // A worker that is respawned starts once more.
        var started = scheduler.Respawned == 0 ? scheduler.StartedOf(kind) : 0;
        var what = $"{started} {kind} workers started, the sweep says {value}";
        run.Logs.Doubt(started > 0 && value != "" && value != $"{started}", what);
    }
}

/// <summary>What the logs of a run tell.</summary>
class BoomRun
{
    public required RunLogs Logs;
    public required ConsumerLog Consumer;
    public required SchedulerLog Scheduler;
    public required KafkaIngest? Ingest;
    public required DockerStats? ConsumerStats;
    public required DockerStats? SchedulerStats;

    // From the consumer's first message, which BOOM logs since October 2025 (its tests/throughput/run.py
    // starts there, too), else from the consumer's first time: the notebook's start.
    public DateTime Start => Consumer.FirstMessage ?? Consumer.Log.FirstTime;

    // To the last batch, where the start is the first message, else to the scheduler's last time: the
    // notebook's end, with the time that docker waits before it kills an idle scheduler.
    public DateTime End => EndsWithBatch ? Scheduler.LastBatch!.Value : Scheduler.LastTime;

    public bool EndsWithBatch => Consumer.FirstMessage != null && Scheduler.LastBatch != null;

    // Where lines tell of start and end, their place in the log says what is between: a clock that steps
    // back does not.
    public bool IsInConsumersRun(StepBack step) =>
        step.Number > Consumer.FirstMessageNumber && !(EndsWithBatch && step.From >= End);

    public bool IsInSchedulersRun(StepBack step) =>
        step.From >= Start && !(EndsWithBatch && step.Number > Scheduler.LastWorkNumber);

    // In whole seconds, not rounded: the notebook's definition.
    public double WallTimeS => Math.Truncate((End - Start).TotalSeconds);

    public bool AllFiltersSawAll => Scheduler.AlertsOfFilter.Values.All(sum => sum == Logs.NAlerts);

    // Whether as many filters as expected saw all alerts; null where the log does not tell.
    public bool? IsComplete(double? nFilters)
    {
        if (nFilters == null || Scheduler.HasBatchOfUnknownSize)
            return null;
        return Scheduler.AlertsOfFilter.Count == nFilters && AllFiltersSawAll;
    }

    public static BoomRun Read(RunLogs logs)
    {
        var run = new BoomRun
        {
            Logs = logs,
            Consumer = ConsumerLog.Read(logs),
            Scheduler = SchedulerLog.Read(logs),
            Ingest = logs.KafkaIngest(),
            ConsumerStats = logs.Stats("consumer.stats.log"),
            SchedulerStats = logs.Stats("scheduler.stats.log"),
        };
        if (run.End < run.Start)
            throw new UnreadableLogException(
                "scheduler.log ends before the start",
                $"{run.Start:O}"
            );
        logs.Progress = Progress.Of(run.Scheduler.StepsSince(run.Start), logs.NAlerts);
        return run;
    }
}

/// <summary>What consumer.log tells.</summary>
class ConsumerLog
{
    public required Log Log;
    public DateTime? FirstMessage; // of replicas, the earliest
    public long FirstMessageNumber; // of its line
    public bool BeginsLate; // its first message, and the progress at 1,000 alerts, are not there
    public string? ClockLeap; // by how much, and where
    public readonly OddLines Odd = new();

    /// <summary>Its last time, of idle lines too.</summary>
    public DateTime? LastTime =>
        Log.Containers.Max(one =>
            one.LastIdleTime > one.LastTime ? one.LastIdleTime : one.LastTime
        );

    // Log.Lines hands out the lines that hold one of these words: add those of yours.
    static readonly string[] telling = ["first message", "items since", " alive: ", "heartbeat"];

    // Consumer 0 pushed 1000 items since 734.12ms
    // Consumer 0 alive: 2000 messages pushed to 'ZTF_alerts' (2000 in the last 60.0002s, 60.0002s total)
    static readonly Regex progress = new(
        @"Consumer (\S+) (?:pushed|alive:) ([0-9]{1,15}) (?:items since|messages .*,) (\S+)"
    );

    // When each consumer began, by its first progress: the clock of "since" does not leap.
    readonly Dictionary<string, DateTime> beginnings = [];
    double? firstPushed;

    public static ConsumerLog Read(RunLogs logs)
    {
        logs.NoteOlder("consumer.log");
        var told = new ConsumerLog { Log = new(logs.PathOf("consumer.log"), Frame.Boom) };
        foreach (var line in told.Log.Lines(telling, idle: "heartbeat"))
        {
            told.Odd.See(line);
            if (line.Time == null)
                continue;
            if (line.Text.Contains("Consumer received first message"))
                told.SeeFirstMessage(line);
            told.SeeProgress(line, line.Time.Value);
        }
        told.CompareBeginnings();
        told.BeginsLate = told.firstPushed > 1000 && told.FirstMessage == null;
        return told;
    }

    void SeeFirstMessage(LogLine line)
    {
        if (FirstMessage != null && FirstMessage <= line.Time)
            return;
        FirstMessage = line.Time;
        FirstMessageNumber = line.Number;
    }

    void SeeProgress(LogLine line, DateTime time)
    {
        var match = progress.Match(line.Text);
        if (RustDuration.Seconds(match.Groups[3].Value) is not { } seconds)
            return;
        var pushed = double.Parse(match.Groups[2].Value);
        firstPushed ??= pushed;
        var beginning = time.AddSeconds(-seconds);
        var consumer = line.Container + match.Groups[1].Value;
        if (beginnings.TryAdd(consumer, beginning))
            return;
        var leap = (beginning - beginnings[consumer]).TotalSeconds;
        if (leap > 1)
            ClockLeap ??= $"by {leap:0} s, {line.Place}";
    }

    // A consumer begins before its first message, and soon after its container.
    void CompareBeginnings()
    {
        if (beginnings.Count == 0)
            return;
        var latest = FirstMessage ?? Log.FirstTime.AddSeconds(LongestSetupS);
        var leap = (beginnings.Values.Min() - latest).TotalSeconds;
        if (leap > 1)
            ClockLeap ??= $"by {leap:0} s, before its first progress";
    }
}

/// <summary>What scheduler.log tells.</summary>
class SchedulerLog
{
    public required Log Log;
    public DateTime? FirstBatch;
    public DateTime? LastBatch; // until its alerts are in Kafka; null without batches
    public long LastWorkNumber; // of its last line of work
    public readonly Dictionary<string, double> AlertsOfFilter = []; // the sums over its batches
    public bool HasBatchOfUnknownSize;
    public readonly Dictionary<string, int> Started = []; // workers, by kind
    public readonly List<LogLine> MissingWorkers = []; // heartbeats
    public readonly List<LogLine> EndedWorkers = [];
    public double Respawned;
    public readonly OddLines Odd = new();

    record Batch(DateTime Time, string Filter, double NAlerts);

    List<Batch> batches = [];

    // Enqueued total of 3 alerts to Kafka topic …; Successfully sent total of 3/3 alerts to Kafka
    static readonly string[] sending = ["Enqueued total of", "Successfully sent total of"];

    // Log.Lines hands out the lines that hold one of these words: add those of yours. " alerts " stands
    // in the lines of batches, and of what is sent for them.
    static readonly string[] telling = [" alerts ", "starting ", "heartbeat"];

    // 12 alerts passed lsst filter 25: of LSST, DECam and WINTER, what the filter saw is not told
    static readonly Regex batchOfUnknownSize = new(@"[0-9]+ alerts passed \w+ filter \S+");

    // starting alert worker
    static readonly Regex starting = new(@"starting (\w+) worker\b");

    // alert worker failed error=…, as workers that end for an error log
    static readonly string[] endings = [" worker failed", "worker exhausted its restart budget"];

    // heartbeat: workers running alert=5/6 enrichment=5/5 filter=2/2
    static readonly Regex running = new(@"\w+=([0-9]+)/([0-9]+)");

    /// <summary>Its last time. Idle schedulers of 2025 print every 2 s, heartbeats among it; a heartbeat
    /// that comes later than that, alone, is none.</summary>
    public DateTime LastTime
    {
        get
        {
            var last = Log.LastContainer;
            var isAmongOthers = (last.LastIdleTime - last.LastTime)?.TotalSeconds is > 0 and <= 2;
            return isAmongOthers ? last.LastIdleTime!.Value : last.LastTime!.Value;
        }
    }

    public static SchedulerLog Read(RunLogs logs)
    {
        logs.NoteOlder("scheduler.log");
        var told = new SchedulerLog { Log = new(logs.PathOf("scheduler.log"), Frame.Boom) };
        foreach (var line in told.Log.Lines(telling, idle: "heartbeat"))
        {
            told.Odd.See(line);
            if (line.Time == null)
                continue;
            // Of a line that is cut, the filter may be another one.
            if (!line.IsCut)
                told.SeeWork(line, line.Time.Value);
            told.SeeWorkers(line);
        }
        return told;
    }

    void SeeWork(LogLine line, DateTime time)
    {
        var text = line.Text;
        var isBatch = text.Contains(" passed ") && SeeBatch(text, time);
        if (isBatch && (FirstBatch == null || time < FirstBatch))
            FirstBatch = time;
        var isWork = isBatch || Array.Exists(sending, text.Contains);
        if (!isWork)
            return;
        LastWorkNumber = line.Number;
        LastBatch = time > LastBatch ? time : LastBatch ?? time;
    }

    // 3/1000 ZTF alerts with programid 1 passed filter 25
    bool SeeBatch(string text, DateTime time)
    {
        if (text.Split(" passed filter ") is not [var before, var after])
        {
            var isOfUnknownSize = batchOfUnknownSize.IsMatch(text);
            HasBatchOfUnknownSize |= isOfUnknownSize;
            return isOfUnknownSize;
        }
        var size = before[(before.LastIndexOf('/') + 1)..].Split(' ')[0];
        if (!uint.TryParse(size, out var nAlerts))
            return false;
        var filter = after.Split(' ')[0];
        AlertsOfFilter[filter] = AlertsOfFilter.GetValueOrDefault(filter) + nAlerts;
        batches.Add(new(time, filter, nAlerts));
        return true;
    }

    void SeeWorkers(LogLine line)
    {
        if (line.Text.Contains("respawned dead worker"))
            Respawned++;
        if (line.Level == "ERROR" && Array.Exists(endings, line.Text.Contains))
            EndedWorkers.Add(line);
        if (
            line.Text.Contains("starting ") && starting.Match(line.Text) is { Success: true } worker
        )
        {
            var kind = KindOf(worker.Groups[1].Value);
            Started[kind] = Started.GetValueOrDefault(kind) + 1;
        }
        var isHeartbeat = line.Text.Contains("heartbeat");
        if (
            isHeartbeat
            && running.Matches(line.Text).Any(x => x.Groups[1].Value != x.Groups[2].Value)
        )
            MissingWorkers.Add(line);
    }

    /// <summary>How many workers of a kind were started. What was ml in 2025 is enrichment in 2026.</summary>
    public int StartedOf(string kind) => Started.GetValueOrDefault(KindOf(kind));

    static string KindOf(string word) => word == "ml" ? "enrichment" : word;

    /// <summary>How many alerts were through all filters, the slowest one included, when: to be asked
    /// once.</summary>
    public List<Step> StepsSince(DateTime start)
    {
        var through = AlertsOfFilter.Keys.ToDictionary(filter => filter, _ => 0.0);
        var steps = new List<Step>();
        var slowest = 0.0;
        // Those of replicas do not stand in the order of their times.
        foreach (var batch in batches.OrderBy(batch => batch.Time))
        {
            var isOfSlowest = through[batch.Filter] == slowest;
            through[batch.Filter] += batch.NAlerts;
            var slowestNow = isOfSlowest ? through.Values.Min() : slowest;
            if (slowestNow == slowest)
                continue;
            slowest = slowestNow;
            steps.Add(new((batch.Time - start).TotalSeconds, slowest));
        }
        batches = []; // a campaign has thousands of runs
        return steps;
    }
}

/// <summary>The lines of a log that tell that something was odd.</summary>
class OddLines
{
    public double Warnings; // lines with the level WARN
    public double Errors;
    public string? Panic; // where the first one stands

    // How BOOM logs an ordinary concurrent insert, until its pull request 587 of 2026-08-26.
    static readonly string[] ordinary =
    [
        "alert aux already exists",
        "Alert aux document for object_id",
        "concurrent aux update detected",
        "Concurrent modification detected for object_id",
    ];

    // %3|1722816715.123|FAIL|rdkafka#consumer-1| [thrd:broker]: …, with a level of syslog
    static readonly Regex rdkafka = new(@"%([0-7])\|[0-9]+\.[0-9]+\|[A-Z_]+\|");

    public void See(LogLine line)
    {
        var level = line.Time == null ? LevelOfRdkafka(line.Text) : line.Level;
        if (line.Text.Contains("panicked"))
            Panic ??= line.Place;
        if (level is not ("WARN" or "ERROR") || Array.Exists(ordinary, line.Text.Contains))
            return;
        Warnings += level == "WARN" ? 1 : 0;
        Errors += level == "ERROR" ? 1 : 0;
    }

    static string LevelOfRdkafka(string text)
    {
        var match = rdkafka.Match(text);
        return match.Groups[1].Value switch
        {
            "0" or "1" or "2" or "3" => "ERROR",
            "4" => "WARN",
            _ => "",
        };
    }
}
