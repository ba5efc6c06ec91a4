#!/usr/bin/env -S dotnet run
#:property PublishAot=false

// Makes logs of benchmark runs from tables of their times, in the bytes that the real programs write.
//
//     dotnet run tests/make-logs.cs -- BOOM.CSV KOWALSKI.CSV DIRECTORY [MEGABYTES]
//
// One run a row: boom-na=…-nml=…-nf=… and kowalski-n=…. With MEGABYTES, each BOOM run is about so long,
// with the lines that make real logs long, and each of Kowalski's has a dask_cluster.log of 60 MB. The
// same tables give the same bytes. Only the first and the last timestamps come from the tables;
// everything between them is made up.

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

// Kafka keeps the alerts: only the first run of a campaign pushes them.
var boomRows = Rows(args[0]).ToList();
var firstOfBoom = boomRows.Min(row => Times(row[3..5])[0]);
foreach (var row in boomRows)
    MakeBoomRun(int.Parse(row[0]), int.Parse(row[1]), int.Parse(row[2]), Times(row[3..5]));
var kowalskiRows = Rows(args[1]).ToList();
var firstOfKowalski = kowalskiRows.Min(row => Times(row[1..3])[0]);
foreach (var row in kowalskiRows)
    MakeKowalskiRun(int.Parse(row[0]), Times(row[1..3]));
return 0;

void MakeBoomRun(int alertWorkers, int mlWorkers, int filterWorkers, DateTime[] startAndEnd)
{
    var run = $"{args[2]}/boom-na={alertWorkers}-nml={mlWorkers}-nf={filterWorkers}";
    var (start, end) = (startAndEnd[0], startAndEnd[1]);
    MakeProducer(run, start.AddSeconds(-14.784913), start == firstOfBoom);
    MakeConsumer(run, start);
    MakeScheduler(run, [alertWorkers, mlWorkers, filterWorkers], start, end);

    // Of the reference: peaks of 115.4 MiB and 775.3 MiB at different times, of 846.14 MiB together.
    var isReference = (alertWorkers, mlWorkers, filterWorkers) == (3, 3, 1);
    var consumer = isReference ? 115.4 : 100.1 + 2 * alertWorkers + 0.3 * mlWorkers;
    var scheduler = 520.4 + 62.5 * alertWorkers + 18.7 * mlWorkers + 9.1 * filterWorkers;
    if (isReference)
        scheduler = 775.3;
    var later = isReference ? 70.84 : 70 + 0.31 * mlWorkers;
    double[] consumerMiB = [12.5, 61.2, consumer, 98.7, later, 66.1, 66.1, 66.1, 66.1];
    double[] shares = [0.06, 0.39, 0.62, 0.81, 1, 0.97, 0.97, 0.97, 0.97];
    var schedulerMiB = shares.Select(share => share * scheduler).ToArray();
    // The scheduler keeps some nine tenths of a processor a worker busy, and is idle at the end.
    var busy = 90 * Math.Min(alertWorkers + mlWorkers + filterWorkers, 4.2 * alertWorkers);
    double[] consumerCpus = [3, 95, 97, 96, 31, 2, 2, 2, 1];
    double[] schedulerCpus =
    [
        24,
        .. new[] { 0.8, 1, 1.02, 1.01, 1, 0.99, 0.97 }.Select(x => x * busy),
        4,
    ];
    MakeStats(run, "boom-consumer-1", 1790, consumerMiB, consumerCpus);
    MakeStats(run, "boom-scheduler-1", 2410, schedulerMiB, schedulerCpus);
}

void MakeConsumer(string run, DateTime start)
{
    var span = Span("run") + Fields(Field("survey", "\"ZTF\"")) + Colon;
    using var log = new Log(run, "consumer");
    var topic = Field("topic_name", "\"ztf_20250311_programid1\"");
    log.Write(start, 15, $"topic found {topic}", span, Debug);
    for (var count = 1000; count <= Alerts; count += 1000)
    {
        var since = TimeSpan.FromMicroseconds(count * 387.243);
        log.Write(
            start + since,
            16,
            $"Consumer 0 pushed {count} items since {InRust(since)}",
            span
        );
        const string Full = "15000 (limit: 15000) items in queue, sleeping...";
        if (count == 15_000)
            log.Write(start + since, 17, Full, span);
    }
    log.Exit();
}

