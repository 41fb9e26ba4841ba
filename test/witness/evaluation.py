"""Outside witness: the SageMaker Python SDK's local executor evaluates the same pipelines as the rehearsal's executor.

    python evaluation.py CASES.jsonl OUT.json

A case, one a line, is {"name", "parameters"?, "values"?, "steps", "objects"?, "failures"?}: declared parameters and their values as
StartPipelineExecution takes them, steps as the pipeline definition holds them, the text of S3 objects by URI, and what the
jobs of some steps fail with. OUT.json holds, for each case, how the execution and its steps ended and what jobs were asked for.
Jobs are not run: a job's Describe response is the request that created it.
"""

import json
import os
import re
import sys
from copy import deepcopy

os.environ.update(AWS_DEFAULT_REGION="eu-west-1", AWS_ACCESS_KEY_ID="x", AWS_SECRET_ACCESS_KEY="y", SAGEMAKER_SUPPRESS_V2_WARNING="1")

from types import SimpleNamespace  # noqa: E402
from unittest.mock import MagicMock  # noqa: E402

import sagemaker.telemetry.telemetry_logging as telemetry  # noqa: E402

telemetry._send_telemetry_request = lambda *_args, **_kwargs: None  # never phone home

from botocore.exceptions import ClientError  # noqa: E402
from sagemaker.local.entities import _LocalPipelineExecution  # noqa: E402
from sagemaker.local.pipeline import LocalPipelineExecutor  # noqa: E402
from sagemaker.workflow import conditions as sdk  # noqa: E402
from sagemaker.workflow.condition_step import ConditionStep  # noqa: E402
from sagemaker.workflow.execution_variables import ExecutionVariable  # noqa: E402
from sagemaker.workflow.fail_step import FailStep  # noqa: E402
from sagemaker.workflow.functions import Join, JsonGet  # noqa: E402
from sagemaker.workflow.parameters import ParameterBoolean, ParameterFloat, ParameterInteger, ParameterString  # noqa: E402
from sagemaker.workflow.pipeline import Pipeline  # noqa: E402
from sagemaker.workflow.properties import Properties  # noqa: E402
from sagemaker.workflow.steps import Step, StepTypeEnum  # noqa: E402

PARAMETERS = {
    "String": (ParameterString, str),
    "Integer": (ParameterInteger, int),
    "Float": (ParameterFloat, float),
    "Boolean": (ParameterBoolean, lambda text: text.lower() == "true"),
}
COMPARISONS = {
    "Equals": sdk.ConditionEquals,
    "GreaterThan": sdk.ConditionGreaterThan,
    "GreaterThanOrEqualTo": sdk.ConditionGreaterThanOrEqualTo,
    "LessThan": sdk.ConditionLessThan,
    "LessThanOrEqualTo": sdk.ConditionLessThanOrEqualTo,
}


class JobStep(Step):
    """A step whose arguments are given, where the SDK's own would derive them from an estimator or a processor."""

    def __init__(self, document, arguments):
        super().__init__(document["Name"], None, None, StepTypeEnum(document["Type"]), document.get("DependsOn"))
        self._arguments = arguments
        shape = f"Describe{document['Type']}JobResponse"
        self._properties = Properties(document["Name"], step=self, shape_name=shape)
        self._property_files = document.get("PropertyFiles", [])

    @property
    def arguments(self):
        return self._arguments

    @property
    def properties(self):
        return self._properties

    def to_request(self):
        return {**super().to_request(), "PropertyFiles": self._property_files}


