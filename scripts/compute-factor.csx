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
// (repetitions), the median of their wall times counts.

using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

const string Usage = "compute-factor.csx --boom NAME=VALUE,... --kowalski NAME=VALUE,...";

return Stage.Run(() =>
{
    var commandLine = new CommandLine(Args, Usage, "--boom", "--kowalski");
    commandLine.NoWords();
    var boom = Measure("results/boom.csv", Configuration(commandLine, "--boom"));
    var kowalski = Measure("results/kowalski.csv", Configuration(commandLine, "--kowalski"));

    var factor = kowalski.WallTime / boom.WallTime;

    var json = new JsonObject
    {
        ["boom_throughput_factor"] = factor,
        ["boom"] = boom.Json,
        ["kowalski"] = kowalski.Json,
    };
    var indented = new JsonSerializerOptions { WriteIndented = true, NewLine = "\n" };
    Stage.Write("results/factor.json", json.ToJsonString(indented) + "\n");

    Console.WriteLine($"BOOM: {boom}");
    Console.WriteLine($"Kowalski: {kowalski}");
    Console.WriteLine($"BOOM throughput factor: {Numbers.Round(factor, 1)}");
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

// The wall times of the rows that have all of the configuration's values, compared as text.
Measurement Measure(string file, Dictionary<string, string> configuration)
{
    var table = Table.Read(file);
    foreach (var column in configuration.Keys.Append("wall_time_s"))
        if (!table.Columns.Contains(column))
            throw new InvalidDataException(
                $"{file}:1: there is no column {column}; there is {string.Join(", ", table.Columns)}"
            );

    string Values(Row row) =>
        string.Join(",", configuration.Keys.Select(name => $"{name}={row[name]}"));
    var rows = table.Rows.Where(row => configuration.All(pair => row[pair.Key] == pair.Value));
    if (!rows.Any())
        throw new InvalidDataException(
            $"{file}: no row has {string.Join(",", configuration.Select(pair => $"{pair.Key}={pair.Value}"))}; "
                + $"there is {string.Join(" ", table.Rows.Select(Values).Distinct())}"
        );
    return new Measurement(configuration, rows.Select(row => Seconds(file, row)).ToArray());
}

double Seconds(string file, Row row) =>
    double.TryParse(
        row["wall_time_s"],
        NumberStyles.AllowDecimalPoint,
        CultureInfo.InvariantCulture,
        out var seconds
    )
    && seconds > 0
    && double.IsFinite(seconds)
        ? seconds
        : throw new InvalidDataException(
            $"{file}:{row.Line}: wall_time_s is \"{row["wall_time_s"]}\", expected a number of seconds above 0"
        );

// The wall times (s) of the runs of one configuration.
record Measurement(Dictionary<string, string> Configuration, double[] WallTimes)
{
    public double WallTime => Numbers.Median(WallTimes);

    public JsonObject Json =>
        new()
        {
            ["configuration"] = new JsonObject(
                Configuration.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode)pair.Value))
            ),
            ["rows"] = WallTimes.Length,
            ["wall_time_s"] = WallTime,
            ["wall_time_min_s"] = WallTimes.Min(),
            ["wall_time_max_s"] = WallTimes.Max(),
        };

    public override string ToString()
    {
        var configuration = string.Join(
            ",",
            Configuration.Select(pair => $"{pair.Key}={pair.Value}")
        );
        var spread =
            WallTimes.Length == 1
                ? ""
                : $", the median of {WallTimes.Length} rows from {Numbers.Exact(WallTimes.Min())} s"
                    + $" to {Numbers.Exact(WallTimes.Max())} s";
        return $"{Numbers.Exact(WallTime)} s for {configuration}{spread}";
    }
}
