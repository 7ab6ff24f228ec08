#!/bin/sh
# Renders each template with the environment's variables; a name that is not set stays as it is written.
#
# NGINX_ENVSUBST_TEMPLATE_DIR, _TEMPLATE_SUFFIX, _OUTPUT_DIR say where; _FILTER is a regular expression of the names to
# fill in. As in the real image, a folder that cannot be written is logged and is no error.
set -e

templates=${NGINX_ENVSUBST_TEMPLATE_DIR:-/etc/nginx/templates}
suffix=${NGINX_ENVSUBST_TEMPLATE_SUFFIX:-.template}
output=${NGINX_ENVSUBST_OUTPUT_DIR:-/etc/nginx/conf.d}

log() { [ -n "${NGINX_ENTRYPOINT_QUIET_LOGS-}" ] || printf '%s: %s\n' "${0##*/}" "$*"; }

[ -d "$templates" ] || exit 0
if [ ! -w "$output" ]; then
    log "ERROR: $templates exists, but $output is not writable"
    exit 0
fi

# A list such as '${HOME} ${API_URL} ': without one, envsubst would empty nginx's own $variables.
names=$(FILTER=${NGINX_ENVSUBST_FILTER-} awk 'BEGIN { for (name in ENVIRON) if (name ~ ENVIRON["FILTER"]) printf "${%s} ", name }')

find "$templates" -follow -type f -name "*$suffix" | while read -r template; do
    part=${template#"$templates/"}
    target=$output/${part%"$suffix"}
    mkdir -p "$(dirname "$target")"
    log "running envsubst on $template to $target"
    envsubst "$names" <"$template" >"$target"
done
