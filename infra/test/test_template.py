# SPDX-License-Identifier: Apache-2.0
"""Checks the properties that every deployment of the template must have."""

import json
import re
import tomllib
import xml.etree.ElementTree as ElementTree

import pytest
from cfnlint.api import lint
from cfnlint.config import ManualArgs

from stack import (
    CACHE,
    INFRA,
    INVOKED,
    JOBS,
    OWN,
    SECRET,
    VPC,
    Deployment,
    Stack,
    deployments,
    image_template,
    name_of,
    packages,
    source,
    violations,
)

ALL = [pytest.param(one, id=name_of(one)) for one in deployments()]

# Actions for which AWS supports no resource-level permissions.
WITHOUT_RESOURCE = {"xray:PutTraceSegments", "xray:PutTelemetryRecords"}
NETWORK_INTERFACES = {
    "ec2:CreateNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:DeleteNetworkInterface",
    "ec2:AssignPrivateIpAddresses",
    "ec2:UnassignPrivateIpAddresses",
}

_stacks = {}


@pytest.fixture
def stack(request):
    key = name_of(request.param)
    if key not in _stacks:
        _stacks[key] = Stack(request.param)
    return _stacks[key]


every_deployment = pytest.mark.parametrize("stack", ALL, indirect=True)


def as_list(value):
    return value if isinstance(value, list) else [value]


def statements(stack):
    """Yields every statement of every policy, with the name of its role or policy."""
    for kind in ("AWS::IAM::Role", "AWS::IAM::ManagedPolicy"):
        for name, properties in stack.of(kind).items():
            documents = [one["PolicyDocument"] for one in properties.get("Policies", [])]
            if "PolicyDocument" in properties:
                documents.append(properties["PolicyDocument"])
            for document in documents:
                for statement in document["Statement"]:
                    yield name, statement


@every_deployment
def test_the_deployed_template_passes_the_linter(stack):
    found = lint(json.dumps(stack.template), config=ManualArgs(regions=["eu-central-1", "us-east-1"], ignore_checks=["W2001"]))

    assert [str(one) for one in found] == []


@every_deployment
def test_every_reference_names_a_deployed_resource_or_a_parameter(stack):
    known = set(stack.resources) | set(stack.parameters)

    def walk(node):
        match node:
            case {"Ref": name}:
                yield name
            case {"Fn::GetAtt": [name, *_]}:
                yield name
            case {"Fn::Sub": text}:
                own = set()
                if isinstance(text, list):
                    text, variables = text
                    own = set(variables)
                    yield from walk(variables)
                yield from (
                    name.split(".")[0] for name in re.findall(r"\$\{([\w.:]+)}", text) if name.split(".")[0] not in own
                )
            case dict():
                for value in node.values():
                    yield from walk(value)
            case list():
                for value in node:
                    yield from walk(value)

    referred = {name for name in walk([stack.resources, stack.outputs]) if not name.startswith("AWS::")}
    assert referred - known == set()


@every_deployment
def test_every_function_is_published_under_the_alias_live(stack):
    functions = stack.of("AWS::Lambda::Function")
    aliases = stack.of("AWS::Lambda::Alias")

    assert len(functions) == (14 if "ExampleFunction" in stack.resources else 13)
    assert {one["FunctionName"]["Ref"] for one in aliases.values()} == set(functions)
    for alias in aliases.values():
        assert alias["Name"] == "live"
        version = alias["FunctionVersion"]["Fn::GetAtt"][0]
        assert stack.resources[version]["Properties"]["FunctionName"] == alias["FunctionName"]


@every_deployment
def test_every_invocation_goes_to_an_alias(stack):
    aliases = set(stack.of("AWS::Lambda::Alias"))
    permissions = stack.of("AWS::Lambda::Permission")

    assert {one["FunctionName"]["Ref"] for one in permissions.values()} <= aliases
    for path, methods in stack.resources["Api"]["Properties"]["Body"]["paths"].items():
        for method in methods.values():
            uri = method["x-amazon-apigateway-integration"]["uri"]["Fn::Sub"]
            assert re.search(r"functions/\$\{(\w+)}/invocations", uri)[1] in aliases, path
    for schedule in stack.of("AWS::Scheduler::Schedule").values():
        assert schedule["Target"]["Arn"]["Ref"] in aliases


