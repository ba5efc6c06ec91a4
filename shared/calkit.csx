// calkit.yaml: its stages, its parameters, and its sweeps: which runs there are, and where their
// logs are. pipeline.cs compiles this file too, so it uses no other of shared/.
#nullable enable
using System.Globalization;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;
using static System.Globalization.CultureInfo;

/// <summary>A run of a stage's sweep: the directory of its logs, and its arguments.</summary>
public sealed record SweepRun(
    string Directory,
    string Stage,
    IReadOnlyDictionary<string, string> Arguments
)
{
    /// <summary>Its arguments as one text, whatever their order.</summary>
    public string Key =>
        string.Join(
            '\n',
            Arguments.Select(x => $"{x.Key}={x.Value}").Order(StringComparer.Ordinal)
        );
}

/// <summary>A calkit.yaml. What is wrong with it is an error with the file and the line.</summary>
public sealed class CalkitYaml(string file, YamlNode root)
{
    const int MostRuns = 100_000;

    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidDataException">It does not exist, or is not valid YAML.</exception>
    public static CalkitYaml Read(string file)
    {
        if (!File.Exists(file))
            throw new InvalidDataException($"{file} does not exist; run this in its directory");
        return new YamlReader(file, File.ReadAllText(file)).Read() is [YamlMappingNode root]
            ? new CalkitYaml(file, root)
            : throw new InvalidDataException($"{file}:1: expected one mapping, with the pipeline");
    }

    /// <summary>The stages by name, in the file's order.</summary>
    public IReadOnlyList<(string Name, YamlNode Definition)> Stages =>
        Child(Child(root, "pipeline"), "stages") is YamlMappingNode stages
            ? stages.Select(stage => (Text(stage.Key), stage.Value)).ToArray()
            : throw new InvalidDataException($"{file}: there are no stages under pipeline");

    /// <summary>What stands under a key, or null: what is the mapping's own, else the first that is
    /// merged in with "&lt;&lt;".</summary>
    public static YamlNode? Child(YamlNode? node, string key)
    {
        // What is merged in may merge in more: each mapping is asked once, however often it comes.
        var asked = new HashSet<YamlNode>(ReferenceEqualityComparer.Instance);
        var left = new Stack<YamlNode?>([node]);
        while (left.TryPop(out var next))
        {
            if (next is not YamlMappingNode { Children: var children } || !asked.Add(next))
                continue;
            if (children.TryGetValue(key, out var child))
                return child;
            if (children.TryGetValue("<<", out var merged))
                foreach (var one in ListOf(merged).Reverse())
                    left.Push(one);
        }
        return null;
    }

    // Nothing, and a single value, are allowed in the place of a list.
    static IEnumerable<YamlNode> ListOf(YamlNode? node)
    {
        if (node is YamlSequenceNode list)
            return list;
        return node is null or YamlScalarNode { Value: "" or "null" or "~" } ? [] : [node];
    }

    /// <summary>The text of a node; an error where it is a list or a mapping.</summary>
    public string Text(YamlNode node) =>
        (node as YamlScalarNode)?.Value ?? throw Error(node, "expected a number or a text");

    /// <summary>The error that says what is wrong with a node, with its file and line.</summary>
    public InvalidDataException Error(YamlNode node, string message) =>
        new($"{file}:{node.Start.Line}: {message}");

    /// <summary>A number above 0 among the <c>parameters</c>; an error where it is not there.</summary>
    public double Parameter(string name) =>
        OptionalParameter(name)
        ?? throw new InvalidDataException($"{file}: there is no parameter {name}");

    /// <summary>The same; null where it is not there.</summary>
    public double? OptionalParameter(string name)
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
    /// The runs of the stages <c>prefix</c> and <c>prefix-…</c>, in the notebook's order: the
    /// product of a stage's arguments, the last one fastest (as in calkit/models/iteration.py of
    /// Calkit 0.44). A run that two stages share comes once; two that can't be told apart are an
    /// error.
    /// </summary>
    public IReadOnlyList<SweepRun> Sweep(string prefix)
    {
        var runs = new List<SweepRun>();
        var byDirectory = new Dictionary<string, SweepRun>();
        var byArguments = new Dictionary<string, SweepRun>();
        var stages = Stages.Where(stage =>
            $"{stage.Name}-".StartsWith($"{prefix}-", StringComparison.Ordinal)
        );
        foreach (var run in stages.SelectMany(stage => RunsOf(stage.Name, stage.Definition)))
        {
            var key = run.Key;
            var other =
                byDirectory.GetValueOrDefault(run.Directory) ?? byArguments.GetValueOrDefault(key);
            if (other == null)
            {
                runs.Add(run);
                byDirectory.Add(run.Directory, run);
                byArguments.Add(key, run);
            }
            else if (other.Directory != run.Directory || other.Key != key)
                throw TooAlike(run, other);
        }
        return runs.Count > 0
            ? runs
            : throw new InvalidDataException($"{file}: no stage is named {prefix} or {prefix}-…");
    }

