// What every script needs: its frame (command line, messages, exit code, whole files) and numbers.
#nullable enable
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;

/// <summary>A command line that the script does not understand: exit code 2.</summary>
public sealed class UsageException(string message) : Exception(message);

/// <summary>The frame of every script.</summary>
public static class Script
{
    /// <summary>
    /// Runs a script's work. Returns the exit code: 1 for bad data, 2 for a bad command line. Bad data
    /// is an <see cref="InvalidDataException"/> everywhere in shared/, whose message names the file.
    /// </summary>
    /// <param name="help">What <c>--help</c> prints, and what options there are.</param>
    public static int Run(IEnumerable<string> args, string help, Action<CommandLine> work)
    {
        // The same text on every machine.
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        try
        {
            if (args.Contains("--help"))
                Console.WriteLine(help);
            else
                work(new CommandLine(args, help));
            return 0;
        }
        catch (UsageException e)
        {
            Say("ERROR", $"{e.Message}; --help tells more");
            return 2;
        }
        catch (Exception e)
            when (e
                    is InvalidDataException
                        or IOException
                        or UnauthorizedAccessException
                        or ArithmeticException
                        or FormatException
                        or ArgumentException
            )
        {
            Say("ERROR", e.Message);
            return 1;
        }
    }

    /// <summary>Prints one line <c>WARNING: …</c> on stderr.</summary>
    public static void Warn(string message) => Say("WARNING", message);

    static void Say(string kind, string message) =>
        Console.Error.WriteLine($"{kind}: {Screen.OneLine(Screen.Shortened(message, 1000))}");

    /// <summary>
    /// Writes files (UTF-8, no byte order mark) and makes their directories: each beside its target,
    /// moved over that when all are whole; where one can't be moved, the old files are put back. A
    /// process that is killed between two moves leaves new files beside old ones, all of them whole.
    /// </summary>
    /// <exception cref="InvalidDataException">One can't be written; all files are the old ones.</exception>
    public static void Write(params (string Path, string Text)[] files)
    {
        var written = files.Select(file => TemporaryName(file.Path)).ToArray();
        var old = files.Select(file => TemporaryName(file.Path)).ToArray();
        var path = "";
        var moved = 0;
        try
        {
            foreach (var (name, file) in written.Zip(files))
                WriteNew(name, file.Text, path = file.Path);
            for (; moved < files.Length; moved++)
                Move(written[moved], path = files[moved].Path, old[moved]);
        }
        catch (Exception e)
            when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            foreach (var (name, file) in old.Zip(files).Take(moved))
                PutBack(name, file.Path);
            Delete([.. written, .. old.Skip(moved)]);
            throw new InvalidDataException($"{path}: can't be written: {e.Message}", e);
        }
        Delete(old);
        Try(() => Delete(files.SelectMany(file => LeftOvers(file.Path))));
    }

    static string TemporaryName(string path) =>
        Path.Combine(
            Path.GetDirectoryName(path)!,
            $".{Path.GetFileName(path)}.{Environment.ProcessId}.{Path.GetRandomFileName()}.tmp"
        );

    static void WriteNew(string temporary, string text, string target)
    {
        // A stranger's project may have links in it where the results belong. Elsewhere one writes on
        // purpose.
        var directory = Path.GetDirectoryName(Path.GetRelativePath(".", target));
        var isElsewhere = directory!.Split(Path.DirectorySeparatorChar)[0] == "..";
        while (!isElsewhere && !string.IsNullOrEmpty(directory))
        {
            if (new DirectoryInfo(directory).LinkTarget != null)
                throw new IOException(
                    $"the directory {directory} is a link; name one elsewhere with --output"
                );
            directory = Path.GetDirectoryName(directory);
        }
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(target))!);
        if (Directory.Exists(target))
            throw new IOException("it is a directory");
        var old = new FileInfo(target);
        var isFile = old.Exists && old.LinkTarget == null;
        if (isFile && old.IsReadOnly)
            throw new IOException("it is read-only");
        // A file or a link that somebody put there is not opened.
        using var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write);
        if (isFile && !OperatingSystem.IsWindows())
            File.SetUnixFileMode(stream.SafeFileHandle, old.UnixFileMode);
        stream.Write(new UTF8Encoding(false).GetBytes(text));
    }

    // What processes left that were killed while they wrote.
    static IEnumerable<string> LeftOvers(string path)
    {
        var directory = Path.GetDirectoryName(Path.GetFullPath(path))!;
        foreach (var file in Directory.GetFiles(directory, $".{Path.GetFileName(path)}.*.tmp"))
            // The name ends in the number of the process, eight letters, three letters, tmp.
            if (
                int.TryParse(Path.GetFileName(file).Split('.')[^4], out var writer)
                && Process.GetProcesses().All(running => running.Id != writer)
            )
                yield return file;
    }

    // Keeps the old file under another name; nobody sees it missing.
    static void Move(string written, string path, string old)
    {
        for (var attempt = 1; ; attempt++)
            try
            {
                if (new FileInfo(path).Exists)
                    File.Replace(written, path, old);
                else
                    File.Move(written, path, overwrite: true);
                return;
            }
            // Another process replaced the file at that very moment.
            catch (FileNotFoundException) when (attempt < 100) { }
    }

    // A file that did not exist has no old one.
    static void PutBack(string old, string path)
    {
        if (new FileInfo(old).Exists)
            Try(() => File.Move(old, path, overwrite: true));
        else
            Delete([path]);
    }

    static void Delete(IEnumerable<string> files)
    {
        foreach (var file in files)
            Try(() => File.Delete(file));
    }

    // As far as it can be done; what is left over does no harm.
    static void Try(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { }
    }

    /// <summary>A record as indented JSON, its names in snake_case.</summary>
    public static string Json<T>(T record)
    {
        var style = new JsonSerializerOptions
        {
            WriteIndented = true,
            NewLine = "\n",
            PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
            Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        };
        return JsonSerializer.Serialize(record, style) + "\n";
    }
}

