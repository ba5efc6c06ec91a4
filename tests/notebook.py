"""What the notebook did with the logs, for the benchmark: it reads every log whole.

Plain Python: str.split and datetime in the place of pandas, which costs a second to import.
"""

import csv
import glob
from datetime import datetime


def to_datetime(text):
    return datetime.strptime(text.replace("\x1b[2m", "").replace("\x1b[0m", "")[:19], "%Y-%m-%dT%H:%M:%S")


def write(path, rows):
    with open(path, "w", newline="") as f:
        csv.writer(f, lineterminator="\n").writerows(rows)


boom = []
for run in sorted(glob.glob("logs/boom-*")):
    with open(f"{run}/consumer.log") as f:
        start = to_datetime(f.readline().split()[2])
    with open(f"{run}/scheduler.log") as f:
        end = to_datetime(f.readlines()[-3].split()[2])
    boom.append([run, start, end, int((end - start).total_seconds())])
write("results/notebook-boom.csv", boom)

kowalski = []
for run in sorted(glob.glob("logs/kowalski-*")):
    with open(f"{run}/supervisord.log") as f:
        lines = f.readlines()
    for line in lines:
        if "alert-broker-ztf entered RUNNING state" in line:
            start = to_datetime("T".join(line.split()[:2]))
            break
    for line in lines:
        if "received SIGTERM indicating exit request" in line:
            end = to_datetime("T".join(line.split()[:2]))
            break
    kowalski.append([run, start, end, int((end - start).total_seconds())])
write("results/notebook-kowalski.csv", kowalski)
print(f"{kowalski[0][3] / boom[0][3]:.1f}")
