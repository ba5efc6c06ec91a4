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

// The commands that the paper may use, by those of their arguments that are no text: {…} must
// follow, […] may, and "(" is a […] that is printed. All that comes after these is text. A command
// belongs here if it defines nothing and prints no number of its own.
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
    ["["] = @"\ begin{figure} begin{figure*} begin{table} begin{table*}",
    ["{"] = """
        begin end input label ref eqref pageref autoref cref Cref vspace hspace url href captionof
        bibliography bibliographystyle pdftrailerid
        """,
    ["{{"] = "setlength resizebox multicolumn",
    ["[{"] = "includegraphics begin{tabular} begin{longtable} begin{longtable*}",
    ["[{["] = "documentclass usepackage",
    ["[{{"] = "rule",
    ["{[{"] = "begin{tabular*}",
    ["[[[{"] = "parbox begin{minipage}",
    ["(({"] = "cite citep citet",
};
var commands = new Dictionary<string, string>();
foreach (var (arguments, names) in namesByArguments)
foreach (var name in names.Split(default(char[]), StringSplitOptions.RemoveEmptyEntries))
    commands.Add(name, arguments);

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
const int MostOpen = 1_000; // braces and brackets within each other

// Files that TeX or latexmk reads without an \input.
const string Unasked = @"(?i)(\.(sty|cls|clo|cfg|def|fd|ldf)|latexmkrc)$";

const RegexOptions Linear =
    RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant;
var numberWord = new Regex(NumberWords, Linear | RegexOptions.IgnoreCase);
var commandName = new Regex(@"\G([A-Za-z]+|[\s\S]?)");
char[] punctuation = [.. ".,;:!?()[]'`\""];
var values = new Dictionary<string, string>();
var used = new HashSet<string>();
string? lastFault = null;
var faults = 0;

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
        var paper = Read(Paper);
        foreach (var exception in exceptions.Select(Regex.Escape))
            paper = Regex.Replace(paper, $@"(?<![\\\w]){exception}(?!\w)", " ");
        AuditPaper(paper);
        foreach (var name in values.Keys.Where(name => !used.Contains(name)))
            Fault($"{Macros}: \\{name} is not used in {Paper}");
        foreach (var file in Directory.EnumerateFiles("paper").Order(StringComparer.Ordinal))
            if (Regex.IsMatch(file, Unasked))
                Fault($"{file}: TeX may read it, and the audit does not");
        if (lastFault != null)
            throw new InvalidDataException(lastFault);
        Console.WriteLine($"{Paper}: every number is one of the {values.Count} macros of {Macros}");
    }
);

