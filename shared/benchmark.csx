// The runs of a system, with what the other stages made of them.
#nullable enable
using System.Globalization;
using CsvHelper;

/// <summary>A system and its runs.</summary>
/// <param name="Key">"boom", as in the names of files.</param>
/// <param name="Name">"BOOM", for readers.</param>
/// <param name="Scaling">The configurations that compute-scaling compares; true is the best of its number of workers.</param>
/// <param name="Reference">The text of the configuration that the throughput factor is of, or "".</param>
public sealed record Benchmark(
    string Key,
    string Name,
    BenchmarkRun[] Runs,
    IReadOnlyDictionary<string, bool> Scaling,
    string Reference
)
{
    /// <summary>Reads a system's runs and what compute-scaling and compute-factor made of them.</summary>
    /// <exception cref="InvalidDataException">A table can't be read, or they do not belong together.</exception>
    public static Benchmark Read(
        string key,
        string name,
        string table,
        string scaling,
        JsonFile factor
    )
    {
        var reference = Configuration.TextOf(factor.Texts($"{key}.configuration"));
        var runs = RunsTable.Read(key, table);
        var system = new Benchmark(key, name, runs, ReadScaling(key, scaling), reference);
        return system.Compared.Length > 0
            ? system
            : throw new InvalidDataException(
                $"{scaling}: has no complete run of {table}; first run compute-scaling"
            );
    }

    static Dictionary<string, bool> ReadScaling(string system, string path)
    {
        using var text = new StringReader(
            DataFile.ReadText(path, advice: "; first run compute-scaling")
        );
        using var csv = new CsvReader(text, CultureInfo.InvariantCulture);
        var best = new Dictionary<string, bool>();
        try
        {
            csv.Read();
            csv.ReadHeader();
            while (csv.Read())
                if (csv["system"] == system)
                    best[csv["configuration"]!] = csv["best"] is "true" or "false"
                        ? csv["best"] == "true"
                        : throw new InvalidDataException(
                            $"{path}:{csv.Parser.RawRow}: best is \"{csv["best"]}\", expected true or false"
                        );
            return best;
        }
        catch (CsvHelperException e)
        {
            var place = $"{path}:{csv.Parser.RawRow}";
            throw new InvalidDataException($"{place}: is not what compute-scaling writes", e);
        }
    }

    /// <summary>The configurations with a run that counts.</summary>
    public Configuration[] Configurations { get; } =
        Configuration.Of(Runs).Where(one => one.Runs.Count > 0).ToArray();

    /// <summary>Those of them that compute-scaling compares.</summary>
    public Configuration[] Compared =>
        Configurations.Where(one => Scaling.ContainsKey(one.Text)).ToArray();

    /// <summary>The best of each number of workers, by that number.</summary>
    public Configuration[] Best =>
        Compared.Where(one => Scaling[one.Text]).OrderBy(one => one.NWorkers).ToArray();

    /// <summary>The columns of its table of runs, but for the arguments.</summary>
    public Column[] Facts { get; } = Column.Of(Key);

    /// <summary>The names of its arguments, but for <c>repetition</c>.</summary>
    public IEnumerable<string> Arguments => Configurations[0].Arguments.Keys;
}
