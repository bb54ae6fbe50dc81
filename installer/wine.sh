# A Windows for the TWAIN tests: Wine, the TWAIN workers, and our practice data source, for 64 and 32 bits, all inside .venv/wine.
# Sourced by ./test after installer/setup.sh, whose functions it uses: "setup_wine". A stamp makes the second start quick.

WINE_PACKAGES="wine wine64 gcc-mingw-w64-x86-64-win32 gcc-mingw-w64-i686-win32"
WINE_HOME=.venv/wine
WINE_LOADER=/usr/lib/wine/wine64
WINE_LIBRARY=/usr/lib/x86_64-linux-gnu/wine
WINE_MANAGER=$WINE_LIBRARY/x86_64-windows/twain_32.dll
# What of Wine's 32-bit side the worker and our data source load.
WINE_32="advapi32 bcrypt combase comctl32 dnsapi gdi32 imm32 iphlpapi kernel32 kernelbase msvcrt nsi ntdll ole32 oleaut32 rpcrt4
sechost setupapi shcore shell32 shlwapi twain_32 ucrtbase user32 userenv version win32u ws2_32"

# The settings that tests/twain/conftest.py gives to each worker as well. Without the debugger a crash does not hang.
in_wine() {
    TMPDIR="$PWD/$WINE_HOME/tmp" WINEPREFIX="$PWD/$WINE_HOME/prefix" WINEARCH=win64 WINEDEBUG=-all \
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
    if [ "$(cat $WINE_HOME/.stamp 2>/dev/null)" = "$stamp" ]; then twain_workers; return; fi
    say "Đang dựng môi trường kiểm thử TWAIN / making the TWAIN test rig in $WINE_HOME"
    rm -rf "$WINE_HOME"
    mkdir -p "$WINE_HOME/tmp"
    wine_prefix & local prefix=$!
    wine_32 & local other=$!
    twain_workers && windows_python && compile_for_windows || { wait $prefix $other; return 1; }
    wait $prefix && wait $other && put_data_sources || return 1
    printf '%s\n' "$stamp" > "$WINE_HOME/.stamp"
}

has_wine() { [ -x "$WINE_LOADER" ] && [ -f "$WINE_MANAGER" ] && command -v x86_64-w64-mingw32-gcc i686-w64-mingw32-gcc >/dev/null; }

wine_stamp() {
    { pwd; .venv/bin/python -VV; dpkg-query -W libwine 2>/dev/null
      cat installer/wine.sh tests/twain/*.[ch] tests/twain/source.def; } | sha256sum | cut -d' ' -f1
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

# Wine 8 runs 32-bit programs on its own 64-bit side where it finds its 32-bit DLLs. They are taken out of the package for i386,
# of the same version, from where this machine has its own: the architecture is not added to the machine, and nothing is installed.
wine_32() {
    local version apt="$PWD/$WINE_HOME/apt" library="$PWD/$WINE_HOME/lib" file files=""
    version=$(dpkg-query -W -f '${Version}' libwine:amd64) || return 1
    mkdir -p "$apt/lists/partial" "$apt/archives/partial" "$library/i386-windows"
    apt-cache policy libwine | awk '$2 ~ /^https?:/ { split($3, part, "/"); print "deb", $2, part[1], part[2] }' > "$apt/sources.list"
    set -- -qq -o APT::Architecture=i386 -o APT::Architectures=i386 -o Dir::State="$apt" -o Dir::State::status=/dev/null \
        -o Dir::Cache="$apt" -o Dir::Etc::sourcelist="$apt/sources.list" -o Dir::Etc::sourceparts=/dev/null -o APT::Sandbox::User=root
    apt-get "$@" update >&2 && (cd "$apt" && apt-get "$@" download "libwine=$version" >&2) || return 1
    for file in $WINE_32; do files="$files ./usr/lib/i386-linux-gnu/wine/i386-windows/$file.dll"; done
    # shellcheck disable=SC2086  # a list of names
    dpkg-deb --fsys-tarfile "$apt"/libwine_*.deb | tar x -C "$library/i386-windows" --strip-components=6 $files || return 1
    cp "$WINE_LIBRARY/i386-windows/zlib1.dll" "$library/i386-windows/"
    ln -s "$WINE_LIBRARY/x86_64-unix" "$library/x86_64-unix"
    rm -rf "$apt"
}

# The programs that are tested: as they would stand beside a workstation on Windows.
twain_workers() {
    local bits
    for bits in 64 32; do .venv/bin/python installer/twain_worker.py $bits "$WINE_HOME" >/dev/null || return 1; done
}

# A Windows Python for tests that look inside: the worker's own, with this machine's modules.
windows_python() {
    local version stdlib home="$PWD/$WINE_HOME/python" worker="$PWD/$WINE_HOME/twain-worker-64"
    version=$(.venv/bin/python -c 'import sys; print("%d%d" % sys.version_info[:2])')
    stdlib=$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("stdlib"))')
    mkdir "$home" && cp "$worker"/*.dll "$worker"/*.pyd "$home"
    printf 'Z:%s\r\n' "$stdlib" "$home" "$worker/pillow" "$worker/pytwain" "$PWD" | tr / '\\' > "$home/python$version._pth"
}

compile_for_windows() {
    local flags="-O2 -Wall -Wextra -s" source="-shared -static-libgcc tests/twain/source.c tests/twain/source.def -luser32"
    # shellcheck disable=SC2086  # lists of options
    x86_64-w64-mingw32-gcc $flags -municode tests/twain/launcher.c "$WINE_HOME"/python/python3??.dll -o "$WINE_HOME/python/python.exe" &&
        x86_64-w64-mingw32-gcc $flags $source -o "$WINE_HOME/source-64.ds" &&
        i686-w64-mingw32-gcc $flags $source -Wl,--enable-stdcall-fixup -o "$WINE_HOME/source-32.ds"
}

# Wine's managers ask for sources of two names only, in one folder each; the 64-bit one stands in for that of 64-bit Windows.
# The other name is Wine's own for cameras, which has no place here.
put_data_sources() {
    local windows="$WINE_HOME/prefix/drive_c/windows" library="$PWD/$WINE_HOME/lib/i386-windows"
    mkdir -p "$windows/twain_64" "$windows/twain_32" "$windows/syswow64"
    rm -f "$windows"/twain_*/gphoto2.ds
    cp "$WINE_HOME/source-64.ds" "$windows/twain_64/sane.ds" && cp "$WINE_MANAGER" "$windows/system32/twaindsm.dll" || return 1
    ln -sf "$library"/* "$windows/syswow64/"
    cp "$WINE_HOME/source-32.ds" "$windows/twain_32/sane.ds" && cp "$library/twain_32.dll" "$windows/twain_32.dll"
}
