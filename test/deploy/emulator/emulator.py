"""Starts ministack with what it lacks for this stack.

Types that its CloudFormation does not know are created through its own API where it has one. Of the others
(`RECORDED`) only the properties are kept, in the file of `RECORDED_IN`, for the test to read. The file of `REJECTED_IN` names
the one of them that is not created or changed, as if the account had reached a limit.
"""

import json
import os
from collections.abc import Callable
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from ministack import app
from ministack.core import iam_evaluator
from ministack.services import athena, ec2, eventbridge, glue, s3
from ministack.services.cloudformation import provisioners

Properties = dict[str, Any]
Created = tuple[str, Properties]

HANDLERS = provisioners._RESOURCE_HANDLERS


def arn(service: str, rest: str) -> str:
    return f"arn:aws:{service}:{provisioners.get_region()}:{provisioners.get_account_id()}:{rest}"


def named(key: str) -> Callable[[str, Properties], str]:
    return lambda _, properties: properties[key]


def by_logical_id(logical_id: str, _: Properties) -> str:
    return logical_id


def no_attributes(_: str, __: Properties) -> Properties:
    return {}


# What only exists in the file: how a resource is named, and its attributes for Fn::GetAtt.
RECORDED: dict[str, tuple[Callable[[str, Properties], str], Callable[[str, Properties], Properties]]] = {
    "AWS::RedshiftServerless::Namespace": (
        named("NamespaceName"),
        lambda name, _: {"Namespace.NamespaceArn": arn("redshift-serverless", f"namespace/{name}")},
    ),
    "AWS::RedshiftServerless::Workgroup": (
        named("WorkgroupName"),
        lambda name, _: {"Workgroup.WorkgroupArn": arn("redshift-serverless", f"workgroup/{name}")},
    ),
    "AWS::Redshift::ClusterSubnetGroup": (by_logical_id, no_attributes),
    "AWS::Redshift::ClusterParameterGroup": (by_logical_id, no_attributes),
    "AWS::Redshift::Cluster": (named("ClusterIdentifier"), no_attributes),
    "AWS::Redshift::ScheduledAction": (named("ScheduledActionName"), no_attributes),
    "AWS::Glue::DataQualityRuleset": (named("Name"), no_attributes),
    "AWS::Glue::TableOptimizer": (by_logical_id, no_attributes),
    "AWS::Logs::QueryDefinition": (named("Name"), no_attributes),
    "AWS::EC2::FlowLog": (by_logical_id, no_attributes),
    "AWS::EC2::EIP": (by_logical_id, lambda name, _: {"AllocationId": f"eipalloc-{name}"}),
    "AWS::EC2::NatGateway": (by_logical_id, no_attributes),
    "AWS::Budgets::Budget": (lambda _, properties: properties["Budget"]["BudgetName"], no_attributes),
}

recorded: dict[str, dict[str, Properties]] = {}


def write_recorded() -> None:
    Path(os.environ["RECORDED_IN"]).write_text(json.dumps(recorded), encoding="utf-8")


def accept(kind: str) -> None:
    rejected = Path(os.environ["REJECTED_IN"])
    if rejected.exists() and rejected.read_text(encoding="utf-8") == kind:
        raise ValueError(f"The account has reached its limit of {kind}")


def record(
    kind: str, name_of: Callable[[str, Properties], str], attributes_of: Callable[[str, Properties], Properties]
) -> None:
    """Registers a type whose properties are kept and read by the test."""

    def create(logical_id: str, properties: Properties, _: str) -> Created:
        accept(kind)
        name = name_of(logical_id, properties)
        recorded.setdefault(kind, {})[name] = properties
        write_recorded()
        return name, attributes_of(name, properties)

    def update(name: str, _: Properties, properties: Properties, __: str) -> Created:
        accept(kind)
        recorded[kind][name] = properties
        write_recorded()
        return name, attributes_of(name, properties)

    def delete(name: str, _: Properties) -> None:
        recorded.get(kind, {}).pop(name, None)
        write_recorded()

    HANDLERS[kind] = {"create": create, "update": update, "delete": delete}


def answer(response: tuple[int, Any, bytes]) -> Properties:
    """The body of an API's response; raises what the API rejected."""
    status, _, body = response
    if status >= 400:
        raise ValueError(f"{body!r}")
    return json.loads(body or b"{}")


def through_api(
    kind: str,
    create: Callable[[Properties], Properties],
    name_of: Callable[[Properties, Properties], str],
    delete: Callable[[str], Any],
) -> None:
    """Registers a type that the emulator's API has: an update deletes and creates."""

    def make(properties: Properties) -> Created:
        return name_of(properties, create(properties)), {}

    def update(name: str, _: Properties, properties: Properties, __: str) -> Created:
        delete(name)
        return make(properties)

    HANDLERS[kind] = {
        "create": lambda _, properties, __: make(properties),
        "update": update,
        "delete": lambda name, _: delete(name),
    }


def archive(properties: Properties) -> Properties:
    pattern = json.dumps(properties.get("EventPattern", {}))
    named_as_in_api = {**properties, "EventSourceArn": properties["SourceArn"], "EventPattern": pattern}
    return answer(eventbridge._create_archive(named_as_in_api))


