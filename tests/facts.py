"""The same facts as collect-boom and collect-kowalski, the obvious way: a regular expression a line.

It prints them, run by run; with --check it compares them with results/*-runs.csv. Plain Python.
"""

import csv
import glob
import json
import math
import os
import re
import sys
from datetime import datetime

CONTROL = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\r")
BOOM = re.compile(
    r"(?P<before>.*?)(?<![\w:.-])(?P<time>\d{4}-\d\d-\d\dT[\d:]{8}(?:\.\d+)?)Z\s+"
    r"(?P<level>TRACE|DEBUG|INFO|WARN|ERROR)\b(?P<text>.*)"
)
BATCH = re.compile(r"\d+/(\d+) .*passed filter (\S+)")
SENT = re.compile(r"Enqueued total of|Successfully sent total of")
SUPERVISORD = re.compile(r"(\d{4}-\d\d-\d\d [\d:]{8}),\d{3} ([A-Z]{4}) (.*)")
FINISHED = re.compile(r"received SIG(TERM|INT|QUIT) indicating exit request|waiting for .* to die")
ORDINARY = re.compile(
    r"Supervisor (is )?running as root|Set uid to user |For \[program:|Server '.*_http_server' running without any "
    r"HTTP authentication|No file matches via include |Included extra file |stopped: .*\(terminated by SIGTERM\)"
    r"|received SIG(TERM|INT|QUIT) indicating exit request"
)
PUSHED = re.compile(r"Pushed (\d+) alerts to the queue in ([\d.]+)(m|µ|n|)s\b")
MEMORY = re.compile(r"([\d.]+)([KMGTP]?)i?B ")
TRAFFIC = re.compile(r"([\d.]+(?:e\+03)?)([kMGTP]?)B ")
TAKEN_IN = re.compile(r"(\d{8}_[\d:]{8}): .*?\d tcp://")
N_ALERTS = 29142


def lines(path):
    if not os.path.exists(path):
        return
    with open(path, errors="replace", newline="\n") as log:
        for line in log:
            yield CONTROL.sub("", line.rstrip("\n"))


def seconds(start, end):
    return end and (end - start).total_seconds()


def boom_log(path):
    """The first and the last time, the first message, batches as (time, filter, alerts), the last work, levels."""
    first, last, message, work, batches, levels = None, None, None, None, [], {"WARN": 0, "ERROR": 0}
    for match in filter(None, map(BOOM.match, lines(path))):
        time, text = datetime.fromisoformat(f"{match['time']}+00:00"), match["text"]
        levels[match["level"]] = levels.get(match["level"], 0) + 1
        if "heartbeat" not in text:
            first, last = first or time, time
        if "Consumer received first message" in text:
            message = message or time
        batch = BATCH.search(text)
        if batch:
            batches.append((time, batch[2], int(batch[1])))
        if batch or SENT.search(text):
            work = time
    return first, last, message, batches, work, levels


def steady(steps):
    """Of (time, alerts through), the sustained rate and the longest stall of the middle 80 %."""
    middle = [i for i, (_, n) in enumerate(steps) if n >= 0.1 * N_ALERTS]
    end = next((i for i, (_, n) in enumerate(steps) if n >= 0.9 * N_ALERTS), None)
    if len(steps) < 10 or end is None:
        return None, None
    times = [time for time, _ in steps[middle[0] : end + 1]]
    return 0.8 * N_ALERTS / (times[-1] - times[0]), max(b - a for a, b in zip(times, times[1:]))


def through_all_filters(batches, start):
    sums, steps = dict.fromkeys((name for _, name, _ in batches), 0), []
    for time, name, n in batches:
        before = min(sums.values())
        sums[name] += n
        if min(sums.values()) > before:
            steps.append((seconds(start, time), min(sums.values())))
    return sums, steps


def size(pattern, text, unit):
    match = pattern.match(text)
    return match and float(match[1]) * float(unit) ** " KMGTP".index(match[2].upper() or " ")


def stats(path):
    """The memory (GiB) and the processors of each sample, and the traffic received (MB)."""
    memory, cpus, received = [], [], None
    for line in lines(path):
        if '"MemUsage":' not in line or not line.rstrip().endswith("}"):
            continue
        sample = json.loads(line[line.index("{") :])
        memory.append(size(MEMORY, sample["MemUsage"], 1024) / 2**30)
        cpus.append(float(sample["CPUPerc"].rstrip("%")) / 100)
        received = size(TRAFFIC, sample["NetIO"], 1000) / 1e6 or received
    return memory, cpus, received


def mean(numbers):
    return sum(numbers) / len(numbers)