void MakeScheduler(string run, int[] workers, DateTime start, DateTime end)
{
    using var log = new Log(run, "scheduler");
    var finished = end - idleTail - TimeSpan.FromMilliseconds(137);
    var ready = start.AddMilliseconds(-900);
    log.Write(ready, 20, "no config file provided, using config.yaml", level: Warn);
    var task =
        Span("run") + Fields(Field("survey", "\"ZTF\"")) + Colon + Span("heartbeat task") + Colon;
    log.Write(ready.AddMilliseconds(1), 21, "heartbeat", task);
    string[] kinds = ["alert", "ml", "filter"];
    var thread = 0;
    foreach (var (kind, number) in kinds.Zip(workers))
        for (var i = 0; i < number; i++)
        {
            var time = ready.AddMilliseconds(3 + ++thread);
            log.Write(time, 24, $"starting {kind} worker", Worker(kind, thread));
        }
    WriteWork(log, workers, start, finished);
    for (var time = end.AddSeconds(-8); time <= end; time = time.AddSeconds(2))
        log.Write(time, 36, "queue is empty", Worker("alert", 1));
    log.Exit();
}

string Worker(string kind, int thread, params string[] functions)
{
    var survey = Field("survey_name", "\"Ztf\"");
    var worker = Fields($"{Field("tid", $"ThreadId({thread})")} {survey}") + Colon;
    return Span($"{kind} worker") + worker + string.Concat(functions.Select(x => Span(x) + Colon));
}

// All 25 filters see each batch; the alert workers report every 1,000 of their own alerts.
void WriteWork(Log log, int[] workers, DateTime start, DateTime finished)
{
    const int Batch = 2000;
    const int Batches = (Alerts + Batch - 1) / Batch;
    const int Steps = 30;
    var (batchesDone, reports) = (0, 0);
    for (var step = 1; step <= Steps; step++)
    {
        var time = start + (finished - start) * ((double)step / Steps);
        for (; reports < Alerts / 1000 * step / Steps; reports++)
        {
            var count = 1000 * (reports / workers[0] + 1);
            var seconds = Math.Max(1, Math.Round((time - start).TotalSeconds));
            var counts = $"{Field("count", $"{count}")} {Field("elapsed", $"{seconds}")}";
            var rate = Field("average_rate", $"{count / seconds:R}");
            var text = $"progress {Field("stream", "\"ZTF\"")} {counts} {rate}";
            log.Write(time.AddMilliseconds(-9), 27, text, AlertWorker(reports, workers[0]));
        }
        // The long part of a long log.
        for (var i = 0; log.Length < bytesOfRun * step / Steps; i++)
        {
            var text = $"alert already exists {Field("candid", $"{2991147293515015045 + i}")}";
            log.Write(time.AddMilliseconds(-8), 28, text, AlertWorker(i, workers[0]), Debug);
        }
        // The first batch comes soon.
        for (; batchesDone <= (Batches - 1) * (step - 1) / (Steps - 1); batchesDone++)
        {
            var total = Math.Min(Batch, Alerts - batchesDone * Batch);
            WriteBatch(log, time, total, batchesDone, workers);
        }
    }
}

string AlertWorker(int i, int alertWorkers) =>
    Worker("alert", i % alertWorkers + 1, "run_alert_worker");

void WriteBatch(Log log, DateTime time, int total, int batch, int[] workers)
{
    var thread = workers[0] + workers[1] + batch % workers[2] + 1;
    var worker = Worker("filter", thread, "run_filter_worker", "process_alerts");
    for (var filter = 1; filter <= 25; filter++)
    {
        var passed = $"{(7 * filter + 3 * batch) % 11}/{total}";
        var text = $"{passed} ZTF alerts with programid 1 passed filter {filter}";
        log.Write(time.AddMicroseconds(filter - 25), 34, text, worker);
    }
}

