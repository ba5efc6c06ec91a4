// The configurations of a benchmark: runs that differ in their repetition only.
#nullable enable
using System.Text.RegularExpressions;

/// <summary>The runs with the same arguments, but for <c>repetition</c>.</summary>
/// <param name="Arguments">Their arguments, as text; blank for those of other stages only.</param>
/// <param name="AllRuns">The runs, incomplete ones included.</param>
public sealed record Configuration(
    IReadOnlyDictionary<string, string> Arguments,
    IReadOnlyList<BenchmarkRun> AllRuns
)
{
    /// <summary>All configurations, in the order of the runs.</summary>
    public static Configuration[] Of(IEnumerable<BenchmarkRun> runs) =>
        // A line end is in no value.
        runs.GroupBy(run => string.Join('\n', Significant(run).Values))
            .Select(group => new Configuration(Significant(group.First()), group.ToArray()))
            .ToArray();

    static Dictionary<string, string> Significant(BenchmarkRun run) =>
        run.Arguments.Where(argument => argument.Key != "repetition").ToDictionary();

    /// <summary>Checks that two systems took in the same night, and warns of other conditions.</summary>
    /// <exception cref="InvalidDataException">Their numbers of alerts differ.</exception>
    public static void CheckComparable(Configuration boom, Configuration kowalski)
    {
        if (boom.NAlerts != kowalski.NAlerts)
            throw new InvalidDataException(
                $"nights of {boom.NAlerts} (BOOM) and of {kowalski.NAlerts} alerts (Kowalski) can't be "
                    + "compared; choose runs with --boom, --kowalski n_alerts=N"
            );
        var names = boom.Arguments.Keys.Union(kowalski.Arguments.Keys);
        foreach (var name in names.Where(x => x != "n_alerts" && !BenchmarkRun.IsOfWorkers(x)))
        {
            var ofBoom = boom.Arguments.GetValueOrDefault(name);
            var ofKowalski = kowalski.Arguments.GetValueOrDefault(name);
            string Told(string? value) =>
                value == null ? $"without {name}" : $"with {name}={value}";
            if ((ofBoom ?? "") != (ofKowalski ?? ""))
                Script.Warn($"BOOM {Told(ofBoom)} is compared with Kowalski {Told(ofKowalski)}");
        }
    }

    /// <summary>Warns of runs that count though their times may be wrong.</summary>
    public static void WarnOfDoubts(IEnumerable<Configuration> configurations)
    {
        var runs = configurations.SelectMany(one => one.Runs).Where(run => run.Doubts != "");
        foreach (var reason in runs.GroupBy(run => run.Doubts))
            Script.Warn(
                $"times may be wrong ({reason.Key}): the numbers rest on "
                    + Screen.Several(reason.Select(run => run.Directory))
            );
    }

    /// <summary>The runs that count: an incomplete one counts nowhere.</summary>
    public IReadOnlyList<BenchmarkRun> Runs { get; } = AllRuns.Where(run => run.Counts).ToArray();

    /// <summary>"n_alert_workers=3 n_ml_workers=3", without what is blank.</summary>
    public string Text => TextOf(Arguments);

    /// <summary>The same of any arguments.</summary>
    public static string TextOf(IEnumerable<KeyValuePair<string, string>> arguments) =>
        string.Join(' ', arguments.Where(x => x.Value != "").Select(x => $"{x.Key}={x.Value}"));

    /// <summary>
    /// What it is a configuration of: its kinds of workers, without their numbers, and the values of
    /// all other arguments. Of one setup, configurations can be compared by their number of workers.
    /// </summary>
    public string Setup =>
        string.Join(
            ' ',
            Arguments
                .Where(x => x.Value != "")
                .Select(x => BenchmarkRun.IsOfWorkers(x.Key) ? x.Key : $"{x.Key}={x.Value}")
        );

    /// <summary>The number of workers, of all kinds.</summary>
    public long NWorkers => AllRuns[0].NWorkers;

    /// <summary>How many alerts the night has.</summary>
    public long NAlerts => AllRuns[0].NAlerts;

    /// <summary>A fact over the runs: the median counts.</summary>
    public Spread? SpreadOf(Func<BenchmarkRun, double?> fact) => Spread.Of(Runs.Select(fact));

    /// <summary>The wall time (s).</summary>
    /// <exception cref="InvalidDataException">A run has none.</exception>
    public Spread WallTimeS => OfAll("wall_time_s", run => run.WallTimeS);

    /// <summary>The throughput (alerts/s).</summary>
    /// <exception cref="InvalidDataException">A run has none.</exception>
    public Spread AlertsPerS => OfAll("alerts_per_s", run => run.AlertsPerS);

    /// <summary>The wall time until the last batch (s); null where a run does not tell it.</summary>
    public Spread? ProcessingTimeS => PartOfAll(run => run.ProcessingTimeS);

    /// <summary>The wall time after the last batch (s); null where a run does not tell it.</summary>
    public Spread? IdleTailS => PartOfAll(run => run.IdleTailS);

    Spread OfAll(string name, Func<BenchmarkRun, double?> fact)
    {
        foreach (var run in Runs)
            if (!(fact(run) > 0))
                throw run.Error($"{name} of {run.Directory} is not above 0");
        return SpreadOf(fact)!;
    }

    // The median of some runs is no part of the median of all.
    Spread? PartOfAll(Func<BenchmarkRun, double?> fact) =>
        Runs.All(run => fact(run) != null) ? SpreadOf(fact) : null;
}

