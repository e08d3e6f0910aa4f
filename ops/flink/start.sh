#!/bin/sh
# Counts the clicks with Apache Flink on this machine: one jobmanager, one taskmanager, the job.
# Runs until one of them ends or it is told to; then all end. docs/flink.md has the settings.
# Arguments go to both managers: start.sh -D rest.port=8082 (and FLINK_ADDRESS=127.0.0.1:8082).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
: "${KAFKA_BOOTSTRAP_SERVERS:?names the Kafka brokers whose clicks are counted: host:port}"
command -v java >/dev/null || { echo "java is missing: Flink needs 17 or 21." >&2; exit 2; }
python=$here/../../.venv-flink/bin/python
find='import importlib.util; print(*importlib.util.find_spec("pyflink").submodule_search_locations)'
home=$("$python" -c "$find")
logs=$PWD/var/flink/log
mkdir -p "$logs"
children=
end() { trap - EXIT INT TERM; [ -z "$children" ] || { kill $children 2>/dev/null || :; wait; }; }
trap 'end; exit 130' INT TERM
trap end EXIT

# One slot for each of the job's parts, since this is all of the cluster.
[ -z "${FLINK_PARALLELISM:-}" ] ||
    set -- -D "taskmanager.numberOfTaskSlots=$FLINK_PARALLELISM" "$@"
# The client that submits has settings of its own.
export FLINK_LOG_DIR="$logs"
FLINK_CONF_DIR=$here/conf bash "$home/bin/jobmanager.sh" start-foreground "$@" & master=$!
children=$master
FLINK_CONF_DIR=$here/conf bash "$home/bin/taskmanager.sh" start-foreground "$@" & worker=$!
children="$master $worker"
until "$python" "$here/submit.py"; do
    [ $? -ne 2 ] && kill -0 "$master" && kill -0 "$worker" || exit 2
    sleep 2
done
while kill -0 "$master" 2>/dev/null && kill -0 "$worker" 2>/dev/null; do sleep 1; done
echo "A part of the cluster ended; so all of it does. The next start goes on from the checkpoint." >&2
exit 1
