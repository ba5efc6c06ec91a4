// Text for TeX.
#nullable enable

/// <summary>What the scripts write for the paper.</summary>
public static class Tex
{
    /// <summary>The first line of every file that a script writes for the paper.</summary>
    public const string Generated =
        "% This file was automatically generated; edits will be overwritten!";

    /// <summary>A line that defines a macro; the value is escaped.</summary>
    /// <param name="name">The macro's name without the backslash.</param>
    /// <exception cref="InvalidDataException">The name has other characters than letters.</exception>
    public static string Macro(string name, string value) =>
        name.Length > 0 && name.All(char.IsAsciiLetter)
            ? $@"\newcommand{{\{name}}}{{{Escape(value)}}}"
            : throw new InvalidDataException($@"\{name}: a macro's name has letters only");

    /// <summary>A comment of one line.</summary>
    public static string Comment(string text) => $"% {Screen.OneLine(text)}";

    /// <summary>The text as TeX prints it literally, in one line.</summary>
    public static string Escape(string text) => string.Concat(Screen.OneLine(text).Select(Escape));

    static string Escape(char character) =>
        character switch
        {
            '\\' => @"\textbackslash{}",
            '~' => @"\textasciitilde{}",
            '^' => @"\textasciicircum{}",
            '#' or '$' or '%' or '&' or '_' or '{' or '}' => @"\" + character,
            _ => character.ToString(),
        };
}