def security_configuration(properties: Properties) -> Properties:
    """CloudFormation has another word for one of its members."""
    settings = {**properties["EncryptionConfiguration"]}
    settings["S3Encryption"] = settings.pop("S3Encryptions")
    return answer(glue._create_security_configuration({**properties, "EncryptionConfiguration": settings}))


def security_group_rule(kind: str, permissions: str, peer: str) -> None:
    """Registers a rule that is a resource of its own."""

    def create(logical_id: str, properties: Properties, _: str) -> Created:
        rule = {**properties, "UserIdGroupPairs": [{"GroupId": properties[peer]}]}
        group = ec2._security_groups[properties["GroupId"]]
        group[permissions] += provisioners._ec2_sg_permissions([rule])
        return f"sgr-{logical_id}", {}

    HANDLERS[kind] = {"create": create, "delete": lambda _, __: None}


def alarms_of_several_metrics() -> None:
    """An alarm on an expression becomes one on its first metric; the expression is recorded."""
    put = provisioners._cw_metric_alarm_put

    def put_any(name: str, properties: Properties) -> Created:
        metrics = properties.get("Metrics")
        if not metrics:
            return put(name, properties)
        recorded.setdefault("AWS::CloudWatch::Alarm", {})[name] = properties
        write_recorded()
        first = next(each["MetricStat"] for each in metrics if "MetricStat" in each)
        of_one = {"Statistic": first["Stat"], "Period": first["Period"], **first["Metric"]}
        return put(name, {key: value for key, value in properties.items() if key != "Metrics"} | of_one)

    provisioners._cw_metric_alarm_put = put_any


version: ContextVar[str | None] = ContextVar("version", default=None)


def with_versions_in_events() -> None:
    """S3's events to EventBridge get the version id, which the emulator leaves out."""
    fire, dispatch = s3._fire_s3_event, eventbridge._dispatch_event

    def fire_with(*given: Any, **named_ones: Any) -> None:
        token = version.set(named_ones.get("version_id"))
        try:
            fire(*given, **named_ones)
        finally:
            version.reset(token)

    def dispatch_with(event: Properties, *given: Any, **named_ones: Any) -> Any:
        if event.get("Source") == "aws.s3" and version.get():
            detail = json.loads(event["Detail"])
            detail["object"]["version-id"] = version.get()
            event = {**event, "Detail": json.dumps(detail)}
        return dispatch(event, *given, **named_ones)

    s3._fire_s3_event, eventbridge._dispatch_event = fire_with, dispatch_with


def with_events_of_services() -> None:
    """Glue and Redshift run beside the emulator: the bus takes their events from there."""
    put = eventbridge._put_events
    eventbridge._put_events = lambda data, **_: put(data, allow_aws_source=True)


def as_if_over_tls() -> None:
    """Nothing leaves this machine: policies that want TLS see it."""
    resolve = iam_evaluator._resolve_condition_key
    iam_evaluator._resolve_condition_key = lambda key, context: (
        "true" if key.lower() == "aws:securetransport" else resolve(key, context)
    )


def with_denials_in_log() -> None:
    """An error says what was denied, but not on which resource."""
    enforce = iam_evaluator.enforce

    def enforce_and_tell(key: str, action: str, *given: Any, **named_ones: Any) -> Any:
        denied = enforce(key, action, *given, **named_ones)
        if denied:
            print(f"Denied: {action} on {named_ones.get('resource_arn')}: {denied}", flush=True)
        return denied

    iam_evaluator.enforce = enforce_and_tell


def main() -> None:
    for kind, (name_of, attributes_of) in RECORDED.items():
        record(kind, name_of, attributes_of)
    through_api(
        "AWS::Glue::Classifier",
        lambda properties: answer(glue._create_classifier(properties)),
        lambda properties, _: properties["CsvClassifier"]["Name"],
        lambda name: glue._delete_classifier({"Name": name}),
    )
    through_api(
        "AWS::Glue::SecurityConfiguration",
        security_configuration,
        lambda properties, _: properties["Name"],
        lambda name: glue._delete_security_configuration({"Name": name}),
    )
    through_api(
        "AWS::Athena::NamedQuery",
        lambda properties: answer(athena._create_named_query(properties)),
        lambda _, created: created["NamedQueryId"],
        lambda name: athena._delete_named_query({"NamedQueryId": name}),
    )
    through_api(
        "AWS::Events::Archive",
        archive,
        lambda properties, _: properties["ArchiveName"],
        lambda name: eventbridge._delete_archive({"ArchiveName": name}),
    )
    security_group_rule("AWS::EC2::SecurityGroupIngress", "IpPermissions", "SourceSecurityGroupId")
    security_group_rule("AWS::EC2::SecurityGroupEgress", "IpPermissionsEgress", "DestinationSecurityGroupId")
    alarms_of_several_metrics()
    write_recorded()
    with_versions_in_events()
    with_events_of_services()
    as_if_over_tls()
    with_denials_in_log()
    app.main()


if __name__ == "__main__":
    main()
