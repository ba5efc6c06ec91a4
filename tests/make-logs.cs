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
var idleTail = TimeSpan.FromSeconds(10); // docker compose waits so long before it kills the scheduler

if (args.Length is not (3 or 4))
{
    Console.Error.WriteLine("usage: make-logs.cs BOOM.CSV KOWALSKI.CSV DIRECTORY [MEGABYTES]");
    return 2;
}
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var bytesOfRun = args.Length == 4 ? (long)(double.Parse(args[3]) * 1e6) : 0;

foreach (var row in Rows(args[0]))
    MakeBoomRun(int.Parse(row[0]), int.Parse(row[1]), int.Parse(row[2]), Times(row[3..5]));
foreach (var row in Rows(args[1]))
    MakeKowalskiRun(int.Parse(row[0]), Times(row[1..3]));
return 0;

void MakeBoomRun(int alertWorkers, int mlWorkers, int filterWorkers, DateTime[] startAndEnd)
{
    var run = $"{args[2]}/boom-na={alertWorkers}-nml={mlWorkers}-nf={filterWorkers}";
    var (start, end) = (startAndEnd[0], startAndEnd[1]);
    var isReference = (alertWorkers, mlWorkers, filterWorkers) == (3, 3, 1);
    var more = 0.031 * alertWorkers + 0.017 * mlWorkers - 0.009 * filterWorkers;
    var elapsed = 11.284913 + (isReference ? 0 : more);
    var before = start.AddSeconds(-elapsed - 3.5);
    MakeProducer(run, elapsed, before, before.AddMilliseconds(0.034), before.AddSeconds(elapsed));

    var ztf = Fields(Field("survey", "\"ZTF\""));
    var span = Span("run") + ztf + Colon;
    using (var log = new Log(run, "consumer"))
    {
        var topic = Field("topic_name", "\"ztf_20250311_programid1\"");
        log.Write(start, 15, $"topic found {topic}", span, Debug);
        for (var count = 1000; count <= Alerts; count += 1000)
        {
            var since = TimeSpan.FromMicroseconds(count * 387.243);
            var (number, unit) =
                since.TotalSeconds < 1
                    ? (since.TotalMilliseconds, "ms")
                    : (since.TotalSeconds, "s");
            var text = $"Consumer 0 pushed {count} items since {number:0.######}{unit}";
            log.Write(start + since, 16, text, span);
            const string Full = "15000 (limit: 15000) items in queue, sleeping...";
            if (count == 15_000)
                log.Write(start + since, 17, Full, span);
        }
        log.Exit();
    }

    using (var log = new Log(run, "scheduler"))
    {
        var finished = end - idleTail - TimeSpan.FromMilliseconds(137);
        string Worker(string kind, int thread, params string[] functions)
        {
            var survey = Field("survey_name", "\"Ztf\"");
            var worker = Fields($"{Field("tid", $"ThreadId({thread})")} {survey}") + Colon;
            var spans = functions.Select(function => Span(function) + Colon);
            return Span($"{kind} worker") + worker + string.Concat(spans);
        }
        string AlertWorker(int i) => Worker("alert", i % alertWorkers + 1, "run_alert_worker");

        var ready = start.AddMilliseconds(-900);
        log.Write(ready, 20, "no config file provided, using config.yaml", level: Warn);
        var task = span + Span("heartbeat task") + Colon;
        log.Write(ready.AddMilliseconds(1), 21, "heartbeat", task);
        for (var worker = 1; worker <= alertWorkers; worker++)
        {
            var time = start.AddMilliseconds(worker - 898);
            log.Write(time, 24, "starting alert worker", Worker("alert", worker));
        }

        // All 25 filters see each batch; the alert workers report every 1,000 of their own alerts.
        var batch = bytesOfRun > 0 ? 1000 : 10_000;
        var batches = (Alerts + batch - 1) / batch;
        var steps = Math.Max(batches, Alerts / 1000);
        var (batchesDone, reports) = (0, 0);
        for (var step = 1; step <= steps; step++)
        {
            var time = start + (finished - start) * ((double)step / steps);
            for (; reports < Alerts / 1000 * step / steps; reports++)
            {
                var count = 1000 * (reports / alertWorkers + 1);
                var seconds = Math.Max(1, Math.Round((time - start).TotalSeconds));
                var counts = $"{Field("count", $"{count}")} {Field("elapsed", $"{seconds}")}";
                var rate = Field("average_rate", $"{count / seconds:R}");
                var text = $"progress {Field("stream", "\"ZTF\"")} {counts} {rate}";
                log.Write(time.AddMilliseconds(-9), 27, text, AlertWorker(reports));
            }
            // The long part of a long log.
            for (var i = 0; log.Length < bytesOfRun * step / steps; i++)
            {
                var text = $"alert already exists {Field("candid", $"{2991147293515015045 + i}")}";
                log.Write(time.AddMilliseconds(-8), 28, text, AlertWorker(i), Debug);
            }
            // The first batch comes soon.
            for (; batchesDone < Math.Max(1, batches * step / steps); batchesDone++)
            for (var filter = 1; filter <= 25; filter++)
            {
                var total = Math.Min(batch, Alerts - batchesDone * batch);
                var passed = $"{(7 * filter + 3 * batchesDone) % 11}/{total}";
                var text = $"{passed} ZTF alerts with programid 1 passed filter {filter}";
                var thread = alertWorkers + batchesDone % filterWorkers + 1;
                var worker = Worker("filter", thread, "run_filter_worker", "process_alerts");
                log.Write(time.AddMicroseconds(filter - 25), 34, text, worker);
            }
        }
        for (var time = end.AddSeconds(-8); time <= end; time = time.AddSeconds(2))
            log.Write(time, 36, "queue is empty", Worker("alert", 1));
        log.Exit();
        log.Exit();
    }

    // Peaks of 115.4 MiB and 775.3 MiB at different times, of 846.14 MiB together.
    var (consumer, scheduler, later) = (115.4, 775.3, 70.84);
    if (!isReference)
    {
        consumer = 100.1 + 2 * alertWorkers + 0.3 * mlWorkers;
        scheduler = 520.4 + 62.5 * alertWorkers + 18.7 * mlWorkers + 9.1 * filterWorkers;
        later = 70 + 0.31 * mlWorkers;
    }
    double[] shares = [0.62, 0.81, 1, 0.97, 0.97, 0.97];
    MakeStats(run, "boom-consumer-1", 1790, 0, 12.5, 61.2, consumer, 98.7, later, 66.1, 66.1);
    var peaks = shares.Select(share => share * scheduler);
    MakeStats(run, "boom-scheduler-1", 2410, [0, 48.2, 301.4, .. peaks]);
}

