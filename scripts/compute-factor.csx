#!/usr/bin/env dotnet-script
#r "nuget: CsvHelper, 33.1.0"
#r "nuget: MathNet.Numerics, 5.0.0"
#load "../shared/helpers.csx"
#load "../shared/runs.csx"
#load "../shared/statistics.csx"
#nullable enable
using System.Text.Json.Nodes;

const string Help = """
    BOOM's throughput factor over Kowalski, results/factor.json: the wall time of one configuration of
    Kowalski over that of one of BOOM, and the same from processing times. Of a configuration's runs
    (repetitions) the median counts. The 95 % interval comes from the noise of a run, over all
    repetitions of a system. It reads results/boom-runs.csv and results/kowalski-runs.csv.

      --boom NAME=VALUE,...      the values of the configuration's arguments; NAME= is a blank one
      --kowalski NAME=VALUE,...  the same
      --output DIR               the directory of factor.json [results]
    """;

return Script.Run(Args, Help, Main);

void Main(Options options)
{
    var boom = Read("boom", options);
    var kowalski = Read("kowalski", options);
    Configuration.CheckComparable(boom.Configuration, kowalski.Configuration);
    var factor = Factor("wall_time_s", kowalski, boom)!;
    // Without BOOM's idle tail.
    var processing = Factor("processing_time_s", kowalski, boom);
    Print(factor, kowalski, boom);
    var leftOut = boom.LeftOut.Concat(kowalski.LeftOut);
    var json = new JsonObject
    {
        ["boom_throughput_factor"] = factor.Value,
        ["boom_throughput_factor_low"] = factor.Low,
        ["boom_throughput_factor_high"] = factor.High,
        // Wall times are truncated; these are not.
        ["boom_throughput_factor_exact"] = Ratio("exact_wall_time_s", kowalski, boom),
        ["boom_processing_factor"] = processing?.Value,
        ["boom_processing_factor_low"] = processing?.Low,
        ["boom_processing_factor_high"] = processing?.High,
        // As many processors each in the place of as many workers.
        ["boom_factor_per_processor"] = Ratio("alerts_per_cpu_s", boom, kowalski),
        ["n_alerts"] = boom.Configuration.NAlerts,
        ["runs_left_out"] = Json.List(leftOut.Select(run => run.Directory)),
        ["boom"] = Fields(boom, kowalski),
        ["kowalski"] = Fields(kowalski, boom),
        ["made_from"] = Table.MadeFrom(),
    };
    Script.Write(($"{options.Output}/factor.json", Json.Text(json)));
}

// The one configuration that an option means, and all of the same kind, whose noise is pooled.
Reference Read(string system, Options options)
{
    if (options[$"--{system}"] == null)
        throw new UsageException($"--{system} is missing");
    var runs = Table.Runs(system);
    var chosen = Configuration.Chosen(system, runs, options);
    Configuration.CheckAlike(system, chosen.Select(one => one.Text));
    var reference = chosen[0];
    if (reference.Runs.Length == 0)
    {
        var problems = Script.Several(reference.AllRuns.Select(run => run.Problem));
        throw reference.AllRuns[0].Error($"{reference.Text} has no complete run: {problems}");
    }
    var kind = reference.KindsAndConditions;
    var alike = Configuration.Of(runs).Where(one => one.KindsAndConditions == kind);
    return new(system, reference, [.. alike]);
}

// The ratio of two configurations' times, of their medians, with the interval of their geometric means,
// around which the noise is known. Null where a run does not tell its time.
Estimate? Factor(string column, Reference one, Reference other)
{
    var times = one.Configuration.OverAllRuns(column);
    var timesOfOther = other.Configuration.OverAllRuns(column);
    if (times == null || timesOfOther == null)
        return null;
    var interval = Ratios.OfSystems(
        Repetitions.Of(one.Configuration.PositiveNumbers(column)),
        one.NoiseOf(column),
        Repetitions.Of(other.Configuration.PositiveNumbers(column)),
        other.NoiseOf(column)
    );
    var ratio = interval with { Value = times.Median / timesOfOther.Median };
    if (Statistics.IsOutside(ratio))
        Script.Warn(
            $"{ratio.Text(2)}, of {column}: medians are outside of the interval of means, so one run "
                + "is far from its repetitions"
        );
    return ratio;
}

