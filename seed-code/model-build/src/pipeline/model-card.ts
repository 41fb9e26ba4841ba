// The model card that travels with a model package: what the model is for, from what it was made, where its evaluation is.
// Source of the fields and lengths: model_card_schema.json of the SageMaker Python SDK v3.
import type { Config } from '../config';
import { jsonText, type Join, type Text } from './builder';

const MAX_PURPOSE = 2048;

export interface ModelCardOptions {
  readonly config: Config;
  readonly trainingImage: string;
  readonly license: string;
  readonly modelUri: Text;
  readonly dataUri: Text;
  readonly commit: Text;
  readonly trainingJobArn: Text;
  readonly evaluationJobArn: Text;
  readonly evaluationUri: Text;
}

export function modelCard(options: ModelCardOptions): Join {
  const { projectName, classes, training, tiling } = options.config;
  return jsonText({
    model_overview: {
      model_description: `Detector of ${classes.length} classes of objects in drone imagery, run over tiles of ${tiling.size} px.`,
      model_creator: projectName,
      model_artifact: [options.modelUri],
      algorithm_type: training.trainer,
      problem_type: 'Object detection',
    },
    intended_uses: { purpose_of_model: `Finds in drone imagery: ${classes.join(', ')}.`.slice(0, MAX_PURPOSE) },
    training_details: {
      training_job_details: {
        training_arn: options.trainingJobArn,
        training_datasets: [options.dataUri],
        training_environment: { container_image: [options.trainingImage] },
      },
    },
    evaluation_details: [
      {
        name: 'Held-out frames',
        evaluation_observation:
          'Full frames of flights that training did not see, tiled and merged, against the original truth.',
        evaluation_job_arn: options.evaluationJobArn,
        datasets: [options.dataUri],
        metadata: { evaluation: options.evaluationUri },
      },
    ],
    additional_information: {
      ...(training.trainer === 'baseline' && {
        caveats_and_recommendations:
          'Made by the baseline trainer, a small detector for smoke runs and rehearsals. It is not meant for production.',
      }),
      custom_details: { license: options.license, commit: options.commit },
    },
  });
}
