using FsCheck;
using FsCheck.Fluent;

public class NumbersTests
{
    // What CPython 3 prints for f"{x:.1f}" and round(x).
    [Theory]
    [InlineData(6.25, 1, "6.2")]
    [InlineData(6.75, 1, "6.8")]
    [InlineData(6.35, 1, "6.3")] // The double is a little below 6.35.
    [InlineData(6.45, 1, "6.5")] // The double is a little above 6.45.
    [InlineData(6.04, 1, "6.0")]
    [InlineData(6.04, 0, "6")]
    [InlineData(6.5, 0, "6")]
    [InlineData(7.5, 0, "8")]
    [InlineData(0.5, 0, "0")]
    [InlineData(2.675, 2, "2.67")]
    [InlineData(1.005, 2, "1.00")]
    [InlineData(0.125, 2, "0.12")]
    [InlineData(1e-300, 1, "0.0")]
    [InlineData(1234567.25, 1, "1234567.2")]
    [InlineData(1e15, 1, "1000000000000000.0")]
    [InlineData(999999999999999.9, 0, "1000000000000000")]
    public void Rounds_ties_to_even_on_the_exact_value(
        double number,
        int decimals,
        string expected
    ) => Assert.Equal(expected, Numbers.Round(number, decimals));

    [Theory]
    [InlineData(6.04, 0, "6")]
    [InlineData(0.4, 0, "0.4")]
    [InlineData(0.5, 0, "0.5")]
    [InlineData(0.0667, 0, "0.07")]
    [InlineData(0.0094, 1, "0.009")]
    [InlineData(0.05, 1, "0.1")]
    [InlineData(0, 1, "0.0")]
    [InlineData(1e-300, 1, "0.000000000000000")]
    public void A_number_above_zero_is_not_rounded_to_zero(
        double number,
        int decimals,
        string expected
    ) => Assert.Equal(expected, Numbers.Shown(number, decimals));

    [Fact]
    public void What_is_null_is_blank() => Assert.Equal("", Numbers.Shown(null, 1));

    [Fact]
    public void The_exact_text_reads_back_as_the_same_number() =>
        Prop.ForAll<NormalFloat>(number =>
                double.Parse(
                    Numbers.Exact(number.Get),
                    System.Globalization.CultureInfo.InvariantCulture
                ) == number.Get
            )
            .QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(new[] { 75.0 }, 75)]
    [InlineData(new[] { 76.0, 74, 75 }, 75)]
    [InlineData(new[] { 77.0, 74, 75, 74 }, 74.5)]
    public void The_median_is_the_middle_or_the_mean_of_the_two_in_the_middle(
        double[] numbers,
        double expected
    ) =>
        Assert.Equal(
            new Spread(expected, numbers.Min(), numbers.Max(), numbers.Length),
            Spread.Of(numbers.Select(number => (double?)number))
        );

    [Fact]
    public void A_spread_is_that_of_the_numbers_there_are()
    {
        Assert.Equal(new Spread(2, 1, 3, 2), Spread.Of([3, null, 1]));
        Assert.Null(Spread.Of([null]));
        Assert.Null(Spread.Of([]));
    }

    [Fact]
    public void A_ratio_is_that_of_the_medians_with_the_range_that_it_can_have()
    {
        var one = new Spread(450, 440, 480, 3);
        var other = new Spread(75, 60, 80, 2);

        Assert.Equal(new Spread(6, 5.5, 8, 2), Spread.Ratio(one, other));
        Assert.Null(Spread.Ratio(null, other));
        Assert.Null(Spread.Ratio(one, null));
        Assert.Null(Spread.Ratio(one, other with { Min = 0 }));
    }

    [Fact]
    public void A_range_stands_beside_several_numbers_only()
    {
        Assert.Equal("6.2", new Spread(6.25, 6.25, 6.25, 1).Text(1));
        Assert.Equal("6.2 (5.9 to 6.5)", new Spread(6.25, 5.9, 6.45, 2).Text(1));
    }
}

public class TexTests
{
    [Theory]
    [InlineData("6.0", "6.0")]
    [InlineData("a_b 50% #1 $x$ {y} R&D", @"a\_b 50\% \#1 \$x\$ \{y\} R\&D")]
    [InlineData(@"~^\", @"\textasciitilde{}\textasciicircum{}\textbackslash{}")]
    [InlineData("a\nb\r\u2028\u0085c\0", "a b   c ")]
    [InlineData("^^5cinput{x}", @"\textasciicircum{}\textasciicircum{}5cinput\{x\}")]
    public void Text_is_escaped_for_tex(string text, string expected) =>
        Assert.Equal(expected, Tex.Escape(text));

    [Fact]
    public void A_macro_escapes_its_value() =>
        Assert.Equal(@"\newcommand{\share}{50\%}", Tex.Macro("share", "50%"));

    [Theory]
    [InlineData("")]
    [InlineData("a1")]
    [InlineData("a b")]
    [InlineData("a}")]
    [InlineData("é")]
    public void A_macro_has_letters_only(string name) =>
        Assert.Contains(
            name,
            Assert.Throws<InvalidDataException>(() => Tex.Macro(name, "1")).Message
        );

    [Fact]
    public void A_comment_is_one_line() =>
        Assert.Equal(@"% a \input{x}", Tex.Comment("a\n\\input{x}"));
}
