#!/usr/bin/env bash
# review.sh OLD NEW FOLDER: write the verdict on a change as FOLDER/review.md and FOLDER/exit_code, and fail where it must not be merged:
# it does not resolve (3), loosens what nobody owns (5), or cannot be judged. A loosening that has owners (4) is for their review.
set -euo pipefail
old=$1 new=$2 folder=$3
mkdir -p "$folder"
code=0
enerqis diff "$old" "$new" --format markdown >"$folder/review.md" 2>"$folder/said.txt" || code=$?
cat "$folder/said.txt" >&2
if [[ ! -s "$folder/review.md" ]]; then
  {
    echo "### ⛔ Config review: this change could not be judged"
    echo
    sed 's/^/    /' "$folder/said.txt"
  } >"$folder/review.md"
fi
echo "$code" >"$folder/exit_code"
rm "$folder/said.txt"
if [[ -n ${GITHUB_STEP_SUMMARY:-} ]]; then
  cat "$folder/review.md" >>"$GITHUB_STEP_SUMMARY"
fi
[[ $code == 0 || $code == 4 ]]
