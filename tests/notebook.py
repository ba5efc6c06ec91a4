"""The wall times alone, as the notebook computed them, for the benchmark: it reads every log whole.

With pandas, as the notebook did; where that is missing, with Python's own datetime. It prints which of
both, and the factor.
"""

import glob
from datetime import datetime

try:
    import pandas
except ImportError:
    pandas = None


def to_datetime(text):
    text = text.replace("\x1b[2m", "").replace("\x1b[0m", "").rstrip("Z")
    return pandas.to_datetime(text) if pandas else datetime.fromisoformat(text)


times = {}
for run in sorted(glob.glob("logs/boom-*")):
    with open(f"{run}/consumer.log") as f:
        start = to_datetime(f.readline().split()[2])
    with open(f"{run}/scheduler.log") as f:
        end = to_datetime(f.readlines()[-3].split()[2])
    times[run] = start, end

for run in sorted(glob.glob("logs/kowalski-*")):
    with open(f"{run}/supervisord.log") as f:
        lines = f.readlines()
    start = next(line for line in lines if "alert-broker-ztf entered RUNNING state" in line)
    end = next(line for line in lines if "received SIGTERM indicating exit request" in line)
    # The milliseconds are dropped.
    times[run] = to_datetime(start.split(",")[0]), to_datetime(end.split(",")[0])

wall_times = {run: int((end - start).total_seconds()) for run, (start, end) in times.items()}
factor = wall_times["logs/kowalski-n=7"] / wall_times["logs/boom-na=3-nml=3-nf=1"]
print(f"{'pandas' if pandas else 'plain Python (pandas is missing)'}: {len(times)} runs, factor {factor:.1f}")