    InvalidDataException TooAlike(SweepRun run, SweepRun other)
    {
        var (stage, definition) = Stages.First(one => one.Name == run.Stage);
        var alike = $"{run.Directory} has the directory or the same arguments as {other.Directory}";
        var remedy = "give one an argument of its own, such as machine";
        return Error(definition, $"stage {stage}: {alike} of stage {other.Stage}; {remedy}");
    }

    IEnumerable<SweepRun> RunsOf(string stage, YamlNode definition)
    {
        var all = ArgumentsOf(definition);
        var wdir = Child(definition, "wdir") is { } node ? Text(node) : ".";
        var output = Path.Combine(wdir, OutputOf(definition, all));
        foreach (var arguments in all)
        {
            // All at once, since a value may hold braces.
            var path = Regex.Replace(
                output,
                @"\{([^{}]+)\}",
                name => arguments.GetValueOrDefault(name.Groups[1].Value, name.Value)
            );
            var directory = Path.GetRelativePath(".", path).Replace('\\', '/').TrimEnd('/');
            yield return new(directory, stage, arguments);
        }
    }

    // The arguments of each run.
    Dictionary<string, string>[] ArgumentsOf(YamlNode definition)
    {
        var all = new[] { new Dictionary<string, string>() };
        foreach (var entry in ListOf(Child(definition, "iterate_over")))
        {
            var names = NamesOf(entry);
            var rows = RowsOf(entry, names.Length);
            if (names.FirstOrDefault(all[0].ContainsKey) is { } twice)
                throw Error(entry, $"the argument {twice} is there twice");
            if (all.LongLength * rows.LongLength > MostRuns)
                throw Error(entry, $"there are more than {MostRuns} runs");
            all =
            [
                .. from head in all
                from row in rows
                select head.Concat(names.Zip(row, KeyValuePair.Create)).ToDictionary(),
            ];
        }
        return all;
    }

    // The argument of an entry of iterate_over, or those that change together.
    string[] NamesOf(YamlNode entry)
    {
        string[] names = [.. ListOf(Child(entry, "arg_name")).Select(Text)];
        if (names.Length == 0)
            throw Error(entry, "expected an arg_name");
        if (names.Distinct().Count() < names.Length)
            throw Error(entry, $"an argument is there twice among {string.Join(", ", names)}");
        if (names.Contains("run"))
            throw Error(entry, "run is the column of a run's directory, expected another arg_name");
        return names;
    }

    // The values of an entry: a row a run, each with so many.
    string[][] RowsOf(YamlNode entry, int count)
    {
        var values = ListOf(Child(entry, "values"));
        var areRows = Child(entry, "arg_name") is YamlSequenceNode;
        var rows = areRows
            ? values.Select(row => ListOf(row).Select(Text).ToArray())
            : values.SelectMany(Values).Select(value => new[] { value });
        string[][] all = [.. rows.Take(MostRuns + 1)];
        if (all.Length == 0 || all.Any(row => row.Length != count))
            throw Error(entry, areRows ? $"expected values, each of {count}" : "expected values");
        return all;
    }

    // What stands among values: a number, a text, a range, or a parameter that is a list of these.
    IEnumerable<string> Values(YamlNode value)
    {
        if (Child(value, "parameter") is not { } name)
            return RangeOrText(value);
        if (Child(Child(root, "parameters"), Text(name)) is not YamlSequenceNode list)
            throw Error(value, $"no parameter {name} is a list");
        return list.SelectMany(RangeOrText);
    }

    IEnumerable<string> RangeOrText(YamlNode value) =>
        Child(value, "range") is { } range ? Range(range) : [Text(value)];

    // Calkit's stop is excluded.
    IEnumerable<string> Range(YamlNode range)
    {
        var start = Bound(range, "start");
        var stop = Bound(range, "stop");
        var step = Child(range, "step") == null ? 1 : Bound(range, "step");
        if (step <= 0)
            throw Error(range, $"a range has the step {step}, expected a number above 0");
        for (long value = start; value < stop; value += step)
            yield return $"{value}";
    }

