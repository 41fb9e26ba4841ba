"""Builds the project's pipeline with the SageMaker Python SDK v2, as a witness for the definition made in TypeScript.

Written from the table of steps in ARCHITECTURE.md and the API of the SDK. No network, no account.

Usage: python pipeline_definition.py INPUT.json OUTPUT.json
INPUT.json: {"config": drone-mlops.json, "environment": the account's names, "code": {step: bundle hash}}
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
from sagemaker.metadata_properties import MetadataProperties
from sagemaker.model import Model
from sagemaker.model_card import ModelPackageModelCard
from sagemaker.model_metrics import MetricsSource, ModelMetrics
from sagemaker.processing import ProcessingInput, ProcessingOutput, Processor
from sagemaker.workflow.condition_step import ConditionStep
from sagemaker.workflow.conditions import ConditionGreaterThanOrEqualTo
from sagemaker.workflow.execution_variables import ExecutionVariables
from sagemaker.workflow.fail_step import FailStep
from sagemaker.workflow.functions import Join, JsonGet
from sagemaker.workflow.model_step import ModelStep
from sagemaker.workflow.parameters import ParameterInteger, ParameterString
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

LICENSES = {"baseline": "Apache-2.0", "ultralytics": "AGPL-3.0-only"}
DAY = 24 * 60 * 60


class CardOfExpressions(ModelPackageModelCard):
    """A card whose content is a pipeline expression: the SDK's own class passes the content to json.dumps."""

    def _create_request_args(self):
        return {"ModelCardStatus": self.model_card_status, "Content": self.model_card_content}


def number(value):
    """A number as JavaScript writes it: 1, not 1.0."""
    return f"{value:g}"


def flag(value):
    return "true" if value else "false"


def flight_arguments(flight):
    arguments = [f"--flight-by={flight['by']}"]
    if flight["by"] == "pattern":
        arguments.append(f"--flight-pattern={flight['pattern']}")
    if flight["by"] == "time-gap":
        arguments.append(f"--flight-minutes={number(flight['minutes'])}")
    return arguments


def card_text(config, environment, model, data, commit, train, evaluate, evaluation):
    """The model card's JSON as a Join: its text with each <<name>> replaced by a value of the execution."""
    values = {
        "model": model,
        "data": data,
        "commit": commit,
        "train": train,
        "evaluate": evaluate,
        "evaluation": evaluation,
    }
    trainer = config["training"]["trainer"]
    tile = config["tiling"]["size"]
    information = {"custom_details": {"license": LICENSES[trainer], "commit": "<<commit>>"}}
    if trainer == "baseline":
        information = {
            "caveats_and_recommendations": "Made by the baseline trainer, a small detector for smoke runs and "
            "rehearsals. It is not meant for production.",
            **information,
        }
    card = {
        "model_overview": {
            "model_description": f"Detector of {len(config['classes'])} classes of objects in drone imagery, "
            f"run over tiles of {tile} px.",
            "model_creator": config["projectName"],
            "model_artifact": ["<<model>>"],
            "algorithm_type": trainer,
            "problem_type": "Object detection",
        },
        "intended_uses": {"purpose_of_model": f"Finds in drone imagery: {', '.join(config['classes'])}."[:2048]},
        "training_details": {
            "training_job_details": {
                "training_arn": "<<train>>",
                "training_datasets": ["<<data>>"],
                "training_environment": {"container_image": [environment["trainingImage"]]},
            }
        },
        "evaluation_details": [
            {
                "name": "Held-out frames",
                "evaluation_observation": "Full frames of flights that training did not see, tiled and merged, "
                "against the original truth.",
                "evaluation_job_arn": "<<evaluate>>",
                "datasets": ["<<data>>"],
                "metadata": {"evaluation": "<<evaluation>>"},
            }
        ],
        "additional_information": information,
    }
    text = json.dumps(card, separators=(",", ":"), ensure_ascii=False)
    parts = []
    for index, piece in enumerate(text.split("<<")):
        if index == 0:
            parts.append(piece)
        else:
            name, rest = piece.split(">>", 1)
            parts += [values[name], rest]
    return Join(on="", values=parts)


