// The configurations of a benchmark: runs that differ in their repetition only.
#nullable enable

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
    public static void Compare(Configuration boom, Configuration kowalski)
    {
        if (boom.NAlerts != kowalski.NAlerts)
            throw new InvalidDataException(
                $"nights of {boom.NAlerts} (BOOM) and of {kowalski.NAlerts} alerts (Kowalski) can't be "
                    + "compared; choose runs with --boom, --kowalski n_alerts=N"
            );
        foreach (var (name, value) in boom.Arguments)
        {
            var other = kowalski.Arguments.GetValueOrDefault(name, value);
            if (other != value && !BenchmarkRun.IsOfWorkers(name))
                Script.Warn(
                    $"BOOM with {name}={value} is compared with Kowalski with {name}={other}"
                );
        }
    }

    /// <summary>The runs that count: an incomplete one counts nowhere.</summary>
    public IReadOnlyList<BenchmarkRun> Runs { get; } = AllRuns.Where(run => run.Counts).ToArray();

    /// <summary>"n_alert_workers=3 n_ml_workers=3", without what is blank.</summary>
    public string Text => TextOf(Arguments);

    /// <summary>The same of any arguments.</summary>
    public static string TextOf(IReadOnlyDictionary<string, string> arguments) =>
        string.Join(
            " ",
            arguments.Where(pair => pair.Value != "").Select(pair => $"{pair.Key}={pair.Value}")
        );

    /// <summary>
    /// What it is a configuration of: its kinds of workers, without their numbers, and the values of
    /// all other arguments. Of one setup, configurations can be compared by their number of workers.
    /// </summary>
    public string Setup =>
        string.Join(
            " ",
            Arguments
                .Where(x => x.Value != "")
                .Select(x => BenchmarkRun.IsOfWorkers(x.Key) ? x.Key : $"{x.Key}={x.Value}")
        );

    /// <summary>The directories of its runs.</summary>
    public string[] Directories => Runs.Select(run => run.Directory).ToArray();

    /// <summary>The number of workers, of all kinds.</summary>
    public long NWorkers => AllRuns[0].NWorkers;

    /// <summary>How many alerts the night has.</summary>
    public long NAlerts => AllRuns[0].NAlerts;

    /// <summary>A fact over the runs: the median counts.</summary>
    public Spread? SpreadOf(Func<BenchmarkRun, double?> fact) => Spread.Of(Runs.Select(fact));

    /// <summary>The wall time (s).</summary>
    /// <exception cref="InvalidDataException">A run has none.</exception>
    public Spread WallTimeS =>
        Runs.FirstOrDefault(run => run.WallTimeS == 0) is { } run
            ? throw new InvalidDataException(
                $"{run.Place}: wall_time_s of {run.Directory} is 0, expected a number above 0"
            )
            : SpreadOf(run => run.WallTimeS)!;

    /// <summary>The throughput (alerts/s).</summary>
    public Spread AlertsPerS =>
        WallTimeS is var _ && SpreadOf(run => run.AlertsPerS) is { } spread
            ? spread
            : throw new InvalidDataException($"{Runs[0].Place}: there is no alerts_per_s");
}

/// <summary>Which runs are meant: those with all of the values, compared as text.</summary>
/// <param name="Option">The option that says so, for messages.</param>
public sealed record Selection(string Option, IReadOnlyDictionary<string, string> Values)
{
    /// <summary>Reads "NAME=VALUE,…"; <c>NAME=</c> means the runs without a value. Null selects all.</summary>
    /// <exception cref="UsageException">It has another form.</exception>
    public static Selection Parse(string option, string? text)
    {
        var values = new Dictionary<string, string>();
        foreach (var pair in text?.Split(',') ?? [])
        {
            var parts = pair.Split('=', 2, StringSplitOptions.TrimEntries);
            if (parts.Length != 2 || parts[0] == "" || !values.TryAdd(parts[0], parts[1]))
                throw new UsageException($"{option}: expected NAME=VALUE,... with each name once");
        }
        return new(option, values);
    }

    /// <summary>The runs that are meant, of those of a table.</summary>
    /// <exception cref="InvalidDataException">There are none; it names those there are.</exception>
    public BenchmarkRun[] Of(BenchmarkRun[] runs, string table)
    {
        var names = runs[0].Arguments.Keys;
        if (Values.Keys.Except(names).FirstOrDefault(name => name != "n_alerts") is { } unknown)
            throw new InvalidDataException(
                $"{table}: no argument is named {unknown} ({Option}); there is {string.Join(", ", names)}"
            );
        string PairsOf(BenchmarkRun run) =>
            string.Join(
                ",",
                Values.Keys.Select(name =>
                    $"{name}={run.Arguments.GetValueOrDefault(name, $"{run.NAlerts}")}"
                )
            );
        var asked = string.Join(",", Values.Select(value => $"{value.Key}={value.Value}"));
        var meant = runs.Where(run => PairsOf(run) == asked).ToArray();
        return meant.Length > 0
            ? meant
            : throw new InvalidDataException(
                $"{table}: no run has {asked} ({Option}); there is {Several(runs.Select(PairsOf))}"
            );
    }

    /// <summary>The error that names configurations which would be pooled.</summary>
    public InvalidDataException Ambiguous(string table, Configuration[] configurations) =>
        new(
            $"{table}: {configurations.Length} configurations are meant, expected one: "
                + Several(configurations.Select(configuration => configuration.Text))
                + $"; tell them apart with {Option} NAME=VALUE,... where NAME= is a blank value"
        );

    // The first few of them.
    static string Several(IEnumerable<string> texts)
    {
        var all = texts.Distinct().ToArray();
        return string.Join(" | ", all.Take(10)) + (all.Length > 10 ? " | …" : "");
    }
}