@every_deployment
def test_changed_configuration_publishes_a_version(stack):
    for name, function in stack.of("AWS::Lambda::Function").items():
        assert function["Environment"]["Variables"]["GATEHOUSE_CONFIG_VERSION"].isdigit(), name
    for name, resource in source()["Resources"].items():
        if resource["Type"] == "AWS::Serverless::Function":
            assert resource["Properties"]["AutoPublishAliasAllProperties"] is True, name


@every_deployment
def test_functions_have_the_chosen_package_format(stack):
    for name, function in stack.of("AWS::Lambda::Function").items():
        assert function["Architectures"] == ["arm64"], name
        assert function["TracingConfig"] == {"Mode": "Active"}, name
        assert function["LoggingConfig"]["LogFormat"] == "JSON", name
        # API Gateway waits 30 seconds; the next drain starts after 60.
        assert function["Timeout"] < (60 if name == "JobsDrainFunction" else 30), name
        if name == "ExampleFunction":
            continue
        assert function["MemorySize"] == 1024, name
        if stack.images:
            assert function["PackageType"] == "Image", name
            assert set(function["Code"]) == {"ImageUri"} and set(function["ImageConfig"]) == {"Command"}, name
            assert not {"Runtime", "Handler", "SnapStart"} & set(function), name
        else:
            assert function["Runtime"] == "java25", name
            assert function["SnapStart"] == {"ApplyOn": {"Ref": "SnapStart"}}, name


@every_deployment
def test_every_function_has_its_own_log_group_with_a_retention(stack):
    groups = stack.of("AWS::Logs::LogGroup")
    used = [one["LoggingConfig"]["LogGroup"]["Ref"] for one in stack.of("AWS::Lambda::Function").values()]

    assert len(set(used)) == len(used)
    assert set(groups) == {*used, "AccessLog"}
    assert all(one["RetentionInDays"] == {"Ref": "LogRetentionDays"} for one in groups.values())


@every_deployment
def test_permissions_have_no_wildcards_where_aws_supports_resources(stack):
    seen = 0
    for owner, statement in statements(stack):
        actions = as_list(statement["Action"])
        seen += 1
        assert not any("*" in action for action in actions), owner
        assert "NotAction" not in statement and "NotResource" not in statement, owner
        for resource in as_list(statement["Resource"]):
            if resource == "*":
                assert statement["Effect"] == "Deny" or set(actions) <= WITHOUT_RESOURCE | NETWORK_INTERFACES, owner
            elif actions == ["execute-api:ManageConnections"]:
                # All connections of this API: their ids are unknown.
                assert owner == "WebSocketRole"
                assert re.fullmatch(r"arn:.*:\$\{WebSocketApi}/live/POST/@connections/\*", resource["Fn::Sub"])
            else:
                assert "*" not in json.dumps(resource), owner
    assert seen > 4


@every_deployment
def test_only_lambda_itself_may_use_the_right_to_network_interfaces(stack):
    allowed = [one for _, one in statements(stack) if NETWORK_INTERFACES & set(as_list(one["Action"]))]

    if not stack.parameters["VpcId"]:
        assert allowed == []
        return
    allow, deny = allowed
    assert (allow["Effect"], deny["Effect"]) == ("Allow", "Deny")
    assert set(deny["Action"]) == set(allow["Action"]) == NETWORK_INTERFACES
    assert "lambda:SourceFunctionArn" in deny["Condition"]["ArnLike"]


@every_deployment
def test_roles_have_no_aws_managed_policies(stack):
    for name, role in stack.of("AWS::IAM::Role").items():
        own = [{"Ref": "NetworkPolicy"}, {"Ref": "StorePolicy"}]
        assert [one for one in role.get("ManagedPolicyArns", []) if one not in own] == [], name


