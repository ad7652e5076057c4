"""Takes the statement with this Sid out of the policies of a role."""

import json
import sys

from botocore.session import Session

role, sid = sys.argv[1:]
iam = Session().create_client("iam")
taken = 0
for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
    document = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
    kept = [each for each in document["Statement"] if each["Sid"] != sid]
    taken += len(document["Statement"]) - len(kept)
    iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps({**document, "Statement": kept}))
if taken != 1:
    sys.exit(f"{role} has {taken} statements {sid}")
