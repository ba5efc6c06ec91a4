// What the report shows of the runs: texts and positions, ready for its template.
#nullable enable
using System.Text.RegularExpressions;

/// <summary>A system with its runs and what the other stages made of them.</summary>
/// <param name="Key">"boom", as in the names of files.</param>
/// <param name="Name">"BOOM", for readers.</param>
/// <param name="IsBest">By the configurations that compute-scaling compares, whether it is the best of its number of workers.</param>
/// <param name="Reference">The text of the configuration that the throughput factor is of, or "".</param>
public sealed record Benchmark(
    string Key,
    string Name,
    BenchmarkRun[] Runs,
    IReadOnlyDictionary<string, bool> IsBest,
    string Reference
)
{
    /// <summary>The configurations with a run that counts.</summary>
    public Configuration[] Configurations { get; } =
        Configuration.Of(Runs).Where(one => one.Runs.Count > 0).ToArray();

    /// <summary>Those of them that compute-scaling compares.</summary>
    public Configuration[] Compared =>
        Configurations.Where(one => IsBest.ContainsKey(one.Text)).ToArray();

    /// <summary>The best of each number of workers, by that number.</summary>
    public Configuration[] Best =>
        Compared.Where(one => IsBest[one.Text]).OrderBy(one => one.NWorkers).ToArray();

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
    public static IEnumerable<object> Problems(Benchmark system) =>
        from wrong in system
            .Runs.SelectMany(run => WrongWith(system, run))
            .Concat(FewRepetitions(system))
        group wrong.Directory by wrong.What into directories
        select new
        {
            What = directories.Key,
            Runs = Screen.Count(directories.Count(), "run"),
            Directories = directories.Take(4),
            HasMore = directories.Count() > 4,
        };

    static IEnumerable<(string What, string Directory)> WrongWith(
        Benchmark system,
        BenchmarkRun run
    )
    {
        if (!run.Counts)
            yield return (
                $"incomplete, counted nowhere: {run.FiltersSeen} filters saw "
                    + $"{run.MinAlertsFiltered ?? 0} to {run.MaxAlertsFiltered ?? 0} of {run.NAlerts} alerts",
                run.Directory
            );
        if (run.Errors > 0)
            yield return ("errors in the logs", run.Directory);
        foreach (var doubt in run.Doubts.Split("; ", StringSplitOptions.RemoveEmptyEntries))
            yield return ($"times may be wrong: {doubt}", run.Directory);
        var blank = system.Facts.Where(fact => fact.TextOf(run) == "");
        if (run.Counts && blank.Any())
            yield return (
                $"missing in the logs: {string.Join(", ", blank.Select(fact => Heading(fact.Title)))}",
                run.Directory
            );
    }

    // Runs that were left out, without logs, are in no table: what shows is that others have more.
    static IEnumerable<(string What, string Directory)> FewRepetitions(Benchmark system) =>
        from setup in system.Configurations.GroupBy(one => one.Setup)
        let most = setup.Max(one => one.Runs.Count)
        from one in setup
        where one.Runs.Count < most
        from run in one.Runs
        select (
            $"only {one.Runs.Count} of {most} repetitions count of {Words(one.Arguments)}",
            run.Directory
        );

    /// <summary>
    /// The throughput over the number of workers: every run that counts as a point, the best
    /// configurations as a line. BOOM's points are grouped by their number of alert workers.
    /// </summary>
    public static object Scaling(Benchmark[] systems, double rubinRate)
    {
        var all = systems.SelectMany(system => system.Compared).ToArray();
        var x = ChartScale.Of(0, all.Max(one => one.NWorkers), 10, leastStep: 1);
        var y = ChartScale.Of(0, Math.Max(rubinRate, all.Max(one => one.AlertsPerS.Max)), 6);
        var lines =
            from system in systems
            from ends in system.Best.Zip(system.Best.Skip(1))
            select new
            {
                system.Key,
                X1 = x.At(ends.First.NWorkers),
                Y1 = y.FromTop(ends.First.AlertsPerS.Median),
                X2 = x.At(ends.Second.NWorkers),
                Y2 = y.FromTop(ends.Second.AlertsPerS.Median),
            };
        object Point(Benchmark system, Configuration one, BenchmarkRun run) =>
            new
            {
                system.Name,
                Configuration = Words(one.Arguments),
                Run = run,
                AlertsPerS = Rate(run.AlertsPerS ?? 0),
                X = x.At(one.NWorkers),
                Y = y.FromTop(run.AlertsPerS ?? 0),
            };
        var groups =
            from system in systems
            from part in system.Compared.GroupBy(GroupOf).Index()
            select new
            {
                Label = system.Name + part.Item.Key,
                Shape = system.Key == "boom" ? $"{part.Index % Shapes}" : "kowalski",
                Colour = system.Key == "boom" ? $"{part.Index % Colours}" : "kowalski",
                Points = part.Item.SelectMany(one =>
                    one.Runs.Select(run => Point(system, one, run))
                ),
            };
        return new
        {
            X = Ticks(x, x.At),
            Y = Ticks(y, y.FromTop),
            RubinAt = y.FromTop(rubinRate),
            IsPartial = all.Length < systems.Sum(system => system.Configurations.Length),
            Lines = lines,
            Groups = groups,
        };
    }

    static string GroupOf(Configuration one) =>
        one.Arguments.TryGetValue("n_alert_workers", out var number) && number != ""
            ? $", alert workers {number}"
            : "";

    /// <summary>The medians of every configuration, the shortest wall time first: processing and idle tail.</summary>
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
                    WallTime = one.WallTimeS.Median,
                    WallTimeAt = axis.At(one.WallTimeS.Median),
                    Parts = PartsOf(one, axis),
                }),
        };
    }

    // Not known where the logs have no lines of filters.
    static IEnumerable<object> PartsOf(Configuration one, ChartScale axis)
    {
        if (one.ProcessingTimeS == null || one.IdleTailS == null)
            yield break;
        var processing = one.ProcessingTimeS.Median;
        var tail = one.IdleTailS.Median;
        yield return new
        {
            Processing = Numbers.Shown(processing, 1),
            ProcessingAt = axis.At(processing),
            Tail = Numbers.Shown(tail, 1),
            TailAt = axis.At(tail),
            Share = Numbers.Round(100 * tail / Math.Max(1e-9, processing + tail), 0),
        };
    }

    /// <summary>The wall times of repeated runs, in percent of their median. Nothing without any.</summary>
    public static IEnumerable<object> Repetitions(Benchmark system)
    {
        var repeated = system.Configurations.Where(one => one.Runs.Count > 1).ToArray();
        if (repeated.Length == 0)
            yield break;
        double Percent(Spread times, double time) => 100 * (time / times.Median - 1);
        var min = repeated.Min(one => Percent(one.WallTimeS, one.WallTimeS.Min));
        var max = repeated.Max(one => Percent(one.WallTimeS, one.WallTimeS.Max));
        var axis = ChartScale.Of(min, max, 4);
        var rows =
            from one in repeated
            let times = one.WallTimeS
            select new
            {
                one.Arguments.Values,
                WallTimeS = times,
                MinAt = axis.At(Percent(times, times.Min)),
                MaxAt = axis.At(Percent(times, times.Max)),
                Dots = one.Runs.Select(run => axis.At(Percent(times, run.WallTimeS))),
            };
        yield return new
        {
            system.Name,
            system.Arguments,
            Ticks = Ticks(axis, axis.At),
            MedianAt = axis.At(0),
            Rows = rows,
        };
    }

    /// <summary>Everything that the table of runs holds.</summary>
    public static object Table(Benchmark system)
    {
        var arguments = system.Runs[0].Arguments.Keys.Where(name => name != "n_alerts").ToArray();
        var reference = system.Configurations.FirstOrDefault(one => one.Text == system.Reference);
        var referenceRuns = (reference?.AllRuns ?? []).ToHashSet();
        return new
        {
            system.Name,
            Headings = arguments.Concat(system.Facts.Select(fact => fact.Title)).Select(Heading),
            Rows = system.Runs.Select(run => new
            {
                run.Directory,
                IsReference = referenceRuns.Contains(run),
                IsIncomplete = !run.Counts,
                Cells = arguments
                    .Select(name => new RoundedValue(run.Arguments[name]))
                    .Concat(system.Facts.Select(fact => Rounded(fact.Title, fact.TextOf(run)))),
            }),
        };
    }

    /// <summary>A rate in alerts/s: "1,234", "0.4".</summary>
    public static string Rate(double alertsPerS) =>
        alertsPerS < 1 ? Numbers.Shown(alertsPerS, 0) : $"{Math.Round(alertsPerS):#,0}";

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

    /// <summary>A value of a table, rounded as its column deserves.</summary>
    public static RoundedValue Rounded(string column, string value)
    {
        string Round(int decimals) =>
            value == "" ? "" : Numbers.Shown(Numbers.Parse(value), decimals);
        var text =
            column.EndsWith("_time") ? value[..19].Replace('T', ' ')
            : column.EndsWith("_gib") ? Round(2)
            : column.EndsWith("alerts_per_s") ? Round(0)
            : column is "processing_time_s" or "idle_tail_s" or "kafka_mb_per_s" ? Round(1)
            : value;
        return new(text, text == value ? "" : value);
    }
}

/// <summary>A value of a table of runs, and exactly where that differs.</summary>
public sealed record RoundedValue(string Text, string Exact = "");
