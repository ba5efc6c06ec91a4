using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using static TableOfRuns;

/// <summary>A campaign with repeated, incomplete, doubtful and unread runs, and its page.</summary>
public sealed class PageOfRuns : InProject
{
    public const string Columns =
        "n_alerts,wall_time_s,exact_wall_time_s,startup_s,processing_time_s,idle_tail_s,"
        + "sustained_alerts_per_s,errors,filters_seen,min_alerts_filtered,max_alerts_filtered,"
        + "complete,kafka_alerts_per_s,doubts";

    public Outcome Outcome { get; }

    public PageOfRuns()
    {
        WriteTables();
        WriteResults();
        WriteComparison(Project.MadeFrom());
        Project.Write(
            "logs/README.md",
            """
            # Logs

            These runs are **made up**,
            by `<b>`.

            Measured columns: `wall_time_s`, `n_alerts`.

            """
        );
        Project.CopyFromRoot("scripts/vendor");
        Project.Write(Template, ScratchProject.Committed(Template));
        Outcome = Project.RunScript("render-report");
    }

    void WriteTables()
    {
        Project.Write(
            "results/boom-runs.csv",
            $"""
            run,n_alert_workers,machine,repetition,{Columns}
            logs/b1,2,,1,1000,90,90.5,1,70,20.5,15,2,25,1000,1000,true,100,
            logs/b2,2,,2,1000,80,80.5,2,64,16.5,16,0,25,1000,1000,true,,it is late; it is cut
            logs/b3,2,,3,1000,60,60.5,,50,10.5,,0,25,1000,1000,true,,
            logs/b4,2,,4,1000,10,10.5,1,9,1.5,,0,25,400,1000,false,,
            logs/b5,2,,5,1000,,,,,,,,,,,,,no consumer.log
            logs/b6,4,,1,1000,20,20.5,1,15,5.5,,0,25,1000,1000,true,,
            logs/b7,9,server,1,1000,5,5.5,1,4,1.5,,0,25,1000,1000,true,,

            """
        );
        Project.Write(
            "results/kowalski-runs.csv",
            "run,n_workers,n_alerts,wall_time_s\nlogs/k1,3,1000,500\n"
        );
        Project.Write(
            "results/boom-progress.csv",
            """
            run,t_s,alerts
            logs/b1,1.5,500
            logs/b1,70,1000
            logs/b4,1,400
            logs/b6,15,1000
            logs/b7,4,1000

            """
        );
        Project.Write(
            "results/scaling.csv",
            """
            system,n_workers,n_alert_workers,n_runs,alerts_per_s,best,efficiency,configuration
            boom,2,2,3,12.5,true,1,n_alert_workers=2
            boom,4,4,1,50,true,2,n_alert_workers=4
            kowalski,3,,1,2,false,,n_workers=3

            """
        );
    }

    void WriteResults()
    {
        Project.Write(
            "results/factor.json",
            $$"""
            {
              "boom_throughput_factor": 6.25, "boom_throughput_factor_low": null, "n_alerts": 1000,
              "boom": {"configuration": {"n_alert_workers": "2", "machine": ""}, "conditions": "x"},
              "kowalski": {"configuration": {"n_workers": "3"}, "conditions": "y"},
              "made_from": {{Project.MadeFrom()}}
            }
            """
        );
        Project.Write(
            "results/rubin.json",
            $$"""
            {
              "n_alerts": 1000, "rubin_alerts_per_s": 25, "runs_left_out": ["logs/b5"],
              "boom": {"best_configuration": "n_alert_workers=4", "conditions": "x"},
              "kowalski": {"best_configuration": "n_workers=3", "conditions": "y"},
              "made_from": {{Project.MadeFrom()}}
            }
            """
        );
    }

    public void WriteComparison(string madeFrom)
    {
        Project.Write(
            "results/comparison.csv",
            "system,configuration,column,before,after,ratio,verdict\n"
                + "boom,n_alert_workers=2,exact_wall_time_s,40,60,1.5,slower\n"
        );
        Project.Write(
            "results/comparison.json",
            $$"""{"tolerance_percent": 5, "boom": {"ratio": 1.5}, "made_from": {{madeFrom}}}"""
        );
    }

    public const string Template = "scripts/render-report.html";
}

/// <summary>What the page is given to draw.</summary>
public sealed class RenderReportTests(PageOfRuns runs) : IClassFixture<PageOfRuns>
{
    readonly JsonNode page = DataOf(runs.Project);

