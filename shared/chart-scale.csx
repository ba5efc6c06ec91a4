// Where numbers lie on the axis of a chart.
#nullable enable

/// <summary>An axis with round numbers as ticks.</summary>
/// <param name="Step">The distance between two ticks: 1, 2 or 5 times a power of ten.</param>
public sealed record ChartScale(double From, double To, double Step)
{
    /// <summary>The axis with the smallest steps that holds both numbers, from a tick to a tick.</summary>
    /// <param name="mostSteps">How many steps it may have, two or more.</param>
    /// <param name="leastStep">1 for whole numbers, which have nothing between them.</param>
    public static ChartScale Of(double min, double max, int mostSteps, double leastStep = 0)
    {
        if (max <= min)
            max = min + 1;
        var power = Math.Pow(10, Math.Floor(Math.Log10((max - min) / mostSteps)));
        var step = new double[] { 1, 2, 5, 10, 20 }
            .Select(factor => Math.Max(factor * power, leastStep))
            .First(step => Math.Ceiling(max / step) - Math.Floor(min / step) <= mostSteps);
        return new(Math.Floor(min / step) * step, Math.Ceiling(max / step) * step, step);
    }

    /// <summary>The ticks on the axis, without 0.30000000000000004.</summary>
    public IEnumerable<double> Ticks =>
        Enumerable
            .Range(0, (int)Math.Floor((To - From) / Step + 1e-9) + 1)
            .Select(i => Math.Round(From + i * Step, 12));

    /// <summary>Where a number lies, in percent of the axis: "43.21".</summary>
    public string At(double number) => Numbers.Round(100 * (number - From) / (To - From), 2);

    /// <summary>The same from the other end: from the top of a picture.</summary>
    public string FromTop(double number) => Numbers.Round(100 * (To - number) / (To - From), 2);
}
