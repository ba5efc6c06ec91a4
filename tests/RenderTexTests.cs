using System.Text.RegularExpressions;
using static TableOfRuns;

public sealed class RenderTexTests : IDisposable
{
    readonly ScratchProject project = new();

    public void Dispose() => project.Dispose();

    const string Generated =
        "% This file was automatically generated; edits will be overwritten!\n";

    // The tables of runs that every result was made from.
    void WriteTables()
    {
        project.WriteRuns("boom", Run("n_workers=1", 75));
        project.WriteRuns("kowalski", Run("n_workers=1", 453));
    }

    [Fact]
    public void The_published_macros_come_first_and_a_missing_number_stays_xxxxx_and_is_named()
    {
        WriteTables();
        project.WriteResults(
            "results/factor.json",
            """
            {"boom_throughput_factor": 6.5, "boom": {
                "configuration": {"n_alert_workers": "3", "n_ml_workers": 4, "n_x_y_workers": "5", "n_workers": "", "machine": "a_b", "x": ""},
                "peak_memory_gib": {"median": 2.5}}}
            """
        );
        project.WriteResults(
            "results/rubin.json",
            """{"kafka_over_rubin": {"median": 7.65}, "kafka_mb_per_s": null, "boom_alert_workers": ["1", 3]}"""
        );

        var outcome = project.RunScript("render-tex");

        Assert.Equal(0, outcome.ExitCode);
        var tex = project.Read("paper/results.tex");
        // Halves are rounded to even; 7.65 is a little above.
        Assert.StartsWith(
            Generated
                + "\\newcommand{\\boomthroughputfactor}{6}\n"
                + "\\newcommand{\\kakfaingestratembps}{XXXXX}\n"
                + "\\newcommand{\\kakfaingestfactor}{7.7}\n",
            tex
        );
        Assert.Contains("\\newcommand{\\boommaxmem}{2}\n", tex);
        Assert.Contains("\\newcommand{\\boompeakmemory}{2.50}\n", tex);
        Assert.Contains(
            "\\newcommand{\\boomreference}{3 alert, 4 ML and 5 x y workers (machine a\\_b)}\n",
            tex
        );
        Assert.Contains("\\newcommand{\\boomalertworkers}{1, 3}\n", tex);
        // Those that stay XXXXX are those that are warned of.
        Assert.Equal(
            Regex.Matches(tex, @"\\(\w+)\}\{XXXXX\}").Select(match => match.Groups[1].Value),
            Regex
                .Matches(outcome.Error, @"WARNING: \\(\w+) stays XXXXX")
                .Select(match => match.Groups[1].Value)
        );
        Assert.Contains("results/rubin.json: kafka_mb_per_s.median is not there\n", outcome.Error);
        // Nor is a blank printed for a number.
        Assert.Contains(
            "Kowalski XXXXX times (XXXXX alerts/s)",
            Regex.Replace(outcome.Out, @"\s+", " ")
        );
    }

    // BOOM takes 300 s, Kowalski 20 s.
    [Fact]
    public void A_small_number_is_not_printed_as_zero()
    {
        WriteTables();
        project.WriteResults(
            "results/factor.json",
            """{"boom_throughput_factor": 0.06666666666666667, "boom": {"peak_memory_gib": {"median": 0.4}}}"""
        );
        project.WriteResults("results/rubin.json", "{}");

        var outcome = project.RunScript("render-tex");

        var tex = project.Read("paper/results.tex");
        Assert.Contains("{\\boomthroughputfactor}{0.07}", tex);
        Assert.Contains("{\\boommaxmem}{0.4}", tex);
        Assert.Contains("BOOM throughput factor: 0.1\n", outcome.Out);
    }

    [Fact]
    public void Without_a_table_of_runs_nothing_is_written()
    {
        WriteTables();
        project.WriteResults("results/factor.json", """{"boom_throughput_factor": 6}""");
        File.Delete(project.PathOf("results/kowalski-runs.csv"));

        var outcome = project.RunScript("render-tex");

        Assert.Equal(1, outcome.ExitCode);
        Assert.EndsWith(
            "ERROR: results/kowalski-runs.csv does not exist; first run collect-kowalski\n",
            outcome.Error
        );
        Assert.False(Directory.Exists(project.PathOf("paper")));
    }

    [Fact]
    public void The_projects_macros_are_letters_only_and_every_number_is_in_the_json()
    {
        project.CopyFromRoot("results");

        var outcome = project.RunScript("render-tex");

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        var macros = project.Read("paper/results.tex").Split('\n')[1..^1];
        Assert.StartsWith("\\newcommand{\\boomthroughputfactor}{6}", macros[0]);
        Assert.All(
            macros,
            line =>
                Assert.Matches(
                    @"^(% results/\w+\.json: [\w.]+|\\newcommand\{\\[a-z]+\}\{[\w., ]+\})$",
                    line
                )
        );
        var numbers = Regex
            .Matches(
                project.Read("results/factor.json") + project.Read("results/rubin.json"),
                @"\d+(\.\d+)?(E-?\d+)?"
            )
            .Select(match =>
                double.Parse(match.Value, System.Globalization.CultureInfo.InvariantCulture)
            )
            .ToArray();
        foreach (
            Match number in Regex.Matches(string.Concat(macros), @"(?<=\{)\d+(\.(\d+))?(?=\})")
        )
            Assert.Contains(
                number.Value,
                numbers.Select(one => one.ToString("F" + number.Groups[2].Length))
            );
    }

