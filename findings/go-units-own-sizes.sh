#!/bin/bash
# docker/go-units (seen with 0.4.0, Debian's `golang-github-docker-go-units-dev`), which writes the
# sizes of `docker stats`: it does not read its own sizes back.
#
# Just below the next unit HumanSizeWithPrecision falls into scientific notation, which
# FromHumanSize refuses. And it reads the GiB that BytesSize writes as GB, 7 % too small. Seen:
#   999500 bytes are written as 1e+03kB: invalid size: '1e+03kB'
#   1073741824 bytes are written as 1GiB: read as 1000000000
# A pattern such as [0-9.]+[kMG]B finds 03kB in such a sample of traffic, three thousand bytes for a
# million; and memory has to be read by the other function, RAMInBytes, which takes kB for 1024.
set -eu
fail() { echo "go-units-own-sizes: ${1//$'\n'/; }"; exit 1; }
if ! ls /usr/bin/go /usr/share/gocode/src/github.com/docker/go-units > /dev/null 2>&1; then
    apt-get update > /dev/null
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        golang-go golang-github-docker-go-units-dev > /dev/null
fi
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

cat > sizes.go <<'END'
package main

import (
	"fmt"

	"github.com/docker/go-units"
)

func main() {
	traffic := units.HumanSizeWithPrecision(999500, 3)
	_, err := units.FromHumanSize(traffic)
	memory := units.BytesSize(1 << 30)
	read, _ := units.FromHumanSize(memory)
	fmt.Printf("999500 bytes are written as %s: %v\n", traffic, err)
	fmt.Printf("%d bytes are written as %s: read as %d\n", 1<<30, memory, read)
}
END
seen=$(GO111MODULE=off GOPATH=/usr/share/gocode GOCACHE="$dir/cache" /usr/bin/go run sizes.go)
[ "$seen" = "999500 bytes are written as 1e+03kB: invalid size: '1e+03kB'
1073741824 bytes are written as 1GiB: read as 1000000000" ] || fail "$seen"
echo "$seen"