/// <summary>A script's options. Its help names each at the beginning of a line.</summary>
public sealed class CommandLine
{
    readonly List<(string Name, string Value)> given = [];

    /// <summary>Reads <c>--option value</c> and <c>--option=value</c>.</summary>
    /// <exception cref="UsageException">An option is unknown or has no value.</exception>
    public CommandLine(IEnumerable<string> args, string help)
    {
        var options = help.Split('\n')
            .Select(line => line.Trim().Split(' ')[0])
            .Where(word => word.StartsWith("--"))
            .Distinct()
            .ToArray();
        var left = new Queue<string>(args);
        while (left.TryDequeue(out var word))
        {
            var parts = word.Split('=', 2);
            var name = parts[0];
            if (!options.Contains(name))
                throw new UsageException(
                    $"{name} is not an option; there is {(options.Length > 0 ? string.Join(", ", options) : "none")}"
                );
            var value = parts.ElementAtOrDefault(1);
            if (value == null)
                left.TryDequeue(out value);
            if (string.IsNullOrEmpty(value) || value.StartsWith("--"))
                throw new UsageException($"{name} needs a value");
            given.Add((name, value));
        }
    }

    /// <summary>All values of an option that may be given several times.</summary>
    public string[] All(string option) =>
        given.Where(pair => pair.Name == option).Select(pair => pair.Value).ToArray();

    /// <summary>The value of an option, or null where it is not given.</summary>
    public string? Optional(string option)
    {
        var values = All(option);
        if (values.Length > 1)
            throw new UsageException($"{option} is given twice");
        return values.FirstOrDefault();
    }

    /// <summary>The directory to write to: that of <c>--output</c>, else results.</summary>
    public string Output => Optional("--output") ?? "results";

    /// <summary>The value of an option.</summary>
    /// <exception cref="UsageException">It is not given, or twice.</exception>
    public string Required(string option) =>
        Optional(option) ?? throw new UsageException($"{option} is missing");
}

/// <summary>Rounding as the notebook's Python does it, and the shortest exact text.</summary>
public static class Numbers
{
    /// <summary>
    /// The text of a number with so many decimals, ties to even, decided on the exact value of the
    /// double: as Python's <c>round(x)</c> and <c>f"{x:.1f}"</c>. 6.5 is "6", 6.25 is "6.2".
    /// </summary>
    /// <exception cref="OverflowException">The number is beyond ±7.9e28.</exception>
    public static string Round(double number, int decimals)
    {
        // Twenty decimals hold every tie exactly, and show on which side the others lie.
        var exact = decimal.Parse(number.ToString("F20", Invariant), Invariant);
        var rounded = decimal.Round(exact, decimals, MidpointRounding.ToEven);
        return rounded.ToString("F" + decimals, Invariant);
    }

    /// <summary>
    /// The rounded number for a reader: "" for null, and with more decimals where a number above 0
    /// would be 0: "0.07".
    /// </summary>
    public static string Shown(double? number, int decimals)
    {
        if (number == null)
            return "";
        var isZero = Round(number.Value, decimals).All("0.".Contains);
        while (isZero && number > 0 && decimals < 15 && number * Math.Pow(10, decimals) < 1)
            decimals++;
        return Round(number.Value, decimals);
    }

    /// <summary>A wall time, or a median of wall times, exactly: "75", "74.5" (s).</summary>
    public static string Seconds(double wallTime) => Round(wallTime, wallTime % 1 == 0 ? 0 : 1);

    /// <summary>The whole number from 0 on that a text is, in digits only; null where it is none.</summary>
    public static long? Whole(string text) =>
        long.TryParse(text, NumberStyles.None, Invariant, out var number) ? number : null;

    /// <summary>The shortest text that reads back as the same number, with "." for the point.</summary>
    public static string Exact(double number) => number.ToString("R", Invariant);

    /// <summary>The number that a text is, with "." for the point.</summary>
    public static double Parse(string text) => double.Parse(text, Invariant);

    static CultureInfo Invariant => CultureInfo.InvariantCulture;
}

/// <summary>The numbers of repeated runs: the median counts, the range stands beside it.</summary>
/// <param name="Median">The middle number, or the mean of the two in the middle.</param>
/// <param name="N">How many numbers there are.</param>
public sealed record Spread(double Median, double Min, double Max, int N)
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

    /// <summary>The ratio of two medians with its range; null without either, or over zero.</summary>
    public static Spread? Ratio(Spread? one, Spread? other)
    {
        if (one == null || other == null || other.Min <= 0)
            return null;
        return new(
            one.Median / other.Median,
            one.Min / other.Max,
            one.Max / other.Min,
            Math.Min(one.N, other.N)
        );
    }

    /// <summary>"6.0", or with its range "6.0 (5.9 to 6.1)" where there are several numbers.</summary>
    public string Text(int decimals) => Text(number => Numbers.Shown(number, decimals));

    /// <summary>The same with numbers of another form.</summary>
    public string Text(Func<double, string> shown) =>
        Min < Max ? $"{shown(Median)} ({shown(Min)} to {shown(Max)})" : shown(Median);
}
