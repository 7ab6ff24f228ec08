# shellcheck shell=bash
# What scripts/ needs to know of a Debian machine. Sourced, never run.
#
# Addresses come from the machine's own apt sources, so that a company's mirror is used as it is.

# True on Debian itself: the packages named in these scripts are Debian's.
is_debian() {
    local id
    id=$(. /etc/os-release 2>/dev/null && printf '%s' "${ID:-}")
    [[ $id == debian ]] && command -v apt-get >/dev/null
}

is_root() { [[ $(id -u) == 0 ]]; }

# Whether a script may install a package here.
may_install() { is_debian && is_root; }

# The release's name ("bookworm"); empty on a release that has none yet.
debian_codename() {
    (. /etc/os-release 2>/dev/null && printf '%s' "${VERSION_CODENAME:-}")
}

# Prints "URI SUITE" a line for each source of packages in folder $1, out of one-line and deb822 files alike.
apt_sources() {
    local etc=$1 file
    for file in "$etc/sources.list" "$etc"/sources.list.d/*.list "$etc"/sources.list.d/*.sources; do
        [[ -r $file ]] || continue
        case $file in
        *.sources) awk -f - "$file" <<<"$_DEB822" ;;
        *) sed -nE 's/^deb[[:space:]]+(\[[^]]*\][[:space:]]+)?([^[:space:]]+)[[:space:]]+([^[:space:]]+).*/\2 \3/p' "$file" ;;
        esac
    done
}

# shellcheck disable=SC2016  # awk's
# A paragraph a source; a field may go on over indented lines; only binary sources count.
_DEB822='
BEGIN { RS = ""; FS = "\n" }
{
    types = uris = suites = field = ""; enabled = "yes"
    for (i = 1; i <= NF; i++) {
        line = $i
        if (line ~ /^#/) continue
        if (line ~ /^[^ \t:]+:/) {
            field = tolower(substr(line, 1, index(line, ":") - 1))
            line = substr(line, index(line, ":") + 1)
        }
        if (field == "types") types = types " " line
        if (field == "uris") uris = uris " " line
        if (field == "suites") suites = suites " " line
        if (field == "enabled") enabled = tolower(line)
    }
    if ((" " types " ") !~ /[ \t]deb[ \t]/ || enabled ~ /no/) next
    n = split(uris, u, /[ \t]+/); m = split(suites, s, /[ \t]+/)
    for (i = 1; i <= n; i++) for (j = 1; j <= m; j++) if (u[i] != "" && s[j] != "") print u[i], s[j]
}'

# The mirror this machine takes its own release from: the first source of suite $1 (the release's) in folder $2.
debian_mirror() {
    local suite=${1-$(debian_codename)}
    apt_sources "${2:-/etc/apt}" | awk -v suite="$suite" '
        $2 == suite && !found { print $1; found = 1 }
        !first { first = $1 }
        END { if (!found && first) print first; exit !first }'
}

debian_keyring() {
    local file
    for file in /usr/share/keyrings/debian-archive-keyring.{pgp,gpg}; do
        [[ -r $file ]] && printf '%s\n' "$file" && return
    done
    return 1
}

# apt-get that asks nothing and waits for another apt to end. It runs in a session of its own: a Ctrl-C in the middle
# of dpkg's work would leave the machine half-configured.
quiet_apt() {
    DEBIAN_FRONTEND=noninteractive setsid --wait apt-get -qq -y -o DPkg::Lock::Timeout=120 "$@" </dev/null
}

apt_install() { quiet_apt install --no-install-recommends --no-remove "$@"; }

# Installs packages of the machine's own release; refreshes the lists only when apt does not know them.
apt_need() {
    apt_install "$@" >/dev/null 2>&1 && return
    quiet_apt update && apt_install "$@" >/dev/null
}
