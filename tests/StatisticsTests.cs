using static System.Math;

/// <summary>
/// The noise of a run, and ratios with intervals. Numbers "of scipy" are those of scipy 1.10.1's t
/// distribution (stats.t.ppf) in the formulas of the comment beside them.
/// </summary>
public class StatisticsTests
{
    static Repetitions Runs(params double[] numbers) => Repetitions.Of(numbers);

    static BeforeAfter Pair(double[] before, double[] after) => new(Runs(before), Runs(after));

    // Of scipy, and of any table of the distribution.
    [Theory]
    [InlineData(0.975, 1, 12.706204736432095)]
    [InlineData(0.975, 4, 2.7764451051977987)]
    [InlineData(0.975, 2.37, 3.7189208398147837)] // as of Welch and Satterthwaite
    [InlineData(0.9986111111111111, 36, 3.2117638129819075)] // of 18 configurations
    [InlineData(0.999999375, 1, 509295.8179126929)] // of 40,000
    public void A_quantile_is_that_of_the_tables(double probability, double freedom, double t) =>
        Assert.Equal(1, Statistics.Quantile(probability, freedom) / t, 1e-8);

    // log 1.1 on either side of log 110: two squares of 0.0953, mean 4.7005.
    [Fact]
    public void Repetitions_have_a_geometric_mean_and_scatter_around_it()
    {
        var runs = Runs(100, 121, 110);

        Assert.Equal((3, 110), (runs.N, runs.GeometricMean));
        Assert.Equal(2 * Pow(Log(1.1), 2), runs.SumOfSquares, 1e-12);
        Assert.Equal((0, null), (Runs().N, Runs().GeometricMean));
    }

    // Sums of squares 2 · 0.0953² and 0.0953²/2, of 2 + 1 degrees of freedom; one run tells nothing.
    [Fact]
    public void The_noise_is_pooled_over_all_that_is_repeated()
    {
        var noise = Noise.Pooled([Runs(100, 110, 121), Runs(121, 110), Runs(50), default]);

        Assert.Equal(Sqrt(2.5 / 3) * Log(1.1), noise.Sd, 1e-12);
        Assert.Equal((3, true, null), (noise.DegreesOfFreedom, noise.IsKnown, noise.Warning));
    }

    [Fact]
    public void Of_one_run_each_the_noise_is_not_known()
    {
        var noise = Noise.Pooled([Runs(100), Runs(50)]);

        Assert.Equal((false, 0), (noise.IsKnown, noise.DegreesOfFreedom));
        Assert.Equal("one run each, so that the noise of a run is not known", noise.Warning);
        Assert.Equal((null, null), (noise.Reach(), noise.SmallestSeen(1)));
    }

    // The mean of three equal logarithms is not always the same as each of them.
    [Fact]
    public void Equal_runs_have_no_noise_and_a_warning()
    {
        var noise = Noise.Pooled([Runs(74.3, 74.3, 74.3), Runs(0.1, 0.1, 0.1)]);

        Assert.Equal((0, 4), (noise.Sd, noise.DegreesOfFreedom));
        Assert.Equal("repeated runs are equal: rounding may hide their noise", noise.Warning);
    }

    // The noise is 0.08700589239783714 with 3 degrees of freedom. Of scipy, with m = 2 configurations
    // exp(log ratio ± t(1 - 0.025/m, 3) · noise · √(1/3 + 1/2)), and √(1/1 + 1/1).
    [Fact]
    public void A_configuration_may_have_unlike_numbers_of_runs_or_one()
    {
        BeforeAfter[] both = [Pair([100, 110, 121], [121, 110]), Pair([50], [60]), Pair([], [9])];
        var noise = Noise.Pooled([.. both.Select(x => x.Before), .. both.Select(x => x.After)]);

        var ratios = Ratios.OfConfigurations(both, noise);

        AssertNear(1.0488088481701519, 0.7527163494911981, 1.4613738637981635, ratios[0]);
        AssertNear(1.2, 0.7177888671013002, 2.0061609562366964, ratios[1]);
        Assert.Null(ratios[2]); // and no interval has to hold for it
    }

