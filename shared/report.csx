// What the report shows of the runs: texts and positions, ready for its template.
#nullable enable
using System.Globalization;
using System.Text.RegularExpressions;

/// <summary>A system with its runs and what the other stages made of them.</summary>
/// <param name="Key">"boom", as in the names of files.</param>
/// <param name="Name">"BOOM", for readers.</param>
/// <param name="Scaling">The configurations that compute-scaling compares; true is the best of its number of workers.</param>
/// <param name="Reference">The text of the configuration that the throughput factor is of, or "".</param>
public sealed record Benchmark(
    string Key,
    string Name,
    BenchmarkRun[] Runs,
    IReadOnlyDictionary<string, bool> Scaling,
    string Reference
)
{
    /// <summary>Reads a system's runs, and which of its configurations compute-scaling compares.</summary>
    /// <exception cref="InvalidDataException">A table can't be read, or they do not belong together.</exception>
    public static Benchmark Read(
        string key,
        string name,
        string table,
        JsonFile factor,
        JsonFile rubin
    )
    {
        const string Path = "results/scaling.csv";
        var scaling = new Dictionary<string, bool>();
        string[] columns = ["system", "configuration", "best"];
        foreach (var row in Csv.Read(Path, advice: "; first run compute-scaling", columns).Rows)
            if (row["system"] == key)
                scaling[row["configuration"]] = row["best"] switch
                {
                    "true" => true,
                    "false" => false,
                    var other => throw row.Error($"best is \"{other}\", expected true or false"),
                };
        var reference = Configuration.TextOf(factor.Texts($"{key}.configuration"));
        var (runs, sha256) = RunsTable.Read(key, table);
        JsonFile.RefuseOtherTable(factor, rubin, table, sha256);
        var system = new Benchmark(key, name, runs, scaling, reference);
        return system.Compared.Length > 0
            ? system
            : throw new InvalidDataException(
                $"{Path}: has no complete run of {table}; first run compute-scaling"
            );
    }

    /// <summary>The configurations with a run that counts.</summary>
    public Configuration[] Configurations { get; } =
        Configuration.Of(Runs).Where(one => one.Runs.Count > 0).ToArray();

    /// <summary>Those of them that compute-scaling compares.</summary>
    public Configuration[] Compared =>
        Configurations.Where(one => Scaling.ContainsKey(one.Text)).ToArray();

    /// <summary>The best of each number of workers, by that number.</summary>
    public Configuration[] Best =>
        Compared.Where(one => Scaling[one.Text]).OrderBy(one => one.NWorkers).ToArray();

    /// <summary>The columns of its table of runs, but for the arguments and the doubts.</summary>
    public Column[] Facts { get; } = Column.Of(Key)[..^1];

    /// <summary>The headings of its arguments, but for <c>repetition</c>.</summary>
    public IEnumerable<string> Arguments => Configurations[0].Arguments.Keys.Select(Report.Heading);
}

/// <summary>Texts and pictures of the report.</summary>
public static class Report
{
    // As many as the template has. They have no common factor: thirty groups look different.
    const int Shapes = 5;
    const int Colours = 6;

    /// <summary>What is wrong: what it is, and in which runs.</summary>
    public static object[] Problems(Benchmark system)
    {
        var problems =
            from run in system.Runs
            from what in WrongWith(system, run)
            group run.Directory by what into directories
            select new
            {
                What = directories.Key,
                Runs = Screen.Count(directories.Count(), "run"),
                Directories = directories.Take(4),
                HasMore = directories.Count() > 4,
            };
        return problems.ToArray();
    }

    static IEnumerable<string> WrongWith(Benchmark system, BenchmarkRun run)
    {
        if (!run.Counts)
            yield return $"incomplete, counted nowhere: {run.FiltersSeen} filters saw "
                + $"{run.MinAlertsFiltered ?? 0} to {run.MaxAlertsFiltered ?? 0} of {run.NAlerts} alerts";
        if (run.Errors > 0)
            yield return "errors in the logs";
        foreach (var doubt in run.Doubts.Split("; ", StringSplitOptions.RemoveEmptyEntries))
            yield return $"times may be wrong: {doubt}";
        var blank = system.Facts.Where(fact => fact.TextOf(run) == "");
        if (run.Counts && blank.Any())
            yield return $"missing in the logs: {string.Join(", ", blank.Select(fact => Heading(fact.Title)))}";
    }

