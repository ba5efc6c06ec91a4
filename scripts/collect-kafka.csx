#!/usr/bin/env dotnet-script
#r "nuget: CsvHelper, 33.0.1"
#r "nuget: YamlDotNet, 16.3.0"
#load "../shared/helpers.csx"

// How fast the alerts went into Kafka, from every run's producer.log: results/kafka.csv.
//
//     dotnet script scripts/collect-kafka.csx -- [STAGE...]
//
// The bytes are those that BOOM's consumer received of it, from consumer.stats.log; a run without
// that log, as Kowalski's, has no rate in MB/s (10^6 bytes per second).

using System.Globalization;
using System.Text.RegularExpressions;

// "Pushed 29142 alerts to the queue in 11.284913s", the time as Rust prints a duration.
var pushed = new Regex(
    @"Pushed (\d{1,15}) alerts to the queue in (\d{1,15}(?:\.\d{1,9})?)(s|ms|µs|ns)(?:\s|$)"
);
var unitsPerSecond = new Dictionary<string, decimal>
{
    ["s"] = 1,
    ["ms"] = 1e3m,
    ["µs"] = 1e6m,
    ["ns"] = 1e9m,
};

return Stage.Run(() =>
{
    var stages = new CommandLine(Args, "collect-kafka.csx [STAGE...]").Words;
    var runs = Sweep.RunsOfBothSystems("calkit.yaml", stages).Select(run => run.Run).ToArray();
    var table = new Table(["run", "n_alerts", "elapsed_s", "alerts_per_s", "mb_per_s"]);

    foreach (var run in runs)
    {
        var producer = $"{run.Directory}/producer.log";
        if (!Log.AllExist(producer))
            continue;
        var (alerts, elapsed) = Pushed(producer);
        var received = ReceivedMB($"{run.Directory}/consumer.stats.log");
        table.Add(
            run.Name,
            Numbers.Exact(alerts),
            Numbers.Exact(elapsed),
            Numbers.Exact((double)(alerts / elapsed)),
            received == null ? "" : Numbers.Exact((double)(received.Value / elapsed))
        );
    }

    if (table.Rows.Count == 0)
        throw Log.NoneIn(runs);
    table.Write("results/kafka.csv");
    table.Print();
});

// The number of alerts and the time (s) that the producer took for them.
(decimal Alerts, decimal Seconds) Pushed(string log)
{
    var matches = Log.Lines(log)
        .Select(line => pushed.Match(line.Text))
        .Where(match => match.Success)
        .ToArray();
    if (matches.Length != 1)
        throw new InvalidDataException(
            $"{log}: {matches.Length} lines hold \"Pushed N alerts to the queue in T\", expected one"
        );
    decimal Number(int group) =>
        decimal.Parse(matches[0].Groups[group].Value, CultureInfo.InvariantCulture);
    var (alerts, seconds) = (Number(1), Number(2) / unitsPerSecond[matches[0].Groups[3].Value]);
    return seconds > 0
        ? (alerts, seconds)
        : throw new InvalidDataException($"{log}: the alerts were pushed in no time: {matches[0]}");
}

// What the consumer has received in all (10^6 bytes): the last sample counts, but for those of a
// container that is not running and shows 0B. Null without samples.
decimal? ReceivedMB(string log)
{
    if (!Log.Exists(log))
        return null;
    return StatsLog.Read(log, "NetIO").LastOrDefault(bytes => bytes > 0) / 1_000_000;
}
