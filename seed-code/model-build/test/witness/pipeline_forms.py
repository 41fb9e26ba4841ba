"""Every form of expression, condition and policy that the builder has, as the SageMaker Python SDK v2 writes it.

Usage: python pipeline_forms.py OUTPUT.json
"""

import json
import logging
import os
import sys
from unittest.mock import MagicMock

os.environ["SAGEMAKER_SUPPRESS_V2_WARNING"] = "1"
logging.disable(logging.WARNING)

import boto3
import sagemaker.telemetry.telemetry_logging as telemetry
from sagemaker.estimator import Estimator
from sagemaker.inputs import TrainingInput
from sagemaker.processing import ProcessingInput, ProcessingOutput, Processor
from sagemaker.lambda_helper import Lambda
from sagemaker.workflow.callback_step import CallbackOutput, CallbackOutputTypeEnum, CallbackStep
from sagemaker.workflow.condition_step import ConditionStep
from sagemaker.workflow.conditions import (
    ConditionEquals,
    ConditionGreaterThan,
    ConditionGreaterThanOrEqualTo,
    ConditionIn,
    ConditionLessThan,
    ConditionLessThanOrEqualTo,
    ConditionNot,
    ConditionOr,
)
from sagemaker.workflow.execution_variables import ExecutionVariables
from sagemaker.workflow.fail_step import FailStep
from sagemaker.workflow.functions import Join, JsonGet
from sagemaker.workflow.lambda_step import LambdaOutput, LambdaOutputTypeEnum, LambdaStep
from sagemaker.workflow.parameters import ParameterBoolean, ParameterFloat, ParameterInteger, ParameterString
from sagemaker.workflow.pipeline import Pipeline
from sagemaker.workflow.pipeline_context import PipelineSession
from sagemaker.workflow.properties import PropertyFile
from sagemaker.workflow.retry import (
    SageMakerJobExceptionTypeEnum,
    SageMakerJobStepRetryPolicy,
    StepExceptionTypeEnum,
    StepRetryPolicy,
)
from sagemaker.workflow.steps import CacheConfig, ProcessingStep, TrainingStep

telemetry._send_telemetry_request = lambda *args, **kwargs: None

ROLE = "arn:aws:iam::123456789012:role/pipeline"
IMAGE = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/image:1"

session = PipelineSession(
    boto_session=boto3.Session(region_name="eu-west-1", aws_access_key_id="none", aws_secret_access_key="none"),
    sagemaker_client=MagicMock(),
    default_bucket="bucket",
)
session._default_bucket = "bucket"

text = ParameterString("Text", default_value="a", enum_values=["a", "b"])
whole = ParameterInteger("Whole", default_value=3)
real = ParameterFloat("Real", default_value=0.5)
truth = ParameterBoolean("Truth", default_value=False)
required = ParameterString("Required")

processor = Processor(
    role=ROLE,
    image_uri=IMAGE,
    instance_count=whole,
    instance_type="ml.m5.xlarge",
    volume_size_in_gb=30,
    entrypoint=["node", "main.js"],
    env={"MODE": text},
    sagemaker_session=session,
)
report = PropertyFile(name="Report", output_name="out", path="report.json")
measure = ProcessingStep(
    name="Measure",
    property_files=[report],
    cache_config=CacheConfig(enable_caching=True, expire_after="PT2H"),
    retry_policies=[
        StepRetryPolicy(
            exception_types=[StepExceptionTypeEnum.SERVICE_FAULT], interval_seconds=5, backoff_rate=2.5, max_attempts=3
        ),
        SageMakerJobStepRetryPolicy(
            exception_types=[
                SageMakerJobExceptionTypeEnum.CAPACITY_ERROR,
                SageMakerJobExceptionTypeEnum.RESOURCE_LIMIT,
            ],
            interval_seconds=60,
            backoff_rate=1.5,
            expire_after_mins=120,
        ),
    ],
    step_args=processor.run(
        inputs=[
            ProcessingInput(
                source=required,
                destination="/opt/ml/processing/input/images",
                input_name="images",
                s3_data_type="ManifestFile",
                s3_data_distribution_type="ShardedByS3Key",
            )
        ],
        outputs=[
            ProcessingOutput(
                output_name="out",
                source="/opt/ml/processing/output/out",
                destination=Join(on="/", values=["s3://bucket", ExecutionVariables.PIPELINE_EXECUTION_ID, "out"]),
            )
        ],
        arguments=["--name", ExecutionVariables.PIPELINE_NAME],
    ),
)

