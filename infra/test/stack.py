# SPDX-License-Identifier: Apache-2.0
"""Builds the deployed stack from the template: applies SAM's transform and resolves conditions for given parameters."""

import functools
import itertools
import os
import re
import subprocess
from pathlib import Path
from typing import NamedTuple

os.environ.setdefault("AWS_DEFAULT_REGION", "eu-central-1")

from samtranslator.translator.transform import transform  # noqa: E402 - the import reads the region
from samtranslator.yaml_helper import yaml_parse  # noqa: E402

INFRA = Path(__file__).parent.parent
TEMPLATE = INFRA / "template.yaml"

NO_VALUE = object()

SECRET = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:gatehouse-redis-AbCdEf"
KEY = "arn:aws:kms:eu-central-1:111122223333:key/0d990f2b-8a2f-4b7a-8b5e-2f1f6a3c1d11"
VPC = {"VpcId": "vpc-0123456789abcdef0", "SubnetIds": "subnet-0123456789abcdef0,subnet-0123456789abcdef1"}
OWN = {"ApiKeyDigests": "default=" + "0" * 64, "RedisMode": "own", "RedisSecretArn": SECRET}
CACHE = {"ApiKeyDigests": "default=" + "0" * 64, "RedisMode": "elasticache", **VPC}
JOBS = {"JobsTarget": "https://api.example.org/work", "JobsQueues": "mails reports", "JobsSecretArn": f"{SECRET}-jobs"}
INVOKED = {"JobsTargetFunction": "work:live", "JobsQueues": "mails"}
INVOKED_ARN = {**INVOKED, "JobsTargetFunction": "arn:aws:lambda:eu-central-1:111122223333:function:work"}


class Deployment(NamedTuple):
    """The package format and the parameters of one deployment. Images use the template that infra/image/template prints."""

    images: bool
    parameters: dict


def deployments():
    """Returns every combination of choices that changes the deployed resources."""
    redis = [OWN, {**OWN, "RedisSecretKeyArn": KEY}, {**OWN, **VPC}, {**OWN, **VPC, "RedisSecretKeyArn": KEY}, CACHE]
    kinds = [(False, {"SnapStart": "PublishedVersions"}), (False, {"SnapStart": "None"}), (True, {})]
    return [
        Deployment(images, {**one, "WithExample": example, "AlarmEmail": email, **snap_start})
        for one, example, email, (images, snap_start) in itertools.product(
            redis, ("true", "false"), ("", "you@example.org"), kinds
        )
    ] + [Deployment(False, {**one, **jobs}) for one in (OWN, CACHE) for jobs in (JOBS, INVOKED, INVOKED_ARN)]


def name_of(deployment):
    """Returns a readable name of a deployment."""
    images, parameters = deployment
    return "-".join(
        [
            *(["images"] if images else []),
            parameters["RedisMode"],
            *(["vpc"] if parameters.get("VpcId") else []),
            *(["key"] if parameters.get("RedisSecretKeyArn") else []),
            *(["example"] if parameters.get("WithExample") == "true" else []),
            *(["email"] if parameters.get("AlarmEmail") else []),
            *(["jobs"] if parameters.get("JobsTarget") else []),
            *(["function-arn" if ":function:" in one else "function"] if (one := parameters.get("JobsTargetFunction")) else []),
            *(["snapshots"] if parameters.get("SnapStart") == "PublishedVersions" else []),
        ]
    )


def source(images=False):
    """Returns the parsed template, for zips or for images, with the package locations of a real deployment."""
    text = image_template() if images else TEMPLATE.read_text()
    text = re.sub(r"CodeUri: \.\./functions/\S*/([^/\s]*\.zip)", r"CodeUri: s3://packages/\1", text)
    return yaml_parse(text.replace("ImageUri: ", "ImageUri: 111122223333.dkr.ecr.eu-central-1.amazonaws.com/"))


@functools.cache
def image_template():
    """Returns the text of the template that deploys images."""
    environment = {**os.environ, "ARCHITECTURE": "arm64"}
    return subprocess.run(
        [INFRA / "image/template"], env=environment, check=True, capture_output=True, text=True
    ).stdout


def packages():
    """Returns the paths of the packages in the template, relative to its folder."""
    return re.findall(r"CodeUri: (\S+)", TEMPLATE.read_text())


