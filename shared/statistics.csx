// How sure a ratio of repeated runs is: the noise of a run, intervals, verdicts, what would be needed.
//
// Everything is done on logarithms, so that a ratio is a difference. Assumed is:
// - Runs are independent of one another: not all of one campaign on a busy afternoon.
// - The logarithm of a run's number scatters normally around the mean of its configuration.
// - It scatters alike in all configurations of a system. So the repetitions of all of them together
//   tell the noise of a run, and few of each are enough: that is what a sweep allows.
// Two campaigns of one system share this noise; two systems have each its own.
//
// Where it comes from (any textbook): the pooled-variance two-sample t interval; Bonferroni's correction
// where an interval stands for each of several configurations; the Welch-Satterthwaite degrees of
// freedom where two systems are compared. Quantiles of Student's t are those of MathNet.Numerics.
#nullable enable
using System.Globalization;
using MathNet.Numerics.Distributions;

/// <summary>Every threshold, and what all of them share.</summary>
public static class Statistics
{
    public const double Confidence = 0.95; // of an interval, of all of a campaign's at once
    public const double Power = 0.8; // the share of campaigns in which a difference "would be seen"
    public const int FewestRatios = 3; // whose scatter tells how sure their mean is
    public const int MostRuns = 100; // of each configuration that are asked for
    public const double WidestInterval = 1000; // over its ratio: a wider one tells nothing
    public const double Rounding = 1e-9; // ratios that differ by less are equal

    /// <summary>The quantile of Student's t distribution.</summary>
    public static double Quantile(double probability, double degreesOfFreedom) =>
        // With one degree of freedom it is Cauchy's: StudentT finds no quantile above 800.
        degreesOfFreedom == 1
            ? Cauchy.InvCDF(0, 1, probability)
            : StudentT.InvCDF(0, 1, degreesOfFreedom, probability);

    /// <summary>Half the width of a 95 % interval in standard deviations. It may be one of several that
    /// hold all at once.</summary>
    public static double TwoSided(double degreesOfFreedom, int nIntervals = 1) =>
        Quantile(1 - (1 - Confidence) / 2 / nIntervals, degreesOfFreedom);

    /// <summary>A ratio with its interval, from its logarithm and from half the width of the interval of
    /// that, which is null where nothing is known of it.</summary>
    public static Estimate Interval(double log, double? halfWidth) =>
        halfWidth <= Math.Log(WidestInterval)
            ? new(Exp(log), Exp(log - halfWidth.Value), Exp(log + halfWidth.Value))
            : new(Exp(log), null, null);

    /// <summary>The number of which that is the logarithm.</summary>
    public static double Exp(double log) => Rounded(Math.Exp(log));

    /// <summary>Twelve digits: in the last ones machines may differ, and 211 is not what its logarithm
    /// gives back.</summary>
    public static double Rounded(double number)
    {
        var text = number.ToString("G12", CultureInfo.InvariantCulture);
        return double.Parse(text, CultureInfo.InvariantCulture);
    }

    /// <summary>A difference of logarithms as a difference in percent: 0.0488 is 5 %.</summary>
    public static double Percent(double log) => 100 * (Math.Exp(log) - 1);

    /// <summary>Whether a number, of medians, is not within the interval of means around it.</summary>
    public static bool IsOutside(Estimate ratio) =>
        ratio.Value < ratio.Low * (1 - Rounding) || ratio.Value > ratio.High * (1 + Rounding);

    /// <summary>What a ratio of after over before means: "slower" or "faster" where its interval excludes
    /// 1 and it is beyond the tolerance, "alike" where all of its interval is within, else "not known".
    /// The tolerance of 5 % is from 1/1.05 to 1.05: times and throughputs have the same verdict.</summary>
    public static string Verdict(Estimate ratio, double tolerancePercent, bool moreIsBetter)
    {
        if (ratio is not { Low: { } low, High: { } high })
            return "not known";
        var tolerance = Math.Log(1 + tolerancePercent / 100) + Rounding;
        var excludesOne = low > 1 || high < 1;
        var isBeyond = Math.Abs(Math.Log(ratio.Value)) > tolerance;
        if (excludesOne && isBeyond)
            return ratio.Value > 1 == moreIsBetter ? "faster" : "slower";
        var isWithin = Math.Log(low) >= -tolerance && Math.Log(high) <= tolerance;
        return isWithin ? "alike" : "not known";
    }
}

