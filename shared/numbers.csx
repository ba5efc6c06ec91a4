// Numbers: rounding, medians, and what TeX makes of them.
#nullable enable
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

/// <summary>Rounding as the notebook's Python does it, and the median of repeated runs.</summary>
public static class Numbers
{
    /// <summary>
    /// The text of a number with so many decimals, ties to even, decided on the exact value of the
    /// double: as Python's <c>round(x)</c> and <c>f"{x:.1f}"</c>. 6.5 is "6", 6.25 is "6.2".
    /// </summary>
    /// <exception cref="OverflowException">The number is beyond ±7.9e28.</exception>
    public static string Round(double number, int decimals) =>
        // Twenty decimals hold every tie exactly, and show on which side the others lie.
        decimal.Round(
                decimal.Parse(number.ToString("F20", Invariant), Invariant),
                decimals,
                MidpointRounding.ToEven
            )
            .ToString("F" + decimals, Invariant);

    /// <summary>The shortest text that reads back as the same number, with "." for the point.</summary>
    public static string Exact(double number) => number.ToString("R", Invariant);

    /// <summary>All the digits of the number, with "." for the point.</summary>
    public static string Exact(decimal number) =>
        number.ToString("0.############################", Invariant);

    /// <summary>The middle number, or the mean of the two in the middle. Needs at least one.</summary>
    public static double Median(IEnumerable<double> numbers)
    {
        var sorted = numbers.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    static CultureInfo Invariant => CultureInfo.InvariantCulture;
}

/// <summary>Text for TeX.</summary>
public static class Tex
{
    /// <summary>The first line of every file that a script writes for the paper.</summary>
    public const string Generated =
        "% This file was automatically generated; edits will be overwritten!";

    /// <summary>A line that defines a macro; the value is escaped.</summary>
    /// <param name="name">The macro's name without the backslash: letters only.</param>
    public static string Macro(string name, string value) =>
        $@"\newcommand{{\{name}}}{{{Escape(value)}}}";

    /// <summary>The text as TeX prints it literally.</summary>
    public static string Escape(string text)
    {
        var escaped = new StringBuilder();
        foreach (var character in text)
            escaped.Append(
                character switch
                {
                    '\\' => @"\textbackslash{}",
                    '~' => @"\textasciitilde{}",
                    '^' => @"\textasciicircum{}",
                    '#' or '$' or '%' or '&' or '_' or '{' or '}' => @"\" + character,
                    _ => character.ToString(),
                }
            );
        return escaped.ToString();
    }
}
