#!/usr/bin/env bash
# Checks template.yaml and the stacks inside it as far as that goes without AWS: no credentials, no network (but to
# install the tools).
#
#   tests/aws/template.sh
#
# The template is linted twice, as it stands and as CloudFormation will get it: a linter passes undefined
# references in a SAM resource's policies and routes, which are only resources after SAM's transform.

set -euo pipefail
cd "$(dirname "$0")/../.."
source tests/aws/venv.sh

# Some region must be named; nothing is asked there.
export AWS_DEFAULT_REGION=eu-central-1 AWS_EC2_METADATA_DISABLED=true SAM_CLI_TELEMETRY=0
translated=target/aws/template.json
mkdir -p "$(dirname "$translated")"

tools=$(venv template)

echo "cfn-lint"
"$tools/cfn-lint" template.yaml infra/stacks/*.yaml docs/examples/*.yaml

echo "sam validate"
"$tools/sam" validate --lint --template template.yaml

echo "cfn-lint after the transform"
"$tools/python" tests/aws/translate.py template.yaml "$translated"
"$tools/cfn-lint" "$translated"

echo "checkov"
"$(venv checkov)/checkov" --config-file .checkov.yaml --file template.yaml infra/stacks/*.yaml docs/examples/*.yaml "$translated"
