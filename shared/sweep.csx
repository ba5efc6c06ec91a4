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
/// <param name="definition">What stands under the stage.</param>
public sealed class Sweep(CalkitYaml yaml, string stage, YamlNode definition)
{
    const int MostRuns = 100_000;
    const int MostArguments = 100;
    const int MostValues = 500_000;
    const int LongestText = 200;

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
        foreach (var (name, definition) in yaml.Stages)
        {
            if (!name.StartsWith(prefix, StringComparison.Ordinal))
                continue;
            var sweep = new Sweep(yaml, name, definition);
            if (!$"{name}-".StartsWith($"{prefix}-", StringComparison.Ordinal))
            {
                var error = sweep.Error($"is not read; expected a name such as {prefix}-…");
                Script.Warn(error.Message);
                continue;
            }
            foreach (var run in sweep.Runs())
            {
                var arguments = ArgumentsText(run);
                if (++count > MostRuns)
                    throw sweep.Error($"there are more than {MostRuns} runs");
                var isNew = byDirectory.TryAdd(run.Directory, run);
                var other = byDirectory[run.Directory];
                if (ArgumentsText(other) != arguments)
                    throw sweep.Error($"two runs with other arguments share {run.Directory}");
                if (!other.Stages.Contains(name))
                    other.Stages.Add(name);
                if (isNew && !byArguments.TryAdd(arguments, run))
                    throw sweep.Error(
                        $"{run.Directory} has the same arguments as {byArguments[arguments].Directory} of stage "
                            + $"{byArguments[arguments].Stage}: give one stage an argument that tells them "
                            + "apart, such as arg_name: machine, values: [laptop]"
                    );
            }
        }
        if (count == 0)
            throw new InvalidDataException(
                $"calkit.yaml: no stage is named {prefix} or {prefix}-…; there is "
                    + string.Join(", ", yaml.Stages.Select(stage => stage.Name))
            );
        return byDirectory.Values.ToArray();
    }

    /// <summary>A number from 1e-9 to 1e15 among the file's <c>parameters</c>.</summary>
    /// <param name="name">The parameter's name, which tells its unit.</param>
    /// <exception cref="InvalidDataException">It is not there, or is no such number.</exception>
    public static double Parameter(CalkitYaml yaml, string name)
    {
        var node = yaml.Child("parameters", name);
        if (node == null)
            throw new InvalidDataException($"calkit.yaml: there is no parameter {name}");
        var text = yaml.Text(node);
        var number = Column.Number(text) ?? 0;
        if (number <= 0)
            throw yaml.Error(
                node,
                $"expected a number above 0 as the parameter {name}, found \"{text}\""
            );
        return number;
    }

    /// <summary>How many alerts a run's night has: its argument <c>n_alerts</c>, else the parameter.</summary>
    /// <exception cref="InvalidDataException">There is neither, or it is not a whole number.</exception>
    public static long NAlerts(CalkitYaml yaml, SweepRun run)
    {
        var number = run.Arguments.TryGetValue("n_alerts", out var text)
            ? Numbers.Whole(text) ?? 0
            : Parameter(yaml, "n_alerts");
        if (number < 1 || number > 1e15 || number != Math.Floor(number))
            throw new InvalidDataException(
                $"calkit.yaml: n_alerts of {run.Directory} is {text ?? Numbers.Exact(number)}, expected a whole number above 0"
            );
        return (long)number;
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
            YamlSequenceNode list => list.Select(EntryOf).ToArray(),
            var other => throw Error(other, "iterate_over is not a list"),
        };
        var names = entries.SelectMany(entry => entry.Names).ToArray();
        var runs = entries.Aggregate(1.0, (runs, entry) => runs * entry.Rows.Length);
        if (runs > MostRuns || names.Length > MostArguments || runs * names.Length > MostValues)
            throw Error(
                $"there are more than {MostRuns} runs, {MostArguments} arguments or {MostValues} values"
            );
        var doubled = names.FirstOrDefault(name => names.Count(name.Equals) > 1);
        if (doubled != null)
            throw Error($"the argument {doubled} is given twice");

        var rows = new[] { Array.Empty<string>() };
        foreach (var entry in entries)
            rows = [.. from head in rows from row in entry.Rows select head.Concat(row).ToArray()];
        var varying = names.Where((_, i) => rows.Any(row => row[i] != rows[0][i])).ToArray();
        var (output, template) = Output(varying);
        foreach (var row in rows)
        {
            var values = new OrderedDictionary<string, string>(names.Zip(row, KeyValuePair.Create));
            yield return new SweepRun(DirectoryOf(output, template, values), [stage], values);
        }
    }

    // The output that is the runs' directory: the first that holds every argument that varies.
    (YamlNode, string) Output(string[] varying)
    {
        var outputs = CalkitYaml.Child(definition, "outputs") as YamlSequenceNode;
        if (outputs == null || !outputs.Any())
            throw Error("there are no outputs, expected the runs' directory");
        foreach (var output in outputs)
        {
            var path = output is YamlMappingNode ? CalkitYaml.Child(output, "path") : output;
            var template = path == null ? "" : yaml.Text(path);
            if (template.Length is 0 or > 2 * LongestText)
                throw Error(output, "an output is neither a path nor a mapping with a path");
            if (varying.All(name => template.Contains($"{{{name}}}")))
                return (output, template);
        }
        throw Error(outputs, $"no output holds all of {{{string.Join("}, {", varying)}}}");
    }

    string DirectoryOf(YamlNode output, string template, IDictionary<string, string> values)
    {
        string ValueOf(Match name) =>
            values.TryGetValue(name.Groups[1].Value, out var value)
                ? value
                : throw Error(output, $"the output {template} holds {name}, no argument");
        var path = Regex.Replace(template, @"\{([^{}]*)\}", ValueOf).Replace('\\', '/');
        if (path.Length > 5 * LongestText)
            throw Error(output, $"the path of an output has {path.Length} letters");
        var directory = Path.GetRelativePath(".", path).Replace('\\', '/').TrimEnd('/');
        if (Path.IsPathRooted(path) || directory.Split('/')[0] is "." or "..")
            throw Error(output, $"the output {path} is outside the project");
        if (Csv.IsFormula(directory))
            throw Error(output, $"the output {path} begins with {directory[0]}, as a formula does");
        return directory;
    }

    // An entry of iterate_over: its argument, or the arguments that change together, with a row of
    // values for each run.
    (string[] Names, string[][] Rows) EntryOf(YamlNode entry)
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
        var rows =
            name is YamlSequenceNode
                ? values.Select(row => Row(row, names)).ToArray()
                : values.SelectMany(Values).Take(MostRuns + 1).Select(x => new[] { x }).ToArray();
        if (rows.Length == 0)
            throw Error(entry, $"there are no values for {string.Join(", ", names)}");
        return (names, rows);
    }

    string[] Row(YamlNode row, string[] names) =>
        row is YamlSequenceNode values && values.Children.Count == names.Length
            ? values.Select(Value).ToArray()
            : throw Error(
                row,
                $"expected a row of {names.Length} values for {string.Join(", ", names)}"
            );

    // What stands in a list of values: a number, a text, a range or a parameter that is a list of these.
    IEnumerable<string> Values(YamlNode value)
    {
        var parameter = CalkitYaml.Child(value, "parameter");
        if (parameter == null)
            return RangeOrValue(value);
        var name = yaml.Text(parameter);
        return yaml.Child("parameters", name) is YamlSequenceNode list
            ? list.SelectMany(RangeOrValue)
            : throw Error(value, $"no parameter {name} is a list");
    }

    IEnumerable<string> RangeOrValue(YamlNode value)
    {
        var range = CalkitYaml.Child(value, "range");
        return range == null ? [Value(value)] : Range(range);
    }

    IEnumerable<string> Range(YamlNode range)
    {
        int Bound(string name, string otherwise)
        {
            var node = CalkitYaml.Child(range, name);
            var text = node == null ? otherwise : yaml.Text(node);
            return int.TryParse(text, CultureInfo.InvariantCulture, out var number)
                ? number
                : throw Error(
                    node ?? range,
                    $"expected a whole number as {name} of a range, found \"{text}\"; list other numbers one by one"
                );
        }
        var start = Bound("start", "");
        var stop = Bound("stop", "");
        var step = Bound("step", "1");
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
        if (isPlain && Regex.IsMatch(text, NoText) && !Regex.IsMatch(text, AsItStands))
            throw Error(node, $"the value {text} may be printed otherwise; put it in quotes");
        if (Csv.IsFormula(text))
            throw Error(node, $"the value {text} begins with {text[0]}, as a formula does");
        return text;
    }

    // What YAML may take for something else than a text, and the numbers that are printed as they stand.
    const string NoText =
        @"(?i)^(~|null|true|false|yes|no|on|off|[-+]?\.(inf|nan)|[-+]?0[box][0-9a-f_]+"
        + @"|[-+]?\.?[0-9][-+.:_0-9]*(e[-+]?[0-9]*)?|[0-9]{4}-[0-9]+-[0-9]+[t\s].*)\z";
    const string AsItStands =
        @"^(?!-?0\.0000)(0|-?[1-9][0-9]{0,14}|-?(0|[1-9][0-9]{0,8})\.([0-9]{0,5}[1-9]|0))\z";

    string Name(YamlNode node)
    {
        var name = yaml.Text(node);
        if (!Regex.IsMatch(name, @"^[\p{L}_][\p{L}\p{Nd}_.-]{0,99}\z"))
            throw Error(node, $"\"{name}\" is not the name of an argument");
        // The argument n_alerts is that very column.
        if (name != "n_alerts" && Column.Of("boom").Any(x => x.Title == name) || name == "run")
            throw Error(node, $"the argument {name} is called as a column of the tables of runs");
        return name;
    }

    InvalidDataException Error(YamlNode node, string message) =>
        yaml.Error(node, $"stage {stage}: {message}");

    InvalidDataException Error(string message) => Error(definition, message);
}