// The ratio of two medians over the runs that tell a number.
double? Ratio(string column, Reference one, Reference other)
{
    var divisor = other.Configuration.OverRunsThatTellIt(column)?.Median;
    return divisor > 0 ? one.Configuration.OverRunsThatTellIt(column)?.Median / divisor : null;
}

void Print(Estimate factor, Reference kowalski, Reference boom)
{
    var (one, other) = (boom.Configuration, kowalski.Configuration);
    Console.WriteLine($"BOOM {Seconds(one.WallTimeS)} s for {one.Text}");
    Console.WriteLine($"Kowalski {Seconds(other.WallTimeS)} s for {other.Text}");
    var workers = InWords(one.NWorkers, other.NWorkers, "worker");
    var runs = InWords(one.Runs.Length, other.Runs.Length, "run");
    Console.WriteLine($"BOOM throughput factor: {factor.Text(1)} ({workers}, {runs})");
    PrintNoise("BOOM", boom, "Kowalski", kowalski);
    PrintNoise("Kowalski", kowalski, "BOOM", boom);
    var problems = one.AllRuns.Concat(other.AllRuns).Select(run => run.Problem);
    if (Script.Several(problems) is not "" and var several)
        Console.WriteLine($"  it might be another: {several}");
}

// What a reader has to know of the noise of a system's wall times.
void PrintNoise(string name, Reference reference, string otherName, Reference other)
{
    var noise = reference.NoiseOf("wall_time_s");
    if (noise.IsKnown && noise.Warning != null)
        Console.WriteLine($"  {name}: {noise.Warning}");
    if (!noise.IsKnown && other.NoiseOf("wall_time_s").IsKnown)
        Console.WriteLine($"  {name} is not repeated: its noise is taken to be {otherName}'s");
}

// Of an even number of runs the median may be half a second more.
string Seconds(Spread wallTime) => wallTime.Text(wallTime.Median % 1 == 0 ? 0 : 1);

// "7 workers each", "one run each", "7 and 8 workers".
string InWords(long boom, long kowalski, string noun)
{
    if (boom != kowalski)
        return $"{boom} and {kowalski} {noun}s";
    return boom == 1 ? $"one {noun} each" : $"{boom} {noun}s each";
}

// What the factor is made of: runs, medians over them (s, alerts/s, GiB), the noise of a wall time.
JsonObject Fields(Reference reference, Reference other)
{
    var one = reference.Configuration;
    var isOwn = reference.NoiseOf("wall_time_s").IsKnown;
    var noiseFrom = isOwn ? reference : other;
    var noise = noiseFrom.NoiseOf("wall_time_s");
    return new JsonObject
    {
        ["conditions"] = one.KindsAndConditions,
        ["configuration"] = Json.Object(one.Arguments),
        ["n_workers"] = one.NWorkers,
        ["n_alerts"] = one.NAlerts,
        ["runs"] = Json.List(one.Runs.Select(run => run.Directory)),
        ["wall_time_s"] = one.WallTimeS.ToJson(),
        ["alerts_per_s"] = one.AlertsPerS.ToJson(),
        ["sustained_alerts_per_s"] = one.OverRunsThatTellIt("sustained_alerts_per_s")?.ToJson(),
        ["processing_time_s"] = one.OverAllRuns("processing_time_s")?.ToJson(),
        ["idle_tail_s"] = one.OverAllRuns("idle_tail_s")?.ToJson(),
        ["peak_memory_gib"] = one.OverRunsThatTellIt("peak_memory_gib")?.ToJson(),
        ["mean_cpus"] = one.OverRunsThatTellIt("mean_cpus")?.ToJson(),
        ["alerts_per_cpu_s"] = one.OverRunsThatTellIt("alerts_per_cpu_s")?.ToJson(),
        ["noise"] = noise.IsKnown ? noise.Sd : null,
        ["degrees_of_freedom"] = noise.DegreesOfFreedom,
        ["noise_from"] = noise.IsKnown ? noiseFrom.System : null,
        ["doubts"] = Configuration.Doubts([one]),
    };
}

/// <summary>A configuration, and all of its system that are of the same kinds and conditions.</summary>
record Reference(string System, Configuration Configuration, Configuration[] Alike)
{
    public IEnumerable<Run> LeftOut => Configuration.AllRuns.Where(run => !run.Counts);

    public Noise NoiseOf(string column) =>
        Noise.Pooled(Alike.Select(one => Repetitions.Of(one.PositiveNumbers(column))));
}
