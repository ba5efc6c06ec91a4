using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

/// <summary>Tables of runs as the collectors write them, and what the stages make of them.</summary>
public static class TableOfRuns
{
    const string Facts =
        "exact_wall_time_s,processing_time_s,idle_tail_s,kafka_alerts_per_s,kafka_mb_per_s,peak_memory_gib";

    /// <summary>Writes results/SYSTEM-runs.csv: runs logs/SYSTEM1 and so on, with blanks in other columns.</summary>
    public static void WriteRuns(
        this ScratchProject project,
        string system,
        string columns,
        params string[] rows
    )
    {
        var blanks = Facts.Split(',').Except(columns.Split(',')).ToArray();
        var lines = rows.Select(
            (row, i) => $"logs/{system}{i + 1},{row}{new string(',', blanks.Length)}\n"
        );
        var header = string.Join(',', blanks.Prepend($"run,{columns}"));
        project.Write($"results/{system}-runs.csv", $"{header}\n{string.Concat(lines)}");
    }

    /// <summary>The run of a row in table:2.</summary>
    public static Run RunOf(string arguments, double? wallTime = null, string facts = "")
    {
        var run = new Run("logs/" + arguments, Pairs(arguments, " ")) { Place = "table:2" };
        (run["n_alerts"], run["wall_time_s"]) = (1000, wallTime);
        foreach (var (fact, value) in Pairs(facts, ", "))
            run[fact] = value;
        return run;
    }

    static Dictionary<string, string> Pairs(string text, string separator) =>
        text.Split(separator, StringSplitOptions.RemoveEmptyEntries)
            .Select(pair => pair.Split('=', 2))
            .ToDictionary(pair => pair[0], pair => pair[1]);

    /// <summary>
    /// Runs "compute-factor --boom n_workers=1 …", "render-tex" and others in one process, as stages of
    /// a calkit.yaml in which Rubin sends 25 alerts/s and the systems are those that have a table.
    /// </summary>
    public static Outcome RunStages(this ScratchProject project, params string[] commands)
    {
        var yaml = "parameters: {rubin_alerts: 100, rubin_interval_s: 4}\npipeline:\n  stages:\n";
        foreach (var system in new[] { "boom", "kowalski" })
            if (File.Exists(project.PathOf($"results/{system}-runs.csv")))
                yaml += $"    benchmark-{system}: {{frozen: true}}\n";
        foreach (var words in commands.Select(command => command.Split(' ', 2)))
            yaml +=
                $"    {words[0]}:\n      command: dotnet script '{ScratchProject.Root}/scripts/"
                + $"{words[0]}.csx' -- {string.Concat(words[1..])}\n";
        project.Write("calkit.yaml", yaml);
        const string Page = "scripts/render-report.html";
        project.Write(Page, File.ReadAllBytes(Path.Combine(ScratchProject.Root, Page)));
        return project.Run();
    }

    /// <summary>What a stage printed.</summary>
    public static string Of(this Outcome outcome, string stage) =>
        Regex.Match(outcome.Out, $@"(?<=(^|\n)== {stage}\n)(.*\n)*?(?=== )").Value;

    public static JsonNode Json(this ScratchProject project, string file) =>
        JsonNode.Parse(project.Read(file))!;

    /// <summary>Asserts that JSON is the same but for white space and a number's last digits.</summary>
    public static void AssertJson(string expected, JsonNode? actual) =>
        Assert.Equal(Near(JsonNode.Parse(expected)), Near(actual));

    public static void AssertError(string message, Func<object?> read) =>
        Assert.Equal(message, Assert.Throws<InvalidDataException>(read).Message);

    /// <summary>The text with its numbers cut to ten digits.</summary>
    public static string Near(object? text) =>
        Regex.Replace(
            (text as JsonNode)?.ToJsonString() ?? $"{text}",
            @"\d+\.\d+(E-?\d+)?",
            number => double.Parse(number.Value, Invariant).ToString("G10", Invariant)
        );

    static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;
}

/// <summary>
/// Two systems with repeated, incomplete and doubtful runs and runs without logs, on two machines, and
/// all that the stages make of them.
/// </summary>
public sealed class RepeatedRuns : InProject
{
    public Outcome Outcome { get; }

    public RepeatedRuns()
    {
        Project.WriteRuns(
            "boom",
            "n_alert_workers,n_ml_workers,machine,repetition,n_alerts,wall_time_s,exact_wall_time_s,processing_time_s,"
                + "idle_tail_s,kafka_alerts_per_s,kafka_mb_per_s,peak_memory_gib,errors,filters_seen,"
                + "min_alerts_filtered,max_alerts_filtered,complete,doubts",
            // The reference: 80 s in the median of the runs that count.
            "1,3,,1,1000,90,90.5,70,20,100,5,2,2,,,,,",
            "1,3,,2,1000,80,80.25,64,16,300,7,4,0,,,,,the clock goes back; the log is cut",
            "1,3,,3,1000,60,60.5,50,10,,,,,,,,,",
            "1,3,,4,1000,10,,,,,,,,25,400,1000,false,",
            "1,3,,5,1000,,,,,,,,,,,,,",
            // As many workers, and the best of them: 75 s.
            "2,2,,1,1000,50,50,,,,,,,,,,true,",
            "2,2,,2,1000,100,100,,,,,,,,,,true,",
            // Just enough for Rubin; more workers, and slower; without logs; elsewhere.
            "10,0,,1,1000,40,,,,600,10,,,,,,,it overlaps",
            "9,3,,1,1000,50,,,,,,,,,,,,",
            "9,9,,1,1000,,,,,,,,,,,,,",
            "2,2,server,1,1000,1,,,,,,,,,,,,"
        );
        Project.WriteRuns(
            "kowalski",
            "n_workers,repetition,n_alerts,wall_time_s,exact_wall_time_s,processing_time_s,kafka_alerts_per_s,peak_memory_gib",
            "4,1,1000,560,560.5,500,400,12.5",
            "4,2,1000,480,480.9,400,,",
            "10,1,1000,100,,,,",
            "2,1,1000,500,,,,"
        );
        Project.Write(
            "logs/README.md",
            "# Logs\n\nThese runs are **made up**,\nby `<b>`.\n\nMeasured columns: `wall_time_s`, `n_alerts`.\n"
        );
        Project.Write("results/comparison.csv", "system,verdict,ratio\nboom,~,1.5\n");
        string Sum(string table) =>
            Convert.ToHexString(
                System.Security.Cryptography.SHA256.HashData(
                    File.ReadAllBytes(Project.PathOf(table))
                )
            );
        string[] tables = ["results/boom-runs.csv", "results/kowalski-runs.csv"];
        var sums = tables.Select(table => $"\"{table}\": \"{Sum(table)}\"");
        Project.Write(
            "results/comparison.json",
            $$"""{"tolerance": 5, "made_from": { {{string.Join(", ", sums)}} } }"""
        );

        Outcome = Project.RunStages(
            "compute-factor --boom n_alert_workers=1,n_ml_workers=3,machine= --kowalski n_workers=4",
            "compute-scaling --boom machine=",
            "render-report",
            "render-tex"
        );
    }
}
