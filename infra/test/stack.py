"""The template as CloudFormation would have it: SAM transformed, conditions decided, for given parameters."""

import functools
import itertools
import os
import re
import subprocess
from pathlib import Path
from typing import NamedTuple

os.environ.setdefault("AWS_DEFAULT_REGION", "eu-central-1")

from samtranslator.translator.transform import transform  # noqa: E402 - it asks for the region when imported
from samtranslator.yaml_helper import yaml_parse  # noqa: E402

INFRA = Path(__file__).parent.parent
TEMPLATE = INFRA / "template.yaml"

NO_VALUE = object()

SECRET = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:gatehouse-redis-AbCdEf"
KEY = "arn:aws:kms:eu-central-1:111122223333:key/0d990f2b-8a2f-4b7a-8b5e-2f1f6a3c1d11"
VPC = {"VpcId": "vpc-0123456789abcdef0", "SubnetIds": "subnet-0123456789abcdef0,subnet-0123456789abcdef1"}
OWN = {"ApiKeyDigests": "default=" + "0" * 64, "RedisMode": "own", "RedisSecretArn": SECRET}
CACHE = {"ApiKeyDigests": "default=" + "0" * 64, "RedisMode": "elasticache", **VPC}


class Way(NamedTuple):
    """A way to deploy: functions as zips by the template, or as images by what infra/image makes of it; and parameters."""

    images: bool
    parameters: dict


def combinations():
    """Every way to choose that changes what is deployed."""
    redis = [OWN, {**OWN, "RedisSecretKeyArn": KEY}, {**OWN, **VPC}, {**OWN, **VPC, "RedisSecretKeyArn": KEY}, CACHE]
    kinds = [(False, {"SnapStart": "PublishedVersions"}), (False, {"SnapStart": "None"}), (True, {})]
    return [
        Way(images, {**one, "WithExample": example, "AlarmEmail": email, **snap_start})
        for one, example, email, (images, snap_start) in itertools.product(
            redis, ("true", "false"), ("", "you@example.org"), kinds
        )
    ]


def name_of(way):
    """A combination in words."""
    images, parameters = way
    return "-".join(
        [
            *(["images"] if images else []),
            parameters["RedisMode"],
            *(["vpc"] if parameters.get("VpcId") else []),
            *(["key"] if parameters.get("RedisSecretKeyArn") else []),
            *(["example"] if parameters.get("WithExample") == "true" else []),
            *(["email"] if parameters.get("AlarmEmail") else []),
            *(["snapshots"] if parameters.get("SnapStart") == "PublishedVersions" else []),
        ]
    )


def source(images=False):
    """The template as it is written, or made for images, with packages where a deployment puts them."""
    text = with_images() if images else TEMPLATE.read_text()
    text = re.sub(r"CodeUri: \.\./functions/\S*/([^/\s]*\.zip)", r"CodeUri: s3://packages/\1", text)
    return yaml_parse(text.replace("ImageUri: ", "ImageUri: 111122223333.dkr.ecr.eu-central-1.amazonaws.com/"))


@functools.cache
def with_images():
    """The template that deploys images."""
    environment = {**os.environ, "ARCHITECTURE": "arm64"}
    return subprocess.run(
        [INFRA / "image/template"], env=environment, check=True, capture_output=True, text=True
    ).stdout


def packages():
    """The packages that the template names, relative to its folder."""
    return re.findall(r"CodeUri: (\S+)", TEMPLATE.read_text())


class _NoManagedPolicies:
    def load(self):
        return {}


def transformed(way):
    """After SAM's transform."""
    return transform(source(way.images), way.parameters, _NoManagedPolicies())


class Values:
    """Parameters as given, or as they are by default, and what they decide."""

    def __init__(self, template, given):
        self.parameters = {
            name: str(given.get(name, declared.get("Default"))) for name, declared in template["Parameters"].items()
        }
        self.conditions = template.get("Conditions", {})

    def truth(self, expression):
        """What a condition, or a rule's assertion, comes to."""
        match expression:
            case {"Condition": name}:
                return self.truth(self.conditions[name])
            case {"Fn::Equals": [left, right]}:
                return self.text(left) == self.text(right)
            case {"Fn::Not": [one]}:
                return not self.truth(one)
            case {"Fn::And": several}:
                return all(self.truth(one) for one in several)
            case {"Fn::Or": several}:
                return any(self.truth(one) for one in several)
        raise ValueError(f"a function that rules and conditions have no use for here: {expression}")

    def text(self, operand):
        match operand:
            case {"Ref": name}:
                return self.parameters[name]
            case str():
                return operand
        raise ValueError(f"no text: {operand}")

    def decided(self, node):
        """The node without its conditions: each Fn::If is one of its branches."""
        match node:
            case {"Fn::If": [name, yes, no]}:
                return self.decided(yes if self.truth({"Condition": name}) else no)
            case {"Ref": "AWS::NoValue"}:
                return NO_VALUE
            case dict():
                members = {name: self.decided(value) for name, value in node.items()}
                return {name: value for name, value in members.items() if value is not NO_VALUE}
            case list():
                return [value for value in map(self.decided, node) if value is not NO_VALUE]
        return node


class Stack:
    """What is deployed in some way."""

    def __init__(self, way):
        template = transformed(way)
        values = Values(template, way.parameters)
        self.images = way.images
        self.parameters = values.parameters
        self.resources = {
            name: values.decided({key: value for key, value in resource.items() if key != "Condition"})
            for name, resource in template["Resources"].items()
            if "Condition" not in resource or values.truth({"Condition": resource["Condition"]})
        }
        self.outputs = {
            name: values.decided({key: value for key, value in output.items() if key != "Condition"})
            for name, output in template["Outputs"].items()
            if "Condition" not in output or values.truth({"Condition": output["Condition"]})
        }
        self.template = {
            "AWSTemplateFormatVersion": "2010-09-09",
            # By what was given a linter judges where parameters lead.
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
        """The resources of a type, by name: their properties."""
        return {
            name: resource.get("Properties", {})
            for name, resource in self.resources.items()
            if resource["Type"] == kind
        }


def refused(way):
    """What the template's rules say against the parameters; nothing when they are all right."""
    template = source(way.images)
    values = Values(template, way.parameters)
    said = []
    for rule in template["Rules"].values():
        if "RuleCondition" not in rule or values.truth(rule["RuleCondition"]):
            said += [one["AssertDescription"] for one in rule["Assertions"] if not values.truth(one["Assert"])]
    for name, declared in template["Parameters"].items():
        value = values.parameters[name]
        if "AllowedPattern" in declared and not re.fullmatch(declared["AllowedPattern"], value):
            said.append(f"{name} {declared['ConstraintDescription']}")
        if "AllowedValues" in declared and value not in map(str, declared["AllowedValues"]):
            said.append(f"{name} must be one of {declared['AllowedValues']}")
        if "MinValue" in declared and not declared["MinValue"] <= float(value) <= declared["MaxValue"]:
            said.append(f"{name} must be from {declared['MinValue']} to {declared['MaxValue']}")
    return said
