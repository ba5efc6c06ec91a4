#!/usr/bin/env -S dotnet run
#:property PublishAot=false

// Makes logs of benchmark runs from tables of their times, in the formats of the real ones.
//
//     dotnet run tests/make-logs.cs -- BOOM.CSV KOWALSKI.CSV DIRECTORY [MEGABYTES]
//
// One run a row: boom-na=…-nml=…-nf=… and kowalski-n=…, a few KB each, or about MEGABYTES with the
// lines that make real logs long. The same tables give the same bytes. Only the first and the last
// timestamps come from the tables; everything between them is made up.

using System.Globalization;
using System.Text;
using static Ansi;

const int Alerts = 29_142;
const int Filters = 25;
var idleTail = TimeSpan.FromSeconds(10); // docker compose waits so long before it kills the scheduler

if (args.Length is not (3 or 4))
{
    Console.Error.WriteLine("usage: make-logs.cs BOOM.CSV KOWALSKI.CSV DIRECTORY [MEGABYTES]");
    return 2;
}
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var bytesOfRun = args.Length == 4 ? (long)(double.Parse(args[3]) * 1e6) : 0;

foreach (var row in Rows(args[0]))
    MakeBoomRun(
        int.Parse(row[0]),
        int.Parse(row[1]),
        int.Parse(row[2]),
        Time(row[3]),
        Time(row[4])
    );
foreach (var row in Rows(args[1]))
    MakeKowalskiRun(int.Parse(row[0]), Time(row[1]), Time(row[2]));
return 0;

void MakeBoomRun(int alertWorkers, int mlWorkers, int filterWorkers, DateTime start, DateTime end)
{
    var run = $"{args[2]}/boom-na={alertWorkers}-nml={mlWorkers}-nf={filterWorkers}";
    var isReference = (alertWorkers, mlWorkers, filterWorkers) == (3, 3, 1);
    var elapsed =
        11.284913
        + (isReference ? 0 : 0.031 * alertWorkers + 0.017 * mlWorkers - 0.009 * filterWorkers);

    using (var log = new Log(run, "producer"))
    {
        var time = start.AddSeconds(-elapsed - 3.5);
        log.Write(
            time,
            Info,
            "",
            9,
            "Alerts already downloaded to data/alerts/ztf/public/20250311"
        );
        log.Write(time.AddMilliseconds(0.034), Info, "", 10, "Initializing kafka alert producer");
        log.Write(
            time.AddSeconds(elapsed),
            Info,
            "",
            11,
            $"Pushed {Alerts} alerts to the queue in {elapsed:0.######}s"
        );
    }

    using (var log = new Log(run, "consumer"))
    {
        var span = Span("run") + Fields(Field("survey", "\"ZTF\"")) + Colon;
        log.Write(
            start,
            Debug,
            span,
            15,
            $"topic found {Field("topic_name", "\"ztf_20250311_programid1\"")}"
        );
        for (var count = 1000; count <= Alerts; count += 1000)
        {
            var since = TimeSpan.FromMicroseconds(count * 387.243);
            var text =
                since.TotalSeconds < 1
                    ? $"{since.TotalMilliseconds:0.######}ms"
                    : $"{since.TotalSeconds:0.######}s";
            log.Write(
                start + since,
                Info,
                span,
                16,
                $"Consumer 0 pushed {count} items since {text}"
            );
            if (count == 15_000)
                log.Write(
                    start + since,
                    Info,
                    span,
                    17,
                    "15000 (limit: 15000) items in queue, sleeping..."
                );
        }
        log.Exit();
    }

    using (var log = new Log(run, "scheduler"))
    {
        var finished = end - idleTail - TimeSpan.FromMilliseconds(137);
        DateTime At(double share) => start + (finished - start) * share;
        string Worker(string kind, int thread, string function) =>
            Span($"{kind} worker")
            + Fields($"{Field("tid", $"ThreadId({thread})")} {Field("survey_name", "\"Ztf\"")}")
            + Colon
            + (
                function == ""
                    ? ""
                    : string.Concat(function.Split(' ').Select(name => Span(name) + Colon))
            );

        log.Write(
            start.AddMilliseconds(-900),
            Warn,
            "",
            20,
            "no config file provided, using config.yaml"
        );
        log.Write(
            start.AddMilliseconds(-899),
            Info,
            Span("run")
                + Fields(Field("survey", "\"ZTF\""))
                + Colon
                + Span("heartbeat task")
                + Colon,
            21,
            "heartbeat"
        );
        for (var worker = 1; worker <= alertWorkers; worker++)
            log.Write(
                start.AddMilliseconds(worker - 898),
                Info,
                Worker("alert", worker, ""),
                24,
                "starting alert worker"
            );

        // All 25 filters see each batch; the alert workers report every 1,000 of their own alerts.
        var batch = bytesOfRun > 0 ? 1000 : 15_000;
        var batches = (Alerts + batch - 1) / batch;
        var steps = Math.Max(batches, Alerts / 1000);
        int batchesDone = 0,
            reports = 0;
        for (var step = 1; step <= steps; step++)
        {
            var time = At((double)step / steps);
            for (; reports < Alerts / 1000 * step / steps; reports++)
            {
                var count = 1000 * (reports / alertWorkers + 1);
                var seconds = Math.Max(1, Math.Round((time - start).TotalSeconds));
                log.Write(
                    time.AddMilliseconds(-9),
                    Info,
                    Worker("alert", reports % alertWorkers + 1, "run_alert_worker"),
                    27,
                    $"progress {Field("stream", "\"ZTF\"")} {Field("count", $"{count}")} {Field("elapsed", $"{seconds}")} {Field("average_rate", $"{count / seconds:R}")}"
                );
            }
            // The long part of a long log.
            for (var i = 0; log.Length < bytesOfRun * step / steps; i++)
                log.Write(
                    time.AddMilliseconds(-8),
                    Debug,
                    Worker("alert", i % alertWorkers + 1, "run_alert_worker"),
                    28,
                    $"alert already exists {Field("candid", $"{2991147293515015045 + i}")}"
                );
            for (; batchesDone < batches * step / steps; batchesDone++)
            for (var filter = 1; filter <= Filters; filter++)
            {
                var total = Math.Min(batch, Alerts - batchesDone * batch);
                var passed = (7 * filter + 3 * batchesDone) % 11;
                var thread = alertWorkers + batchesDone % filterWorkers + 1;
                log.Write(
                    time.AddMicroseconds(filter - Filters),
                    Info,
                    Worker("filter", thread, "run_filter_worker process_alerts"),
                    34,
                    $"{passed}/{total} ZTF alerts with programid 1 passed filter {filter}"
                );
            }
        }
        for (var time = end.AddSeconds(-8); time <= end; time = time.AddSeconds(2))
            log.Write(time, Info, Worker("alert", 1, ""), 36, "queue is empty");
        log.Exit();
        log.Exit();
    }

    // Peaks of 115.4 MiB and 775.3 MiB at different times, of 846.14 MiB together.
    var consumerPeak = isReference ? 115.4 : 100.1 + 2 * alertWorkers + 0.3 * mlWorkers;
    var schedulerPeak = isReference
        ? 775.3
        : 520.4 + 62.5 * alertWorkers + 18.7 * mlWorkers + 9.1 * filterWorkers;
    var afterwards = isReference ? 70.84 : 70 + 0.31 * mlWorkers;
    MakeStats(
        run,
        "consumer",
        "boom-consumer-1",
        [0, 12.5, 61.2, consumerPeak, 98.7, afterwards, 66.1, 66.1],
        1790
    );
    MakeStats(
        run,
        "scheduler",
        "boom-scheduler-1",
        [
            0,
            48.2,
            301.4,
            0.62 * schedulerPeak,
            0.81 * schedulerPeak,
            schedulerPeak,
            0.97 * schedulerPeak,
            0.97 * schedulerPeak,
            0.97 * schedulerPeak,
        ],
        2410
    );
}

