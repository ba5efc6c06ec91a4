// What docker compose stats says of a container: memory and network traffic.
#nullable enable
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Text.RegularExpressions;

/// <summary>
/// Reads *.stats.log: what <c>docker compose stats --format json</c> drew on a screen, one JSON
/// object a sample, between cursor codes.
/// </summary>
public static class StatsLog
{
    /// <summary>Bytes in a GiB.</summary>
    public const decimal Gib = 1_073_741_824;

    static readonly Regex CursorCode = new(@"\x1b\[[\d;?]*[A-Za-z]");
    static readonly Regex Size = new(@"^(\d{1,9}(?:\.\d{1,9})?)([kMGT]?B|[KMGT]iB)$");

    // Docker counts memory in binary units and traffic in decimal ones.
    static readonly Dictionary<string, decimal> BytesIn = new()
    {
        ["B"] = 1,
        ["kB"] = 1_000,
        ["MB"] = 1_000_000,
        ["GB"] = 1_000_000_000,
        ["TB"] = 1_000_000_000_000,
        ["KiB"] = 1_024,
        ["MiB"] = 1_048_576,
        ["GiB"] = Gib,
        ["TiB"] = 1_024 * Gib,
    };

    /// <summary>
    /// A size (bytes) from each sample: the first of the two in a field, which is the memory in use
    /// in <c>"MemUsage": "775.3MiB / 125.7GiB"</c> and the traffic received since the container's
    /// start in <c>"NetIO": "1.79GB / 900MB"</c>. Null for a line that is not blank and yet no whole
    /// sample: cut short, or of a container that is gone (<c>"--"</c>).
    /// </summary>
    /// <exception cref="InvalidDataException">
    /// The log can't be read, or a size has another form; with the line.
    /// </exception>
    public static IReadOnlyList<decimal?> Read(string path, string field)
    {
        var sizes = new List<decimal?>();
        var number = 0;
        foreach (var line in Log.Lines(path))
        {
            number += line.StartsLine ? 1 : 0;
            var text = CursorCode.Replace(line.Text, "").Trim();
            if (text == "")
                continue;
            var pair = Field(text, field);
            sizes.Add(
                pair == null || pair.StartsWith('-')
                    ? null
                    : Bytes(pair.Split('/')[0].Trim())
                        ?? throw new InvalidDataException(
                            $"{path}:{number}: {field} is \"{pair}\", expected sizes such as 775.3MiB or 1.79GB"
                        )
            );
        }
        return sizes;
    }

    static string? Field(string text, string field)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            return
                json.RootElement.ValueKind == JsonValueKind.Object
                && json.RootElement.TryGetProperty(field, out var value)
                ? value.ToString()
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    static decimal? Bytes(string size)
    {
        var match = Size.Match(size);
        return match.Success
            ? decimal.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)
                * BytesIn[match.Groups[2].Value]
            : null;
    }
}
