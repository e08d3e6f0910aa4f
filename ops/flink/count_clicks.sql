-- Counts the clicks of a topic: per partition the totals, per second the bins of the timeline.
-- submit.py puts the ${…} in and runs one statement per paragraph; docs/flink.md says the rest.

-- Rows are written at checkpoints and at no other time: what stands in them is then one cut through
-- all tasks, so that the counts of a partition are those of all its records before `next_offset`.
SET 'execution.checkpointing.interval' = '500 ms';

SET 'execution.checkpointing.mode' = 'EXACTLY_ONCE';

SET 'execution.checkpointing.tolerable-failed-checkpoints' = '1000';

SET 'execution.checkpointing.externalized-checkpoint-retention' = 'RETAIN_ON_CANCELLATION';

SET 'table.exec.mini-batch.enabled' = 'true';

SET 'table.exec.mini-batch.allow-latency' = '36500 d';

SET 'table.exec.mini-batch.size' = '9223372036854775807';

SET 'table.optimizer.agg-phase-strategy' = 'TWO_PHASE';

-- What both counts are made from is planned and made once.
SET 'table.optimizer.reuse-optimize-block-with-digest-enabled' = 'true';

-- For how long a click's identity and the counts of a second are remembered.
SET 'table.exec.state.ttl' = '${STATE_TTL_SECONDS} s';

SET 'table.local-time-zone' = 'UTC';

CREATE TABLE clicks (
  `value` BYTES,
  `partition` INT METADATA VIRTUAL,
  `offset` BIGINT METADATA VIRTUAL,
  `timestamp` TIMESTAMP_LTZ(3) METADATA VIRTUAL,
  headers MAP<STRING, BYTES> METADATA VIRTUAL,
  arrival AS PROCTIME()
) WITH (
  'connector' = 'kafka',
  'topic' = '${KAFKA_TOPIC}',
  ${KAFKA_CONNECTION},
  'properties.isolation.level' = 'read_committed',
  'scan.startup.mode' = 'earliest-offset',
  'scan.topic-partition-discovery.interval' = '10 s',
  'format' = 'raw'
);

CREATE TABLE totals (
  `partition` INT,
  log STRING,
  next_offset BIGINT,
  clicks BIGINT,
  types STRING,
  duplicates BIGINT,
  no_value BIGINT,
  schema_registry_bytes BIGINT,
  not_json BIGINT,
  not_an_object BIGINT,
  unknown_type BIGINT,
  timestamp_is_text BIGINT,
  timestamp_not_in_seconds BIGINT,
  bad_timestamp BIGINT,
  first_offset BIGINT,
  first_time DOUBLE,
  even_since DOUBLE,
  odd_since DOUBLE,
  remembers_s BIGINT,
  PRIMARY KEY (`partition`) NOT ENFORCED
) WITH (
  'connector' = 'upsert-kafka',
  'topic' = '${KAFKA_TOPIC}-totals',
  ${KAFKA_CONNECTION},
  'key.format' = 'json',
  'value.format' = 'json'
);

CREATE TABLE bins (
  `second` BIGINT,
  log STRING,
  types STRING,
  PRIMARY KEY (`second`) NOT ENFORCED
) WITH (
  'connector' = 'upsert-kafka',
  'topic' = '${KAFKA_TOPIC}-bins',
  ${KAFKA_CONNECTION},
  'key.format' = 'json',
  'value.format' = 'json'
);

-- What dash_app/counting/clicks.py reads in a record. Flink's check of a JSON text ends with its first value:
-- only what is valid in an array and in an object is one value and nothing else. JSON_QUERY leaves
-- a text in its quotes, so that what begins with a digit or a minus is a number.
-- UNNEST keeps the planner from writing out an expression wherever its name is used.
CREATE TEMPORARY VIEW fields AS
SELECT
  `partition`,
  `offset`,
  arrival,
  EXTRACT(EPOCH FROM `timestamp`) + EXTRACT(MILLISECOND FROM `timestamp`) / 1000e0 AS kafka_time,
  `value`,
  text,
  is_json,
  is_object,
  type,
  written_time,
  TRY_CAST(REGEXP_EXTRACT(written_time, '^\[([-0-9].*)\]$', 1) AS DOUBLE) AS tapped,
  REGEXP_EXTRACT(
    DECODE(headers['click-id'], 'ISO-8859-1'),
    '^([A-Za-z0-9_-]{1,64}:(0|[1-9][0-9]{0,15}):(0|[1-9][0-9]?|[1-4][0-9]{2}))\z',
    1
  ) AS click_id
