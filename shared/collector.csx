// What both collectors do: read the logs of all runs, say what is missing, write the tables.
#nullable enable

/// <summary>The logs of one run. What they lack is noted, to be said once for all runs.</summary>
public sealed class RunLogs(SweepRun run)
{
    readonly List<(string What, string First)> notes = [];
    readonly List<string> doubts = [];

    /// <summary>The run, as calkit.yaml has it.</summary>
    public SweepRun Run => run;

    /// <summary>What was noted: what it is, and where.</summary>
    public IReadOnlyList<(string What, string First)> Notes => notes;

    /// <summary>Why the run's times may be wrong, or "".</summary>
    public string Doubts => string.Join("; ", doubts);

    /// <summary>The path of a log.</summary>
    public string PathOf(string log) => $"{run.Directory}/{log}";

    /// <summary>The required log that does not exist, or null where all do.</summary>
    public string? Missing { get; private set; }

    /// <summary>Whether all these logs are there, or something in their place.</summary>
    public bool HaveAll(params string[] logs) =>
        (Missing = logs.Select(PathOf).FirstOrDefault(path => !Exists(path))) == null;

    /// <summary>What a log tells that may be missing, or hold what its reader does not know.</summary>
    public T? Optional<T>(string log, Func<string, T> read)
        where T : class
    {
        if (!Exists(PathOf(log)))
        {
            Note($"no {log}", PathOf(log));
            return null;
        }
        try
        {
            return read(PathOf(log));
        }
        catch (InvalidDataException e)
        {
            Note($"{log} is not understood", e.Message);
            return null;
        }
    }

    /// <summary>What producer.log tells; noted where it is of another number of alerts.</summary>
    public KafkaIngest? Ingest(long nAlerts)
    {
        var ingest = Optional("producer.log", KafkaIngest.Read);
        if (ingest != null && ingest.NAlerts != nAlerts)
            Note($"not {nAlerts} but other numbers of alerts were pushed", PathOf("producer.log"));
        return ingest;
    }

    /// <summary>Notes what may be so in many runs.</summary>
    public void Note(string what, string where) => notes.Add((what, where));

    /// <summary>Notes why the run's times may be wrong, which stands in the table of runs too.</summary>
    public void Doubt(string what, string where)
    {
        Note($"times may be wrong: {what}", where);
        doubts.Add(what);
    }

    static bool Exists(string path)
    {
        try
        {
            File.GetAttributes(path);
            return true;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
    }
}

/// <summary>Reads the runs of a system and writes its tables.</summary>
public static class Collector
{
    /// <summary>
    /// Reads the logs of all runs, several at a time. Returns, in their order,
    /// those that have logs; warns once of what several lack.
    /// </summary>
    /// <param name="read">Reads the logs of one run: null where a required log is missing.</param>
    /// <exception cref="InvalidDataException">No run has logs, or one can't be read.</exception>
    public static BenchmarkRun[] ReadAll(
        IReadOnlyList<SweepRun> runs,
        Func<RunLogs, BenchmarkRun?> read
    )
    {
        var all = runs.Select(run => new RunLogs(run)).ToArray();
        var tasks = all.Select(logs => Task.Run(() => read(logs))).ToArray();
        var found = new List<BenchmarkRun>();
        // The first run that fails in their order fails, whichever did so first.
        foreach (var (logs, task) in all.Zip(tasks))
        {
            if (Result(task) is not { } run)
                continue;
            run.Doubts = logs.Doubts;
            found.Add(run);
        }
        if (found.Count == 0)
            throw new InvalidDataException(
                $"none of the {Screen.Count(runs.Count, "run")} has logs; the first belongs in {runs[0].Directory}"
            );
        foreach (var stage in all.GroupBy(logs => logs.Run.Stage))
        {
            var missing = stage.Select(logs => logs.Missing).OfType<string>().ToArray();
            if (missing.Length > 0)
                Script.Warn(
                    $"{missing.Length} of {Screen.Count(stage.Count(), "run")} of {stage.Key} left out, without "
                        + string.Join(", ", missing.Take(10))
                        + (missing.Length > 10 ? ", …" : "")
                );
            foreach (var note in stage.SelectMany(logs => logs.Notes).GroupBy(note => note.What))
                Script.Warn(
                    $"{note.Key} in {note.Count()} of {Screen.Count(stage.Count(), "run")} of {stage.Key}; the first: {note.First().First}"
                );
        }
        return found.ToArray();
    }

    static BenchmarkRun? Result(Task<BenchmarkRun?> task)
    {
        try
        {
            return task.GetAwaiter().GetResult();
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException(
                $"{e.Message}; mend it, or move the run's directory away to leave the run out",
                e
            );
        }
    }

    /// <summary>Prints the runs and writes the notebook's table and that of all facts.</summary>
    public static void Save(string system, CommandLine commandLine, BenchmarkRun[] runs)
    {
        foreach (var run in runs.Where(run => run.Errors > 0))
            Script.Warn($"{run.Directory}: {Screen.Count(run.Errors, "error")} in its logs");
        var heading = "run|start|wall s|processing s|idle s|alerts/s|GiB|what is wrong".Split('|');
        var rows = runs.Select(run =>
            new[]
            {
                run.Directory,
                $"{run.StartTime:yyyy-MM-dd HH:mm:ss}",
                $"{run.WallTimeS}",
                Numbers.Round(run.ProcessingTimeS, 1),
                Numbers.Round(run.IdleTailS, 1),
                Numbers.Round(run.AlertsPerS, 0),
                Numbers.Round(run.PeakMemoryGib, 2),
                WhatIsWrong(run),
            }
        );
        Screen.PrintTable([heading, .. rows]);
        var directory = commandLine.Optional("--output") ?? "results";
        Script.Write(
            ($"{directory}/{system}.csv", RunsTable.NotebookText(system, runs)),
            ($"{directory}/{system}-runs.csv", RunsTable.Text(system, runs))
        );
    }

    static string WhatIsWrong(BenchmarkRun run)
    {
        string[] wrong =
        [
            run.Counts ? "" : "incomplete",
            run.Errors == 0 ? "" : Screen.Count(run.Errors, "error"),
            run.Doubts == "" ? "" : "times in doubt",
        ];
        return string.Join(", ", wrong.Where(text => text != ""));
    }
}
