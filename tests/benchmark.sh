#!/usr/bin/env bash
# Times the pipeline, each time as a multiple of one that a machine's speed changes alike: of `dotnet
# run` with a hello-world, and, on 31 + 8 runs with some 480 MB of logs, of Python programs: of
# tests/notebook.py, which computes the wall times alone, and of tests/facts.py, which computes the same
# facts and must find the same numbers. Prints medians and the peak memory, the aim beside each. It needs
# python3, the network for packages, and 1 GB in the temporary directory; it takes some four minutes.
#
#     tests/benchmark.sh
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/data"
export XDG_DATA_HOME=$scratch/data # what was compiled

# compare TITLE AIM UNIT TIMES COMMAND [CHANGE]: the median time of a command in the shell, by turns with
# that of the unit, a command too; a change comes before each time and is not timed.
cat >"$scratch/compare.py" <<'PYTHON'
import os, statistics, subprocess, sys, time

title, aim, unit, times, command, change = sys.argv[1:]
peak = 0


def seconds(command):
    global peak
    start = time.perf_counter()
    process = subprocess.Popen(["bash", "-ec", command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"ERROR: {command}: status {status}")
    peak = usage.ru_maxrss / 1000
    return time.perf_counter() - start


units, commands = [], []
for _ in range(int(times)):
    units.append(seconds(unit))
    if change:
        seconds(change)
    commands.append(seconds(command))
ratio = statistics.median(commands) / statistics.median(units)
verdict = "" if ratio <= float(aim) and peak <= 400 else "  MISSED"
seconds = f"{statistics.median(commands):6.2f} s beside {statistics.median(units):5.2f} s"
print(f"{title:<40}{seconds}: {ratio:7.3f} times (aim {aim}), {peak:4.0f} MB (aim 400){verdict}", flush=True)
PYTHON
compare() { python3 "$scratch/compare.py" "$1" "$2" "$3" "$4" "$5" "${6:-}"; }

# project NAME: this project with the committed logs.
project() {
    mkdir "$scratch/$1"
    cp -r pipeline.cs Directory.* global.json scripts shared calkit.yaml paper logs results "$scratch/$1"
}
project small
project large
rm -r "$scratch/large/logs/"*=*

# The sweeps of the large one: the committed ones, 13 further triples and two for Kowalski; a run a minute.
python3 - "$scratch" <<'PYTHON'
import itertools, sys

scratch = sys.argv[1]
triples = "1,1,1 1,2,1 2,2,1 3,4,1 3,4,2 3,10,3 4,6,1 4,8,2 5,8,3 6,10,3 7,9,3 8,12,4 9,15,1".split()
boom = [",".join(map(str, x)) for x in itertools.product((1, 3, 6), (3, 6, 9), (1, 3))] + triples
for system, runs in ("boom", boom), ("kowalski", (3, 6, 7, 9, 12, 15, 20, 25)):
    with open(f"{scratch}/{system}.csv", "w") as f:
        print("arguments,start_time,end_time", file=f)
        for minute, run in enumerate(runs):
            time = f"2025-08-08T00:{minute:02}"
            print(f"{run},{time}:00.000000,{time}:40.000000", file=f)
path = f"{scratch}/large/calkit.yaml"
text = open(path).read().replace("[3, 6, 7, 9, 12, 15]", "[3, 6, 7, 9, 12, 15, 20, 25]")
more = f"""    benchmark-boom-more:
      <<: *boom
      iterate_over:
        - arg_name: [n_alert_workers, n_ml_workers, n_filter_workers]
          values: [{", ".join(f"[{triple}]" for triple in triples)}]

    benchmark-kowalski:
"""
text = text.replace("    benchmark-boom:\n", "    benchmark-boom: &boom\n")
open(path, "w").write(text.replace("    benchmark-kowalski:\n", more, 1))
PYTHON
dotnet run tests/make-logs.cs -- "$scratch/boom.csv" "$scratch/kowalski.csv" "$scratch/large/logs" 16

mkdir "$scratch/hello"
printf '#:property PublishAot=false\nConsole.WriteLine("hello");\n' >"$scratch/hello/hello.cs"
hello="cd $scratch/hello && dotnet run hello.cs"
bash -c "$hello" >/dev/null

cd "$scratch/small"
echo "== The committed logs, beside dotnet run of a hello-world"
first="rm -rf ../first && cp -r ../small ../first"
compare "first run in a fresh clone, no packages" 40 "$hello" 1 \
    "cd ../first && NUGET_PACKAGES=$scratch/packages dotnet run pipeline.cs" "$first"
dotnet run pipeline.cs >/dev/null 2>&1
compare "all stages, nothing changed" 3.0 "$hello" 9 "dotnet run pipeline.cs"
compare "one script edited and run" 8.5 "$hello" 5 "dotnet run pipeline.cs -- compute-factor" \
    'echo "// $RANDOM" >>scripts/compute-factor.csx'
compare "shared/helpers.csx edited, all stages" 13 "$hello" 3 "dotnet run pipeline.cs" \
    'echo "// $RANDOM" >>shared/helpers.csx'

cd "$scratch/large"
dotnet run pipeline.cs >/dev/null 2>&1
python3 "$root/tests/facts.py" --check >/dev/null
echo "== $(du -sm logs | cut -f1) MB of logs, beside the wall times alone in $(python3 "$root/tests/notebook.py")"
compare "all stages, nothing changed" 1.7 "python3 $root/tests/notebook.py" 9 "dotnet run pipeline.cs"
echo "== The same, beside the same facts in plain Python; 12 times faster is 0.083"
compare "all stages, nothing changed" 0.083 "python3 $root/tests/facts.py" 3 "dotnet run pipeline.cs"
