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
    [InlineData(1234567.25, 1, "1234567.2")]
    public void Rounds_ties_to_even_on_the_exact_value(
        double number,
        int decimals,
        string expected
    ) => Assert.Equal(expected, Numbers.Round(number, decimals));

    [Theory]
    [InlineData(new[] { 75.0 }, 75)]
    [InlineData(new[] { 76.0, 74, 75 }, 75)]
    [InlineData(new[] { 77.0, 74, 75, 74 }, 74.5)]
    public void The_median_is_the_middle_or_the_mean_of_the_two_in_the_middle(
        double[] numbers,
        double expected
    ) => Assert.Equal(expected, Numbers.Median(numbers));
}

public class TexTests
{
    [Theory]
    [InlineData("6.0", "6.0")]
    [InlineData("a_b 50% #1 $x$ {y} R&D", @"a\_b 50\% \#1 \$x\$ \{y\} R\&D")]
    [InlineData(@"~^\", @"\textasciitilde{}\textasciicircum{}\textbackslash{}")]
    public void Text_is_escaped_for_tex(string text, string expected) =>
        Assert.Equal(expected, Tex.Escape(text));

    [Fact]
    public void A_macro_escapes_its_value() =>
        Assert.Equal(@"\newcommand{\share}{50\%}", Tex.Macro("share", "50%"));
}
