"""Make a folder that can be deployed without a toolchain: template, inner stacks, code, checksums.

    release.py CODE TARGET        CODE/NAME/bootstrap.zip is the code of the function whose binary is NAME

`sam deploy -t TARGET/template.yaml` uploads what lies beside the template and builds nothing. The template stays
text, with its comments: only where the code is differs.
"""

import hashlib
import pathlib
import re
import shutil
import sys

BUILT = re.compile(
    r"    Metadata:\n      BuildMethod: rust-cargolambda\n      BuildProperties:\n        Binary: (?P<binary>\S+)\n"
    r"(?P<between>(?:(?!\n  \w).)*?)      CodeUri: functions/(?P<folder>\S+)\n",
    re.S,
)


def released(template):
    """The template whose functions' code is built, and the names of their binaries."""
    binaries = []

    def code(function):
        binaries.append(function["binary"])
        return f"{function['between']}      CodeUri: functions/{function['binary']}.zip\n"

    text = BUILT.sub(code, template)
    functions = template.count("Type: AWS::Serverless::Function")
    if len(binaries) != functions or "BuildMethod" in text:
        sys.exit(f"{functions} functions, but {len(binaries)} that can be released")
    return text, binaries


def main(code, target):
    """Fill the folder TARGET."""
    code, target = pathlib.Path(code), pathlib.Path(target)
    shutil.rmtree(target, ignore_errors=True)
    (target / "functions").mkdir(parents=True)
    text, binaries = released(pathlib.Path("template.yaml").read_text(encoding="utf-8"))
    (target / "template.yaml").write_text(text, encoding="utf-8")
    shutil.copytree("infra/stacks", target / "infra/stacks")
    for file in ("infra/samconfig.toml.example", "LICENSE"):
        shutil.copy(file, target)
    for binary in binaries:
        shutil.copy(code / binary / "bootstrap.zip", target / "functions" / f"{binary}.zip")
    files = sorted(path for path in target.rglob("*") if path.is_file())
    sums = "".join(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(target)}\n" for path in files)
    (target / "SHA256SUMS").write_text(sums, encoding="utf-8")
    print(f"{target}: {len(binaries)} functions")


if __name__ == "__main__":
    main(*sys.argv[1:])
