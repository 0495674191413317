"""Expand template.yaml as CloudFormation's SAM transform would, without asking AWS.

    translate.py TEMPLATE OUTPUT

A linter sees of a SAM template what its author wrote, not what CloudFormation will be given: the
permissions, the integrations and the API's own document only exist after the transform. The output is for
linters; it cannot be deployed, since the code that it points at is nowhere.
"""

import json
import logging
import sys

from samtranslator.translator.managed_policy_translator import ManagedPolicyLoader
from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

# Where the templates of inner stacks seem to be.
STACKS = "https://stacks.s3.amazonaws.com"


class NoManagedPolicies:
    """Stands in for IAM. Policies are written out here, so that a question to it is a mistake."""

    def get_paginator(self, _operation):
        sys.exit("the template names a managed policy: write its statements out")


def main(source, target):
    """Translate the file SOURCE into the file TARGET."""
    # It warns for each function of a switch that is AWS's own to set.
    logging.disable(logging.WARNING)
    with open(source, encoding="utf-8") as file:
        template = yaml_parse(file.read())

    for name, resource in template["Resources"].items():
        if resource["Type"] == "AWS::Serverless::Function":
            # Code on this disk would be uploaded before the real transform sees the template.
            if not str(resource["Properties"]["CodeUri"]).startswith("s3://"):
                resource["Properties"]["CodeUri"] = f"s3://code/{name}"
        if resource["Type"] == "AWS::CloudFormation::Stack":
            # As `sam package` does, which uploads the file; the linter would look for it beside the output.
            if not resource["Properties"]["TemplateURL"].startswith("https://"):
                resource["Properties"]["TemplateURL"] = f"{STACKS}/{resource['Properties']['TemplateURL']}"

    # The transform writes the values of parameters in place of references to them. The references are what
    # is to be checked, so it gets no values, and no defaults either until it is done.
    parameters = template["Parameters"]
    template["Parameters"] = {
        name: {key: value for key, value in parameter.items() if key != "Default"}
        for name, parameter in parameters.items()
    }
    translated = transform(template, {}, ManagedPolicyLoader(NoManagedPolicies()))
    translated["Parameters"] = parameters

    with open(target, "w", encoding="utf-8") as file:
        json.dump(translated, file, indent=2)
        file.write("\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
