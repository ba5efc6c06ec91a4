using System.Text.RegularExpressions;

/// <summary>An edited copy of explore.csx, run on a table with all that Deedle takes for something
/// else.</summary>
public sealed class EditedExplore : InProject
{
    // Arguments of 0 and 1, columns of blanks and of blanks but for a text, kinds of workers that only
    // some runs have.
    public const string Odd = """
        run,machine,repetition,n_gpu_workers,n_ml_workers,n_alerts,start_time,wall_time_s,alerts_per_s,complete,peak_memory_gib,doubts
        a,12,1,0,3,1000,x,100,10,,,
        b,12,2,0,3,1000,x,110,9,True,NA,
        c,12,1,1,3,1000,x,50,20,,,
        d,laptop,1,1,3,1000,x,7,143,False,,a doubt
        e,laptop,1,0,,1000,x,60.5,16,,,the log is cut
        f,laptop,1,1,,1000,,,,,,
        """;

    static readonly string[] filters =
    [
        """GetAs<double>("n_gpu_workers") == 1""",
        """GetAs<int>("n_ml_workers") == 3""",
        """GetAs<string>("n_gpu_workers") == "0" && run.Key > 0""",
        """GetAs<double>("wall_time_s") < 100""",
        """GetAs<string>("machine") == "12" && run.Key < 2""",
        """GetAs<string>("complete") == "True" """,
        """GetAs<string>("doubts").Length > 0""",
    ];

    public string Shown { get; }

    public EditedExplore()
    {
        var script = ScratchProject.Committed("scripts/explore.csx");
        var lines = filters.Select(filter =>
            $"WriteLine(string.Join(' ', runs.Where(run => run.Value.{filter}).RowKeys));\n"
        );
        const string Table =
            """Medians(runs, "n_gpu_workers", "machine", "wall_time_s").Print();""";
        Project.Write("edited-explore.csx", $"{script}{string.Concat(lines)}{Table}");
        Project.Write("results/boom-runs.csv", Odd);
        Shown = ExploreTests.Shown(Project.Run("edited-explore.csx"));
    }
}

public sealed class ExploreTests(EditedExplore edited) : InProject, IClassFixture<EditedExplore>
{
    /// <summary>What it printed, with single blanks.</summary>
    public static string Shown(Outcome outcome)
    {
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        return Regex.Replace(outcome.Out, " +", " ");
    }

    [Fact]
    public void A_filter_finds_its_runs_whatever_types_it_compares() =>
        Assert.Contains("\n2\n0 1 2\n1 4\n2 4\n0 1\n1\n4\n", edited.Shown);

    [Fact]
    public void Blanks_and_numbers_of_0_and_1_are_no_text()
    {
        Assert.Contains(" of 4 runs by n_gpu_workers and n_ml_workers, ", edited.Shown);
        // Runs without ML workers have 0 of them.
        Assert.Contains("\n 0 3 \n0 -> 60.5 105 \n1 -> <missing> 50 \n", edited.Shown);
        Assert.Contains("\nn_gpu_workers: 0.48\n", edited.Shown);
        Assert.Contains("\n2 -> 1 3 50 \n", edited.Shown);
        Assert.EndsWith("\n 12 laptop \n0 -> 105 60.5 \n1 -> 50 <missing> \n\n", edited.Shown);
    }

    [Fact]
    public void Incomplete_runs_and_runs_that_were_not_read_are_left_out()
    {
        var left = EditedExplore.Odd.Split('\n').Where(row => !"abce".Contains(row[0]));
        Project.Write("results/boom-runs.csv", string.Join("\n", left));

        Assert.StartsWith("Wall time (s) of 0 runs ", Shown(Project.RunScript("explore")));
    }

    [Fact]
    public void A_project_may_have_one_system_only_and_without_tables_it_says_what_to_run()
    {
        const string Error =
            "ERROR: results/boom-runs.csv does not exist; first run collect-boom\n";
        Assert.Equal(new Outcome(1, "", Error), Project.RunScript("explore"));

        const string Facts = "n_workers,n_alerts,start_time,wall_time_s,alerts_per_s,doubts";
        Project.WriteRuns("kowalski", Facts, "3,1000,2025-08-05T01:00:00,500,2,");
        Assert.Contains("\n 1000 \n3 -> 500 \n", Shown(Project.RunScript("explore")));
    }
}
