// What docker compose stats says of a container: memory and network traffic.
#nullable enable
using System.Text.Json;
using System.Text.RegularExpressions;

/// <summary>
/// The samples in a *.stats.log: what <c>docker compose stats --format json</c> drew on a screen,
/// one JSON object a sample, between cursor codes.
/// </summary>
public sealed class DockerStats
{
    const int MostSamples = 1_000_000;
    const int MostUnreadable = 1_000;

    // A size as docker's go-units prints it, 1e+03MB included (docker/go-units, pull request 45). A
    // second one follows: "775.3MiB / 125.7GiB".
    static readonly Regex Size = new(
        @"^\s*([0-9]{1,4}(?:\.[0-9]{1,9})?|1e\+03)([kMGTP]?B|[KMGTP]iB)\s*(?:/|\z)"
    );

    /// <summary>The memory in use (GiB), sample by sample; null where one has none.</summary>
    public readonly List<double?> MemoryGib = [];

    /// <summary>
    /// What the container received in all (10^6 bytes): the last sample counts, but for those of a
    /// container that is not running and shows 0B. Null without samples.
    /// </summary>
    public double? ReceivedMb;

    /// <summary>
    /// Whether the traffic stands still at the end, within 1 %, and never went back. If not, samples
    /// were taken for a part of the run only, or the container was restarted.
    /// </summary>
    public bool IsWhole;

    /// <summary>The largest sample of the memory (GiB).</summary>
    public double? PeakGib => MemoryGib.Max();

    /// <summary>Reads a log.</summary>
    /// <exception cref="InvalidDataException">It holds no sample, a size of another form, or samples of
    /// several containers.</exception>
    public static DockerStats Read(string path)
    {
        var stats = new DockerStats();
        string? container = null;
        var unreadable = 0;
        var receivedMb = new List<double>();
        using var log = new LogReader(path);
        while (log.ReadLine())
        {
            // Every other line is blank, or has cursor codes only.
            if (!log.Line.Contains((byte)'"'))
                continue;
            var sample = Sample(log.Line);
            if (sample == null)
                unreadable++;
            var name = sample?.Name ?? "--";
            // A container that is gone is called "--".
            if (!name.StartsWith('-') && name != (container ??= name))
                throw log.Error(
                    $"expected samples of {container} only, found {Screen.Shortened(name, 50)}"
                );
            stats.MemoryGib.Add(Bytes("MemUsage", sample?.Memory, log) / (1 << 30));
            var received = Bytes("NetIO", sample?.Traffic, log) / 1e6;
            if (received > 0)
                receivedMb.Add(received.Value);
            if (unreadable > MostUnreadable || stats.MemoryGib.Count > MostSamples)
                throw log.Error(
                    $"expected at most {MostSamples} samples, {MostUnreadable} of them unreadable"
                );
        }
        if (receivedMb.Count > 0)
            stats.ReceivedMb = receivedMb[^1];
        stats.IsWhole = ComesToRest(receivedMb);
        // Docker prints 0B where it does not count.
        return stats.PeakGib > 0
            ? stats
            : throw new InvalidDataException($"{path}: there is no sample of docker compose stats");
    }

    // A slow run receives little from one sample to the next: the last twentieth of them counts.
    static bool ComesToRest(List<double> received)
    {
        var wentBack = received.Zip(received.Skip(1)).Any(two => two.Second < two.First);
        var earlier = received.Count - 1 - Math.Max(1, received.Count / 20);
        return !wentBack && earlier >= 0 && received[^1] <= 1.01 * received[earlier];
    }

    // The texts of a sample's fields; null where it is cut.
    static (string? Name, string? Memory, string? Traffic)? Sample(ReadOnlySpan<byte> line)
    {
        var (start, end) = (line.IndexOf((byte)'{'), line.LastIndexOf((byte)'}') + 1);
        if (start < 0 || end < start)
            return null;
        try
        {
            var sample = JsonElement.Parse(line[start..end]);
            string? Text(string field) =>
                sample.TryGetProperty(field, out var value) ? value.ToString() : null;
            return (Text("Name"), Text("MemUsage"), Text("NetIO"));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    // The first of a field's two sizes; null without one, as of a container that is gone: "-- / --".
    static double? Bytes(string field, string? text, LogReader log)
    {
        if (text == null || text.StartsWith('-'))
            return null;
        var size = Size.Match(text);
        if (!size.Success)
            throw log.Error(
                $"{field} is \"{Screen.Shortened(text, 50)}\", expected sizes such as 775.3MiB or 1.79GB"
            );
        // Traffic is counted in decimal units, memory in binary ones.
        var unit = size.Groups[2].Value;
        var power = "BKMGTP".IndexOf(char.ToUpperInvariant(unit[0]));
        return Numbers.Parse(size.Groups[1].Value)
            * Math.Pow(unit.EndsWith("iB") ? 1024 : 1000, power);
    }
}
