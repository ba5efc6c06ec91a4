// What both collectors do: read the logs of all runs, say what is missing, write the tables.
#nullable enable

/// <summary>The logs of one run. What they lack is noted, to be said once for all runs.</summary>
/// <param name="Run">The run, as calkit.yaml has it.</param>
/// <param name="NAlerts">How many alerts its night has.</param>
/// <param name="Required">The logs without which it is left out.</param>
public sealed record RunLogs(SweepRun Run, long NAlerts, params string[] Required)
{
    readonly List<string> doubts = [];

    /// <summary>What was noted: what it is, and where.</summary>
    public List<(string What, string Where)> Notes { get; } = [];

    /// <summary>Why the run's times may be wrong, or "".</summary>
    public string Doubts => string.Join("; ", doubts);

    /// <summary>The path of a log.</summary>
    public string PathOf(string log) => PathIn(Run, log);

    static string PathIn(SweepRun run, string log) => $"{run.Directory}/{log}";

    /// <summary>The first required log that did not exist, or null where all did.</summary>
    public string? Missing { get; } =
        Required.Select(log => PathIn(Run, log)).FirstOrDefault(path => !Exists(path));

    /// <summary>What a log tells that may be missing, or hold what its reader does not know.</summary>
    public T? Optional<T>(string log, Func<string, T> read)
        where T : class
    {
        var path = PathOf(log);
        try
        {
            if (Exists(path))
                return read(path);
            Note($"no {log}", path);
        }
        catch (InvalidDataException e)
        {
            Note($"{log} is not understood", e.Message);
        }
        return null;
    }

    // What may not be looked at is not missing.
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

    /// <summary>What producer.log tells; noted where it is of another number of alerts.</summary>
    public KafkaIngest? Ingest()
    {
        var ingest = Optional("producer.log", KafkaIngest.Read);
        if (ingest != null && ingest.NAlerts != NAlerts)
            Note($"not {NAlerts} but other numbers of alerts were pushed", PathOf("producer.log"));
        return ingest;
    }

    /// <summary>Notes what may be so in many runs, and where: in the run, if nothing else is given.</summary>
    public void Note(string what, string? where = null) =>
        Notes.Add((what, where ?? Run.Directory));

    /// <summary>Notes why the run's times may be wrong, which stands in the table of runs too.</summary>
    public void Doubt(string what, string where)
    {
        Note($"times may be wrong: {what}", where);
        doubts.Add(what);
    }
}

/// <summary>Reads the runs of a system and writes its tables.</summary>
public static class Collector
{
    /// <summary>
    /// Reads the logs of all runs, several at a time. Returns, in their order, those that have logs.
    /// </summary>
    /// <param name="required">The logs without which a run is left out.</param>
    /// <param name="read">Reads the logs of one run.</param>
    /// <exception cref="InvalidDataException">No run has logs, or one can't be read.</exception>
    public static BenchmarkRun[] ReadAll(
        CalkitYaml yaml,
        IReadOnlyList<SweepRun> runs,
        string[] required,
        Func<RunLogs, BenchmarkRun> read
    )
    {
        var all = runs.Select(run => new RunLogs(run, Sweep.NAlerts(yaml, run), required))
            .ToArray();
        var present = all.Where(logs => logs.Missing == null).ToArray();
        var tasks = present.Select(logs => Task.Run(() => read(logs))).ToArray();
        BenchmarkRun[] found;
        try
        {
            // The first run that fails in their order fails, whichever did so first.
            found = tasks.Select(task => task.GetAwaiter().GetResult()).ToArray();
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException(
                $"{e.Message}; mend it, or move the run's directory away to leave the run out",
                e
            );
        }
        if (found.Length == 0)
            throw new InvalidDataException(
                $"none of the {Screen.Count(runs.Count, "run")} has logs; the first belongs in {runs[0].Directory}"
            );
        foreach (var (logs, run) in present.Zip(found))
            if (run.Errors > 0)
                logs.Note("errors");
        WarnOfNotes(all);
        var strays = Strays(runs.Select(run => run.Directory).ToHashSet(), required);
        if (strays.Length > 0)
            Script.Warn($"logs that no sweep has are not read: {Screen.Several(strays, ", ")}");
        return found;
    }

    // What runs of a stage lack is one warning, with their number.
    static void WarnOfNotes(RunLogs[] all)
    {
        foreach (var stage in all.GroupBy(logs => logs.Run.Stage))
        {
            var ofStage = $"of {Screen.Count(stage.Count(), "run")} of {stage.Key}";
            var missing = stage.Select(logs => logs.Missing).OfType<string>().ToArray();
            if (missing.Length > 0)
                Script.Warn(
                    $"{missing.Length} {ofStage} left out, without {Screen.Several(missing, ", ")}"
                );
            foreach (var note in stage.SelectMany(logs => logs.Notes).GroupBy(note => note.What))
                Script.Warn(
                    $"{note.Key} in {note.Count()} {ofStage}; the first: {note.First().Where}"
                );
        }
    }

    // The directories beside those of the runs that hold logs too.
    static string[] Strays(HashSet<string> runs, string[] required)
    {
        // Neither hidden directories nor such that can't be read.
        var options = new EnumerationOptions();
        return runs.Select(run => Path.Combine(".", Path.GetDirectoryName(run)!))
            .Distinct()
            .Where(Directory.Exists)
            .SelectMany(parent => Directory.EnumerateDirectories(parent, "*", options))
            .Take(100_000)
            .Select(directory => Path.GetRelativePath(".", directory).Replace('\\', '/'))
            .Where(directory => !runs.Contains(directory))
            .Where(directory => required.All(log => File.Exists($"{directory}/{log}")))
            .Order(StringComparer.Ordinal)
            .ToArray();
    }

    /// <summary>Prints the runs and writes the notebook's table and that of all facts.</summary>
    public static void Save(string system, CommandLine commandLine, BenchmarkRun[] runs)
    {
        Screen.PrintTable([
            "run|start|wall s|processing s|idle s|alerts/s|GiB|wrong".Split('|'),
            .. runs.Select(run =>
                new[]
                {
                    run.Directory,
                    $"{run.StartTime:yyyy-MM-dd HH:mm}",
                    $"{run.WallTimeS}",
                    Numbers.Shown(run.ProcessingTimeS, 1),
                    Numbers.Shown(run.IdleTailS, 1),
                    Numbers.Shown(run.AlertsPerS, 0),
                    Numbers.Shown(run.PeakMemoryGib, 2),
                    WhatIsWrong(run),
                }
            ),
        ]);
        var output = commandLine.Output;
        Script.Write(
            ($"{output}/{system}.csv", RunsTable.NotebookText(system, runs)),
            ($"{output}/{system}-runs.csv", RunsTable.Text(system, runs))
        );
    }

    static string WhatIsWrong(BenchmarkRun run)
    {
        string[] wrong =
        [
            run.Counts ? "" : "incomplete",
            run.Errors > 0 ? "errors" : "",
            run.Doubts != "" ? "doubt" : "",
        ];
        return string.Join(',', wrong.Where(what => what != ""));
    }
}
