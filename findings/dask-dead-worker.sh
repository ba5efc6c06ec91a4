#!/bin/bash
# dask.distributed (seen with 2022.12.1 and 2024.12.1, `python3-distributed` of Debian 12 and 13): a
# LocalCluster does not log that a worker was killed.
#
# The nanny reports the death, with the worker's number and the signal, at INFO, and LocalCluster
# silences INFO. What is left of a worker killed with signal 9 is one line without number or cause:
#   distributed.nanny - WARNING - Restarting worker
# With silence_logs=False the death is there: "INFO - Worker process 3543 was killed by signal 9".
# A log of a LocalCluster without "killed", "died" or ERROR does not say that its workers lived.
set -eu
fail() { echo "dask-dead-worker: $1"; exit 1; }
if ! /usr/bin/python3 -c 'import distributed' 2> /dev/null; then
    apt-get update > /dev/null
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        python3-distributed > /dev/null
fi
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

cat > kill-a-worker.py <<'END'
import os, sys, time
from distributed import Client, LocalCluster

if __name__ == "__main__":
    loud = {"silence_logs": False} if "loud" in sys.argv else {}
    with LocalCluster(n_workers=1, dashboard_address=None, **loud) as cluster:
        with Client(cluster) as client:
            os.kill(list(client.run(os.getpid).values())[0], 9)
            time.sleep(5)
END
/usr/bin/python3 kill-a-worker.py > quiet.log 2>&1
/usr/bin/python3 kill-a-worker.py loud > loud.log 2>&1

death='INFO - Worker process [0-9]* was killed by signal 9'
grep -q 'WARNING - Restarting worker' quiet.log || fail "no line about the restart"
! grep -qiE 'signal|killed|died' quiet.log || fail "the death is logged by default"
grep -q "$death" loud.log || fail "silence_logs=False does not log the death"
echo "by default: $(cut -d ' ' -f 4- quiet.log | grep Restarting)"
echo "loud: $(cut -d ' ' -f 4- loud.log | grep -m 1 'killed by signal 9')"
