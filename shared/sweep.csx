// The sweeps of calkit.yaml: which runs the benchmark stages made, and where their logs are.
#nullable enable
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

/// <summary>One run of a benchmark stage.</summary>
/// <param name="Directory">Where its logs are, relative to the project.</param>
/// <param name="Arguments">Its values of the stage's arguments, as text, in their order.</param>
public sealed record Run(string Directory, IReadOnlyDictionary<string, string> Arguments)
{
    /// <summary>The name of its directory.</summary>
    public string Name => Path.GetFileName(Path.TrimEndingDirectorySeparator(Directory));
}

/// <summary>
/// Reads the runs of stages with <c>iterate_over</c> from calkit.yaml, with Calkit's own rules
/// (calkit/models/iteration.py of Calkit 0.44). What is wrong with the file is an
/// <see cref="InvalidDataException"/> that names the line and the stage.
/// </summary>
public sealed class Sweep
{
    const int MostValuesOfRange = 10_000;

    readonly string file;
    readonly YamlMappingNode root;
    readonly string stage;

    Sweep(string file, YamlMappingNode root, string stage) =>
        (this.file, this.root, this.stage) = (file, root, stage);

    /// <summary>
    /// The runs of the named stages in that order, or, with no names, of every stage called
    /// <paramref name="prefix"/> or <c>prefix-…</c> in the file's order. Each stage's runs are in
    /// the notebook's order: the product of its arguments, the last one fastest. A run that two
    /// stages share comes once.
    /// </summary>
    /// <param name="file">The path of calkit.yaml.</param>
    public static IReadOnlyList<Run> Runs(
        string file,
        string prefix,
        IReadOnlyCollection<string> stages
    )
    {
        var root = Load(file);
        var all = Stages(file, root);
        if (stages.Count == 0)
            stages = Names(all).Where(name => IsOf(prefix, name)).ToArray();
        if (stages.Count == 0)
            throw At(file, all, $"no stage is named {prefix} or {prefix}-…");
        return Runs(file, root, stages);
    }

    static Run[] Runs(string file, YamlMappingNode root, IReadOnlyCollection<string> stages)
    {
        var all = Stages(file, root);
        foreach (var stage in stages)
            if (Child(all, stage) is { } node and not YamlMappingNode)
                throw At(file, node, $"stage {stage}: it has no definition");
            else if (Child(all, stage) == null)
                throw At(
                    file,
                    all,
                    $"no stage is named {stage}; there is {string.Join(", ", Names(all))}"
                );

        var runs = new OrderedDictionary<string, Run>();
        foreach (var stage in stages)
        foreach (var run in new Sweep(file, root, stage).Runs((YamlMappingNode)all[stage]))
            if (!runs.TryAdd(run.Directory, run) && !SameRun(run, runs[run.Directory]))
                throw At(
                    file,
                    all[stage],
                    $"stage {stage}: two runs with other arguments share {run.Directory}"
                );
        return runs.Values.ToArray();
    }

    static bool SameRun(Run one, Run other) => one.Arguments.ToHashSet().SetEquals(other.Arguments);

    /// <summary>
    /// The runs of the named stages, or of all stages <c>benchmark-boom…</c> and then those of
    /// <c>benchmark-kowalski…</c>, each with its system's name. A project may have one system only.
    /// </summary>
    /// <param name="file">The path of calkit.yaml.</param>
    public static IReadOnlyList<(string SystemName, Run Run)> RunsOfBothSystems(
        string file,
        IReadOnlyCollection<string> stages
    )
    {
        var root = Load(file);
        var all = Stages(file, root);
        if (stages.Count == 0)
            stages = Names(all).ToArray();
        else if (stages.FirstOrDefault(stage => SystemOf(stage) == null) is { } other)
            throw At(file, all, $"no stage of BOOM or Kowalski is named {other}");
        var ofSystems = stages.ToLookup(SystemOf);
        var runs = Systems
            .SelectMany(system =>
                Runs(file, root, ofSystems[system].ToArray()).Select(run => (system, run))
            )
            .ToArray();
        return runs.Length > 0
            ? runs
            : throw At(file, all, "no stage is named benchmark-boom… or benchmark-kowalski…");
    }

    static readonly string[] Systems = ["boom", "kowalski"];

    static string? SystemOf(string stage) =>
        Systems.FirstOrDefault(system => IsOf($"benchmark-{system}", stage));

    /// <summary>A number above 0 among the file's <c>parameters</c>.</summary>
    /// <param name="file">The path of calkit.yaml.</param>
    /// <param name="name">The parameter's name, which tells its unit.</param>
    public static double Parameter(string file, string name)
    {
        var parameters = Child(Load(file), "parameters");
        var node = Child(parameters, name);
        if (node == null)
            throw new InvalidDataException($"{file}: there is no parameter {name}");
        return
            node is YamlScalarNode { Value: { } text }
            && double.TryParse(
                text,
                NumberStyles.Float,
                CultureInfo.InvariantCulture,
                out var number
            )
            && number > 0
            && double.IsFinite(number)
            ? number
            : throw At(file, node, $"the parameter {name} is no number above 0");
    }