void MakeKowalskiRun(int workers, DateTime[] startAndEnd)
{
    var run = $"{args[2]}/kowalski-n={workers}";
    var (start, end) = (startAndEnd[0], startAndEnd[1]);
    var elapsed = 11.35 + 0.013 * workers;
    var ready = start.AddSeconds(1.3);
    MakeProducer(run, elapsed, start.AddSeconds(1.2), ready, start.AddSeconds(1.3 + elapsed));

    string Start(int ms) => $"{start.AddMilliseconds(ms):yyyy-MM-dd HH:mm:ss,fff}";
    string End(int ms) => $"{end.AddMilliseconds(ms):yyyy-MM-dd HH:mm:ss,fff}";
    var (root, up) = (Start(-2009), Start(123));
    File.WriteAllText(
        $"{run}/supervisord.log",
        $"""
        {root} CRIT Supervisor is running as root.  Privileges were not dropped because no user is specified in the config file.  If you intend to run as root, you can set user=root in the config file to avoid this message.
        {Start(-2008)} INFO supervisord started with pid 7
        {Start(-1005)} INFO spawned: 'alert-broker-ztf' with pid 8
        {Start(-1002)} INFO spawned: 'dask-cluster' with pid 9
        {up} INFO success: alert-broker-ztf entered RUNNING state, process has stayed up for > than 1 seconds (startsecs)
        {up} INFO success: dask-cluster entered RUNNING state, process has stayed up for > than 1 seconds (startsecs)
        {End(456)} WARN received SIGTERM indicating exit request
        {End(457)} INFO waiting for alert-broker-ztf, dask-cluster to die
        {End(458)} WARN stopped: dask-cluster (terminated by SIGTERM)
        {End(459)} WARN stopped: alert-broker-ztf (terminated by SIGTERM)

        """
    );

    // A peak of 12.32 GiB with seven workers.
    var peak = (workers == 7 ? 12.32 : 1.71 + 1.52 * workers) * 1024;
    double[] shares = [0.51, 0.83, 0.97, 1, 0.99, 0.99];
    var peaks = shares.Select(share => share * peak);
    MakeStats(run, "kowalski-ingester-1", 5320, [0, 843.6, .. peaks]);
}

