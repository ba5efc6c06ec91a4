#!/bin/bash
# tracing-subscriber (seen with 0.3.16 and 0.3.18, `librust-tracing-subscriber-dev` of Debian 12 and
# 13): what RUST_LOG does to a log beyond leaving lines out.
#
# RUST_LOG=warning silences everything, errors too, without a word: "warning" is no level ("warn"
# is), so it is taken for the name of a module. And with RUST_LOG=warn the lines that stay lose
# their spans, since a span has a level of its own, mostly INFO. Seen:
#   RUST_LOG=info     ERROR worker{id=3}: boom: insert failed
#   RUST_LOG=warn     ERROR boom: insert failed
#   RUST_LOG=warning  nothing
# An empty log may be a misspelt level, not a run without errors; and which worker failed is told
# only by a log that keeps INFO.
set -eu
fail() { echo "tracing-filter: ${1//$'\n'/; }"; exit 1; }
if ! ls /usr/bin/cargo /usr/share/cargo/registry/tracing-subscriber-0.3* > /dev/null 2>&1; then
    apt-get update > /dev/null
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        cargo librust-tracing-dev librust-tracing-subscriber-dev > /dev/null
fi
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

mkdir src .cargo
cat > .cargo/config.toml <<'END'
[source.crates-io]
replace-with = "debian"
[source.debian]
directory = "/usr/share/cargo/registry"
END
cat > Cargo.toml <<'END'
[package]
name = "boom"
version = "0.1.0"
edition = "2021"
[dependencies]
tracing = "0.1"
[dependencies.tracing-subscriber]
version = "0.3"
default-features = false
features = ["fmt", "env-filter"]
END
cat > src/main.rs <<'END'
fn main() {
    let filter = tracing_subscriber::EnvFilter::from_default_env();
    tracing_subscriber::fmt().with_env_filter(filter).without_time().init();
    let span = tracing::info_span!("worker", id = 3);
    let _inside = span.enter();
    tracing::error!("insert failed");
}
END
PATH=/usr/bin:/bin cargo build --offline --quiet

info=$(RUST_LOG=info target/debug/boom 2>&1)
warn=$(RUST_LOG=warn target/debug/boom 2>&1)
warning=$(RUST_LOG=warning target/debug/boom 2>&1)
[ "$info" = "ERROR worker{id=3}: boom: insert failed" ] || fail "info: $info"
[ "$warn" = "ERROR boom: insert failed" ] || fail "warn: $warn"
[ -z "$warning" ] || fail "warning: $warning"
printf 'RUST_LOG=info: %s\nRUST_LOG=warn: %s\nRUST_LOG=warning: %s\n' "$info" "$warn" "$warning"
