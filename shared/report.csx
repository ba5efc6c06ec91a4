// What the report shows of the runs: texts and positions, ready for its template.
#nullable enable
using System.Globalization;
using System.Text.RegularExpressions;

/// <summary>Texts and pictures of the report.</summary>
public static class Report
{
    // As many as the template has. They have no common factor: thirty groups look different.
    const int Shapes = 5;
    const int Colours = 6;

    /// <summary>What is wrong: what it is, and in which runs.</summary>
    public static object[] Problems(Benchmark system) =>
        system
            .Runs.SelectMany(run =>
                WrongWith(system, run).Select(what => (What: what, run.Directory))
            )
            .GroupBy(problem => problem.What, problem => problem.Directory)
            .Select(runs => new
            {
                What = runs.Key,
                Runs = Screen.Count(runs.Count(), "run"),
                Directories = runs.Take(4),
                HasMore = runs.Count() > 4,
            })
            .ToArray();

    static IEnumerable<string> WrongWith(Benchmark system, BenchmarkRun run)
    {
        if (!run.Counts)
            yield return $"incomplete, counted nowhere: {run.FiltersSeen} filters saw "
                + $"{run.MinAlertsFiltered ?? 0} to {run.MaxAlertsFiltered ?? 0} of {run.NAlerts} alerts";
        if (run.Errors > 0)
            yield return "errors in the logs";
        var blank = system
            .Facts.Where(fact => fact.TextOf(run) == "")
            .Select(fact => Heading(fact.Title));
        if (run.Counts && blank.Any())
            yield return $"missing in the logs: {string.Join(", ", blank)}";
    }

    /// <summary>
    /// The throughput over the number of workers: every run that counts as a point, the best
    /// configurations as a line. BOOM's points are grouped by their number of alert workers.
    /// </summary>
    public static object Scaling(Benchmark[] systems, double rubinRate)
    {
        var all = systems
            .SelectMany(system => system.Compared.Select(one => (System: system, One: one)))
            .ToArray();
        var x = ChartScale.Of(0, all.Max(pair => pair.One.NWorkers), 10, leastStep: 1);
        var y = ChartScale.Of(0, all.Max(pair => Math.Max(pair.One.AlertsPerS.Max, rubinRate)), 6);
        object Point(Benchmark system, Configuration one, BenchmarkRun run) =>
            new
            {
                system.Name,
                Configuration = Words(one.Arguments),
                run.Directory,
                run.WallTimeS,
                AlertsPerS = Whole(run.AlertsPerS),
                X = x.At(one.NWorkers),
                Y = y.FromTop(run.AlertsPerS ?? 0),
            };
        object Line(Benchmark system, Configuration one, Configuration next) =>
            new
            {
                system.Key,
                X1 = x.At(one.NWorkers),
                Y1 = y.FromTop(one.AlertsPerS.Median),
                X2 = x.At(next.NWorkers),
                Y2 = y.FromTop(next.AlertsPerS.Median),
            };
        return new
        {
            X = Ticks(x.Ticks, x.At),
            Y = Ticks(y.Ticks, y.FromTop),
            RubinAt = y.FromTop(rubinRate),
            IsPartial = systems.Any(system =>
                system.Compared.Length < system.Configurations.Length
            ),
            Lines = systems.SelectMany(system =>
                system.Best.Zip(system.Best.Skip(1), (one, next) => Line(system, one, next))
            ),
            Groups = all.GroupBy(pair => GroupOf(pair.System, pair.One))
                .Select(
                    (group, i) =>
                        new
                        {
                            Label = group.Key,
                            Shape = IsOfBoom(group.First().System) ? $"{i % Shapes}" : "kowalski",
                            Colour = IsOfBoom(group.First().System) ? $"{i % Colours}" : "kowalski",
                            Points = group.SelectMany(pair =>
                                pair.One.Runs.Select(run => Point(pair.System, pair.One, run))
                            ),
                        }
                ),
        };
    }

    static bool IsOfBoom(Benchmark system) => system.Key == "boom";

    static string GroupOf(Benchmark system, Configuration one) =>
        one.Arguments.GetValueOrDefault("n_alert_workers", "") is { Length: > 0 } workers
            ? $"{system.Name}, alert workers {workers}"
            : system.Name;

    /// <summary>The medians of every configuration, the fastest first: processing and idle tail.</summary>
    public static object Times(Benchmark system)
    {
        var longest = system.Configurations.Max(one => one.WallTimeS.Median);
        var axis = ChartScale.Of(0, longest, 5) with { To = longest };
        return new
        {
            system.Name,
            Arguments = system.Arguments.Select(Heading),
            Ticks = Ticks(axis.Ticks, axis.At),
            Rows = system
                .Configurations.OrderBy(one => one.WallTimeS.Median)
                .Select(one => new
                {
                    Values = ValuesOf(system, one),
                    IsReference = one.Text == system.Reference,
                    WallTime = Numbers.Exact(one.WallTimeS.Median),
                    WallTimeAt = axis.At(one.WallTimeS.Median),
                    Parts = PartsOf(one, axis),
                }),
        };
    }

