"""Whether a function's role in template.yaml allows what the function does, and no more.

    role.py TEMPLATE BINARY        (beside a stand-in that evaluates policies: see role.sh)

The template is deployed to the stand-in, and the real binary runs with the environment and the policy that it
has there: once with the whole policy, when a person's whole stay must go well, and once without each
action, when it must not. An action whose loss nobody notices is one that the role should not have.

What the stand-in cannot tell: it knows no condition of KMS, SES or DynamoDB and no identity of SES, so those are
left out, and it opens encrypted tables and writes logs without asking anybody.
"""

import fnmatch
import glob
import json
import os
import re
import sys
import time
import urllib.parse
import urllib.request

import boto3

from lambda_host import Crashed, Host

STACK = "postern"
# The bucket of the templates of inner stacks.
STACKS = "stacks"
PARAMETERS = {
    "DomainName": "id.example.com",
    "MailFrom": "no-reply@example.com",
    "CreateMailIdentity": "no",
}
UNKNOWN_CONDITIONS = ("dynamodb:", "kms:EncryptionContext:", "ses:")
NOT_ASKED_FOR = ("TableEncryption", "MailConfiguration", "Log")
# A sign-in that waits for a second factor holds the account as it was read. Only `totp` sets one up, which does not run here.
NOT_MET = ("dynamodb:ConditionCheckItem",)
ENDPOINT = os.environ["POSTERN_AWS_ENDPOINT"]


class Failed(Exception):
    """A request of the stay was not answered as it should be."""


def client(service):
    """A client of the stand-in, with every right."""
    return boto3.client(service, endpoint_url=ENDPOINT)


def ask(method, path):
    """Ask something of the stand-in itself."""
    request = urllib.request.Request(ENDPOINT + path, method=method)
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def only(stack, function):
    """The template with one function, and without the API and what only watches: whole, it is larger than
    CloudFormation takes in a request, which counts spaces."""
    others = ("AWS::Lambda::", "AWS::IAM::Role", "AWS::CloudFormation::Stack", "AWS::Events::", "AWS::Scheduler::")
    # The bucket's own policy refuses plain HTTP, which is all that the stand-in speaks.
    left_out = (
        "AWS::Logs::LogGroup", "AWS::CodeDeploy::", "AWS::ApiGatewayV2::", "AWS::Route53::", "AWS::S3::BucketPolicy",
        # Made by `keys`, which is left out: make_key_ring does it.
        "AWS::CloudFormation::CustomResource",
    )
    own = function.title().replace("-", "")

    def stays(name, resource):
        kind = resource["Type"]
        return not kind.startswith(left_out) and (name.startswith(own) or not kind.startswith(others))

    stack["Resources"] = {name: one for name, one in stack["Resources"].items() if stays(name, one)}
    for one in stack["Resources"].values():
        # How CodeDeploy moves an alias.
        one.pop("UpdatePolicy", None)
        if one["Type"] == "AWS::CloudFormation::Stack":
            path = urllib.parse.urlsplit(one["Properties"]["TemplateURL"]).path
            one["Properties"]["TemplateURL"] = f"{ENDPOINT}/{STACKS}{path}"
    stack["Outputs"] = {}
    return json.dumps(stack, separators=(",", ":"))


def deploy(template):
    """Make the stack, in a stand-in that holds nothing else."""
    ask("POST", "/_ministack/reset")
    client("ses").verify_domain_identity(Domain="example.com")
    files = client("s3")
    files.create_bucket(Bucket=STACKS, CreateBucketConfiguration={"LocationConstraint": os.environ["AWS_REGION"]})
    for path in glob.glob("infra/stacks/*.yaml"):
        files.upload_file(path, STACKS, path)
    stacks = client("cloudformation")
    stacks.create_stack(
        StackName=STACK,
        TemplateBody=template,
        Capabilities=["CAPABILITY_IAM"],
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in PARAMETERS.items()],
    )
    while True:
        status = stacks.describe_stacks(StackName=STACK)["Stacks"][0]["StackStatus"]
        if status == "CREATE_COMPLETE":
            return
        if not status.endswith("IN_PROGRESS"):
            events = stacks.describe_stack_events(StackName=STACK)["StackEvents"]
            sys.exit("\n".join(str(e.get("ResourceStatusReason")) for e in events if "FAILED" in e["ResourceStatus"]))
        time.sleep(0.1)


