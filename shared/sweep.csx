// The sweeps of calkit.yaml: which runs the benchmark stages made, and where their logs are.
#nullable enable
using System.Globalization;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

/// <summary>A run that calkit.yaml names.</summary>
/// <param name="Directory">Where its logs are, relative to the project. It is the run's name.</param>
/// <param name="Stages">The stages that made it, most often one.</param>
/// <param name="Arguments">Its values of the stage's arguments, as text, in their order.</param>
public sealed record SweepRun(
    string Directory,
    IList<string> Stages,
    IReadOnlyDictionary<string, string> Arguments
)
{
    /// <summary>The stage whose sweep it belongs to.</summary>
    public string Stage => Stages[0];
}

/// <summary>
/// Reads the runs of stages with <c>iterate_over</c> from calkit.yaml, with Calkit's own rules
/// (calkit/models/iteration.py of Calkit 0.44).
/// </summary>
public sealed class Sweep
{
    const int MostRuns = 100_000;
    const int MostArguments = 100;
    const int LongestText = 200;

    readonly CalkitYaml yaml;
    readonly string stage;
    readonly YamlNode definition;

    Sweep(CalkitYaml yaml, string stage, YamlNode definition) =>
        (this.yaml, this.stage, this.definition) = (yaml, stage, definition);

    /// <summary>
    /// The runs of every stage that is called <paramref name="prefix"/> or <c>prefix-…</c>, in the
    /// file's order; each stage's in the notebook's: the product of its arguments, the last one
    /// fastest. A run that two stages share comes once.
    /// </summary>
    /// <exception cref="InvalidDataException">There are none, or two that can't be told apart.</exception>
    public static IReadOnlyList<SweepRun> Runs(CalkitYaml yaml, string prefix)
    {
        var byDirectory = new OrderedDictionary<string, SweepRun>();
        var byArguments = new Dictionary<string, SweepRun>();
        var count = 0;
        var sweeps = yaml
            .Stages.Where(stage =>
                $"{stage.Name}-".StartsWith($"{prefix}-", StringComparison.Ordinal)
            )
            .Select(stage => new Sweep(yaml, stage.Name, stage.Definition));
        foreach (var sweep in sweeps)
        foreach (var run in sweep.Runs())
        {
            if (++count > MostRuns)
                throw sweep.Error(sweep.definition, $"there are more than {MostRuns} runs");
            var arguments = ArgumentsText(run);
            if (byDirectory.TryAdd(run.Directory, run))
            {
                if (!byArguments.TryAdd(arguments, run))
                    throw sweep.Error(
                        sweep.definition,
                        $"{run.Directory} has the same arguments as {byArguments[arguments].Directory} "
                            + $"of stage {byArguments[arguments].Stage}: give one stage an argument "
                            + "that tells them apart, such as arg_name: machine, values: [laptop]"
                    );
            }
            else if (byDirectory[run.Directory] is var other && ArgumentsText(other) != arguments)
                throw sweep.Error(
                    sweep.definition,
                    $"two runs with other arguments share {run.Directory}"
                );
            else if (!other.Stages.Contains(sweep.stage))
                other.Stages.Add(sweep.stage);
        }
        return byDirectory.Count > 0
            ? byDirectory.Values.ToArray()
            : throw new InvalidDataException(
                $"calkit.yaml: no stage is named {prefix} or {prefix}-…; there is "
                    + string.Join(", ", yaml.Stages.Select(stage => stage.Name))
            );
    }

    /// <summary>A number from 1e-9 to 1e15 among the file's <c>parameters</c>.</summary>
    /// <param name="name">The parameter's name, which tells its unit.</param>
    /// <exception cref="InvalidDataException">It is not there, or is no such number.</exception>
    public static double Parameter(CalkitYaml yaml, string name)
    {
        if (yaml.Child("parameters", name) is not { } node)
            throw new InvalidDataException($"calkit.yaml: there is no parameter {name}");
        return
            double.TryParse(
                yaml.Text(node),
                NumberStyles.AllowDecimalPoint,
                CultureInfo.InvariantCulture,
                out var number
            ) && number is >= 1e-9 and <= 1e15
            ? number
            : throw yaml.Error(node, $"the parameter {name} is not a number above 0");
    }

    /// <summary>How many alerts a run's night has: its argument <c>n_alerts</c>, else the parameter.</summary>
    /// <exception cref="InvalidDataException">There is neither, or it is not a whole number.</exception>
    public static long NAlerts(CalkitYaml yaml, SweepRun run)
    {
        var number = run.Arguments.TryGetValue("n_alerts", out var text)
            ? Numbers.Whole(text) ?? 0
            : Parameter(yaml, "n_alerts");
        return number is >= 1 and <= 1e15 && number == Math.Floor(number)
            ? (long)number
            : throw new InvalidDataException(
                $"calkit.yaml: n_alerts of {run.Directory} is not a whole number above 0"
            );
    }