@every_deployment
def test_each_function_has_its_own_kind_of_role(stack):
    for name, function in stack.of("AWS::Lambda::Function").items():
        expected = {"ExampleFunction": "ExampleRole", "WebSocketFunction": "WebSocketRole", "JobsDrainFunction": "JobsDrainRole"}.get(
            name, "FunctionRole"
        )
        assert function["Role"] == {"Fn::GetAtt": [expected, "Arn"]}


@every_deployment
def test_permissions_and_variables_match_the_chosen_redis(stack):
    actions = {action for _, one in statements(stack) for action in as_list(one["Action"])}
    variables = stack.resources["RateLimitFunction"]["Properties"]["Environment"]["Variables"]

    if stack.parameters["RedisMode"] == "own":
        assert "secretsmanager:GetSecretValue" in actions and "elasticache:Connect" not in actions
        assert ("kms:Decrypt" in actions) == bool(stack.parameters["RedisSecretKeyArn"])
        assert variables["REDIS_SECRET_ARN"] == {"Ref": "RedisSecretArn"}
        assert not {"REDIS_HOST", "REDIS_IAM_CACHE"} & set(variables)
        assert not any("ElastiCache" in one["Type"] for one in stack.resources.values())
    else:
        assert "elasticache:Connect" in actions and "kms:Decrypt" not in actions
        assert ("secretsmanager:GetSecretValue" in actions) == bool(stack.parameters["JobsTarget"])
        assert "REDIS_SECRET_ARN" not in variables
        assert variables["REDIS_SSL"] == "true"
        assert variables["REDIS_IAM_CACHE"] == variables["REDIS_USERNAME"] == {"Ref": "CacheName"}


@every_deployment
def test_only_the_functions_can_connect_to_the_cache(stack):
    if stack.parameters["RedisMode"] == "own":
        return
    cache = stack.resources["Cache"]["Properties"]
    (user,) = stack.of("AWS::ElastiCache::User").values()
    (ingress,) = stack.resources["CacheSecurityGroup"]["Properties"]["SecurityGroupIngress"]

    assert cache["SecurityGroupIds"] == [{"Ref": "CacheSecurityGroup"}]
    assert cache["UserGroupId"] == {"Ref": "CacheUsers"}
    assert user["AuthenticationMode"] == {"Type": "iam"}
    assert user["UserId"] == user["UserName"]
    assert ingress["SourceSecurityGroupId"] == {"Ref": "FunctionSecurityGroup"}
    assert (ingress["FromPort"], ingress["ToPort"]) == (6379, 6379)
    (egress,) = stack.resources["FunctionSecurityGroup"]["Properties"]["SecurityGroupEgress"]
    assert egress["CidrIp"] == "255.255.255.255/32"


@every_deployment
def test_functions_are_in_the_given_vpc(stack):
    for name, function in stack.of("AWS::Lambda::Function").items():
        assert ("VpcConfig" in function) == bool(stack.parameters["VpcId"]), name


@every_deployment
def test_authorizer_results_are_not_cached_and_the_api_may_invoke_it(stack):
    (scheme,) = stack.resources["Api"]["Properties"]["Body"]["components"]["securitySchemes"].values()
    authorizer = scheme["x-amazon-apigateway-authorizer"]
    permission = stack.resources["ApiSessionAuthorizerAuthorizerPermission"]["Properties"]

    assert authorizer["authorizerResultTtlInSeconds"] == 0
    assert authorizer["identitySource"] == []
    assert authorizer["enableSimpleResponses"] is True
    assert authorizer["authorizerPayloadFormatVersion"] == "2.0"
    assert authorizer["authorizerUri"]["Fn::Sub"][1] == {"__FunctionArn__": {"Ref": "AuthorizerFunctionAliaslive"}}
    assert permission["FunctionName"] == {"Ref": "AuthorizerFunctionAliaslive"}
    assert permission["Principal"] == "apigateway.amazonaws.com"


