#!/usr/bin/env dotnet-script
#load "../shared/helpers.csx"
#load "../shared/screen.csx"
#load "../shared/files.csx"
#load "../shared/tex.csx"
#nullable enable
using System.Text.RegularExpressions;

const string Help = """
    Sees to it that every number in the paper is a macro of paper/results.tex. It fails where
    paper/main.tex holds a number typed by hand, in digits or as a word from "two" on, a command that
    the audit does not know, or a file that render-tex did not write; and where a macro is unused,
    undefined or XXXXX. It writes nothing.

    usage: dotnet script scripts/audit-paper.csx
    """;

const string Paper = "paper/main.tex";
const string Macros = "paper/results.tex";

// What may stand in the paper in spite of its number, each with its reason.
string[] exceptions =
[
    "arXiv:2511.00164", // the paper's own number
    @"\pdfinfoomitdate=1", // switches of TeX, for the same bytes each time
    @"\pdfsuppressptexinfo=-1",
];

// A command's arguments. What is hidden is no text; all else is, as are @{…} and >{…} in columns.
const string Argument = @"[ \t\0]*(?<hidden>\{(?>[^{}\\]+|\\[\s\S]|\{(?>[^{}\\]+|\\[\s\S])*\})*\})";
const string Option = @"(\0*(?<hidden>\[[^][]*\]))?";
const string Note = @"(\0*\[[^][]*\])?";
const string Braced = @"\{(?>[^{}]|\{(?>[^{}]|\{(?>[^{}]|\{[^{}]*\})*\})*\})*\}";
const string OneColumn =
    $@"[@!<>][ \t\0]*({Braced}|[^{{}}])|(?<hidden>[A-Za-z](\{{[^{{}}]*\}})+|S\[[^][]*\]|\*\{{[0-9]+\}})|[^{{}}@!<>]";
const string Columns = $@"[ \t\0]*\{{(?>{OneColumn}|\{{(?>{OneColumn}|{Braced})*\}})*\}}";

// The commands that the paper may use, by their arguments. A command belongs here if it defines
// nothing and prints no number of its own.
var namesByArguments = new Dictionary<string, string>
{
    [""] = """
        title author date maketitle thanks section subsection subsubsection paragraph appendix item
        caption footnote centering raggedright noindent par textbf textit texttt textsc emph text
        small footnotesize textwidth linewidth columnwidth textheight tabcolsep parindent parskip
        quad qquad fill clearpage newpage newline dots ldots LaTeX TeX hline toprule midrule bottomrule
        times approx sim pm cdot le leq ge geq ll gg to frac sqrt mathrm left right
        SI si num qty unit second minute hour byte kilo mega giga kibi mebi gibi per percent
        - / , ; : ! @ % & # $ _ { } ( ) [ ] ' ` " ~ = . c ss
        begin{document} begin{abstract} begin{center} begin{quote} begin{itemize} begin{enumerate}
        begin{description} begin{equation} begin{equation*} begin{align} begin{align*}
        """,
    [Option] = @"\ begin{figure} begin{figure*} begin{table} begin{table*}",
    [Argument] = """
        end input label ref eqref pageref autoref cref Cref vspace hspace url href captionof
        bibliography bibliographystyle pdftrailerid
        """,
    [Argument + Argument] = "setlength resizebox",
    [Argument + Columns] = "multicolumn",
    [Option + Argument] = "includegraphics",
    [Option + Columns] = "begin{tabular} begin{longtable} begin{longtable*}",
    [Option + Argument + Option] = "documentclass usepackage",
    [Option + Argument + Argument] = "rule",
    [Argument + Option + Columns] = "begin{tabular*}",
    [Option + Option + Option + Argument] = "parbox begin{minipage}",
    [Note + Note + Argument] = "cite citep citet",
};
var commands = new Dictionary<string, Regex>();
foreach (var (arguments, names) in namesByArguments)
{
    var regex = new Regex($@"\G{arguments}");
    foreach (var name in names.Split(default(char[]), StringSplitOptions.RemoveEmptyEntries))
        commands.Add(name, regex);
}