/// <summary>The numbers of a configuration's runs: how many, and the mean of their logarithms, around
/// which they have a sum of squares. None by default.</summary>
public readonly record struct Repetitions(int N, double MeanLog, double SumOfSquares)
{
    /// <summary>Of numbers, all above 0.</summary>
    public static Repetitions Of(IEnumerable<double> numbers)
    {
        var logs = numbers.Select(number => Math.Log(number)).ToArray();
        if (logs.Length == 0)
            return default;
        var mean = logs.Average();
        return new(logs.Length, mean, logs.Sum(log => (log - mean) * (log - mean)));
    }

    /// <summary>Null of none.</summary>
    public double? GeometricMean => N == 0 ? null : Statistics.Exp(MeanLog);
}

/// <summary>The noise of a run: the standard deviation of the logarithm of its number, 0.03 for
/// 3 %.</summary>
/// <param name="DegreesOfFreedom">What it is known from; 0 where no configuration is repeated.</param>
public readonly record struct Noise(double Sd, int DegreesOfFreedom)
{
    /// <summary>Of all configurations together, each around its own mean.</summary>
    public static Noise Pooled(IEnumerable<Repetitions> configurations)
    {
        var repeated = configurations.Where(one => one.N > 1).ToArray();
        var degreesOfFreedom = repeated.Sum(one => one.N - 1);
        if (degreesOfFreedom == 0)
            return default;
        var variance = repeated.Sum(one => one.SumOfSquares) / degreesOfFreedom;
        // Equal numbers have equal logarithms, but for the rounding of their mean.
        var sd = Math.Sqrt(variance) < Statistics.Rounding ? 0 : Math.Sqrt(variance);
        return new(Statistics.Rounded(sd), degreesOfFreedom);
    }

    /// <summary>Whether any configuration is repeated.</summary>
    public bool IsKnown => DegreesOfFreedom > 0;

    /// <summary>What a reader has to know of it, or null.</summary>
    public string? Warning
    {
        get
        {
            if (!IsKnown)
                return "one run each, so that the noise of a run is not known";
            return Sd == 0 ? "repeated runs are equal: rounding may hide their noise" : null;
        }
    }

    /// <summary>Half the width of the interval of a difference of single runs, null where it is not known:
    /// that of means of <c>n</c> and <c>m</c> runs is √(1/n + 1/m) of it.</summary>
    public double? Reach(int nIntervals = 1) =>
        IsKnown ? Sd * Statistics.TwoSided(DegreesOfFreedom, nIntervals) : null;

    /// <summary>The difference of single runs that has a verdict in four of five campaigns
    /// (<see cref="Statistics.Power"/>), as <see cref="Reach"/>.</summary>
    public double? SmallestSeen(int nIntervals) =>
        IsKnown
            ? Reach(nIntervals) + Sd * Statistics.Quantile(Statistics.Power, DegreesOfFreedom)
            : null;

    /// <summary>How many runs of each configuration a campaign needs, so that a difference would be
    /// seen; null where more than <see cref="Statistics.MostRuns"/>.</summary>
    public int? RunsNeeded(double percent, int nConfigurations)
    {
        var difference = Math.Log(1 + percent / 100);
        for (var n = 2; n <= Statistics.MostRuns; n++)
        {
            var noise = this with { DegreesOfFreedom = 2 * nConfigurations * (n - 1) };
            if (noise.SmallestSeen(nConfigurations) * Math.Sqrt(2.0 / n) <= difference)
                return n;
        }
        return null;
    }
}