class Builder:
    """The SDK's objects for the JSON of a definition."""

    def __init__(self, case):
        self.steps = {}
        self.parameters = {
            document["Name"]: PARAMETERS[document["Type"]][0](document["Name"], default_value=document.get("DefaultValue"))
            for document in case.get("parameters", [])
        }

    def step(self, document):
        name, kind, arguments = document["Name"], document["Type"], document["Arguments"]
        if kind == "Condition":
            built = ConditionStep(
                name,
                conditions=[self.condition(each) for each in arguments["Conditions"]],
                if_steps=[self.step(each) for each in arguments["IfSteps"]],
                else_steps=[self.step(each) for each in arguments["ElseSteps"]],
                depends_on=document.get("DependsOn"),
            )
        elif kind == "Fail":
            built = FailStep(name, self.value(arguments["ErrorMessage"]), depends_on=document.get("DependsOn"))
        else:
            built = JobStep(document, self.value(arguments))
        self.steps[name] = built
        return built

    def condition(self, document):
        kind = document["Type"]
        if kind == "Not":
            return sdk.ConditionNot(self.condition(document["Condition"]))
        if kind == "Or":
            return sdk.ConditionOr([self.condition(each) for each in document["Conditions"]])
        if kind == "In":
            return sdk.ConditionIn(self.value(document["QueryValue"]), self.value(document["Values"]))
        return COMPARISONS[kind](self.value(document["LeftValue"]), self.value(document["RightValue"]))

    def value(self, document):
        if isinstance(document, list):
            return [self.value(each) for each in document]
        if not isinstance(document, dict):
            return document
        if list(document) == ["Get"]:
            return self.reference(document["Get"])
        if list(document) == ["Std:Join"]:
            join = document["Std:Join"]
            return Join(on=join["On"], values=self.value(join["Values"]))
        if list(document) == ["Std:JsonGet"]:
            get = document["Std:JsonGet"]
            if "S3Uri" in get:
                return JsonGet(s3_uri=self.value(get["S3Uri"]), json_path=get["Path"])
            _, step, _, file = get["PropertyFile"]["Get"].split(".")
            return JsonGet(step_name=step, property_file=file, json_path=get["Path"])
        return {key: self.value(each) for key, each in document.items()}

    def reference(self, text):
        root, rest = text.split(".", 1)
        if root == "Parameters":
            return self.parameters[rest]
        if root == "Execution":
            return ExecutionVariable(rest)
        step, path = rest.split(".", 1)
        found = self.steps[step].properties
        for name, index, key in re.findall(r"([^.\[\]']+)|\[(\d+)]|\['([^']+)'\]", path):
            found = getattr(found, name) if name else found[int(index) if index else key]
        return found


def run(case):
    builder = Builder(case)
    steps = [builder.step(document) for document in case["steps"]]
    calls, objects, failures = {}, case.get("objects", {}), case.get("failures", {})

    def create(job, **arguments):
        step = job.rsplit("-", 2)[0]  # the SDK names a job after its step, a time and a random part
        calls[step] = deepcopy(arguments)  # the executor turns lists into maps later
        if step in failures:
            raise RuntimeError(failures[step])
        described[job] = arguments

    def read(bucket, key):
        if f"s3://{bucket}/{key}" not in objects:
            raise ClientError({"Error": {"Code": "NoSuchKey"}}, "GetObject")
        return objects[f"s3://{bucket}/{key}"]

    described = {}
    client = SimpleNamespace(
        create_processing_job=create,
        create_training_job=create,
        describe_processing_job=lambda job: {**described[job], "ProcessingJobName": job},
        describe_training_job=lambda job: {**described[job], "TrainingJobName": job},
    )
    session = MagicMock(sagemaker_client=client, read_s3_file=read, boto_region_name="eu-west-1")
    pipeline = Pipeline("drones", list(builder.parameters.values()), steps=steps, sagemaker_session=session)
    types = {document["Name"]: document["Type"] for document in case.get("parameters", [])}
    values = {
        name: PARAMETERS[types[name]][1](text) if name in types else text
        for name, text in case.get("values", {}).items()
    }
    try:
        execution = _LocalPipelineExecution("abc123", pipeline, values, local_session=session)
    except ClientError as error:
        return {"refused": error.response["Error"]["Message"]}
    LocalPipelineExecutor(execution, session).execute()
    described_execution = execution.describe()
    return {
        "status": described_execution["PipelineExecutionStatus"],
        "failureReason": described_execution.get("FailureReason"),
        "steps": {
            name: {
                "status": step.status,
                "reason": step.failure_reason,
                "outcome": str(step.properties["Outcome"]) if "Outcome" in step.properties else None,
            }
            for name, step in execution.step_execution.items()
            if step.status is not None
        },
        "calls": calls,
    }


with open(sys.argv[1], encoding="utf-8") as file:
    cases = [json.loads(line) for line in file]
outcomes = {case["name"]: run(case) for case in cases}
with open(sys.argv[2], "w", encoding="utf-8") as file:
    json.dump(outcomes, file)
