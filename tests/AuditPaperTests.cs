public sealed class AuditPaperTests : InProject
{
    const string Results = """
        % This file was automatically generated; edits will be overwritten!
        \newcommand{\boomwalltime}{75}
        % results/rubin.json: rubin_alerts_per_s
        \newcommand{\rubinrate}{333}

        """;

    /// <summary>Audits a paper that uses both macros in line 4; the body begins in line 5.</summary>
    Outcome Audit(string body, string results = Results)
    {
        Project.Write("paper/results.tex", results);
        Project.Write(
            "paper/main.tex",
            "\\documentclass[11pt]{article}\n\\title{BOOM}\n\\begin{document}\n"
                + $"BOOM took \\boomwalltime\\ s, Rubin sends \\rubinrate.\n{body}\n\\end{{document}}\n"
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
            [.. lines.Select((x, i) => $"paper/main.tex:{i + 5}: {Typed(x.Number)}")]
        );

    static string Typed(string number) =>
        $"{number} is typed by hand; expected a macro of paper/results.tex";

    [Fact]
    public void Names_lengths_comments_and_the_preamble_may_have_digits() =>
        AssertPasses(
            Audit(
                """
                A comment % is not 42 {
                \author[0000-0002-1825-0097]{A.~Author}\date{May 2026}\input{tables/late2}
                See \cite[p.~7]{paper2025}, \autoref{fig:2}, \label{a2} and (arXiv:2511.00164).
                \vspace*{2cm}\includegraphics[width=0.5\textwidth]{a1.pdf}\\[2mm] the 95\,\% interval
                \href{https://x.org/20}{there}, \SI{\boomwalltime}{\second}, $\rubinrate \times x_i$
                Often someone weighs a tent: the manifold one.
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
            ("½", "½"),
            (@"\newcommand{\speed}{17}", "17"),
            (@"\cite{a} {75 seconds}", "75"),
            (@"\href{https://x.org/2}{8 times}", "8")
        );

    [Fact]
    public void A_number_in_words_is_a_fault() =>
        AssertIsTyped([
            .. "two Three FOUR five six seven eight nine ten eleven twelve zero"
                .Split(' ')
                .Select(word => ($"by {word}, they say", word)),
        ]);

    [Fact]
    public void A_number_in_the_title_is_a_fault()
    {
        Project.Write("paper/results.tex", "");
        Project.Write("paper/main.tex", "\\documentclass[11pt]{article}\n\\title{8 times}\n");

        AssertFaults(Project.RunScript("audit-paper"), $"paper/main.tex:2: {Typed("8")}");
    }

    [Fact]
    public void A_macro_that_is_undefined_or_XXXXX_is_a_fault_where_it_stands() =>
        AssertFaults(
            Audit(
                "It took \\boomwaltime.\r\n\r\n% \\boomnone\r\nAt \\kafkaingestfactor{} of \\boomnew.",
                Results + "\\newcommand{\\boomnew}{XXXXX}\n"
            ),
            @"paper/main.tex:5: \boomwaltime is not in paper/results.tex",
            @"paper/main.tex:8: \kafkaingestfactor is not in paper/results.tex",
            @"paper/main.tex:8: \boomnew is XXXXX"
        );

    [Fact]
    public void A_macro_of_the_papers_own_a_short_name_or_a_line_break_is_no_result() =>
        AssertPasses(Audit(@"\newcommand{\boomname}{BOOM}\boomname{} and \boom \\kowalskis"), 2);

    [Fact]
    public void A_macro_that_neither_the_paper_nor_its_figure_uses_is_a_fault_unless_it_is_XXXXX()
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
                    \newcommand{\boommissing}{XXXXX}
                    """
            ),
            @"paper/results.tex: \boomnowhere is not used in the paper"
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
            $"paper/main.tex:5: {Typed("9")}",
            $"paper/methods.tex:2: {Typed("8")}"
        );
    }
}
