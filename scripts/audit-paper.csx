#!/usr/bin/env dotnet-script
#r "nuget: CsvHelper, 33.0.1"
#r "nuget: YamlDotNet, 16.3.0"
#load "../shared/helpers.csx"

// Sees to it that every number in the paper comes from the results: results/audit.csv, the macros of
// paper/results.tex with their values and the lines of paper/main.tex that use them.
//
//     dotnet script scripts/audit-paper.csx
//
// It fails where a sentence holds a number typed by hand, in digits or as a word from "two" on; where
// the paper defines a macro or inputs a file that the audit does not read; and where a macro is
// unused, undefined or XXXXX.

using System.Text.RegularExpressions;

const string Paper = "paper/main.tex";
const string Macros = "paper/results.tex";

// Numbers that may stand in a sentence, each with its reason.
string[] exceptions =
[
    "arXiv:2511.00164", // the paper's own number
];

const string Digits = @"[\w.,:-]*\d[\w.,:-]*";
const string Words =
    @"\b(two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|hundred|thousand|million|twice|half)\b";

// Commands whose arguments are no sentences, and those of which only the first is none.
const string Silent =
    "label|ref|eqref|pageref|autoref|[cC]ref|cite\\w*|input|includegraphics|begin|end|[vh]space|setlength"
    + "|bibliography\\w*|bibitem|rule|usepackage|documentclass";
const string SilentAtFirst = "href|resizebox|url";
const string Group = @"\{(?:[^{}]|\{[^{}]*\})*\}";

return Stage.Run(() =>
{
    new CommandLine(Args, "audit-paper.csx").NoWords();
    var values = Regex
        .Matches(Read(Macros), @"^\\newcommand\{\\(\w+)\}\{(.*)\}$", RegexOptions.Multiline)
        .ToDictionary(macro => macro.Groups[1].Value, macro => macro.Groups[2].Value);
    var source = WithoutComments(Read(Paper));
    var text = SentencesOf(source);
    // A macro of the results begins as one of them does: boom…, kowalski…, rubin….
    var beginnings = values
        .Keys.Select(name => name[..Math.Min(4, name.Length)])
        .Distinct()
        .ToArray();
    var uses = Regex
        .Matches(text, @"\\([A-Za-z]+)")
        .ToLookup(use => use.Groups[1].Value, use => LineOf(text, use.Index));

    var faults = new List<string>();
    foreach (
        Match number in Regex.Matches(
            WithoutCommands(text),
            $"{Digits}|{Words}|XXXXX",
            RegexOptions.IgnoreCase
        )
    )
        faults.Add($"{Paper}:{LineOf(text, number.Index)}: the number {number} is typed by hand");
    foreach (
        Match definition in Regex.Matches(source, @"\\(re|provide)?newcommand|\\(x|e|g)?def\b")
    )
        faults.Add(
            $"{Paper}:{LineOf(source, definition.Index)}: {definition} defines a macro, which only {Macros} may"
        );
    foreach (Match input in Regex.Matches(text, @"\\(?:input|include)\{([^}]*)\}"))
    {
        var file = $"paper/{input.Groups[1].Value.Replace(".tex", "")}.tex";
        var content = File.Exists(file) ? Read(file) : "";
        if (!content.StartsWith(Tex.Generated))
            faults.Add($"{Paper}:{LineOf(text, input.Index)}: {file} is not audited");
        else if (content.Contains("XXXXX"))
            faults.Add($"{Paper}:{LineOf(text, input.Index)}: {file} is XXXXX");
    }
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

// The title and the document, without exceptions; blank in their place, so that the lines stay where
// they are.
string SentencesOf(string text)
{
    var begin = text.IndexOf(@"\begin{document}", StringComparison.Ordinal);
    var end = text.IndexOf(@"\end{document}", StringComparison.Ordinal);
    if (begin < 0 || end < begin)
        throw new InvalidDataException(
            $"{Paper}: there is no \\begin{{document}} … \\end{{document}}"
        );
    var titles = Regex
        .Matches(text[..begin], @"\\(title|author|date)\b")
        .Select(title => title.Index);
    var preamble = Blank(text[..titles.Append(begin).Min()], new Regex(@"[\s\S]+"));
    text = preamble + text[preamble.Length..end];
    return exceptions.Aggregate(
        text,
        (rest, exception) => Blank(rest, new Regex(Regex.Escape(exception)))
    );
}

string WithoutComments(string text) => Blank(text, new Regex(@"(?<!\\)%.*"));

// The sentences alone: no commands, no arguments that TeX does not print, no lengths.
string WithoutCommands(string text)
{
    text = Blank(text, new Regex($@"\\(?:{Silent})\*?(?:\s*\[[^\]]*\]|\s*{Group})*"));
    text = Blank(text, new Regex($@"\\(?:{SilentAtFirst})\*?\s*{Group}"));
    return Blank(text, new Regex(@"\\\\(?:\[[^\]]*\])?|\\[A-Za-z]+"));
}

string Blank(string text, Regex regex) =>
    regex.Replace(text, match => Regex.Replace(match.Value, "[^\n]", " "));