@every_deployment
def test_the_authorizer_the_paths_and_the_policies_have_their_parameters(stack):
    for name, function in stack.of("AWS::Lambda::Function").items():
        variables = function["Environment"]["Variables"]
        assert variables["GATEHOUSE_BASE_PATH"] == {"Ref": "BasePath"}, name
        assert variables["GATEHOUSE_POLICIES"] == {"Ref": "DeclaredPolicies"}, name
        found = {one: variables.get(f"GATEHOUSE_AUTHORIZER_{one}") for one in ("TOKEN_HEADER", "IPV6_PREFIX")}
        expected = {"TOKEN_HEADER": {"Ref": "TokenHeader"}, "IPV6_PREFIX": {"Ref": "Ipv6Prefix"}}
        assert found == (expected if name == "AuthorizerFunction" else dict.fromkeys(expected)), name


@every_deployment
def test_only_the_example_route_uses_the_authorizer(stack):
    paths = stack.resources["Api"]["Properties"]["Body"]["paths"]
    protected = {path for path, methods in paths.items() for method in methods.values() if method.get("security")}

    assert protected == ({"/example/whoami"} if stack.parameters["WithExample"] == "true" else set())


@every_deployment
def test_every_route_of_the_contract_has_a_function(stack):
    assert set(stack.resources["Api"]["Properties"]["Body"]["paths"]) - {"/example/whoami"} == {
        "/v1/idempotency/{proxy+}",
        "/v1/rate-limits/{proxy+}",
        "/v1/cache/{proxy+}",
        "/v1/states/{proxy+}",
        "/v1/presence/{proxy+}",
        "/v1/channels/{proxy+}",
        "/v1/jobs/{proxy+}",
        "/v1/sessions",
        "/v1/sessions/{proxy+}",
        "/v1/api-keys",
        "/v1/api-keys/{proxy+}",
        "/health",
        "/health/{proxy+}",
        "/redis/stats",
    }


@every_deployment
def test_the_stage_throttles_and_logs(stack):
    socket_stage = stack.resources["WebSocketStage"]["Properties"]
    (stage,) = (one for one in stack.of("AWS::ApiGatewayV2::Stage").values() if one != socket_stage)

    assert {"ThrottlingRateLimit", "ThrottlingBurstLimit"} <= set(socket_stage["DefaultRouteSettings"])
    assert {"ThrottlingRateLimit", "ThrottlingBurstLimit"} <= set(stage["DefaultRouteSettings"])
    fields = json.loads(stage["AccessLogSettings"]["Format"])
    assert fields["route"] == "$context.routeKey"
    # The access log identifies neither the caller nor the request's path.
    assert not re.search(r"sourceIp|userAgent|path|identity|authorizer\.(?!error)", stage["AccessLogSettings"]["Format"])


@every_deployment
def test_a_websocket_opens_only_behind_the_authorizer(stack):
    routes = {one["RouteKey"]: one for one in stack.of("AWS::ApiGatewayV2::Route").values()}
    authorizer = stack.resources["WebSocketAuthorizer"]["Properties"]

    assert set(routes) == {"$connect", "$default", "$disconnect"}
    assert all(one["ApiId"] == {"Ref": "WebSocketApi"} for one in routes.values())
    assert all(one["Target"] == {"Fn::Sub": "integrations/${WebSocketIntegration}"} for one in routes.values())
    assert routes["$connect"]["AuthorizationType"] == "CUSTOM"
    assert routes["$connect"]["AuthorizerId"] == {"Ref": "WebSocketAuthorizer"}
    assert authorizer["AuthorizerType"] == "REQUEST"
    # An identity source would reject handshakes without it: a session may be in a header or in the cookie.
    assert "IdentitySource" not in authorizer
    integration = stack.resources["WebSocketIntegration"]["Properties"]
    for uri, function in ((authorizer["AuthorizerUri"], "Authorizer"), (integration["IntegrationUri"], "WebSocket")):
        text, variables = uri["Fn::Sub"]
        assert text.endswith("/functions/${Alias}/invocations")
        assert variables == {"Alias": {"Ref": f"{function}FunctionAliaslive"}}