    int Bound(YamlNode range, string name)
    {
        var text = $"{Child(range, name)}";
        return int.TryParse(text, NumberStyles.Integer, InvariantCulture, out var number)
            ? number
            : throw Error(
                range,
                $"the {name} is \"{text}\", expected a whole number; list others one by one"
            );
    }

    // The runs' directory is the first output that holds every argument that varies.
    string OutputOf(YamlNode definition, Dictionary<string, string>[] all)
    {
        var varying = all[0]
            .Where(first => all.Any(arguments => arguments[first.Key] != first.Value))
            .Select(first => $"{{{first.Key}}}")
            .ToArray();
        var outputs = ListOf(Child(definition, "outputs"))
            .Select(output => Text(Child(output, "path") ?? output));
        var example = $"logs/{string.Join('-', varying)}";
        return outputs.FirstOrDefault(path => varying.All(path.Contains))
            ?? throw Error(definition, $"expected an output for each run, such as {example}");
    }
}

/// <summary>Reads a YAML file. YamlDotNet's nodes recurse into what is nested: the depth is bounded,
/// and nothing contains itself.</summary>
sealed class YamlReader(string file, string text) : IParser
{
    const int Deepest = 100;

    // What YamlDotNet says, and what a person has to look for.
    static readonly (string Said, string Meant)[] words =
    [
        ("did not find expected key", "expected NAME: VALUE, indented as its neighbours"),
        ("id not find expected <doc", "expected NAME: VALUE, indented as its neighbours"),
        ("did not find expected '-'", "expected another \"- \", indented as those above it"),
        ("found invalid mapping", "expected one NAME: VALUE; quote a text that holds \": \""),
        ("cannot start any token", "expected quotes around a text that begins like this"),
        ("found unexpected end of stream", "the quote that opens here is not closed"),
        ("found wrong indentation", "the quote that opens here is not closed"),
        (" tab ", "expected blanks in the place of a tab"),
    ];

    readonly Parser parser = new(new StringReader(text));
    readonly Stack<ParsingEvent> open = []; // the collections around the current event
    readonly HashSet<string> ended = []; // the anchors of nodes that are whole

    /// <summary>The roots of the file's documents.</summary>
    /// <exception cref="InvalidDataException">It is not valid YAML.</exception>
    public YamlNode[] Read()
    {
        try
        {
            var yaml = new YamlStream();
            yaml.Load(this);
            return [.. yaml.Documents.Select(document => document.RootNode)];
        }
        // YamlDotNet throws exceptions of many types, some without a line.
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            throw Error(e);
        }
    }

    public ParsingEvent? Current => parser.Current;

    public bool MoveNext()
    {
        var isThere = parser.MoveNext();
        if (isThere)
            Check(parser.Current!);
        return isThere;
    }

    void Check(ParsingEvent one)
    {
        if (one is AnchorAlias { Value.Value: var name } && !ended.Contains(name))
        {
            var isWithin = open.Any(collection => AnchorOf(collection) == name);
            var problem = isWithin
                ? $"*{name} stands in &{name} itself"
                : $"expected &{name} above";
            throw At(one, problem);
        }
        if (one.NestingIncrease > 0)
        {
            open.Push(one);
            ended.Remove(AnchorOf(one));
        }
        else
            ended.Add(AnchorOf(one.NestingIncrease < 0 ? open.Pop() : one));
        if (open.Count > Deepest)
            throw At(one, "it is too deep");
    }

    static string AnchorOf(ParsingEvent one) =>
        one is NodeEvent { Anchor.IsEmpty: false } node ? node.Anchor.Value : "";

    static YamlException At(ParsingEvent one, string message) => new(one.Start, one.End, message);

    InvalidDataException Error(Exception e)
    {
        var line = (e as YamlException)?.Start.Line ?? Current?.End.Line ?? 1;
        var problem = words.FirstOrDefault(x => e.Message.Contains(x.Said)).Meant ?? e.Message;
        var isInBracket = e.Message.Contains("did not find expected ','");
        if (e is not YamlException)
        {
            isInBracket = true;
            problem = "expected something else; is there a bracket, a quote or a colon too much?";
        }
        // The lines behind a bracket that is not closed are read as a part of it.
        if (isInBracket && open.FirstOrDefault(IsBracket) is { } bracket)
        {
            line = bracket.Start.Line;
            problem = "the bracket that opens here is not closed: expected \",\" or its end";
        }
        return new($"{file}:{line}: is not valid YAML: {problem}", e);
    }

    static bool IsBracket(ParsingEvent one) =>
        one
            is SequenceStart { Style: SequenceStyle.Flow }
                or MappingStart { Style: MappingStyle.Flow };
}