    [Fact]
    public void A_table_has_a_row_a_configuration_with_the_medians_of_its_complete_runs()
    {
        project.WriteRuns(
            "boom",
            Run("n_alert_workers=3 min_size=a_b repetition=1", 40, complete: true),
            Run("n_alert_workers=3 min_size=a_b repetition=2", 45, complete: true),
            Run("n_alert_workers=3 min_size=a_b repetition=3", 1, complete: false),
            Run("n_alert_workers=6 min_size= repetition=1", 1, complete: false)
        );
        // A stage without arguments.
        project.WriteRuns(
            "kowalski",
            new BenchmarkRun("logs/x", new Dictionary<string, string>())
            {
                NAlerts = 100,
                EndTime = default(DateTime).AddSeconds(8),
                WallTimeS = 8,
                AlertsPerS = 12.5,
            }
        );
        project.WriteResults("results/factor.json", """{"boom_throughput_factor": 6}""");

        Assert.Equal(0, project.RunScript("render-tex").ExitCode);

        Assert.Equal(
            [
                "  {alert} & {min size} & {runs} & {wall time (s)} & {alerts/s} \\\\",
                "  3 & {a\\_b} & 2 & 42.5 & 24 \\\\",
            ],
            Rows("boom")
        );
        Assert.Equal(
            ["  {runs} & {wall time (s)} & {alerts/s} \\\\", "  1 & 8 & 12 \\\\"],
            Rows("kowalski")
        );
    }

    string[] Rows(string system) =>
        project
            .Read($"paper/tables/{system}.tex")
            .Split('\n')
            .Where(line => line.EndsWith(@"\\"))
            .ToArray();

    [Fact]
    public void What_a_strangers_data_hold_is_neither_tex_nor_a_command_to_the_terminal()
    {
        project.WriteRuns(
            "boom",
            Run("x=1", 40) with
            {
                Arguments = new Dictionary<string, string>
                {
                    ["n_a\\input{x}%^^M_workers"] = "[1ex]}\\\\\\input{y}% #&",
                },
            }
        );
        project.WriteRuns("kowalski", Run("x=1", 40));
        project.WriteResults(
            "results/factor.json",
            """
            {"boom_throughput_factor": 6, "boom": {"wall_time_s": {"median": 5}, "configuration": {
                "n_}\\input{x}%\n\\input{y}_workers": "^^5cinput{z}\u001b[2J\u202e",
                "n_^^M_workers": "1\r\n\\newcommand{\\a}{b}", "#1$x$&~": "\u2028\\end{document}" }}}
            """
        );

        var outcome = project.RunScript("render-tex");

        Assert.Equal(0, outcome.ExitCode);
        Assert.DoesNotContain('\u001b', outcome.Out + outcome.Error);
        Assert.DoesNotContain('\u202e', outcome.Out + outcome.Error);
        var written = project.Read("paper/results.tex") + project.Read("paper/tables/boom.tex");
        Assert.DoesNotContain("^", written.Replace(@"\textasciicircum{}", ""));
        Assert.Equal(
            new[]
            {
                "newcommand",
                "begin",
                "end",
                "toprule",
                "midrule",
                "bottomrule",
                "endhead",
                "endfoot",
                "textbackslash",
                "textasciicircum",
                "textasciitilde",
            }.Order(),
            Regex
                .Matches(written, @"\\([A-Za-z]+)")
                .Select(match => match.Groups[1].Value)
                .Where(name => !written.Contains($@"\newcommand{{\{name}}}"))
                .Distinct()
                .Order()
        );
        foreach (var line in written.Split('\n'))
        {
            // Escaped or a comment of its own, every brace is closed on its line.
            var code = Regex.Replace(line, @"\\[^A-Za-z]", "");
            Assert.DoesNotContain('%', code.TrimStart('%'));
            if (!line.StartsWith('%'))
                Assert.Equal(code.Count(c => c == '{'), code.Count(c => c == '}'));
        }
    }

    [Fact]
    public void What_is_no_number_is_an_error_that_names_file_and_field_and_leaves_the_old_macros()
    {
        project.Write("paper/results.tex", "old");
        void Fails(string factor, params string[] culprits)
        {
            project.Write("results/factor.json", factor);
            var outcome = project.RunScript("render-tex");
            Assert.Equal((1, ""), (outcome.ExitCode, outcome.Out));
            Assert.Equal(1, outcome.Error.Count(character => character == '\n'));
            Assert.StartsWith("ERROR: results/factor.json", outcome.Error);
            Assert.All(culprits, culprit => Assert.Contains(culprit, outcome.Error));
            Assert.Equal("old", project.Read("paper/results.tex"));
        }

        Fails("{\"boom_throughput_factor\": 0}", "boom_throughput_factor", "compute-factor");
        Fails("{\"boom_throughput_factor\": \"6\"}", "boom_throughput_factor is a String");
        Fails(
            "{\"boom_throughput_factor\": 6, \"boom\": {\"wall_time_s\": {\"median\": 1e300}}}",
            "boom.wall_time_s.median is "
        );
    }
}
