using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

public sealed class PaperTests : IDisposable
{
    readonly ScratchProject project = new();

    public void Dispose() => project.Dispose();

    const string Generated =
        "% This file was automatically generated; edits will be overwritten!\n";

    const string Macros =
        Generated + "\\newcommand{\\boomwalltime}{75}\n% x\n\\newcommand{\\rubinrate}{333}\n";

    /// <summary>Audits a paper that uses both macros in line 3; the body begins in line 4.</summary>
    Outcome Audit(string body = "", string macros = Macros)
    {
        project.Write("paper/results.tex", macros);
        project.Write(
            "paper/main.tex",
            "\\documentclass[11pt]{article}\n\\begin{document}\n"
                + "BOOM took \\boomwalltime\\ s, Rubin sends \\rubinrate.\n"
                + $"{body}\n\\end{{document}}\n1\n"
        );
        return project.RunScript("audit-paper");
    }

    static void AssertPasses(Outcome outcome)
    {
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.Equal(
            "paper/main.tex: every number is one of the 2 macros of paper/results.tex\n",
            outcome.Out
        );
    }

    /// <summary>These are the faults, in this order: the place of each, and what is found there.</summary>
    static void AssertFaults(Outcome outcome, params (string Place, string Culprit)[] expected)
    {
        var faults = outcome.Error.TrimEnd('\n').Split('\n');
        Assert.Equal((1, ""), (outcome.ExitCode, outcome.Out));
        Assert.All(faults.SkipLast(1), fault => Assert.StartsWith("WARNING: ", fault));
        Assert.StartsWith("ERROR: ", faults[^1]);
        Assert.Equal(
            expected.Select(fault => fault.Place),
            faults.Select(fault => fault.Split(": ")[1])
        );
        Assert.All(faults.Zip(expected), pair => Assert.Contains(pair.Second.Culprit, pair.First));
    }

    void AssertOneFaultInEachLine(params (string Line, string Culprit)[] lines) =>
        AssertFaults(
            Audit(string.Join("\n", lines.Select(line => line.Line))),
            [.. lines.Select((line, i) => ($"paper/main.tex:{i + 4}", $" {line.Culprit} "))]
        );

    [Fact]
    public void A_paper_whose_numbers_are_macros_passes()
    {
        project.Write(
            "paper/tables/boom.tex",
            Generated
                + """
                % results/runs.csv, all 2
                \begin{longtable}{S[table-format=2]}
                  \toprule
                  {a \& b\_1 \textbackslash{}} & {100\%} \\
                  \endhead
                  7 & 8 \\
                \end{longtable}
                """
        );
        AssertPasses(
            Audit(
                """
                A comment % is not 42 {
                See \cite{paper2025}, \autoref{fig:2}, \label{a}\ref {b2} and (arXiv:2511.00164).
                \vspace*{2cm}\includegraphics[width=0.5\textwidth]{a1.pdf}
                \begin{minipage}[t]{0.5\linewidth}{A}\end{minipage}\\[2mm] \\*[2mm]
                \begin{tabular}{@{}S[table-format=2]*{3}{c}}\multicolumn{2}{c}{a} & b \\\end{tabular}
                \begin{tabular}{l@{\hspace{1em}}r*{3}{>{\raggedright}p{2cm}}D{.}{.}{2}w{c}{2cm}}\end{tabular}
                \setlength{\tabcolsep}{4pt}\href{https://x.org/2}{there}\url{x.org/\%2}\usepackage[margin=2cm]{x1}\usepackage{siunitx}[2020/02/23]
                \SI{\boomwalltime}{\mega\byte\per\second} or $\rubinrate \times x_i$, \boomwalltime{}-fold
                The manifold and often weighty one, for a second, first of someone's Twofish, a tent.
                \input{results}\input{tables/boom}\section*{Wall-times}\item[Text] \% \'e \"o
                """
            )
        );
    }

