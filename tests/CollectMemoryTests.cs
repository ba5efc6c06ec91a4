public sealed class CollectMemoryTests : IDisposable
{
    readonly ScratchProject project = new();

    public void Dispose() => project.Dispose();

    static string Sample(string memory) =>
        $"\x1b[H{{\"MemUsage\":\"{memory} / 125.7GiB\",\"NetIO\":\"1.79GB / 900MB\"}}\x1b[K\n\x1b[J\n";

    static string Samples(params string[] memory) => string.Concat(memory.Select(Sample));

    string[] Collect(string stage, params (string Container, string Text)[] logs)
    {
        project.WriteSweep(stage, "1");
        foreach (var (container, text) in logs)
            project.Write($"logs/x-n=1/{container}.stats.log", text);
        var outcome = project.RunScript("collect-memory");
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        return project.Read("results/memory.csv").TrimEnd('\n').Split('\n');
    }

    // In GiB, by hand: 115.4 / 1024, 775.3 / 1024, (70.84 + 775.3) / 1024.
    [Fact]
    public void The_peaks_of_the_published_analysis_of_boom_come_out() =>
        Assert.Equal(
            [
                "system,run,container,samples,peak_gib",
                "boom,x-n=1,consumer,3,0.1126953125",
                "boom,x-n=1,scheduler,4,0.75712890625",
                "boom,x-n=1,consumer+scheduler,3,0.82630859375",
            ],
            Collect(
                "benchmark-boom",
                ("consumer", Samples("0B", "115.4MiB", "70.84MiB")),
                ("scheduler", Samples("48.2MiB", "512.6MiB", "775.3MiB", "752MiB"))
            )
        );

    [Fact]
    public void The_peak_of_the_published_analysis_of_kowalski_comes_out() =>
        Assert.Equal(
            "kowalski,x-n=1,ingester,2,12.32",
            Collect("benchmark-kowalski", ("ingester", Samples("843.6MiB", "12.32GiB")))[1]
        );

    [Theory]
    [InlineData("0B", "0")]
    [InlineData("512B", "0.000000476837158203125")] // 512 / 2^30
    [InlineData("64KiB", "0.00006103515625")] // 64 / 2^20
    [InlineData("768MiB", "0.75")]
    [InlineData("1.25GiB", "1.25")]
    [InlineData("2TiB", "2048")]
    public void Every_unit_is_converted_exactly(string memory, string expected) =>
        Assert.Equal(
            $"kowalski,x-n=1,ingester,1,{expected}",
            Collect("benchmark-kowalski", ("ingester", Samples(memory)))[1]
        );

    [Fact]
    public void The_shorter_log_ends_the_sum() =>
        Assert.Equal(
            "boom,x-n=1,consumer+scheduler,2,3",
            Collect(
                "benchmark-boom",
                ("consumer", Samples("1GiB", "1GiB")),
                ("scheduler", Samples("1GiB", "2GiB", "9GiB"))
            )[3]
        );

    [Fact]
    public void A_sample_cut_short_in_one_log_does_not_shift_the_sum() =>
        Assert.Equal(
            "boom,x-n=1,consumer+scheduler,2,5",
            Collect(
                "benchmark-boom",
                ("consumer", Samples("1GiB", "9GiB", "1GiB")),
                ("scheduler", Sample("1GiB") + "{\"MemUsage\":\"2G\n" + Sample("4GiB"))
            )[3]
        );

    [Fact]
    public void Lines_that_are_no_whole_sample_are_skipped_and_counted()
    {
        project.WriteSweep("benchmark-kowalski", "1");
        project.Write(
            "logs/x-n=1/ingester.stats.log",
            "\x1b[2J\n\nnot json\n[1]\n{\"MemUsage\":\"-- / --\"}\n{\"Name\":\"x\"}\n"
                + Sample("1GiB")
                + "{\"MemUsage\":\"9GiB / 1"
        );

        var outcome = project.RunScript("collect-memory");

        Assert.EndsWith("\n5 lines that hold no whole sample were skipped\n", outcome.Out);
        Assert.EndsWith("\nkowalski,x-n=1,ingester,1,1\n", project.Read("results/memory.csv"));
    }

    [Fact]
    public void A_size_in_another_unit_is_an_error_with_its_line()
    {
        project.WriteSweep("benchmark-kowalski", "1");
        project.Write("logs/x-n=1/ingester.stats.log", Sample("1GiB") + Sample("2PiB"));

        var outcome = project.RunScript("collect-memory");

        Assert.Equal(
            (
                1,
                "ERROR: logs/x-n=1/ingester.stats.log:3: MemUsage is \"2PiB / 125.7GiB\", expected sizes such as 775.3MiB or 1.79GB\n"
            ),
            (outcome.ExitCode, outcome.Error)
        );
    }

    [Fact]
    public void A_log_without_a_sample_or_a_run_without_a_log_is_a_warning_and_no_row()
    {
        project.WriteSweep("benchmark-boom", "1", "2");
        project.Write("logs/x-n=1/consumer.stats.log", "");
        project.Write("logs/x-n=1/scheduler.stats.log", Sample("1GiB"));

        var outcome = project.RunScript("collect-memory");

        Assert.Equal(
            (
                0,
                "WARNING: logs/x-n=1/consumer.stats.log has no sample\n"
                    + "WARNING: logs/x-n=2/*.stats.log does not exist\n"
            ),
            (outcome.ExitCode, outcome.Error)
        );
        Assert.Equal(
            "system,run,container,samples,peak_gib\nboom,x-n=1,scheduler,1,1\n",
            project.Read("results/memory.csv")
        );
    }
}
