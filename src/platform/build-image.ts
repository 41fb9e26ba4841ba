// Where builds run.

/** CodeBuild's own image, with the versions of Node that buildspecs ask for. */
export const BUILD_IMAGE = 'aws/codebuild/amazonlinux-x86_64-standard:5.0';
