// What docker compose stats says of a container: memory and network traffic.
#nullable enable
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

/// <summary>
/// The samples in a *.stats.log: what <c>docker compose stats --format json</c> drew on a screen,
/// one JSON object a sample, between cursor codes.
/// </summary>
/// <param name="MemoryGib">The memory in use (GiB), sample by sample; null where one has none.</param>
/// <param name="ReceivedMb">
/// What the container received in all (10^6 bytes): the last sample counts, but for those of a
/// container that is not running and shows 0B. Null without samples.
/// </param>
public sealed record DockerStats(IReadOnlyList<double?> MemoryGib, double? ReceivedMb)
{
    const int MostSamples = 1_000_000;
    const int MostUnreadable = 1_000;

    /// <summary>The largest sample of the memory (GiB).</summary>
    public double? PeakGib => MemoryGib.Max();

    /// <summary>Reads a log.</summary>
    /// <exception cref="InvalidDataException">It holds no sample, or a size of another form.</exception>
    public static DockerStats Read(string path)
    {
        var memory = new List<double?>();
        double? received = null;
        var unreadable = 0;
        using var log = new LogReader(path);
        while (log.ReadLine())
        {
            // Every other line is blank, or has cursor codes only.
            if (!log.Line.Contains((byte)'"'))
                continue;
            if (!TryParse(log.Line, log.Place, out var sample))
                unreadable++;
            memory.Add(sample.Memory / (1 << 30));
            received = sample.Received > 0 ? sample.Received / 1e6 : received;
            if (unreadable > MostUnreadable || memory.Count > MostSamples)
                throw new InvalidDataException(
                    $"{log.Place}: expected at most {MostSamples} samples, {MostUnreadable} of them unreadable"
                );
        }
        return memory.Any(bytes => bytes != null)
            ? new(memory, received)
            : throw new InvalidDataException($"{path}: there is no sample of docker compose stats");
    }

    // The first of the two sizes in "MemUsage": "775.3MiB / 125.7GiB" and "NetIO": "1.79GB / 900MB".
    static bool TryParse(
        ReadOnlySpan<byte> line,
        string place,
        out (double? Memory, double? Received) sample
    )
    {
        sample = default;
        var (start, end) = (line.IndexOf((byte)'{'), line.LastIndexOf((byte)'}') + 1);
        if (start < 0 || end < start)
            return false;
        try
        {
            using var json = JsonDocument.Parse(line[start..end].ToArray());
            double? Bytes(string field) =>
                json.RootElement.ValueKind != JsonValueKind.Object
                || !json.RootElement.TryGetProperty(field, out var value)
                || value.ToString().StartsWith('-')
                    ? null
                    : BytesOf(value.ToString().Split('/')[0].Trim())
                        ?? throw new InvalidDataException(
                            $"{place}: {field} is \"{Start(value)}\", expected sizes such as 775.3MiB or 1.79GB"
                        );
            sample = (Bytes("MemUsage"), Bytes("NetIO"));
            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    // A hostile value may be long.
    static string Start(JsonElement value) => new($"{value}".Take(50).ToArray());

    // As docker's go-units prints them, 1e+03MB included (docker/go-units, pull request 45).
    static readonly Regex Size = new(
        @"^([0-9]{1,4}(?:\.[0-9]{1,9})?|1e\+03)([kMGTP]?B|[KMGTP]iB)\z"
    );

    static double? BytesOf(string size)
    {
        var match = Size.Match(size);
        if (!match.Success)
            return null;
        // Traffic is counted in decimal units, memory in binary ones.
        var unit = match.Groups[2].Value;
        var power = "BKMGTP".IndexOf(char.ToUpperInvariant(unit[0]));
        var number = double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
        return number * Math.Pow(unit.EndsWith("iB") ? 1024 : 1000, power);
    }
}
