public sealed class RunsTableTests : IDisposable
{
    readonly string file = Path.GetTempFileName();

    public void Dispose() => File.Delete(file);

    const string Header =
        "run,n_workers,n_alerts,start_time,end_time,wall_time_s,processing_time_s,idle_tail_s,"
        + "alerts_per_s,warnings,errors,kafka_alerts_per_s,peak_memory_gib,doubts";
    const string Row =
        "logs/a,3,100,2025-08-05T03:18:39.000000,2025-08-05T03:18:49.000000,10,9.5,0.5,10,1,2,200.5,1.5,";

    BenchmarkRun[] Read(string text, string system = "kowalski")
    {
        File.WriteAllText(file, text);
        return RunsTable.Read(system, file);
    }

    // The error without the file's name, "2: …".
    string Error(string text)
    {
        var error = Assert.Throws<InvalidDataException>(() => Read(text));
        Assert.StartsWith(file + ":", error.Message);
        Assert.Equal(Screen.OneLine(error.Message), error.Message);
        return error.Message[(file.Length + 1)..];
    }

    [Fact]
    public void A_run_is_what_its_row_tells()
    {
        var run = Assert.Single(Read($"{Header}\n{Row}\n"));

        Assert.Equal("logs/a", run.Directory);
        Assert.Equal($"{file}:2", run.Place);
        Assert.Equal(
            "n_workers=3",
            string.Join(" ", run.Arguments.Select(a => $"{a.Key}={a.Value}"))
        );
        Assert.Equal((3, 100, 10), (run.NWorkers, run.NAlerts, run.WallTimeS));
        Assert.Equal(new DateTime(2025, 8, 5, 3, 18, 39), run.StartTime);
        Assert.Equal(DateTimeKind.Unspecified, run.StartTime.Kind);
        Assert.Equal((9.5, 0.5, 10.0), (run.ProcessingTimeS, run.IdleTailS, run.AlertsPerS));
        Assert.Equal((1, 2), (run.Warnings, run.Errors));
        Assert.Equal((200.5, 1.5), (run.KafkaAlertsPerS, run.PeakMemoryGib));
        Assert.Null(run.Complete);
        Assert.True(run.Counts);
    }

    // A run with random facts, a third of those that may be null.
    static BenchmarkRun Generated(Random random, int i, string[] names)
    {
        double? Number() =>
            random.Next(3) switch
            {
                0 => null,
                1 => random.Next(1000),
                _ => Math.Pow(10, random.NextDouble() * 23 - 8.5),
            };
        long? Whole() => random.Next(3) == 0 ? null : random.NextInt64(1, long.MaxValue);
        var arguments = new OrderedDictionary<string, string>();
        string[] texts = ["1", "007", "", "1.50", "a, \"b\"", " c", "ü€", "#x", "-1"];
        foreach (var name in names)
            arguments.Add(name, texts[random.Next(texts.Length)]);
        var kind = random.Next(2) == 0 ? DateTimeKind.Utc : DateTimeKind.Unspecified;
        var start = new DateTime(random.NextInt64(1, DateTime.MaxValue.Ticks / 20) * 10, kind);
        var wallTime = random.NextInt64(1, 100_000_000);
        return new BenchmarkRun($"logs/{i}", arguments)
        {
            NAlerts = 5,
            StartTime = start,
            EndTime = start.AddSeconds(wallTime).AddMicroseconds(random.Next(1_000_000)),
            WallTimeS = wallTime,
            ProcessingTimeS = Number(),
            IdleTailS = Number(),
            AlertsPerS = random.Next(2) == 0 ? null : 5.0 / wallTime,
            FiltersSeen = Whole(),
            MinAlertsFiltered = Whole(),
            MaxAlertsFiltered = Whole(),
            Complete = random.Next(3) switch
            {
                0 => null,
                1 => true,
                _ => false,
            },
            Warnings = random.Next(9),
            Errors = random.Next(9),
            KafkaAlertsPerS = Number(),
            KafkaMbPerS = Number(),
            ConsumerPeakGib = Number(),
            SchedulerPeakGib = Number(),
            PeakMemoryGib = Number(),
            Doubts = random.Next(2) == 0 ? "" : "a; b, c",
        };
    }

    [Fact]
    public void What_is_written_is_read_again()
    {
        var random = new Random(1);
        for (var i = 0; i < 300; i++)
        {
            var names = Enumerable.Range(0, random.Next(4)).Select(n => $"a{n}").ToArray();
            var runs = Enumerable
                .Range(0, random.Next(1, 6))
                .Select(number => Generated(random, number, names))
                .ToArray();
            var text = RunsTable.Text("boom", runs);

            var read = Read(text, "boom");

            Assert.Equal(text, RunsTable.Text("boom", read));
            foreach (var (one, other) in runs.Zip(read))
            {
                Assert.Equal(one.Arguments, other.Arguments);
                Assert.Equal(one with { Arguments = other.Arguments, Place = other.Place }, other);
            }
        }
    }

