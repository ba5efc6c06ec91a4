#!/usr/bin/env dotnet-script
#r "nuget: CsvHelper, 33.0.1"
#r "nuget: YamlDotNet, 16.3.0"
#load "../shared/helpers.csx"

// What every run processed, how long that took, and what went wrong: results/checks.csv.
//
//     dotnet script scripts/check-runs.csx -- [--strict]
//
// With --strict, a run that is incomplete or has errors makes the exit code 1.
//
// BOOM: a run is complete when every filter saw all alerts (n_alerts in calkit.yaml). It processes
// from the consumer's first timestamp to the last batch through a filter; the rest of its wall time
// is its idle tail, in which docker compose waits for the scheduler to stop.
// Kowalski: its benchmark ends the run once all alerts are classified, so that all of its wall
// time is processing; its log does not count alerts.

using System.Buffers.Text;

return Stage.Run(() =>
{
    var strict = new CommandLine(Args, "check-runs.csx [--strict]", "--strict").Has("--strict");
    var alerts = (long)Sweep.Parameter("calkit.yaml", "n_alerts");
    var runs = Sweep.RunsOfBothSystems("calkit.yaml");

    // The logs are read whole, as many at a time as there are cores.
    var tasks = runs.Select(run => Task.Run(() => Check(run.SystemName, run.Run))).ToArray();
    var checks = tasks.Select(task => task.GetAwaiter().GetResult()).OfType<RunCheck>().ToArray();
    if (checks.Length == 0)
        throw Log.NoneIn(runs.Select(run => run.Run).ToArray());

    var arguments = checks.SelectMany(check => check.Run.Arguments.Keys).Distinct();
    var table = new Table([
        "system",
        "run",
        .. arguments,
        "filters_seen",
        "min_alerts_filtered",
        "max_alerts_filtered",
        "processing_time_s",
        "idle_tail_s",
        "warnings",
        "errors",
        "complete",
    ]);
    foreach (var check in checks)
        table.Rows.Add(new Row(check.Values(alerts)));
    table.Write("results/checks.csv");
    table.Print();

    var bad = checks.SelectMany(check => check.Complaints(alerts)).ToArray();
    foreach (var complaint in bad)
        Stage.Warn(complaint);
    if (strict && bad.Length > 0)
        throw new InvalidDataException($"{bad.Length} runs are incomplete or have errors");
});

RunCheck Check(string system, Run run) => system == "boom" ? CheckBoom(run) : CheckKowalski(run);

RunCheck CheckBoom(Run run)
{
    var consumer = $"{run.Directory}/consumer.log";
    var scheduler = $"{run.Directory}/scheduler.log";
    if (!Log.AllExist(consumer, scheduler))
        return null;

    var check = new RunCheck("boom", run)
    {
        Start = BoomLog.FirstTimestamp(consumer),
        End = BoomLog.LastTimestamp(scheduler),
        AlertsOfFilter = [],
    };
    foreach (var block in Log.Blocks(scheduler))
    {
        check.Warnings += CountLevel(block.Span, " WARN"u8);
        check.Errors += CountLevel(block.Span, "ERROR"u8);
        CountAlerts(block.Span, check);
    }
    if (check.End < check.Start || check.LastBatch < check.Start)
        throw new InvalidDataException($"{scheduler}: ends before {consumer} starts");
    return check;
}

// Adds up the batches "3/1000 ZTF alerts with programid 1 passed filter 25": 1000 for filter 25.
void CountAlerts(ReadOnlySpan<byte> block, RunCheck check)
{
    var passed = " passed filter "u8;
    var lastBatch = -1;
    for (
        int from = 0, next;
        (next = block[from..].IndexOf(passed)) >= 0;
        from += next + passed.Length
    )
    {
        var at = from + next;
        var line = block[(block[..at].LastIndexOf((byte)'\n') + 1)..at];
        var slash = line.LastIndexOf((byte)'/');
        if (slash < 0 || !Utf8Parser.TryParse(line[(slash + 1)..], out long total, out _))
            continue;
        var name = block[(at + passed.Length)..];
        var end = name.IndexOfAny(" \r\n\x1b"u8);
        var filter = Encoding.UTF8.GetString(end < 0 ? name : name[..end]);
        check.AlertsOfFilter[filter] = check.AlertsOfFilter.GetValueOrDefault(filter) + total;
        lastBatch = at;
    }
    if (lastBatch < 0)
        return;
    var lastLine = block[(block[..lastBatch].LastIndexOf((byte)'\n') + 1)..lastBatch];
    check.LastBatch = BoomLog.TimestampIn(Encoding.UTF8.GetString(lastLine)) ?? check.LastBatch;
}