FROM clicks
CROSS JOIN UNNEST(ARRAY[DECODE(`value`, 'UTF-8')]) AS decoded (text)
CROSS JOIN UNNEST(ARRAY[ROW(
  ENCODE(text, 'UTF-8') = `value`
    AND CONCAT('[', text, ']') IS JSON ARRAY
    AND CONCAT('{"":', text, '}') IS JSON OBJECT,
  text IS JSON OBJECT,
  CASE
    WHEN REGEXP(JSON_QUERY(text, '$.type' WITH UNCONDITIONAL ARRAY WRAPPER), '^\["')
      THEN JSON_VALUE(text, '$.type')
  END,
  JSON_QUERY(text, '$.timestamp' WITH UNCONDITIONAL ARRAY WRAPPER)
)]) AS parsed (is_json, is_object, type, written_time);

-- `problem` says why a record is no click (NULL: it is one). What is unreadable marks no identity.
CREATE TEMPORARY VIEW kinds AS
SELECT
  `partition`,
  `offset`,
  `offset` / ${DEDUP_OFFSETS} AS generation,
  arrival,
  kafka_time,
  tapped,
  CASE WHEN type = 'fuck' THEN 'hate' ELSE type END AS type,
  problem,
  CASE
    WHEN problem IS NULL
      AND CAST(SPLIT_INDEX(click_id, ':', 1) AS BIGINT) <= 9007199254740991 THEN click_id
  END AS click_id
FROM fields
CROSS JOIN UNNEST(ARRAY[
  CASE
    WHEN `value` IS NULL THEN 'no value'
    WHEN NOT is_json AND REGEXP(text, '^\x00') THEN 'schema registry bytes'
    WHEN NOT is_json THEN 'not JSON'
    WHEN NOT is_object THEN 'not an object'
    WHEN NOT COALESCE(REGEXP(type, '^[a-z0-9_-]{1,32}\z'), FALSE) THEN 'unknown type'
    WHEN REGEXP(written_time, '^\["') THEN 'timestamp is text'
    WHEN tapped > 1e11 THEN 'timestamp not in seconds'
    WHEN tapped IS NULL OR tapped < 0 THEN 'bad timestamp'
  END
]) AS judgement (problem);

-- As dash_app/counting/dedup.py and second_counts.py judge: a repeat was seen in this generation or
-- the last; nothing is drawn later than its record's own time, which is 0 or less if it has none.
CREATE TEMPORARY VIEW judged AS
SELECT
  `partition`,
  `offset`,
  generation,
  kafka_time,
  CASE WHEN kafka_time > 0 THEN LEAST(tapped, kafka_time) ELSE tapped END AS drawn_at,
  type,
  problem,
  MOD(`offset`, ${DEDUP_OFFSETS}) <= ${DEDUP_OFFSETS} / 100 AS is_turn,
  problem IS NULL AND (kafka_time <= 0 OR tapped >= kafka_time - 3600) AS is_timely,
  click_id IS NOT NULL
    AND COALESCE(LAG(generation) OVER same >= generation - 1, FALSE) AS is_repeat
FROM kinds
WINDOW same AS (PARTITION BY `partition`, click_id ORDER BY arrival);

-- The types that count: of each partition those whose first clicks come first in the log. The state
-- of this rank ends with time, so a partition may name more of them; a site takes the first 32.
CREATE TEMPORARY VIEW types AS
SELECT `partition`, type, first_offset
FROM (
  SELECT
    *,
    ROW_NUMBER() OVER (PARTITION BY `partition` ORDER BY first_offset) AS place
  FROM (
    SELECT /*+ STATE_TTL('judged' = '0 s') */ `partition`, type, MIN(`offset`) AS first_offset
    FROM judged
    WHERE problem IS NULL AND NOT is_repeat
    GROUP BY `partition`, type
  )
)
WHERE place <= ${MAX_TYPES};

CREATE TEMPORARY VIEW type_counts AS
SELECT /*+ STATE_TTL('judged' = '0 s') */
  `partition`,
  type,
  COUNT(*) AS clicks,
  COUNT(*) FILTER (WHERE NOT is_timely) AS untimely
FROM judged
WHERE problem IS NULL AND NOT is_repeat
GROUP BY `partition`, type;

CREATE TEMPORARY VIEW counted_types AS
SELECT /*+ STATE_TTL('types' = '0 s', 'type_counts' = '0 s') */
  types.`partition`,
  CONCAT_WS(
    ' ',
    types.type,
    CAST(clicks AS STRING),
    CAST(untimely AS STRING),
    CAST(first_offset AS STRING)
  ) AS type