    [Fact]
    public void The_tables_of_two_stages_have_the_arguments_of_both()
    {
        BenchmarkRun Run(string directory, params (string Name, string Value)[] arguments) =>
            new(
                directory,
                new OrderedDictionary<string, string>(
                    arguments.Select(a => KeyValuePair.Create(a.Name, a.Value))
                )
            )
            {
                NAlerts = directory.Length,
            };
        BenchmarkRun[] runs =
        [
            Run("a", ("n", "1"), ("m", "2")),
            Run("bb", ("n_alerts", "2"), ("o", "3"), ("n", "4")),
        ];

        Assert.Equal(
            ["n,m,n_alerts,o,start_time,end_time,wall_time_s", "1,2,,,0001", "4,,2,3,0001"],
            RunsTable
                .NotebookText("boom", runs)
                .TrimEnd()
                .Split('\n')
                .Select(line => line.Split('-')[0])
        );
        Assert.StartsWith("run,n,m,o,n_alerts,start_time,", RunsTable.Text("boom", runs));
        var read = Read(RunsTable.Text("boom", runs), "boom");
        Assert.Equal(["1", "2", "", "1"], read[0].Arguments.Values);
        Assert.Equal(["n", "m", "o", "n_alerts"], read[1].Arguments.Keys);
    }

    [Theory]
    [InlineData("", ": is empty")]
    [InlineData(Header + "\n", ": there is no run")]
    [InlineData("x\n1\n", "1: there is no column run")]
    [InlineData("\0\n", "1: ")]
    public void A_table_without_runs_is_an_error(string text, string expected) =>
        Assert.StartsWith(expected.TrimStart(':'), Error(text));

    [Theory]
    [InlineData("wall_time_s", "walltime_s", "wall_time_s")] // misspelt
    [InlineData(",idle_tail_s", "", "idle_tail_s")] // missing
    [InlineData("n_workers", "errors", "errors")] // doubled
    [InlineData("peak_memory_gib", "peak_memory_gib,more", "peak_memory_gib")] // unknown
    [InlineData("start_time,end_time", "end_time,start_time", "start_time")]
    [InlineData("run,n_workers", "n_workers,run", "run")]
    [InlineData("n_workers", "", "blank")]
    [InlineData("n_workers", "\u001b[31m", "control character")]
    [InlineData("n_workers", "=1+1", "=1+1")] // a formula for a spreadsheet
    [InlineData("n_workers", "\"a\nb\"", "control character")]
    public void Other_columns_are_an_error_that_names_the_column(
        string old,
        string changed,
        string culprit
    )
    {
        var error = Error($"{Header.Replace(old, changed)}\n{Row}\n");

        Assert.Matches("^[12]: ", error);
        Assert.Contains(culprit, error);
    }

    [Theory]
    [InlineData("n_alerts", "1.5")]
    [InlineData("n_alerts", "-1")]
    [InlineData("n_alerts", "")]
    [InlineData("n_alerts", "٣")]
    [InlineData("n_alerts", "99999999999999999999")]
    [InlineData("start_time", "2025-08-05 00:31:55")]
    [InlineData("start_time", "2025-13-05T00:31:55.000000")]
    [InlineData("end_time", "")]
    [InlineData("wall_time_s", "1e3")]
    [InlineData("wall_time_s", " 1")]
    [InlineData("wall_time_s", "soon")]
    [InlineData("processing_time_s", "∞")]
    [InlineData("processing_time_s", "Infinity")]
    [InlineData("processing_time_s", "1e999")]
    [InlineData("idle_tail_s", "-0.5")]
    [InlineData("idle_tail_s", "NaN")]
    [InlineData("alerts_per_s", "1e300")]
    [InlineData("alerts_per_s", "1e-320")]
    [InlineData("alerts_per_s", "\"7,5\"")]
    [InlineData("kafka_alerts_per_s", "1 000")]
    [InlineData("peak_memory_gib", "1GiB")]
    public void A_value_that_its_column_does_not_hold_is_an_error_with_line_and_column(
        string column,
        string value
    )
    {
        var values = Row.Split(',');
        values[Header.Split(',').IndexOf(column)] = value;

        Assert.StartsWith(
            $"3: {column} is ",
            Error($"{Header}\n{Row}\n{string.Join(",", values)}\n")
        );
    }

