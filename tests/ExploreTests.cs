public sealed class ExploreTests : IDisposable
{
    readonly ScratchProject project = new();

    public void Dispose() => project.Dispose();

    [Fact]
    public void The_results_are_shown_from_all_sides()
    {
        project.CopyFromRoot("results");

        var outcome = project.RunScript("explore");

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        // By hand: the best of seven workers has 29142 / 75 / 0.82630859375 alerts/s per GiB.
        Assert.Contains("470.23", outcome.Out);
        // The six pairs of runs alike but for 1 or 6 alert workers: 74/211, 76/210, 46/199, 46/194,
        // 36/194, 38/197; their mean is 0.256.
        Assert.Matches(@"n_alert_workers\s+0\.26\s+6", outcome.Out);
    }
}
