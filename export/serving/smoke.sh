#!/bin/sh
# Smoke test of a server: waits until it has loaded the model, then predicts once.
# Usage, from the root of the repository:
#   export/serving/smoke.sh BUNDLE VIDEO [SERVER]
# Environment: PYTHON, the interpreter; WAIT, the most seconds to wait.
set -eu

if [ $# -lt 2 ]; then
  echo "Usage: $0 BUNDLE VIDEO [SERVER]" >&2
  exit 2
fi
server=${3:-http://127.0.0.1:8501}
wait=${WAIT:-60}
output=$(mktemp -d)
trap 'rm -rf "$output"' EXIT

until curl --silent --fail --max-time 5 "$server/v1/models/drnet" |
  grep -q AVAILABLE; do
  wait=$((wait - 1))
  if [ "$wait" -lt 0 ]; then
    echo "Smoke test failed: no model 'drnet' at $server." >&2
    exit 1
  fi
  sleep 1
done
"${PYTHON:-python}" -m export.serving_client --server="$server" \
  --signatures="$1/signatures.json" --video="$2" --num_future=2 \
  --output="$output/smoke.gif"
test -s "$output/smoke.gif"
echo "Smoke test passed: $server predicts."