    // Not known where the logs have no lines of filters.
    static object[] PartsOf(Configuration one, ChartScale axis)
    {
        if (
            one.SpreadOf(run => run.ProcessingTimeS) is not { Median: var processing }
            || one.SpreadOf(run => run.IdleTailS) is not { Median: var tail }
        )
            return [];
        return
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
    }

    /// <summary>The wall times of repeated runs, in percent of their median. Empty without any.</summary>
    public static object[] Repetitions(Benchmark system)
    {
        var repeated = system.Configurations.Where(one => one.Runs.Count > 1).ToArray();
        if (repeated.Length == 0)
            return [];
        double Percent(Configuration one, double time) => 100 * (time / one.WallTimeS.Median - 1);
        var axis = ChartScale.Of(
            repeated.Min(one => Percent(one, one.WallTimeS.Min)),
            repeated.Max(one => Percent(one, one.WallTimeS.Max)),
            4
        );
        return
        [
            new
            {
                system.Name,
                Arguments = system.Arguments.Select(Heading),
                Ticks = Ticks(axis.Ticks, axis.At),
                MedianAt = axis.At(0),
                Rows = repeated.Select(one => new
                {
                    Values = ValuesOf(system, one),
                    Number = one.Runs.Count,
                    WallTime = Numbers.Exact(one.WallTimeS.Median),
                    Range = $"{one.WallTimeS.Min} to {one.WallTimeS.Max}",
                    MinAt = axis.At(Percent(one, one.WallTimeS.Min)),
                    MaxAt = axis.At(Percent(one, one.WallTimeS.Max)),
                    Dots = one.Runs.Select(run => axis.At(Percent(one, run.WallTimeS))),
                }),
            },
        ];
    }

    /// <summary>Everything that the table of runs holds.</summary>
    public static object Table(Benchmark system)
    {
        var arguments = system.Runs[0].Arguments.Keys.Where(name => name != "n_alerts").ToArray();
        var reference =
            system.Configurations.FirstOrDefault(one => one.Text == system.Reference)?.AllRuns
            ?? [];
        return new
        {
            system.Name,
            Headings = arguments.Concat(system.Facts.Select(fact => fact.Title)).Select(Heading),
            Rows = system.Runs.Select(run => new
            {
                run.Directory,
                IsReference = reference.Contains(run),
                IsIncomplete = !run.Counts,
                Cells = arguments
                    .Select(name => (Text: run.Arguments[name], Exact: ""))
                    .Concat(system.Facts.Select(fact => Rounded(fact.Title, fact.TextOf(run))))
                    .Select(cell => new { cell.Text, cell.Exact }),
            }),
        };
    }

    static IEnumerable<string> ValuesOf(Benchmark system, Configuration one) =>
        system.Arguments.Select(name => one.Arguments[name]);

    /// <summary>The ticks of an axis: where, and their text.</summary>
    static IEnumerable<object> Ticks(IEnumerable<double> ticks, Func<double, string> at) =>
        ticks.Select(tick => new { At = at(tick), Text = Grouped(tick, "#,0.####") });

    /// <summary>"alert workers 3, ML workers 3", without what is blank.</summary>
    public static string Words(IReadOnlyDictionary<string, string> arguments) =>
        string.Join(
            ", ",
            arguments
                .Where(pair => pair.Value != "")
                .Select(pair => $"{Heading(pair.Key)} {pair.Value}")
        );

    /// <summary>A column in words: wall_time_s is "wall time (s)", n_ml_workers "ML workers".</summary>
    public static string Heading(string column)
    {
        var words = Regex
            .Replace(column, "^n_", "")
            .Replace("_mb_per_s", " MB/s")
            .Replace("_per_s", "/s");
        words = Regex.Replace(Regex.Replace(words, "_s$", " (s)"), "_gib$", " (GiB)");
        return Regex.Replace(words.Replace('_', ' '), @"\bml\b", "ML");
    }

    /// <summary>A value of a table, rounded as its column deserves, and exactly where that differs.</summary>
    public static (string Text, string Exact) Rounded(string column, string value)
    {
        var text =
            column.EndsWith("_time") ? value[..19].Replace('T', ' ')
            : !value.Contains('.') ? value
            : Numbers.Round(
                double.Parse(value, CultureInfo.InvariantCulture),
                column.EndsWith("_gib") ? 2
                    : column.EndsWith("alerts_per_s") ? 0
                    : 1
            );
        return (text, text == value ? "" : value);
    }

    /// <summary>"29,142", or "" for null.</summary>
    public static string Whole(double? number) => number is { } value ? Grouped(value, "#,0") : "";

    static string Grouped(double number, string format) =>
        number.ToString(format, CultureInfo.InvariantCulture);
}