@every_deployment
def test_only_its_function_may_post_to_the_websockets_of_the_api(stack):
    allowed = [owner for owner, one in statements(stack) if "execute-api:ManageConnections" in as_list(one["Action"])]
    variables = stack.resources["WebSocketFunction"]["Properties"]["Environment"]["Variables"]

    assert allowed == ["WebSocketRole"]
    assert variables["GATEHOUSE_CHANNELS"] == {"Ref": "Channels"}
    assert variables["GATEHOUSE_WEBSOCKET_ENDPOINT"]["Fn::Sub"].startswith("https://${WebSocketApi}.execute-api.")
    assert variables["GATEHOUSE_WEBSOCKET_ENDPOINT"]["Fn::Sub"].endswith("/live")
    if stack.parameters["VpcId"]:
        groups = stack.resources["WebSocketFunction"]["Properties"]["VpcConfig"]["SecurityGroupIds"]
        assert groups == [{"Ref": "FunctionSecurityGroup"}, {"Ref": "WebSocketSecurityGroup"}]


@every_deployment
def test_schedules_have_retries_and_a_dead_letter_queue_with_an_alarm(stack):
    schedules = stack.of("AWS::Scheduler::Schedule").values()
    queues = set()

    for schedule in schedules:
        target = schedule["Target"]
        assert target["RetryPolicy"]["MaximumRetryAttempts"] > 0
        queues.add(target["DeadLetterConfig"]["Arn"]["Fn::GetAtt"][0])
        # Otherwise one account could not hold two stacks.
        assert "${AWS::StackName}" in schedule["Name"]["Fn::Sub"]
    assert len(schedules) == 2 and queues == {"LostChecks", "LostDrains"}
    for queue in queues:
        alarm = stack.resources[f"{queue}Alarm"]["Properties"]
        assert alarm["Dimensions"] == [{"Name": "QueueName", "Value": {"Fn::GetAtt": [queue, "QueueName"]}}]


@every_deployment
def test_jobs_are_drained_with_a_target_only(stack):
    schedules = stack.of("AWS::Scheduler::Schedule").values()
    states = {one["Target"]["DeadLetterConfig"]["Arn"]["Fn::GetAtt"][0]: one.get("State") for one in schedules}
    invokers = [(owner, one["Resource"]) for owner, one in statements(stack) if one["Action"] == "lambda:InvokeFunction"]
    readers = [owner for owner, one in statements(stack) if one["Resource"] == {"Ref": "JobsSecretArn"}]
    function = stack.resources["JobsDrainFunction"]["Properties"]
    posts, invoked = bool(stack.parameters["JobsTarget"]), stack.parameters["JobsTargetFunction"]

    assert states["LostDrains"] == ("ENABLED" if posts or invoked else "DISABLED")
    assert readers == (["JobsDrainRole"] if posts else [])
    own = {"Fn::Sub": "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:${JobsTargetFunction}"}
    resource = {"Ref": "JobsTargetFunction"} if invoked.startswith("arn:") else own
    # The other one is the scheduler's, which starts the functions of schedules.
    assert [one for one in invokers if one[0] == "JobsDrainRole"] == ([("JobsDrainRole", resource)] if invoked else [])
    variables = function["Environment"]["Variables"]
    assert variables["GATEHOUSE_JOBS_TARGET_FUNCTION"] == {"Ref": "JobsTargetFunction"}
    assert variables["GATEHOUSE_JOBS_TARGET"] == {"Ref": "JobsTarget"}
    assert variables["GATEHOUSE_JOBS_SECRET"] == {"Ref": "JobsSecretArn"}
    assert variables["GATEHOUSE_TENANT"] == {"Ref": "SessionTenant"}
    if stack.parameters["VpcId"]:
        groups = function["VpcConfig"]["SecurityGroupIds"]
        assert groups == [{"Ref": "FunctionSecurityGroup"}, {"Ref": "JobsDrainSecurityGroup"}]


@every_deployment
def test_no_alarm_has_more_metrics_than_cloudwatch_allows(stack):
    for name, alarm in stack.of("AWS::CloudWatch::Alarm").items():
        assert len([one for one in alarm.get("Metrics", []) if "MetricStat" in one]) <= 10, name


