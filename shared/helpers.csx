// What every script needs: its frame (command line, messages, exit code, whole files), numbers, JSON.
#nullable enable
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

/// <summary>A command line that the script does not understand: exit code 2.</summary>
public sealed class UsageException(string message) : Exception(message);

/// <summary>The frame of every script, and what it prints and writes.</summary>
public static class Script
{
    /// <summary>Runs a script's work. Returns the exit code: 1 for bad data, 2 for a bad command
    /// line.</summary>
    /// <param name="help">What <c>--help</c> prints, and what options there are.</param>
    public static int Run(
        IEnumerable<string> args,
        string help,
        Action<Options> main,
        [CallerFilePath] string file = ""
    )
    {
        // The same text on every machine.
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        try
        {
            if (!args.Contains("--help"))
                main(new Options(args, help));
            else
                Console.WriteLine(string.Format(Usage, Path.GetFileName(file), help));
            return 0;
        }
        catch (Exception e) when (IsExpected(e))
        {
            var isUsage = e is UsageException;
            Say("ERROR", isUsage ? $"{e.Message}; --help tells more" : e.Message);
            return isUsage ? 2 : 1;
        }
    }

    const string Usage =
        "usage: dotnet run pipeline.cs -- scripts/{0}\n       dotnet script scripts/{0} --\n\n{1}";

    static bool IsExpected(Exception e) =>
        e is UsageException or InvalidDataException or IOException or UnauthorizedAccessException;

    /// <summary>Prints one line <c>WARNING: …</c> on stderr.</summary>
    public static void Warn(string message) => Say("WARNING", message);

    static void Say(string kind, string message) =>
        Console.Error.WriteLine($"{kind}: {OneLine(message)}");

    /// <summary>A text of at most 1,000 characters, without line ends and what a terminal could
    /// obey.</summary>
    public static string OneLine(string text) =>
        Regex.Replace(text[..Math.Min(1000, text.Length)], @"[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]", " ");

    /// <summary>The first ten of some texts, each of them once.</summary>
    public static string Several(IEnumerable<string?> texts)
    {
        var all = texts.OfType<string>().Distinct().ToArray();
        return string.Join(", ", all.Take(10)) + (all.Length > 10 ? $", … ({all.Length})" : "");
    }

    /// <summary>Prints rows in columns, at most 100 characters wide: the first lacks its beginning.</summary>
    public static void PrintTable(IReadOnlyList<string[]> rows)
    {
        var widths = rows[0].Select((_, i) => rows.Max(row => row[i].Length) + 2).ToArray();
        var first = Math.Min(widths[0] - 2, 100 - widths[1..].Sum());
        foreach (var row in rows)
        {
            var others = row[1..].Zip(widths[1..], (cell, width) => cell.PadLeft(width));
            var name =
                row[0].Length > first ? "…" + row[0][^(first - 1)..] : row[0].PadRight(first);
            var line = name + string.Concat(others);
            Console.WriteLine(OneLine(line.TrimEnd()));
        }
    }

    /// <summary>Writes files (UTF-8) and makes their directories: each beside its target, moved over it
    /// when all are whole, so that an interrupted script leaves the old ones.</summary>
    public static void Write(params (string Path, string Text)[] files)
    {
        var written = files.Select(file => $"{file.Path}.{Path.GetRandomFileName()}.tmp").ToArray();
        try
        {
            foreach (var (path, _) in files)
                Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            foreach (var (name, file) in written.Zip(files))
                File.WriteAllText(name, file.Text);
            foreach (var (name, file) in written.Zip(files))
                File.Move(name, file.Path, overwrite: true);
        }
        finally
        {
            Array.ForEach(written.Where(File.Exists).ToArray(), File.Delete);
        }
    }
}

/// <summary>A script's options. Its help names each at the beginning of a line.</summary>
public sealed class Options
{
    readonly Dictionary<string, string> given = [];

    /// <summary>Reads <c>--option VALUE</c> and <c>--option=VALUE</c>; a switch has no value.</summary>
    /// <exception cref="UsageException">An option is unknown, has no value, or is given twice.</exception>
    public Options(IEnumerable<string> args, string help)
    {
        var named = Regex.Matches(help, @"^ *(--[a-z]+)( [A-Z]+)?", RegexOptions.Multiline);
        var options = named.ToDictionary(x => x.Groups[1].Value, x => x.Groups[2].Success);
        var left = new Queue<string>(args);
        while (left.TryDequeue(out var word))
        {
            var name = word.Split('=')[0];
            if (!options.TryGetValue(name, out var hasValue))
                throw new UsageException(
                    $"{name} is not an option; there is {string.Join(", ", options.Keys)}"
                );
            var value = word.Length > name.Length ? word[(name.Length + 1)..] : null;
            if (hasValue && value == null)
                left.TryDequeue(out value);
            if (hasValue && (string.IsNullOrEmpty(value) || value.StartsWith("--")))
                throw new UsageException($"{name} needs a value");
            if (!given.TryAdd(name, value ?? ""))
                throw new UsageException($"{name} is given twice");
        }
    }

    /// <summary>The value of an option, "" of a switch; null where it is not given.</summary>
    public string? this[string option] => given.GetValueOrDefault(option);

