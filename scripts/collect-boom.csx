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
    Everything that the logs of BOOM's runs tell, one row a run: results/boom.csv (the notebook's
    table) and results/boom-runs.csv. The runs are those of the stages benchmark-boom… in calkit.yaml.

      --output DIR  the directory of the tables [results]
    """;

// Docker compose waits 10 s before it kills a scheduler. From here on an idle tail (s) is a doubt.
const double LongIdleTailS = 20;
return Script.Run(Args, Help, Main);

void Main(Options options)
{
    var campaign = new Campaign("boom", "consumer.log", "scheduler.log");
    (BoomLog, BoomLog) Read(RunLogs run) => (new(run, "consumer.log"), new(run, "scheduler.log"));
    var runs = campaign.ReadAll(Read);
    foreach (var stage in runs.GroupBy(run => run.Logs.Stage))
    {
        // The most frequent number of filters is expected, of equally frequent ones the largest.
        var numbers = stage.Select(run => (double?)run.Told.Item2.AlertsOfFilter.Count);
        var usual = numbers.Where(x => x > 0).GroupBy(x => x).MaxBy(x => (x.Count(), x.Key));
        var nFilters = campaign.Yaml.Parameter("n_filters") ?? usual?.Key;
        if (nFilters == null)
            Script.Warn($"no run of {stage.Key} tells what filters saw: complete is not known");
        foreach (var (logs, (consumer, scheduler)) in stage)
            SetFacts(logs.Run, logs, consumer, scheduler, nFilters);
    }
    campaign.Save(options);
}

void SetFacts(Run run, RunLogs logs, BoomLog consumer, BoomLog scheduler, double? nFilters)
{
    // Null without one of both, or where they stand the other way round.
    double? Seconds(DateTime? from, DateTime? to) => to >= from ? (to - from)?.TotalSeconds : null;
    // From the consumer's first message, which BOOM logs since October 2025, else from its first
    // timestamp (the notebook), to the scheduler's last one.
    var (start, end) = (consumer.FirstMessage ?? consumer.FirstTime, scheduler.LastTime);
    if (end < start)
        throw new InvalidDataException($"{logs.PathOf("scheduler.log")}: ends before {start:O}");
    run["start_time"] = start;
    run["end_time"] = end;
    var exact = (end - start).TotalSeconds;
    var wallTime = Math.Truncate(exact); // not rounded: the notebook's definition
    run["wall_time_s"] = wallTime;
    run["exact_wall_time_s"] = exact;
    run["startup_s"] = Seconds(start, scheduler.FirstBatch);
    // Until the last batch; then docker compose waits for a scheduler that ignores its SIGTERM.
    run["processing_time_s"] = Seconds(start, scheduler.LastBatch);
    var tail = Seconds(scheduler.LastBatch, end);
    run["idle_tail_s"] = tail;
    // Of LSST a batch is known, but not what its filter saw.
    var sums = scheduler.AlertsOfFilter;
    var isKnown = nFilters != null && (sums.Count > 0 || scheduler.LastBatch == null);
    var isComplete = sums.Count == nFilters && sums.Values.All(sum => sum == logs.NAlerts);
    run["alerts_per_s"] = isKnown && !isComplete || wallTime == 0 ? null : logs.NAlerts / wallTime;
    run["filters_seen"] = sums.Count;
    run["min_alerts_filtered"] = sums.Values.Cast<double?>().Min();
    run["max_alerts_filtered"] = sums.Values.Cast<double?>().Max();
    run["complete"] = isKnown ? isComplete : null;
    run["warnings"] = consumer.Warnings + scheduler.Warnings;
    run["errors"] = consumer.Errors + scheduler.Errors;
    var ingest = logs.KafkaIngest();
    run["kafka_alerts_per_s"] = ingest?.AlertsPerS;
    var consumerStats = logs.Optional("consumer.stats.log", DockerStats.Read);
    var schedulerStats = logs.Optional("scheduler.stats.log", DockerStats.Read);
    // What the consumer received (10^6 bytes) over the time that the producer took.
    run["kafka_mb_per_s"] = consumerStats?.ReceivedMb / ingest?.Seconds;
    run["consumer_peak_gib"] = consumerStats?.MemoryGib.Max();
    run["scheduler_peak_gib"] = schedulerStats?.MemoryGib.Max();
    // Of both containers together, sample by sample: they are polled at the same pace.
    var both = consumerStats?.MemoryGib.Zip(schedulerStats?.MemoryGib ?? [], (a, b) => a + b);
    run["peak_memory_gib"] = both?.Max();
    logs.Note(consumer.Errors + scheduler.Errors > 0, "errors in the logs");
    var saw = sums.Where(x => x.Value != logs.NAlerts).Select(x => $"{x.Key} saw {x.Value} alerts");
    var filters = $"{sums.Count} of {nFilters} filters; {Script.Several(saw.Take(3))}";
    logs.Note(isKnown && !isComplete, "incomplete, counts nowhere", filters);
    logs.Doubt(consumer.BeginsLate, "consumer.log lacks its beginning");
    logs.Doubt(scheduler.FirstBatch < start, "a batch before the start");
    logs.Doubt(tail >= LongIdleTailS, "a long idle tail", $"{tail:0} s");
    // BOOM's own tests/throughput/run.py writes it, with one decimal.
    var file = logs.PathOf("wall_time.txt");
    var theirs = File.Exists(file) ? File.ReadAllText(file).Trim() : $"{exact}";
    var isAlike = double.TryParse(theirs, out var seconds) && Math.Abs(seconds - exact) <= 1;
    logs.Doubt(!isAlike, "wall_time.txt differs", $"{theirs} s");
}

/// <summary>What consumer.log or scheduler.log tells, in UTC. Doubts go to its run.</summary>
class BoomLog
{
    public DateTime FirstTime;
    public DateTime LastTime; // a heartbeat ends no run
    public DateTime? FirstMessage; // of "Consumer received first message"
    public DateTime? FirstBatch; // of the first line of a batch through a filter
    public DateTime? LastBatch; // null without batches: LastBatch ?? LastTime
    public Dictionary<string, double> AlertsOfFilter = []; // the sums over their batches
    public bool BeginsLate; // its first message, and the progress at 1,000 alerts, are not there
    public double Warnings; // lines with the level WARN
    public double Errors;

    // Docker's prefix and, since 2026, trace ids may stand before the time, the level behind it. Of
    // LSST, DECam and WINTER "12 alerts passed lsst filter 25": how many it saw is not told.
    static readonly Regex beginning = new(@"^\W*([\w.-]+ *\|)?\s*(?:\w+=\S*\s+)*(\d\S+Z)\s+(\w*)");
    static readonly Regex batch = new(@"(?:/(\d+) .*?passed|\d+ alerts passed \w+) filter (\S+)");
    static readonly Regex progress = new(@"pushed (\d+) items since");
    static readonly Regex exited = new(@"^\S*?([a-z]+[-_]\d+) exited with code (0|137|143)?\d*");

    public BoomLog(RunLogs logs, string name)
    {
        var (container, first, latest) = ("", "an empty log", DateTime.MinValue);
        var (last, pushed, column) = (Array.Empty<byte>(), 0.0, 0);
        using var log = new LogReader(logs.PathOf(name));
        while (log.ReadLine())
        {
            first = log.LineNumber == 1 ? log.Text : first;
            // A time mostly ends in the same column; a message may hold one too.
            var z = log.Line.IndexOf((byte)'Z');
            if (z < 26 || log.Line[z - 7] != '.' || z != column && !beginning.IsMatch(log.Text))
            {
                var exit = exited.Match(log.Has(" exited "u8) ? log.Text : "");
                var isCrash = exit.Success && !exit.Groups[2].Success;
                logs.Doubt(isCrash, "a container crashed", exit.Value);
                container = exit.Success ? exit.Groups[1].Value : container;
                continue;
            }
            column = z;
            if (log.Has("heartbeat"u8))
                continue;
            last = log.Line.ToArray();
            var level = log.Line[z..Math.Min(z + 20, log.Line.Length)];
            var isOdd = level.IndexOf("WARN"u8) >= 0 || level.IndexOf("ERROR"u8) >= 0;
            var isProgress = log.Has(" items since "u8) || log.Has(" first message"u8);
            var matters = isOdd || isProgress || log.Has(" passed "u8) || container != "";
            if (!matters && latest != default)
                continue;
            var text = log.Text;
            var line = beginning.Match(text);
            if (TimeOf(line) is not { } time)
                continue;
            FirstTime = latest == default ? time : FirstTime;
            Warnings += line.Groups[3].Value == "WARN" ? 1 : 0;
            Errors += line.Groups[3].Value == "ERROR" ? 1 : 0;
            FirstMessage ??= text.Contains("Consumer received first message") ? time : null;
            if (pushed == 0 && progress.Match(text) is { Success: true } push)
                pushed = double.Parse(push.Groups[1].Value);
            if (!log.IsCut && batch.Match(text) is { Success: true } through)
            {
                (FirstBatch, LastBatch) = (FirstBatch ?? time, time);
                var filter = through.Groups[2].Value;
                if (double.TryParse(through.Groups[1].Value, out var nAlerts))
                    AlertsOfFilter[filter] = AlertsOfFilter.GetValueOrDefault(filter) + nAlerts;
            }
            logs.Doubt(text.Contains("respawned dead worker"), "a dead worker was respawned");
            var isRestart = container != "" && line.Groups[1].Value.StartsWith(container);
            logs.Doubt(isRestart, "a container was restarted", log.Place);
            // The lines of several threads may be out of order by a little.
            logs.Doubt(latest > time.AddSeconds(1), "the clock goes back", log.Place);
            latest = time > latest ? time : latest;
        }
        BeginsLate = pushed > 1000 && FirstMessage == null;
        var end = beginning.Match(LogReader.TextOf(last));
        var noTime = $"{logs.PathOf(name)}: no time as 2025-08-05T00:31:55.442424Z, but {first}";
        LastTime = TimeOf(end) ?? throw new InvalidDataException(noTime);
        logs.Doubt(latest > LastTime.AddSeconds(1), "the clock goes back", name);
        var isCut = container == "" && end.Groups[1].Success && name[0] == 's';
        logs.Doubt(isCut, $"{name} lacks docker compose's last line (exited with code)");
    }

    static DateTime? TimeOf(Match line) =>
        DateTimeOffset.TryParse(line.Groups[2].Value, out var time) ? time.UtcDateTime : null;
}
