#!/usr/bin/env dotnet-script
#r "nuget: CsvHelper, 33.0.1"
#r "nuget: YamlDotNet, 16.3.0"
#load "../shared/helpers.csx"

// What every run processed, how long that took, and what went wrong: results/checks.csv.
//
//     dotnet script scripts/check-runs.csx -- [STAGE...] [--start-marker TEXT] [--strict]
//
// With --strict, a run that is incomplete or has errors makes the exit code 1. The marker is that of
// collect-boom: both scripts must start the clock alike.
//
// BOOM: a run is complete when every filter that any run has saw all alerts (n_alerts in
// calkit.yaml). It processes from the consumer's first timestamp to the last batch through a filter;
// the rest of its wall time is its idle tail, in which docker compose waits for the scheduler to stop.
// Kowalski: its benchmark ends the run once all alerts are classified, so that all of its wall
// time is processing; its log does not count alerts.

const string Usage = "check-runs.csx [STAGE...] [--start-marker TEXT] [--strict]";

return Stage.Run(() =>
{
    var commandLine = new CommandLine(Args, Usage, "--start-marker=", "--strict");
    var marker = commandLine.Optional("--start-marker");
    var alerts = Sweep.Parameter("calkit.yaml", "n_alerts");
    var runs = Sweep.RunsOfBothSystems("calkit.yaml", commandLine.Words);

    // The logs are read whole, as many at a time as there are cores.
    var tasks = runs.Select(run =>
            Task.Run(() =>
                run.SystemName == "boom" ? CheckBoom(run.Run, marker) : CheckKowalski(run.Run)
            )
        )
        .ToArray();
    var checks = tasks.Select(task => task.GetAwaiter().GetResult()).OfType<RunCheck>().ToArray();
    if (checks.Length == 0)
        throw Log.NoneIn(runs.Select(run => run.Run).ToArray());

    var filters = checks.Max(check => check.AlertsOfFilter?.Count ?? 0);
    bool? IsComplete(RunCheck check) =>
        check.AlertsOfFilter == null
            ? null
            : check.AlertsOfFilter.Count == filters
                && filters > 0
                && check.MinAlerts == alerts
                && check.MaxAlerts == alerts;

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
        table.Rows.Add(new Row(check.Values(IsComplete(check))));
    table.Write("results/checks.csv");
    table.Print();

    foreach (var check in checks.Where(check => IsComplete(check) == false))
        Stage.Warn(
            $"{check.Run.Directory}: incomplete, {check.AlertsOfFilter.Count} of {filters} filters saw "
                + $"{check.MinAlerts} to {check.MaxAlerts} of {Numbers.Exact(alerts)} alerts"
        );
    foreach (var check in checks.Where(check => check.Errors > 0))
        Stage.Warn($"{check.Run.Directory}: its log has {check.Errors} errors");
    var bad = checks.Count(check => IsComplete(check) == false || check.Errors > 0);
    if (commandLine.Has("--strict") && bad > 0)
        throw new InvalidDataException($"{bad} runs are incomplete or have errors");
});

RunCheck CheckBoom(Run run, string marker)
{
    var consumer = $"{run.Directory}/consumer.log";
    var scheduler = $"{run.Directory}/scheduler.log";
    if (!Log.AllExist(consumer, scheduler))
        return null;

    var log = SchedulerLog.Read(scheduler);
    var check = new RunCheck(
        "boom",
        run,
        Start: BoomLog.StartOfRun(consumer, marker),
        Processed: log.LastBatch,
        End: BoomLog.LastTimestamp(scheduler),
        log.AlertsOfFilter,
        log.Warnings,
        log.Errors
    );
    return check.End < check.Start || check.Processed < check.Start
        ? throw new InvalidDataException($"{scheduler}: ends before {consumer} starts")
        : check;
}

RunCheck CheckKowalski(Run run)
{
    var supervisord = $"{run.Directory}/supervisord.log";
    if (!Log.AllExist(supervisord))
        return null;

    var (start, end) = SupervisordLog.TimesOfRun(supervisord);
    int warnings = 0,
        errors = 0;
    foreach (var line in Log.Lines(supervisord))
    {
        var words = line.Text.Split(' ', 4);
        var level = words.Length == 4 ? words[2] : "";
        // As root, supervisord begins each log with a notice at its highest level.
        if (level is "ERRO" or "CRIT" && !words[3].StartsWith("Supervisor is running as root"))
            errors++;
        else if (level == "WARN")
            warnings++;
    }
    return new RunCheck("kowalski", run, start, end, end, null, warnings, errors);
}

// What the logs of one run say; AlertsOfFilter is null where they do not tell.
record RunCheck(
    string SystemName,
    Run Run,
    DateTime Start,
    DateTime? Processed,
    DateTime End,
    IReadOnlyDictionary<string, long> AlertsOfFilter,
    int Warnings,
    int Errors
)
{
    public long? MinAlerts => AlertsOfFilter?.Values.DefaultIfEmpty().Min();
    public long? MaxAlerts => AlertsOfFilter?.Values.DefaultIfEmpty().Max();

    public Dictionary<string, string> Values(bool? isComplete) =>
        new(Run.Arguments)
        {
            ["system"] = SystemName,
            ["run"] = Run.Name,
            ["filters_seen"] = $"{AlertsOfFilter?.Count}",
            ["min_alerts_filtered"] = $"{MinAlerts}",
            ["max_alerts_filtered"] = $"{MaxAlerts}",
            ["processing_time_s"] = Seconds(Processed - Start),
            ["idle_tail_s"] = Seconds(End - Processed),
            ["warnings"] = $"{Warnings}",
            ["errors"] = $"{Errors}",
            ["complete"] = $"{isComplete}".ToLowerInvariant(),
        };

    static string Seconds(TimeSpan? time) =>
        time == null ? "" : Numbers.Exact(time.Value.Ticks / (decimal)TimeSpan.TicksPerSecond);
}