def role(function):
    """The statements of the function's role: those of its own policies, and of those that it shares."""
    name = client("lambda").get_function_configuration(FunctionName=function)["Role"].rpartition("/")[2]
    iam = client("iam")
    for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
        yield from iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]["Statement"]
    for policy in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]:
        arn = policy["PolicyArn"]
        version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
        yield from iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]["Statement"]


def statements(function):
    """Those that the stand-in can judge."""
    for statement in role(function):
        if statement["Sid"] in NOT_ASKED_FOR:
            continue
        for test in statement.pop("Condition", {}).values():
            for key in test:
                if not key.startswith(UNKNOWN_CONDITIONS):
                    sys.exit(f"role.py should know whether the stand-in knows {key}")
        actions = statement["Action"]
        actions = [actions] if isinstance(actions, str) else actions
        resources = "*" if actions == ["ses:SendEmail"] else statement["Resource"]
        for resource in resources if isinstance(resources, list) else [resources]:
            yield statement | {"Action": actions, "Resource": resource}


def out_of_reach(function):
    """Partition keys of the function's table that its role would not let it touch. The stand-in ignores that
    condition, so what the function wrote is held against it afterwards."""
    tests = [test for s in role(function) for test in s.get("Condition", {}).values()]
    patterns = [pattern for test in tests for pattern in test.get("dynamodb:LeadingKeys", [])]
    table = client("lambda").get_function_configuration(FunctionName=function)["Environment"]["Variables"]["POSTERN_TABLE"]
    rows = client("dynamodb").scan(TableName=table, ProjectionExpression="pk")["Items"]
    keys = {row["pk"]["S"] for row in rows}
    return sorted(key for key in keys if not any(fnmatch.fnmatchcase(key, pattern) for pattern in patterns))


def writes_its_log(function):
    """Whether the function's log is there, and its role may write that one and no other. The stand-in writes it
    without asking, and the right is in an inner stack, where the template's readers do not look."""
    name = client("lambda").get_function_configuration(FunctionName=function)["LoggingConfig"]["LogGroup"]
    groups = client("logs").describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    allowed = [(s["Effect"], s["Resource"]) for s in role(function) if s["Sid"] == "Log"]
    return allowed == [("Allow", group["arn"]) for group in groups if group["logGroupName"] == name]


def environment(function, policy):
    """What the function runs with: its variables, and credentials that may do what the policy says."""
    iam = client("iam")
    iam.create_user(UserName=function)
    document = {"Version": "2012-10-17", "Statement": policy}
    iam.put_user_policy(UserName=function, PolicyName="role", PolicyDocument=json.dumps(document))
    key = iam.create_access_key(UserName=function)["AccessKey"]
    variables = client("lambda").get_function_configuration(FunctionName=function)["Environment"]["Variables"]
    return variables | {
        "AWS_ENDPOINT_URL": ENDPOINT,
        "AWS_REGION": os.environ["AWS_REGION"],
        "AWS_DEFAULT_REGION": os.environ["AWS_REGION"],
        "AWS_ACCESS_KEY_ID": key["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"],
    }


def code():
    """The code in the newest letter."""
    letters = [letter for account in ask("GET", "/_ministack/ses/messages")["messages"].values() for letter in account]
    if not letters:
        raise Failed("no letter came")
    return re.search(r"\b\d{4}\b", letters[-1]["Subject"] + "\n" + letters[-1]["BodyText"]).group()


def show_picture(table):
    """Give the account a picture, as `avatar` would leave it."""
    tables = client("dynamodb")
    rows = tables.scan(TableName=table, ProjectionExpression="pk, sk")["Items"]
    key = next(row for row in rows if row["sk"]["S"] == "PROFILE")
    picture = {"id": {"S": "00000000-0000-4000-8000-000000000000"}, "url": {"S": "https://id.example.com/"}}
    tables.update_item(
        TableName=table, Key=key, UpdateExpression="SET picture = :p", ExpressionAttributeValues={":p": {"M": picture}}
    )


