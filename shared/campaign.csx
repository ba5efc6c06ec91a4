// The frame of both collectors: the runs of a sweep with their logs, what is missing or in doubt, what
// the producer and docker's statistics tell, how steadily a run goes, and the tables that are written.
#nullable enable
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

/// <summary>A run with its logs, and what is to be said of them once for all runs.</summary>
/// <param name="nAlerts">The night's number of alerts.</param>
public sealed class RunLogs(Run run, string stage, double nAlerts)
{
    readonly List<string> doubts = [];

    public Run Run => run;
    public string Stage => stage;
    public double NAlerts => nAlerts;

    /// <summary>What is to be said, each with the run, and what is different in each run.</summary>
    public List<(string What, string Where)> Notes { get; } = [];

    /// <summary>Why its times may be wrong; of a run that was not read, why not.</summary>
    public string Doubts => string.Join("; ", doubts);

    /// <summary>How many alerts were through when, null where no log tells.</summary>
    public Progress? Progress { get; set; }

    public string PathOf(string log) => $"{run.Directory}/{log}";

    /// <summary>Sets down what is to be said, with what differs from run to run, such as a number.</summary>
    public void Note(bool isSo, string what, string? detail = null)
    {
        var inBrackets = detail == null ? "" : $" ({InACell(detail)})";
        if (isSo)
            Notes.Add((InACell(what), $"{run.Directory}{inBrackets}"));
    }

    /// <summary>Sets down, once, why its times may be wrong.</summary>
    public void Doubt(bool isSo, string what, string? detail = null)
    {
        if (!isSo || doubts.Exists(doubt => doubt.StartsWith(what)))
            return;
        doubts.Add(InACell(detail == null ? what : $"{what} ({detail})"));
        Note(true, $"times may be wrong: {what}", detail);
    }

    /// <summary>Sets down why it was not read.</summary>
    public void SetUnread(Exception why)
    {
        Notes.Clear();
        doubts.Clear();
        doubts.Add(InACell(why.Message));
        Note(true, $"not read: {why.Message}", (why as UnreadableLogException)?.Detail);
    }

    // A text from a log is one line, bounded, and no two doubts.
    static string InACell(string text)
    {
        const int Longest = 200;
        var line = Script.OneLine(text).Replace("; ", ", ").Trim();
        return line.Length > Longest ? $"{line[..Longest]}…" : line;
    }

    /// <summary>What a log tells that may be missing; null where it is, or can't be read.</summary>
    public T? Optional<T>(string log, Func<string, T> read)
        where T : class
    {
        NoteOlder(log);
        try
        {
            return read(PathOf(log));
        }
        catch (UnreadableLogException e)
        {
            Note(true, e.Message, e.Detail);
            return null;
        }
    }

    /// <summary>Notes that the beginning of a log was put aside, as supervisord does at 50 MB.</summary>
    public void NoteOlder(string log)
    {
        var isOlder = File.Exists(PathOf($"{log}.1"));
        Note(isOlder, $"{log}.1, which is older than {log}, is not read: put it before that");
    }

    /// <summary>What producer.log tells of the Kafka ingest; null where it tells of none.</summary>
    public KafkaIngest? KafkaIngest()
    {
        var told = Optional("producer.log", ProducerLog.Read);
        var isOther = told != null && told.NAlerts != nAlerts;
        Doubt(isOther, $"not {nAlerts} alerts were in Kafka", $"{told?.NAlerts}");
        return told?.Ingest;
    }

    /// <summary>What docker's statistics of a container tell, <c>consumer.stats.log</c>; null where they
    /// are missing.</summary>
    public DockerStats? Stats(string log)
    {
        var stats = Optional(log, DockerStats.Read);
        var strangers = Script.Several(stats?.Strangers ?? []);
        Note(strangers != "", $"samples of other containers are left out: {log}", strangers);
        // docker compose stats goes on with the next run's container, where nobody ends it.
        var isOfTwoRuns = stats?.HasLaterContainer == true;
        Note(isOfTwoRuns, $"{log} goes on with a later run's container, which is left out");
        return stats;
    }

