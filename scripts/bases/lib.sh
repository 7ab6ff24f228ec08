# shellcheck shell=bash
# What the recipes of the stand-ins share. Sourced by scripts/bases/*/make.
#
# A recipe is called as `make OUTDIR` and writes a Docker build context there: all of it or nothing.
# Exit codes: 0 done, 1 a step failed, 2 usage, 3 a tool is missing that cannot be installed here.
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[1]}")" && pwd) # the recipe's folder
# shellcheck source=scripts/debian.sh
. "$HERE/../../debian.sh"

SUITE=forky # the first suite with Python 3.14

say() { printf 'bases: %s: %s\n' "${HERE##*/}" "$*" >&2; }
fail() { say "$2"; exit "$1"; }

# Sets OUT, and WORK: a folder beside it that goes away with the recipe, whatever happens.
begin() {
    (($# == 1)) || { printf 'usage: make OUTDIR\n' >&2; exit 2; }
    OUT=$1
    [[ ! -e $OUT || -d $OUT ]] || fail 2 "$OUT is not a folder"
    [[ -z $(ls -A "$OUT" 2>/dev/null) ]] || fail 2 "$OUT is not empty: give a new or an empty folder"
    mkdir -p "$(dirname "$OUT")"
    WORK=$(mktemp -d "$(dirname "$OUT")/.making.XXXXXX")
    mkdir "$WORK/context" "$WORK/tmp"
    child=
    trap clean_up EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP
}

clean_up() {
    # The step under way may have a tree of processes and mounts: it is given the time to take them down.
    [[ -z $child ]] || { kill -TERM -- "-$child" && wait "$child"; } 2>/dev/null || true
    # Never delete through a mount that outlived its step.
    awk -v dir="$WORK/" 'index($5, dir) == 1 { print $5 }' /proc/self/mountinfo | sort -r |
        while read -r mount; do umount -l "$mount" 2>/dev/null || true; done
    rm -rf --one-file-system "$WORK"
}

# Runs a slow step so that a signal ends it at once. Its output is shown only when it fails.
step() {
    local status=0
    set -m # a process group of its own, so that a signal reaches all of it
    "$@" </dev/null >"$WORK/log" 2>&1 &
    child=$!
    set +m
    wait "$child" || status=$?
    child=
    ((status == 0)) || { tail -n 20 "$WORK/log" >&2; fail 1 "this failed ($status): $*"; }
}

# The context is complete: it becomes OUTDIR in one go.
finish() {
    rmdir "$OUT" 2>/dev/null || true
    mv -T "$WORK/context" "$OUT"
}

# The name that DEBIAN or other tools give this machine's processor, out of "x86_64-name aarch64-name".
architecture() {
    case $(uname -m) in
    x86_64) echo "$1" ;;
    aarch64 | arm64) echo "$2" ;;
    *) fail 3 "no stand-in for a $(uname -m) machine" ;;
    esac
}

# Makes tool $1 there, from Debian's package $2 where that is allowed.
need() {
    command -v "$1" >/dev/null && return
    may_install || fail 3 "'$1' is needed; install it (on Debian: apt-get install $2)"
    say "installing $2"
    (
        # Four recipes may run beside each other.
        exec 9>/run/lock/seatrial-apt
        flock 9
        apt_need "$2"
    ) || fail 3 "'$1' is needed, and apt could not install $2"
}

# The settings of the machine's apt without which it could not read its own mirror.
apt_options() {
    local name value
    for name in Acquire::Check-Valid-Until Acquire::Check-Date; do
        value=$(apt-config dump "$name" 2>/dev/null | sed -nE 's/^[^ ]+ "(.*)";$/\1/p')
        [[ -z $value ]] || printf -- '--aptopt=%s "%s"\n' "$name" "$value"
    done
}

# rootfs PACKAGES [HOOK…]: writes a small Debian with PACKAGES (comma-separated) to the context as rootfs.tar.
# A hook is a shell command with the new root as $1; docs and translations are left out, as in Debian's own slim images.
rootfs() {
    local packages=$1 mirror keyring options=() hooks=() hook
    shift
    need mmdebstrap mmdebstrap
    mirror=$(debian_mirror) || fail 3 "no Debian mirror in the apt sources of this machine"
    keyring=$(debian_keyring) || fail 3 "no Debian archive keyring: apt-get install debian-archive-keyring"
    mapfile -t options < <(apt_options)
    [[ -z $packages ]] || options+=("--include=$packages")
    for hook in "$@"; do hooks+=("--customize-hook=$hook"); done
    say "making Debian $SUITE with ${packages:-nothing more}"
    # /etc/resolv.conf and hostname are the machine's, and no business of an image.
    export WORK # for hooks that bring something out
    # shellcheck disable=SC2016  # $1 is the hook's
    TMPDIR=$WORK/tmp step mmdebstrap --quiet --variant=minbase --keyring="$keyring" \
        "${options[@]}" --aptopt='Acquire::Languages "none"' \
        --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-include=/usr/share/doc/*/copyright' \
        --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/info/*' \
        --dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/lintian/*' \
        --dpkgopt=force-unsafe-io \
        "${hooks[@]}" --customize-hook='rm -f "$1/etc/resolv.conf" "$1/etc/hostname"' \
        "$SUITE" "$WORK/context/rootfs.tar" "$mirror"
}
