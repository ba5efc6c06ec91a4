// calkit.yaml as YAML nodes. It may be a stranger's: its depth and its size are bounded.
#nullable enable
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

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
            if (yaml.Documents.Count != 1 || yaml.Documents[0].RootNode is not YamlMappingNode root)
                throw new InvalidDataException(
                    $"{file}:1: expected one mapping, with the pipeline"
                );
            return new CalkitYaml(file, root);
        }
        // YamlDotNet throws exceptions of many types, some without a line.
        catch (Exception e) when (e is not (InvalidDataException or OutOfMemoryException))
        {
            var start = (e as YamlException)?.Start.Line ?? 1;
            var line = start > 1 ? start : parser.Line;
            // This is what it says where the file ends within a bracket.
            var reason = e is InvalidOperationException ? "a bracket is not closed" : e.Message;
            throw Error(file, line, $"is not valid YAML: {reason}");
        }
    }

    /// <summary>The stages by name, in the file's order.</summary>
    /// <exception cref="InvalidDataException">There are none.</exception>
    public IReadOnlyList<(string Name, YamlNode Definition)> Stages =>
        Child("pipeline", "stages") is YamlMappingNode stages
            ? stages.Select(stage => (Text(stage.Key), stage.Value)).ToArray()
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
    public string Text(YamlNode node)
    {
        if (node is not YamlScalarNode scalar)
            throw Error(node, "expected a number or a text");
        var text = scalar.Value ?? "";
        if (Screen.OneLine(text) != text)
            throw Error(node, "a value has a control character");
        return text;
    }

    /// <summary>The error that says what is wrong with a node, with its file and line.</summary>
    public InvalidDataException Error(YamlNode node, string message) =>
        Error(file, node.Start.Line, message);

    // What is wrong may be as long as the file, and may be many lines.
    static InvalidDataException Error(string file, long line, string message) =>
        new($"{file}:{line}: {Screen.OneLine(Screen.Shortened(message, 500))}");
}

/// <summary>
/// Stops at a file that is too deep or too large for its reader: YamlDotNet recurses into nodes, and
/// a few lines of aliases within aliases stand for billions of nodes.
/// </summary>
sealed class BoundedParser(IParser parser) : IParser
{
    const int MostDepth = 100;
    const int MostNodes = 200_000;

    // The nodes that stand behind an anchor, aliases counted out.
    readonly Dictionary<string, long> nodesBehind = [];
    readonly Stack<(string Anchor, long NodesBefore)> open = [];
    long nodes;

    public ParsingEvent? Current => parser.Current;

    /// <summary>The line that the parser has come to.</summary>
    public long Line => Math.Max(1, Current?.End.Line ?? 1);

    public bool MoveNext()
    {
        if (!parser.MoveNext())
            return false;
        if (Current is AnchorAlias alias)
        {
            if (!nodesBehind.TryGetValue($"{alias.Value}", out var more))
                throw Error($"no whole value before *{alias.Value} has the anchor &{alias.Value}");
            nodes += more;
        }
        if (Current is NodeEvent node)
        {
            // Until it ends, an alias of it would lie within itself.
            nodesBehind.Remove($"{node.Anchor}");
            open.Push(($"{node.Anchor}", nodes++));
        }
        if (Current is Scalar or MappingEnd or SequenceEnd)
        {
            var (anchor, nodesBefore) = open.Pop();
            nodesBehind[anchor] = nodes - nodesBefore;
        }
        if (open.Count > MostDepth || nodes > MostNodes)
            throw Error(
                $"it is nested deeper than {MostDepth}, or has more than {MostNodes} values"
            );
        return true;
    }

    YamlException Error(string message) => new(Current!.Start, Current.End, message);
}
