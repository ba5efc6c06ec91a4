#!/bin/bash
# Deedle 8.1.0: from row 101 on a value that does not fit the rows before it is missing.
#
# Frame.ReadCsv takes a column's type from its first 100 rows, and what cannot be read as that type
# later becomes a missing value, without a word. Seen, for 100 whole seconds, then 2.5 and 3:
#   101 of 102 values, sum 5053
# A campaign of 90 runs gives other means than the same campaign with 110, and it is the first run
# measured more finely that is lost. ReadCsv(…, inferRows: 0) looks at every row.
set -eu
fail() { echo "deedle-row-101: $1"; exit 1; }
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export NUGET_PACKAGES=$dir/packages DOTNET_NOLOGO=1

{ echo wall_time_s; seq 1 100; echo 2.5; echo 3; } > runs.csv
cat > read.cs <<'END'
#:package Deedle@8.1.0
#:package FSharp.Core@10.1.403
#:property PublishAot=false
using Deedle;

var runs = Frame.ReadCsv("runs.csv");
var wall = runs.GetColumn<double>("wall_time_s");
Console.WriteLine($"{wall.ValueCount} of {runs.RowCount} values, sum {wall.Sum()}");
END
seen=$(dotnet run --artifacts-path out read.cs | tail -n 1)
[ "$seen" = "101 of 102 values, sum 5053" ] || fail "$seen"
echo "$seen"
