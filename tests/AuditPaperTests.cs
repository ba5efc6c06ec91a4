public sealed class AuditPaperTests : InProject
{
    const string Results = """
        % This file was automatically generated; edits will be overwritten!
        \newcommand{\boomwalltime}{75}
        % results/rubin.json: rubin_alerts_per_s
        \newcommand{\rubinrate}{333}

        """;

    /// <summary>Audits a paper that uses both macros in line 3; the body begins in line 4.</summary>
    Outcome Audit(string body, string results = Results)
    {
        Project.Write("paper/results.tex", results);
        Project.Write(
            "paper/main.tex",
            "\\documentclass[11pt]{article}\n\\begin{document}\n"
                + $"BOOM took \\boomwalltime\\ s, Rubin sends \\rubinrate.\n{body}\n\\end{{document}}\n1\n"
        );
        return Project.RunScript("audit-paper");
    }

    static void AssertPasses(Outcome outcome, int n)
    {
        var says = $"paper/main.tex: every number is one of the {n} macros of paper/results.tex\n";
        Assert.Equal((0, says, ""), (outcome.ExitCode, outcome.Out, outcome.Error));
    }

    /// <summary>These are the faults, in this order, the last one as the error.</summary>
    static void AssertFaults(Outcome outcome, params string[] faults)
    {
        var lines = faults.Select(
            (x, i) => $"{(i + 1 < faults.Length ? "WARNING" : "ERROR")}: {x}"
        );
        Assert.Equal(string.Join("\n", lines) + "\n", outcome.Error);
        Assert.Equal((1, ""), (outcome.ExitCode, outcome.Out));
    }

    /// <summary>Each line of a paper has one number, the one given with it.</summary>
    void AssertIsTyped(params (string Line, string Number)[] lines) =>
        AssertFaults(
            Audit(string.Join("\n", lines.Select(x => x.Line))),
            [.. lines.Select((x, i) => $"paper/main.tex:{i + 4}: {Typed(x.Number)}")]
        );

    static string Typed(string number) =>
        $"{number} is typed by hand; expected a macro of paper/results.tex";

    [Fact]
    public void The_paper_of_this_project_passes()
    {
        Project.CopyFromRoot("paper");

        var n = Project.Read("paper/results.tex").Split(@"\newcommand").Length - 1;

        AssertPasses(Project.RunScript("audit-paper"), n);
    }

    [Fact]
    public void Digits_in_what_TeX_does_not_print_as_text_may_stand() =>
        AssertPasses(
            Audit(
                """
                A comment % is not 42 {
                \usepackage[margin=2cm]{x1}\usepackage{siunitx}[2020/02/23] % 7
                \pdfinfoomitdate=1 \pdfsuppressptexinfo=-1 \widowpenalty10000 \hypersetup{pdfstartpage=2}
                \renewcommand{\arraystretch}{1.2}\newcommand{\unitof}[2]{#1 #2}\definecolor{b}{RGB}{0, 114, 178}
                \author[0000-0002-1825-0097]{A.~Author}\date{May 2026}\input{tables/late2}
                See \cite[p.~7]{paper2025}, \autoref{fig:2}, \label{a}\ref {b2} and (arXiv:2511.00164).
                \vspace*{2cm}\includegraphics[width=0.5\textwidth]{a1.pdf}\begin{figure}[t1]\end{figure}
                \begin{minipage}[t]{0.5\linewidth}{A}\end{minipage}\\[2mm] \\*[2mm] \\% 7
                \begin{tabular}{@{}S[table-format=2]*{3}{c}}\multicolumn{2}{c}{a} & b \\ \cmidrule(lr){1-2}\end{tabular}
                \begin{tabular*}{3cm}{l@{\hspace{1em}}r*{3}{>{\raggedright}p{2cm}}D{.}{.}{2}}\end{tabular*}
                \setlength{\tabcolsep}{4pt}\href{https://x.org/%20}{there}\url{x.org/%2}
                \SI[round-precision=2]{\boomwalltime}{\mega\byte} or $\rubinrate \times x_i$, \boomwalltime{}-fold
                The manifold and often weighty one, for a second, first of someone's Twofish, a tent: \today.
                \boom, \\boomtown, \benchmark, \kern2pt \bibliographystyle{x} \boldmath \rule{1cm}{2pt}
                \begin{thebibliography}{99} \bibitem{a} 2025, Vol.~7 \end{thebibliography}
                """
            ),
            2
        );

    [Fact]
    public void A_number_in_digits_is_a_fault() =>
        AssertIsTyped(
            ("It is 6.0 times as fast.", "6.0"),
            (@"\textbf{About 7 workers}", "7"),
            (@"nearly 50\%, they say", "50"),
            ("of 29,142, they say", "29,142"),
            (@"\item[8.1 times]", "8.1"),
            ("$x_6$", "x_6"),
            (@"\SI{75}{\second}", "75"),
            (@"\footnote{a \emph{b {6}}}", "6"),
            (@"\caption[6]{a}", "6"),
            (@"10\textit{k}", "10"),
            ("½", "½"),
            ("XXXXX", "XXXXX"),
            ("arXiv:2511.001645", "arXiv:2511.001645"),
            (@"\newcommand{\speed}{17}", "17"),
            (@"\cite{a} {75 seconds}", "75"),
            (@"\begin{center}{75 seconds}\end{center}", "75"),
            (@"\vspace{2cm}76\label{a2}", "76"),
            (@"\href{https://x.org/2}{8 times}", "8"),
            (@"\multicolumn{2}{c}{9}", "9")
        );

    [Fact]
    public void A_number_in_words_is_a_fault() =>
        AssertIsTyped([
            .. """
            two Three TEN eleven Thirteen forty ninety hundreds thousand millions billion dozens half
            halved third thirds quarter fourth tenth twentieth twice tenfold doubled zero Twentyfive
            """.ReplaceLineEndings(" ").Split(' ').Select(word => ($"by {word}, they say", word)),
        ]);

    [Fact]
    public void A_macro_that_is_undefined_or_XXXXX_is_a_fault_where_it_stands() =>
        AssertFaults(
            Audit(
                "It took \\boomwaltime.\r\n\r\n% \\boomnone\r\nAt \\kafkaingestfactor{} of \\boomnew.",
                Results + "\\newcommand{\\boomnew}{XXXXX}\n"
            ),
            @"paper/main.tex:4: \boomwaltime is not in paper/results.tex",
            @"paper/main.tex:7: \kafkaingestfactor is not in paper/results.tex",
            @"paper/main.tex:7: \boomnew is XXXXX"
        );

    [Fact]
    public void A_macro_that_neither_the_paper_nor_its_figure_uses_is_a_fault()
    {
        Project.Write("paper/figures/scaling.tex", "\\draw (0,\\boominfigure) % \\boomnowhere\n");
        AssertFaults(
            Audit(
                @"a \\\boomafterbreak",
                Results
                    + """
                    \newcommand{\boominfigure}{XXXXX}
                    \newcommand{\boomnowhere}{7}
                    \newcommand{\boomafterbreak}{a\_b}
                    """
            ),
            @"paper/results.tex:6: \boomnowhere is not used in the paper"
        );
    }

    [Fact]
    public void Other_files_of_the_paper_are_audited_but_for_figures_and_tables()
    {
        Project.Write("paper/figures/scaling.tex", "\\draw (0,7)\n");
        Project.Write("paper/tables/boom.tex", "1 & 75 \\\\\n");
        Project.Write("paper/methods.tex", "a\nof 8 runs\n");
        AssertFaults(
            Audit("of 9"),
            $"paper/main.tex:4: {Typed("9")}",
            $"paper/methods.tex:2: {Typed("8")}"
        );
    }
}
