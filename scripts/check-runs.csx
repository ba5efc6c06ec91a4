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

    foreach (var check in checks.Where(check => check.IsComplete(alerts) == false))
        Stage.Warn(
            $"{check.Run.Directory}: incomplete, its {check.AlertsOfFilter.Count} filters saw "
                + $"{check.MinAlerts} to {check.MaxAlerts} of {alerts} alerts"
        );
    foreach (var check in checks.Where(check => check.Errors > 0))
        Stage.Warn($"{check.Run.Directory}: its log has {check.Errors} errors");
    var bad = checks.Count(check => check.IsComplete(alerts) == false || check.Errors > 0);
    if (strict && bad > 0)
        throw new InvalidDataException($"{bad} runs are incomplete or have errors");
});

RunCheck Check(string system, Run run) => system == "boom" ? CheckBoom(run) : CheckKowalski(run);

RunCheck CheckBoom(Run run)
{
    var consumer = $"{run.Directory}/consumer.log";
    var scheduler = $"{run.Directory}/scheduler.log";
    if (!Log.AllExist(consumer, scheduler))
        return null;

    var log = SchedulerLog.Read(scheduler);
    var check = new RunCheck(
        "boom",
        run,
        Start: BoomLog.FirstTimestamp(consumer),
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

    public bool? IsComplete(long alerts) =>
        AlertsOfFilter == null
            ? null
            : AlertsOfFilter.Count > 0 && MinAlerts == alerts && MaxAlerts == alerts;

    public Dictionary<string, string> Values(long alerts) =>
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
            ["complete"] = $"{IsComplete(alerts)}".ToLowerInvariant(),
        };

    static string Seconds(TimeSpan? time) =>
        time == null ? "" : Numbers.Exact(time.Value.Ticks / (decimal)TimeSpan.TicksPerSecond);
}
