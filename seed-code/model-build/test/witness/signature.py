"""Signs requests as aws/sagemaker-mlflow does, with botocore: a JSON list of requests in, their headers out."""

import datetime
import json
import sys
from unittest import mock

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hashlib import sha256


def signed(case: dict) -> dict:
    body = case["body"].encode()
    request = AWSRequest(method=case["method"], url=case["url"], data=body, headers=dict(case["headers"]))
    request.headers["X-Amz-Content-SHA256"] = sha256(body).hexdigest()
    key = case["credentials"]
    credentials = Credentials(key["accessKeyId"], key["secretAccessKey"], key.get("sessionToken"))
    now = datetime.datetime.fromisoformat(case["date"])
    clock = mock.Mock(wraps=datetime.datetime)
    clock.utcnow.return_value = now.replace(tzinfo=None)
    clock.now.return_value = now
    with mock.patch("botocore.auth.get_current_datetime", return_value=now.replace(tzinfo=None), create=True), mock.patch(
        "botocore.auth.datetime.datetime", clock, create=True
    ):
        SigV4Auth(credentials, case["service"], case["region"]).add_auth(request)
    return {name.lower(): value for name, value in request.headers.items()}


cases = json.load(sys.stdin)
json.dump([signed(case) for case in cases], sys.stdout)
