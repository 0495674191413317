#!/usr/bin/env bash
# Deploys as an operator does, as far as that goes without AWS: the questions of the guide, in a terminal; a release, with
# stubs for its code, linted as the SAM CLI packages it; and the command that asks nothing, to a stand-in for AWS.
# Takes a minute or two. Needs Python and Node.
#
#   tests/aws/deploy.sh

set -euo pipefail
cd "$(dirname "$0")/../.."
source tests/aws/venv.sh

export AWS_DEFAULT_REGION=eu-central-1 AWS_EC2_METADATA_DISABLED=true SAM_CLI_TELEMETRY=0
release=target/aws/release packaged=target/aws/packaged
linters=$(venv template)
boto=$(venv ministack)

# Code that does nothing: what is tried is the way, not the functions.
"$boto/python" - <<'PYTHON'
import pathlib, re, zipfile

for binary in re.findall(r"Binary: (\S+)", pathlib.Path("template.yaml").read_text(encoding="utf-8")):
    folder = pathlib.Path("target/aws/stubs", binary)
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(folder / "bootstrap.zip", "w") as code:
        code.writestr("bootstrap", "#!/bin/sh\n")
PYTHON
python3 tests/aws/release.py target/aws/stubs "$release"
(cd "$release" && sha256sum --quiet --check SHA256SUMS)

# What happens beside the stand-in.
beside() {
    export AWS_ENDPOINT_URL=$POSTERN_AWS_ENDPOINT
    echo 'the questions of the guide'
    python3 tests/aws/guided.py "$linters/sam" "$release/template.yaml" MailFrom=no-reply@example.com

    echo 'the release as it is packaged: translated, cfn-lint, checkov'
    "$boto/python" -c 'import boto3, sys
boto3.client("s3").create_bucket(Bucket="code", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})'
    "$linters/sam" package --template-file "$release/template.yaml" --s3-bucket code \
        --use-json --output-template-file "$packaged.json" >/dev/null 2>&1
    "$linters/python" tests/aws/translate.py "$packaged.json" "$packaged-translated.json"
    "$linters/cfn-lint" "$packaged-translated.json"

    echo 'the command that asks nothing'
    "$boto/python" tests/aws/deploy.py "$linters/sam" "$release"
}
export -f beside
export linters boto release packaged
tests/aws/ministack.sh bash -euo pipefail -c beside
"$(venv checkov)/checkov" --config-file .checkov.yaml --file "$packaged-translated.json"

echo "the release in an application of the CDK"
npm ci --silent --prefix infra/cdk
# It warns of much that is as it is meant.
node infra/cdk/check.mjs "$packaged.json" 2>"$packaged-cdk.log" || { cat "$packaged-cdk.log" && exit 1; }
