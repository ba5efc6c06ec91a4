public sealed class DockerStatsTests : IDisposable
{
    readonly ScratchLog log = new();

    public void Dispose() => log.Dispose();

    // A sample as docker compose draws it on a screen.
    static string Sample(string memory, string network = "1.79GB") =>
        "\x1b[H{\"BlockIO\":\"0B / 0B\",\"CPUPerc\":\"12.00%\",\"Container\":\"boom-consumer-1\","
        + $"\"MemUsage\":\"{memory} / 125.7GiB\",\"NetIO\":\"{network} / 900MB\",\"PIDs\":\"38\"}}\x1b[K\n\x1b[J\n";

    DockerStats Read(string text) => DockerStats.Read(log.Write(text));

    [Theory]
    [InlineData("0B", 0)]
    [InlineData("512B", 512 / 1073741824.0)]
    [InlineData("980KiB", 980 / 1048576.0)]
    [InlineData("775.3MiB", 775.3 / 1024)]
    [InlineData("1024MiB", 1)]
    [InlineData("1.001GiB", 1.001)]
    [InlineData("2TiB", 2048)]
    [InlineData("1PiB", 1048576)]
    public void Memory_is_counted_in_binary_units(string memory, double gib) =>
        Assert.Equal(gib, Read(Sample(memory) + Sample("1GiB")).MemoryGib[0]!.Value, 1e-12);

    [Theory]
    [InlineData("64B", 0.000064)]
    [InlineData("1.45kB", 0.00145)]
    [InlineData("1e+03kB", 1)]
    [InlineData("999MB", 999)]
    [InlineData("1e+03MB", 1000)]
    [InlineData("1.79GB", 1790)]
    [InlineData("2TB", 2_000_000)]
    [InlineData("3PB", 3_000_000_000)]
    public void Traffic_is_counted_in_decimal_units(string network, double mb) =>
        Assert.Equal(mb, Read(Sample("1GiB", network)).ReceivedMb!.Value, 1e-9);

    [Fact]
    public void The_peak_is_the_largest_sample_and_the_traffic_the_last_one()
    {
        var stats = Read(Sample("1GiB", "1MB") + Sample("3GiB", "2MB") + Sample("2GiB", "5MB"));

        Assert.Equal(3, stats.PeakGib);
        Assert.Equal(5, stats.ReceivedMb);
    }

    [Fact]
    public void A_container_that_is_gone_has_no_sample()
    {
        var stats = Read(Sample("1GiB", "5MB") + Sample("--", "--") + Sample("0B", "0B"));

        Assert.Equal([1, null, 0], stats.MemoryGib);
        Assert.Equal(5, stats.ReceivedMb);
    }

    [Theory]
    [InlineData("1MB 2MB 2MB", true)]
    [InlineData("1GB 1.79GB 1.8GB", true)] // a heartbeat
    [InlineData("999MB 1e+03MB 1GB 0B", true)]
    [InlineData("1MB 2MB 3MB", false)] // the samples end too early
    [InlineData("5MB 1MB 1MB", false)] // another container has taken its place
    [InlineData("5MB", false)]
    [InlineData("0B 0B", false)]
    public void Samples_are_whole_when_the_traffic_has_come_to_rest(string traffic, bool isWhole) =>
        Assert.Equal(
            isWhole,
            Read(string.Concat(traffic.Split().Select(one => Sample("1GiB", one)))).IsWhole
        );

    // 5 MB more from each to the next, as of a run of minutes; at the end nothing for some seconds.
    [Theory]
    [InlineData(200, 10, true)]
    [InlineData(120, 0, false)]
    [InlineData(60, 0, false)]
    public void A_slow_run_that_is_cut_is_not_whole(int samples, int rest, bool isWhole)
    {
        var traffic = Enumerable
            .Range(1, samples + rest)
            .Select(n => 900 + 5 * Math.Min(n, samples));

        Assert.Equal(
            isWhole,
            Read(string.Concat(traffic.Select(mb => Sample("1GiB", $"{mb / 1000.0}GB")))).IsWhole
        );
    }

    [Fact]
    public void Samples_of_two_containers_are_an_error()
    {
        var named = Sample("1GiB").Replace("{", "{\"Name\":\"boom-consumer-1\",");
        var gone = Sample("--", "--").Replace("{", "{\"Name\":\"--\",");
        log.Write(named + gone + named.Replace("consumer-1\",\"B", "consumer-2\",\"B"));

        log.AssertRefused(path => DockerStats.Read(path), 5, "boom-consumer-2");
    }

    [Fact]
    public void A_sample_that_is_cut_short_stays_a_sample()
    {
        var stats = Read(
            "\x1b[H{\"BlockIO\":\"0B / 0B\",\"CPUPe\n"
                + Sample("1GiB")
                + "/ 0B\",\"NetIO\":\"9GB / 1GB\"}\n"
                + "{\"Name\":\"x\"}\n"
                + "{\"MemUsage\":\"9GiB"
        );

        Assert.Equal([null, 1, null, null, null], stats.MemoryGib);
    }

    [Fact]
    public void Blank_lines_cursor_codes_and_zeros_are_no_samples()
    {
        var stats = Read("\x1b[2J\x1b[H\n\r\n  \t\n\0\0\0\n" + Sample("1GiB") + "\x1b[?25h\n");

        Assert.Equal([1], stats.MemoryGib);
    }

    [Theory]
    [InlineData("\ufeff{0}")]
    [InlineData("\0\0\0{0}")]
    [InlineData("{0}\r")]
    public void Debris_around_a_sample_does_not_hide_it(string format) =>
        Assert.Equal([1], Read(format.Replace("{0}", Sample("1GiB").TrimEnd('\n'))).MemoryGib);

    [Fact]
    public void A_sample_that_is_longer_than_the_buffer_is_one_sample()
    {
        var stats = Read(
            $"{{\"Name\":\"{new string('x', 200_000)}\",\"MemUsage\":\"2GiB / 1GiB\"}}\n"
        );

        Assert.Equal([2], stats.MemoryGib);
    }

    [Theory]
    [InlineData("2EiB")]
    [InlineData("2 GiB")]
    [InlineData("2gib")]
    [InlineData("1,5GiB")]
    [InlineData("1e+99MB")]
    [InlineData("")]
    [InlineData("\u0663GiB")]
    public void A_size_of_another_form_is_an_error_with_its_line(string memory)
    {
        log.Write(Sample("1GiB") + Sample(memory));
        log.AssertRefused(path => DockerStats.Read(path), 3, $"MemUsage is \"{memory} /");
    }

    [Fact]
    public void A_size_of_a_megabyte_makes_no_message_of_that_length()
    {
        log.Write(Sample(new string('9', 1_000_000)));

        var error = Assert.Throws<InvalidDataException>(() => DockerStats.Read(log.Path));

        Assert.InRange(error.Message.Length, 1, 300);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\x1b[2J\n\n")]
    [InlineData("not json\n[1]\n{\n")]
    [InlineData("{\"MemUsage\":\"-- / --\"}\n")]
    [InlineData("{\"MemUsage\":\"1GiB")]
    [InlineData("{\"MemUsage\":\"0B / 0B\"}\n")] // docker does not count
    public void A_log_without_a_sample_is_an_error(string text)
    {
        log.Write(text);
        log.AssertRefused(path => DockerStats.Read(path), 0, "sample");
    }

    [Fact]
    public void More_than_a_thousand_broken_samples_are_an_error()
    {
        log.Write(string.Concat(Enumerable.Repeat("\"\n", 2000)));
        log.AssertRefused(path => DockerStats.Read(path), 1001, "1000");
    }
}