    /// <summary>The page's JSON, until the element ends as a browser sees it.</summary>
    public static JsonNode DataOf(ScratchProject project)
    {
        const string Element = """<script id="data" type="application/json">(.*?)</script""";
        const RegexOptions Style = RegexOptions.Singleline | RegexOptions.IgnoreCase;
        var page = project.Read("results/report.html");
        return JsonNode.Parse(Regex.Match(page, Element, Style).Groups[1].Value)!;
    }

    JsonNode Boom(string list, int i) => page["systems"]![0]![list]![i]!;

    [Fact]
    public void It_says_where_the_page_is() =>
        Assert.Equal(
            new(0, "results/report.html: a page to open in a browser\n", ""),
            runs.Outcome
        );

    [Theory]
    [InlineData("factor")]
    [InlineData("rubin")]
    public void The_results_are_there_as_they_stand_in_their_file(string results) =>
        AssertJson(runs.Project.Read($"results/{results}.json"), page[results]);

    [Theory]
    [InlineData("note", "\"These runs are made up, by \\u003Cb>.\"")] // without marks, in one line
    [InlineData("measured", """["wall_time_s","n_alerts"]""")]
    [InlineData(
        "comparison",
        """
            {
              "tolerance_percent": 5, "boom": {"ratio": 1.5}, "kowalski": null,
              "configurations": [{
                "system": "boom", "configuration": "n_alert_workers=2", "column": "exact_wall_time_s",
                "before": 40, "after": 60, "ratio": 1.5, "verdict": "slower"
              }]
            }
            """
    )]
    public void What_stands_beside_the_results_is_there(string field, string expected) =>
        AssertJson(expected, page[field]);

    [Fact]
    public void A_row_of_the_scaling_has_numbers_texts_true_or_false_and_null_for_a_blank()
    {
        AssertJson(
            """
            {
              "system": "boom", "n_workers": 2, "n_alert_workers": "2", "n_runs": 3,
              "alerts_per_s": 12.5, "best": true, "efficiency": 1, "configuration": "n_alert_workers=2"
            }
            """,
            page["scaling"]![0]
        );
        Assert.Equal("", (string?)page["scaling"]![2]!["n_alert_workers"]);
        Assert.Null(page["scaling"]![2]!["efficiency"]);
    }

    [Fact]
    public void Every_run_is_the_row_of_its_table_in_its_order()
    {
        var system = page["systems"]![0]!;
        var rows = system["runs"]!
            .AsArray()
            .Select(run => run!["cells"])
            .Prepend(system["columns"]);

        Assert.Equal(
            runs.Project.Read("results/boom-runs.csv"),
            string.Concat(rows.Select(row => string.Join(',', row!.AsArray()) + "\n"))
        );
    }

    const string Doubts = "times may be wrong: it is late|times may be wrong: it is cut";

    [Theory]
    [InlineData(0, true, true, "errors in the logs")]
    [InlineData(1, true, true, Doubts)]
    [InlineData(2, true, true, "missing in the logs: startup_s, sustained_alerts_per_s")]
    [InlineData(
        3,
        false,
        true,
        "incomplete, counts nowhere: 25 filters saw 400 to 1000 of 1000 alerts"
    )]
    [InlineData(4, false, false, "not read: no consumer.log")]
    public void A_run_tells_what_is_wrong(int i, bool counts, bool isRead, string problems)
    {
        var run = Boom("runs", i);

        Assert.Equal((counts, isRead), ((bool)run["counts"]!, (bool)run["is_read"]!));
        Assert.Equal(problems, string.Join('|', run["problems"]!.AsArray()));
        Assert.Equal("n_alert_workers=2", (string?)run["configuration"]);
        Assert.Equal(2, (int)run["n_workers"]!);
    }

    [Theory]
    [InlineData("wall_time_s", 80, 60, 90)]
    [InlineData("processing_time_s", 64, 50, 70)]
    [InlineData("idle_tail_s", 16.5, 10.5, 20.5)]
    [InlineData("alerts_per_s", 12.5, 1000d / 90, 1000d / 60)] // which is no column here
    [InlineData("sustained_alerts_per_s", 15.5, 15, 16)] // of those that tell it
    [InlineData("errors", 0, 0, 2)] // of any column
    public void A_configuration_has_the_medians_of_its_runs_that_count(
        string fact,
        double median,
        double min,
        double max
    )
    {
        var spread = Boom("configurations", 0)["spreads"]![fact]!;

        Assert.Equal([median, min, max], spread.AsArray().Select(number => (double)number!));
    }

    [Fact]
    public void A_configuration_has_no_startup_where_a_run_does_not_tell_it_nor_texts()
    {
        var one = Boom("configurations", 0);
        string[] absent = ["startup_s", "complete", "doubts"];

        Assert.Empty(absent.Intersect(one["spreads"]!.AsObject().Select(x => x.Key)));
        Assert.Equal((2, 3), ((int)one["n_workers"]!, (int)one["n_runs"]!));
    }

