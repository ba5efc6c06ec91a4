#!/bin/bash
# pgfplotstable 1.18.1 with pdfTeX: a difference of two times comes out in whole hundreds of seconds.
#
# Expressions on columns are computed in TeX's own arithmetic, which does not keep the ten digits of
# a time in seconds since 1970. Seen, for runs of 193, 29 and 993 s, without a warning:
#   200 0 900
# Where a paper's table subtracts two times itself, runs look equal, or took no time at all.
# Differences belong into the CSV file.
set -eu
fail() { echo "pgfplots-seconds: $1"; exit 1; }
if ! kpsewhich pgfplotstable.sty > /dev/null 2>&1; then
    apt-get update > /dev/null
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        texlive-latex-base texlive-latex-recommended texlive-pictures > /dev/null
fi
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

cat > runs.csv <<'END'
start_s,end_s
1754353915,1754354108
1754353915,1754353944
1754353915,1754354908
END
cat > runs.tex <<'END'
\documentclass{article}
\usepackage{pgfplotstable}
\pgfplotsset{compat=1.18}
\begin{document}
\pgfplotstableread[col sep=comma]{runs.csv}\runs
\pgfplotstablecreatecol[create col/expr={\thisrow{end_s}-\thisrow{start_s}}]{wall_s}\runs
\pgfplotstableforeachcolumnelement{wall_s}\of\runs\as\wall{%
  \pgfmathprintnumberto[verbatim]{\wall}{\text}%
  \typeout{wall \text}}
\end{document}
END
pdflatex -interaction=nonstopmode runs.tex > runs.out || fail "pdflatex failed"
seen=$(sed -n 's/^wall //p' runs.out | xargs)
[ "$seen" = "200 0 900" ] || fail "$seen"
echo "$seen"