/// <summary>The runs of a configuration in two campaigns, or in two systems.</summary>
public readonly record struct BeforeAfter(Repetitions Before, Repetitions After)
{
    /// <summary>Whether there are runs on both sides.</summary>
    public bool IsInBoth => Before.N > 0 && After.N > 0;

    /// <summary>After over before.</summary>
    public double LogRatio => After.MeanLog - Before.MeanLog;

    /// <summary>The variance of the ratio's logarithm, over that of a run.</summary>
    public double Variance => 1.0 / Before.N + 1.0 / After.N;
}

/// <summary>Ratios with 95 % intervals.</summary>
public static class Ratios
{
    /// <summary>The ratio of each configuration, null of one that is not in both campaigns. The intervals
    /// hold for all at once.</summary>
    public static Estimate?[] OfConfigurations(BeforeAfter[] configurations, Noise noise)
    {
        var reach = noise.Reach(Math.Max(1, configurations.Count(one => one.IsInBoth)));
        return [.. configurations.Select(RatioOf)];

        Estimate? RatioOf(BeforeAfter one) =>
            one.IsInBoth
                ? Statistics.Interval(one.LogRatio, reach * Math.Sqrt(one.Variance))
                : null;
    }

    /// <summary>The geometric mean of the ratios of configurations that are in both campaigns, its interval
    /// from the noise.</summary>
    public static Estimate OfCampaign(BeforeAfter[] configurations, Noise noise)
    {
        var variance = configurations.Sum(one => one.Variance);
        return Statistics.Interval(
            configurations.Average(one => one.LogRatio),
            noise.Reach() * Math.Sqrt(variance) / configurations.Length
        );
    }

    /// <summary>The same where nothing is repeated, its interval from how the ratios scatter over the
    /// configurations: what changes some of them only counts as noise.</summary>
    public static Estimate OfCampaignByScatter(BeforeAfter[] configurations)
    {
        var n = configurations.Length;
        var mean = configurations.Average(one => one.LogRatio);
        if (n < Statistics.FewestRatios)
            return Statistics.Interval(mean, null);
        var sumOfSquares = configurations.Sum(one => Math.Pow(one.LogRatio - mean, 2));
        var standardError = Math.Sqrt(sumOfSquares / (n - 1) / n);
        return Statistics.Interval(mean, standardError * Statistics.TwoSided(n - 1));
    }

    /// <summary>The ratio of a configuration of one system over that of another. Where only one of them
    /// has repetitions, its noise is taken for both; where none has, there is no interval.</summary>
    public static Estimate OfSystems(
        Repetitions one,
        Noise noiseOfOne,
        Repetitions other,
        Noise noiseOfOther
    )
    {
        var ratio = new BeforeAfter(other, one);
        var areBothKnown = noiseOfOne.IsKnown && noiseOfOther.IsKnown;
        if (!areBothKnown)
        {
            var known = noiseOfOne.IsKnown ? noiseOfOne : noiseOfOther;
            return Statistics.Interval(ratio.LogRatio, known.Reach() * Math.Sqrt(ratio.Variance));
        }
        var variance = noiseOfOne.Sd * noiseOfOne.Sd / one.N;
        var varianceOfOther = noiseOfOther.Sd * noiseOfOther.Sd / other.N;
        var sum = variance + varianceOfOther;
        if (sum == 0)
            return Statistics.Interval(ratio.LogRatio, 0);
        // Welch and Satterthwaite.
        var degreesOfFreedom =
            sum
            * sum
            / (
                variance * variance / noiseOfOne.DegreesOfFreedom
                + varianceOfOther * varianceOfOther / noiseOfOther.DegreesOfFreedom
            );
        var halfWidth = Math.Sqrt(sum) * Statistics.TwoSided(degreesOfFreedom);
        return Statistics.Interval(ratio.LogRatio, halfWidth);
    }
}