estimator = Estimator(
    image_uri=IMAGE,
    role=ROLE,
    instance_count=1,
    instance_type=text,
    volume_size=30,
    max_run=3600,
    use_spot_instances=True,
    max_wait=7200,
    checkpoint_s3_uri="s3://bucket/checkpoints",
    checkpoint_local_path="/opt/ml/checkpoints",
    output_path="s3://bucket/models",
    debugger_hook_config=False,
    disable_profiler=True,
    hyperparameters={"text": text, "whole": whole, "real": real, "truth": truth, "fixed": "1"},
    sagemaker_session=session,
)
train = TrainingStep(
    name="Train",
    depends_on=[measure],
    step_args=estimator.fit({"train": TrainingInput(measure.properties.ProcessingOutputConfig.Outputs["out"].S3Output.S3Uri)}),
)
out = measure.properties.ProcessingOutputConfig.Outputs["out"].S3Output.S3Uri
notify = LambdaStep(
    name="Notify",
    depends_on=[train],
    lambda_func=Lambda(function_arn="arn:aws:lambda:eu-west-1:123456789012:function:notify", session=session),
    inputs={"place": Join(on="/", values=[out, "x"]), "whole": whole, "text": text, "fixed": 1},
    outputs=[
        LambdaOutput("ok", LambdaOutputTypeEnum.Boolean),
        LambdaOutput("count", LambdaOutputTypeEnum.Integer),
        LambdaOutput("share", LambdaOutputTypeEnum.Float),
        LambdaOutput("note", LambdaOutputTypeEnum.String),
    ],
)
review = CallbackStep(
    name="Review",
    sqs_queue_url="https://sqs.eu-west-1.amazonaws.com/123456789012/review",
    inputs={"note": notify.properties.Outputs["note"], "real": real},
    outputs=[CallbackOutput("verdict", CallbackOutputTypeEnum.String)],
)


def value(path):
    return JsonGet(step_name="Measure", property_file=report, json_path=path)


fork = ConditionStep(
    name="Fork",
    depends_on=[train],
    conditions=[
        ConditionEquals(left=notify.properties.Outputs["ok"], right=True),
        ConditionEquals(left=review.properties.Outputs["verdict"], right="go"),
        ConditionOr(
            [ConditionGreaterThanOrEqualTo(left=value("a.b"), right=real), ConditionEquals(left=truth, right=True)]
        ),
        ConditionNot(ConditionIn(value=value("status[0]['k']"), in_values=["bad", text])),
        ConditionLessThan(left=whole, right=8),
        ConditionGreaterThan(
            left=JsonGet(
                s3_uri=Join(
                    on="/",
                    values=[measure.properties.ProcessingOutputConfig.Outputs["out"].S3Output.S3Uri, "report.json"],
                ),
                json_path="x",
            ),
            right=0,
        ),
        ConditionLessThanOrEqualTo(left=real, right=0.9),
    ],
    if_steps=[],
    else_steps=[FailStep(name="Stop", error_message=Join(on=" ", values=["a.b is", value("a.b"), "below", real]))],
)

pipeline = Pipeline(
    name="forms",
    parameters=[text, whole, real, truth, required],
    pipeline_experiment_config=None,
    steps=[measure, train, notify, review, fork],
    sagemaker_session=session,
)
with open(sys.argv[1], "w", encoding="utf-8") as file:
    json.dump(json.loads(pipeline.definition()), file)