void MakeKowalskiRun(int workers, DateTime start, DateTime end)
{
    var run = $"{args[2]}/kowalski-n={workers}";
    Directory.CreateDirectory(run);

    var log = new StringBuilder();
    void Write(DateTime time, string text) =>
        log.Append($"{time:yyyy-MM-dd HH:mm:ss,fff} {text}\n");
    Write(
        start.AddSeconds(-2.009),
        "CRIT Supervisor is running as root.  Privileges were not dropped because no user is specified in the config file.  If you intend to run as root, you can set user=root in the config file to avoid this message."
    );
    Write(start.AddSeconds(-2.008), "INFO supervisord started with pid 7");
    Write(start.AddSeconds(-1.005), "INFO spawned: 'alert-broker-ztf' with pid 8");
    Write(start.AddSeconds(-1.002), "INFO spawned: 'dask-cluster' with pid 9");
    Write(
        start.AddMilliseconds(123),
        "INFO success: alert-broker-ztf entered RUNNING state, process has stayed up for > than 1 seconds (startsecs)"
    );
    Write(
        start.AddMilliseconds(123),
        "INFO success: dask-cluster entered RUNNING state, process has stayed up for > than 1 seconds (startsecs)"
    );
    Write(end.AddMilliseconds(456), "WARN received SIGTERM indicating exit request");
    Write(end.AddMilliseconds(457), "INFO waiting for alert-broker-ztf, dask-cluster to die");
    Write(end.AddMilliseconds(458), "WARN stopped: dask-cluster (terminated by SIGTERM)");
    Write(end.AddMilliseconds(459), "WARN stopped: alert-broker-ztf (terminated by SIGTERM)");
    File.WriteAllText($"{run}/supervisord.log", log.ToString());

    var elapsed = 11.35 + 0.013 * workers;
    using (var producer = new Log(run, "producer"))
    {
        producer.Write(
            start.AddSeconds(1.2),
            Info,
            "",
            9,
            "Alerts already downloaded to data/alerts/ztf/public/20250311"
        );
        producer.Write(start.AddSeconds(1.3), Info, "", 10, "Initializing kafka alert producer");
        producer.Write(
            start.AddSeconds(1.3 + elapsed),
            Info,
            "",
            11,
            $"Pushed {Alerts} alerts to the queue in {elapsed:0.######}s"
        );
    }

    // A peak of 12.32 GiB with seven workers.
    var peak = (workers == 7 ? 12.32 : 1.71 + 1.52 * workers) * 1024;
    MakeStats(
        run,
        "ingester",
        "kowalski-ingester-1",
        [0, 843.6, 0.51 * peak, 0.83 * peak, 0.97 * peak, peak, 0.99 * peak, 0.99 * peak],
        5320
    );
}

