using System.Runtime.CompilerServices;

/// <summary>The figure of a table in which not all is as usual.</summary>
public sealed class FigureTests : InProject
{
    const string Columns =
        "system,n_workers,n_alert_workers,n_runs,alerts_per_s,alerts_per_s_min,alerts_per_s_max,"
        + "best,best_alerts_per_s,efficiency,configuration\n";

    // As render-tex writes them where there is one system.
    const string Macros = """
        \newcommand{\boomfactor}{XXXXX}
        \newcommand{\boombestthroughput}{50}
        \newcommand{\kowalskibestthroughput}{XXXXX}
        \newcommand{\rubinrate}{25}
        \newcommand{\mostruns}{2}

        """;

    /// <summary>The text of the figure of one row.</summary>
    string TextOf(string row, string alertWorkers)
    {
        var list = $"\\newcommand{{\\boomalertworkers}}{{{alertWorkers}}}\n";
        Project.Write("paper/results.tex", Macros + list);
        Project.Write("results/scaling.csv", Columns + row);
        Project.CopyFromRoot("paper/figures");
        var figures = Project.PathOf("paper/figures");
        string[] build = ["-interaction=nonstopmode", "-halt-on-error", "scaling.tex"];
        var outcome = ScratchProject.Start("pdflatex", figures, build);
        Assert.True(outcome.ExitCode == 0, outcome.Out);
        return ScratchProject.Start("pdftotext", figures, ["-layout", "scaling.pdf", "-"]).Out;
    }

    [ToolFact("pdflatex")]
    public void A_configuration_may_have_any_name()
    {
        const string Name = @"""n_alert_workers=4 machine=a#b{c}%\x,""""y""""""";
        var text = TextOf($"boom,4,4,2,50,40,60,true,50,1,{Name}\n", "4");

        Assert.Contains("BOOM, 4 alert workers", text);
    }

    [ToolFact("pdflatex")]
    public void There_may_be_no_workers()
    {
        var text = TextOf("boom,0,,1,50,50,50,true,50,,version=1\n", "");

        Assert.Contains("BOOM, best with up to so many workers", text);
    }
}

/// <summary>A test that needs a program on the machine.</summary>
public sealed class ToolFactAttribute : FactAttribute
{
    public ToolFactAttribute(
        string program,
        [CallerFilePath] string? file = null,
        [CallerLineNumber] int line = -1
    )
        : base(file, line)
    {
        var directories = Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator);
        if (!directories.Any(directory => File.Exists(Path.Combine(directory, program))))
            Skip = $"{program} is not on this machine";
    }
}
