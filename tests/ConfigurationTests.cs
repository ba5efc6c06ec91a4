using static TableOfRuns;

/// <summary>Configurations, selections and the numbers of repeated runs.</summary>
public class ConfigurationTests
{
    static BenchmarkRun[] Selected(string selection, params BenchmarkRun[] runs) =>
        Selection.Parse("boom", selection).Of(runs);

    [Fact]
    public void Runs_that_differ_in_their_repetition_only_are_one_configuration()
    {
        var configurations = Configuration.Of([
            Run("n=1 repetition=1", 80),
            Run("n=2 repetition=1", 40),
            Run("n=1 repetition=2", 70),
            Run("n=1 repetition=3", 71),
        ]);

        Assert.Equal(["n=1", "n=2"], configurations.Select(configuration => configuration.Text));
        Assert.Equal(new Spread(71, 70, 80, 3), configurations[0].WallTimeS);
        Assert.Equal(new Spread(1000.0 / 71, 12.5, 1000.0 / 70, 3), configurations[0].AlertsPerS);
        Assert.Equal(
            ["logs/n=1-repetition=1", "logs/n=1-repetition=2", "logs/n=1-repetition=3"],
            configurations[0].Runs.Select(run => run.Directory)
        );
    }

    [Fact]
    public void An_incomplete_run_counts_nowhere()
    {
        var configuration = Assert.Single(
            Configuration.Of([
                Run("n=1 repetition=1", 10, complete: false),
                Run("n=1 repetition=2", 70, complete: true),
                Run("n=1 repetition=3", 71),
            ])
        );

        Assert.Equal(3, configuration.AllRuns.Count);
        Assert.Equal(2, configuration.Runs.Count);
        Assert.Equal(new Spread(70.5, 70, 71, 2), configuration.WallTimeS);
        Assert.Equal(2, configuration.AlertsPerS.N);
    }

    [Fact]
    public void Texts_that_look_alike_side_by_side_are_not_one_configuration() =>
        Assert.Equal(
            2,
            Configuration
                .Of([
                    Run("a=x b=y", 1),
                    new("other", new Dictionary<string, string> { ["a"] = "x b=y", ["b"] = "" }),
                ])
                .Length
        );

    [Fact]
    public void A_wall_time_of_zero_is_an_error_with_the_line_and_the_run()
    {
        var configuration = Configuration.Of([Run("n=1", 0)])[0];

        foreach (
            var read in new[] { () => configuration.WallTimeS, () => configuration.AlertsPerS }
        )
        {
            var error = Assert.Throws<InvalidDataException>(read);
            Assert.StartsWith("table:2: ", error.Message);
            Assert.Contains("logs/n=1", error.Message);
        }
    }

    [Fact]
    public void Values_are_compared_as_text_and_a_blank_one_is_a_value()
    {
        BenchmarkRun[] runs =
        [
            Run("n=1 machine=", 1),
            Run("n=01 machine=", 2),
            Run("n=1 machine=server", 3),
        ];

        long[] WallTimes(string selection) =>
            Selected(selection, runs).Select(run => run.WallTimeS).ToArray();
        Assert.Equal([1, 3], WallTimes("n=1"));
        Assert.Equal([2], WallTimes("n=01"));
        Assert.Equal([1], WallTimes("n=1,machine="));
        Assert.Equal([3], WallTimes(" machine = server , n = 1 "));
        Assert.Equal([1, 2, 3], WallTimes("n_alerts=1000"));
        Assert.Equal(
            [4],
            Selected("gpus=0,1,n=1", Run("n=1 gpus=0", 3), Run("n=1 gpus=0,1", 4))
                .Select(run => run.WallTimeS)
        );
        Assert.Equal(3, Selection.Parse("boom", null).Of(runs).Length);
    }

    [Theory]
    [InlineData("n=3", "n=1 | n=2")]
    [InlineData("n=1,m=4", "n=1,m=3 | n=2,m=4")]
    [InlineData("nn=1", "n, m")]
    [InlineData("n_alerts=5", "n_alerts=1000")]
    public void What_no_run_has_is_an_error_that_says_what_there_is(
        string selection,
        string expected
    )
    {
        var error = Assert.Throws<InvalidDataException>(() =>
            Selected(selection, Run("n=1 m=3", 1), Run("n=2 m=4", 1), Run("n=2 m=4", 1))
        );

        Assert.StartsWith("results/boom-runs.csv: ", error.Message);
        Assert.Contains("(--boom)", error.Message);
        Assert.EndsWith("there is " + expected, error.Message);
    }

    [Fact]
    public void Of_many_only_the_first_few_are_named()
    {
        var error = Assert.Throws<InvalidDataException>(() =>
            Selected("n=x", Enumerable.Range(0, 1000).Select(n => Run($"n={n}", 1)).ToArray())
        );

        Assert.EndsWith("n=8 | n=9 | …", error.Message);
    }

    [Theory]
    [InlineData("n")]
    [InlineData("=1")]
    [InlineData("n=1,")]
    [InlineData("n=1,n=2")]
    [InlineData("")]
    public void Another_form_is_a_bad_command_line(string selection) =>
        Assert.StartsWith(
            "--boom",
            Assert.Throws<UsageException>(() => Selection.Parse("boom", selection)).Message
        );

    [Fact]
    public void Generated_runs_have_the_medians_and_ranges_of_an_obvious_computation()
    {
        var random = new Random(1);
        for (var i = 0; i < 500; i++)
        {
            var runs = Enumerable
                .Range(0, random.Next(1, 30))
                .Select(number =>
                    Run(
                        $"n={random.Next(3)} m={random.Next(2)} repetition={number}",
                        random.Next(1, 50),
                        random.Next(4) > 0
                    )
                )
                .OrderBy(_ => random.Next())
                .ToArray();

            var configurations = Configuration.Of(runs);

            Assert.Equal(runs.Length, configurations.Sum(one => one.AllRuns.Count));
            foreach (var configuration in configurations.Where(one => one.Runs.Count > 0))
            {
                var times = new List<long>();
                foreach (var run in runs)
                    if (
                        run.Complete == true
                        && run.Arguments["n"] == configuration.Arguments["n"]
                        && run.Arguments["m"] == configuration.Arguments["m"]
                    )
                        times.Add(run.WallTimeS);
                times.Sort();
                var half = times.Count / 2;
                Assert.Equal(
                    new Spread(
                        times.Count % 2 == 1 ? times[half] : (times[half - 1] + times[half]) / 2.0,
                        times[0],
                        times[^1],
                        times.Count
                    ),
                    configuration.WallTimeS
                );
            }
        }
    }
}