/// <summary>Which runs of a system are meant: those with all of the values, compared as text.</summary>
/// <param name="System">"boom" or "kowalski", as in its option and its table.</param>
public sealed record Selection(string System, IReadOnlyDictionary<string, string> Values)
{
    /// <summary>The table of runs.</summary>
    public string Table => $"results/{System}-runs.csv";

    /// <summary>Reads "NAME=VALUE,…"; <c>NAME=</c> means the runs without a value. Null selects all.</summary>
    /// <exception cref="UsageException">It has another form, or chooses among repetitions.</exception>
    public static Selection Parse(string system, string? text)
    {
        var values = new Dictionary<string, string>();
        // A comma may be part of a value, where no NAME= follows.
        var pairs = Regex.Split(text ?? "", @",(?=\s*[\p{L}_][\p{L}\p{Nd}_.-]*\s*=)");
        foreach (var pair in text == null ? [] : pairs)
        {
            var parts = pair.Split('=', 2, StringSplitOptions.TrimEntries);
            var isPair = parts.Length == 2 && parts[0] != "" && !parts[1].EndsWith(',');
            if (!isPair || !values.TryAdd(parts[0], parts[1]))
                throw new UsageException(
                    $"--{system}: expected NAME=VALUE,... with each name once"
                );
        }
        if (values.ContainsKey("repetition"))
            throw new UsageException(
                $"--{system}: of repeated runs the median counts; none can be chosen"
            );
        return new(system, values);
    }

    /// <summary>The configurations of the runs of the table that are meant.</summary>
    /// <param name="trait">In what they must not differ, in words.</param>
    /// <exception cref="InvalidDataException">There are none, or some that would be pooled.</exception>
    public Configuration[] Read(Func<Configuration, string> trait)
    {
        var configurations = Configuration.Of(Of(RunsTable.Read(System, Table)));
        var mixed = configurations.Where(one => one.Runs.DistinctBy(HasRepetition).Count() > 1);
        if (mixed.Any())
            Script.Warn(
                $"{Table}: runs with and without a repetition are taken together: "
                    + Screen.Several(mixed.Select(one => one.Text))
            );
        var different = configurations.Select(trait).Distinct().ToArray();
        if (different.Length > 1)
            throw new InvalidDataException(
                $"{Table}: expected runs that are alike, found {different.Length} kinds: {Screen.Several(different)}; "
                    + $"choose with --{System} NAME=VALUE,... where NAME= is a blank value; "
                    + "repeated runs differ in their argument repetition only"
            );
        return configurations;
    }

    static bool HasRepetition(BenchmarkRun run) =>
        run.Arguments.GetValueOrDefault("repetition", "") != "";

    /// <summary>Those of the runs that are meant.</summary>
    /// <exception cref="InvalidDataException">There are none; it names those there are.</exception>
    public BenchmarkRun[] Of(BenchmarkRun[] runs)
    {
        var names = runs[0].Arguments.Keys;
        var unknown = Values.Keys.Except(names).FirstOrDefault(name => name != "n_alerts");
        if (unknown != null)
            throw new InvalidDataException(
                $"{Table}: no argument is named {unknown} (--{System}); there is {string.Join(", ", names)}"
            );
        string ValueOf(BenchmarkRun run, string name) =>
            run.Arguments.GetValueOrDefault(name, $"{run.NAlerts}");
        string PairsOf(BenchmarkRun run) =>
            string.Join(',', Values.Keys.Select(name => $"{name}={ValueOf(run, name)}"));
        var pairs = string.Join(',', Values.Select(x => $"{x.Key}={x.Value}"));
        var meant = runs.Where(run => Values.All(x => ValueOf(run, x.Key) == x.Value)).ToArray();
        if (meant.Length == 0)
            throw new InvalidDataException(
                $"{Table}: no run has {pairs} (--{System}); there is {Screen.Several(runs.Select(PairsOf))}"
            );
        return meant;
    }
}
