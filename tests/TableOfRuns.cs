using System.Security.Cryptography;
using System.Text.Json.Nodes;

/// <summary>Tables of runs as the collectors write them, for tests of what reads them.</summary>
public static class TableOfRuns
{
    /// <summary>A run "n=1 m=2" of a night of 1,000 alerts.</summary>
    public static BenchmarkRun Run(
        string arguments,
        long wallTime,
        bool? complete = null,
        long nAlerts = 1000
    ) =>
        new(
            "logs/" + arguments.Replace(' ', '-'),
            new OrderedDictionary<string, string>(
                arguments
                    .Split(' ')
                    .Select(argument => argument.Split('='))
                    .Select(parts => KeyValuePair.Create(parts[0], parts[1]))
            ),
            "table:2"
        )
        {
            NAlerts = nAlerts,
            EndTime = default(DateTime).AddSeconds(wallTime),
            WallTimeS = wallTime,
            AlertsPerS = complete == false || wallTime == 0 ? null : (double)nAlerts / wallTime,
            Complete = complete,
        };

    /// <summary>Writes JSON results, an object, as made from the tables of runs that are there.</summary>
    public static void WriteResults(this ScratchProject project, string file, string json)
    {
        var results = JsonNode.Parse(json)!;
        var madeFrom = results["made_from"] = new JsonObject();
        foreach (var table in new[] { "results/boom-runs.csv", "results/kowalski-runs.csv" })
            if (File.Exists(project.PathOf(table)))
                madeFrom[table] = Convert.ToHexStringLower(
                    SHA256.HashData(File.ReadAllBytes(project.PathOf(table)))
                );
        project.Write(file, results.ToJsonString());
    }

    /// <summary>Writes a calkit.yaml with parameters and the benchmarks of both systems.</summary>
    public static void WriteParameters(this ScratchProject project, string parameters) =>
        project.Write(
            "calkit.yaml",
            "parameters: {"
                + parameters
                + "}\n"
                + "pipeline: {stages: {benchmark-boom: {}, benchmark-kowalski: {}}}\n"
        );

    /// <summary>Writes results/SYSTEM-runs.csv.</summary>
    public static void WriteRuns(
        this ScratchProject project,
        string system,
        params BenchmarkRun[] runs
    ) => project.Write($"results/{system}-runs.csv", RunsTable.Text(system, runs));
}
