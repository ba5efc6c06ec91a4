#!/bin/bash
# Microsoft.Data.Analysis 0.23.1: the mean of a group counts missing values as zeros.
#
# A column's own Mean leaves missing values out; GroupBy(…).Mean divides their sum by the number of
# rows. Seen, for one configuration run three times, of which one has no time:
#   column 196.5, group 131
# One run that could not be read makes its configuration look one and a half times as fast, and the
# two ways to ask for a mean disagree without a word.
set -eu
fail() { echo "data-analysis-group-mean: $1"; exit 1; }
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export NUGET_PACKAGES=$dir/packages DOTNET_NOLOGO=1

cat > mean.cs <<'END'
#:package Microsoft.Data.Analysis@0.23.1
#:property PublishAot=false
using Microsoft.Data.Analysis;

var runs = new DataFrame(
    new StringDataFrameColumn("configuration", ["3-3-1", "3-3-1", "3-3-1"]),
    new DoubleDataFrameColumn("wall_time_s", new double?[] { 193, null, 200 })
);
var ofColumn = runs["wall_time_s"].Mean();
var ofGroup = runs.GroupBy("configuration").Mean("wall_time_s")["wall_time_s"][0];
Console.WriteLine(FormattableString.Invariant($"column {ofColumn}, group {ofGroup}"));
END
seen=$(dotnet run --artifacts-path out mean.cs | tail -n 1)
[ "$seen" = "column 196.5, group 131" ] || fail "$seen"
echo "$seen"
