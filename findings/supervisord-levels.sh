#!/bin/bash
# supervisord 4.2.5 (Debian's `supervisor`): its levels are upside down.
#
# A good start is logged as CRIT. That a program never came up and that nobody tries it again,
# the worst that it can say of a program, is INFO. Seen:
#   CRIT Server 'unix_http_server' running without any HTTP authentication checking
#   INFO gave up: broken entered FATAL state, too many start retries too quickly
# Whoever counts WARN and above finds trouble in every good log, and misses the program that is
# gone for good.
set -eu
fail() { echo "supervisord-levels: ${1//$'\n'/; }"; exit 1; }
if ! [ -x /usr/bin/supervisord ]; then
    apt-get update > /dev/null
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        supervisor > /dev/null
fi
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

cat > "$dir/supervisord.conf" <<END
[supervisord]
nodaemon = true
logfile = $dir/supervisord.log
pidfile = $dir/supervisord.pid
[unix_http_server]
file = $dir/supervisor.sock
[program:broken]
command = /bin/false
startretries = 0
END

timeout 6 /usr/bin/supervisord -c "$dir/supervisord.conf" > /dev/null || true
seen=$(grep -E "unix_http_server|FATAL" "$dir/supervisord.log" | cut -d ' ' -f 3-)
[[ $seen == *"CRIT Server 'unix_http_server' running without"* ]] || fail "no CRIT at start: $seen"
[[ $seen == *"INFO gave up: broken entered FATAL state"* ]] || fail "no INFO for FATAL: $seen"
echo "$seen"