    [Fact]
    public void A_number_in_digits_fails() =>
        AssertOneFaultInEachLine(
            ("It is 6.0 times as fast.", "6.0"),
            (@"\textbf{About 7 workers}", "7"),
            (@"nearly 50\%", "50"),
            (@"\item[8.1 times]", "8.1"),
            ("x2y", "x2y"),
            ("$x_6$", "x_6"),
            (@"\SI{75}{\second}", "75"),
            (@"\num{6}", "6"),
            (@"\footnote{a \emph{b {6}}}", "6"),
            (@"\caption[6]{a}", "6"),
            (@"\section{After 3}", "3"),
            (@"10\textit{k}", "10"),
            (@"\%75", "75"),
            ("m²", "m²"),
            ("½", "½"),
            ("٣", "٣"),
            ("Ⅷ", "Ⅷ"),
            ("𝟕", "𝟕"),
            ("XXXXX", "XXXXX"),
            ("arXiv:2511.001645", "arXiv:2511.001645"),
            ("arXiv:2511.00164 and 5", "5")
        );

    [Fact]
    public void A_number_in_words_fails() =>
        AssertOneFaultInEachLine([
            .. """
            two Three TEN eleven Thirteen twenty ninety hundreds thousand millions billion dozens half
            halved third thirds quarter fourth tenth twentieth twice thrice tenfold twofold doubled double
            tripled zero twenties twenty-five seven-fold hundred-odd non-zero Twentyfive
            """.ReplaceLineEndings(" ").Split(' ').Select(word => ($"by {word}, they say", word)),
            (@"thou\-sand", "thousand"),
            ("sev\u00ADen", "seven"),
            ("\uFB01fty", "fifty"),
            ("sev% a comment\n    enty", "seventy"),
        ]);

    [Fact]
    public void A_number_behind_what_TeX_does_not_print_fails() =>
        AssertOneFaultInEachLine(
            (@"\cite{a} {75 seconds}", "75"),
            (@"\cite[p.~75]{a2}", "75"),
            (@"\begin{center}{75 seconds}\end{center}", "75"),
            (@"\begin{figure}[p][75]\end{figure}", "75"),
            (@"\includegraphics[width=2cm]{a}[75]", "75"),
            (@"\label{a{2}}{75}", "75"),
            (@"\vspace{2cm}75", "75"),
            (@"\\ [75]", "75"),
            (@"\\[a[2]75]", "a[2]75"),
            (@"\href{https://x.org/2}{8 times}", "8"),
            (@"\multicolumn{2}{c}{9}", "9"),
            (@"\begin{tabular}{l@{75}>{\quad}p{2cm}}\end{tabular}", "75"),
            (@"\begin{tabular}{l @ 7 c}\end{tabular}", "7"),
            (@"\href{https://x.org/%20}{a}", "%"),
            (@"\url{a\}}", "%")
        );

    [Fact]
    public void A_paper_that_TeX_reads_otherwise_than_the_audit_fails()
    {
        foreach (
            var text in new[]
            {
                "{\\small \\url {http://x/a%b} 29142 alerts\n}",
                "{\\small \\url{http://x/{b}%c} 29142 alerts\n}",
                "{\\small \\href {http://x/a%b}{here} took 29142 alerts\n}",
                "\\title{\\end{document}} 29142 alerts",
            }
        )
            Assert.Equal(1, Audit(text).ExitCode);
    }

    [Fact]
    public void A_command_that_may_define_or_print_a_number_fails() =>
        AssertOneFaultInEachLine([
            .. """
            newcommand renewcommand providecommand DeclareRobustCommand NewDocumentCommand let futurelet
            ProvideDocumentCommand RenewDocumentCommand DeclareDocumentCommand NewCommandCopy def gdef edef
            xdef setcounter addtocounter newcounter stepcounter csname catcode newenvironment newif iffalse
            makeatletter romannumeral char symbol number the today verb lstinputlisting verbatiminput
            include InputIfFileExists subfile import RequirePackage newcolumntype sisetup boomwaltime rubin
            """.ReplaceLineEndings(" ").Split(' ').Select(name => ($@"\{name}\quad", $@"\{name}")),
            (@"\verb|%|", @"\verb"),
            (@"\begin{verbatim}", @"\begin{verbatim}"),
            (@"\begin{boomwalltime}", @"\begin{boomwalltime}"),
            (@"\vspace{\dimexpr}", @"\dimexpr"),
            (@"\label \quad", @"\label:"),
            ("^^w", "^^"),
            (@"\begin {verbatim}\label{75}\end{verbatim}", @"\begin"),
            ("\\begin%\n{verbatim}", @"\begin"),
        ]);