// How many lines have a level, which stands behind the timestamp, with or without colour.
int CountLevel(ReadOnlySpan<byte> block, ReadOnlySpan<byte> level)
{
    var count = 0;
    for (
        int from = 0, next;
        (next = block[from..].IndexOf(level)) >= 0;
        from += next + level.Length
    )
    {
        var before = block[..(from + next)];
        while (before.EndsWith(" "u8) || before.EndsWith("m"u8))
        {
            var code = before.LastIndexOf((byte)'\x1b');
            before =
                before.EndsWith(" "u8) ? before[..^1]
                : code >= 0 ? before[..code]
                : default;
        }
        if (before.EndsWith("Z"u8))
            count++;
    }
    return count;
}

RunCheck CheckKowalski(Run run)
{
    var supervisord = $"{run.Directory}/supervisord.log";
    if (!Log.AllExist(supervisord))
        return null;

    var (start, end) = SupervisordLog.TimesOfRun(supervisord);
    var check = new RunCheck("kowalski", run)
    {
        Start = start,
        End = end,
        LastBatch = end,
    };
    foreach (var line in Log.Lines(supervisord))
    {
        var words = line.Text.Split(' ', 4);
        var level = words.Length == 4 ? words[2] : "";
        // As root, supervisord begins each log with a notice at its highest level.
        if (level is "ERRO" or "CRIT" && !words[3].StartsWith("Supervisor is running as root"))
            check.Errors++;
        else if (level == "WARN")
            check.Warnings++;
    }
    return check;
}

// What the logs of one run say.
sealed class RunCheck(string system, Run run)
{
    public Run Run => run;
    public DateTime Start { get; init; }
    public DateTime End { get; init; }
    public DateTime? LastBatch { get; set; }
    public int Warnings { get; set; }
    public int Errors { get; set; }

    // Null where the system's log does not tell.
    public Dictionary<string, long> AlertsOfFilter { get; init; }

    public Dictionary<string, string> Values(long alerts) =>
        new(run.Arguments)
        {
            ["system"] = system,
            ["run"] = run.Name,
            ["filters_seen"] = $"{AlertsOfFilter?.Count}",
            ["min_alerts_filtered"] = $"{AlertsOfFilter?.Values.DefaultIfEmpty().Min()}",
            ["max_alerts_filtered"] = $"{AlertsOfFilter?.Values.DefaultIfEmpty().Max()}",
            ["processing_time_s"] = Seconds(LastBatch - Start),
            ["idle_tail_s"] = Seconds(End - LastBatch),
            ["warnings"] = $"{Warnings}",
            ["errors"] = $"{Errors}",
            ["complete"] =
                AlertsOfFilter == null ? ""
                : IsComplete(alerts) ? "true"
                : "false",
        };

    public IEnumerable<string> Complaints(long alerts)
    {
        if (AlertsOfFilter != null && !IsComplete(alerts))
            yield return $"{run.Directory}: incomplete, its {AlertsOfFilter.Count} filters saw "
                + $"{AlertsOfFilter.Values.DefaultIfEmpty().Min()} to "
                + $"{AlertsOfFilter.Values.DefaultIfEmpty().Max()} of {alerts} alerts";
        if (Errors > 0)
            yield return $"{run.Directory}: its log has {Errors} errors";
    }

    bool IsComplete(long alerts) =>
        AlertsOfFilter.Count > 0 && AlertsOfFilter.Values.All(seen => seen == alerts);

    static string Seconds(TimeSpan? time) =>
        time == null ? "" : Numbers.Exact(time.Value.Ticks / (decimal)TimeSpan.TicksPerSecond);
}