    /// <summary>Sets down what the frame of a log's lines tells of its containers: other containers, an
    /// exit, a return, a clock that steps back during the run.</summary>
    /// <param name="isDuringRun">Whether a step back is.</param>
    public void DoubtContainers(Log log, Predicate<StepBack> isDuringRun)
    {
        var strangers = Script.Several(log.Strangers);
        Note(strangers != "", $"lines of other containers are left out: {log.Name}", strangers);
        string[] names = [.. log.Containers.Select(one => one.Name)];
        var services = names.Select(name => Regex.Replace(name, "[0-9]+$", "")).Distinct();
        Doubt(services.Count() > 1, $"{log.Name} is of several services", Script.Several(names));
        foreach (var container in log.Containers)
        {
            var crash = container.Exits.Find(exit => exit.IsCrash);
            Doubt(crash != null, "a container crashed", crash?.Text);
            Doubt(container.BackAt != null, "a container came back", container.BackAt);
            var step = container.StepsBack.Find(isDuringRun);
            Doubt(step != null, "the clock steps back", step?.Place);
        }
    }
}

/// <summary>How fast the producer put the alerts into Kafka (alerts/s), and how long it took (s).</summary>
public sealed record KafkaIngest(double AlertsPerS, double Seconds);

/// <summary>What producer.log tells: how many alerts are in Kafka, and how fast it put them there; null
/// where all were there already, as in all runs of a campaign but its first.</summary>
public sealed record ProducerLog(double NAlerts, KafkaIngest? Ingest)
{
    // Pushed 29142 alerts to the queue in 11.284913s
    static readonly Regex pushed = new(@"Pushed ([0-9]{1,15}) alerts to the queue in (\S+)");

    // Topic ztf_20250311_programid1 already exists with 29142 messages, no need to produce
    static readonly Regex there = new("exists with ([0-9]{1,15}) messages, no need to produce");

    /// <summary>Reads the first line that tells.</summary>
    /// <exception cref="UnreadableLogException">There is none, or the file can't be read.</exception>
    public static ProducerLog Read(string path)
    {
        using var reader = new LineReader(path, " alerts to the queue in ", "no need to produce");
        while (reader.ReadLineWithWord())
        {
            var text = reader.Text;
            if (there.Match(text) is { Success: true } already)
                return new(double.Parse(already.Groups[1].Value), null);
            var match = pushed.Match(text);
            if (RustDuration.Seconds(match.Groups[2].Value) is not { } seconds)
                continue;
            var nAlerts = double.Parse(match.Groups[1].Value);
            return new(nAlerts, seconds > 0 ? new(nAlerts / seconds, seconds) : null);
        }
        throw LogFile.NotUnderstood(path);
    }
}

/// <summary>Durations as Rust prints them: "11.284913s", "734.12ms", "56.7µs", "12ns".</summary>
public static class RustDuration
{
    static readonly Regex form = new(@"^([0-9]+(?:\.[0-9]+)?)(s|ms|µs|ns)$");

    const double LongestS = 1e8; // three years: what is longer is damaged

    /// <summary>The seconds of a duration; null where the text is none.</summary>
    public static double? Seconds(string text)
    {
        var match = form.Match(text);
        if (!match.Success)
            return null;
        var number = double.Parse(match.Groups[1].Value);
        var seconds = match.Groups[2].Value switch
        {
            "ms" => number / 1e3,
            "µs" => number / 1e6,
            "ns" => number / 1e9,
            _ => number,
        };
        return seconds < LongestS ? seconds : null;
    }
}

/// <summary>What the containers of a service used at a time: memory (GiB; null where none ran) and
/// processors (null where the log does not tell).</summary>
public sealed record Sample(double? MemoryGib, double? Cpus);

