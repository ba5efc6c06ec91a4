#!/bin/bash
# Deedle 8.1.0: a configuration named 3-3-1 becomes the third of March 2001.
#
# Frame.ReadCsv takes a column for dates where every text can be read as one, however few digits it
# has, and forgets the text. Seen, for the numbers of alert, ML and filter workers:
#   3-3-1 is 2001-03-03, 12-6-1 is 2001-12-06
# Configurations, groups and versions named by numbers are no names any more when they are joined,
# filtered or written; with one 13-3-1 among them they stay text.
set -eu
fail() { echo "deedle-names-as-dates: $1"; exit 1; }
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export NUGET_PACKAGES=$dir/packages DOTNET_NOLOGO=1

printf 'configuration,alerts_per_s\n3-3-1,150.6\n12-6-1,297.4\n' > scaling.csv
cat > read.cs <<'END'
#:package Deedle@8.1.0
#:package FSharp.Core@10.1.403
#:property PublishAot=false
using Deedle;

var names = Frame.ReadCsv("scaling.csv").GetColumn<object>("configuration");
Console.WriteLine($"3-3-1 is {names[0]:yyyy-MM-dd}, 12-6-1 is {names[1]:yyyy-MM-dd}");
END
seen=$(dotnet run --artifacts-path out read.cs | tail -n 1)
[ "$seen" = "3-3-1 is 2001-03-03, 12-6-1 is 2001-12-06" ] || fail "$seen"
echo "$seen"
