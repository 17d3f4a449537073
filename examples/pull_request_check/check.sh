#!/bin/sh
# Compares app manifests with a site: fails when a file and the site differ, and says how.
#   check.sh MANIFEST [MANIFEST …]
# In the environment: LATCHSTRING_SITE_URL, the site; LATCHSTRING_CREDENTIAL, a personal credential (lspt_…) of a
# member of the sandbox organization who holds apps_manage. Keep it in the secrets of your pipeline.
# Exit status: 0 every file and the site agree, 2 some differ, 1 some could not be compared.
set -u
: "${LATCHSTRING_SITE_URL:?set it to the address of the site}"
: "${LATCHSTRING_CREDENTIAL:?set it to a personal credential of the site}"
[ $# -gt 0 ] || { sed -n '3s/^# *//p' "$0" >&2; exit 1; }

worst=0
for manifest in "$@"; do
    echo "== $manifest"
    latchstring app plan "$manifest" --site-url "$LATCHSTRING_SITE_URL"
    status=$?
    case $status in
    0) ;;
    2) [ "$worst" -eq 1 ] || worst=2 ;;
    *) worst=1 ;;
    esac
done
exit "$worst"
