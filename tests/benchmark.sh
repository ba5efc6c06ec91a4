#!/usr/bin/env bash
# Times the pipeline, each time as a multiple of one that a machine's speed changes alike. Prints medians and
# the peak memory, the aim beside each; an aim that was missed is no error.
#
# - The example, in wall time, beside `dotnet run` of a hello-world.
# - 31 + 8 runs with long logs, in CPU time and only what they cost more than the example, beside Python
#   programs: tests/notebook.py, which computes the wall times alone, and tests/facts.py, which computes the
#   same facts and must find the same numbers.
# - Campaigns of up to 10,000 small runs, in CPU time, beside tests/facts.py and the next smaller campaign.
#
# It needs Linux, python3, the network for packages and 2 GB in the temporary directory; on two idle cores it
# takes some eight minutes.
#
#     tests/benchmark.sh
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/data"
export XDG_DATA_HOME=$scratch/data # what was compiled

# wall, cpu or beyond TITLE AIM TIMES PEER COMMAND [CHANGE]: the median time of a command in the shell, by
# turns with that of its peer, a command too, which is timed once if it takes ten seconds or more; a change
# comes before each time and is not timed. CPU time is that of all processes of a command; beyond, that time
# less what the same command takes in ../small.
cat >"$scratch/compare.py" <<'PYTHON'
import os, statistics, subprocess, sys, time

clock, title, aim, times, peer, command, *changes = sys.argv[1:]


def run(command, directory="."):
    """The seconds that a command takes, and its peak memory (MB)."""
    start = time.perf_counter()
    process = subprocess.Popen(["bash", "-ec", command], cwd=directory, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"ERROR: {command}: status {status}")
    wall_time = time.perf_counter() - start
    return wall_time if clock == "wall" else usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1000


def cost(command):
    seconds, mb = run(command)
    return seconds - (run(command, "../small")[0] if clock == "beyond" else 0), mb


peers, commands, peak = [], [], 0
for _ in range(int(times)):
    if not peers or peers[-1] < 10:
        peers.append(cost(peer)[0])
    for change in changes:
        run(change)
    seconds, mb = cost(command)
    commands.append(seconds)
    peak = max(peak, mb)
seconds, of_peer = statistics.median(commands), statistics.median(peers)
ratio = seconds / of_peer
verdict = "" if ratio <= float(aim) and peak <= 400 else "  MISSED"
print(f"{title:<40}{seconds:6.2f} s beside {of_peer:5.2f} s: {ratio:7.3f} times (aim {aim}), "
      f"{peak:4.0f} MB (aim 400){verdict}", flush=True)
PYTHON
wall() { python3 "$scratch/compare.py" wall "$@"; }
cpu() { python3 "$scratch/compare.py" cpu "$@"; }
beyond() { python3 "$scratch/compare.py" beyond "$@"; }

all="dotnet run pipeline.cs"
notebook="python3 $root/tests/notebook.py"
facts="python3 $root/tests/facts.py"

# project NAME: this project without runs, in the directory NAME.
project() {
    mkdir "$scratch/$1"
    cp -r pipeline.cs Directory.* global.json scripts shared "$scratch/$1"
}

# === The example

project small
cp -r calkit.yaml paper logs results "$scratch/small"
mkdir "$scratch/hello"
printf '#:property PublishAot=false\nConsole.WriteLine("hello");\n' >"$scratch/hello/hello.cs"
hello="cd ../hello && dotnet run hello.cs"

cd "$scratch/small"
bash -c "$hello" >/dev/null
echo "== The example: wall time, beside dotnet run of a hello-world"
wall "first run in a fresh clone, no packages" 45 1 "$hello" \
    "cd ../first && NUGET_PACKAGES=$scratch/packages $all" "rm -rf ../first && cp -r ../small ../first"
$all >/dev/null 2>&1
wall "all stages, nothing changed" 3.2 9 "$hello" "$all"
wall "one script edited and run" 7.5 5 "$hello" "$all -- compute-factor" \
    "echo '// edited' >>scripts/compute-factor.csx"
wall "shared/helpers.csx edited, all stages" 15 3 "$hello" "$all" "echo '// edited' >>shared/helpers.csx"

# === Long logs

cd "$root"
project large
cp -r paper "$scratch/large"
mkdir "$scratch/large/logs"
cp logs/README.md "$scratch/large/logs"
# The sweeps: the committed ones, 13 further triples and two for Kowalski; a run a minute.
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
text = open("calkit.yaml").read().replace("[3, 6, 7, 9, 12, 15]", "[3, 6, 7, 9, 12, 15, 20, 25]")
more = f"""    benchmark-boom-more:
      <<: *boom
      iterate_over:
        - arg_name: [n_alert_workers, n_ml_workers, n_filter_workers]
          values: [{", ".join(f"[{triple}]" for triple in triples)}]

    benchmark-kowalski:
"""
text = text.replace("    benchmark-boom:\n", "    benchmark-boom: &boom\n")
open(f"{scratch}/large/calkit.yaml", "w").write(text.replace("    benchmark-kowalski:\n", more, 1))
PYTHON
dotnet run tests/make-logs.cs -- "$scratch/boom.csv" "$scratch/kowalski.csv" "$scratch/large/logs" 14.6

megabytes() { du -s --apparent-size --block-size=MB "$1" | cut -f1; }
say_size() {
    local dask
    dask=$(megabytes logs/kowalski-n=7/dask_cluster.log)
    echo "== $(megabytes logs) of logs, $dask in each dask_cluster.log: CPU time beyond the example's"
}

cd "$scratch/large"
$all >/dev/null 2>&1
say_size
beyond "all stages, beside the same facts" 0.035 5 "$facts --check" "$all"
# Without what Kowalski does with an alert they are as long as the example's.
sed -i '/ took /d' logs/kowalski-*/dask_cluster.log
say_size
beyond "all stages, beside the wall times alone" 0.2 9 "$notebook" "$all"
echo "   (those in $($notebook))"
beyond "all stages, beside the same facts" 0.03 9 "$facts --check" "$all"

# === Many small runs

# campaign RUNS: a project with so many runs, in the directory RUNS, run once.
campaign() {
    cd "$root"
    project "$1"
    cd "$scratch/$1"
    python3 "$root/tests/many-runs.py" . "$1"
    $all >/dev/null 2>&1
}
echo "== Runs of some 60 KB: CPU time"
campaign 180
cpu "180 runs, beside the same facts" 3.8 3 "$facts" "$all"
campaign 1800
cpu "1,800 runs, beside the same facts" 1.6 3 "$facts" "$all"
cpu "1,800 runs, beside 180" 5.5 3 "cd ../180 && $all" "$all"
campaign 7200
cpu "7,200 runs, beside the same facts" 1.2 1 "$facts" "$all"
cpu "7,200 runs, beside 1,800" 4.4 3 "cd ../1800 && $all" "$all"
campaign 10000
cpu "10,000 runs, beside 7,200" 1.8 1 "cd ../7200 && $all" "$all"
