#!/usr/bin/env bash
# Compares scripts/vendor/ with what npm publishes, byte by byte. Needs npm.
set -euo pipefail
cd "$(dirname "$0")/../scripts/vendor"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

compare() {
    local package=$1 file=$2 license=$3
    npm pack --silent --pack-destination "$scratch" "$package" >"$scratch/name"
    tar -xzf "$scratch/$(cat "$scratch/name")" -C "$scratch"
    cmp "$scratch/package/dist/$file" "$file"
    cmp "$scratch/package/LICENSE" "$license"
    rm -r "$scratch/package"
    echo "$file is that of $package"
}

compare @observablehq/plot@0.6.17 plot.umd.min.js plot.LICENSE
compare d3@7.9.2 d3.min.js d3.LICENSE
