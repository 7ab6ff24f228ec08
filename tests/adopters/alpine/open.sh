#!/bin/sh
set -eu
: "${SHOP_TOKEN:?it is not set}"
PATH=$PATH:/usr/sbin exec nginx "$@"
