#!/usr/bin/env bash
# Makes a release: every function for arm64 as a zip, the template that names them, and checksums, in
# target/postern-VERSION and the .tar.gz beside it. Whoever unpacks it deploys with the SAM CLI alone:
#
#   tests/aws/release.sh 1.0.0
#   sam deploy --guided -t target/postern-1.0.0/template.yaml --capabilities CAPABILITY_IAM CAPABILITY_AUTO_EXPAND
#
# Needs Rust and its target aarch64-unknown-linux-gnu; the cross compiler comes along. Takes some minutes.

set -euo pipefail
cd "$(dirname "$0")/../.."
source tests/aws/venv.sh

name=postern-${1:?a version}
epoch=$(git log -1 --format=%ct)

# Each by itself, as `sam build` does: together they would get the features of each other.
for binary in $(sed -n 's/^        Binary: //p' template.yaml); do
    PATH=$(venv build):$PATH cargo lambda build --release --arm64 --output-format zip --package "$binary" --bin "$binary"
done
python3 tests/aws/release.py target/lambda "target/$name"
(cd "target/$name" && sha256sum --quiet --check SHA256SUMS)
# The same commit makes the same archive, as far as the compiler makes the same code.
tar --directory target --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$epoch" -cf - "$name" | gzip -n >"target/$name.tar.gz"
(cd target && sha256sum "$name.tar.gz" | tee "$name.tar.gz.sha256")
