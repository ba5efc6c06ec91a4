using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using static ProjectTests;
using static ScratchProject;

/// <summary>
/// All that holds the example: the logs, the results and the paper that are in git. With another
/// definition or other logs, renew results and paper with <c>dotnet run pipeline.cs</c>, then
/// <c>latexmk -cd -pdf paper/figures/scaling.tex paper/main.tex</c>; the tests from
/// <see cref="The_notebooks_tables_are_the_published_ones"/> on hold numbers of the campaign of
/// 2025-08-05: put yours in their place, or take them out.
/// <c>dotnet test tests --filter "FullyQualifiedName!~CommittedExample"</c> leaves all of them out.
/// </summary>
public sealed class CommittedExampleTests : InProject
{
    [Theory]
    [InlineData("de_DE.UTF-8", "America/Los_Angeles")]
    [InlineData("th_TH.UTF-8", "Asia/Kolkata")] // another calendar
    public void The_logs_give_the_results_byte_for_byte_on_every_machine(
        string culture,
        string timeZone
    )
    {
        foreach (var directory in new[] { "logs", "scripts", "paper" })
            Project.CopyFromRoot(directory);
        Project.WriteYaml(Committed("calkit.yaml"));

        var outcome = Project.Run([("LC_ALL", culture), ("TZ", timeZone)]);

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        var outputs = CSharpStages.SelectMany(stage => PathsOf(Stages[stage.Data], "outputs"));
        Assert.All(outputs, output => Assert.Equal(Committed(output), Project.Read(output)));
    }

    [Theory]
    [MemberData(nameof(CSharpStages), MemberType = typeof(ProjectTests))]
    public void A_stage_makes_its_outputs_of_its_inputs_alone(string name)
    {
        foreach (var input in PathsOf(Stages[name], "inputs").Where(x => !x.EndsWith(".csx")))
            Project.Write(input, File.ReadAllBytes(Path.Combine(Root, input)));
        var yaml = CalkitYaml.Read(Path.Combine(Root, "calkit.yaml"));
        foreach (var run in StagesOf(Stages[name]).SelectMany(yaml.Sweep))
            Project.CopyFromRoot(run.Directory);
        var arguments = $"{Stages[name]["command"]}".Split(' ').Skip(3).ToArray();

        var outcome = Project.RunScript(name, arguments);

        Assert.True(outcome.ExitCode == 0, outcome.Error);
        Assert.All(
            PathsOf(Stages[name], "outputs"),
            output => Assert.Equal(Committed(output), Project.Read(output))
        );
    }

    [ToolFact("pdftotext")]
    public void The_paper_prints_the_numbers_of_the_results()
    {
        var text = PdfText("paper/main.pdf");
        var (boom, kowalski) = ("boom.wall_time_s.median", "kowalski.wall_time_s.median");
        var times = $"{Result("factor", boom)} s and Kowalski {Result("factor", kowalski)} s";
        var factor = Result("factor", "boom_throughput_factor", "0.0");
        var workers = Result("rubin", "boom.fewest_workers_for_rubin");

        Assert.Contains($"BOOM took {times}: a throughput factor of {factor} ", text);
        Assert.Contains($"with {Result("rubin", "n_alerts", "0 000")} alerts", text);
        Assert.Contains($"BOOM keeps up with Rubin is {workers}.", text);
        Assert.DoesNotMatch(@"XXXXX|\?\?", text);
    }

    [ToolFact("pdftotext")]
    public void The_tables_of_the_paper_have_all_runs()
    {
        var text = PdfText("paper/main.pdf");
        static IEnumerable<string[]> Rows(string system) =>
            Committed($"results/{system}.csv").Split('\n')[1..^1].Select(x => x.Split(','));

        foreach (var row in Rows("boom").Concat(Rows("kowalski")))
            Assert.Contains($" {string.Join(' ', row[..^3])} 1 {row[^1]} ", text);
    }

    [ToolFact("pdftotext")]
    public void The_figure_has_its_labels_and_rubins_rate()
    {
        var text = PdfText("paper/figures/scaling.pdf");
        var most = Json.At(ReadJson("rubin"), "boom_alert_workers")!.AsArray()[^1];

        foreach (var label in new[] { "Number of workers", $"BOOM, {most} alert ", "Kowalski" })
            Assert.Contains(label, text);
        Assert.Contains($"{Result("rubin", "rubin_alerts_per_s")} alerts/s", text);
    }

    // With single blanks.
    static string PdfText(string file) =>
        Regex.Replace(Start("pdftotext", Root, ["-layout", file, "-"]).Out, @"\s+", " ");

    static JsonNode ReadJson(string name) => Json.Read(Path.Combine(Root, $"results/{name}.json"))!;

    static string Result(string file, string field, string format = "0") =>
        ((double)Json.At(ReadJson(file), field)!).ToString(format, CultureInfo.InvariantCulture);

    const string Published = "tests/published/2025-08-05";

    [Theory]
    [InlineData("boom.csv")]
    [InlineData("kowalski.csv")]
    public void The_notebooks_tables_are_the_published_ones(string table) =>
        Assert.Equal(Committed($"{Published}/{table}"), Committed($"results/{table}"));

    [Fact]
    public void The_first_macros_are_the_published_ones_with_numbers_for_kafka()
    {
        var ours = string.Join('\n', Committed("paper/results.tex").Split('\n')[..4]);
        var text = Regex.Replace(ours, @"(?<=kakfa\w+\}\{)[\d.]+", "XXXXX");

        Assert.Equal(Committed($"{Published}/results.tex"), text + "\n");
    }

    [Fact]
    public void The_factor_is_453_s_over_75_s() =>
        Assert.Equal(453.0 / 75, (double)ReadJson("factor")["boom_throughput_factor"]!);

    [Fact]
    public void Explore_shows_the_medians_of_all_runs()
    {
        Project.CopyFromRoot("results");

        var shown = ExploreTests.Shown(Project.RunScript("explore"));

        // By hand: 211 and 210 s with 1 alert, 3 ML workers; 29142 / 74.5 / 0.834 alerts/s per GiB.
        Assert.Contains("\n 3 6 9 \n1 -> 210.5 196.5 195.5 \n3 -> 74.5 61 60.5 \n", shown);
        Assert.Contains("\n3 -> 469 ", shown);
        // The six pairs alike but for 1 or 6 alert workers: 74/211, 76/210, 46/199, 46/194, 36/194,
        // 38/197; their mean is 0.256.
        Assert.Contains("\nn_alert_workers: 0.26\n", shown);
        Assert.Contains("\n17 -> 6 9 3 38 \n\n", shown);
    }
}
