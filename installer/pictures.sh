#!/usr/bin/env bash
# Makes the pictures of README.md anew: the window from its own test, the demonstration from a real terminal.
# Needs xvfb (./test installs it) and the Debian packages xterm and imagemagick.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
export SOHOA_TEST_RESULTS="$PWD/test-results"
./test tests/ui/test_work.py -k glass_to_the_receipt
cp test-results/window/desk.png docs/images/window.png

out=$(mktemp -d /tmp/sohoa-XXX)
trap 'rm -rf "$out"' EXIT
demo="stty cols 110 rows 24; .venv/bin/sohoa demo --out $out/demo; touch $out/done; sleep 30"
xvfb-run -a -s "-screen 0 1000x460x24" bash -c "
    xterm -fa 'DejaVu Sans Mono' -fs 11 -geometry 110x24 -bg white -fg black -e bash -c '$demo' &
    for _ in \$(seq 300); do [ -e $out/done ] && break; sleep 1; done
    sleep 1; import -window root docs/images/demo.png"
