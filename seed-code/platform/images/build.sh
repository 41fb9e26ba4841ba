#!/usr/bin/env bash
# Builds the runtime images of a release, pushes them, waits for their scan, keeps their bills of materials beside the
# artifacts, and records their digests in SSM parameters. The platform's CodeBuild project runs it; so may a person with
# Docker and credentials.
#
#   images/build.sh RELEASE
#
#   AWS_REGION, BUCKET           where everything goes
#   REPOSITORY                   ECR repository of both images, as ACCOUNT.dkr.ecr.REGION.amazonaws.com/NAME
#   PARAMETERS                   prefix of the SSM parameters, such as /drone-mlops/survey
#   ACCEPT_ULTRALYTICS_LICENSE   true to install Ultralytics into the training image (default: false)
set -euo pipefail
cd "$(dirname "$0")"
release=${1:?Usage: images/build.sh RELEASE}
build=$(date -u +%Y%m%dT%H%M%S)

login() { # login REGISTRY…
  for registry in "$@"; do
    aws ecr get-login-password | docker login --username AWS --password-stdin "$registry"
  done
}

publish() { # publish NAME: pushes the local image NAME; its digest is recorded only when it may be used
  local name=$1 tag=$1-$release-$build files digest
  docker tag "$name" "$REPOSITORY:$tag"
  docker push --quiet "$REPOSITORY:$tag"
  digest=$(aws ecr describe-images --repository-name "${REPOSITORY#*/}" --image-ids "imageTag=$tag" \
    --query 'imageDetails[0].imageDigest' --output text)
  findings "$name" "$digest"
  files=$(mktemp -d)
  docker cp "$(docker create "$name"):/opt/drone-mlops/sbom" "$files"
  aws s3 cp --recursive --only-show-errors "$files/sbom" "s3://$BUCKET/images/$name/$digest/sbom"
  aws ssm put-parameter --overwrite --type String \
    --name "$PARAMETERS/releases/$release/images/$name" --value "$REPOSITORY@$digest" >/dev/null
  echo "$name $release: $REPOSITORY@$digest"
}

findings() { # findings NAME DIGEST: ends the build on a critical finding that accepted-findings.txt does not name
  local image=(--repository-name "${REPOSITORY#*/}" --image-id "imageDigest=$2") critical
  aws ecr wait image-scan-complete "${image[@]}"
  critical=$(aws ecr describe-image-scan-findings "${image[@]}" \
    --query "imageScanFindings.findings[?severity=='CRITICAL'].name" --output text | tr '\t' '\n' |
    grep -vxF -f <(grep -oE '^[A-Z]+-[0-9-]+' accepted-findings.txt) || true)
  [ -z "$critical" ] && return
  echo "$1 has critical findings: ${critical//$'\n'/, }." >&2
  echo "Build again once the base is patched, or name them, with the reason, in images/accepted-findings.txt." >&2
  exit 1
}

base=$(node -p "
  const { accounts, repository, tag } = require('./training/base-image.json');
  const region = process.env.AWS_REGION;
  if (!accounts[region]) throw new Error(region + ' has no AWS PyTorch container: name its account in images/training/base-image.json.');
  accounts[region] + '.dkr.ecr.' + region + '.amazonaws.com' + (region.startsWith('cn-') ? '.cn/' : '/') + repository + ':' + tag")
login "${REPOSITORY%%/*}" "${base%%/*}"
cp ../model-build/training/requirements.txt training/requirements.txt
docker build --pull --tag node --file node/Dockerfile .
docker build --pull=false --tag training --file training/Dockerfile \
  --build-arg "BASE_IMAGE=$base" --build-arg NODE_IMAGE=node \
  --build-arg "ACCEPT_ULTRALYTICS_LICENSE=${ACCEPT_ULTRALYTICS_LICENSE:-false}" .
publish node
publish training