def kafka(path):
    for match in filter(None, map(PUSHED.search, lines(path))):
        duration = float(match[2]) / 1000 ** " mµn".index(match[3] or " ")
        return int(match[1]) / duration, duration
    return None, None


def boom(run):
    first, _, message, _, _, consumer = boom_log(f"{run}/consumer.log")
    _, last, _, batches, work, scheduler = boom_log(f"{run}/scheduler.log")
    start = message or first
    end = work if message and work else last
    sums, steps = through_all_filters(batches, start)
    sustained, stall = steady(steps)
    rate, duration = kafka(f"{run}/producer.log")
    one, cpus, received = stats(f"{run}/consumer.stats.log")
    other, more_cpus, _ = stats(f"{run}/scheduler.stats.log")
    wall_time, used = int(seconds(start, end)), mean(cpus) + mean(more_cpus)
    return {
        "start_time": start, "end_time": end, "wall_time_s": wall_time,
        "exact_wall_time_s": seconds(start, end), "startup_s": seconds(start, batches[0][0]),
        "processing_time_s": seconds(start, work), "idle_tail_s": seconds(work, end),
        "alerts_per_s": N_ALERTS / wall_time, "sustained_alerts_per_s": sustained, "longest_stall_s": stall,
        "filters_seen": len(sums), "min_alerts_filtered": min(sums.values()), "max_alerts_filtered": max(sums.values()),
        "warnings": consumer["WARN"] + scheduler["WARN"], "errors": consumer["ERROR"] + scheduler["ERROR"],
        "kafka_alerts_per_s": rate, "kafka_mb_per_s": received and duration and received / duration,
        "consumer_peak_gib": max(one), "scheduler_peak_gib": max(other), "peak_memory_gib": max(map(sum, zip(one, other))),
        "mean_cpus": used, "peak_cpus": max(map(sum, zip(cpus, more_cpus))), "alerts_per_cpu_s": N_ALERTS / wall_time / used,
    }  # fmt: skip


def taken_in(path, start):
    counts = {}
    for match in filter(None, map(TAKEN_IN.match, lines(path))):
        counts[match[1]] = counts.get(match[1], 0) + 1
    steps, total = [], 0
    for time in sorted(counts):
        total += counts[time]
        steps.append((seconds(start, datetime.strptime(time, "%Y%m%d_%H:%M:%S")), total))
    return total, steps


def kowalski(run):
    start, end, levels = None, None, {"WARN": 0, "ERRO": 0, "CRIT": 0}
    for match in filter(None, map(SUPERVISORD.search, lines(f"{run}/supervisord.log"))):
        time, level, text = datetime.fromisoformat(match[1]), match[2], match[3]
        if start and FINISHED.match(text):
            end = end or time
        if not ORDINARY.match(text):
            levels[level] = levels.get(level, 0) + 1
        if "alert-broker-ztf entered RUNNING state" in text:
            start = start or time
    total, steps = taken_in(f"{run}/dask_cluster.log", start)
    sustained, stall = steady(steps)
    memory, cpus, _ = stats(f"{run}/ingester.stats.log")
    wall_time = seconds(start, end)
    return {
        "start_time": start, "end_time": end, "wall_time_s": wall_time, "exact_wall_time_s": wall_time,
        "processing_time_s": wall_time, "idle_tail_s": 0, "alerts_per_s": N_ALERTS / wall_time,
        "sustained_alerts_per_s": sustained, "longest_stall_s": stall, "alerts_taken_in": total,
        "warnings": levels["WARN"], "errors": levels["ERRO"] + levels["CRIT"],
        "kafka_alerts_per_s": kafka(f"{run}/producer.log")[0], "peak_memory_gib": max(memory),
        "mean_cpus": mean(cpus), "peak_cpus": max(cpus), "alerts_per_cpu_s": N_ALERTS / wall_time / mean(cpus),
    }  # fmt: skip


for system, facts_of in ("boom", boom), ("kowalski", kowalski):
    table = f"results/{system}-runs.csv"
    theirs = {row["run"]: row for row in csv.DictReader(open(table))} if "--check" in sys.argv else {}
    facts = {run: facts_of(run) for run in sorted(glob.glob(f"logs/{system}-*"))}
    for run, fact, value in ((run, *fact) for run in facts for fact in facts[run].items()):
        text = f"{value:%Y-%m-%dT%H:%M:%S.%f%z}" if isinstance(value, datetime) else "" if value is None else str(value)
        cell = theirs.get(run, {}).get(fact, text)
        if cell != text and not (cell and text and math.isclose(float(cell), float(text), rel_tol=1e-9)):
            sys.exit(f"{run}: {fact} is {text}, in {table} {cell}")
        print(run, fact, text, sep=",")
