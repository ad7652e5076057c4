"""Prints what an account holds, as JSON: asked through the AWS SDK for Python, by kind and name.

The first argument is the stack, the others are the kinds to read; all of them if there are none.
"""

import json
import sys
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from botocore.exceptions import ClientError
from botocore.session import Session

Found = dict[str, Any]

session = Session()


@cache
def client(service: str) -> Any:
    return session.create_client(service)


def pages(service: Any, operation: str, key: str, **given: Any) -> Iterator[Any]:
    """Every element of a list, over all pages."""
    if service.can_paginate(operation):
        for page in service.get_paginator(operation).paginate(**given):
            yield from page[key]
    else:
        yield from getattr(service, operation)(**given)[key]


def functions() -> Found:
    lam = client("lambda")
    return {
        each["FunctionName"]: each
        | {
            "Retries": lam.get_function_event_invoke_config(FunctionName=each["FunctionName"], Qualifier="$LATEST"),
            "Policy": policy_of(lam, each["FunctionName"]),
        }
        for each in pages(lam, "list_functions", "Functions")
    }


def policy_of(lam: Any, name: str) -> Any:
    return policy(lambda: lam.get_policy(FunctionName=name), "ResourceNotFoundException")


def policy(ask: Callable[[], Any], missing: str) -> Any:
    """The policy of a resource; none if the answer is the error that it has none."""
    try:
        return json.loads(ask()["Policy"])
    except ClientError as error:
        if error.response["Error"]["Code"] != missing:
            raise
        return None


def rules() -> Found:
    events = client("events")
    found = {}
    for each in pages(events, "list_rules", "Rules"):
        name = each["Name"]
        pattern = each.get("EventPattern")
        found[name] = each | {
            "EventPattern": json.loads(pattern) if pattern else None,
            "Targets": list(pages(events, "list_targets_by_rule", "Targets", Rule=name)),
        }
    return found


def archives() -> Found:
    events = client("events")
    names = [each["ArchiveName"] for each in pages(events, "list_archives", "Archives")]
    described = {name: events.describe_archive(ArchiveName=name) for name in names}
    return {
        name: each | {"EventPattern": json.loads(each.get("EventPattern") or "{}")} for name, each in described.items()
    }


def buckets() -> Found:
    s3 = client("s3")
    found = {}
    for each in pages(s3, "list_buckets", "Buckets"):
        asked = {"Bucket": each["Name"]}
        notification = s3.get_bucket_notification_configuration(**asked)
        found[each["Name"]] = {
            "Versioning": s3.get_bucket_versioning(**asked).get("Status"),
            "Encryption": s3.get_bucket_encryption(**asked)["ServerSideEncryptionConfiguration"]["Rules"],
            "PublicAccess": s3.get_public_access_block(**asked)["PublicAccessBlockConfiguration"],
            "Policy": policy(lambda asked=asked: s3.get_bucket_policy(**asked), "NoSuchBucketPolicy"),
            "SendsEvents": "EventBridgeConfiguration" in notification,
            "Logging": s3.get_bucket_logging(**asked).get("LoggingEnabled"),
        }
    return found


def tables() -> Found:
    dynamo = client("dynamodb")
    names = pages(dynamo, "list_tables", "TableNames")
    return {
        name: dynamo.describe_table(TableName=name)["Table"]
        | {"Ttl": dynamo.describe_time_to_live(TableName=name)["TimeToLiveDescription"]}
        | {"Backups": dynamo.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]}
        for name in names
    }


