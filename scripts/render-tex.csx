#!/usr/bin/env dotnet-script
#r "nuget: CsvHelper, 33.0.1"
#r "nuget: YamlDotNet, 16.3.0"
#load "../shared/helpers.csx"

// The macros that the paper prints, from results/factor.json: paper/results.tex.
//
//     dotnet script scripts/render-tex.csx

using System.Text.Json;
using System.Text.Json.Nodes;

return Stage.Run(() =>
{
    new CommandLine(Args, "render-tex.csx").NoWords();
    var factor = Number("results/factor.json", "boom_throughput_factor");

    string[] lines =
    [
        "% This file was automatically generated; edits will be overwritten!",
        Tex.Macro("boomthroughputfactor", Numbers.Round(factor, 0)),
        // Not measured yet; the names are spelled as the paper spells them.
        Tex.Macro("kakfaingestratembps", "XXXXX"),
        Tex.Macro("kakfaingestfactor", "XXXXX"),
    ];
    Stage.Write("paper/results.tex", string.Concat(lines.Select(line => line + "\n")));

    foreach (var line in lines.Skip(1))
        Console.WriteLine(line);
});

// A number above 0 in a JSON file.
double Number(string file, string field)
{
    if (!File.Exists(file))
        throw new InvalidDataException(
            $"{file} does not exist; first run the stage that writes it"
        );
    try
    {
        var json = JsonNode.Parse(File.ReadAllText(file)) as JsonObject;
        return
            json != null
            && json[field] is JsonValue value
            && value.TryGetValue(out double number)
            && number > 0
            ? number
            : throw new InvalidDataException($"{file}: {field} is no number above 0");
    }
    catch (JsonException e)
    {
        throw new InvalidDataException($"{file}:{e.LineNumber + 1}: is not valid JSON", e);
    }
}
