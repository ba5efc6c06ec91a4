// JSON files of results, read field by field.
#nullable enable
using System.Text.Json;
using System.Text.Json.Nodes;

/// <summary>A JSON file of results. One that does not exist has nothing in it.</summary>
/// <param name="Path">The file, for messages.</param>
public sealed record JsonFile(string Path, JsonNode? Root)
{
    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidDataException">It can't be read or is not valid JSON.</exception>
    public static JsonFile Read(string path)
    {
        if (!System.IO.Path.Exists(path))
            return new(path, null);
        try
        {
            var root = JsonNode.Parse(
                DataFile.ReadText(path),
                documentOptions: new() { AllowDuplicateProperties = false }
            );
            ReadTexts(root);
            return new(path, root);
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path}:{e.LineNumber + 1 ?? 1}: is not valid JSON", e);
        }
        catch (InvalidOperationException e)
        {
            throw new InvalidDataException($"{path}:1: half a character stands in a text", e);
        }
    }

    // Texts are decoded when they are asked for; what is wrong with one is to be said at once.
    static void ReadTexts(JsonNode? node)
    {
        if (node is JsonObject mapping)
            foreach (var (_, value) in mapping)
                ReadTexts(value);
        else if (node is JsonArray list)
            foreach (var item in list)
                ReadTexts(item);
        else
            node?.ToString();
    }

    /// <summary>Refuses the results of two nights, machines or versions side by side.</summary>
    /// <exception cref="InvalidDataException">Both have n_alerts, or a system's setup, and these differ.</exception>
    public static void RefuseOtherRuns(JsonFile factor, JsonFile rubin)
    {
        foreach (var field in new[] { "n_alerts", "boom.setup", "kowalski.setup" })
        {
            var (one, other) = ($"{factor.Field(field)}", $"{rubin.Field(field)}");
            if (one != "" && other != "" && one != other)
                throw new InvalidDataException(
                    $"{factor.Path} has the {field} {one}, but {rubin.Path} {other}: "
                        + "choose the same runs in compute-factor and compute-scaling"
                );
        }
    }

    /// <summary>Refuses results that were made from another table than the one that is there.</summary>
    /// <param name="sha256">The table's SHA-256 in hexadecimal.</param>
    /// <exception cref="InvalidDataException">A file exists, and its made_from has another one.</exception>
    public static void RefuseOtherTable(
        JsonFile factor,
        JsonFile rubin,
        string table,
        string sha256
    )
    {
        void Check(JsonFile results, string stage)
        {
            var madeFrom = results.Texts("made_from").GetValueOrDefault(table);
            if (results.Root != null && madeFrom != sha256)
                throw new InvalidDataException(
                    $"{results.Path}: was not made from this {table}; run {stage} again"
                );
        }
        Check(factor, "compute-factor");
        Check(rubin, "compute-scaling");
    }

    /// <summary>The number in a field such as "boom.wall_time_s.median", or null without one.</summary>
    /// <exception cref="InvalidDataException">It is something else, or beyond ±1e15.</exception>
    public double? Number(string field) =>
        Field(field) switch
        {
            null => null,
            JsonValue value
                when value.GetValueKind() == JsonValueKind.Number
                    && value.TryGetValue(out double number)
                    && Math.Abs(number) <= 1e15 => number,
            var other => throw Error(field, other, "a number"),
        };

    /// <summary>The texts and numbers in a field's mapping, by name.</summary>
    /// <exception cref="InvalidDataException">There is something else in it.</exception>
    public IReadOnlyDictionary<string, string> Texts(string field) =>
        Field(field) switch
        {
            null => new Dictionary<string, string>(),
            JsonObject mapping when mapping.All(pair => pair.Value is JsonValue) =>
                mapping.ToDictionary(pair => pair.Key, pair => $"{pair.Value}"),
            var other => throw Error(field, other, "a mapping to numbers and texts"),
        };

    /// <summary>The texts and numbers in a field's list, as "1, 3, 6"; null where it is empty.</summary>
    /// <exception cref="InvalidDataException">There is something else in it.</exception>
    public string? List(string field) =>
        Field(field) switch
        {
            null or JsonArray { Count: 0 } => null,
            JsonArray list when list.All(item => item is JsonValue) => string.Join(", ", list),
            var other => throw Error(field, other, "a list of numbers and texts"),
        };

    InvalidDataException Error(string field, JsonNode node, string expected)
    {
        var text = node.ToJsonString();
        var shown = text.Length > 60 ? text[..60] + "…" : text;
        return new($"{Path}: {field} is {shown}, expected {expected}");
    }

    JsonNode? Field(string field) =>
        field
            .Split('.')
            .Aggregate(Root, (node, name) => node is JsonObject json ? json[name] : null);
}
