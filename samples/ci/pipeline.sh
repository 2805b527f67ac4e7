#!/bin/sh
# From a project to a signed image, as a pipeline does it: check, build, selftest, diff, image, verify. A step that fails ends it.
# Usage: pipeline.sh [project]. README.md says what it needs and what it leaves behind.
set -eu

project=${1:-.}
reports=${REPORTS:-reports}
format=${FORMAT:-text}
mkdir -p "$reports"

# With --frozen, postern.lock pins exactly what the project names on the network; without any such name there need be none.
postern check "$project" --frozen --format "$format"
postern build "$project" --frozen ${SIGNING_KEY:+--sign "$SIGNING_KEY"}
postern selftest "$project/dist" --junit "$reports/selftest.xml"
postern inspect "$project/dist" --certificate html > "$reports/certificate.html"

# What changes for clients and for security since the branch that this one goes into. Empty: there is nothing to compare with.
since=${SINCE-main}
if [ -n "$since" ]; then
  postern diff "$project" --git "$since" --format markdown > "$reports/diff.md"
  postern diff "$project" --git "$since" --format "$format" --fail-on "${FAIL_ON-weakening,breaking}"
fi

# The image that postern.lock pins is fetched by its digest, where it is not there.
base=${BASE:-host}
if [ "$base" = locked ]; then
  postern lock "$project" --frozen
  set -- --locked "$project"
else
  set -- --base "$base"
fi
postern image "$project/dist" "$@" ${PLATFORM:+--platform "$PLATFORM"} --out "$reports/image.tar" --proof "$reports/proof" \
  ${SIGNING_KEY:+--sign "$SIGNING_KEY"} > "$reports/image.digest"

# As somebody else would see them: whole, signed, and what the project makes.
postern verify "$project/dist" ${VERIFY_KEY:+--key "$VERIFY_KEY"} --rebuild "$project"
postern verify "$reports/image.tar" --proof "$reports/proof" ${VERIFY_KEY:+--key "$VERIFY_KEY"} --rebuild "$project"