/// <summary>What <c>docker compose stats --format json</c> drew on a screen.</summary>
/// <param name="Samples">One a screen, of all replicas of the service together.</param>
/// <param name="ReceivedMb">What they received in all (10^6 bytes); null where it is not told.</param>
/// <param name="Strangers">The names of the containers of other services.</param>
/// <param name="HasLaterContainer">Whether another container of the same name followed.</param>
public sealed record DockerStats(
    Sample[] Samples,
    double? ReceivedMb,
    string[] Strangers,
    bool HasLaterContainer
)
{
    // {"CPUPerc":"612.53%","ID":"0d1e2f3a4b5c","MemUsage":"775.3MiB / 125.7GiB","Name":"boom-consumer-1",…}
    sealed record Drawn(
        string Name,
        string Id,
        double? MemoryBytes,
        double? Cpus,
        double? ReceivedBytes
    );

    /// <summary>Of all samples in which a container ran: the largest memory (GiB).</summary>
    public double? PeakMemoryGib => Samples.Max(sample => sample.MemoryGib);

    /// <summary>Of all samples in which a container ran: the mean number of processors.</summary>
    public double? MeanCpus => Samples.Where(sample => sample.MemoryGib > 0).Average(x => x.Cpus);

    /// <summary>The samples of two services together, as many as both have: they are drawn at the same
    /// pace.</summary>
    public static IEnumerable<Sample> Together(DockerStats? one, DockerStats? other)
    {
        foreach (var (a, b) in (one?.Samples ?? []).Zip(other?.Samples ?? []))
            yield return new(a.MemoryGib + b.MemoryGib, a.Cpus + b.Cpus);
    }

    /// <summary>Reads the samples of the service that a log is named after.</summary>
    /// <exception cref="UnreadableLogException">There are none, or the file can't be read.</exception>
    public static DockerStats Read(string path)
    {
        var all = ReadDrawn(path);
        string[] names = [.. all.Select(one => one.Name).Distinct()];
        var own = OwnOf(names, Service.Of(path));
        if (own.Length == 0 && names.Length > 0)
            throw new UnreadableLogException(
                $"{Path.GetFileName(path)} has samples of other containers only",
                Script.Several(names)
            );
        var drawn = all.Where(one => own.Contains(one.Name)).ToList();
        var firstIds = drawn.DistinctBy(one => one.Name).Select(one => one.Id).ToHashSet();
        var ofThisRun = drawn.Where(one => firstIds.Contains(one.Id)).ToList();
        var samples = Screens(ofThisRun).Select(SampleOf).ToArray();
        if (!samples.Any(sample => sample.MemoryGib > 0))
            throw LogFile.NotUnderstood(path);
        // A container that is not running any more shows 0B.
        var received = ofThisRun.Where(one => one.ReceivedBytes > 0).GroupBy(one => one.Name);
        double? receivedMb = received.Sum(ofOne => ofOne.Last().ReceivedBytes) / 1e6;
        return new(
            samples,
            receivedMb > 0 ? receivedMb : null,
            [.. names.Except(own)],
            ofThisRun.Count < drawn.Count
        );
    }

    // One alone that is named otherwise is a container_name.
    static string[] OwnOf(string[] names, Service service)
    {
        var greatest = names.Select(service.LikenessOf).DefaultIfEmpty().Max();
        var least = names.Length > 1 ? Likeness.Within : Likeness.Unknown;
        if (greatest < least)
            return [];
        return [.. names.Where(name => service.LikenessOf(name) == greatest)];
    }

    static List<Drawn> ReadDrawn(string path)
    {
        var all = new List<Drawn>();
        using var reader = new LineReader(path, "\"MemUsage\":");
        while (reader.ReadLineWithWord())
            if (Parse(reader.Text) is { Name: not "--" } drawn)
                all.Add(drawn);
        return all;
    }

    // Null for a line that is cut short.
    static Drawn? Parse(string line)
    {
        var from = Math.Max(0, line.IndexOf('{'));
        var to = Math.Max(from, line.LastIndexOf('}') + 1);
        try
        {
            using var json = JsonDocument.Parse(line[from..to]);
            string Field(string name) =>
                json.RootElement.TryGetProperty(name, out var value) ? $"{value}" : "";
            var memory = Bytes(Field("MemUsage"));
            return new(
                Field("Name"),
                Field("ID"),
                memory,
                Cpus(Field("CPUPerc")),
                Bytes(Field("NetIO"))
            );
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // "612.53%" are 6.1253 processors; "--" without a container.
    static double? Cpus(string percent)
    {
        var match = percentage.Match(percent);
        return match.Success ? double.Parse(match.Groups[1].Value) / 100 : null;
    }

    static readonly Regex percentage = new(@"^([0-9]{1,9}(\.[0-9]+)?)%$");

    // "775.3MiB / 125.7GiB", "1e+03MB / 900MB"
    static readonly Regex size = new(@"^([0-9]{1,15}(?:\.[0-9]+)?(?:e\+03)?)([kKMGTP]?)(i?)B / ");

    // The first of two sizes as docker's go-units print them (also 1e+03MB: docker/go-units, pull request
    // 45). Memory is counted in binary units, traffic in decimal ones. Null for "-- / --".
    static double? Bytes(string sizes)
    {
        var match = size.Match(sizes);
        if (!match.Success)
            return null;
        var power = " KMGTP".IndexOf($" {match.Groups[2].Value.ToUpperInvariant()}"[^1]);
        var unit = match.Groups[3].Value == "i" ? 1024 : 1000;
        return double.Parse(match.Groups[1].Value) * Math.Pow(unit, power);
    }

    // A screen ends where the name of a container on it comes again.
    static List<List<Drawn>> Screens(List<Drawn> drawn)
    {
        var screens = new List<List<Drawn>>();
        foreach (var one in drawn)
            if (screens.Count == 0 || screens[^1].Exists(other => other.Name == one.Name))
                screens.Add([one]);
            else
                screens[^1].Add(one);
        return screens;
    }

    static Sample SampleOf(List<Drawn> screen)
    {
        var running = screen.FindAll(one => one.MemoryBytes != null);
        double? memory = running.Count > 0 ? running.Sum(one => one.MemoryBytes) / (1 << 30) : null;
        double? cpus = running.Exists(one => one.Cpus != null)
            ? running.Sum(one => one.Cpus)
            : null;
        return new(memory, cpus);
    }
}

/// <summary>So many alerts were through at a time (s) after the run's start.</summary>
public readonly record struct Step(double TimeS, double Alerts);

/// <summary>How steadily alerts went through a run.</summary>
/// <param name="SustainedAlertsPerS">0.8 of the night over the time from 10 % to 90 % of it (alerts/s): the
/// start and the end fall out.</param>
/// <param name="LongestStallS">The longest time between two steps from 10 % to 90 %.</param>
/// <param name="Points">At most fifty steps, with the last one.</param>
public sealed record Progress(double? SustainedAlertsPerS, double? LongestStallS, Step[] Points)
{
    // From fewer, no rate is computed.
    const int FewestSteps = 10;
    const int MostPoints = 50;

    /// <summary>The progress of steps in the order of their times, whose alerts never fall.</summary>
    public static Progress Of(List<Step> steps, double nAlerts)
    {
        var from = steps.FindIndex(step => step.Alerts >= 0.1 * nAlerts);
        var to = steps.FindIndex(step => step.Alerts >= 0.9 * nAlerts);
        var points = Thinned(steps);
        if (to <= from || steps.Count < FewestSteps)
            return new(null, null, points);
        var seconds = steps[to].TimeS - steps[from].TimeS;
        var stalls = Enumerable
            .Range(from + 1, to - from)
            .Select(i => steps[i].TimeS - steps[i - 1].TimeS);
        // Times are known to the microsecond.
        var longest = Math.Round(stalls.Max(), 6);
        return new(seconds > 0 ? 0.8 * nAlerts / seconds : null, longest, points);
    }

    // At every fiftieth of the alerts, so that a stall is seen between two points.
    static Step[] Thinned(List<Step> steps)
    {
        if (steps.Count <= MostPoints)
            return [.. steps];
        var each = steps[^1].Alerts / MostPoints;
        var levels = Enumerable.Range(1, MostPoints).Select(i => i * each);
        return
        [
            .. levels.Select(level => steps.Find(step => step.Alerts >= level - 1e-6)).Distinct(),
        ];
    }
}

/// <summary>The runs of a system's sweep: their logs are read, and their tables written.</summary>
/// <param name="All">The runs, in the order of the sweep.</param>
public sealed record Campaign(string System, CalkitYaml Yaml, RunLogs[] All)
{
    /// <summary>The sweep of the stages <c>benchmark-SYSTEM…</c> of calkit.yaml.</summary>
    public static Campaign Open(string system)
    {
        var yaml = CalkitYaml.Read("calkit.yaml");
        var runs = yaml.Sweep($"benchmark-{system}").Select(run => LogsOf(run, yaml));
        return new(system, yaml, [.. runs]);
    }

    static RunLogs LogsOf(SweepRun run, CalkitYaml yaml)
    {
        var text = run.Arguments.GetValueOrDefault(
            "n_alerts",
            $"{yaml.OptionalParameter("n_alerts")}"
        );
        if (
            !ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var nAlerts)
            || nAlerts == 0
        )
            throw new InvalidDataException(
                $"calkit.yaml: n_alerts is \"{text}\", expected a number above 0"
            );
        return new(
            new(run.Directory, run.Arguments) { ["n_alerts"] = nAlerts },
            run.Stage,
            nAlerts
        );
    }

    /// <summary>Reads the logs of all runs, several at a time. A run whose logs can't be read stays blank,
    /// with the reason; of all others, what was read is returned.</summary>
    /// <exception cref="InvalidDataException">No run can be read.</exception>
    public List<T> Read<T>(Func<RunLogs, T> read)
    {
        var tasks = All.Select(logs => Task.Run(() => read(logs))).ToArray();
        var told = new List<T>();
        foreach (var (logs, task) in All.Zip(tasks))
            try
            {
                told.Add(task.GetAwaiter().GetResult());
            }
            catch (Exception e) when (e is InvalidDataException or IOException)
            {
                logs.SetUnread(e);
            }
        if (told.Count == 0)
            throw NoneRead(All[0]);
        return told;
    }

    static InvalidDataException NoneRead(RunLogs first)
    {
        var directory = first.Run.Directory;
        var detail = first.Notes[0].Where[directory.Length..];
        return new($"no run can be read: {directory}: {first.Doubts}{detail}");
    }

    /// <summary>Says what is wrong, and writes the notebook's table, that of all facts, and the
    /// progress.</summary>
    /// <param name="required">The logs that make a directory one of a run.</param>
    public void Save(Options options, params string[] required)
    {
        DoubtOverlaps();
        foreach (var logs in All)
        {
            logs.Run["doubts"] = logs.Doubts;
            var name = logs.Run.Problem ?? logs.Run.Directory;
            Console.WriteLine($"{logs.Run.Cell("wall_time_s"), 6} s  {name}");
        }
        foreach (var note in All.SelectMany(x => x.Notes).GroupBy(x => x.What, x => x.Where))
            Script.Warn($"{note.Key}: {Script.Several(note)}, {note.Count()} of {All.Length} runs");
        WarnOfStrays(required);
        Write($"{options.Output}/{System}");
    }

    void Write(string path)
    {
        var runs = All.Select(logs => logs.Run).ToArray();
        var read = runs.Where(run => run.IsRead).ToArray();
        string[] arguments = [.. runs.SelectMany(run => run.Arguments.Keys).Distinct()];
        string[] facts = [.. read.SelectMany(run => run.Facts).Distinct()];
        var asFact = arguments.Intersect(facts.Except(["n_alerts"])).FirstOrDefault();
        if (asFact != null)
            throw new InvalidDataException($"calkit.yaml: {asFact} is a fact: rename the argument");
        string[] notebook = [.. arguments, "start_time", "end_time", "wall_time_s"];
        string[] everything = ["run", .. arguments.Except(facts), .. facts];
        Script.Write(
            ($"{path}.csv", Csv(read, notebook)),
            ($"{path}-runs.csv", Csv(runs, everything)),
            (
                $"{path}-progress.csv",
                Table.Csv([
                    ["run", "t_s", "alerts"],
                    .. All.SelectMany(Progress),
                ])
            )
        );
    }

    static string Csv(Run[] runs, string[] columns) =>
        Table.Csv([columns, .. runs.Select(run => columns.Select(run.Cell))]);

    static IEnumerable<string[]> Progress(RunLogs logs)
    {
        foreach (var point in logs.Progress?.Points ?? [])
            yield return
            [
                logs.Run.Directory,
                Numbers.Exact(point.TimeS),
                Numbers.Exact(point.Alerts),
            ];
    }

    // Runs under the same conditions follow one another: else one has the logs of another, or both
    // shared the machine. Times of one format have the order of their texts.
    void DoubtOverlaps()
    {
        foreach (
            var alike in All.Where(logs => logs.Run.IsRead).GroupBy(logs => logs.Run.Conditions)
        )
        {
            RunLogs? before = null; // the one that ends last
            foreach (var logs in alike.OrderBy(StartOf, StringComparer.Ordinal))
            {
                var isOverlap = before != null && IsBefore(StartOf(logs), EndOf(before));
                logs.Doubt(isOverlap, "it overlaps with another run", before?.Run.Directory);
                before?.Doubt(isOverlap, "it overlaps with another run", logs.Run.Directory);
                if (before == null || IsBefore(EndOf(before), EndOf(logs)))
                    before = logs;
            }
        }
    }

    static string StartOf(RunLogs logs) => logs.Run.Cell("start_time");

    static string EndOf(RunLogs logs) => logs.Run.Cell("end_time");

    static bool IsBefore(string time, string other) => string.CompareOrdinal(time, other) < 0;

    void WarnOfStrays(string[] required)
    {
        var runs = All.Select(logs => Path.GetFullPath(logs.Run.Directory)).ToHashSet();
        var parents = runs.Select(run => Path.GetDirectoryName(run)!)
            .Distinct()
            .Where(Directory.Exists);
        var others = parents
            .SelectMany(Directory.GetDirectories)
            .Where(path => !runs.Contains(path))
            .Order();
        var strays = others.Where(other => required.All(log => File.Exists($"{other}/{log}")));
        var names = Script.Several(strays.Select(stray => Path.GetRelativePath(".", stray)));
        if (names != "")
            Script.Warn($"logs that no sweep has are not read: {names}");
    }
}
