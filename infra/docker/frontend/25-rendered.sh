#!/bin/sh
# nginx starts without complaint on an empty conf.d and then serves nothing of ours.
set -eu

if ! grep -q '^# logbook-frontend$' /etc/nginx/conf.d/default.conf 2>/dev/null; then
    echo 'logbook-frontend: /etc/nginx/conf.d/default.conf was not rendered; is a NGINX_ENVSUBST_* variable set?' >&2
    exit 2
fi