@every_deployment
def test_every_alarm_notifies_the_topic_and_has_a_description(stack):
    alarms = stack.of("AWS::CloudWatch::Alarm")

    assert {
        "FunctionErrorsAlarm",
        "RedisCheckAlarm",
        "JobsErrorsAlarm",
        "ServerErrorsAlarm",
        "LatencyAlarm",
        "DegradedDecisionsAlarm",
        "RedisFailuresAlarm",
        "RedisSlowAlarm",
        *(["ReplicationLagAlarm"] if stack.parameters["RedisMode"] == "own" else []),
        "RedisMemoryAlarm" if stack.parameters["RedisMode"] == "own" else "CacheMemoryAlarm",
    } <= set(alarms)
    for name, alarm in alarms.items():
        assert alarm["AlarmActions"] == alarm["OKActions"] == [{"Ref": "AlarmTopic"}], name
        assert len(alarm["AlarmDescription"]) > 30, name
        assert "TreatMissingData" in alarm, name
    for name in ("ServerErrorsAlarm", "LatencyAlarm"):
        assert alarms[name]["Dimensions"] == [{"Name": "ApiId", "Value": {"Ref": "Api"}}]
    assert len(stack.of("AWS::SNS::Subscription")) == (1 if stack.parameters["AlarmEmail"] else 0)


@every_deployment
def test_alarms_on_our_own_metrics_match_the_metrics_that_the_functions_write(stack):
    writer = (INFRA.parent / "shared/lambda/src/main/java/dev/gatehouse/lambda/EmfTelemetry.java").read_text()
    figures = (INFRA.parent / "shared/core/src/main/java/dev/gatehouse/telemetry/RedisMetric.java").read_text()
    seen = set()

    for name, alarm in stack.of("AWS::CloudWatch::Alarm").items():
        metrics = [one["MetricStat"]["Metric"] for one in alarm.get("Metrics", []) if "MetricStat" in one]
        for metric in metrics or [alarm]:
            if metric["Namespace"].startswith("AWS/"):
                continue
            seen.add(metric["MetricName"])
            assert f'NAMESPACE = "{metric["Namespace"]}"' in writer, name
            # RedisReplicationLagBytes is the figure REPLICATION_LAG_BYTES.
            figure = re.sub("(?!^)([A-Z])", r"_\1", metric["MetricName"].removeprefix("Redis")).upper()
            assert f'new Metric("{metric["MetricName"]}", ' in writer or f"    {figure}(" in figures, name
            (dimension,) = metric["Dimensions"]
            assert dimension["Name"] == "FunctionName" and f'"[[\\"{dimension["Name"]}\\"]]"' in writer, name
            assert dimension["Value"]["Ref"] in stack.of("AWS::Lambda::Function"), name
    assert "Degraded" in seen


@every_deployment
def test_the_alarms_over_all_functions_read_the_same_functions(stack):
    read = {
        name: [one["MetricStat"]["Metric"]["Dimensions"] for one in alarm["Metrics"] if "MetricStat" in one]
        for name, alarm in stack.of("AWS::CloudWatch::Alarm").items()
        if name in ("DegradedDecisionsAlarm", "RedisFailuresAlarm", "RedisSlowAlarm")
    }

    assert len(read) == 3 and read["DegradedDecisionsAlarm"] == read["RedisFailuresAlarm"] == read["RedisSlowAlarm"]
    # CloudWatch's limit of the metrics in an expression.
    assert len(read["DegradedDecisionsAlarm"]) <= 10


