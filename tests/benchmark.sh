#!/usr/bin/env bash
# Times the pipeline on 31 + 8 runs with some 470 MB of logs and on a tenth of that, beside Python
# reading them as the notebook did, and grep. Prints medians of several runs and the peak memory. It
# needs python3, and 600 MB in the temporary directory.
#
#     tests/benchmark.sh
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# measure TIMES COMMAND...: the median wall time (s) and the peak memory (MB) of a process.
cat >"$scratch/measure.py" <<'EOF'
import resource, statistics, subprocess, sys, time
seconds = []
for _ in range(int(sys.argv[1])):
    start = time.perf_counter()
    subprocess.run(sys.argv[2:], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    seconds.append(time.perf_counter() - start)
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1000
print(f"{statistics.median(seconds):7.2f} s {peak:7.0f} MB")
EOF
measure() { python3 "$scratch/measure.py" "$@"; }

# The sweeps: the seed's, 13 further triples, and eight numbers of workers for Kowalski.
triples="1,1,1 1,2,1 2,2,1 3,4,1 3,4,2 3,10,3 4,6,1 4,8,2 5,8,3 6,10,3 7,9,3 8,12,4 9,15,1"
for alert in 1 3 6; do for ml in 3 6 9; do for filter in 1 3; do seed+="$alert,$ml,$filter "; done; done; done
times=2025-08-08T00:00:00.000000,2025-08-08T00:00:40.000000
echo header >"$scratch/boom.csv"
for run in $seed $triples; do echo "$run,$times"; done >>"$scratch/boom.csv"
echo header >"$scratch/kowalski.csv"
for run in 3 6 7 9 12 15 20 25; do echo "$run,$times"; done >>"$scratch/kowalski.csv"

# project NAME MEGABYTES: this project with logs of that size a BOOM run.
project() {
    mkdir "$scratch/$1"
    cp -r pipeline.cs Directory.Packages.props global.json scripts shared calkit.yaml paper "$scratch/$1"
    python3 - "$scratch/$1/calkit.yaml" "$triples" <<'EOF'
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
EOF
    dotnet run tests/make-logs.cs -- "$scratch/boom.csv" "$scratch/kowalski.csv" "$scratch/$1/logs" "$2"
}
project large 15
project small 1.5
mkdir "$scratch/hello"
printf '#:property PublishAot=false\nConsole.WriteLine("hello");\n' >"$scratch/hello/hello.cs"
cat >"$scratch/loop.py" <<'EOF'
import glob
count = 0
for log in glob.glob("logs/*/scheduler.log"):
    with open(log, "rb") as f:
        for line in f:
            count += b"passed filter" in line
EOF

wall_times="collect-boom collect-kowalski compute-factor render-tex"
edit="echo '// \$RANDOM' >>scripts/compute-factor.csx; dotnet run pipeline.cs -- $wall_times"

cd "$scratch/hello" && dotnet run hello.cs >/dev/null
echo "dotnet run of a hello-world            $(measure 9 dotnet run hello.cs)"
for size in large small; do
    cd "$scratch/$size" && dotnet run pipeline.cs >/dev/null
    echo "== $(du -sm logs | cut -f1) MB of logs"
    echo "wall times, factor and macros          $(measure 9 dotnet run pipeline.cs -- $wall_times)"
    echo "the same after an edit of a script     $(measure 3 bash -c "$edit")"
    echo "Python, the same as the notebook       $(measure 3 python3 "$root/tests/notebook.py")"
    echo "check-runs, which reads all            $(measure 9 dotnet run pipeline.cs -- check-runs)"
    echo "grep -c 'passed filter'                $(measure 3 bash -c "cat logs/*/scheduler.log | grep -c 'passed filter'")"
    echo "Python, a loop over the lines          $(measure 3 python3 "$scratch/loop.py")"
    echo "all stages                             $(measure 5 dotnet run pipeline.cs)"
done
