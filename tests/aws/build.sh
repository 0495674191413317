#!/usr/bin/env bash
# Builds what is deployed, into .aws-sam/build: every function, for release, for arm64. Needs nothing but Rust
# and its target aarch64-unknown-linux-gnu; the cross compiler comes along. Takes minutes.
#
#   tests/aws/build.sh [NAME-OF-A-FUNCTION-IN-THE-TEMPLATE]

set -euo pipefail
cd "$(dirname "$0")/../.."
source tests/aws/venv.sh

export SAM_CLI_TELEMETRY=0 AWS_DEFAULT_REGION=eu-central-1 AWS_EC2_METADATA_DISABLED=true
sam=$(venv template)/sam
PATH=$(venv build):$PATH "$sam" build "$@"
ls -l .aws-sam/build/*/bootstrap
