#!/usr/bin/env dotnet-script
#r "nuget: CsvHelper, 33.0.1"
#r "nuget: YamlDotNet, 16.3.0"
#load "../shared/helpers.csx"

// BOOM's throughput factor over Kowalski: the wall time of one configuration of Kowalski over that
// of one configuration of BOOM, results/factor.json.
//
//     dotnet script scripts/compute-factor.csx -- --boom NAME=VALUE,... --kowalski NAME=VALUE,...
//
// NAME is a column of results/boom.csv or results/kowalski.csv. Where several rows have the values
// (repetitions), the median of their wall times counts. Beside it the same factor from the
// processing times in results/checks.csv, which leave out the idle tail of BOOM's wall times.

using System.Text.Json.Nodes;

const string Usage = "compute-factor.csx --boom NAME=VALUE,... --kowalski NAME=VALUE,...";
const string Checks = "results/checks.csv";

return Stage.Run(() =>
{
    var commandLine = new CommandLine(Args, Usage, "--boom=", "--kowalski=");
    commandLine.NoWords();
    var boomConfiguration = Configuration(commandLine, "--boom");
    var kowalskiConfiguration = Configuration(commandLine, "--kowalski");
    var boom = Measure("boom", boomConfiguration);
    var kowalski = Measure("kowalski", kowalskiConfiguration);
    WarnOfChecks("BOOM", boom);
    WarnOfChecks("Kowalski", kowalski);

    var factor = kowalski.WallTime / boom.WallTime;
    var processingFactor = kowalski.ProcessingTime / boom.ProcessingTime;
    if (!(factor < 1e15))
        throw new InvalidDataException("results/boom.csv: the factor is beyond all reason");

    var json = new JsonObject
    {
        ["boom_throughput_factor"] = factor,
        ["boom_processing_factor"] = processingFactor,
        ["boom"] = boom.Json,
        ["kowalski"] = kowalski.Json,
    };
    Stage.WriteJson("results/factor.json", json);

    Console.WriteLine($"BOOM: {boom}");
    Console.WriteLine($"Kowalski: {kowalski}");
    Console.WriteLine($"BOOM throughput factor: {Numbers.Round(factor, 1)}");
    if (processingFactor is { } withoutTail)
        Console.WriteLine($"without the idle tail: {Numbers.Round(withoutTail, 1)}");
});

// "a=1,b=2" as a dictionary.
Dictionary<string, string> Configuration(CommandLine commandLine, string option)
{
    var configuration = new Dictionary<string, string>();
    foreach (var pair in commandLine.Required(option).Split(','))
    {
        var parts = pair.Split('=', 2, StringSplitOptions.TrimEntries);
        if (parts.Length != 2 || parts[0] == "" || !configuration.TryAdd(parts[0], parts[1]))
            throw new UsageException(
                $"{option}: expected NAME=VALUE,... with each name once; usage: {Usage}"
            );
    }
    return configuration;
}

// The rows of a system that have all of the configuration's values, compared as text.
Measurement Measure(string system, Dictionary<string, string> configuration)
{
    var file = $"results/{system}.csv";
    var table = Table.Read(file, [.. configuration.Keys, "wall_time_s"]);
    bool IsMeant(Row row) => configuration.All(pair => row[pair.Key] == pair.Value);
    string Values(Func<string, string> value) =>
        string.Join(",", configuration.Keys.Select(name => $"{name}={value(name)}"));

    var rows = table.Rows.Where(IsMeant).ToArray();
    if (rows.Length == 0)
        throw new InvalidDataException(
            $"{file}: no row has {Values(name => configuration[name])}; there is "
                + string.Join(" ", table.Rows.Select(row => Values(name => row[name])).Distinct())
        );

    // Repetitions may differ in that argument only: another one makes another configuration.
    var differing = table
        .Columns.Except([.. WallTime.Columns, "repetition"])
        .Where(column => rows.DistinctBy(row => row[column]).Count() > 1)
        .ToArray();
    if (differing.Length > 0)
        Stage.Warn(
            $"{file}: {rows.Length} rows have {Values(name => configuration[name])} but differ in "
                + $"{string.Join(", ", differing)}; their median counts"
        );

    var checks = File.Exists(Checks)
        ? Table.Read(Checks).Rows.Where(row => row["system"] == system && IsMeant(row)).ToArray()
        : [];
    var wallTimes = rows.Select(row => row.NumberAboveZero("wall_time_s")).ToArray();
    return new Measurement(configuration, wallTimes, checks);
}

void WarnOfChecks(string name, Measurement measurement)
{
    if (measurement.Checks.Length == 0)
        Stage.Warn($"{Checks} has no such run of {name}: no factor from processing times");
    foreach (var check in measurement.Checks)
        if (check["complete"] == "false" || check["errors"] != "0")
            Stage.Warn($"{check.Place}: {check["run"]} is incomplete or has errors");
}

// The wall times (s) of the runs of one configuration, and their rows in results/checks.csv.
record Measurement(Dictionary<string, string> Configuration, double[] WallTimes, Row[] Checks)
{
    public double WallTime => Numbers.Median(WallTimes);

    public double? ProcessingTime => MedianOf("processing_time_s");

    // Null where a run was not checked, or processed nothing.
    double? MedianOf(string column) =>
        Checks.Length == 0 || Checks.Any(check => check["processing_time_s"] is "" or "0")
            ? null
            : Numbers.Median(Checks.Select(check => check.Number(column)));

    public JsonObject Json =>
        new()
        {
            ["configuration"] = new JsonObject(
                Configuration.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode)pair.Value))
            ),
            ["runs"] = new JsonArray([.. Checks.Select(check => (JsonNode)check["run"])]),
            ["rows"] = WallTimes.Length,
            ["wall_time_s"] = WallTime,
            ["wall_time_min_s"] = WallTimes.Min(),
            ["wall_time_max_s"] = WallTimes.Max(),
            ["processing_time_s"] = ProcessingTime,
            ["idle_tail_s"] = MedianOf("idle_tail_s"),
        };

    public override string ToString()
    {
        var configuration = Configuration.Select(pair => $"{pair.Key}={pair.Value}");
        var spread =
            WallTimes.Length == 1
                ? ""
                : $", the median of {WallTimes.Length} rows from {Numbers.Exact(WallTimes.Min())} s"
                    + $" to {Numbers.Exact(WallTimes.Max())} s";
        return $"{Numbers.Exact(WallTime)} s for {string.Join(",", configuration)}{spread}";
    }
}