void AuditPaper(string text)
{
    var groups = new Stack<Group>();
    var word = new StringBuilder();
    var (line, counted) = (1, 0);
    var (command, arguments) = ("", ""); // the last command, and which of its arguments are to come
    var before = ' '; // the last character, but for blanks and comments

    for (var at = 0; at < text.Length; )
    {
        line += text.AsSpan(counted, at - counted).Count('\n');
        counted = at;
        var character = text[at++];
        // In a table's columns @{…}, >{…} and the like are printed.
        var isText = !groups.TryPeek(out var group) || group.IsText || "@!<>".Contains(before);
        if (character == '%' && group.Command is "url" or "href")
            FaultHere("a % in an address may be no comment; write \\%");
        else if (character == '%')
        {
            // The line's end and the next line's indent go with the comment.
            at = text.IndexOf('\n', at) is >= 0 and var end ? end + 1 : text.Length;
            while (at < text.Length && text[at] is ' ' or '\t')
                at++;
            continue;
        }
        if (character != '[')
            arguments = arguments.TrimStart('[', '(');
        if (arguments.StartsWith('{') && character is not ('{' or ' ' or '\t'))
        {
            FaultHere($"\\{Short(command)}: expected a {{ behind it");
            arguments = "";
        }
        if (character is ' ' or '\t' or '\n')
        {
            EndWord();
            continue;
        }
        before = character;
        if (arguments == "" && character == '{')
            (command, arguments) = ("", "("); // a group of its own

        if (arguments != "")
        {
            EndWord();
            var close = character == '{' ? '}' : ']';
            groups.Push(new(close, isText && arguments[0] == '(', at, command, arguments[1..]));
            if (groups.Count > MostOpen)
                throw new InvalidDataException(
                    $"{Paper}:{line}: more than {MostOpen} braces are open"
                );
            arguments = "";
        }
        else if (character == group.Close)
        {
            EndWord();
            groups.Pop();
            (command, arguments) = (group.Command, group.Next);
            if (character == ']' || command == "")
                continue;
            var argument = Short(text.AsSpan(group.Start, at - 1 - group.Start));
            if (command == "begin")
            {
                command = $"begin{{{argument}}}";
                arguments = ArgumentsOf(command);
            }
            else if (command == "end" && argument == "document")
                break;
            else if (command == "input" && argument != "results")
                AuditTable(argument);
            else if (command is "documentclass" or "usepackage" && Regex.IsMatch(argument, "[/…]"))
                FaultHere($"\\{command}{{{argument}}}: expected a name without a directory");
        }
        else if (character == '\\')
        {
            command = commandName.Match(text, at).Value;
            at += command.Length;
            if (command != "-")
                EndWord();
            if (!values.TryGetValue(command, out var value))
                arguments = ArgumentsOf(command);
            else if (isText && used.Add(command) && value == "XXXXX")
                FaultHere($"\\{command} is XXXXX");
            if (at < text.Length && text[at] == '*')
                at++;
        }
        else if (character == '}')
            FaultHere("this } closes nothing");
        else if (character == '^' && at < text.Length && text[at] == '^')
            FaultHere("^^ hides a character; expected the character");
        else if (isText && character is not ('~' or '&' or '$'))
            word.Append(character);
        else
            EndWord();
    }
    EndWord();
    line = 1 + text.AsSpan(0, groups.TryPeek(out var open) ? open.Start : 0).Count('\n');
    if (groups.Count > 0)
        FaultHere($"the {text[open.Start - 1]} is never closed");

    void FaultHere(string fault) => Fault($"{Paper}:{line}: {fault}");

    void EndWord()
    {
        // A soft hyphen and the ligature come with text copied from a PDF.
        var number = word.ToString().Replace("\u00AD", "").Replace("\uFB01", "fi");
        word.Clear();
        if (number.EnumerateRunes().Any(Rune.IsNumber) || numberWord.IsMatch(number))
            FaultHere(
                $"the number {Short(number.Trim(punctuation))} is typed by hand; expected a macro of "
                    + $"{Macros}, or one of the exceptions in scripts/audit-paper.csx"
            );
    }

    string ArgumentsOf(string name)
    {
        if (!commands.TryGetValue(name, out var known) && name.Trim() != "")
            FaultHere(
                $"\\{Short(name)} is neither a macro of {Macros} nor a command of "
                    + "scripts/audit-paper.csx; add it there if it defines nothing and prints no number"
            );
        return known ?? "";
    }

    void AuditTable(string name)
    {
        var file = $"paper/{name}.tex";
        if (!Regex.IsMatch(name, @"^tables/(boom|kowalski)$") || !File.Exists(file))
            FaultHere($"\\input{{{name}}}: expected results or a table of render-tex");
        else if (GeneratedLines(file, TableLine).Any(row => row.Value.Contains("XXXXX")))
            FaultHere($"{file} is XXXXX");
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

// All faults but the last are warnings; the last is the error.
void Fault(string fault)
{
    if (lastFault != null)
        Script.Warn(lastFault);
    lastFault = fault;
    if (++faults == MostFaults)
        throw new InvalidDataException($"{fault}; there may be more");
}

string Short(ReadOnlySpan<char> text) => text.Length <= 100 ? text.ToString() : $"{text[..100]}…";

// An open brace or bracket: what closes it, whether text stands in it, where that begins; the command
// whose argument it is, and which arguments follow.
readonly record struct Group(char Close, bool IsText, int Start, string Command, string Next);
