#!/usr/bin/env bash
# package.sh EXPERIMENT FOLDER: build the wheel and the package of an experiment into FOLDER, and say the hash of each.
set -euo pipefail
experiment=$1 folder=$2
if [[ ! $experiment =~ ^[a-z][a-z0-9_]{0,63}$ ]]; then
  echo "package.sh: '$experiment' is no name of an experiment" >&2
  exit 2
fi
mkdir -p "$folder"
uv build --quiet --wheel --no-build-isolation --out-dir "$folder"
rm -f "$folder/.gitignore"
enerqis package "$experiment" --mode package-only --output "$folder"
cd "$folder"
find . -type f ! -name SHA256SUMS -printf '%P\0' | sort -z | xargs -0 sha256sum >SHA256SUMS
cat SHA256SUMS
