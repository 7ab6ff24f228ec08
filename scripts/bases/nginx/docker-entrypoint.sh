#!/bin/sh
# Before nginx starts, runs what lies in /docker-entrypoint.d: *.sh as programs, *.envsh in this shell's environment.
# A step that fails ends the start. Any other command runs untouched.
set -e

log() { [ -n "${NGINX_ENTRYPOINT_QUIET_LOGS-}" ] || printf '%s: %s\n' "$0" "$*"; }

configure() {
    find /docker-entrypoint.d/ -follow -type f | sort -V | while read -r part; do
        case $part in
        *.envsh)
            log "sourcing $part"
            # shellcheck disable=SC1090  # whatever the image brings
            . "$part"
            ;;
        *.sh)
            if [ -x "$part" ]; then
                log "launching $part"
                "$part"
            else
                log "ignoring $part, not executable"
            fi
            ;;
        *) log "ignoring $part" ;;
        esac
    done
}

case ${1-} in
nginx | nginx-debug)
    configure
    log "configuration complete; ready for start up"
    ;;
esac
exec "$@"
