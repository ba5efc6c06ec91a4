#!/usr/bin/env dotnet-script
#r "nuget: CsvHelper, 33.0.1"
#r "nuget: YamlDotNet, 16.3.0"
#load "../shared/helpers.csx"

// Sees to it that every number in the paper comes from the results: results/audit.csv, the macros of
// paper/results.tex with their values and the lines of paper/main.tex that use them.
//
//     dotnet script scripts/audit-paper.csx
//
// It fails where a sentence holds a number typed by hand, and where a macro is unused, undefined or
// XXXXX.

using System.Text.RegularExpressions;

const string Paper = "paper/main.tex";
const string Macros = "paper/results.tex";

// Numbers that may stand in a sentence, each with its reason.
string[] exceptions =
[
    "arXiv:2511.00164", // the paper's own number
];

return Stage.Run(() =>
{
    new CommandLine(Args, "audit-paper.csx").NoWords();
    var values = Regex
        .Matches(Read(Macros), @"^\\newcommand\{\\(\w+)\}\{(.*)\}$", RegexOptions.Multiline)
        .ToDictionary(macro => macro.Groups[1].Value, macro => macro.Groups[2].Value);
    var text = BodyOf(Read(Paper));
    // A macro of the results begins as one of them does: boom…, kowalski…, rubin….
    var beginnings = values
        .Keys.Select(name => name[..Math.Min(4, name.Length)])
        .Distinct()
        .ToArray();
    var uses = Regex
        .Matches(text, @"\\([A-Za-z]+)")
        .ToLookup(use => use.Groups[1].Value, use => LineOf(text, use.Index));

    var faults = new List<string>();
    foreach (Match number in Regex.Matches(WithoutCommands(text), @"[\w.,:-]*\d[\w.,:-]*"))
        faults.Add($"{Paper}:{LineOf(text, number.Index)}: the number {number} is typed by hand");
    foreach (var use in uses.Where(use => !values.ContainsKey(use.Key)))
        if (beginnings.Any(beginning => use.Key.StartsWith(beginning, StringComparison.Ordinal)))
            faults.Add($"{Paper}:{use.First()}: \\{use.Key} is not defined in {Macros}");
    foreach (var (name, value) in values)
        if (!uses.Contains(name))
            faults.Add($"{Macros}: \\{name} is not used in {Paper}");
        else if (value == "XXXXX")
            faults.Add($"{Paper}:{uses[name].First()}: \\{name} is XXXXX");
    if (faults.Count > 0)
    {
        foreach (var fault in faults.SkipLast(1))
            Stage.Warn(fault);
        throw new InvalidDataException(faults.Last());
    }

    var table = new Table(["macro", "value", "lines"]);
    foreach (var (name, value) in values)
        table.Add(name, value, string.Join(" ", uses[name].Distinct()));
    table.Write("results/audit.csv");
    Console.WriteLine($"{Paper}: every number is one of the {values.Count} macros of {Macros}");
});

string Read(string file) =>
    File.Exists(file)
        ? File.ReadAllText(file).ReplaceLineEndings("\n")
        : throw new InvalidDataException($"{file} does not exist");

int LineOf(string text, int index) => text.AsSpan(0, index).Count('\n') + 1;

// The document without its preamble, its comments and the exceptions; blank in their place, so that
// the lines stay where they are.
string BodyOf(string paper)
{
    var begin = paper.IndexOf(@"\begin{document}", StringComparison.Ordinal);
    if (begin < 0)
        throw new InvalidDataException($"{Paper}: there is no \\begin{{document}}");
    var text = Blank(paper, new Regex(@"\A[\s\S]{" + begin + "}"));
    text = Blank(text, new Regex(@"(?<!\\)%.*"));
    return exceptions.Aggregate(
        text,
        (rest, exception) => Blank(rest, new Regex(Regex.Escape(exception)))
    );
}

// The sentences alone: no arguments that TeX does not print, no lengths in brackets, no commands.
string WithoutCommands(string text)
{
    text = Blank(
        text,
        new Regex(
            @"\\(label|ref|eqref|cite\w*|input|includegraphics|url|href|begin|end|[vh]space\*?)\s*(\[[^\]]*\])?\{[^}]*\}(\[[^\]]*\])?"
        )
    );
    return Blank(text, new Regex(@"\\[A-Za-z]+\*?(\[[^\]]*\])?"));
}

string Blank(string text, Regex regex) =>
    regex.Replace(text, match => Regex.Replace(match.Value, "[^\n]", " "));
