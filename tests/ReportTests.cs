using System.Text.Json;
using System.Text.RegularExpressions;

public sealed class ReportTests : IDisposable
{
    const string Template = "scripts/render-report.html";

    readonly ScratchProject project = new();

    public ReportTests()
    {
        foreach (var file in new[] { Template, "calkit.yaml" })
            project.Write(file, File.ReadAllBytes(Path.Combine(ScratchProject.Root, file)));
    }

    public void Dispose() => project.Dispose();

    static BenchmarkRun Run(string directory, int workers, long wallTime, string repetition = "") =>
        new(
            directory,
            new Dictionary<string, string>
            {
                ["n_alert_workers"] = $"{workers}",
                ["repetition"] = repetition,
            }
        )
        {
            NAlerts = 1000,
            EndTime = default(DateTime).AddSeconds(wallTime),
            WallTimeS = wallTime,
            ProcessingTimeS = wallTime - 10.25,
            IdleTailS = 10.25,
            AlertsPerS = 1000.0 / wallTime,
            FiltersSeen = 25,
            MinAlertsFiltered = 1000,
            MaxAlertsFiltered = 1000,
            Complete = true,
            KafkaAlertsPerS = 2500,
            KafkaMbPerS = 150,
            ConsumerPeakGib = 0.1,
            SchedulerPeakGib = 0.5,
            PeakMemoryGib = 0.6,
        };

    // The page of these runs of BOOM, alone.
    string PageOf(params BenchmarkRun[] runs)
    {
        project.Write("results/boom-runs.csv", RunsTable.Text("boom", runs));
        Assert.Equal(0, project.RunScript("compute-scaling").ExitCode);
        var outcome = project.RunScript("render-report");
        Assert.Equal(
            (
                0,
                "WARNING: results/kowalski-runs.csv does not exist: nothing is shown of kowalski\n"
            ),
            (outcome.ExitCode, outcome.Error)
        );
        return project.Read("results/report.html");
    }

    static int Count(string page, string pattern) => Regex.Matches(page, pattern).Count;

    [Fact]
    public void The_committed_page_is_what_the_results_give()
    {
        project.CopyFromRoot("results");
        var committed = project.Read("results/report.html");
        project.Write(
            "logs/README.md",
            File.ReadAllBytes(Path.Combine(ScratchProject.Root, "logs/README.md"))
        );

        var outcome = project.RunScript("render-report", "--output", "try");

        Assert.Equal(
            (0, "try/report.html: 24 runs of BOOM and Kowalski\n", ""),
            (outcome.ExitCode, outcome.Out, outcome.Error)
        );
        Assert.Equal(committed, project.Read("try/report.html"));
        Assert.Contains(
            "BOOM takes in a night of 29,142 alerts 6.0 times as fast as Kowalski.",
            committed
        );
        Assert.Equal(24, Count(committed, "<g class=\"point "));
        Assert.Equal(24, Count(committed, "<th scope=\"row\">logs/"));
        Assert.Equal(2, Count(committed, "<span class=\"tag\">reference</span>"));
        Assert.Contains("aria-label=\"processing 26.0 s, idle tail 10.1 s\"", committed);
    }

    [Fact]
    public void Nothing_is_fetched_from_elsewhere() =>
        Assert.DoesNotMatch(
            @"(?i)(?<!href="")https?:|url\((?!#)|@import|\bsrc=|<link",
            File.ReadAllText(Path.Combine(ScratchProject.Root, "results/report.html"))
        );

    [Fact]
    public void Boom_alone_has_a_page_without_a_factor()
    {
        var page = PageOf(Run("a", 1, 40), Run("b", 3, 20));

        Assert.Contains("<title>Throughput of BOOM</title>", page);
        Assert.DoesNotContain("class=\"lead\"", page);
        Assert.Contains(
            "2 runs: none is known to be incomplete, no log has errors, no fact is missing.",
            page
        );
        Assert.Contains("BOOM, alert workers 3; wall time 20 s, 50 alerts/s; b", page);
        Assert.DoesNotContain("id=\"repetitions\"", page);
    }

    [Fact]
    public void Repeated_runs_are_dots_around_their_median()
    {
        var page = PageOf(
            Run("a", 3, 20, "1"),
            Run("b", 3, 25, "2"),
            Run("c", 3, 19, "3"),
            Run("d", 1, 40)
        );

        Assert.Contains("aria-label=\"3 runs from 19 to 25 s, median 20 s\"", page);
        Assert.Equal(3, Count(page, "<circle class=\"dot\""));
        // 19, 20 and 25 s on an axis from -10 to 30 %.
        Assert.Contains("cx=\"12.50%\"", page);
        Assert.Contains("cx=\"25.00%\"", page);
        Assert.Contains("cx=\"87.50%\"", page);
        Assert.Equal(4, Count(page, "<g class=\"point "));
    }