class _NoManagedPolicies:
    def load(self):
        return {}


def transformed(deployment):
    """Returns the template after SAM's transform."""
    return transform(source(deployment.images), deployment.parameters, _NoManagedPolicies())


class Values:
    """Parameters, with defaults for those not given, and the conditions they determine."""

    def __init__(self, template, given):
        self.parameters = {
            name: str(given.get(name, declared.get("Default"))) for name, declared in template["Parameters"].items()
        }
        self.conditions = template.get("Conditions", {})

    def evaluate(self, expression):
        """Returns whether a condition or an assertion of a rule holds."""
        match expression:
            case {"Condition": name}:
                return self.evaluate(self.conditions[name])
            case {"Fn::Equals": [left, right]}:
                return self.text(left) == self.text(right)
            case {"Fn::Not": [one]}:
                return not self.evaluate(one)
            case {"Fn::And": several}:
                return all(self.evaluate(one) for one in several)
            case {"Fn::Or": several}:
                return any(self.evaluate(one) for one in several)
        raise ValueError(f"unsupported condition function: {expression}")

    def text(self, operand):
        match operand:
            case {"Ref": name}:
                return self.parameters[name]
            case {"Fn::Select": [index, {"Fn::Split": [delimiter, one]}]}:
                return self.text(one).split(delimiter)[int(index)]
            case str():
                return operand
        raise ValueError(f"not a text: {operand}")

    def resolve(self, node):
        """Returns the node with each Fn::If replaced by the branch that its condition selects."""
        match node:
            case {"Fn::If": [name, yes, no]}:
                return self.resolve(yes if self.evaluate({"Condition": name}) else no)
            case {"Ref": "AWS::NoValue"}:
                return NO_VALUE
            case dict():
                members = {name: self.resolve(value) for name, value in node.items()}
                return {name: value for name, value in members.items() if value is not NO_VALUE}
            case list():
                return [value for value in map(self.resolve, node) if value is not NO_VALUE]
        return node


class Stack:
    """The resources and outputs of one deployment."""

    def __init__(self, deployment):
        template = transformed(deployment)
        values = Values(template, deployment.parameters)
        self.images = deployment.images
        self.parameters = values.parameters
        self.resources = {
            name: values.resolve({key: value for key, value in resource.items() if key != "Condition"})
            for name, resource in template["Resources"].items()
            if "Condition" not in resource or values.evaluate({"Condition": resource["Condition"]})
        }
        self.outputs = {
            name: values.resolve({key: value for key, value in output.items() if key != "Condition"})
            for name, output in template["Outputs"].items()
            if "Condition" not in output or values.evaluate({"Condition": output["Condition"]})
        }
        self.template = {
            "AWSTemplateFormatVersion": "2010-09-09",
            # The linter follows a Ref to the default, so the given values become the defaults.
            "Parameters": {
                name: {
                    **declared,
                    "Default": int(self.parameters[name]) if declared["Type"] == "Number" else self.parameters[name],
                }
                for name, declared in template["Parameters"].items()
            },
            "Resources": self.resources,
            "Outputs": self.outputs,
        }

    def of(self, kind):
        """Returns the properties of all resources of a type, by name."""
        return {
            name: resource.get("Properties", {})
            for name, resource in self.resources.items()
            if resource["Type"] == kind
        }


def violations(deployment):
    """Returns the messages of the template's rules and constraints that the parameters violate."""
    template = source(deployment.images)
    values = Values(template, deployment.parameters)
    found = []
    for rule in template["Rules"].values():
        if "RuleCondition" not in rule or values.evaluate(rule["RuleCondition"]):
            found += [one["AssertDescription"] for one in rule["Assertions"] if not values.evaluate(one["Assert"])]
    for name, declared in template["Parameters"].items():
        value = values.parameters[name]
        if "AllowedPattern" in declared and not re.fullmatch(declared["AllowedPattern"], value):
            found.append(f"{name} {declared['ConstraintDescription']}")
        if "AllowedValues" in declared and value not in map(str, declared["AllowedValues"]):
            found.append(f"{name} must be one of {declared['AllowedValues']}")
        if "MinValue" in declared and not declared["MinValue"] <= float(value) <= declared["MaxValue"]:
            found.append(f"{name} must be from {declared['MinValue']} to {declared['MaxValue']}")
    return found