def queues() -> Found:
    sqs = client("sqs")
    urls = sqs.list_queues().get("QueueUrls", [])
    asked = {url: sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"] for url in urls}
    return {
        url.split("/")[-1]: each | {"Policy": json.loads(each.get("Policy", "null"))} for url, each in asked.items()
    }


def keys() -> Found:
    kms = client("kms")
    found = {}
    for alias in pages(kms, "list_aliases", "Aliases"):
        key = alias.get("TargetKeyId")
        if key is None or alias["AliasName"].startswith("alias/aws/"):
            continue
        policy = kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"]
        rotates = kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"]
        found[key] = {"Alias": alias["AliasName"], "Rotates": rotates, "Policy": json.loads(policy)}
    return found


def roles() -> Found:
    iam = client("iam")
    found = {}
    for each in pages(iam, "list_roles", "Roles"):
        name = each["RoleName"]
        policies = {
            policy: iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
            for policy in pages(iam, "list_role_policies", "PolicyNames", RoleName=name)
        }
        tags = {tag["Key"]: tag["Value"] for tag in iam.get_role(RoleName=name)["Role"].get("Tags", [])}
        found[name] = each | {"Policies": policies, "Tags": tags}
    return found


def topics() -> Found:
    sns = client("sns")
    found = {}
    for each in pages(sns, "list_topics", "Topics"):
        attributes = sns.get_topic_attributes(TopicArn=each["TopicArn"])["Attributes"]
        found[each["TopicArn"].split(":")[-1]] = attributes | {"Policy": json.loads(attributes["Policy"])}
    return found


def groups() -> Found:
    logs = client("logs")
    return {
        each["logGroupName"]: each
        | {"Filters": list(pages(logs, "describe_metric_filters", "metricFilters", logGroupName=each["logGroupName"]))}
        for each in pages(logs, "describe_log_groups", "logGroups")
    }


def dashboards() -> Found:
    watch = client("cloudwatch")
    names = [each["DashboardName"] for each in pages(watch, "list_dashboards", "DashboardEntries")]
    return {name: json.loads(watch.get_dashboard(DashboardName=name)["DashboardBody"]) for name in names}


def queries() -> Found:
    athena = client("athena")
    groups = [each["Name"] for each in athena.list_work_groups()["WorkGroups"]]
    ids = [one for name in groups for one in pages(athena, "list_named_queries", "NamedQueryIds", WorkGroup=name)]
    found = [athena.get_named_query(NamedQueryId=one)["NamedQuery"] for one in ids]
    return {each["Name"]: each for each in found}


def workgroups() -> Found:
    athena = client("athena")
    names = [each["Name"] for each in athena.list_work_groups()["WorkGroups"] if each["Name"] != "primary"]
    return {name: athena.get_work_group(WorkGroup=name)["WorkGroup"] for name in names}


def schedules() -> Found:
    scheduler = client("scheduler")
    found = pages(scheduler, "list_schedules", "Schedules")
    return {each["Name"]: scheduler.get_schedule(Name=each["Name"], GroupName=each["GroupName"]) for each in found}


def by_name(service: str, operation: str, key: str, name: str = "Name", **given: Any) -> Found:
    return {each[name]: each for each in pages(client(service), operation, key, **given)}


def networks() -> list[str]:
    """Ids of networks that are not the account's own."""
    own = [{"Name": "is-default", "Values": ["false"]}]
    return [each["VpcId"] for each in client("ec2").describe_vpcs(Filters=own)["Vpcs"]]


def made_with_network(found: Any) -> bool:
    """Whether it is the route table or the security group that a network always has."""
    return found.get("GroupName") == "default" or any(each.get("Main") for each in found.get("Associations", []))


def inside(operation: str, key: str, name: str) -> Found:
    """What is in these networks, by id."""
    filters = [{"Name": "vpc-id", "Values": networks() or ["none"]}]
    found = by_name("ec2", operation, key, name, Filters=filters)
    return {id_: each for id_, each in found.items() if not made_with_network(each)}


def internet_gateways() -> Found:
    """But that of the account's own network."""
    found = by_name("ec2", "describe_internet_gateways", "InternetGateways", "InternetGatewayId")
    wanted = networks()
    return {name: each for name, each in found.items() if all(one["VpcId"] in wanted for one in each["Attachments"])}


def stack(name: str) -> Found:
    try:
        found = list(pages(client("cloudformation"), "list_stack_resources", "StackResourceSummaries", StackName=name))
    except ClientError as error:
        if error.response["Error"]["Code"] != "ValidationError":
            raise
        return {}
    return {each["LogicalResourceId"]: each for each in found}


KINDS = {
    "functions": functions,
    "rules": rules,
    "archives": archives,
    "buckets": buckets,
    "tables": tables,
    "queues": queues,
    "keys": keys,
    "roles": roles,
    "topics": topics,
    "logGroups": groups,
    "alarms": lambda: by_name("cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName"),
    "dashboards": dashboards,
    "secrets": lambda: by_name("secretsmanager", "list_secrets", "SecretList"),
    "databases": lambda: by_name("glue", "get_databases", "DatabaseList"),
    "jobs": lambda: by_name("glue", "get_jobs", "Jobs"),
    "crawlers": lambda: by_name("glue", "get_crawlers", "Crawlers"),
    "classifiers": lambda: {
        each["CsvClassifier"]["Name"]: each["CsvClassifier"]
        for each in pages(client("glue"), "get_classifiers", "Classifiers")
    },
    "connections": lambda: by_name("glue", "get_connections", "ConnectionList"),
    "triggers": lambda: by_name("glue", "get_triggers", "Triggers"),
    "jobSecurity": lambda: by_name("glue", "get_security_configurations", "SecurityConfigurations"),
    "queries": queries,
    "workgroups": workgroups,
    "schedules": schedules,
    "vpcs": lambda: inside("describe_vpcs", "Vpcs", "VpcId"),
    "internetGateways": internet_gateways,
    "subnets": lambda: inside("describe_subnets", "Subnets", "SubnetId"),
    "routeTables": lambda: inside("describe_route_tables", "RouteTables", "RouteTableId"),
    "endpoints": lambda: inside("describe_vpc_endpoints", "VpcEndpoints", "VpcEndpointId"),
    "securityGroups": lambda: inside("describe_security_groups", "SecurityGroups", "GroupId"),
}


def without_requests(found: Any) -> Any:
    """Without what an answer says of its request."""
    if isinstance(found, list):
        return [without_requests(each) for each in found]
    if isinstance(found, dict):
        return {key: without_requests(each) for key, each in found.items() if key != "ResponseMetadata"}
    return found


if __name__ == "__main__":
    name, *wanted = sys.argv[1:]
    kinds = {"stack": lambda: stack(name), **KINDS}
    account = {kind: kinds[kind]() for kind in wanted or kinds}
    json.dump(without_requests(account), sys.stdout, default=str)