    [Fact]
    public void A_file_that_render_tex_did_not_write_fails()
    {
        project.Write("paper/hand.tex", Generated);
        project.Write(
            "paper/tables/boom.tex",
            Generated + "\\def\\x{6}\n7 & 8 \\\\\n\\romannumeral 7\n^^w\n7 % 8\n"
        );
        project.Write("paper/tables/kowalski.tex", Generated + "XXXXX\n");
        project.Write("paper/tables/late2.tex", "75\n");
        project.Write("paper/booktabs.sty", "");
        project.Write("paper/hyperref.cfg", "");
        AssertFaults(
            Audit(
                """
                \input hand
                \input{hand}
                \input{../results}
                \input{tables/none}
                \input{tables/boom}
                \input{tables/kowalski}
                \input{tables/late2}
                \usepackage{a,styles/x}
                """
            ),
            ("paper/tables/boom.tex:2", @"\def\x{6}"),
            ("paper/tables/boom.tex:4", @"\romannumeral 7"),
            ("paper/tables/boom.tex:5", "^^w"),
            ("paper/tables/boom.tex:6", "7 % 8"),
            ("paper/main.tex:4", @"\input"),
            ("paper/main.tex:5", @"\input{hand}"),
            ("paper/main.tex:6", @"\input{../results}"),
            ("paper/main.tex:7", @"\input{tables/none}"),
            ("paper/main.tex:9", "paper/tables/kowalski.tex is XXXXX"),
            ("paper/main.tex:10", @"\input{tables/late2}"),
            ("paper/main.tex:11", @"\usepackage{a,styles/x}"),
            ("paper/booktabs.sty", ""),
            ("paper/hyperref.cfg", "")
        );
    }

    [Fact]
    public void Results_that_render_tex_did_not_write_fail() =>
        AssertFaults(
            Audit(
                macros: Macros
                    + """
                    \newcommand\x{6}
                    \newcommand{\x}{6}\newcommand{\y}{6}
                    \newcommand{\x2}{6}
                    \newcommand{\x}{\boomwalltime}
                    \newcommand{\x}{}
                    \newcommand{\x}{6} % six
                     % x
                    \def\x{6}
                    6

                    \newcommand{\rubinrate}{333}
                    \newcommand{\x}{\textbackslash{}\_\%}
                    """
            ),
            ("paper/results.tex:5", @"\newcommand\x{6}"),
            ("paper/results.tex:6", @"\newcommand{\x}{6}\newcommand{\y}{6}"),
            ("paper/results.tex:7", @"\newcommand{\x2}{6}"),
            ("paper/results.tex:8", @"\newcommand{\x}{\boomwalltime}"),
            ("paper/results.tex:9", @"\newcommand{\x}{}"),
            ("paper/results.tex:10", @"\newcommand{\x}{6} % six"),
            ("paper/results.tex:11", "% x"),
            ("paper/results.tex:12", @"\def\x{6}"),
            ("paper/results.tex:13", "6"),
            ("paper/results.tex:14", ""),
            ("paper/results.tex", @"\rubinrate is defined twice"),
            ("paper/results.tex", @"\x is not used")
        );

    [Theory]
    [InlineData("", "paper/results.tex:1")]
    [InlineData("% generated\n\\newcommand{\\boomwalltime}{75}\n", "paper/results.tex:1")]
    [InlineData(Generated, "there are no macros")]
    public void Results_without_macros_or_their_first_line_fail(string macros, string expected)
    {
        var outcome = Audit(macros: macros);

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains(expected, outcome.Error);
    }

    [Fact]
    public void A_macro_that_is_xxxxx_fails_where_it_is_used() =>
        AssertFaults(
            Audit(macros: Macros.Replace("333", "XXXXX")),
            ("paper/main.tex:3", @"\rubinrate is XXXXX")
        );

    [Fact]
    public void Only_what_TeX_prints_is_a_use() =>
        AssertFaults(
            Audit(@"\label{\new}% \new", Macros + "\\newcommand{\\new}{6}\n"),
            ("paper/results.tex", @"\new is not used")
        );

