using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

/// <summary>Tables of runs as the collectors write them, and what the stages make of them.</summary>
public static class TableOfRuns
{
    const string Facts =
        "wall_time_s,exact_wall_time_s,processing_time_s,idle_tail_s,kafka_alerts_per_s,kafka_mb_per_s,"
        + "peak_memory_gib";

    /// <summary>Writes results/SYSTEM-runs.csv: runs logs/SYSTEM1 and so on, with blanks in other
    /// columns.</summary>
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
        project.CopyFromRoot("scripts/vendor");
        return project.Run();
    }

    /// <summary>A JSON object: of each table of runs that there is, its hash.</summary>
    public static string MadeFrom(this ScratchProject project)
    {
        var sums =
            from table in new[] { "results/boom-runs.csv", "results/kowalski-runs.csv" }
            where File.Exists(project.PathOf(table))
            let sum = SHA256.HashData(File.ReadAllBytes(project.PathOf(table)))
            select $"\"{table}\": \"{Convert.ToHexString(sum)}\"";
        return $"{{{string.Join(", ", sums)}}}";
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
/// Two systems with repeated, incomplete and doubtful runs and unread runs, on two machines, and
/// what is computed of them.
/// </summary>
public sealed class RepeatedRuns : InProject
{
    public Outcome Outcome { get; }

    public RepeatedRuns()
    {
        Project.WriteRuns(
            "boom",
            "n_alert_workers,n_ml_workers,machine,repetition,n_alerts,wall_time_s,exact_wall_time_s,"
                + "processing_time_s,idle_tail_s,kafka_alerts_per_s,kafka_mb_per_s,peak_memory_gib,"
                + "errors,filters_seen,min_alerts_filtered,max_alerts_filtered,complete,doubts,"
                + "sustained_alerts_per_s,mean_cpus,alerts_per_cpu_s",
            // The reference: 80 s in the median of the runs that count.
            "1,3,,1,1000,90,90.5,70,20,100,5,2,2,,,,,,13,5,2.5",
            "1,3,,2,1000,80,80.25,64,16,300,7,4,0,,,,,the clock goes back; the log is cut,15,,",
            "1,3,,3,1000,60,60.5,50,10,,,,,,,,,,,,",
            "1,3,,4,1000,10,,,,,,,,25,400,1000,false,,,,",
            "1,3,,5,1000,,,,,,,,,,,,,,,,",
            // As many workers, and the best of them: 75 s.
            "2,2,,1,1000,50,50,,,,,,,,,,true,,,,",
            "2,2,,2,1000,100,100,,,,,,,,,,true,,,,",
            // Just enough for Rubin; more workers, and slower; without logs; elsewhere.
            "10,0,,1,1000,40,,,,600,10,,,,,,,it overlaps,30,,",
            "9,3,,1,1000,50,,,,,,,,,,,,,,,",
            "9,9,,1,1000,,,,,,,,,,,,,,,,",
            "2,2,server,1,1000,1,,,,,,,,,,,,,,,"
        );
        Project.WriteRuns(
            "kowalski",
            "n_workers,repetition,n_alerts,wall_time_s,exact_wall_time_s,processing_time_s,"
                + "kafka_alerts_per_s,peak_memory_gib,alerts_per_cpu_s",
            "4,1,1000,560,560.5,500,400,12.5,2",
            "4,2,1000,480,480.9,400,,,2",
            "10,1,1000,100,,,,,",
            "2,1,1000,500,,,,,"
        );
        Outcome = Project.RunStages(
            "compute-factor --boom n_alert_workers=1,n_ml_workers=3,machine= --kowalski n_workers=4",
            "compute-scaling --boom machine="
        );
    }
}