def build(config, environment, code, metrics):
    session = PipelineSession(
        boto_session=boto3.Session(
            region_name=environment["region"], aws_access_key_id="none", aws_secret_access_key="none"
        ),
        sagemaker_client=MagicMock(),
        default_bucket=environment["bucket"],
    )
    session._default_bucket = environment["bucket"]  # or it would ask STS and S3 for one
    bucket = f"s3://{environment['bucket']}"
    role = environment["roleArn"]
    tiling, training, instances = config["tiling"], config["training"], config["instances"]
    tags = [
        *({"Key": key, "Value": value} for key, value in config["tags"].items()),
        {"Key": "sagemaker:project-name", "Value": environment["projectName"]},
        {"Key": "sagemaker:project-id", "Value": environment["projectId"]},
    ]

    data_version = ParameterString("DataVersion")
    commit = ParameterString("Commit")
    epochs = ParameterInteger("Epochs", default_value=training["epochs"])
    seed = ParameterInteger("Seed", default_value=0)
    processing_type = ParameterString("ProcessingInstanceType", default_value=instances["processing"]["type"])
    processing_count = ParameterInteger("ProcessingInstanceCount", default_value=instances["processing"]["count"])
    training_type = ParameterString("TrainingInstanceType", default_value=instances["training"]["type"])
    volume = ParameterInteger("VolumeSizeInGB", default_value=100)

    cache = CacheConfig(enable_caching=True, expire_after="P30D")
    step_retry = StepRetryPolicy(
        exception_types=[StepExceptionTypeEnum.SERVICE_FAULT, StepExceptionTypeEnum.THROTTLING],
        interval_seconds=10,
        backoff_rate=2.0,
        max_attempts=5,
    )
    job_retry = SageMakerJobStepRetryPolicy(
        exception_types=[SageMakerJobExceptionTypeEnum.INTERNAL_ERROR, SageMakerJobExceptionTypeEnum.CAPACITY_ERROR],
        interval_seconds=60,
        backoff_rate=1.5,
        max_attempts=5,
    )

    data_uri = Join(on="/", values=[bucket, "data", "versions", data_version])

    def code_uri(step):
        return f"{bucket}/code/{step}/{code[step]}"

    def output_uri(step, *names):
        return Join(on="/", values=[bucket, "executions", ExecutionVariables.PIPELINE_EXECUTION_ID, step, *names])

    def of(uri, name, **options):
        return ProcessingInput(
            source=uri, destination=f"/opt/ml/processing/input/{name}", input_name=name, **options
        )

    def output(step, name):
        return ProcessingOutput(
            output_name=name, source=f"/opt/ml/processing/output/{name}", destination=output_uri(step, name)
        )

    def uri_of(step, name):
        return step.properties.ProcessingOutputConfig.Outputs[name].S3Output.S3Uri

    def processing(name, inputs, outputs, arguments, count=1, files=None):
        step = name.lower()
        processor = Processor(
            role=role,
            image_uri=environment["nodeImage"],
            instance_count=count,
            instance_type=processing_type,
            volume_size_in_gb=volume,
            entrypoint=["node", f"/opt/ml/processing/input/code/{step}.js"],
            tags=tags,
            sagemaker_session=session,
        )
        return ProcessingStep(
            name=name,
            cache_config=cache,
            retry_policies=[step_retry, job_retry],
            property_files=files,
            step_args=processor.run(
                inputs=[of(code_uri(step), "code"), *inputs],
                outputs=[output(step, one) for one in outputs],
                arguments=arguments,
            ),
        )

    split = processing(
        "Split",
        [of(data_uri, "data")],
        ["split"],
        [
            f"--train={number(config['split']['train'])}",
            f"--validation={number(config['split']['validation'])}",
            f"--test={number(config['split']['test'])}",
            *flight_arguments(config["flight"]),
            f"--time-blocks={flag(config['split']['timeBlocks'])}",
            f"--objects={bucket}/data/objects",
        ],
    )
    split_uri = uri_of(split, "split")

    preprocess = processing(
        "Preprocess",
        [
            of(split_uri, "split"),
            of(
                Join(on="/", values=[split_uri, "training.manifest"]),
                "images",
                s3_data_type="ManifestFile",
                s3_data_distribution_type="ShardedByS3Key",
            ),
        ],
        ["train", "validation", "report"],
        [f"--tile-size={tiling['size']}", f"--overlap={number(tiling['overlap'])}", "--visible-share=0.3"],
        count=processing_count,
    )

    validate = processing(
        "Validate",
        [of(split_uri, "split"), *(of(uri_of(preprocess, one), one) for one in ("train", "validation", "report"))],
        ["validation-report"],
        [f"--max-dropped-share={number(config['validation']['maxDroppedShare'])}"],
    )

    spot = {}
    if training["spot"]:
        spot = {
            "use_spot_instances": True,
            "max_wait": 2 * DAY,
            "checkpoint_s3_uri": output_uri("train", "checkpoints"),
            "checkpoint_local_path": "/opt/ml/checkpoints",
        }
    estimator = Estimator(
        image_uri=environment["trainingImage"],
        role=role,
        instance_count=1,
        instance_type=training_type,
        volume_size=volume,
        max_run=DAY,
        output_path=output_uri("train"),
        tags=tags,
        debugger_hook_config=False,
        disable_profiler=True,
        hyperparameters={
            "trainer": training["trainer"],
            "model-size": training["modelSize"],
            "image-size": training["imageSize"],
            "tile-size": tiling["size"],
            "overlap": number(tiling["overlap"]),
            "epochs": epochs,
            "batch": training["batch"],
            "seed": seed,
            "accept-ultralytics-license": flag(training["acceptUltralyticsLicense"]),
            "optimiser": training["optimiser"],
            "augmentation": training["augmentation"],
            "patience": training["patience"],
            "freeze": training["freeze"],
            "fraction": number(training["fraction"]),
            "classes": training["classes"],
            "weights": training["weights"],
            "onnx-batch": training["onnxBatch"],
            "map-floor": number(training["mapFloor"]),
            "floor-epochs": training["floorEpochs"],
            "data-version": data_version,
        },
        metric_definitions=metrics,
        sagemaker_session=session,
        **spot,
    )
    train = TrainingStep(
        name="Train",
        depends_on=[validate],
        cache_config=None if training["spot"] else cache,
        retry_policies=[step_retry, job_retry],
        step_args=estimator.fit(
            {
                "code": TrainingInput(code_uri("train")),
                "train": TrainingInput(uri_of(preprocess, "train")),
                "validation": TrainingInput(uri_of(preprocess, "validation")),
            }
        ),
    )

    report = PropertyFile(name="Evaluation", output_name="evaluation", path="evaluation.json")
    evaluate = processing(
        "Evaluate",
        [
            of(train.properties.ModelArtifacts.S3ModelArtifacts, "model"),
            of(split_uri, "split"),
            of(Join(on="/", values=[split_uri, "heldout.manifest"]), "images", s3_data_type="ManifestFile"),
        ],
        ["evaluation", "model"],
        [
            *(f"--gate={metric}={number(least)}" for metric, least in config["gate"].items()),
            f"--tile-size={tiling['size']}",
            f"--overlap={number(tiling['overlap'])}",
            "--merge=nms",
        ],
        files=[report],
    )
    evaluation_uri = Join(on="/", values=[uri_of(evaluate, "evaluation"), "evaluation.json"])
    model_uri = Join(on="/", values=[uri_of(evaluate, "model"), "model.tar.gz"])

    model = Model(
        image_uri=environment["nodeImage"], model_data=model_uri, role=role, sagemaker_session=session
    )
    register = ModelStep(
        name="Register",
        retry_policies=[step_retry],
        step_args=model.register(
            model_package_group_name=environment["modelPackageGroup"],
            description=f"Object detector of {environment['projectName']}, trained by {training['trainer']}.",
            approval_status="PendingManualApproval",
            content_types=[
                "image/jpeg",
                "image/png",
                "image/tiff",
                "image/webp",
                "application/json",
                "application/jsonlines",
            ],
            response_types=["application/json", "application/jsonlines"],
            inference_instances=[instances["inference"]["type"]],
            transform_instances=[instances["inference"]["type"]],
            model_metrics=ModelMetrics(
                model_statistics=MetricsSource(content_type="application/json", s3_uri=evaluation_uri)
            ),
            metadata_properties=MetadataProperties(
                commit_id=commit,
                generated_by=ExecutionVariables.PIPELINE_EXECUTION_ARN,
                project_id=environment["projectId"],
            ),
            customer_metadata_properties={
                "dataVersion": data_version,
                "license": LICENSES[training["trainer"]],
                "trainer": training["trainer"],
                "split": split_uri,
                **{f"code.{step}": digest for step, digest in code.items()},
            },
            model_card=CardOfExpressions(
                model_card_status="Draft",
                model_card_content=card_text(
                    config,
                    environment,
                    model_uri,
                    data_uri,
                    commit,
                    train.properties.TrainingJobArn,
                    evaluate.properties.ProcessingJobArn,
                    evaluation_uri,
                ),
            ),
        ),
    )

    def measured(metric):
        return JsonGet(step_name="Evaluate", property_file=report, json_path=f"sliced.{metric}")

    message = []
    for index, (metric, least) in enumerate(config["gate"].items()):
        lead = "The quality gate is not passed: " if index == 0 else "; "
        message += [f"{lead}{metric} is ", measured(metric), f" and must be at least {number(least)}"]
    gate = ConditionStep(
        name="Gate",
        conditions=[
            ConditionGreaterThanOrEqualTo(left=measured(metric), right=least)
            for metric, least in config["gate"].items()
        ],
        if_steps=[register],
        else_steps=[FailStep(name="Fail", error_message=Join(on="", values=[*message, "."]))],
    )

    pipeline = Pipeline(
        name=environment["pipelineName"],
        parameters=[
            data_version,
            commit,
            epochs,
            seed,
            processing_type,
            processing_count,
            training_type,
            volume,
        ],
        pipeline_experiment_config=None,
        steps=[split, preprocess, validate, train, evaluate, gate],
        sagemaker_session=session,
    )
    return json.loads(pipeline.definition())


if __name__ == "__main__":
    source, target = sys.argv[1:]
    with open(source, encoding="utf-8") as file:
        asked = json.load(file)
    with open(target, "w", encoding="utf-8") as file:
        json.dump(build(**asked), file, ensure_ascii=False)
