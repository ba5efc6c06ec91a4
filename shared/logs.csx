// The lines of a log, what both systems' logs share, and the frame of both collectors.
#nullable enable
using System.Text;
using System.Text.RegularExpressions;

/// <summary>Reads a log line by line, forward, once, in little memory: of a line longer than 1 MiB
/// only that much is there. A line is bytes, until some of them say that it matters.</summary>
public sealed class LogReader(string path) : IDisposable
{
    readonly FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 0);
    readonly byte[] buffer = new byte[1 << 20];
    int start, // of the line in the buffer
        length,
        unread, // where the next line starts
        filled;

    public bool IsCut { get; private set; } // the line has no end: it is too long, or the last one
    public long LineNumber { get; private set; } // from 1
    public string Place => $"{path}:{LineNumber}"; // for messages

    /// <summary>The line without its end, until the next one is read. Any bytes may be in it.</summary>
    public ReadOnlySpan<byte> Line => buffer.AsSpan(start, length);

    /// <summary>Whether some words, as bytes, stand in the line.</summary>
    public bool Has(ReadOnlySpan<byte> words) => Line.IndexOf(words) >= 0;

    /// <summary>A line as text: its first 10,000 bytes, without colours such as ESC[2m.</summary>
    public static string TextOf(ReadOnlySpan<byte> line) =>
        colours.Replace(Encoding.UTF8.GetString(line[..Math.Min(line.Length, 10_000)]), "");

    static readonly Regex colours = new(@"\x1b\[[0-9;]*m|\r$");
    public string Text => TextOf(Line);

    /// <summary>Goes to the next line. Returns false at the end of the log.</summary>
    public bool ReadLine()
    {
        bool isRestOfLine;
        do
        {
            isRestOfLine = IsCut;
            var end = buffer.AsSpan(unread, filled - unread).IndexOf((byte)'\n');
            if (end < 0)
            {
                // What is unread goes to the front of the buffer, which is then filled up.
                buffer.AsSpan(unread, filled - unread).CopyTo(buffer);
                (filled, unread) = (filled - unread, 0);
                filled += stream.ReadAtLeast(buffer.AsSpan(filled), buffer.Length - filled, false);
                end = buffer.AsSpan(0, filled).IndexOf((byte)'\n');
            }
            IsCut = end < 0;
            (start, length) = (unread, IsCut ? filled - unread : end);
            unread += IsCut ? length : length + 1;
        } while (isRestOfLine && (length > 0 || !IsCut));
        LineNumber++;
        return length > 0 || !IsCut;
    }

    /// <summary>The text of the next line that has some words; null where none has.</summary>
    public string? Next(ReadOnlySpan<byte> words)
    {
        while (ReadLine())
            if (Has(words))
                return Text;
        return null;
    }

    public void Dispose() => stream.Dispose();
}

/// <summary>What <c>docker compose stats --format json</c> drew on a screen, one JSON object a sample:
/// the memory in use (GiB) of each, and what the container received in all (10^6 bytes).</summary>
public sealed record DockerStats(List<double?> MemoryGib, double? ReceivedMb)
{
    public static DockerStats? Read(LogReader log)
    {
        var stats = new DockerStats([], null);
        while (log.Next("\"MemUsage\":"u8) is { } sample)
        {
            stats.MemoryGib.Add(Bytes(sample, "MemUsage") / (1 << 30));
            // A container that is not running any more shows 0B.
            if (Bytes(sample, "NetIO") is > 0 and var received)
                stats = stats with { ReceivedMb = received / 1e6 };
        }
        return stats.MemoryGib.Max() > 0 ? stats : null;
    }

