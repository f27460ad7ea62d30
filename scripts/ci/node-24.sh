#!/usr/bin/env bash
# The demo once more on the next Node: other codecs are built in there, and start-up differs.
set -euo pipefail
exec npx --yes node@24 scripts/demo.js
