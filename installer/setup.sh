# Installs what ./run and ./test need and is missing: system packages by apt, Python packages from
# requirements.lock into .venv. Sourced by both; "setup_system PACKAGE..." first, then "setup_python".
# A stamp makes the second start quick.

say() { printf '%s\n' "$*" >&2; }

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"
    elif command -v sudo >/dev/null 2>&1; then sudo "$@"
    else
        say "sohoa: cần quyền quản trị để cài: $*  /  administrator rights are needed to install: $*"
        return 1
    fi
}

# What the program itself needs. The libxcb and libxkbcommon ones are what Qt's window loads at run time.
RUN_PACKAGES="libsane1 libsane-dev sane-utils gcc tesseract-ocr tesseract-ocr-vie libgl1 libegl1 libfontconfig1 libglib2.0-0
libdbus-1-3 libxkbcommon0 libxkbcommon-x11-0 libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-image0
libxcb-render-util0 libxcb-shape0 libxcb-xinerama0 libxcb-randr0 fonts-noto-core"

# What only the tests need: a display without a screen, a second reader of PDF text, a second client of network scanners,
# the database of a province, a browser, and what the commands of docs/central.md ask a server with.
TEST_PACKAGES="xvfb xauth poppler-utils sane-airscan postgresql chromium curl"

is_installed() { dpkg-query -W -f='${Status}' "$1" 2>/dev/null | grep -q '^install ok installed'; }

setup_system() {
    command -v apt-get >/dev/null 2>&1 || { say "sohoa: không có apt; hãy tự cài: $*  /  no apt here; install by hand: $*"; return 0; }
    local package missing=""
    for package in "$@"; do
        is_installed "$package" || is_installed "${package}t64" || missing="$missing $package"
    done
    [ -n "$missing" ] || return 0
    say "Đang cài gói hệ thống / installing system packages:$missing"
    as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq || say "apt-get update failed; trying with the lists that are here"
    # shellcheck disable=SC2086  # a list of names
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >&2
}

# Prints a Python of at least 3.11 that can make environments and build extensions (python-sane is one).
find_python() {
    local candidate path
    for candidate in python3 python3.13 python3.12 python3.11 /usr/bin/python3; do
        path=$(command -v "$candidate") || continue
        "$path" - 2>/dev/null <<'PY' && { printf '%s\n' "$path"; return 0; }
import ensurepip, pathlib, sys, sysconfig, venv
ok = sys.version_info >= (3, 11) and pathlib.Path(sysconfig.get_path("include"), "Python.h").exists()
raise SystemExit(0 if ok else 1)
PY
    done
    return 1
}

setup_python() {
    local python lock_stamp
    lock_stamp=$({ pwd; cat requirements.lock installer/setup.sh; } | sha256sum | cut -d' ' -f1)
    if [ -x .venv/bin/python ] && [ "$(cat .venv/.stamp 2>/dev/null)" = "$lock_stamp" ]; then return 0; fi
    if ! python=$(find_python); then
        setup_system python3 python3-dev python3-venv
        python=$(find_python) || { say "sohoa: cần Python 3.11 trở lên  /  Python 3.11 or newer is needed"; return 1; }
    fi
    say "Đang cài thư viện Python vào .venv / installing Python packages into .venv ($("$python" --version))"
    [ -x .venv/bin/python ] || "$python" -m venv .venv
    .venv/bin/python -m pip install -q --disable-pip-version-check "uv>=0.5"
    .venv/bin/uv pip sync -q --compile-bytecode --python .venv/bin/python --require-hashes requirements.lock
    link_project
    printf '%s\n' "$lock_stamp" > .venv/.stamp
}

# The tus project's own server and client, for the tests only; Node.js itself is among the Python packages.
setup_tus_peers() {
    local lock_stamp
    lock_stamp=$(sha256sum < tests/tus/package-lock.json)
    if [ "$(cat tests/tus/node_modules/.stamp 2>/dev/null)" = "$lock_stamp" ]; then return 0; fi
    say "Đang cài máy chủ và máy khách tus để kiểm thử / installing the tus peers of the tests"
    .venv/bin/npm ci --prefix tests/tus --omit=optional --omit=peer --ignore-scripts --no-audit --no-fund --silent
    printf '%s\n' "$lock_stamp" > tests/tus/node_modules/.stamp
}

# The application runs from this folder: a path file puts it on sys.path, two small scripts start it.
link_project() {
    local site name module
    site=$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
    pwd > "$site/sohoa.pth"
    for name in sohoa:app.cli sohoa-central:central; do
        module=${name#*:}
        printf '#!/bin/sh\nexec "%s/.venv/bin/python" -m %s "$@"\n' "$(pwd)" "$module" > ".venv/bin/${name%%:*}"
        chmod +x ".venv/bin/${name%%:*}"
    done
}
