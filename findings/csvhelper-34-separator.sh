#!/bin/bash
# CsvHelper 34.0.0: a table separated by commas is cut at the semicolons of its texts.
#
# 34 has another API than 33 under the old name, and other habits: it guesses the separator from the
# first lines, and what stands in texts counts. Seen, for a column `workers (alert;ml;filter)` and a
# column `alerts_per_s`:
#   33.1.0: 2 fields: 3;3;1 | 150.6
#   34.0.0: 3 fields: 3 | 3 | 1,150.6
# An upgrade by one number moves every value of such a table to another column, without an error
# (CsvReaderOptions has a Separator).
set -eu
fail() { echo "csvhelper-34-separator: $1"; exit 1; }
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export NUGET_PACKAGES=$dir/packages DOTNET_NOLOGO=1

printf 'workers (alert;ml;filter),alerts_per_s\n3;3;1,150.6\n6;3;1,297.4\n' > scaling.csv
cat > old.cs <<'END'
#:package CsvHelper@33.1.0
#:property PublishAot=false
using System.Globalization;
using CsvHelper;

using var table = new CsvReader(new StreamReader("scaling.csv"), CultureInfo.InvariantCulture);
table.Read();
table.ReadHeader();
table.Read();
var row = table.Parser.Record!;
Console.WriteLine($"33.1.0: {row.Length} fields: {string.Join(" | ", row)}");
END
cat > new.cs <<'END'
#:package CsvHelper@34.0.0
#:property PublishAot=false
using CsvHelper;

using var table = CsvReader.FromFile("scaling.csv");
table.Read();
var row = Enumerable.Range(0, table.FieldCount).Select(table.GetString).ToList();
Console.WriteLine($"34.0.0: {row.Count} fields: {string.Join(" | ", row)}");
END
old=$(dotnet run --artifacts-path old old.cs | tail -n 1)
new=$(dotnet run --artifacts-path new new.cs | tail -n 1)
[ "$old" = "33.1.0: 2 fields: 3;3;1 | 150.6" ] || fail "$old"
[ "$new" = "34.0.0: 3 fields: 3 | 3 | 1,150.6" ] || fail "$new"
printf '%s\n%s\n' "$old" "$new"