    // Who changes a definition in a collector has changed no other script.
    [Fact]
    public void A_wall_time_and_a_throughput_of_another_definition_are_read()
    {
        var values = Row.Split(',');
        values[Header.Split(',').IndexOf("wall_time_s")] = "11";
        values[Header.Split(',').IndexOf("alerts_per_s")] = "12.5";

        var run = Read($"{Header}\n{string.Join(",", values)}\n").Single();

        Assert.Equal((11, 12.5), (run.WallTimeS, run.AlertsPerS));
    }

    [Theory]
    [InlineData("FALSE")]
    [InlineData("0")]
    [InlineData("yes")]
    public void Complete_is_true_false_or_blank(string value)
    {
        var runs = RunsTable.Text(
            "boom",
            [new("a", new Dictionary<string, string>()) { Complete = false }]
        );

        Assert.False(Read(runs, "boom")[0].Counts);
        var error = Assert.Throws<InvalidDataException>(() =>
            Read(runs.Replace("false", value), "boom")
        );
        Assert.StartsWith($"{file}:2: complete is ", error.Message);
    }

    [Theory]
    [InlineData(Row + ",1", "15 values, expected 14")]
    [InlineData("logs/a,3", "2 values, expected 14")]
    [InlineData("x\"" + Row, "quote")]
    [InlineData("\"" + Row, "quote")] // never closed
    [InlineData("\u001b[2J" + Row, "control character")]
    [InlineData("\u202e" + Row, "control character")]
    public void A_row_that_is_none_is_an_error_with_its_line(string row, string expected)
    {
        var error = Error($"{Header}\n{row}\n");

        Assert.Matches("^[23]: ", error);
        Assert.Contains(expected, error);
    }

    [Fact]
    public void A_run_that_stands_twice_is_an_error_that_names_it()
    {
        var error = Error($"{Header}\n{Row}\n{Row}\n");

        Assert.StartsWith("3: ", error);
        Assert.Contains("logs/a", error);
    }

    [Fact]
    public void Cr_lf_a_byte_order_mark_and_a_missing_last_newline_do_not_matter() =>
        Assert.Equal(1.5, Read($"\ufeff{Header}\r\n{Row}")[0].PeakMemoryGib);

    [Theory]
    [InlineData("x")]
    [InlineData("1.5")]
    [InlineData("-1")]
    [InlineData("1000001")]
    public void A_number_of_workers_that_is_none_is_an_error_with_line_and_column(string value)
    {
        var run = Read($"{Header}\n{Row.Replace("logs/a,3", $"logs/a,{value}")}\n")[0];

        Assert.StartsWith(
            $"{file}:2: n_workers is ",
            Assert.Throws<InvalidDataException>(() => run.NWorkers).Message
        );
    }

    [Fact]
    public void The_workers_are_those_of_all_kinds_and_a_blank_is_none()
    {
        var header = Header.Replace(
            "n_workers",
            "n_a_workers,n_gpus,workers,n_b_workers,n_c_workers"
        );

        Assert.Equal(
            7,
            Read($"{header}\n{Row.Replace("logs/a,3", "logs/a,3,8,8,4,")}\n")[0].NWorkers
        );
    }

    [Fact]
    public void A_missing_table_is_an_error_that_says_what_to_run() =>
        Assert.Contains(
            "run collect-boom",
            Assert
                .Throws<InvalidDataException>(() => RunsTable.Read("boom", file + ".none"))
                .Message
        );

    [Theory]
    [InlineData("boom")]
    [InlineData("kowalski")]
    public void Mutants_of_the_projects_tables_are_read_or_are_an_error_of_one_line(string system)
    {
        var table = File.ReadAllText(
            Path.Combine(ScratchProject.Root, $"results/{system}-runs.csv")
        );
        Mutants.Read(
            table,
            (
                ",¦\"¦\"\"¦\n¦\r\n¦\r¦-¦+¦.¦e¦E+300¦e-320¦NaN¦∞¦Infinity¦true¦FALSE¦ ¦"
                + "\t¦\0¦\u001b[2J¦\u2028¦\u202e¦=1+1¦run¦n_alerts¦n_workers¦complete¦0¦"
                + "00¦1_000¦2025-08-05¦+0000¦99999999999999999999¦\ud800¦\ufeff¦#"
            ).Split('¦'),
            file,
            () =>
            {
                foreach (var configuration in Configuration.Of(RunsTable.Read(system, file)))
                    if (configuration.Runs.Count > 0)
                        _ = (
                            configuration.WallTimeS,
                            configuration.AlertsPerS,
                            configuration.NWorkers
                        );
            },
            file
        );
    }
}
