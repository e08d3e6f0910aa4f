#!/bin/sh
# Counts the clicks with Apache Flink on this machine: one jobmanager, one taskmanager, the job.
# Runs until one of them ends or it is told to; then all end. docs/flink.md has the settings.
set -eu
cd "$(dirname "$0")/../.."
: "${KAFKA_BOOTSTRAP_SERVERS:?names the Kafka brokers whose clicks are counted: host:port}"
command -v java >/dev/null || { echo "java is missing: Flink needs 17 or 21." >&2; exit 2; }
python=$PWD/.venv-flink/bin/python
bin=$("$python" -c 'import importlib.util as u; print(*u.find_spec("pyflink").submodule_search_locations)')/bin
export FLINK_CONF_DIR="$PWD/ops/flink/conf" FLINK_LOG_DIR="$PWD/var/flink/log"
mkdir -p "$FLINK_LOG_DIR"
children=
end() { trap - EXIT INT TERM; [ -z "$children" ] || { kill $children 2>/dev/null || :; wait; }; }
trap 'end; exit 130' INT TERM
trap end EXIT

bash "$bin/jobmanager.sh" start-foreground & master=$!
children=$master
bash "$bin/taskmanager.sh" start-foreground & worker=$!
children="$master $worker"
until "$python" ops/flink/submit.py; do
    [ $? -ne 2 ] && kill -0 "$master" && kill -0 "$worker" || exit 2
    sleep 2
done
while kill -0 "$master" 2>/dev/null && kill -0 "$worker" 2>/dev/null; do sleep 1; done
echo "A part of the cluster ended; so all of it does. The next start goes on from the checkpoint." >&2
exit 1
