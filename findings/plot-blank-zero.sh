#!/bin/bash
# Observable Plot 0.6.17 with d3-dsv 3.0.1: a blank cell of a CSV table is drawn at zero.
#
# csvParse gives texts, and a blank is "". Where the scale is said to be linear, Plot makes numbers
# of texts, and "" becomes 0; a null is left out. Seen, for 100, blank and 300 alerts/s:
#   as parsed: 100 0 300; with autoType: 100 300
# A run that could not be read stands in the picture as one that took in nothing, and pulls the axis
# down to zero. csvParse(text, autoType) makes blanks null.
set -eu
fail() { echo "plot-blank-zero: $1"; exit 1; }
if ! command -v npm > /dev/null; then
    apt-get update > /dev/null
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        nodejs npm > /dev/null
fi
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

npm install --loglevel error --no-audit --no-fund --prefix "$dir" \
    @observablehq/plot@0.6.17 d3-dsv@3.0.1 jsdom@24.1.3 > /dev/null
cat > blank.mjs <<'END'
import * as Plot from "@observablehq/plot";
import { autoType, csvParse } from "d3-dsv";
import { JSDOM } from "jsdom";

function drawn(runs) {
  const dots = Plot.dot(runs, { x: "workers", y: "alerts_per_s" });
  const document = new JSDOM("").window.document;
  const plot = Plot.plot({ document, x: { type: "linear" }, y: { type: "linear" }, marks: [dots] });
  const circles = [...plot.querySelectorAll("circle")];
  return circles.map((c) => Math.round(plot.scale("y").invert(c.getAttribute("cy")))).join(" ");
}

const csv = "workers,alerts_per_s\n1,100\n2,\n3,300\n";
console.log(`as parsed: ${drawn(csvParse(csv))}; with autoType: ${drawn(csvParse(csv, autoType))}`);
END
seen=$(node blank.mjs)
[ "$seen" = "as parsed: 100 0 300; with autoType: 100 300" ] || fail "$seen"
echo "$seen"
