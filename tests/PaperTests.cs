using System.Globalization;
using System.Text.RegularExpressions;

/// <summary>The macros, and what the PDFs print.</summary>
public sealed class PaperTests
{
    static string PathOf(string file) => Path.Combine(ScratchProject.Root, file);

    [Fact]
    public void The_first_macros_are_the_published_ones_with_numbers_for_kafka()
    {
        var ours = File.ReadLines(PathOf("paper/results.tex")).Take(4);
        var text = Regex.Replace(string.Join("\n", ours), @"(?<=kakfa\w+\}\{)[\d.]+", "XXXXX");

        const string Published = "tests/published/2025-08-05/results.tex";
        Assert.Equal(ScratchProject.Committed(Published), text + "\n");
    }

    // With single blanks.
    static string PdfText(string file) =>
        Regex.Replace(
            ScratchProject.Start("pdftotext", ScratchProject.Root, ["-layout", file, "-"]).Out,
            @"\s+",
            " "
        );

    static string Result(string file, string field, string format = "0") =>
        ((double)Json.At(Json.Read(PathOf($"results/{file}.json")), field)!).ToString(
            format,
            CultureInfo.InvariantCulture
        );

    [ToolFact("pdftotext")]
    public void The_numbers_in_the_paper_are_those_of_the_results()
    {
        var text = PdfText("paper/main.pdf");
        var (boom, kowalski) = ("boom.wall_time_s.median", "kowalski.wall_time_s.median");
        var times = $"{Result("factor", boom)} s and Kowalski {Result("factor", kowalski)} s";
        var factor = Result("factor", "boom_throughput_factor", "0.0");
        var workers = Result("rubin", "boom.fewest_workers_for_rubin");

        Assert.Contains($"BOOM took {times}: a throughput factor of {factor} ", text);
        Assert.Contains($"with {Result("rubin", "n_alerts", "0 000")} alerts", text);
        Assert.Contains($"keeps up with Rubin is {workers}.", text);
        Assert.DoesNotMatch(@"XXXXX|\?\?", text);
    }

    [ToolFact("pdftotext")]
    public void The_tables_in_the_paper_have_all_runs()
    {
        var text = PdfText("paper/main.pdf");
        IEnumerable<string[]> Rows(string system) =>
            File.ReadLines(PathOf($"results/{system}.csv")).Skip(1).Select(x => x.Split(','));

        foreach (var row in Rows("boom"))
            Assert.Contains($" {row[0]} {row[1]} {row[2]} 1 {row[5]} ", text);
        foreach (var row in Rows("kowalski"))
            Assert.Contains($" {row[0]} 1 {row[3]} ", text);
    }

    [ToolFact("pdftotext")]
    public void The_figure_has_its_labels_and_rubins_rate()
    {
        var text = PdfText("paper/figures/scaling.pdf");

        foreach (var label in new[] { "Number of workers", "BOOM, 6 alert workers", "Kowalski" })
            Assert.Contains(label, text);
        Assert.Contains($"Rubin: {Result("rubin", "rubin_alerts_per_s")} alerts/s", text);
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