    // The same: exp(mean ± t(0.975, 3) · noise · √(1/3 + 1/2 + 2) / 2).
    [Fact]
    public void The_campaign_is_the_geometric_mean_of_its_configurations()
    {
        BeforeAfter[] both = [Pair([100, 110, 121], [121, 110]), Pair([50], [60])];
        var noise = Noise.Pooled([.. both.Select(x => x.Before), .. both.Select(x => x.After)]);

        var ratio = Ratios.OfCampaign(both, noise);

        AssertNear(1.1218603379227658, 0.8886510259333426, 1.4162709332184884, ratio);
    }

    [Fact]
    public void Without_repetitions_configurations_have_no_interval() =>
        Assert.Equal(
            new Estimate(1.2, null, null),
            Ratios.OfConfigurations([Pair([50], [60])], Noise.Pooled([Runs(50), Runs(60)]))[0]
        );

    // Of scipy: exp(mean ± t(0.975, 2) · sd / √3), of the logarithms of 1.1, 1.2 and 1.
    [Fact]
    public void Without_repetitions_a_campaign_is_as_sure_as_its_ratios_are_alike() =>
        AssertNear(
            1.0969613104865237,
            0.8745986371521076,
            1.3758586688662229,
            Ratios.OfCampaignByScatter([Pair([100], [110]), Pair([50], [60]), Pair([70], [70])])
        );

    [Fact]
    public void Of_two_ratios_the_scatter_tells_nothing() =>
        Assert.Equal(
            new Estimate(1.1, null, null),
            Ratios.OfCampaignByScatter([Pair([100], [110]), Pair([50], [55])])
        );

    // Of scipy: v = sd²/n of 0.06739447445574717 over 2 and 0.058900017729931683 over 3 runs, degrees of
    // freedom (v₁ + v₂)² / (v₁²/1 + v₂²/2) = 2.016293747327911, exp(log ratio ± t(0.975) · √(v₁ + v₂)).
    [Fact]
    public void Of_two_systems_each_has_its_own_noise()
    {
        var (one, other) = (Runs(500, 550), Runs(80, 90, 85));

        var ratio = Ratios.OfSystems(one, Noise.Pooled([one]), other, Noise.Pooled([other]));

        AssertNear(6.176596147224066, 4.8105578538974285, 7.930543842227042, ratio);
    }

    // Of scipy: the noise of 100 and 121 is 0.13478894891149498, with one degree of freedom; of 2 and 1
    // runs exp(log 6 ± t(0.975, 1) · noise · √(1/2 + 1)).
    [Fact]
    public void A_system_without_repetitions_borrows_the_noise_of_the_other()
    {
        var (one, other) = (Runs(660), Runs(100, 121));

        var ratio = Ratios.OfSystems(one, Noise.Pooled([one]), other, Noise.Pooled([other]));
        var inverse = Ratios.OfSystems(other, Noise.Pooled([other]), one, Noise.Pooled([one]));

        AssertNear(6, 0.7365286379040609, 48.87793650827375, ratio);
        AssertNear(1 / 6.0, 1 / 48.87793650827375, 1 / 0.7365286379040609, inverse);
    }

    [Fact]
    public void Of_two_systems_without_repetitions_there_is_no_interval() =>
        Assert.Equal(
            new Estimate(6, null, null),
            Ratios.OfSystems(Runs(600), default, Runs(100), default)
        );

    [Fact]
    public void Of_two_systems_whose_runs_are_equal_the_interval_has_no_width()
    {
        var (one, other) = (Runs(600, 600), Runs(100, 100));

        var ratio = Ratios.OfSystems(one, Noise.Pooled([one]), other, Noise.Pooled([other]));

        Assert.Equal(new Estimate(6, 6, 6), ratio);
    }