    [Fact]
    public void A_system_names_its_reference_and_its_best_configuration()
    {
        var system = page["systems"]![0]!;

        Assert.Equal("n_alert_workers=2", (string?)system["reference"]);
        Assert.Equal("n_alert_workers=4", (string?)system["best"]);
    }

    [Fact]
    public void Over_time_there_are_the_runs_that_count_of_the_reference_and_of_the_best() =>
        AssertJson(
            """
            [
              {"run": "logs/b1", "points": [[1.5, 500], [70, 1000]]},
              {"run": "logs/b6", "points": [[15, 1000]]}
            ]
            """,
            page["systems"]![0]!["progress"]
        );

    [Fact]
    public void Without_a_table_of_progress_nothing_is_drawn_over_time() =>
        AssertJson("[]", page["systems"]![1]!["progress"]);

    [Theory]
    [InlineData("d3.min.js")]
    [InlineData("plot.umd.min.js")]
    public void A_library_stands_in_the_page_as_it_is_and_ends_no_element(string file)
    {
        var text = ScratchProject.Committed($"scripts/vendor/{file}");

        Assert.Contains($"<script>{text}</script>", runs.Project.Read("results/report.html"));
        Assert.DoesNotMatch("(?i)</script|<!--", text);
    }

    [Fact]
    public void The_page_fetches_nothing_from_elsewhere()
    {
        var page = Regex.Replace(
            runs.Project.Read("results/report.html"),
            "(?s)<script>.*?</script>",
            ""
        );

        Assert.DoesNotMatch(@"(?i)https?:|url\((?!#)|@import|\bsrc=|<link", page);
        Assert.Contains("content=\"default-src 'none'; ", page);
    }

    [Fact]
    public void The_readme_of_the_libraries_names_their_versions()
    {
        var readme = ScratchProject.Committed("scripts/vendor/README.md");
        string VersionOf(string file) =>
            Regex
                .Match(
                    ScratchProject.Committed($"scripts/vendor/{file}"),
                    @"^// \S+ v([0-9.]+) Copyright"
                )
                .Groups[1]
                .Value;

        Assert.Contains($"d3@{VersionOf("d3.min.js")} ", readme);
        Assert.Contains($"@observablehq/plot@{VersionOf("plot.umd.min.js")} ", readme);
    }

    [Fact]
    public void No_line_of_the_template_is_longer_than_120_columns() =>
        Assert.DoesNotMatch("(?m)^.{121}", ScratchProject.Committed(PageOfRuns.Template));
}

/// <summary>Whose tables and results do not belong together.</summary>
public sealed class RefusedTests : IDisposable
{
    readonly PageOfRuns runs = new();

    public void Dispose() => runs.Dispose();

    [Theory]
    [InlineData("render-tex", "paper/results.tex")]
    [InlineData("render-report", "results/report.html")]
    public void Results_of_another_table_are_refused(string script, string output)
    {
        const string Table = "results/kowalski-runs.csv";
        runs.Project.Write(output, "old");
        runs.Project.Write(Table, runs.Project.Read(Table) + "logs/k2,3,1000,510\n");

        Assert.Equal(
            new(1, "", "ERROR: results/factor.json is stale; run compute-factor\n"),
            runs.Project.RunScript(script)
        );
        Assert.Equal("old", runs.Project.Read(output));
    }

    [Fact]
    public void A_comparison_of_other_runs_is_not_shown()
    {
        runs.WriteComparison("""{"results/boom-runs.csv": "another sum"}""");

        var outcome = runs.Project.RunScript("render-report");

        Assert.Equal(
            "WARNING: results/comparison.csv is of other runs and not shown; run compare-campaigns again\n",
            outcome.Error
        );
        Assert.Null(RenderReportTests.DataOf(runs.Project)["comparison"]);
    }

    [Theory]
    [InlineData("run,t_s\nlogs/b1,1\n", "no column alerts; run the collector")]
    [InlineData("run,t_s,alerts\nlogs/b1,x,1\n", "t_s is \"x\", expected a number")]
    [InlineData("run,t_s,alerts\nlogs/b1,Infinity,1\n", "t_s is \"Infinity\", expected a number")]
    public void A_table_of_progress_that_is_none_is_refused(string table, string message)
    {
        runs.Project.Write("results/boom-progress.csv", table);

        Assert.Equal(
            new(1, "", $"ERROR: results/boom-progress.csv: {message}\n"),
            runs.Project.RunScript("render-report")
        );
    }
}
