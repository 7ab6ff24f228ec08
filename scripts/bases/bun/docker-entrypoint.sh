#!/bin/sh
# Runs a command as it is; an option, or a word that is no program (a script, "run", "install"), is bun's.
set -e
case ${1-} in
-*) exec bun "$@" ;;
esac
program=$(command -v "${1-}" || true)
if [ -z "$program" ] || [ ! -x "$program" ]; then
    set -- bun "$@"
fi
exec "$@"