void MakeProducer(string run, double elapsed, DateTime first, DateTime second, DateTime last)
{
    using var log = new Log(run, "producer");
    log.Write(first, 9, "Alerts already downloaded to data/alerts/ztf/public/20250311");
    log.Write(second, 10, "Initializing kafka alert producer");
    log.Write(last, 11, $"Pushed {Alerts} alerts to the queue in {elapsed:0.######}s");
}

// What docker compose stats prints: a sample drawn over the last one, the last one cut short.
void MakeStats(string run, string name, double receivedMB, params double[] memoryMiB)
{
    var stats = new StringBuilder();
    for (var i = 0; i < memoryMiB.Length; i++)
    {
        var share = (double)i / (memoryMiB.Length - 1);
        var memory = $"{Binary(memoryMiB[i])} / {(i == 0 ? "0B" : "125.7GiB")}";
        // All has come in before the run ends.
        var received = receivedMB * Math.Min(1, share * 7 / 5);
        var network = $"{Decimal(received)} / {Decimal(received / 2)}";
        var (cpu, part) = ($"{100 * share:0.00}%", $"{memoryMiB[i] / 1287.168:0.00}%");
        var pids = i == 0 ? 0 : 38;
        stats.Append(
            $$"""
            {{Esc}}[H{"BlockIO":"0B / 0B","CPUPerc":"{{cpu}}","Container":"{{name}}","ID":"0d1e2f3a4b5c","MemPerc":"{{part}}","MemUsage":"{{memory}}","Name":"{{name}}","NetIO":"{{network}}","PIDs":"{{pids}}"}{{Esc}}[K
            {{Esc}}[J

            """
        );
        stats.Append(i % 3 == 2 ? "\n" : "");
    }
    stats.Append($$"""{{Esc}}[H{"BlockIO":"0B / 0B","CPUPerc":"0.""");
    File.WriteAllText($"{run}/{name.Split('-')[1]}.stats.log", $"{stats}");
}

// As docker writes sizes: four digits that count.
static string Binary(double mib) => mib < 1024 ? Size(mib, "MiB") : Size(mib / 1024, "GiB");

static string Decimal(double mb) => mb < 1000 ? Size(mb, "MB") : Size(mb / 1000, "GB");

static string Size(double number, string unit) =>
    number == 0 ? "0B" : $"{(decimal)double.Parse(number.ToString("G4"))}{unit}";

static IEnumerable<string[]> Rows(string csv) =>
    File.ReadLines(csv).Skip(1).Select(line => line.Split(','));

static DateTime[] Times(string[] texts) =>
    [.. texts.Select(text => DateTime.Parse(text.Replace("+0000", "")))];

/// <summary>A log as tracing-subscriber colours it and docker compose prefixes it.</summary>
sealed class Log(string run, string service) : IDisposable
{
    readonly StreamWriter writer = new($"{Directory.CreateDirectory(run)}/{service}.log");

    public long Length { get; private set; }

    public void Write(DateTime time, int at, string message, string spans = "", string level = Info)
    {
        var stamp = $"{Dim($"{time:yyyy-MM-ddTHH:mm:ss.ffffff}Z")} {level} {spans}";
        var place = $"{(spans == "" ? "" : " ")}{Dim("src/main.rs")}{Colon}{Dim($"{at}:")}";
        var line = $"{service}-1  | {stamp}{place} {message}\n";
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
    public const string Debug = $"{Esc}[34mDEBUG{Esc}[0m";
    public const string Info = $"{Esc}[32m INFO{Esc}[0m";
    public const string Warn = $"{Esc}[33m WARN{Esc}[0m";
    public static readonly string Colon = Dim(":");

    public static string Dim(string text) => $"{Esc}[2m{text}{Esc}[0m";

    public static string Span(string name) => $"{Esc}[1m{name}{Esc}[0m";

    public static string Fields(string fields) => $"{Span("{")}{fields}{Span("}")}";

    public static string Field(string name, string value) =>
        $"{Esc}[3m{name}{Esc}[0m{Dim("=")}{value}";
}
