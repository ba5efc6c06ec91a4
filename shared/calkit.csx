// calkit.yaml: its stages, its parameters, and its sweeps: which runs there are, and where their logs
// are. pipeline.cs compiles this file too, so it uses no other of shared/.
#nullable enable
using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;
using static System.Globalization.CultureInfo;

/// <summary>A run of a stage's sweep: the directory of its logs, and its arguments as text.</summary>
public sealed record SweepRun(
    string Directory,
    string Stage,
    IReadOnlyDictionary<string, string> Arguments
)
{
    /// <summary>Its arguments as one text, whatever their order.</summary>
    public string Key => string.Join('\n', Arguments.Select(x => $"{x.Key}={x.Value}").Order());
}

/// <summary>A calkit.yaml. What is wrong with it is an error that names the file and the line.</summary>
public sealed class CalkitYaml(string file, YamlNode root)
{
    const int MostRuns = 100_000;

    /// <summary>Reads a file. An error where it does not exist, or is not valid YAML.</summary>
    public static CalkitYaml Read(string file)
    {
        if (!File.Exists(file))
            throw new InvalidDataException($"{file} does not exist; run this in its directory");
        var text = File.ReadAllText(file);
        var (yaml, events, depth) = (new YamlStream(), new Parser(new StringReader(text)), 0);
        try
        {
            // YamlStream recurses into what is nested.
            while (events.MoveNext() && depth < 100)
                depth += events.Current!.NestingIncrease;
            if (depth > 0)
                throw new YamlException(
                    events.Current!.Start,
                    events.Current.End,
                    "it is too deep"
                );
            yaml.Load(new StringReader(text));
        }
        // YamlDotNet throws exceptions of many types, some without a line.
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            var line = (e as YamlException)?.Start.Line ?? events.Current?.End.Line ?? 1;
            throw new InvalidDataException($"{file}:{line}: is not valid YAML: {e.Message}", e);
        }
        return yaml.Documents is [{ RootNode: YamlMappingNode root }]
            ? new CalkitYaml(file, root)
            : throw new InvalidDataException($"{file}:1: expected one mapping, with the pipeline");
    }

    /// <summary>The stages by name, in the file's order.</summary>
    public IReadOnlyList<(string Name, YamlNode Definition)> Stages =>
        Child(Child(root, "pipeline"), "stages") is YamlMappingNode stages
            ? stages.Select(stage => (Text(stage.Key), stage.Value)).ToArray()
            : throw new InvalidDataException($"{file}: there are no stages under pipeline");

    /// <summary>What stands under a key, itself or merged in with "&lt;&lt;", or null.</summary>
    public static YamlNode? Child(YamlNode? node, string key)
    {
        var children = (node as YamlMappingNode)?.Children.ToDictionary() ?? [];
        var merged = ListOf(children.GetValueOrDefault("<<")).Select(one => Child(one, key));
        return children.GetValueOrDefault(key) ?? merged.FirstOrDefault(child => child != null);
    }

    // Nothing, and a single value, are allowed in the place of a list.
    static IEnumerable<YamlNode> ListOf(YamlNode? node) =>
        node is YamlSequenceNode list ? list
        : node is null or YamlScalarNode { Value: "" or "null" or "~" } ? []
        : [node];

    public string Text(YamlNode node) =>
        (node as YamlScalarNode)?.Value ?? throw Error(node, "expected a number or a text");

    /// <summary>The error that says what is wrong with a node, with its file and line.</summary>
    public InvalidDataException Error(YamlNode node, string message) =>
        new($"{file}:{node.Start.Line}: {message}");

    /// <summary>A number above 0 among the file's <c>parameters</c>; null where it is not there.</summary>
    public double? Parameter(string name)
    {
        if (Child(Child(root, "parameters"), name) is not { } node)
            return null;
        return
            double.TryParse($"{node}", NumberStyles.Float, InvariantCulture, out var number)
            && number is > 0 and < 1e15
            ? number
            : throw Error(node, $"the parameter {name} is \"{node}\", expected a number above 0");
    }

    /// <summary>
    /// The runs of the stages <c>prefix</c> and <c>prefix-…</c>, in the notebook's order: the product of
    /// a stage's arguments, the last one fastest (as in calkit/models/iteration.py of Calkit 0.44). A run
    /// that two stages share comes once; two that can't be told apart are an error.
    /// </summary>
    public IReadOnlyList<SweepRun> Sweep(string prefix)
    {
        var seen = new Dictionary<string, SweepRun>();
        var runs = new List<SweepRun>();
        foreach (var (stage, definition) in Stages)
        foreach (var run in $"{stage}-".StartsWith($"{prefix}-") ? RunsOf(stage, definition) : [])
        {
            var other = seen.GetValueOrDefault(run.Directory) ?? seen.GetValueOrDefault(run.Key);
            if (other == null)
                runs.Add(seen[run.Directory] = seen[run.Key] = run);
            else if (other.Directory != run.Directory || other.Key != run.Key)
                throw Error(
                    definition,
                    $"stage {stage}: {run.Directory} has the directory or the same arguments as {other.Directory} of stage {other.Stage}; give one an argument of its own, such as machine"
                );
        }
        return runs.Count > 0
            ? runs
            : throw new InvalidDataException($"{file}: no stage is named {prefix} or {prefix}-…");
    }

    IEnumerable<SweepRun> RunsOf(string stage, YamlNode definition)
    {
        var names = new List<string>();
        var rows = new[] { Array.Empty<string>() };
        foreach (var entry in ListOf(Child(definition, "iterate_over")))
        {
            var (more, values) = EntryOf(entry);
            names.AddRange(more);
            var isTwice = names.Distinct().Count() < names.Count;
            if (isTwice || rows.Length * values.LongLength > MostRuns)
                throw Error(entry, $"an argument twice, or more than {MostRuns} runs");
            rows = [.. from head in rows from row in values select head.Concat(row).ToArray()];
        }
        // The runs' directory is the first output that holds every argument that varies.
        var varying = names.Where((_, i) => rows.Any(row => row[i] != rows[0][i])).ToArray();
        var output =
            ListOf(Child(definition, "outputs"))
                .Select(output => Text(Child(output, "path") ?? output))
                .FirstOrDefault(path => varying.All(name => path.Contains($"{{{name}}}")))
            ?? throw Error(definition, $"no output holds all of {string.Join(", ", varying)}");
        var wdir = Child(definition, "wdir") is { } node ? Text(node) : ".";
        foreach (var row in rows)
        {
            var path = Path.Combine(wdir, output);
            foreach (var (name, value) in names.Zip(row))
                path = path.Replace($"{{{name}}}", value);
            var directory = Path.GetRelativePath(".", path).Replace('\\', '/').TrimEnd('/');
            yield return new(directory, stage, names.Zip(row, KeyValuePair.Create).ToDictionary());
        }
    }

    // An entry of iterate_over: its argument, or those that change together, with a row a run.
    (string[] Names, string[][] Rows) EntryOf(YamlNode entry)
    {
        var name = Child(entry, "arg_name");
        string[] names = [.. ListOf(name).Select(Text)];
        var values = ListOf(Child(entry, "values"));
        string[][] rows =
            name is YamlSequenceNode
                ? [.. values.Select(row => ListOf(row).Select(Text).ToArray())]
                : [.. values.SelectMany(Values).Take(MostRuns + 1).Select(x => new[] { x })];
        return names.Length > 0 && rows.Length > 0 && rows.All(row => row.Length == names.Length)
            ? (names, rows)
            : throw Error(entry, $"expected an arg_name and {names.Length} values a run");
    }

    // What stands in a list of values: a number, a text, a range or a parameter that is a list of these.
    IEnumerable<string> Values(YamlNode value) =>
        Child(value, "parameter") is not { } name ? RangeOrText(value)
        : Child(Child(root, "parameters"), Text(name)) is YamlSequenceNode list
            ? list.SelectMany(RangeOrText)
        : throw Error(value, $"no parameter {name} is a list");

    IEnumerable<string> RangeOrText(YamlNode value) =>
        Child(value, "range") is { } range ? Range(range) : [Text(value)];

    // Calkit's stop is excluded.
    IEnumerable<string> Range(YamlNode range)
    {
        int Bound(string name, string otherwise) =>
            int.TryParse($"{Child(range, name) ?? otherwise}", out var number)
                ? number
                : throw Error(range, $"expected a whole number as {name}; list others one by one");
        var (start, stop, step) = (Bound("start", ""), Bound("stop", ""), Bound("step", "1"));
        if (step <= 0)
            throw Error(range, $"a range has the step {step}, expected a number above 0");
        for (long value = start; value < stop; value += step)
            yield return $"{value}";
    }
}