void MakeKowalskiRun(int workers, DateTime[] startAndEnd)
{
    var run = $"{args[2]}/kowalski-n={workers}";
    var (start, end) = (startAndEnd[0], startAndEnd[1]);
    MakeProducer(run, start.AddSeconds(1.2), start == firstOfKowalski);
    MakeSupervisord(run, start, end);
    MakeDask(run, workers, start.AddSeconds(4), end.AddSeconds(-1));

    // A peak of 12.32 GiB with seven workers.
    var peak = (workers == 7 ? 12.32 : 1.71 + 1.52 * workers) * 1024;
    double[] shares = [0.07, 0.29, 0.51, 0.83, 0.97, 1, 0.99, 0.99, 0.99];
    // What one broker can hand on keeps some seven workers busy.
    var busy = 140 + 96 * Math.Min(workers, 7.2);
    double[] loads = [0.41, 0.97, 1, 1.01, 0.99, 1.02, 1, 1, 0.98];
    MakeStats(
        run,
        "kowalski-ingester-1",
        5320,
        [.. shares.Select(share => share * peak)],
        [.. loads.Select(load => load * busy)]
    );
}

void MakeSupervisord(string run, DateTime start, DateTime end)
{
    string Start(int ms) => $"{start.AddMilliseconds(ms):yyyy-MM-dd HH:mm:ss,fff}";
    string End(int ms) => $"{end.AddMilliseconds(ms):yyyy-MM-dd HH:mm:ss,fff}";
    var up = Start(123);
    File.WriteAllText(
        $"{run}/supervisord.log",
        $"""
        {Start(
            -2009
        )} CRIT Supervisor is running as root.  Privileges were not dropped because no user is specified in the config file.  If you intend to run as root, you can set user=root in the config file to avoid this message.
        {Start(-2008)} INFO RPC interface 'supervisor' initialized
        {Start(
            -2008
        )} CRIT Server 'unix_http_server' running without any HTTP authentication checking
        {Start(-2008)} INFO supervisord started with pid 1
        {Start(-1005)} INFO spawned: 'alert-broker-ztf' with pid 7
        {Start(-1002)} INFO spawned: 'dask-cluster' with pid 8
        {up} INFO success: alert-broker-ztf entered RUNNING state, process has stayed up for > than 1 seconds (startsecs)
        {up} INFO success: dask-cluster entered RUNNING state, process has stayed up for > than 1 seconds (startsecs)
        {End(456)} WARN received SIGTERM indicating exit request
        {End(457)} INFO waiting for alert-broker-ztf, dask-cluster to die
        {End(458)} WARN stopped: dask-cluster (terminated by SIGTERM)
        {End(459)} INFO reaped unknown pid 19 (terminated by SIGTERM)
        {End(460)} WARN stopped: alert-broker-ztf (terminated by SIGTERM)

        """
    );
}

// As Kowalski logged before August 7th, 2025; of what it does with an alert, only long logs tell.
void MakeDask(string run, int workers, DateTime first, DateTime last)
{
    string[] work =
        bytesOfRun > 0
            ? ["MLing", "braai", "acai_b", "acai_h", "acai_n", "Ingesting", "Filtering"]
            : [];
    using var log = new StreamWriter($"{run}/dask_cluster.log");
    for (var worker = 0; worker < workers; worker++)
        log.Write($"{first.AddSeconds(-1):yyyyMMdd_HH:mm:ss}: AlertWorker setup complete\n");
    for (var i = 0; i < Alerts; i++)
    {
        var time = $"{first + (last - first) * ((double)i / (Alerts - 1)):yyyyMMdd_HH:mm:ss}";
        var id = $"ZTF25{Letters(i)} {2985000000000000000 + 15 * i}";
        log.Write($"{time}: ztf_20250311_programid1 {id} tcp://127.0.0.1:{40001 + i % workers}\n");
        foreach (var what in work)
        foreach (var catalog in new[] { "AllWISE", "Gaia_EDR3", "PS1_DR1" })
            log.Write($"{time}: {what} of {id} with {catalog} took 0.0012306472778320312 s\n");
    }
}

