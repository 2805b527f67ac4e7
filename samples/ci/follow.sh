#!/bin/sh
# Rebuilds where an API, a key set or a base image on the network is another than postern.lock pins; for a job that runs every few minutes.
# Usage: follow.sh [project]. Ends with 0 where nothing is new or the pipeline has gone well, else with what says why.
set -eu

project=${1:-.}
status=0
postern lock "$project" --check || status=$?
case $status in
  0) exit 0 ;;
  1) ;;
  # Nobody answered, or not whole: the last lock stands, and the gateway as well.
  *) exit "$status" ;;
esac
postern lock "$project"
sh "$(dirname "$0")/pipeline.sh" "$project"
