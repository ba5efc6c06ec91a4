// calkit.yaml as YAML nodes. It may be a stranger's: its depth and its size are bounded.
#nullable enable
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

/// <summary>A stage of the pipeline: its name, and what stands under it.</summary>
public sealed record CalkitStage(string Name, YamlNode Definition);

/// <summary>A calkit.yaml. What is wrong with it is an error that names the file and the line.</summary>
public sealed class CalkitYaml
{
    const int MostBytes = 1_000_000;

    readonly string file;
    readonly YamlMappingNode root;

    CalkitYaml(string file, YamlMappingNode root) => (this.file, this.root) = (file, root);

    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidDataException">It can't be read, or is not valid YAML.</exception>
    public static CalkitYaml Read(string file)
    {
        var text = DataFile.ReadText(file, MostBytes, "; run this in the project's directory");
        var parser = new BoundedParser(new Parser(new StringReader(text)));
        try
        {
            var yaml = new YamlStream();
            yaml.Load(parser);
            return yaml.Documents is [{ RootNode: YamlMappingNode root }]
                ? new CalkitYaml(file, root)
                : throw new InvalidDataException(
                    $"{file}:1: expected one mapping, with the pipeline"
                );
        }
        // YamlDotNet throws exceptions of many types, some without a line.
        catch (Exception e) when (e is not (InvalidDataException or OutOfMemoryException))
        {
            var line = e is YamlException { Start.Line: > 1 and var start } ? start : parser.Line;
            // This is what it says where the file ends within a bracket.
            var reason = e is InvalidOperationException ? "a bracket is not closed" : e.Message;
            throw Error(file, line, $"is not valid YAML: {reason}");
        }
    }

    /// <summary>The stages by name, in the file's order.</summary>
    /// <exception cref="InvalidDataException">There are none.</exception>
    public IReadOnlyList<CalkitStage> Stages =>
        Child("pipeline", "stages") is YamlMappingNode stages
            ? stages.Select(stage => new CalkitStage(Text(stage.Key), stage.Value)).ToArray()
            : throw new InvalidDataException($"{file}: there are no stages under pipeline");

    /// <summary>What stands at a path of keys from the top, or null.</summary>
    public YamlNode? Child(params string[] keys) => keys.Aggregate((YamlNode?)root, Child);

    /// <summary>What stands under a key, or null.</summary>
    public static YamlNode? Child(YamlNode? node, string key) =>
        node is YamlMappingNode mapping && mapping.Children.TryGetValue(key, out var child)
            ? child
            : null;

    /// <summary>The text of a single value.</summary>
    /// <exception cref="InvalidDataException">It is no single value, or has a control character.</exception>
    public string Text(YamlNode node) =>
        node is not YamlScalarNode scalar ? throw Error(node, "expected a number or a text")
        : scalar.Value is not { } text ? ""
        : Screen.OneLine(text) == text ? text
        : throw Error(node, "a value has a control character");

    /// <summary>The error that says what is wrong with a node, with its file and line.</summary>
    public InvalidDataException Error(YamlNode node, string message) =>
        Error(file, node.Start.Line, message);

    // What is wrong may be as long as the file, and may be many lines.
    static InvalidDataException Error(string file, long line, string message) =>
        new($"{file}:{line}: {Screen.OneLine(message[..Math.Min(500, message.Length)])}");
}

/// <summary>
/// Stops at a file that is too deep or too large for its reader: YamlDotNet recurses into nodes, and
/// a few lines of aliases within aliases stand for billions of nodes.
/// </summary>
sealed class BoundedParser(IParser parser) : IParser
{
    const int MostDepth = 100;
    const int MostNodes = 200_000;

    readonly Dictionary<string, long> nodesBehind = [];
    readonly Stack<Node> open = [];
    long nodes;

    sealed record Node(string Anchor, long NodesBefore);

    public ParsingEvent? Current => parser.Current;

    /// <summary>The line that the parser has come to.</summary>
    public long Line => Math.Max(1, Current?.End.Line ?? 1);

    public bool MoveNext()
    {
        if (!parser.MoveNext())
            return false;
        switch (Current)
        {
            case AnchorAlias alias:
                var name = alias.Value.Value;
                if (open.Any(node => node.Anchor == name) || !nodesBehind.ContainsKey(name))
                    throw new YamlException(
                        alias.Start,
                        alias.End,
                        $"no whole value before *{name} has the anchor &{name}"
                    );
                nodes += nodesBehind[name];
                break;
            case NodeEvent start and not Scalar:
                open.Push(new($"{start.Anchor}", nodes++));
                break;
            case MappingEnd or SequenceEnd:
                var (anchor, nodesBefore) = open.Pop();
                nodesBehind[anchor] = nodes - nodesBefore;
                break;
            case Scalar scalar:
                nodesBehind[$"{scalar.Anchor}"] = 1;
                nodes++;
                break;
        }
        if (open.Count > MostDepth || nodes > MostNodes)
            throw new YamlException(
                Current!.Start,
                Current.End,
                $"it is nested deeper than {MostDepth}, or has more than {MostNodes} values"
            );
        return true;
    }
}
