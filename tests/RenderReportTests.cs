using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using static TableOfRuns;

/// <summary>What the page of repeated runs is given to draw.</summary>
public sealed class RenderReportTests(RepeatedRuns runs) : IClassFixture<RepeatedRuns>
{
    readonly JsonNode page = DataOf(runs.Project);

    /// <summary>The page's JSON, until the element ends as a browser sees it.</summary>
    public static JsonNode DataOf(ScratchProject project)
    {
        const string Element = """<script type="application/json" id="data">(.*?)</script""";
        const RegexOptions Style = RegexOptions.Singleline | RegexOptions.IgnoreCase;
        var page = project.Read("results/report.html");
        return JsonNode.Parse(Regex.Match(page, Element, Style).Groups[1].Value)!;
    }

    [Theory]
    [InlineData("factor")]
    [InlineData("rubin")]
    public void The_results_are_there_as_they_stand_in_their_file(string results) =>
        AssertJson(runs.Project.Read($"results/{results}.json"), page[results]);

    JsonNode Boom(string list, int i) => page["systems"]![0]![list]![i]!;

    [Theory]
    [InlineData("tolerance", "5")]
    [InlineData("note", "\"These runs are made up, by \\u003Cb>.\"")] // without marks, in one line
    [InlineData("measured", """["wall_time_s","n_alerts"]""")]
    [InlineData("comparison", """[{"system":"boom","verdict":"~","ratio":1.5}]""")]
    public void What_stands_beside_the_results_is_there(string field, string expected) =>
        AssertJson(expected, page[field]);

    [Fact]
    public void A_row_of_the_scaling_has_numbers_texts_and_true_or_false() =>
        AssertJson(
            """
            {
              "system": "boom", "n_workers": 4, "n_alert_workers": "2", "n_runs": 2,
              "alerts_per_s": 13.3333333333, "alerts_per_s_min": 10, "alerts_per_s_max": 20,
              "best": true, "best_alerts_per_s": 13.3333333333, "efficiency": 1,
              "configuration": "n_alert_workers=2 n_ml_workers=2"
            }
            """,
            page["scaling"]![1]
        );

    [Fact]
    public void Every_run_is_the_row_of_its_table()
    {
        var system = page["systems"]![1]!;
        var rows = system["runs"]!
            .AsArray()
            .Select(run => run!["cells"])
            .Prepend(system["columns"]);

        Assert.Equal(
            runs.Project.Read("results/kowalski-runs.csv"),
            string.Concat(rows.Select(row => string.Join(',', row!.AsArray()) + "\n"))
        );
    }

    const string Doubts =
        "times may be wrong: the clock goes back|times may be wrong: the log is cut";
    const string Filters = "filters_seen, min_alerts_filtered, max_alerts_filtered, complete";

    [Theory]
    [InlineData(0, true, true, $"errors in the logs|missing in the logs: {Filters}")]
    [InlineData(1, true, true, $"{Doubts}|missing in the logs: {Filters}")]
    [InlineData(
        3,
        false,
        true,
        "incomplete, counts nowhere: 25 filters saw 400 to 1000 of 1000 alerts"
    )]
    [InlineData(4, false, false, "no logs")]
    public void A_run_tells_what_is_wrong(int i, bool counts, bool hasLogs, string problems)
    {
        var run = Boom("runs", i);

        Assert.Equal((counts, hasLogs), ((bool)run["counts"]!, (bool)run["has_logs"]!));
        Assert.Equal(problems, string.Join('|', run["problems"]!.AsArray()));
    }

    [Fact]
    public void A_configuration_has_the_medians_of_its_runs_and_tells_whether_it_is_the_reference() =>
        AssertJson(
            """
            {
              "configuration": "n_alert_workers=1 n_ml_workers=3",
              "arguments": {"n_alert_workers": "1", "n_ml_workers": "3", "machine": ""},
              "n_workers": 4,
              "is_reference": true,
              "wall_time_s": {"median": 80, "min": 60, "max": 90, "n": 3},
              "startup_s": null,
              "processing_time_s": {"median": 64, "min": 50, "max": 70, "n": 3},
              "idle_tail_s": {"median": 16, "min": 10, "max": 20, "n": 3}
            }
            """,
            Boom("configurations", 0)
        );

    [Fact]
    public void The_page_fetches_nothing_from_elsewhere() =>
        Assert.DoesNotMatch(
            @"(?i)(?<!href="")https?:(?!//www\.w3\.org/)|url\((?!#)|@import|\bsrc=|<link",
            ScratchProject.Committed("scripts/render-report.html")
        );
}

/// <summary>What is rendered beside other tables is refused, by both renderers.</summary>
public sealed class RefusedTests : InProject
{
    [Theory]
    [InlineData("render-tex", "paper/results.tex")]
    [InlineData("render-report", "results/report.html")]
    public void Results_of_another_table_are_refused(string script, string output)
    {
        const string Table = "results/kowalski-runs.csv";
        Project.CopyFromRoot("results");
        Project.Write(output, "old");
        Project.Write(Table, Project.Read(Table) + "more\n");

        Assert.Equal(
            new(1, "", "ERROR: results/factor.json is stale; run compute-factor\n"),
            Project.RunScript(script)
        );
        Assert.Equal("old", Project.Read(output));
    }
}
