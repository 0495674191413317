"""Deploy a release by the SAM CLI, as an operator does, to a stand-in for AWS that has CloudFormation.

    deploy.py SAM RELEASE        (beside the stand-in: see deploy.sh)

The command is the one of samconfig.toml.example, which asks nothing. It runs twice: what a second run changes has to be
what the functions' aliases have.

What the stand-in does not know is left out, and printed: docs/operations.md says the same.
"""

import os
import re
import subprocess
import sys

import boto3

ENDPOINT = os.environ["POSTERN_AWS_ENDPOINT"]
STACK = "postern"
# By file: what is cut out, and why the stand-in cannot have it.
LEFT_OUT = {
    "template.yaml": {
        "KeyRing": "calls the function keys, whose code here is a stub",
    },
    "infra/stacks/alarms.yaml": {
        "ApiErrorsAlarm": "an alarm on a ratio: no metric math",
    },
    "infra/stacks/views.yaml": {
        name: "a saved query: no such resource"
        for name in (
            "RequestQuery", "FailuresQuery", "OperationsQuery", "CallerQuery", "NoticesQuery", "ColdStartsQuery",
            "GatewayQuery",
        )
    },
}
GRADUAL = "CodeDeploy, by which a release takes over bit by bit: the stand-in has none"


def cut(text, name):
    """The template without one resource."""
    found = re.search(rf"^  {name}:\n(?:    .*\n|\s*\n)+", text, re.M)
    if not found:
        sys.exit(f"there is no {name} to leave out")
    return text.replace(found[0], "")


def lessen(release):
    """Leave out of the release's templates what the stand-in cannot have."""
    for path, resources in LEFT_OUT.items():
        path = os.path.join(release, path)
        with open(path, encoding="utf-8") as file:
            text = file.read()
        for name in resources:
            text = cut(text, name)
        text = re.sub(r"      DeploymentPreference:\n        Alarms: .*\n", "", text)
        text = re.sub(r"    DeploymentPreference:\n      Type: .*\n      Role: .*\n", "", text)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)


def deploy(sam, release, settings):
    """Run the one command; return whether it went well, and what it said."""
    with open(os.path.join(release, "samconfig.toml.example"), encoding="utf-8") as file:
        text = file.read()
    quoted = "".join(f'    "{name}={value}",\n' for name, value in settings.items())
    text = re.sub(r'    "MailFrom=.*",\n', quoted, text)
    with open(os.path.join(release, "samconfig.toml"), "w", encoding="utf-8") as file:
        file.write(text)
    ran = subprocess.run(
        [os.path.abspath(sam), "deploy", "--template-file", "template.yaml"],
        cwd=release, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        env={**os.environ, "AWS_ENDPOINT_URL": ENDPOINT, "SAM_CLI_TELEMETRY": "0", "NO_COLOR": "1"},
    )
    return ran.returncode == 0, ran.stdout


def client(service):
    """A client of the stand-in."""
    return boto3.client(service, endpoint_url=ENDPOINT)


def version(functions):
    """The version of a function that its callers get, and a setting as that has it."""
    found = functions.get_function_configuration(FunctionName=f"{STACK}-auth", Qualifier="live")
    return found["Version"], found["Environment"]["Variables"]["POSTERN_AUDIT_DAYS"]


def main(sam, release):
    """Deploy, and look at what is there."""
    lessen(release)
    usual = {"MailFrom": "no-reply@example.com"}

    went, said = deploy(sam, release, usual)
    if not went:
        reasons = re.findall(r"^CREATE_FAILED.*(?:\n {20,}.*)*", said, re.M)
        sys.exit("\n".join(reasons) or said[-3000:])
    stack = client("cloudformation").describe_stacks(StackName=STACK)["Stacks"][0]
    outputs = {one["OutputKey"]: one["OutputValue"] for one in stack["Outputs"]}
    if not outputs["AuthorizerArn"].endswith(f":function:{STACK}-authorizer:live"):
        sys.exit(f"the authorizer's output is not its alias: {outputs['AuthorizerArn']}")
    protected = [
        client("dynamodb").describe_table(TableName=outputs[name])["Table"].get("DeletionProtectionEnabled", False)
        for name in ("IdentityTable", "AuditTable")
    ]
    if any(protected):
        sys.exit("tables of a first deployment are protected already")
    made = client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=STACK)
    made = [one for page in made for one in page["StackResourceSummaries"]]
    alarms = client("cloudwatch").get_paginator("describe_alarms").paginate()
    alarms = sum(len(page["MetricAlarms"]) for page in alarms)

    before = version(client("lambda"))
    went, said = deploy(sam, release, {**usual, "DeletionProtection": "true", "AuditDays": "30"})
    if not went:
        sys.exit(said[-3000:])
    table = client("dynamodb").describe_table(TableName=outputs["IdentityTable"])["Table"]
    if not table.get("DeletionProtectionEnabled"):
        sys.exit("DeletionProtection protects nothing")
    after = version(client("lambda"))
    if after[0] == before[0] or (before[1], after[1]) != ("400", "30"):
        sys.exit(f"a new setting does not reach what is called: {before}, {after}")

    print(f"`sam deploy` made {len(made)} resources and {alarms} alarms, asked nothing, and gave what is called its new settings. Left out:")
    for resources in LEFT_OUT.values():
        for name, why in resources.items():
            print(f"  {name}: {why}")
    print(f"  {GRADUAL}")


if __name__ == "__main__":
    main(*sys.argv[1:])
