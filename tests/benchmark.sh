#!/usr/bin/env bash
# Times the pipeline, each time as a multiple of one that a machine's speed changes alike: of `dotnet
# run` with a hello-world, and, on 31 + 8 runs with some 450 MB of logs, of Python reading the wall
# times as the notebook did. Prints medians and the peak memory, the target beside each. It needs
# python3, the network for the packages of the first run, and 1 GB in the temporary directory.
#
#     tests/benchmark.sh
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/data"
export XDG_DATA_HOME=$scratch/data # what was compiled

# compare TITLE TARGET UNIT TIMES COMMAND [CHANGE]: the median time of a command in the shell, by
# turns with that of the unit, a command too; a change comes before each time and is not timed.
cat >"$scratch/compare.py" <<'PYTHON'
import resource, statistics, subprocess, sys, time

title, target, unit, times, command, change = sys.argv[1:]


def seconds(command):
    start = time.perf_counter()
    subprocess.run(["bash", "-ec", command], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - start


units, commands = [], []
for _ in range(int(times)):
    units.append(seconds(unit))
    if change:
        seconds(change)
    commands.append(seconds(command))
ratio = statistics.median(commands) / statistics.median(units)
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1000
print(f"{title:<42}{statistics.median(commands):6.2f} s{ratio:7.1f} times (at most {target}) {peak:5.0f} MB")
PYTHON
compare() { python3 "$scratch/compare.py" "$1" "$2" "$3" "$4" "$5" "${6:-}"; }

# project NAME: this project with the committed logs.
project() {
    mkdir "$scratch/$1"
    cp -r pipeline.cs Directory.* global.json scripts shared calkit.yaml paper logs results "$scratch/$1"
}
project small
project large
rm -r "$scratch/large/logs"

# The sweeps of the large one: the committed ones, 13 further triples and two for Kowalski.
triples="1,1,1 1,2,1 2,2,1 3,4,1 3,4,2 3,10,3 4,6,1 4,8,2 5,8,3 6,10,3 7,9,3 8,12,4 9,15,1"
seed=$(echo {1,3,6},{3,6,9},{1,3})
times=2025-08-08T00:00:00.000000,2025-08-08T00:00:40.000000
{ echo header && printf "%s,$times\n" $seed $triples; } >"$scratch/boom.csv"
{ echo header && printf "%s,$times\n" 3 6 7 9 12 15 20 25; } >"$scratch/kowalski.csv"
python3 - "$scratch/large/calkit.yaml" "$triples" <<'PYTHON'
import sys

path, triples = sys.argv[1:]
text = open(path).read().replace("[3, 6, 7, 9, 12, 15]", "[3, 6, 7, 9, 12, 15, 20, 25]")
more = f"""    benchmark-boom-more:
      kind: command
      environment: _system
      command: python scripts/benchmark-boom.py
      frozen: true
      iterate_over:
        - arg_name: [n_alert_workers, n_ml_workers, n_filter_workers]
          values: [{", ".join(f"[{triple}]" for triple in triples.split())}]
      outputs:
        - logs/boom-na={{n_alert_workers}}-nml={{n_ml_workers}}-nf={{n_filter_workers}}

"""
open(path, "w").write(text.replace("    benchmark-kowalski:\n", more + "    benchmark-kowalski:\n", 1))
PYTHON
dotnet run tests/make-logs.cs -- "$scratch/boom.csv" "$scratch/kowalski.csv" "$scratch/large/logs" 15

mkdir "$scratch/hello"
printf '#:property PublishAot=false\nConsole.WriteLine("hello");\n' >"$scratch/hello/hello.cs"
hello="cd $scratch/hello && dotnet run hello.cs"
notebook="python3 $root/tests/notebook.py"
bash -c "$hello" >/dev/null

cd "$scratch/small"
echo "== The committed logs, as multiples of dotnet run with a hello-world"
first="rm -rf ../first && cp -r ../small ../first && touch ../first/pipeline.cs"
compare "first run in a fresh clone, no packages" 40 "$hello" 1 \
    "cd ../first && NUGET_PACKAGES=$scratch/packages dotnet run pipeline.cs" "$first"
dotnet run pipeline.cs >/dev/null
compare "all stages, nothing changed" 2.2 "$hello" 9 "dotnet run pipeline.cs"
compare "one script edited and run" 6 "$hello" 5 "dotnet run pipeline.cs -- compute-factor" \
    'echo "// $RANDOM" >>scripts/compute-factor.csx'
compare "shared/helpers.csx edited, all stages" 12 "$hello" 3 "dotnet run pipeline.cs" \
    'echo "// $RANDOM" >>shared/helpers.csx'

cd "$scratch/large"
dotnet run pipeline.cs >/dev/null
echo "== $(du -sm logs | cut -f1) MB of logs, as multiples of the notebook's reading in Python"
compare "all stages, nothing changed" 0.8 "$notebook" 9 "dotnet run pipeline.cs"
compare "all stages after an edit of one script" 4 "$notebook" 3 "dotnet run pipeline.cs" \
    'echo "// $RANDOM" >>scripts/compute-factor.csx'
compare "grep -c 'passed filter', for comparison" - "$notebook" 3 \
    "cat logs/*/scheduler.log | grep -c 'passed filter'"