const string NumberWords =
    @"\b((zero|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
    + "|(thir|four|fif|six|seven|eigh|nine)teen|(twen|thir|for|fif|six|seven|eigh|nine)t(y|ie)"
    + "|hundred|thousand|million|billion|trillion|dozen)+(e?s|fold|ths?)?"
    + "|(third|quarter|fifth|eighth|ninth|twelfth)s?|hal(f|ves|ved|ving)|twice|thrice|XXXXX"
    + @"|(doubl|tripl|quadrupl|quintupl|sextupl|septupl|octupl)(e|es|ed|ing|y))\b";

// What render-tex writes: Tex.Escape's text, macros, tables.
const string Escapes = @"\\[#$%&_{}]|\\text(backslash|asciitilde|asciicircum)\{\}";
const string MacroLine =
    $@"\\newcommand\{{\\(?<name>[A-Za-z]+)\}}\{{(?<value>([^\\~^#$%&_{{}}]|{Escapes})+)\}}";
const string TableLine =
    $@"([^\\~^#$%_]|{Escapes}|\\\\|\\(begin|end)\{{(tabular|longtable)\*?\}}"
    + @"|\\(toprule|midrule|bottomrule|endhead|endfoot)\b)*";

const int MostFaults = 100;

// Files that TeX or latexmk reads without an \input.
const string Unasked = @"(?i)(\.(sty|cls|clo|cfg|def|fd|ldf)|latexmkrc)$";

// A comment takes the line's end and the next line's indent with it; in an address it is none.
var comment = new Regex(
    @"(?<comment>%[^\n]*\n?[ \t]*|\\end\{document\}[\s\S]*)|\\(url|href)\{[^{}\n]*\}|\\[\s\S]"
);
var command = new Regex(@"\\(?<name>begin\{[^{}]*\}|[A-Za-z]+|[\s\S]?)\*?");
var word = new Regex(@"[^\s~&${}\0][^\s~&${}]*");
const RegexOptions Linear =
    RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant;
var numberWord = new Regex(NumberWords, Linear | RegexOptions.IgnoreCase);
char[] punctuation = [.. ".,;:!?()[]'`\""];
var values = new Dictionary<string, string>();
var used = new HashSet<string>();
var faults = new List<string>();

return Script.Run(
    Args,
    Help,
    _ =>
    {
        foreach (var macro in GeneratedLines(Macros, MacroLine))
            if (!values.TryAdd(macro.Groups["name"].Value, macro.Groups["value"].Value))
                Fault($"{Macros}: \\{macro.Groups["name"]} is defined twice");
        if (values.Count == 0)
            Fault($"{Macros}: there are no macros; first run render-tex");
        AuditPaper(Read(Paper));
        foreach (var name in values.Keys.Where(name => !used.Contains(name)))
            Fault($"{Macros}: \\{name} is not used in {Paper}");
        foreach (var file in Directory.EnumerateFiles("paper").Order(StringComparer.Ordinal))
            if (Regex.IsMatch(file, Unasked))
                Fault($"{file}: TeX may read it, and the audit does not");
        if (faults.Count == MostFaults)
            faults[^1] += "; there may be more";
        foreach (var fault in faults.SkipLast(1))
            Script.Warn(fault);
        if (faults.Count > 0)
            throw new InvalidDataException(faults[^1]);
        Console.WriteLine($"{Paper}: every number is one of the {values.Count} macros of {Macros}");
    }
);

