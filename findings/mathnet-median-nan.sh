#!/bin/bash
# MathNet.Numerics 5.0.0: the median of runs of which one is NaN depends on their order.
#
# Mean, Minimum and Maximum of such runs are NaN. Median selects by comparisons, and NaN is neither
# less nor greater than anything. Seen, for the same three values in three orders:
#   NaN 193 200: 193, 193 NaN 200: NaN, 193 200 NaN: 200
# A run whose missing time was read as NaN gives a median that looks like a time, and another one
# when the table is sorted. (A null among double? is left out.)
set -eu
fail() { echo "mathnet-median-nan: $1"; exit 1; }
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export NUGET_PACKAGES=$dir/packages DOTNET_NOLOGO=1

cat > median.cs <<'END'
#:package MathNet.Numerics@5.0.0
#:property PublishAot=false
using MathNet.Numerics.Statistics;

double[][] orders = [[double.NaN, 193, 200], [193, double.NaN, 200], [193, 200, double.NaN]];
Console.WriteLine(
    string.Join(", ", orders.Select(runs => $"{string.Join(' ', runs)}: {runs.Median()}"))
);
END
seen=$(dotnet run --artifacts-path out median.cs | tail -n 1)
[ "$seen" = "NaN 193 200: 193, 193 NaN 200: NaN, 193 200 NaN: 200" ] || fail "$seen"
echo "$seen"