    /// <summary>The directory to write to: that of <c>--output</c>, else results.</summary>
    public string Output => this["--output"] ?? "results";
}

/// <summary>Rounding as the notebook's Python does it, and the shortest exact text.</summary>
public static class Numbers
{
    /// <summary>A number with so many decimals, ties to even, decided on the exact value of the double:
    /// as Python's <c>round(x)</c> and <c>f"{x:.1f}"</c>. 6.5 is "6", 6.25 is "6.2".</summary>
    public static string Round(double number, int decimals)
    {
        // Twenty decimals hold every tie exactly, and show on which side the others lie.
        var exact = decimal.Parse(number.ToString("F20", Invariant), Invariant);
        var rounded = decimal.Round(exact, decimals, MidpointRounding.ToEven);
        return rounded.ToString("F" + decimals, Invariant);
    }

    /// <summary>The same for a reader: "" for null, and no number above 0 is "0.0": "0.07".</summary>
    public static string Shown(double? number, int decimals)
    {
        if (number > 0 && Round(number.Value, decimals).All("0.".Contains))
            decimals = Math.Min(15, (int)Math.Ceiling(-Math.Log10(number.Value)));
        return number == null ? "" : Round(number.Value, decimals);
    }

    /// <summary>The shortest text that reads back as the same number, with "." for the point.</summary>
    public static string Exact(double number) => number.ToString("R", Invariant);

    static CultureInfo Invariant => CultureInfo.InvariantCulture;
}

/// <summary>The numbers of repeated runs: the median counts, the range stands beside it.</summary>
/// <param name="Median">The middle number, or the mean of the two in the middle.</param>
/// <param name="NRuns">How many runs tell one.</param>
public sealed record Spread(double Median, double Min, double Max, int NRuns)
{
    /// <summary>The spread of those numbers that are not null; null where all are.</summary>
    public static Spread? Of(IEnumerable<double?> numbers)
    {
        var sorted = numbers.OfType<double>().Order().ToArray();
        if (sorted.Length == 0)
            return null;
        var median = (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
        return new(median, sorted[0], sorted[^1], sorted.Length);
    }

    /// <summary>So much over each of these times: of the longest time comes the lowest rate.</summary>
    public static Spread Rate(double amount, Spread times) =>
        new(amount / times.Median, amount / times.Max, amount / times.Min, times.NRuns);

    /// <summary>Each of these numbers over another.</summary>
    public Spread Over(double number) => new(Median / number, Min / number, Max / number, NRuns);

    public JsonObject ToJson() =>
        new()
        {
            ["median"] = Median,
            ["min"] = Min,
            ["max"] = Max,
            ["n_runs"] = NRuns,
        };

    /// <summary>"6.0", or with a range "6.0 (5.9 to 6.1)".</summary>
    public string Text(int decimals)
    {
        string Shown(double number) => Numbers.Shown(number, decimals);
        var isRange = Shown(Min) != Shown(Max);
        return isRange ? $"{Shown(Median)} ({Shown(Min)} to {Shown(Max)})" : Shown(Median);
    }
}

/// <summary>A number with its 95 % interval, which is null where nothing is repeated.</summary>
public sealed record Estimate(double Value, double? Low, double? High)
{
    /// <summary>"6.0 (95 %: 5.8 to 6.2)", or without an interval "6.0": the one form for screen, page
    /// and paper, so that all have the same decimals.</summary>
    public string Text(int decimals)
    {
        var value = Numbers.Shown(Value, decimals);
        var interval = Interval(decimals);
        return interval == "" ? value : $"{value} (95 %: {interval})";
    }

    /// <summary>"5.8 to 6.2", or "".</summary>
    public string Interval(int decimals) =>
        Low == null || High == null
            ? ""
            : $"{Numbers.Shown(Low, decimals)} to {Numbers.Shown(High, decimals)}";
}

/// <summary>Results as JSON files: the names in the code are those in the file.</summary>
public static class Json
{
    static readonly JsonSerializerOptions style = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>An object as indented text.</summary>
    public static string Text(JsonObject json) => json.ToJsonString(style) + "\n";

    /// <summary>A list of texts.</summary>
    public static JsonArray List(IEnumerable<string> texts) =>
        new([.. texts.Select(text => JsonValue.Create(text))]);

    /// <summary>An object of names and texts.</summary>
    public static JsonObject Object(IEnumerable<KeyValuePair<string, string>> texts) =>
        new(texts.Select(x => KeyValuePair.Create(x.Key, (JsonNode?)x.Value)));

    /// <summary>What a file holds, null where it does not exist.</summary>
    /// <exception cref="InvalidDataException">It is not valid JSON.</exception>
    public static JsonNode? Read(string path)
    {
        try
        {
            return File.Exists(path) ? JsonNode.Parse(File.ReadAllText(path)) : null;
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path}:{e.LineNumber + 1}: is not valid JSON", e);
        }
    }

    /// <summary>What stands at a path of names such as "boom.wall_time_s.median", or null.</summary>
    public static JsonNode? At(JsonNode? node, string path) =>
        path.Split('.').Aggregate(node, (node, name) => (node as JsonObject)?[name]);
}