    static bool IsOf(string prefix, string stage) =>
        stage == prefix || stage.StartsWith(prefix + "-", StringComparison.Ordinal);

    static YamlMappingNode Stages(string file, YamlMappingNode root) =>
        Child(Child(root, "pipeline"), "stages") as YamlMappingNode
        ?? throw new InvalidDataException($"{file}: there are no stages under pipeline");

    IEnumerable<Run> Runs(YamlMappingNode definition)
    {
        var entries = Child(definition, "iterate_over") switch
        {
            null => [],
            YamlSequenceNode list => list.Children.Select(Entry).ToArray(),
            var other => throw Error(other, "iterate_over is not a list"),
        };
        var names = entries.SelectMany(entry => entry.Names).ToArray();
        if (entries.FirstOrDefault(entry => entry.Rows.Length == 0).Names is { } empty)
            throw Error(
                definition["iterate_over"],
                $"there are no values for {string.Join(", ", empty)}"
            );
        if (names.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1) is { } doubled)
            throw Error(definition["iterate_over"], $"the argument {doubled.Key} is given twice");

        IEnumerable<string[]> product =
        [
            [],
        ];
        foreach (var entry in entries)
            product = product.SelectMany(
                _ => entry.Rows,
                (head, row) => head.Concat(row).ToArray()
            );

