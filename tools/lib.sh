# What tools/quickstart, tools/test and tools/install-deps share. Sourced, not run.
# Sets `root` to the project's folder and goes there: the scripts work from any folder.

# Compilers and apt translate and sort by the locale; there may be none.
export LC_ALL=C.UTF-8

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
cd -- "$root"

say() { printf '==> %s\n' "$*"; }

die() {
    printf '%s: %s\n' "$(basename -- "$0")" "$1" >&2
    shift
    [ $# -eq 0 ] || printf '    %s\n' "$@" >&2
    exit 1
}

# One compiler a core, but never more than fit: the heaviest translation unit takes a gigabyte.
jobs() {
    local cores memory
    cores=$(nproc)
    memory=$(awk '/^MemAvailable:/ { print int($2 / 1500000) }' /proc/meminfo)
    [ "${memory:-0}" -ge 1 ] || memory=1
    echo $((cores < memory ? cores : memory))
}

# ccache fails where it cannot write, and a service's user may have no home: then the cache stays in build/.
find_cache() {
    command -v ccache >/dev/null || return 0
    # Paths below the project are passed on relative to it: another clone finds what this one compiled.
    export CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1
    local folder
    folder=$(ccache --get-config cache_dir 2>/dev/null) || folder=
    if [ -z "$folder" ] || ! mkdir -p "$folder/tmp" 2>/dev/null || [ ! -w "$folder/tmp" ]; then
        export CCACHE_DIR=$root/build/ccache
    fi
}

# The folder that `configure` and `build` work in; build-PRESET for another preset than the default.
folder=build

# configure OPTION...: the preset `default` into build/, or `preset` into $folder.
configure() {
    say "configuring $folder/"
    find_cache
    local log
    log=$(mktemp)
    if ! cmake --preset "${preset:-default}" "$@" >"$log" 2>&1; then
        cat "$log" >&2
        rm -f "$log"
        die "the configuration failed (see above)" \
            "if $folder/ was made by another CMake, generator or folder: remove $folder/ and start again"
    fi
    rm -f "$log"
}

# build TARGET...: into $folder.
build() {
    say "building $* with $(jobs) jobs"
    cmake --build "$folder" --parallel "$(jobs)" --target "$@" || die "the build failed (see above)"
}