    /// <summary>
    /// The throughput over the number of workers: every run that counts as a point, the best
    /// configurations as a line. BOOM's points are grouped by their number of alert workers.
    /// </summary>
    public static object Scaling(Benchmark[] systems, double rubinRate)
    {
        var all = systems.SelectMany(system => system.Compared).ToArray();
        var x = ChartScale.Of(0, all.Max(one => one.NWorkers), 10, leastStep: 1);
        var y = ChartScale.Of(0, Math.Max(rubinRate, all.Max(one => one.AlertsPerS.Max)), 6);
        object Line(Benchmark system, Configuration one, Configuration next) =>
            new
            {
                system.Key,
                X1 = x.At(one.NWorkers),
                Y1 = y.FromTop(one.AlertsPerS.Median),
                X2 = x.At(next.NWorkers),
                Y2 = y.FromTop(next.AlertsPerS.Median),
            };
        object Group(Benchmark system, IGrouping<string, Configuration> group, int i) =>
            new
            {
                Label = system.Name + group.Key,
                Shape = system.Key == "boom" ? $"{i % Shapes}" : "kowalski",
                Colour = system.Key == "boom" ? $"{i % Colours}" : "kowalski",
                Points = from one in @group
                from run in one.Runs
                select new
                {
                    system.Name,
                    Configuration = Words(one.Arguments),
                    run.Directory,
                    run.WallTimeS,
                    AlertsPerS = $"{run.AlertsPerS:#,0}",
                    X = x.At(one.NWorkers),
                    Y = y.FromTop(run.AlertsPerS ?? 0),
                },
            };
        return new
        {
            X = Ticks(x, x.At),
            Y = Ticks(y, y.FromTop),
            RubinAt = y.FromTop(rubinRate),
            IsPartial = all.Length < systems.Sum(system => system.Configurations.Length),
            Lines = systems.SelectMany(system =>
                system.Best.Zip(system.Best.Skip(1), (one, next) => Line(system, one, next))
            ),
            Groups = systems.SelectMany(system =>
                system.Compared.GroupBy(GroupOf).Select((group, i) => Group(system, group, i))
            ),
        };
    }

    static string GroupOf(Configuration one) =>
        one.Arguments.GetValueOrDefault("n_alert_workers", "") is { Length: > 0 } workers
            ? $", alert workers {workers}"
            : "";

    /// <summary>The medians of every configuration, the fastest first: processing and idle tail.</summary>
    public static object Times(Benchmark system)
    {
        var longest = system.Configurations.Max(one => one.WallTimeS.Median);
        var axis = ChartScale.Of(0, longest, 5) with { To = longest };
        return new
        {
            system.Name,
            system.Arguments,
            Ticks = Ticks(axis, axis.At),
            Rows = system
                .Configurations.OrderBy(one => one.WallTimeS.Median)
                .Select(one => new
                {
                    one.Arguments.Values,
                    IsReference = one.Text == system.Reference,
                    WallTime = Numbers.Exact(one.WallTimeS.Median),
                    WallTimeAt = axis.At(one.WallTimeS.Median),
                    Parts = PartsOf(one, axis),
                }),
        };
    }

    // Not known where the logs have no lines of filters.
    static object[] PartsOf(Configuration one, ChartScale axis) =>
        one.SpreadOf(run => run.ProcessingTimeS) is not { Median: var processing }
        || one.SpreadOf(run => run.IdleTailS) is not { Median: var tail }
            ? []
            :
            [
                new
                {
                    Processing = Numbers.Round(processing, 1),
                    ProcessingAt = axis.At(processing),
                    Tail = Numbers.Round(tail, 1),
                    TailAt = axis.At(tail),
                    Share = Numbers.Round(100 * tail / Math.Max(1e-9, processing + tail), 0),
                },
            ];