// Every character keeps its place: \0 joins what stands around it, a blank parts it.
void AuditPaper(string paper)
{
    var text = paper;
    foreach (var exception in exceptions.Select(Regex.Escape))
        text = Regex.Replace(text, $@"(?<![\\\w]){exception}(?!\w)", x => new(' ', x.Length));
    text = comment.Replace(text, x => x.Groups["comment"].Success ? new('\0', x.Length) : x.Value);

    var shown = text.ToCharArray();
    var found = new List<(int At, string Fault)>();
    for (var match = command.Match(text); match.Success; match = match.NextMatch())
    {
        var name = match.Groups["name"].Value;
        var isShown = shown[match.Index] == '\\';
        Hide(match, name == "-" ? '\0' : ' ');
        if (values.TryGetValue(name, out var value))
        {
            if (isShown && used.Add(name) && value == "XXXXX")
                FaultAt(match.Index, $"\\{name} is XXXXX");
        }
        else if (commands.TryGetValue(name, out var arguments))
            AuditArguments(name, arguments.Match(text, match.Index + match.Length), match.Index);
        else if (name.Trim() != "")
            FaultAt(
                match.Index,
                $"\\{Short(name)} is neither a macro of {Macros} nor a command of "
                    + "scripts/audit-paper.csx; add it there if it defines nothing and prints no number"
            );
    }

    // TeX would end elsewhere than here.
    var braces = Regex.Replace(text, @"\\[\s\S]|[^{}\\]+", "");
    var opened = braces.Count('{');
    var closed = braces.Count('}');
    if (opened != closed)
        FaultAt(0, $"there are {opened} {{ and {closed} }}");
    var hats = text.IndexOf("^^", StringComparison.Ordinal);
    if (hats >= 0)
        FaultAt(hats, "^^ hides a character; expected the character");

    var print = new string(shown);
    for (var match = word.Match(print); match.Success; match = match.NextMatch())
    {
        // A soft hyphen and the ligature come with text copied from a PDF.
        var number = match.Value.Replace("\0", "").Replace("\u00AD", "").Replace("\uFB01", "fi");
        if (number.EnumerateRunes().Any(Rune.IsNumber) || numberWord.IsMatch(number))
            FaultAt(
                match.Index,
                $"the number {Short(number.Trim(punctuation))} is typed by hand; expected a macro of "
                    + $"{Macros}, or one of the exceptions in scripts/audit-paper.csx"
            );
    }

    foreach (var (at, fault) in found.OrderBy(x => x.At))
        Fault($"{Paper}:{1 + paper.AsSpan(0, at).Count('\n')}: {fault}");

    void Hide(Capture part, char by = ' ') => shown.AsSpan(part.Index, part.Length).Fill(by);

    void FaultAt(int at, string fault)
    {
        if (found.Count < 10 * MostFaults)
            found.Add((at, fault));
    }

    void AuditArguments(string name, Match match, int at)
    {
        foreach (Capture hidden in match.Groups["hidden"].Captures)
            Hide(hidden);
        if (!match.Success)
            FaultAt(at, $"\\{name}: expected its arguments behind it, in braces two deep at most");
        else if (
            name is "documentclass" or "usepackage"
            && Regex.IsMatch(match.Value, @"\{[^{}]*/")
        )
            FaultAt(at, $"\\{name}{Short(match.Value)}: expected a name without a directory");
        else if (
            name is "url" or "href"
            && Regex.IsMatch(paper.AsSpan(match.Index, match.Length), @"(?<!\\)%|\\[{}]")
        )
            FaultAt(at, $"\\{name}: a % or a brace in its address; write \\%");
        else if (name == "input" && match.Groups["hidden"].Value != "{results}")
            AuditTable(Short(match.Groups["hidden"].Value), at);
    }

    void AuditTable(string name, int at)
    {
        var file = $"paper/{name.Trim('{', '}')}.tex";
        if (!Regex.IsMatch(name, @"^\{tables/(boom|kowalski)\}$") || !File.Exists(file))
            FaultAt(at, $"\\input{name}: expected results or a table of render-tex");
        else if (GeneratedLines(file, TableLine).Any(row => row.Value.Contains("XXXXX")))
            FaultAt(at, $"{file} is XXXXX");
    }
}

// The lines of a file of render-tex, without its comments.
IEnumerable<Match> GeneratedLines(string file, string pattern)
{
    var regex = new Regex($"^({pattern})$", Linear);
    var lines = Read(file).TrimEnd('\n').Split('\n');
    for (var i = 0; i < lines.Length; i++)
    {
        var match = regex.Match(lines[i]);
        if (i == 0 ? lines[i] != Tex.Generated : !match.Success && !lines[i].StartsWith('%'))
            Fault($"{file}:{i + 1}: render-tex did not write the line {Short(lines[i])}");
        else if (match.Success)
            yield return match;
    }
}

// TeX ends a line at a lone carriage return too.
string Read(string file)
{
    var text = DataFile.ReadText(file, mostBytes: 10_000_000);
    text = text.Replace("\r\n", "\n").Replace('\r', '\n');
    return Regex.IsMatch(text, @"[\uFFFD\p{Cc}-[\n\t]]")
        ? throw new InvalidDataException($"{file}: is not UTF-8 text")
        : text;
}

void Fault(string fault)
{
    if (faults.Count < MostFaults)
        faults.Add(fault);
}

string Short(string text) => text.Length <= 100 ? text : $"{text[..100]}…";
