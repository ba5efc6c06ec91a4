#!/bin/bash
# YamlDotNet 18.1.0: a merge key below a mapping's own keys overwrites them.
#
# YAML's merge type gives a mapping's own keys the last word wherever `<<` stands, and so does
# ruamel.yaml, with which Calkit and DVC read. MergingParser pastes the merged keys where `<<` is,
# and the deserializer takes the last of two equal keys. Seen, for one stage in two orders:
#   above: n_alerts = 100, below: n_alerts = 29142
# A pipeline file whose order of keys was tidied runs with other numbers, and another program that
# reads the same file still sees the old ones. Without MergingParser there is just a key named "<<".
set -eu
fail() { echo "yamldotnet-merge: $1"; exit 1; }
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export NUGET_PACKAGES=$dir/packages DOTNET_NOLOGO=1

cat > merge.cs <<'END'
#:package YamlDotNet@18.1.0
#:property PublishAot=false
using YamlDotNet.Core;
using YamlDotNet.Serialization;

var yaml = """
    night: &night
      n_alerts: 29142
    above:
      <<: *night
      n_alerts: 100
    below:
      n_alerts: 100
      <<: *night
    """;
var parser = new MergingParser(new Parser(new StringReader(yaml)));
var stages = new Deserializer().Deserialize<Dictionary<string, Dictionary<string, int>>>(parser);
var (above, below) = (stages["above"]["n_alerts"], stages["below"]["n_alerts"]);
Console.WriteLine($"above: n_alerts = {above}, below: n_alerts = {below}");
END
seen=$(dotnet run --artifacts-path out merge.cs | tail -n 1)
[ "$seen" = "above: n_alerts = 100, below: n_alerts = 29142" ] || fail "$seen"
echo "$seen"
