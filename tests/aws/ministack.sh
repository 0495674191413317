#!/usr/bin/env bash
# Runs a command beside a stand-in for AWS (DynamoDB, SES, SNS, KMS and more behind one port), and stops
# the stand-in afterwards. Its state is in memory and gone with it.
#
#   tests/aws/ministack.sh cargo test --test suite
#
# The command finds it by POSTERN_DYNAMODB_ENDPOINT and POSTERN_AWS_ENDPOINT (both the same), with
# credentials and the region in the variables that every SDK reads. Letters from example.com are accepted.
# With AUTH=true in the environment it also refuses what IAM policies do not allow.
#
#   GET  /_ministack/ses/messages        letters sent, by account; ?account=000000000000
#   GET  /_ministack/sns/sms-messages    text messages sent, by number; ?phoneNumber=%2B15551234567
#   POST /_ministack/reset               empties everything

set -euo pipefail
cd "$(dirname "$0")/../.."
source tests/aws/venv.sh

tools=$(venv ministack)
log=target/aws/ministack.log
mkdir -p "$(dirname "$log")"

port=$("$tools/python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
endpoint=http://127.0.0.1:$port
export AWS_REGION=eu-central-1 AWS_DEFAULT_REGION=eu-central-1
export AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_EC2_METADATA_DISABLED=true

BIND_HOST=127.0.0.1 GATEWAY_PORT=$port MINISTACK_REGION=$AWS_REGION LOG_LEVEL=WARNING "$tools/ministack" >"$log" 2>&1 &
stand_in=$!
trap 'kill "$stand_in" 2>/dev/null; wait "$stand_in" 2>/dev/null || true' EXIT

healthy() { curl --silent --fail --max-time 1 --output /dev/null "$endpoint/_ministack/health"; }
for _ in $(seq 150); do
    if healthy; then break; fi
    if ! kill -0 "$stand_in" 2>/dev/null; then break; fi
    sleep 0.2
done
if ! healthy; then
    echo "the stand-in did not start:" >&2
    tail -20 "$log" >&2
    exit 1
fi

"$tools/python" - "$endpoint" <<'PYTHON'
import sys
import boto3

boto3.client("ses", endpoint_url=sys.argv[1]).verify_domain_identity(Domain="example.com")
PYTHON

export POSTERN_DYNAMODB_ENDPOINT=$endpoint POSTERN_AWS_ENDPOINT=$endpoint
echo "a stand-in for AWS answers at $endpoint" >&2
"$@"