    /// <summary>The wall times of repeated runs, in percent of their median. Empty without any.</summary>
    public static object[] Repetitions(Benchmark system)
    {
        var repeated = system.Configurations.Where(one => one.Runs.Count > 1).ToArray();
        if (repeated.Length == 0)
            return [];
        var spreads = repeated.Select(one => one.WallTimeS).ToArray();
        double Percent(Spread times, double time) => 100 * (time / times.Median - 1);
        var axis = ChartScale.Of(
            spreads.Min(times => Percent(times, times.Min)),
            spreads.Max(times => Percent(times, times.Max)),
            4
        );
        object Row(Configuration one, Spread times) =>
            new
            {
                one.Arguments.Values,
                Number = one.Runs.Count,
                WallTime = Numbers.Exact(times.Median),
                Range = $"{times.Min} to {times.Max}",
                MinAt = axis.At(Percent(times, times.Min)),
                MaxAt = axis.At(Percent(times, times.Max)),
                Dots = one.Runs.Select(run => axis.At(Percent(times, run.WallTimeS))),
            };
        return
        [
            new
            {
                system.Name,
                system.Arguments,
                Ticks = Ticks(axis, axis.At),
                MedianAt = axis.At(0),
                Rows = repeated.Zip(spreads, Row),
            },
        ];
    }

    /// <summary>Everything that the table of runs holds.</summary>
    public static object Table(Benchmark system)
    {
        var arguments = system.Runs[0].Arguments.Keys.Where(name => name != "n_alerts").ToArray();
        var references = system
            .Configurations.Where(one => one.Text == system.Reference)
            .SelectMany(one => one.AllRuns)
            .Select(run => run.Directory)
            .ToHashSet();
        object[] CellsOf(BenchmarkRun run) =>
            [
                .. arguments.Select(name => new { Text = run.Arguments[name], Exact = "" }),
                .. system.Facts.Select(fact =>
                {
                    var (text, exact) = Rounded(fact.Title, fact.TextOf(run));
                    return new { Text = text, Exact = exact };
                }),
            ];
        return new
        {
            system.Name,
            Headings = arguments.Concat(system.Facts.Select(fact => fact.Title)).Select(Heading),
            Rows = system.Runs.Select(run => new
            {
                run.Directory,
                IsReference = references.Contains(run.Directory),
                IsIncomplete = !run.Counts,
                Cells = CellsOf(run),
            }),
        };
    }

    // Where the ticks of an axis are, and their texts.
    static IEnumerable<object> Ticks(ChartScale axis, Func<double, string> at) =>
        axis.Ticks.Select(tick => new { At = at(tick), Text = $"{tick:#,0.####}" });

    /// <summary>"alert workers 3, ML workers 3", without what is blank.</summary>
    public static string Words(IReadOnlyDictionary<string, string> arguments) =>
        string.Join(
            ", ",
            arguments.Where(x => x.Value != "").Select(x => $"{Heading(x.Key)} {x.Value}")
        );

    /// <summary>A column in words: wall_time_s is "wall time (s)", n_ml_workers "ML workers".</summary>
    public static string Heading(string column)
    {
        var words = column.Replace("_mb_per_s", " MB/s").Replace("_per_s", "/s");
        words = Regex.Replace(words, "^n_", "");
        words = Regex.Replace(words, "_s$", " (s)");
        words = Regex.Replace(words, "_gib$", " (GiB)");
        return Regex.Replace(words.Replace('_', ' '), @"\bml\b", "ML");
    }

    /// <summary>A value of a table, rounded as its column deserves, and exactly where that differs.</summary>
    public static (string Text, string Exact) Rounded(string column, string value)
    {
        int? decimals =
            column.EndsWith("_gib") ? 2
            : column.EndsWith("alerts_per_s") ? 0
            : column is "processing_time_s" or "idle_tail_s" or "kafka_mb_per_s" ? 1
            : null;
        var text =
            column.EndsWith("_time") ? value[..19].Replace('T', ' ')
            : decimals != null && value != ""
                ? Numbers.Round(double.Parse(value, CultureInfo.InvariantCulture), decimals.Value)
            : value;
        return (text, text == value ? "" : value);
    }
}
