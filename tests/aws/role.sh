#!/usr/bin/env bash
# Checks the roles of template.yaml against what the real functions do, beside a stand-in for AWS that evaluates
# their policies. Wants template.sh to have run, which translates the template.
#
#   tests/aws/role.sh target/debug/accounts

set -euo pipefail
cd "$(dirname "$0")/../.."

AUTH=true tests/aws/ministack.sh target/venv/ministack/bin/python tests/aws/role.py target/aws/template.json "$1"
