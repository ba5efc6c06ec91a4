// JSON files of results, read field by field.
#nullable enable
using System.Text.Json;
using System.Text.Json.Nodes;

/// <summary>
/// A JSON file of results. One that does not exist has nothing in it; a field that holds something
/// else than is asked for is an <see cref="InvalidDataException"/>.
/// </summary>
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
            var options = new JsonDocumentOptions { AllowDuplicateProperties = false };
            return new(
                path,
                JsonNode.Parse(DataFile.ReadText(path, mostBytes: 5_000_000), null, options)
            );
        }
        // Half a character in a name is an InvalidOperationException.
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            var line = (e as JsonException)?.LineNumber + 1 ?? 1;
            throw new InvalidDataException($"{path}:{line}: is not valid JSON", e);
        }
    }

    /// <summary>
    /// Refuses the results of two nights, machines or versions side by side, and those that were not
    /// made from the tables of runs that are there.
    /// </summary>
    /// <exception cref="InvalidDataException">Both have n_alerts, or a system's setup, and these
    /// differ; or one exists, and its made_from has other tables.</exception>
    public static void RefuseOtherRuns(JsonFile factor, JsonFile rubin)
    {
        foreach (var field in new[] { "n_alerts", "boom.setup", "kowalski.setup" })
        {
            var ofFactor = factor.Text(field);
            var ofRubin = rubin.Text(field);
            if (ofFactor != null && ofRubin != null && ofFactor != ofRubin)
                throw new InvalidDataException(
                    $"{factor.Path} has the {field} {ofFactor}, but {rubin.Path} {ofRubin}: "
                        + "choose the same runs in compute-factor and compute-scaling"
                );
        }
        foreach (var (table, sha256) in RunsTable.Sums())
        foreach (var (results, stage) in new[] { (factor, "factor"), (rubin, "scaling") })
        {
            var madeFrom = results.Texts("made_from").GetValueOrDefault(table);
            if (results.Root != null && madeFrom != sha256)
                throw new InvalidDataException(
                    $"{results.Path}: was not made from this {table}; run compute-{stage} again, or remove it"
                );
        }
    }

    /// <summary>The number in a field such as "boom.wall_time_s.median", or null without one.</summary>
    public double? Number(string field) =>
        Get<double?>(
            field,
            "a number up to 1e15",
            node =>
            {
                var number = node.GetValue<double>();
                return Math.Abs(number) <= 1e15 ? number : throw new FormatException();
            }
        );

    /// <summary>The texts and numbers in a field's mapping, by name.</summary>
    public IReadOnlyDictionary<string, string> Texts(string field) =>
        Get(
            field,
            "a mapping to texts and numbers",
            node => node.AsObject().ToDictionary(x => x.Key, x => TextOf(x.Value))
        ) ?? [];

    /// <summary>The texts and numbers in a field's list, as "1, 3, 6"; null where it is empty.</summary>
    public string? List(string field)
    {
        string Joined(JsonNode node) => string.Join(", ", node.AsArray().Select(TextOf));
        var text = Get(field, "a list of texts and numbers", Joined);
        return text == "" ? null : text;
    }

    static string TextOf(JsonNode? node) =>
        node is JsonValue ? $"{node}" : throw new FormatException();

    string? Text(string field) => Get(field, "a text or a number", TextOf);

    T? Get<T>(string field, string expected, Func<JsonNode, T> read)
    {
        var node = Root;
        try
        {
            foreach (var name in field.Split('.'))
                node = (node as JsonObject)?[name];
            return node == null ? default : read(node);
        }
        // Half a character in a text is an InvalidOperationException too.
        catch (Exception e) when (e is InvalidOperationException or FormatException)
        {
            throw new InvalidDataException(
                $"{Path}: {field} is a {node?.GetValueKind()}, expected {expected}",
                e
            );
        }
    }
}
