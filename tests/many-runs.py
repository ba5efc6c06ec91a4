"""Makes a campaign of many small runs of BOOM, for the benchmark: logs/, some 60 KB a run, and calkit.yaml.

    python3 tests/many-runs.py DIRECTORY RUNS

They are made up, in the lines of tests/boom-2026/ and the bytes of docker compose: 180 configurations, and
all of them again as the next repetition, one run after the other. The same number gives the same bytes.
"""

import os
import sys
from datetime import datetime, timedelta

ALERTS = 29_142
BATCH = 2_700
FILTERS = 25
FIRST_MESSAGE = datetime(2026, 8, 19, 18, 10, 40)  # of the first run

PIPELINE = """\
parameters:
  n_alerts: 29142
  rubin_alerts: 10000
  rubin_interval_s: 30
pipeline:
  stages:
    benchmark-boom:
      frozen: true
      iterate_over:
        - arg_name: [n_alert_workers, n_enrichment_workers, repetition]
          values:
            SWEEP
      outputs:
        - logs/boom-na={n_alert_workers}-ne={n_enrichment_workers}-{repetition}
    collect-boom:
      command: dotnet script scripts/collect-boom.csx
      inputs: [from_stage_outputs: benchmark-boom]
      outputs: [results/boom.csv, results/boom-runs.csv, results/boom-progress.csv]
    compute-scaling:
      command: dotnet script scripts/compute-scaling.csx
      inputs: [results/boom-runs.csv]
      outputs: [results/scaling.csv, results/rubin.json]
    render-report:
      command: dotnet script scripts/render-report.csx
      inputs: [results/boom-runs.csv, results/boom-progress.csv, results/scaling.csv, results/rubin.json]
      outputs: [results/report.html]
    render-tex:
      command: dotnet script scripts/render-tex.csx
      inputs: [results/boom-runs.csv, results/rubin.json]
      outputs: [paper/results.tex, paper/tables/boom.tex]
"""


def write(path, text):
    with open(path, "w", newline="\n") as file:
        file.write(text)


def configuration(run):
    """The run's numbers of alert and of enrichment workers, and its repetition."""
    return run % 6 + 1, run // 6 % 30 + 1, run // 180 + 1


def write_log(directory, service, start, lines, code=137):
    """A log as docker compose prints it: of each line the seconds after the start, the level and the text."""
    text = ""
    for seconds, level, message in lines:
        time = (start + timedelta(seconds=seconds)).isoformat(timespec="microseconds")
        text += f"{service}-1  | {time}Z {level:>5} {message}\n"
    write(f"{directory}/{service}.log", f"{text}\r\x1b[K{service}-1 exited with code {code}\n")


def producer(run):
    # Kafka keeps the alerts: only the first run pushes them.
    if run == 0:
        yield -6, "INFO", f"src/bin/producer.rs:11: Pushed {ALERTS} alerts to the queue in 11.284913s"
    else:
        there = f"Topic ztf_20250311_programid1 already exists with {ALERTS} messages, no need to produce"
        yield -6, "INFO", f"src/bin/producer.rs:236: {there}"


def consumer():
    yield -5, "WARN", "boom::conf: src/conf.rs:1: no config file provided, using config.yaml"
    yield 0, "INFO", "src/kafka/base.rs:1131: Consumer received first message, continuing..."
    for i in range(1, ALERTS // 1000 + 1):
        yield 0.5 * i, "INFO", f"src/kafka/base.rs:1123: Consumer 0 pushed {i}000 items since {0.5 * i:.1f}s"


def scheduler(run):
    alert_workers, enrichment_workers, _ = configuration(run)
    workers = ["alert"] * alert_workers + ["enrichment"] * enrichment_workers + ["filter"]
    for thread, kind in enumerate(workers, 10):
        text = f"starting {kind} worker tid=ThreadId({thread}) survey_name=Ztf"
        yield -4, "INFO", f"src/scheduler/base.rs:367: {text}"
    # Every filter sees each batch.
    for batch, first in enumerate(range(0, ALERTS, BATCH)):
        alerts, time = min(BATCH, ALERTS - first), 5 + (4 + run % 7 / 10) * batch
        for i in range(FILTERS):
            text = f"{(i + run) % 11}/{alerts} ZTF alerts with programid 1 passed filter {i + 1}"
            yield time + i / 1000, "INFO", f"process_alerts: src/filter/ztf.rs:807: {text}"
        text = "Enqueued total of 3 alerts to Kafka topic ZTF_alerts_results"
        yield time + 0.1, "DEBUG", f"src/filter/base.rs:1096: {text}"


def stats(service, run):
    """As docker compose draws samples on a screen: each one twice."""
    text, container = "", f"{run:012x}{'0' * 52}"
    for i in range(1, 17):
        sample = (
            f'{{"BlockIO":"0B / 0B","CPUPerc":"{90 + i % 9}.00%","Container":"{container}",'
            f'"ID":"{container[:12]}","MemPerc":"0.10%","MemUsage":"{100 + i}MiB / 125.7GiB",'
            f'"Name":"boom-{service}-1","NetIO":"{10 * i}MB / 9MB","PIDs":"38"}}'
        )
        text += f"\x1b[H{sample}\n\x1b[H{sample} \x1b[K\n \x1b[K\n\x1b[J"
    return text


def write_run(directory, run):
    os.makedirs(directory, exist_ok=True)
    start = FIRST_MESSAGE + timedelta(seconds=90 * run)
    write_log(directory, "producer", start, producer(run), code=0)
    write_log(directory, "consumer", start, consumer())
    write_log(directory, "scheduler", start, scheduler(run))
    for service in "consumer", "scheduler":
        write(f"{directory}/{service}.stats.log", stats(service, run))


project, runs = sys.argv[1], int(sys.argv[2])
sweep = [configuration(run) for run in range(runs)]
for run, (na, ne, repetition) in enumerate(sweep):
    write_run(f"{project}/logs/boom-na={na}-ne={ne}-{repetition}", run)
items = "\n            ".join(f"- [{na}, {ne}, {repetition}]" for na, ne, repetition in sweep)
write(f"{project}/calkit.yaml", PIPELINE.replace("SWEEP", items))
