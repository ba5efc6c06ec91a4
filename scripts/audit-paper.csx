#!/usr/bin/env dotnet-script
#load "../shared/helpers.csx"
#nullable enable
using System.Text.RegularExpressions;

const string Help = """
    Sees to it that every number in the text of paper/*.tex is a macro of paper/results.tex, and none is
    typed by hand, in digits or as a word up to "twelve"; and that no macro is unused, undefined or XXXXX.
    """;
const string Results = "paper/results.tex";

// What may stand in the text in spite of its digits. Each has its reason.
string[] mayStand =
[
    "arXiv:2511.00164", // the name of a paper
    @"95\,\%", // which interval is meant: a definition, no result
];

// Commands whose argument is the name of something, not text.
const string Names =
    "input|InputIfFileExists|includegraphics|label|ref|eqref|autoref|cite|citep|citet|url|href"
    + "|bibliography|bibitem|author|affiliation|date";

// A length on paper, as TeX writes it, is no result: \vspace{2cm}, [width=0.5\textwidth].
const string Length = @"\d[\d.]*(pt|em|ex|mm|cm|in|\\\w+(width|height|skip))\b";

// In digits or words. "one" is missing, since it is a pronoun more often than a number.
const string Number =
    @"[\w.,]*\p{N}\w*"
    + @"|(?<!\\)\b(zero|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b";

// A macro is taken for one of the results by its beginning.
const string OfResults = @"^\\(boom|kowalski|kafka|kakfa|rubin|benchmark)\w";

return Script.Run(Args, Help, Main);

void Main(Options options)
{
    var values = Regex
        .Matches(File.ReadAllText(Results), @"\\newcommand\{(\\\w+)\}\{(.*)\}")
        .ToDictionary(macro => macro.Groups[1].Value, macro => macro.Groups[2].Value);
    var texts = Directory
        .GetFiles("paper", "*.tex", SearchOption.AllDirectories)
        .Select(file => file.Replace('\\', '/'))
        .Where(file => file != Results)
        .Order()
        .ToDictionary(file => file, file => WithoutComments(File.ReadAllText(file)));
    var used = texts.Values.SelectMany(Macros).ToHashSet();
    // What is XXXXX need not be used: its sentence goes.
    var unused = values.Where(x => x.Value != "XXXXX" && !used.Contains(x.Key));
    // render-tex writes the tables, and the numbers in a figure are axes and colours.
    var written = texts.Where(x => !Regex.IsMatch(x.Key, "/(figures|tables)/"));
    string[] faults =
    [
        .. unused.Select(x => $"{Results}: {x.Key} is not used in the paper"),
        .. written.SelectMany(x => FaultsOf(x.Key, x.Value, values)),
    ];
    foreach (var fault in faults.SkipLast(1))
        Script.Warn(fault);
    if (faults.Length > 0)
        throw new InvalidDataException(faults[^1]);
    var message = $"paper/main.tex: every number is one of the {values.Count} macros of {Results}";
    Console.WriteLine(message);
    Script.Write(("paper/audit.txt", $"{message}\n"));
}

// What is wrong in a file, line by line.
IEnumerable<string> FaultsOf(string file, string text, Dictionary<string, string> values)
{
    var own = Regex.Matches(text, @"\\newcommand\{(\\\w+)\}").Select(x => x.Groups[1].Value);
    var isText = !text.Contains(@"\title{"); // what stands before the title are settings
    foreach (var (i, line) in text.Split('\n').Index())
    {
        isText |= line.Contains(@"\title{");
        foreach (var number in isText ? NumbersIn(line) : [])
            yield return $"{file}:{i + 1}: {number} is typed by hand; expected a macro of {Results}";
        foreach (var macro in Macros(line).Except(own))
        {
            if (values.GetValueOrDefault(macro) == "XXXXX")
                yield return $"{file}:{i + 1}: {macro} is XXXXX";
            if (!values.ContainsKey(macro) && Regex.IsMatch(macro, OfResults))
                yield return $"{file}:{i + 1}: {macro} is not in {Results}";
        }
    }
}

IEnumerable<string> NumbersIn(string line)
{
    var text = mayStand.Aggregate(line, (text, words) => text.Replace(words, ""));
    text = Regex.Replace(text, $@"\\({Names})\*?(\[[^\]]*\])*\{{[^{{}}]*\}}", "");
    text = Regex.Replace(text, Length, "");
    return Regex.Matches(text, Number, RegexOptions.IgnoreCase).Select(number => number.Value);
}

// \boomfactor, but not the b of a line break, \\b.
IEnumerable<string> Macros(string text) =>
    Regex.Matches(text, @"\\(\\|[A-Za-z]+)").Select(macro => macro.Value);

// \% is no comment.
string WithoutComments(string tex) => Regex.Replace(tex, @"(?<!\\)%.*", "");