        var (template, node) = Template(definition, names);
        foreach (var values in product)
        {
            var arguments = new OrderedDictionary<string, string>();
            foreach (var (name, value) in names.Zip(values))
                arguments.Add(name, value);
            var directory = Argument.Replace(template, match => arguments[match.Groups[1].Value]);
            var inside = Path.GetRelativePath(".", directory).Replace('\\', '/');
            if (
                Path.IsPathRooted(directory)
                || inside is "." or ".."
                || inside.StartsWith("../", StringComparison.Ordinal)
            )
                throw Error(node, $"the output {directory} is outside the project");
            yield return new Run(directory, arguments);
        }
    }

    // {name} in an output, to be filled in with an argument's value.
    static readonly Regex Argument = new(@"\{([^{}]*)\}");

    // The output that is the runs' directory: the first that holds every argument.
    (string, YamlNode) Template(YamlMappingNode definition, string[] names)
    {
        var outputs = Child(definition, "outputs") as YamlSequenceNode;
        if (outputs == null || outputs.Children.Count == 0)
            throw Error(definition, "there are no outputs, expected the runs' directory");
        var templates = outputs
            .Select(output => (Path: OutputPath(output), Node: output))
            .ToArray();
        var (template, node) = templates.FirstOrDefault(
            output => names.All(name => output.Path.Contains($"{{{name}}}")),
            templates[0]
        );
        foreach (var name in names)
            if (!template.Contains($"{{{name}}}"))
                throw Error(node, $"the output {template} does not hold the argument {{{name}}}");
        foreach (Match match in Argument.Matches(template))
            if (!names.Contains(match.Groups[1].Value))
                throw Error(node, $"the output {template} holds {match}, which is no argument");
        return (template, node);
    }

    string OutputPath(YamlNode output) =>
        (output as YamlMappingNode is { } mapping ? Child(mapping, "path") : output)
            is YamlScalarNode { Value: { Length: > 0 } path }
            ? path
            : throw Error(output, "an output is neither a path nor a mapping with a path");

    // One entry of iterate_over: its argument, or the arguments that change together, with a row
    // of values for each run.
    (string[] Names, string[][] Rows) Entry(YamlNode entry)
    {
        if (Child(entry, "values") is not YamlSequenceNode values)
            throw Error(entry, "an entry of iterate_over has no list of values");
        switch (Child(entry, "arg_name"))
        {
            case YamlScalarNode name:
                return (
                    [Text(name)],
                    values.SelectMany(Values).Select(value => new[] { value }).ToArray()
                );
            case YamlSequenceNode list:
                var names = list.Select(Text).ToArray();
                return (names, values.Select(row => Row(row, names)).ToArray());
            default:
                throw Error(entry, "an entry of iterate_over has no arg_name");
        }
    }

    string[] Row(YamlNode row, string[] names)
    {
        if (row is not YamlSequenceNode values)
            throw Error(row, $"expected a row of values for {string.Join(", ", names)}");
        if (values.Children.Count != names.Length)
            throw Error(
                row,
                $"a row has {values.Children.Count} values, expected {names.Length} for {string.Join(", ", names)}"
            );
        return values.Select(Text).ToArray();
    }

    // A value of an argument or a parameter: a number, a text, a range or a parameter's list.
    IEnumerable<string> Values(YamlNode value)
    {
        if (Child(value, "range") is { } range)
            return Range(range);
        if (Child(value, "parameter") is not { } parameter)
            return [Text(value)];
        var name = Text(parameter);
        return Child(Child(root, "parameters"), name) switch
        {
            null => throw Error(value, $"there is no parameter {name}"),
            YamlSequenceNode list => list.SelectMany(item =>
                Child(item, "range") is { } itemRange ? Range(itemRange) : [Text(item)]
            ),
            _ => throw Error(value, $"the parameter {name} is not a list"),
        };
    }

    // Calkit adds up the step in binary and rounds each value to the longest number of decimals, so
    // that 0 to 1 by 0.1 ends with 1.0: ten times 0.1 adds up to less than 1.
    IEnumerable<string> Range(YamlNode range)
    {
        string Bound(string name, string otherwise) =>
            Child(range, name) is { } node ? Text(node)
            : otherwise != "" ? otherwise
            : throw Error(range, $"a range has no {name}");
        string[] texts = [Bound("start", ""), Bound("stop", ""), Bound("step", "1")];
        var numbers = texts
            .Select(text =>
                double.TryParse(
                    text,
                    NumberStyles.Float,
                    CultureInfo.InvariantCulture,
                    out var number
                )
                    ? number
                    : throw Error(range, $"{text} in a range is not a number")
            )
            .ToArray();
        if (numbers.Any(number => Math.Abs(number) > 1e15) || texts.Any(text => text.Length > 17))
            throw Error(range, "a range has a number of more than 15 digits");
        if (numbers[2] <= 0)
            throw Error(range, $"a range has the step {texts[2]}, expected a number above 0");

        var decimals = texts.Max(text => text.Contains('.') ? text.Split('.')[1].Length : 0);
        var isFloat = texts[0].Contains('.');
        var values = new List<string>();
        for (var value = numbers[0]; value < numbers[1]; value += numbers[2])
        {
            if (values.Count == MostValuesOfRange)
                throw Error(range, $"a range has more than {MostValuesOfRange} values");
            var rounded = Numbers.Round(value, isFloat ? decimals : 0);
            values.Add(
                isFloat
                    ? PythonFloat(range, double.Parse(rounded, CultureInfo.InvariantCulture))
                    : rounded
            );
            isFloat |= texts[2].Contains('.');
        }
        return values;
    }

    // The text that Calkit fills in for a value: numbers as Python writes them (007 is 7, 1.50 is
    // 1.5), anything in quotes as it stands.
    string Text(YamlNode node)
    {
        if (node is not YamlScalarNode { Value: { } text } scalar)
            throw Error(node, $"expected a number or a text");
        if (text.Any(char.IsControl))
            throw Error(node, "a value has a control character");
        if (scalar.Style != ScalarStyle.Plain)
            return text;
        if (text.ToLowerInvariant() is "" or "~" or "null" or "true" or "false")
            throw Error(node, $"expected a number or a text, not {text}; put it in quotes");
        if (Regex.IsMatch(text, @"^[-+]?\d+$"))
            return System.Numerics.BigInteger.Parse(text, CultureInfo.InvariantCulture).ToString();
        if (Regex.IsMatch(text, @"^[-+]?(\d+\.\d*|\.\d+|\d+)([eE][-+]?\d+)?$"))
            return PythonFloat(node, double.Parse(text, CultureInfo.InvariantCulture));
        return text;
    }

    string PythonFloat(YamlNode node, double number)
    {
        var text = Numbers.Exact(number);
        if (text.Contains('E') || !double.IsFinite(number))
            throw Error(node, $"the number {text} is too large or too small; put it in quotes");
        return text.Contains('.') ? text : text + ".0";
    }

    InvalidDataException Error(YamlNode node, string message) =>
        At(file, node, $"stage {stage}: {message}");

    static InvalidDataException At(string file, YamlNode node, string message) =>
        new($"{file}:{node.Start.Line}: {message}");

    static YamlNode? Child(YamlNode? node, string key) =>
        node is YamlMappingNode mapping && mapping.Children.TryGetValue(key, out var child)
            ? child
            : null;

    static IEnumerable<string> Names(YamlMappingNode mapping) =>
        mapping.Children.Keys.OfType<YamlScalarNode>().Select(key => key.Value ?? "");

    static YamlMappingNode Load(string file)
    {
        Parser? parser = null;
        try
        {
            using var text = File.OpenText(file);
            parser = new Parser(text);
            var yaml = new YamlStream();
            yaml.Load(parser);
            return
                yaml.Documents.Count == 1 && yaml.Documents[0].RootNode is YamlMappingNode mapping
                ? mapping
                : throw new InvalidDataException($"{file}:1: expected a mapping with the pipeline");
        }
        // YamlDotNet throws the second where the file ends within a bracket.
        catch (Exception e) when (e is YamlException or InvalidOperationException)
        {
            var line = e switch
            {
                AnchorNotFoundException => "", // It tells no line.
                YamlException { Start.Line: > 1 } yamlError => $":{yamlError.Start.Line}",
                _ => $":{parser?.Current?.End.Line}",
            };
            var reason = e is YamlException ? e.Message : "a bracket is not closed";
            throw new InvalidDataException($"{file}{line}: not valid YAML: {reason}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"{file}: can't be read: {e.Message}", e);
        }
    }
}