    // What once took memory, and time, that grew with the square of the repetitions.
    [Fact]
    public void Twice_the_repetitions_take_no_more_than_some_twice_the_memory()
    {
        var (small, large) = (Allocated(1_000), Allocated(2_000));

        Assert.True(large < 3 * small, $"{small} and {large} bytes");
    }

    static long Allocated(int repetitions)
    {
        var runs = Enumerable
            .Range(1, repetitions)
            .Select(number => Run($"{number}", 3, 20 + number % 7, $"{number}"))
            .ToArray();
        var system = Boom(runs);
        var before = GC.GetAllocatedBytesForCurrentThread();
        JsonSerializer.Serialize(
            new object[]
            {
                Report.Problems(system),
                Report.Scaling([system], 333),
                Report.Times(system),
                Report.Repetitions(system),
                Report.Table(system),
            }
        );
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    [Fact]
    public void Incomplete_runs_are_listed_and_not_drawn()
    {
        var page = PageOf(
            Run("a", 1, 40),
            Run("b", 3, 20) with
            {
                Complete = false,
                MinAlertsFiltered = 400,
                AlertsPerS = null,
                Errors = 2,
            },
            Run("c", 6, 10) with
            {
                KafkaAlertsPerS = null,
                KafkaMbPerS = null,
                ProcessingTimeS = null,
            }
        );

        Assert.Contains(
            "<li>incomplete, counted nowhere: 25 filters saw 400 to 1000 of 1000 alerts, in 1 run: <code>b</code> </li>",
            page
        );
        Assert.Contains("<li>errors in the logs, in 1 run: <code>b</code> </li>", page);
        Assert.Contains(
            "<li>missing in the logs: processing time (s), kafka alerts/s, kafka MB/s, in 1 run: <code>c</code> </li>",
            page
        );
        Assert.Equal(2, Count(page, "<g class=\"point "));
        Assert.Equal(3, Count(page, "<th scope=\"row\">[abc]<"));
        Assert.Contains("<span class=\"tag\">incomplete</span>", page);
        Assert.Contains("the logs do not tell the parts", page);
    }

    [Fact]
    public void Of_two_equally_fast_configurations_the_one_with_fewer_workers_is_the_best()
    {
        var page = PageOf(Run("a", 9, 40), Run("b", 3, 40));

        Assert.Matches("at its best.*alert workers 3", page.ReplaceLineEndings(" "));
    }

    // A run that was left out without its logs is in no table. Of other setups nothing follows.
    [Fact]
    public void A_configuration_with_fewer_runs_than_others_is_a_problem()
    {
        var elsewhere = Run("e", 6, 20) with
        {
            Arguments = new Dictionary<string, string> { ["n_workers"] = "6", ["machine"] = "x" },
        };
        var page = PageOf(
            Run("a", 3, 20, "1"),
            Run("b", 3, 20, "2"),
            Run("c", 1, 40, "1"),
            Run("d", 1, 40, "2") with
            {
                Complete = false,
                AlertsPerS = null,
            }
        );

        Assert.Contains(
            "<li>only 1 of 2 repetitions count of alert workers 1, in 1 run: <code>c</code> </li>",
            page
        );
        Assert.Empty(Report.Problems(Boom(Run("a", 3, 20, "1"), Run("b", 3, 20, "2"), elsewhere)));
    }

    [Fact]
    public void Doubts_about_a_runs_times_are_problems()
    {
        var run = Run("a", 3, 40) with { Doubts = "the clock goes back; the log is cut" };

        Assert.Equal(
            """
            [{"What":"times may be wrong: the clock goes back","Runs":"1 run","Directories":["a"],"HasMore":false},
            {"What":"times may be wrong: the log is cut","Runs":"1 run","Directories":["a"],"HasMore":false}]
            """.Replace("\n", ""),
            JsonSerializer.Serialize(Report.Problems(Boom(run, Run("b", 6, 20))))
        );
    }

    // Without what other stages make of the runs.
    static Benchmark Boom(params BenchmarkRun[] runs) =>
        new(
            "boom",
            "BOOM",
            runs,
            new Dictionary<string, bool> { ["n_alert_workers=3"] = true },
            "n_alert_workers=3"
        );

    [Fact]
    public void Names_do_not_become_markup()
    {
        const string Script = "<script>alert(1)</script>";
        const string Image = "'\"><img src=x onerror=alert(1)>{{Night}}";
        var run = Run(Image, 3, 20) with
        {
            Arguments = new Dictionary<string, string>
            {
                ["n_alert_workers"] = "3",
                [Script] = Image,
                [Image] = Script,
            },
            Errors = 1,
        };
        project.Write("logs/README.md", $"# {Script}\n\n{Script} **{Image}**\n\nmore\n");

        var page = PageOf(run);

        Assert.Equal(1, Count(page, "(?i)<script"));
        Assert.Equal(0, Count(page, "(?i)<img"));
        Assert.Contains("&#39;&quot;&gt;&lt;img src=x onerror=alert(1)&gt;{{Night}}", page);
    }

    [LinuxFact]
    public void A_note_that_is_a_link_is_not_shown()
    {
        project.Write("secret", "# a\n\nsecret\n");
        project.Write("logs/x", "");
        File.CreateSymbolicLink(project.PathOf("logs/README.md"), "../secret");

        Assert.DoesNotContain("secret", PageOf(Run("a", 1, 40)));
    }

    [Fact]
    public void A_value_that_the_page_does_not_have_is_an_error_and_leaves_the_old_page()
    {
        var page = PageOf(Run("a", 1, 40));
        project.Write(Template, "{{#Tables}}{{Nmae}}{{/Tables}}");

        var outcome = project.RunScript("render-report");

        Assert.Equal(1, outcome.ExitCode);
        Assert.EndsWith($"ERROR: {Template}: 'Nmae' is undefined.\n", outcome.Error);
        Assert.Equal(page, project.Read("results/report.html"));
    }

    [Fact]
    public void A_scaling_of_other_runs_is_an_error_that_says_what_to_do()
    {
        PageOf(Run("a", 1, 40));
        project.Write("results/boom-runs.csv", RunsTable.Text("boom", [Run("b", 3, 20)]));
        project.WriteResults("results/rubin.json", project.Read("results/rubin.json"));

        var outcome = project.RunScript("render-report");

        Assert.Equal(
            (
                1,
                "ERROR: results/scaling.csv: has no best configuration of results/boom-runs.csv; first run compute-scaling\n"
            ),
            (outcome.ExitCode, outcome.Error)
        );
    }

    [Fact]
    public void A_scaling_that_is_damaged_is_an_error_with_its_line()
    {
        PageOf(Run("a", 1, 40));
        var scaling = project.Read("results/scaling.csv");
        void Fails(string text, string message)
        {
            project.Write("results/scaling.csv", text);
            Assert.Contains(
                $"ERROR: results/scaling.csv:{message}",
                project.RunScript("render-report").Error
            );
        }

        Fails(scaling.Replace(",true,", ",yes,"), "2: best is \"yes\", expected true or false");
        Fails(scaling + scaling.Split('\n')[1], "3: n_alert_workers=1 stands there twice");
    }

    [Fact]
    public void Without_any_table_of_runs_there_is_no_page()
    {
        project.Write("results/rubin.json", """{"rubin_alerts_per_s": 333}""");

        var outcome = project.RunScript("render-report");

        Assert.Equal(1, outcome.ExitCode);
        Assert.EndsWith("first run collect-boom\n", outcome.Error);
    }

    [Theory]
    [InlineData(0.4, "0.4")]
    [InlineData(332.5, "332")]
    [InlineData(2727.2, "2,727")]
    public void A_rate_has_its_thousands_apart(double rate, string expected) =>
        Assert.Equal(expected, Report.Rate(rate));

    [Theory]
    [InlineData("wall_time_s", "wall time (s)")]
    [InlineData("kafka_mb_per_s", "kafka MB/s")]
    [InlineData("kafka_alerts_per_s", "kafka alerts/s")]
    [InlineData("peak_memory_gib", "peak memory (GiB)")]
    [InlineData("n_ml_workers", "ML workers")]
    [InlineData("n_workers", "workers")]
    [InlineData("machine", "machine")]
    public void A_column_is_told_in_words_with_its_unit(string column, string expected) =>
        Assert.Equal(expected, Report.Heading(column));

    [Theory]
    [InlineData("start_time", "2025-08-05T00:31:55.442424+0000", "2025-08-05 00:31:55")]
    [InlineData("idle_tail_s", "10.137", "10.1")]
    [InlineData("idle_tail_s", "0", "0.0")]
    [InlineData("idle_tail_s", "1E-06", "0.000001")]
    [InlineData("alerts_per_s", "809.5", "810")]
    [InlineData("peak_memory_gib", "0.82630859375", "0.83")]
    [InlineData("complete", "true", "true")]
    [InlineData("kafka_mb_per_s", "", "")]
    public void A_value_is_rounded_and_kept_exactly(string column, string value, string expected) =>
        Assert.Equal(
            new RoundedValue(expected, expected == value ? "" : value),
            Report.Rounded(column, value)
        );
}
