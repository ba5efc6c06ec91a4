using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

public sealed class PaperTests : IDisposable
{
    readonly ScratchProject project = new();

    public void Dispose() => project.Dispose();

    const string Macros =
        "% generated\n\\newcommand{\\boomwalltime}{75}\n% x\n\\newcommand{\\rubinrate}{333}\n";

    Outcome Audit(string body, string macros = Macros)
    {
        project.Write("paper/results.tex", macros);
        project.Write(
            "paper/main.tex",
            $"\\documentclass[11pt]{{article}}\n\\begin{{document}}\n{body}\n\\end{{document}}\n"
        );
        return project.RunScript("audit-paper");
    }

    const string Sentence = "BOOM took \\boomwalltime\\ s, Rubin sends \\rubinrate.";

    [Theory]
    [InlineData(Sentence)]
    [InlineData(Sentence + " % not 42")]
    [InlineData(Sentence + " See \\cite{paper2025}, \\autoref{fig:2} and arXiv:2511.00164.")]
    [InlineData(Sentence + "\\vspace{2cm}\\includegraphics[width=0.5\\textwidth]{a1.pdf}")]
    [InlineData(Sentence + "\\begin{minipage}{0.5\\linewidth}\\end{minipage}\\\\[2mm]")]
    [InlineData(Sentence + "\\begin{tabular}{S[table-format=2]*{3}{c}}\\end{tabular}")]
    [InlineData(Sentence + "\\setlength{\\tabcolsep}{4pt}\\href{https://x.org/2}{there}")]
    public void A_paper_whose_numbers_are_macros_passes(string body)
    {
        var outcome = Audit(body);

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.Equal(
            "macro,value,lines\nboomwalltime,75,3\nrubinrate,333,3\n",
            project.Read("results/audit.csv")
        );
    }

    [Theory]
    [InlineData(
        Sentence + "\nIt is 6.0 times as fast.",
        "paper/main.tex:4: the number 6.0 is typed by hand"
    )]
    [InlineData(
        Sentence + "\n\\textbf{About 7 workers}",
        "paper/main.tex:4: the number 7 is typed by hand"
    )]
    [InlineData(
        Sentence + "\nfifty \\% or 50\\%",
        "paper/main.tex:4: the number 50 is typed by hand"
    )]
    [InlineData(
        Sentence + "\n\\boomwaltime",
        "paper/main.tex:4: \\boomwaltime is not defined in paper/results.tex"
    )]
    [InlineData("\\boomwalltime", "paper/results.tex: \\rubinrate is not used in paper/main.tex")]
    [InlineData(
        Sentence + "\nseven workers",
        "paper/main.tex:4: the number seven is typed by hand"
    )]
    [InlineData(
        Sentence + "\n\\item[8.1 times]",
        "paper/main.tex:4: the number 8.1 is typed by hand"
    )]
    [InlineData(
        Sentence + "\n\\href{https://x.org}{8 times}",
        "paper/main.tex:4: the number 8 is typed by hand"
    )]
    [InlineData(Sentence + "\nXXXXX", "paper/main.tex:4: the number XXXXX is typed by hand")]
    [InlineData(
        Sentence + "\n\\renewcommand{\\rubinrate}{\\boomwalltime}",
        "paper/main.tex:4: \\renewcommand defines a macro, which only paper/results.tex may"
    )]
    [InlineData(
        Sentence + "\n\\input{findings}",
        "paper/main.tex:4: paper/findings.tex is not audited"
    )]
    public void A_number_that_is_no_macro_fails_with_its_line(string body, string expected)
    {
        var outcome = Audit(body);

        Assert.Equal((1, $"ERROR: {expected}\n"), (outcome.ExitCode, outcome.Error));
        Assert.False(File.Exists(project.PathOf("results/audit.csv")));
    }

    [Fact]
    public void A_number_in_the_title_fails_with_its_line()
    {
        project.Write("paper/results.tex", Macros);
        project.Write(
            "paper/main.tex",
            "\\documentclass[11pt]{article}\n\\title{A factor of 8.1}\n\\begin{document}\n"
                + Sentence
                + "\n\\end{document}\n1\n"
        );

        Assert.Equal(
            "ERROR: paper/main.tex:2: the number 8.1 is typed by hand\n",
            project.RunScript("audit-paper").Error
        );
    }

    [Fact]
    public void A_macro_that_is_xxxxx_fails_with_its_line() =>
        Assert.Equal(
            "ERROR: paper/main.tex:3: \\rubinrate is XXXXX\n",
            Audit(Sentence, Macros.Replace("333", "XXXXX")).Error
        );

    [Fact]
    public void All_faults_are_named() =>
        Assert.Equal(
            "WARNING: paper/main.tex:3: the number 1 is typed by hand\n"
                + "WARNING: paper/main.tex:3: the number 2 is typed by hand\n"
                + "WARNING: paper/results.tex: \\boomwalltime is not used in paper/main.tex\n"
                + "ERROR: paper/results.tex: \\rubinrate is not used in paper/main.tex\n",
            Audit("1 and 2").Error
        );

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
            $"BOOM took {factor["boom"]!["wall_time_s"]} s and Kowalski {factor["kowalski"]!["wall_time_s"]} s",
            text
        );
        Assert.Contains(
            $"a throughput factor of {(double)factor["boom_throughput_factor"]!:0}.",
            text
        );
        Assert.Contains($"with {rubin["n_alerts"]} alerts", text);
        Assert.Contains(
            $"keeps up with Rubin is {rubin["boom"]!["fewest_workers_for_rubin"]};",
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
            row => Assert.Contains($" {row[0]} {row[1]} {row[2]} {row[5]} ", text)
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
