# shellcheck shell=bash
# What scripts/ needs to know of a Debian machine. Sourced, never run.
#
# Addresses come from the machine's own apt sources, so that a company's mirror is used as it is.

# True on Debian itself: the packages named in these scripts are Debian's.
is_debian() {
    local id
    id=$(. "${OS_RELEASE:-/etc/os-release}" 2>/dev/null && printf '%s' "${ID:-}")
    [[ $id == debian ]] && command -v apt-get >/dev/null
}

is_root() { [[ $(id -u) == 0 ]]; }

# The release's name ("bookworm"); empty on a release that has none yet.
debian_codename() {
    (. "${OS_RELEASE:-/etc/os-release}" 2>/dev/null && printf '%s' "${VERSION_CODENAME:-}")
}

# Prints "URI SUITE" a line for each source of packages, out of one-line and deb822 files alike.
apt_sources() {
    local etc=${APT_ETC:-/etc/apt} file
    for file in "$etc/sources.list" "$etc"/sources.list.d/*.list "$etc"/sources.list.d/*.sources; do
        [[ -r $file ]] || continue
        case $file in
        *.sources) awk -f - "$file" <<<"$_DEB822" ;;
        *) sed -nE 's/^deb[[:space:]]+(\[[^]]*\][[:space:]]+)?([^[:space:]]+)[[:space:]]+([^[:space:]]+).*/\2 \3/p' "$file" ;;
        esac
    done
}

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

# The mirror this machine takes its own release from: the first source of that suite.
debian_mirror() {
    local codename
    codename=$(debian_codename)
    apt_sources | awk -v suite="$codename" '
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

# Debian's own apt, not asking and waiting for another apt to end.
apt_install() {
    DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o DPkg::Lock::Timeout=120 \
        install --no-install-recommends --no-remove "$@" </dev/null
}

# Installs packages of the machine's own release; refreshes the lists only when apt does not know them.
apt_need() {
    apt_install "$@" >/dev/null 2>&1 && return
    apt-get -qq update && apt_install "$@" >/dev/null
}