    [Fact]
    public void An_argument_that_is_never_closed_hides_nothing() =>
        AssertFaults(
            Audit("\\cite{a\n\\label{a{b}\n9 times"),
            ("paper/main.tex:1", "there are 5 { and 3 }"),
            ("paper/main.tex:4", @"\cite:"),
            ("paper/main.tex:5", @"\label:"),
            ("paper/main.tex:6", " 9 ")
        );

    [Fact]
    public void A_number_in_the_preamble_fails_whatever_ends_the_lines()
    {
        project.Write("paper/results.tex", Macros);
        project.Write(
            "paper/main.tex",
            "\\documentclass[11pt]{article}\r\n\\title{A factor of 8.1}\r% 7\r9\r\n\\newif\\ifx\r\n"
                + "\\begin{document}\n\\boomwalltime\\rubinrate"
        );

        AssertFaults(
            project.RunScript("audit-paper"),
            ("paper/main.tex:2", " 8.1 "),
            ("paper/main.tex:4", " 9 "),
            ("paper/main.tex:5", @"\newif "),
            ("paper/main.tex:5", @"\ifx ")
        );
    }

    [Fact]
    public void A_paper_with_long_words_and_deep_braces_passes() =>
        AssertPasses(
            Audit(
                $"{new string('x', 1_000_000)} {string.Concat(Enumerable.Repeat("six", 99_999))}x\n"
                    + new string('{', 250_000)
                    + new string('}', 250_000)
                    + string.Concat(Enumerable.Repeat(@"\\[", 125_000))
            )
        );

    [Fact]
    public void A_paper_that_is_too_large_or_no_text_fails()
    {
        AssertFaults(Audit(new string('\n', 10_000_000)), ("paper/main.tex", "10000000"));
        AssertFaults(Audit("se\0ven"), ("paper/main.tex", "text"));
    }

    static string PdfText(string file) =>
        Regex.Replace(
            ScratchProject.Start("pdftotext", ScratchProject.Root, ["-layout", file, "-"]).Out,
            @"\s+",
            " "
        );

    static JsonNode Results(string file) =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(ScratchProject.Root, "results", file)))!;

    [ToolFact("pdftotext")]
    public void The_numbers_in_the_paper_are_those_of_the_results()
    {
        var text = PdfText("paper/main.pdf");
        var factor = Results("factor.json");
        var rubin = Results("rubin.json");

        Assert.Contains(
            $"BOOM took {factor["boom"]!["wall_time_s"]!["median"]} s and Kowalski {factor["kowalski"]!["wall_time_s"]!["median"]} s",
            text
        );
        Assert.Contains(
            $"a throughput factor of {(double)factor["boom_throughput_factor"]!:0}.",
            text
        );
        Assert.Contains(
            $"with {(int)rubin["n_alerts"]! / 1000} {(int)rubin["n_alerts"]! % 1000} alerts",
            text
        );
        Assert.Contains(
            $"keeps up with Rubin is {rubin["boom"]!["fewest_workers_for_rubin"]}.",
            text
        );
        Assert.DoesNotContain("XXXXX", text);
        Assert.DoesNotContain("??", text);
    }

    [ToolFact("pdftotext")]
    public void The_tables_in_the_paper_have_all_runs()
    {
        var text = PdfText("paper/main.pdf");

        var rows = File.ReadLines(Path.Combine(ScratchProject.Root, "results/boom.csv")).Skip(1);
        Assert.All(
            rows.Select(row => row.Split(',')),
            row => Assert.Contains($" {row[0]} {row[1]} {row[2]} 1 {row[5]} ", text)
        );
    }

    [ToolFact("pdftotext")]
    public void The_figure_has_its_labels_and_rubins_rate()
    {
        var text = PdfText("paper/figures/scaling.pdf");

        Assert.Contains("Number of workers", text);
        Assert.Contains("BOOM", text);
        Assert.Contains("Kowalski", text);
        Assert.Contains(
            $"Rubin: {(double)Results("rubin.json")["rubin_alerts_per_s"]!:0} alerts/s",
            text
        );
    }
}

/// <summary>A test that needs a program on the machine.</summary>
public sealed class ToolFactAttribute : FactAttribute
{
    public ToolFactAttribute(string program)
    {
        var directories = Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator);
        if (!directories.Any(directory => File.Exists(Path.Combine(directory, program))))
            Skip = $"{program} is not on this machine";
    }
}