// What docker compose stats prints: a sample drawn over the last one, the last one cut short.
void MakeStats(string run, string service, string name, double[] memoryMiB, double receivedMB)
{
    var stats = new StringBuilder();
    for (var i = 0; i < memoryMiB.Length; i++)
    {
        var share = (double)i / (memoryMiB.Length - 1);
        var cpu = $"{100 * share:0.00}%";
        var memory = $"{Binary(memoryMiB[i])} / {(i == 0 ? "0B" : "125.7GiB")}";
        var memoryShare = $"{memoryMiB[i] / 1287.168:0.00}%";
        // All has come in before the run ends.
        var received = receivedMB * Math.Min(1, share * 7 / 5);
        var network = $"{Decimal(received)} / {Decimal(received / 2)}";
        var processes = i == 0 ? 0 : 38;
        stats.Append(
            $$"""{{Esc}}[H{"BlockIO":"0B / 0B","CPUPerc":"{{cpu}}","Container":"{{name}}","ID":"0d1e2f3a4b5c","MemPerc":"{{memoryShare}}","MemUsage":"{{memory}}","Name":"{{name}}","NetIO":"{{network}}","PIDs":"{{processes}}"}{{Esc}}[K"""
        );
        stats.Append($"\n{Esc}[J\n");
        if (i % 3 == 2)
            stats.Append('\n');
    }
    stats.Append($$"""{{Esc}}[H{"BlockIO":"0B / 0B","CPUPerc":"0.""");
    Directory.CreateDirectory(run);
    File.WriteAllText($"{run}/{service}.stats.log", stats.ToString());
}

// As docker writes sizes: four digits that count.
static string Binary(double mib) =>
    mib == 0 ? "0B"
    : mib < 1024 ? $"{FourDigits(mib)}MiB"
    : $"{FourDigits(mib / 1024)}GiB";

static string Decimal(double mb) =>
    mb == 0 ? "0B"
    : mb < 1000 ? $"{FourDigits(mb)}MB"
    : $"{FourDigits(mb / 1000)}GB";

static string FourDigits(double number) =>
    ((decimal)double.Parse(number.ToString("G4"))).ToString();

static IEnumerable<string[]> Rows(string csv) =>
    File.ReadLines(csv).Skip(1).Select(line => line.Split(','));

static DateTime Time(string text) =>
    DateTime.Parse(text.Replace("+0000", ""), CultureInfo.InvariantCulture);

/// <summary>A log as tracing-subscriber colours it and docker compose prefixes it.</summary>
sealed class Log(string run, string service) : IDisposable
{
    readonly StreamWriter writer = new($"{Directory.CreateDirectory(run)}/{service}.log");

    public long Length { get; private set; }

    public void Write(DateTime time, string level, string spans, int sourceLine, string message)
    {
        var line =
            $"{service}-1  | {Esc}[2m{time:yyyy-MM-ddTHH:mm:ss.ffffff}Z{Esc}[0m {level} {(spans == "" ? "" : spans + " ")}"
            + $"{Dim("src/main.rs")}{Colon}{Dim($"{sourceLine}:")} {message}\n";
        writer.Write(line);
        Length += line.Length;
    }

    public void Exit() => writer.Write($"{service}-1 exited with code 137\n");

    public void Dispose() => writer.Dispose();
}

/// <summary>tracing-subscriber's colours.</summary>
static class Ansi
{
    public const string Esc = "\x1b";
    public static readonly string Debug = $"{Esc}[34mDEBUG{Esc}[0m";
    public static readonly string Info = $"{Esc}[32m INFO{Esc}[0m";
    public static readonly string Warn = $"{Esc}[33m WARN{Esc}[0m";
    public static readonly string Colon = Dim(":");

    public static string Dim(string text) => $"{Esc}[2m{text}{Esc}[0m";

    public static string Span(string name) => $"{Esc}[1m{name}{Esc}[0m";

    public static string Field(string name, string value) =>
        $"{Esc}[3m{name}{Esc}[0m{Dim("=")}{value}";

    public static string Fields(string fields) => $"{Span("{")}{fields}{Span("}")}";
}
