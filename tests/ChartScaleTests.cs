using System.Globalization;

public class ChartScaleTests
{
    static string TicksOf(ChartScale scale) =>
        string.Join(" ", scale.Ticks.Select(tick => tick.ToString(CultureInfo.InvariantCulture)));

    [Theory]
    [InlineData(0, 809.5, 6, "0 200 400 600 800 1000")]
    [InlineData(0, 1000, 5, "0 200 400 600 800 1000")]
    [InlineData(0, 1001, 5, "0 500 1000 1500")]
    [InlineData(0, 0.3, 3, "0 0.1 0.2 0.3")]
    [InlineData(-8.7, 6.8, 4, "-10 -5 0 5 10")]
    [InlineData(0, 0, 5, "0 0.2 0.4 0.6 0.8 1")]
    [InlineData(7, 7, 2, "7 7.5 8")]
    [InlineData(99, 101, 2, "99 100 101")]
    [InlineData(0, 1e12, 2, "0 500000000000 1000000000000")]
    public void An_axis_has_round_ticks_around_its_numbers(
        double min,
        double max,
        int mostSteps,
        string expected
    ) => Assert.Equal(expected, TicksOf(ChartScale.Of(min, max, mostSteps)));

    [Fact]
    public void Whole_numbers_have_no_ticks_between_them() =>
        Assert.Equal("0 1 2 3", TicksOf(ChartScale.Of(0, 3, 10, leastStep: 1)));

    [Fact]
    public void An_axis_that_is_cut_short_has_the_ticks_that_are_left() =>
        Assert.Equal("0 50 100 150 200", TicksOf(ChartScale.Of(0, 211, 5) with { To = 211 }));

    [Fact]
    public void A_number_lies_in_percent_of_the_axis()
    {
        var scale = ChartScale.Of(0, 6, 6);

        Assert.Equal(("0.00", "33.33", "100.00"), (scale.At(0), scale.At(2), scale.At(6)));
        Assert.Equal(
            ("100.00", "66.67", "0.00"),
            (scale.FromTop(0), scale.FromTop(2), scale.FromTop(6))
        );
    }

    [Fact]
    public void Every_axis_holds_its_numbers_with_no_more_steps_than_it_may_have()
    {
        var random = new Random(1);
        for (var i = 0; i < 10_000; i++)
        {
            var min = (random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-3, 6));
            var max = min + random.NextDouble() * Math.Pow(10, random.Next(-3, 6));
            var most = random.Next(2, 12);
            var scale = ChartScale.Of(min, max, most);

            Assert.True(scale.From <= min && max <= scale.To, $"{min} {max} {scale}");
            Assert.InRange((scale.To - scale.From) / scale.Step, 0.99, most + 0.01);
        }
    }
}
