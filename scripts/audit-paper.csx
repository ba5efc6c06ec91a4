#!/usr/bin/env dotnet-script
#load "../shared/helpers.csx"
#nullable enable

using System.Text.RegularExpressions;

const string Help = """
    Sees to it that every number in paper/*.tex is a macro of paper/results.tex, and none is typed by
    hand, in digits or as a word from "two" on; and that no macro is unused, undefined or XXXXX.
    """;

const string Paper = "paper/main.tex";
const string Results = "paper/results.tex";

// What may stand in the paper in spite of its number: A|B, with \ before a full stop.
const string MayStand = @"arXiv:2511\.00164|\\single\}\{1";

// A longer name that begins so is no command of TeX, but one of the results, misspelt or removed.
const string ResultName = @"^\\(boom|kowalski|kafka|kakfa|rubin|benchmark)[a-z]";

const string Number =
    @"[^][\s{}()\\~$&]*[\d¼½¾]([^][\s{}()\\~$&]*\w)?|\b((zero|two|three|four|five|six|seven|eight|nine"
    + "|ten|eleven|twelve|(twen|thir|fou?r|fif|six|seven|eigh|nine)(teen|ty|tie)|dozen|hundred"
    + "|thousand|million|billion|trillion)+(e?s|fold|ths?)?|(third|quarter|fifth|eighth|ninth|twelfth)s?"
    + @"|hal(f|ves|ved|ving)|twice|thrice|(doubl|tripl|quadrupl)(e|es|ed|ing|y)|XXXXX)\b";

// Commands whose options and arguments, of some two, are not printed as text.
const string Silent =
    @"documentclass|usepackage|input|include(graphics)?|label|(eq|page|auto|[cC])?ref|\w*cite\w*"
    + @"|date|[hv]space|definecolor(\{\w+\}){2}|\w*(color|setup)|geometry|linespread|parbox"
    + @"|cline|cmidrule(\(\w+\))?|begin\{(tabular|longtable\*?|array|minipage|subfigure)\}"
    + @"|((set|addto)(length|counter)|rule|resizebox|multi(column|row)|begin\{tabular[*x]\})\{[^{}]*\}";
const string Argument = @"\s*\{([^{}]|\{([^{}]|\{[^{}]*\})*\})*\}";
string[] notPrinted =
[
    $@"(?<!\w)({MayStand})(?!\w)",
    @"\\begin\{thebibliography\}[\s\S]*\\end\{thebibliography\}",
    $@"\\({Silent})\*?(\[[^][]*\])*{Argument}(\[[^][]*\])?",
    @"\\(author|affil|num|qty|unit|si|SI|begin\{\w+\*?\}|newcommand\{\\\w+\})(\[[^][]*\])+",
    @"\\(pdf\w+=|\w*penalty=?|tolerance=?|kern|[hv]skip|(array|baseline)stretch\}\{)\s*-?[\d.]+|#\d",
];

// What TeX does not read, and line breaks with their space. In an address, % begins no comment.
const string NotRead =
    @"\\(url|href)\{[^{}]*\}|(?<!\\)(\\\\)*%.*|\\\\\*?(\[[^][]*\])?|\\end\{document\}[\s\S]*";

return Script.Run(Args, Help, Main);

void Main(Options options)
{
    var files = Directory.GetFiles("paper", "*.tex", SearchOption.AllDirectories).Order();
    var texts = files.ToDictionary(file => file.Replace('\\', '/'), Read);
    texts.Remove(Results);
    var used = texts.Values.SelectMany(Names).ToHashSet();
    var values = new Dictionary<string, string>();
    var faults = new List<string>();
    foreach (var (i, line) in File.ReadAllLines(Results).Index())
        if (line.Split('{', '}') is [@"\newcommand", var name, _, var value, ..])
        {
            values[name] = value;
            if (!used.Contains(name))
                faults.Add($"{Results}:{i + 1}: {name} is not used in the paper");
        }
    // The numbers in figures are axes and colours, and render-tex writes the tables.
    foreach (var (file, text) in texts.Where(x => !Regex.IsMatch(x.Key, "/(figures|tables)/")))
        faults.AddRange(FaultsOf(file, text, values));
    foreach (var fault in faults.SkipLast(1))
        Script.Warn(fault);
    if (faults.Count > 0)
        throw new InvalidDataException(faults[^1]);
    var message = $"{Paper}: every number is one of the {values.Count} macros of {Results}";
    Console.WriteLine(message);
    Script.Write(("paper/audit.txt", $"{message}\n"));
}

IEnumerable<string> FaultsOf(string file, string text, Dictionary<string, string> values)
{
    var (lines, printed) = (text.Split('\n'), notPrinted.Aggregate(text, Blank).Split('\n'));
    for (var i = 0; i < lines.Length; i++)
    {
        foreach (Match number in Regex.Matches(printed[i], Number, RegexOptions.IgnoreCase))
            yield return $"{file}:{i + 1}: {number} is typed by hand; expected a macro of {Results}";
        foreach (var name in Names(lines[i]))
            if (!values.TryGetValue(name, out var value) && Regex.IsMatch(name, ResultName))
                yield return $"{file}:{i + 1}: {name} is not in {Results}";
            else if (value == "XXXXX")
                yield return $"{file}:{i + 1}: {name} is XXXXX";
    }
}

IEnumerable<string> Names(string text) => Regex.Matches(text, @"\\[A-Za-z]+").Select(x => x.Value);

string Read(string file) => Blank(File.ReadAllText(file), NotRead);

// What follows stays in its line.
string Blank(string text, string pattern) =>
    Regex.Replace(text, pattern, part => Regex.Replace(part.Value, @"[^\n]", " "));