    static string ArgumentsText(SweepRun run) =>
        string.Join(
            '\n',
            run.Arguments.Select(pair => $"{pair.Key}={pair.Value}").Order(StringComparer.Ordinal)
        );

    IEnumerable<SweepRun> Runs()
    {
        var entries = CalkitYaml.Child(definition, "iterate_over") switch
        {
            null => [],
            YamlSequenceNode list => list.Select(Entry).ToArray(),
            var other => throw Error(other, "iterate_over is not a list"),
        };
        var names = entries.SelectMany(entry => entry.Names).ToArray();
        if (names.Length > MostArguments)
            throw Error(definition, $"there are more than {MostArguments} arguments");
        if (names.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1) is { } doubled)
            throw Error(definition, $"the argument {doubled.Key} is given twice");
        var runs = entries.Aggregate(1.0, (runs, entry) => runs * entry.Rows.Length);
        if (runs > MostRuns || runs * names.Length > 10 * MostRuns)
            throw Error(
                definition,
                $"there are more than {MostRuns} runs, or {10 * MostRuns} arguments of runs"
            );

        var product = Enumerable.Repeat(Array.Empty<string>(), 1);
        foreach (var entry in entries)
            product = product.SelectMany(
                _ => entry.Rows,
                (head, row) => (string[])[.. head, .. row]
            );
        var rows = product.ToArray();
        var varying = names.Where((_, i) => rows.Any(row => row[i] != rows[0][i])).ToArray();
        var (template, node) = Template(names, varying);
        foreach (var row in rows)
        {
            var arguments = new OrderedDictionary<string, string>();
            foreach (var (name, value) in names.Zip(row))
                arguments.Add(name, value);
            var output = Argument
                .Replace(template, match => arguments[match.Groups[1].Value])
                .Replace('\\', '/');
            var directory = Path.TrimEndingDirectorySeparator(Path.GetRelativePath(".", output))
                .Replace('\\', '/');
            if (
                Path.IsPathRooted(output)
                || directory is "." or ".."
                || directory.StartsWith("../", StringComparison.Ordinal)
            )
                throw Error(node, $"the output {output} is outside the project");
            if (IsFormula(directory))
                throw Error(node, $"the output {output} begins with {directory[0]}");
            yield return new SweepRun(directory, [stage], arguments);
        }
    }

    // {name} in an output, to be filled in with an argument's value.
    static readonly Regex Argument = new(@"\{([^{}]*)\}");

    // The output that is the runs' directory: the first that holds every argument that varies.
    (string, YamlNode) Template(string[] names, string[] varying)
    {
        var outputs = CalkitYaml.Child(definition, "outputs") as YamlSequenceNode;
        if (outputs == null || outputs.Children.Count == 0)
            throw Error(definition, "there are no outputs, expected the runs' directory");
        var templates = outputs
            .Select(output => (Path: OutputPath(output), Node: output))
            .ToArray();
        var (template, node) = templates.FirstOrDefault(
            output => varying.All(name => output.Path.Contains($"{{{name}}}")),
            templates[0]
        );
        foreach (var name in varying)
            if (!template.Contains($"{{{name}}}"))
                throw Error(node, $"the output {template} does not hold the argument {{{name}}}");
        foreach (Match match in Argument.Matches(template))
            if (!names.Contains(match.Groups[1].Value))
                throw Error(node, $"the output {template} holds {match}, which is not an argument");
        return (template, node);
    }

    string OutputPath(YamlNode output) =>
        (output is YamlMappingNode ? CalkitYaml.Child(output, "path") : output) is { } path
        && yaml.Text(path) is { Length: > 0 and <= 2 * LongestText } text
            ? text
            : throw Error(output, "an output is neither a path nor a mapping with a path");

    // One entry of iterate_over: its argument, or the arguments that change together, with a row
    // of values for each run.
    (string[] Names, string[][] Rows) Entry(YamlNode entry)
    {
        if (CalkitYaml.Child(entry, "values") is not YamlSequenceNode values)
            throw Error(entry, "an entry of iterate_over has no list of values");
        var name = CalkitYaml.Child(entry, "arg_name");
        string[] names = name switch
        {
            YamlScalarNode => [Name(name)],
            YamlSequenceNode list => [.. list.Select(Name)],
            _ => throw Error(entry, "an entry of iterate_over has no arg_name"),
        };
        // One more than there may be is refused later.
        string[][] rows =
            name is YamlSequenceNode
                ? [.. values.Select(row => Row(row, names))]
                : [.. values.SelectMany(Values).Take(MostRuns + 1).Select(x => new[] { x })];
        return rows.Length > 0
            ? (names, rows)
            : throw Error(entry, $"there are no values for {string.Join(", ", names)}");
    }

    string[] Row(YamlNode row, string[] names) =>
        row is YamlSequenceNode values && values.Children.Count == names.Length
            ? values.Select(Value).ToArray()
            : throw Error(
                row,
                $"expected a row of {names.Length} values for {string.Join(", ", names)}"
            );

    // A value of an argument or a parameter: a number, a text, a range or a parameter's list.
    IEnumerable<string> Values(YamlNode value)
    {
        if (CalkitYaml.Child(value, "range") is { } range)
            return Range(range);
        if (CalkitYaml.Child(value, "parameter") is not { } parameter)
            return [Value(value)];
        var name = yaml.Text(parameter);
        return yaml.Child("parameters", name) is YamlSequenceNode list
            ? list.SelectMany(item =>
                CalkitYaml.Child(item, "range") is { } itemRange ? Range(itemRange) : [Value(item)]
            )
            : throw Error(value, $"no parameter {name} is a list");
    }

    IEnumerable<string> Range(YamlNode range)
    {
        int Bound(string name, int? otherwise = null) =>
            CalkitYaml.Child(range, name) is not { } node
                ? otherwise ?? throw Error(range, $"a range has no {name}")
            : int.TryParse(
                yaml.Text(node),
                NumberStyles.AllowLeadingSign,
                CultureInfo.InvariantCulture,
                out var number
            )
                ? number
            : throw Error(
                node,
                $"{name} of a range is not a whole number; list other numbers one by one"
            );
        var (start, stop, step) = (Bound("start"), Bound("stop"), Bound("step", 1));
        if (step <= 0)
            throw Error(range, $"a range has the step {step}, expected a number above 0");
        // Calkit's stop is excluded.
        for (long value = start; value < stop; value += step)
            yield return $"{value}";
    }

    // Calkit reads a plain value as YAML does and prints what it read: 007 as 7, 1.50 as 1.5.
    string Value(YamlNode node)
    {
        var text = yaml.Text(node);
        if (text.Length is 0 or > LongestText)
            throw Error(node, $"a value has {text.Length} letters, expected 1 to {LongestText}");
        var isPlain = node is YamlScalarNode { Style: ScalarStyle.Plain } || !node.Tag.IsEmpty;
        if (isPlain && LooksLikeNoText.IsMatch(text) && !PrintsAsItStands(text))
            throw Error(node, $"the value {text} may be printed otherwise; put it in quotes");
        if (IsFormula(text))
            throw Error(node, $"the value {text} begins with {text[0]} and is not a number");
        return text;
    }

    // A spreadsheet that opens the results would take it for one.
    static bool IsFormula(string text) => "=+-@".Contains(text[0]) && !PrintsAsItStands(text);

    static readonly Regex LooksLikeNoText = new(
        @"^(~|null|true|false|yes|no|on|off|[-+]?\.(inf|nan)|[-+]?0[box][0-9a-f_]+"
            + @"|[-+]?\.?[0-9][-+.:_0-9]*(e[-+]?[0-9]*)?|[0-9]{4}-[0-9]+-[0-9]+[t\s].*)\z",
        RegexOptions.IgnoreCase
    );

    static bool PrintsAsItStands(string text) =>
        Regex.IsMatch(
            text,
            @"^(?!-?0\.0000)(0|-?[1-9][0-9]{0,14}|-?(0|[1-9][0-9]{0,8})\.([0-9]{0,5}[1-9]|0))\z"
        );

    string Name(YamlNode node)
    {
        var name = yaml.Text(node);
        if (!Regex.IsMatch(name, @"^[\p{L}_][\p{L}\p{Nd}_.-]{0,99}\z"))
            throw Error(node, $"\"{name}\" is not the name of an argument");
        // The argument n_alerts is that very column.
        if (name == "run" || name != "n_alerts" && Columns.Contains(name))
            throw Error(node, $"the argument {name} is called as a column of the tables of runs");
        return name;
    }

    static readonly string[] Columns = Column.Of("boom").Select(fact => fact.Title).ToArray();

    InvalidDataException Error(YamlNode node, string message) =>
        yaml.Error(node, $"stage {stage}: {message}");
}