@every_deployment
def test_the_dashboard_is_valid_json(stack):
    text, variables = stack.resources["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]
    text = text.replace("${RedisMetrics}", variables["RedisMetrics"]["Fn::Sub"])
    widgets = json.loads(re.sub(r"\$\{[\w.:]+}", "name", text))["widgets"]

    assert len(widgets) == 9
    assert all(widget["properties"].get("metrics") or widget["properties"]["query"] for widget in widgets)
    squares = [
        (x, y)
        for one in widgets
        for x in range(one["x"], one["x"] + one["width"])
        for y in range(one["y"], one["y"] + one["height"])
    ]
    assert len(set(squares)) == len(squares), "widgets overlap"


@every_deployment
def test_the_denied_subjects_are_ranked_by_members_of_the_log_line(stack):
    writer = INFRA.parent / "functions/rate-limit/src/main/java/dev/gatehouse/ratelimit/telemetry/DenialLog.java"
    rule = stack.resources["DeniedSubjects"]["Properties"]
    body = json.loads(re.sub(r"\$\{(\w+)}", r"\1", rule["RuleBody"]["Fn::Sub"]))
    dashboard = stack.resources["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"][0]

    assert all(group in stack.of("AWS::Logs::LogGroup") for group in body["LogGroupNames"])
    assert body["Contribution"]["Keys"] == ["$.tenant", "$.policy", "$.subjectTag"]
    assert body["Contribution"]["Filters"] == [{"Match": "$.message", "In": ["limit.denied"]}]
    assert all(f'addKeyValue("{key[2:]}", ' in writer.read_text() for key in body["Contribution"]["Keys"])
    assert '.log("limit.denied")' in writer.read_text() and "filter message = 'limit.denied'" in dashboard


@every_deployment
def test_the_dashboard_searches_a_metric_of_policies_that_the_functions_write(stack):
    counters = INFRA.parent / "functions/rate-limit/src/main/java/dev/gatehouse/ratelimit/telemetry/PolicyCounters.java"
    dashboard = stack.resources["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"][0]

    assert 'SEARCH(\'{Gatehouse,FunctionName,Policy} MetricName=\\"PolicyChecksDenied\\"' in dashboard
    assert 'counter("policy.checks", "denied", name)' in counters.read_text()


@every_deployment
def test_outputs_contain_every_address_and_name(stack):
    assert {"Url", "TryIt", "DashboardUrl", "AlarmTopicArn", "AuthorizerArn", "LogGroups"} <= set(stack.outputs)
    assert all(one["Description"] and one["Value"] for one in stack.outputs.values())


def test_unique_names_contain_the_name_of_the_stack():
    for name, resource in source()["Resources"].items():
        for key, value in resource.get("Properties", {}).items():
            if key in ("FunctionName", "RoleName", "TopicName", "QueueName", "AlarmName", "DashboardName", "LogGroupName", "RuleName"):
                assert "Ref" in value or "${AWS::StackName}" in value["Fn::Sub"], (name, key)


def test_package_paths_match_the_output_of_maven():
    version = ElementTree.parse(INFRA.parent / "pom.xml").getroot().findtext("{*}version")

    for package in packages():
        function = package.split("/")[2]
        assert package == f"../functions/{function}/target/gatehouse-{function}-{version}.zip"


def test_every_handler_is_a_class_of_this_repository():
    root = INFRA.parent
    missing = []
    for name, resource in source()["Resources"].items():
        handler = resource.get("Properties", {}).get("Handler", "")
        if handler.startswith("dev.gatehouse."):
            path = handler.replace(".", "/") + ".java"
            if not list(root.glob(f"*/*/src/main/java/{path}")):
                missing.append(f"{name}: {handler}")
    assert missing == []


def test_images_match_the_packages_and_their_handlers():
    zips, images = source(), source(images=True)
    version = ElementTree.parse(INFRA.parent / "pom.xml").getroot().findtext("{*}version")
    functions = [name for name, one in zips["Resources"].items() if "CodeUri" in one.get("Properties", {})]

    assert len(functions) == 13 and image_template().count("PackageType: Image") == 13
    for name in functions:
        zip, image = zips["Resources"][name]["Properties"], images["Resources"][name]["Properties"]
        (function,) = re.findall(rf"/gatehouse-([a-z-]+)-{version}\.zip$", zip["CodeUri"])
        assert image["ImageUri"].endswith(f"/gatehouse/{function}:{version}"), name
        assert image["ImageConfig"] == {"Command": [zip["Handler"]]}, name


@pytest.mark.parametrize("deployment", deployments(), ids=name_of)
def test_every_deployment_passes_the_rules(deployment):
    assert violations(deployment) == []


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({**OWN, "RedisSecretArn": ""}, "RedisMode is own, so RedisSecretArn must name"),
        ({**CACHE, "RedisSecretArn": SECRET}, "RedisMode is elasticache, which uses no secret"),
        ({**CACHE, "VpcId": ""}, "Set VpcId and SubnetIds"),
        ({**CACHE, "SubnetIds": ""}, "Set VpcId and SubnetIds"),
        ({**OWN, "VpcId": VPC["VpcId"]}, "VpcId is set, so SubnetIds"),
        ({**OWN, "SubnetIds": VPC["SubnetIds"]}, "SubnetIds are set, so VpcId"),
        ({**CACHE, "RedisSecretKeyArn": "arn:aws:kms:eu-central-1:111122223333:key/1"}, "RedisSecretArn names no secret"),
        ({**OWN, "RedisMode": "upstash"}, "RedisMode must be one of"),
        ({**OWN, "RedisSecretArn": "rediss://user:password@host"}, "RedisSecretArn must be the ARN"),
        ({**OWN, "ApiKeyDigests": "default=secret"}, "ApiKeyDigests must be"),
        ({**OWN, "ApiKeyDigests": "default=" + "0" * 64 + ":check+"}, "ApiKeyDigests must be"),
        ({**CACHE, "SubnetIds": "subnet-0123456789abcdef0"}, "SubnetIds must be the ids of two or three"),
        ({**CACHE, "CacheName": "Gatehouse_Prod"}, "CacheName must be"),
        ({**CACHE, "CacheMaxProcessingUnits": "10"}, "CacheMaxProcessingUnits must be from 1000"),
        ({**OWN, **JOBS, "JobsQueues": ""}, "JobsTarget is set, so JobsQueues must name"),
        ({**OWN, **JOBS, "JobsSecretArn": ""}, "JobsTarget is set, so JobsQueues must name"),
        ({**OWN, "JobsQueues": "mails"}, "neither JobsTarget nor JobsTargetFunction is"),
        ({**OWN, **INVOKED, "JobsQueues": ""}, "JobsTargetFunction is set, so JobsQueues must name"),
        ({**OWN, **INVOKED, **JOBS}, "so leave JobsTarget and JobsSecretArn out"),
        ({**OWN, **INVOKED, "JobsSecretArn": SECRET}, "so leave JobsTarget and JobsSecretArn out"),
        ({**OWN, **INVOKED, "JobsTargetFunction": "arn:aws:lambda:x"}, "JobsTargetFunction must be the name or the ARN"),
        ({**OWN, **JOBS, "JobsTarget": "http://api.example.org"}, "JobsTarget must be a URL of https"),
        ({**OWN, **JOBS, "JobsSecretArn": "whsec_x"}, "JobsSecretArn must be the ARN"),
        ({**OWN, "BasePath": "orders/"}, "BasePath must be a path"),
        ({**OWN, "TokenHeader": "X Token"}, "TokenHeader must be the name of a header"),
        ({**OWN, "Ipv6Prefix": "129"}, "Ipv6Prefix must be from 1 to 128"),
    ],
)
@pytest.mark.parametrize("images", [False, True], ids=["zips", "images"])
def test_a_wrong_combination_is_rejected_with_a_message(images, parameters, message):
    found = violations(Deployment(images, parameters))
    assert any(message in one for one in found), found


def test_keys_may_have_names_and_rights():
    keys = f"default/orders={'0' * 64}:check+claims,default={'1' * 64}:read,default/all={'2' * 64}"
    assert violations(Deployment(False, {**OWN, "ApiKeyDigests": keys})) == []


def test_snapstart_with_images_is_rejected_with_a_message():
    (message,) = violations(Deployment(True, {**OWN, "SnapStart": "PublishedVersions"}))
    assert message.startswith("SnapStart does not support images. Leave SnapStart out")


@pytest.mark.parametrize("stage", ["default", "prod"])
def test_the_example_configuration_is_valid_for_the_template(stage):
    configuration = tomllib.loads((INFRA / "samconfig.toml").read_text())[stage]["deploy"]["parameters"]
    given = dict(one.split("=", 1) for one in configuration["parameter_overrides"])

    for images in (False, True):
        assert set(given) <= set(source(images)["Parameters"])
        assert violations(Deployment(images, given)) == []