FROM types
JOIN type_counts ON types.`partition` = type_counts.`partition` AND types.type = type_counts.type;

CREATE TEMPORARY VIEW partition_counts AS
SELECT /*+ STATE_TTL('judged' = '0 s') */
  `partition`,
  MAX(`offset`) + 1 AS next_offset,
  COUNT(*) FILTER (WHERE problem IS NULL AND NOT is_repeat) AS clicks,
  COUNT(*) FILTER (WHERE is_repeat) AS duplicates,
  COUNT(*) FILTER (WHERE problem = 'no value') AS no_value,
  COUNT(*) FILTER (WHERE problem = 'schema registry bytes') AS schema_registry_bytes,
  COUNT(*) FILTER (WHERE problem = 'not JSON') AS not_json,
  COUNT(*) FILTER (WHERE problem = 'not an object') AS not_an_object,
  COUNT(*) FILTER (WHERE problem = 'unknown type') AS unknown_type,
  COUNT(*) FILTER (WHERE problem = 'timestamp is text') AS timestamp_is_text,
  COUNT(*) FILTER (WHERE problem = 'timestamp not in seconds') AS timestamp_not_in_seconds,
  COUNT(*) FILTER (WHERE problem = 'bad timestamp') AS bad_timestamp,
  MIN(`offset`) AS first_offset,
  MIN(kafka_time) AS first_time,
  MAX(kafka_time) FILTER (WHERE is_turn AND generation % 2 = 0) AS even_since,
  MAX(kafka_time) FILTER (WHERE is_turn AND generation % 2 = 1) AS odd_since
FROM judged
GROUP BY `partition`;

-- One row of each partition and one of each of its types, for a sum that is made at checkpoints only:
-- a join would write rows in between.
CREATE TEMPORARY VIEW parts AS
SELECT partition_counts.*, CAST(NULL AS STRING) AS type FROM partition_counts
UNION ALL
SELECT
  `partition`,
  CAST(NULL AS BIGINT),
  CAST(NULL AS BIGINT),
  CAST(NULL AS BIGINT),
  CAST(NULL AS BIGINT),
  CAST(NULL AS BIGINT),
  CAST(NULL AS BIGINT),
  CAST(NULL AS BIGINT),
  CAST(NULL AS BIGINT),
  CAST(NULL AS BIGINT),
  CAST(NULL AS BIGINT),
  CAST(NULL AS BIGINT),
  CAST(NULL AS BIGINT),
  CAST(NULL AS DOUBLE),
  CAST(NULL AS DOUBLE),
  CAST(NULL AS DOUBLE),
  type
FROM counted_types;

CREATE TEMPORARY VIEW type_bins AS
SELECT `partition`, CAST(drawn_at AS BIGINT) AS `second`, type, COUNT(*) AS clicks
FROM judged
WHERE is_timely AND NOT is_repeat
GROUP BY `partition`, CAST(drawn_at AS BIGINT), type;

CREATE TEMPORARY VIEW counted_bins AS
SELECT `second`, type, SUM(clicks) AS clicks
FROM (
  SELECT /*+ STATE_TTL('types' = '0 s') */ type_bins.`second`, type_bins.type, type_bins.clicks
  FROM type_bins
  JOIN types ON type_bins.`partition` = types.`partition` AND type_bins.type = types.type
)
GROUP BY `second`, type;

EXECUTE STATEMENT SET BEGIN
INSERT INTO totals
SELECT /*+ STATE_TTL('parts' = '0 s') */
  `partition`,
  '${LOG}',
  MAX(next_offset),
  MAX(clicks),
  LISTAGG(type, ','),
  MAX(duplicates),
  MAX(no_value),
  MAX(schema_registry_bytes),
  MAX(not_json),
  MAX(not_an_object),
  MAX(unknown_type),
  MAX(timestamp_is_text),
  MAX(timestamp_not_in_seconds),
  MAX(bad_timestamp),
  MAX(first_offset),
  MAX(first_time),
  MAX(even_since),
  MAX(odd_since),
  ${STATE_TTL_SECONDS}
FROM parts
GROUP BY `partition`;
INSERT INTO bins
SELECT `second`, '${LOG}', LISTAGG(CONCAT_WS(' ', type, CAST(clicks AS STRING)), ',')
FROM counted_bins
GROUP BY `second`;
END;