def make_key_ring(binary, variables):
    """Let `keys` make the ring, as the deployment would have: it does so as it starts. Here it has every right."""
    every_right = {name: os.environ[name] for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")}
    with Host(os.path.join(os.path.dirname(binary), "keys"), variables | every_right):
        tables, key = client("dynamodb"), {"pk": {"S": "KEYRING"}, "sk": {"S": "KEYRING"}}
        for _ in range(100):
            if "Item" in tables.get_item(TableName=variables["POSTERN_TABLE"], Key=key):
                return
            time.sleep(0.1)
    raise Failed("the key ring was not made")


def accounts(binary, variables):
    """A stay with `accounts`: sign in, look around, change something, refresh, leave. In two processes, as on
    Lambda, since what the first makes at its start the second finds."""

    def ok(host, method, path, body=None, token=None):
        status, answer = host.request(method, f"/cfg/accounts/{path}", body, token)
        if status != 200:
            raise Failed(f"{path} answered {status} {answer}")
        return answer

    make_key_ring(binary, variables)
    person = {"identifier": "ada@example.org"}
    with Host(binary, variables) as host:
        ok(host, "POST", "otp/request/", person)
        # A wrong guess first: it is counted in a row of its own.
        host.request("POST", "/cfg/accounts/otp/verify/", person | {"otp": "0000" if code() != "0000" else "1111"})
        tokens = ok(host, "POST", "otp/verify/", person | {"otp": code()})
    with Host(binary, variables) as host:
        tokens = ok(host, "POST", "token/refresh/", {"refresh": tokens["refresh"]})
        ok(host, "GET", "profile/", token=tokens["access"])
        ok(host, "PATCH", "profile/update/", {"first_name": "Ada"}, tokens["access"])
        ok(host, "GET", "api-key/", token=tokens["access"])
        key = ok(host, "POST", "api-key/regenerate/", {}, tokens["access"])["key"]
        ok(host, "POST", "api-key/test/", {"key": key}, tokens["access"])
        show_picture(variables["POSTERN_TABLE"])
        ok(host, "POST", "profile/delete/", {}, tokens["access"])
    # Deleting answers well even if the picture cannot be removed, and says so in the log.
    time.sleep(0.5)
    if left := [line for line in host.log if "object_left" in line]:
        raise Failed(" ".join(left))


STAYS = {"accounts": accounts}


def right(action, resource):
    """An action and the name of what it is allowed on. A key has another ARN in every deployment."""
    return action, re.sub(r"key/.*", "key", resource.split(":", 5)[-1])


def attempt(binary, template, without=None):
    """The reason why a stay goes wrong with the role's policy, less an action on a resource; None if it does not."""
    family = os.path.basename(binary)
    function = f"{STACK}-{family}"
    deploy(template)
    policy = []
    for statement in statements(function):
        left = [action for action in statement["Action"] if right(action, statement["Resource"]) != without]
        if left:
            policy.append(statement | {"Action": left})
    try:
        STAYS[family](binary, environment(function, policy))
    except (Failed, Crashed) as reason:
        return str(reason)
    return None


def main(source, binary):
    """Check the role of the function of this BINARY in the translated template SOURCE."""
    with open(source, encoding="utf-8") as file:
        template = only(json.load(file), os.path.basename(binary))

    function = f"{STACK}-{os.path.basename(binary)}"
    wrong = attempt(binary, template)
    if wrong:
        sys.exit(f"with its whole role: {wrong}")
    if strangers := out_of_reach(function):
        sys.exit(f"its role does not reach the items it wrote: {', '.join(strangers)}")
    if not writes_its_log(function):
        sys.exit("its role does not reach its log, or reaches others")
    print("with its whole role: a stay goes well")

    granted = {right(action, s["Resource"]) for s in statements(function) for action in s["Action"]}
    idle = []
    for action, resource in sorted(granted):
        wrong = attempt(binary, template, (action, resource))
        print(f"without {action} on {resource}: {wrong[:100] if wrong else 'NOBODY NOTICES'}")
        if not wrong and action not in NOT_MET:
            idle.append(action)
    if idle:
        sys.exit(f"granted and not needed: {', '.join(idle)}")


if __name__ == "__main__":
    main(*sys.argv[1:])