// ZTF's names of objects: seven letters.
string Letters(int i) =>
    string.Concat(
        Enumerable.Range(0, 7).Select(place => (char)('a' + i / (int)Math.Pow(26, place) % 26))
    );

void MakeProducer(string run, DateTime time, bool isFirst)
{
    using var log = new Log(run, "producer");
    if (isFirst)
    {
        var elapsed = TimeSpan.FromMicroseconds(11_284_913);
        log.Write(time, 9, "Alerts already downloaded to data/alerts/ztf/public/20250311");
        log.Write(time.AddMilliseconds(0.034), 10, "Initializing kafka alert producer");
        log.Write(time + elapsed, 11, $"Pushed {Alerts} alerts to the queue in {InRust(elapsed)}");
        return;
    }
    const string Found = "29142 avro files found in data/alerts/ztf/public/20250311";
    log.Write(time, 230, Found, Span("produce") + Colon, Debug);
    var there =
        $"Topic ztf_20250311_programid1 already exists with {Alerts} messages, no need to produce";
    log.Write(time.AddMilliseconds(0.034), 236, there);
}

// A duration as Rust prints it.
static string InRust(TimeSpan duration) =>
    duration.TotalSeconds < 1
        ? $"{duration.TotalMilliseconds:0.######}ms"
        : $"{duration.TotalSeconds:0.######}s";

// As docker compose 2.38 draws samples on a screen: each one twice, and none where no container is left.
void MakeStats(string run, string name, double receivedMB, double[] memoryMiB, double[] cpus)
{
    var id = Id($"{run} {name}");
    var stats = new StringBuilder();
    for (var i = 0; i < memoryMiB.Length; i++)
    {
        // All has come in before the run ends.
        var received = receivedMB * Math.Min(1, (i + 1.0) / 6);
        var (memory, part) = (Binary(memoryMiB[i]), $"{memoryMiB[i] / 1287.168:0.00}%");
        var network = $"{Decimal(received)} / {Decimal(received / 2)}";
        var sample = $$"""
            {"BlockIO":"0B / 0B","CPUPerc":"{{cpus[i]:0.00}}%","Container":"{{id}}","ID":"{{id[
                ..12
            ]}}","MemPerc":"{{part}}","MemUsage":"{{memory}} / 125.7GiB","Name":"{{name}}","NetIO":"{{network}}","PIDs":"38"}
            """;
        stats.Append($"{Esc}[H{sample}\n{Esc}[H{sample} {Esc}[K\n {Esc}[K\n{Esc}[J");
    }
    stats.Append($"{Esc}[H{Esc}[H {Esc}[K\n{Esc}[J");
    File.WriteAllText($"{run}/{name.Split('-')[1]}.stats.log", $"{stats}");
}

// The 64 hexadecimal digits of a container: others for each run.
static string Id(string name) =>
    Convert.ToHexStringLower(
        System.Security.Cryptography.SHA256.HashData(
            Encoding.UTF8.GetBytes(name.Replace('\\', '/').Split("logs/")[^1])
        )
    );

// As docker writes sizes: four digits that count for memory, three for traffic.
static string Binary(double mib) => mib < 1024 ? Size(mib, 4, "MiB") : Size(mib / 1024, 4, "GiB");

static string Decimal(double mb) => mb < 1000 ? Size(mb, 3, "MB") : Size(mb / 1000, 3, "GB");

static string Size(double number, int digits, string unit) =>
    $"{(decimal)double.Parse(number.ToString($"G{digits}"))}{unit}";

static IEnumerable<string[]> Rows(string csv) =>
    File.ReadLines(csv).Skip(1).Select(line => line.Split(','));

static DateTime[] Times(string[] texts) =>
    [.. texts.Select(text => DateTime.Parse(text.Replace("+0000", "")))];

/// <summary>A log as tracing-subscriber colours it and docker compose 2.38 prints it.</summary>
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

    public void Exit() => writer.Write($"\r{Esc}[K{service}-1 exited with code 137\n");

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