    // One degree of freedom for 1,000 configurations: a factor of e^(12,732 · 0.1 · √2) either way.
    [Fact]
    public void An_interval_that_tells_nothing_is_left_out()
    {
        var all = Enumerable.Repeat(Pair([1], [1]), 1000).ToArray();

        Assert.Equal(
            new Estimate(1, null, null),
            Ratios.OfConfigurations(all, new Noise(0.1, 1))[0]
        );
    }

    [Theory]
    [InlineData(1.1, 1.02, 1.2, "slower")]
    [InlineData(1 / 1.1, 1 / 1.2, 1 / 1.02, "faster")]
    [InlineData(1.1, 0.99, 1.2, "not known")] // 1 is in the interval
    [InlineData(1.04, 1.03, 1.06, "not known")] // surely slower, but less than the tolerance?
    [InlineData(1.04, 1.03, 1.05, "alike")]
    [InlineData(1, 0.96, 1.04, "alike")]
    [InlineData(1, 0.95, 1.04, "not known")] // The tolerance ends at 1/1.05, 0.952.
    [InlineData(1.05, 1.05, 1.05, "alike")] // no noise, and not beyond 5 %
    [InlineData(1.051, 1.051, 1.051, "slower")]
    [InlineData(1 / 1.051, 1 / 1.051, 1 / 1.051, "faster")]
    [InlineData(1.5, null, null, "not known")]
    public void A_verdict_needs_the_interval_and_the_tolerance(
        double ratio,
        double? low,
        double? high,
        string verdict
    )
    {
        Assert.Equal(verdict, Statistics.Verdict(new(ratio, low, high), 5, false));
        // A throughput is the inverse of a time, and has the same verdict.
        var throughput = new Estimate(1 / ratio, 1 / high, 1 / low);
        Assert.Equal(verdict, Statistics.Verdict(throughput, 5, true));
    }

    [Theory]
    [InlineData(1, 1, 1, "alike")]
    [InlineData(1.001, 1.0005, 1.002, "slower")]
    public void Without_a_tolerance_the_interval_alone_decides(
        double ratio,
        double low,
        double high,
        string verdict
    ) => Assert.Equal(verdict, Statistics.Verdict(new(ratio, low, high), 0, false));

    // Of scipy: (t(1 - 0.025/18, 36) + t(0.8, 36)) · 0.03 is 0.12190…, that of the difference of two
    // means of two runs √(1/2 + 1/2) of it: 13 %.
    [Fact]
    public void The_smallest_difference_that_would_be_seen_has_a_verdict_in_four_of_five_campaigns() =>
        Assert.Equal(0.1219, new Noise(0.03, 36).SmallestSeen(18)!.Value, 1e-4);

    // The same with 36 (n - 1) degrees of freedom and √(2/n), which is at most log 1.05 from 12 on.
    [Theory]
    [InlineData(0.03, 5, 12)]
    [InlineData(0.03, 30, 2)]
    [InlineData(0.2, 5, null)] // more than 100
    public void More_noise_needs_more_runs(double sd, double percent, int? needed) =>
        Assert.Equal(needed, new Noise(sd, 36).RunsNeeded(percent, 18));

    [Theory]
    [InlineData(6.0, 5.9, 6.1, false)]
    [InlineData(6.0, 6.0, 6.0, false)]
    [InlineData(5.8, 5.9, 6.1, true)]
    [InlineData(6.2, 5.9, 6.1, true)]
    [InlineData(6.0, null, null, false)]
    public void Medians_may_be_outside_of_the_interval_of_means(
        double ratio,
        double? low,
        double? high,
        bool isOutside
    ) => Assert.Equal(isOutside, Statistics.IsOutside(new(ratio, low, high)));

    static void AssertNear(double ratio, double low, double high, Estimate? actual)
    {
        Assert.Equal(ratio, actual!.Value, 1e-9);
        Assert.Equal(low, actual.Low!.Value, 1e-9);
        Assert.Equal(high, actual.High!.Value, 1e-6);
    }
}
