"""The same facts as collect-boom and collect-kowalski, the obvious way: a regular expression a line.

It prints them, run by run; with --check it compares them with results/*-runs.csv. Plain Python.
"""

import csv
import glob
import math
import os
import re
import sys
from datetime import datetime

COLOUR = re.compile(r"\x1b\[[0-9;]*m")
BOOM = re.compile(r"^\W*(?:[\w.-]+ *\|)?\s*(?:\w+=\S*\s+)*(\d{4}-\d\d-\d\dT[\d:]{8}\.\d{6})Z\s+(\w*)(.*)")
BATCH = re.compile(r"(?:\d+/(\d+) .*passed|\d+ alerts passed \w+) filter (\S+)")
SUPERVISORD = re.compile(r"^\W*(?:[\w.-]+ *\|\s*)?(\d{4}-\d\d-\d\d [\d:]{8}),\d{3} ([A-Z]{4}) (.*)")
FINISHED = "received SIGTERM indicating exit request"
ORDINARY = re.compile(
    r"Supervisor (is )?running as root|Set uid to user |For \[program:|_http_server' running without any "
    r"HTTP authentication|No file matches via include |Included extra file |stopped: .*\(terminated by SIGTERM\)"
)
PUSHED = re.compile(r"Pushed (\d+) alerts to the queue in ([\d.]+)(m|µ|n|)s\b")
MEMORY = re.compile(r'"MemUsage":"([\d.]+)([KMGTP]?)iB ')
TRAFFIC = re.compile(r'"NetIO":"([\d.]+(?:e\+03)?)([kMGTP]?)B ')
DASK = re.compile(r": ztf: .* tcp://")


def lines(path):
    if not os.path.exists(path):
        return
    with open(path, errors="replace") as log:
        for line in log:
            yield COLOUR.sub("", line.rstrip("\r\n"))


def seconds(start, end):
    return end and (end - start).total_seconds()


def boom_log(path):
    first, last, message, batches, sums, levels = None, None, None, [], {}, {"WARN": 0, "ERROR": 0}
    for match in filter(None, map(BOOM.match, lines(path))):
        time, level, text = datetime.fromisoformat(f"{match[1]}+00:00"), match[2], match[3]
        first = first or time
        last = last if "heartbeat" in text else time
        levels[level] = levels.get(level, 0) + 1
        message = message or (time if "Consumer received first message" in text else None)
        batch = BATCH.search(text)
        batches = [*batches[:1], time] if batch else batches
        if batch and batch[1]:
            sums[batch[2]] = sums.get(batch[2], 0) + int(batch[1])
    return message or first, last, batches or [None], sums, levels


def stats(path):
    memory, received = [], None
    for line in lines(path):
        if '"MemUsage":' in line:
            size, traffic = MEMORY.search(line), TRAFFIC.search(line)
            memory.append(float(size[1]) * 1024.0 ** (" KMGTP".index(size[2] or " ") - 3) if size else 0)
            if traffic and float(traffic[1]) > 0:
                received = float(traffic[1]) * 1000.0 ** (" kMGTP".index(traffic[2] or " ") - 2)
    return memory, received


def kafka(path):
    for match in filter(None, map(PUSHED.search, lines(path))):
        duration = float(match[2]) / 1000 ** " mµn".index(match[3] or " ")
        return int(match[1]) / duration, duration
    return None, None


def boom(run):
    start, _, _, _, consumer = boom_log(f"{run}/consumer.log")
    _, end, batches, sums, scheduler = boom_log(f"{run}/scheduler.log")
    rate, duration = kafka(f"{run}/producer.log")
    one, received = stats(f"{run}/consumer.stats.log")
    other, _ = stats(f"{run}/scheduler.stats.log")
    return {
        "start_time": start, "end_time": end, "wall_time_s": int(seconds(start, end)),
        "exact_wall_time_s": seconds(start, end), "startup_s": seconds(start, batches[0]),
        "processing_time_s": seconds(start, batches[-1]), "idle_tail_s": batches[-1] and seconds(batches[-1], end),
        "filters_seen": len(sums), "min_alerts_filtered": min(sums.values(), default=None),
        "max_alerts_filtered": max(sums.values(), default=None), "warnings": consumer["WARN"] + scheduler["WARN"],
        "errors": consumer["ERROR"] + scheduler["ERROR"], "kafka_alerts_per_s": rate,
        "kafka_mb_per_s": received and duration and received / duration, "consumer_peak_gib": max(one, default=None),
        "scheduler_peak_gib": max(other, default=None), "peak_memory_gib": max(map(sum, zip(one, other)), default=None),
    }  # fmt: skip


def kowalski(run):
    start, end, levels = None, None, {"WARN": 0, "ERRO": 0, "CRIT": 0}
    for match in filter(None, map(SUPERVISORD.match, lines(f"{run}/supervisord.log"))):
        time, level, text = datetime.fromisoformat(match[1]), match[2], match[3]
        if start and level == "WARN" and FINISHED in text:
            end = end or time
        elif not ORDINARY.search(text):
            levels[level] = levels.get(level, 0) + 1
        if "alert-broker-ztf entered RUNNING state" in text:
            start = start or time
    return {
        "start_time": start, "end_time": end, "wall_time_s": seconds(start, end), "exact_wall_time_s": seconds(start, end),
        "processing_time_s": seconds(start, end), "idle_tail_s": 0, "warnings": levels["WARN"],
        "alerts_taken_in": sum(map(bool, map(DASK.search, lines(f"{run}/dask_cluster.log")))) or None,
        "errors": levels["ERRO"] + levels["CRIT"], "kafka_alerts_per_s": kafka(f"{run}/producer.log")[0],
        "peak_memory_gib": max(stats(f"{run}/ingester.stats.log")[0], default=None),
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