    // The first of a field's two sizes, "775.3MiB / 125.7GiB", as docker's go-units prints them: also
    // 1e+03MB (docker/go-units, pull request 45). Null for "-- / --", without a container.
    static double? Bytes(string sample, string field)
    {
        var size = Regex.Match(sample, $@"""{field}"":""(\d+\.?\d*(?:e\+03)?)([kKMGTP]?)(i?)B ");
        var power = " KMGTP".IndexOf($" {size.Groups[2].Value.ToUpperInvariant()}"[^1]);
        // Memory is counted in binary units, traffic in decimal ones.
        var unit = Math.Pow(size.Groups[3].Value == "i" ? 1024 : 1000, power);
        return size.Success ? double.Parse(size.Groups[1].Value) * unit : null;
    }
}

/// <summary>A run with its logs, and what is to be said of them once for all runs.</summary>
public sealed record RunLogs(Run Run, string Stage, double NAlerts)
{
    public readonly List<(string What, string Where)> Notes = []; // what is to be said, of which run
    public readonly List<string> Doubts = []; // why its times may be wrong: the last fact of its row

    public string PathOf(string log) => $"{Run.Directory}/{log}";

    public bool Lacks(string log) => !File.Exists(PathOf(log));

    /// <summary>Sets down what is to be said, with what differs from run to run, such as a number.</summary>
    public void Note(bool isSo, string what, string? detail = null)
    {
        if (isSo)
            Notes.Add((what, detail == null ? Run.Directory : $"{Run.Directory} ({detail})"));
    }

    /// <summary>Sets down, once, why its times may be wrong.</summary>
    public void Doubt(bool isSo, string what, string? detail = null)
    {
        if (!isSo || Doubts.Any(doubt => doubt.StartsWith(what)))
            return;
        Doubts.Add(detail == null ? what : $"{what} ({detail})");
        Note(true, $"times may be wrong: {what}", detail);
    }

    /// <summary>What a log tells that may be missing, or hold nothing that its reader knows.</summary>
    public T? Optional<T>(string log, Func<LogReader, T?> read)
        where T : class
    {
        Note(Lacks(log), $"no {log}");
        if (Lacks(log))
            return null;
        using var lines = new LogReader(PathOf(log));
        var told = read(lines);
        Note(told == null, $"{log} is not understood");
        return told;
    }

    // "Pushed 29142 alerts to the queue in 11.284913s": the time as Rust prints a duration.
    static readonly Regex pushed = new(@"Pushed (\d+) alerts .* in (\d+\.?\d*)(m|µ|n|)s\b");

    /// <summary>How fast the producer put the alerts into Kafka (alerts/s) and how long it took (s), of
    /// producer.log; null without. Another number of alerts than the night's is a doubt.</summary>
    public (double AlertsPerS, double Seconds)? KafkaIngest()
    {
        var line = Optional("producer.log", log => log.Next(" alerts to the queue in "u8));
        var match = pushed.Match(line ?? "");
        Note(line != null && !match.Success, "producer.log is not understood");
        if (!match.Success)
            return null;
        var nAlerts = double.Parse(match.Groups[1].Value);
        var power = " mµn".IndexOf($" {match.Groups[3].Value}"[^1]);
        var seconds = double.Parse(match.Groups[2].Value) / Math.Pow(1000, power);
        Doubt(nAlerts != NAlerts, $"not {NAlerts} alerts were pushed", $"{nAlerts}");
        return seconds > 0 ? (nAlerts / seconds, seconds) : null;
    }
}

/// <summary>The runs of a system's sweep: their logs are read, and their tables written. Without the
/// logs that are required a run's facts are blank.</summary>
public sealed class Campaign(string system, params string[] required)
{
    public readonly CalkitYaml Yaml = CalkitYaml.Read("calkit.yaml");
    RunLogs[] all = [];

    /// <summary>Reads the logs of all runs that have them, several at a time.</summary>
    public (RunLogs Logs, T Told)[] ReadAll<T>(Func<RunLogs, T> read)
    {
        all = Yaml.Sweep($"benchmark-{system}").Select(LogsOf).ToArray();
        var present = all.Where(logs => !required.Any(logs.Lacks)).ToArray();
        var noLogs = $"no run has logs; the first belongs in {all[0].Run.Directory} (dvc pull)";
        if (present.Length == 0)
            throw new InvalidDataException(noLogs);
        var tasks = present.Select(logs => Task.Run(() => read(logs))).ToArray();
        // The first run that fails in their order fails, whichever did so first.
        return [.. present.Zip(tasks, (logs, task) => (logs, task.GetAwaiter().GetResult()))];
    }

    RunLogs LogsOf(SweepRun run)
    {
        var text = run.Arguments.GetValueOrDefault("n_alerts", $"{Yaml.Parameter("n_alerts")}");
        return ulong.TryParse(text, out var nAlerts) && nAlerts > 0
            ? new(new(run.Directory, run.Arguments) { ["n_alerts"] = nAlerts }, run.Stage, nAlerts)
            : throw new InvalidDataException($"calkit.yaml: n_alerts is \"{text}\", no number");
    }

    /// <summary>Says what is wrong, and writes the notebook's table and that of all facts.</summary>
    public void Save(Options options)
    {
        DoubtOverlaps();
        foreach (var logs in all)
        {
            if (required.FirstOrDefault(logs.Lacks) is { } missing)
                logs.Note(true, $"no {missing}, so that the facts are blank");
            else
                logs.Run["doubts"] = string.Join("; ", logs.Doubts);
            var name = logs.Run.Problem ?? logs.Run.Directory;
            Console.WriteLine($"{logs.Run.Cell("wall_time_s"), 6} s  {name}");
        }
        foreach (var note in all.SelectMany(x => x.Notes).GroupBy(x => x.What, x => x.Where))
            Script.Warn($"{note.Key}: {Script.Several(note)}, {note.Count()} of {all.Length} runs");
        WarnOfStrays();
        var runs = all.Select(logs => logs.Run).ToArray();
        var withLogs = runs.Where(run => run.HasLogs).ToArray();
        string[] arguments = [.. runs.SelectMany(run => run.Arguments.Keys).Distinct()];
        string[] facts = [.. withLogs.SelectMany(run => run.Facts).Distinct()];
        var notebook = Csv(withLogs, [.. arguments, "start_time", "end_time", "wall_time_s"]);
        var everything = Csv(runs, ["run", .. arguments.Except(facts), .. facts]);
        var path = $"{options.Output}/{system}";
        Script.Write(($"{path}.csv", notebook), ($"{path}-runs.csv", everything));
    }

    static string Csv(Run[] runs, string[] columns) =>
        Table.Csv([columns, .. runs.Select(run => columns.Select(run.Cell))]);

    // Runs under the same conditions follow one another: else one has the logs of another, or both
    // shared the machine. Times of one format have the order of their texts.
    void DoubtOverlaps()
    {
        static bool StartsBeforeEnd(RunLogs one, RunLogs other) =>
            string.CompareOrdinal(one.Run.Cell("start_time"), other.Run.Cell("end_time")) < 0;
        foreach (var alike in all.Where(x => x.Run.HasLogs).GroupBy(x => x.Run.Conditions))
        foreach (var logs in alike)
        {
            var others = alike.Where(x => x != logs && StartsBeforeEnd(x, logs));
            var other = others.FirstOrDefault(x => StartsBeforeEnd(logs, x))?.Run.Directory;
            logs.Doubt(other != null, "it overlaps with another run", other);
        }
    }

    void WarnOfStrays()
    {
        var runs = all.Select(logs => Path.GetFullPath(logs.Run.Directory)).ToHashSet();
        var parents = runs.Select(run => Path.GetDirectoryName(run)!).Where(Directory.Exists);
        var others = parents.Distinct().SelectMany(Directory.GetDirectories).Except(runs).Order();
        var strays = others.Where(other => required.All(log => File.Exists($"{other}/{log}")));
        var names = Script.Several(strays.Select(stray => Path.GetRelativePath(".", stray)));
        if (names != "")
            Script.Warn($"logs that no sweep has are not read: {names}");
    }
}
