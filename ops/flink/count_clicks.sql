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
  cheers BIGINT,
  hate BIGINT,
  duplicates BIGINT,
  untimely BIGINT,
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
  cheers BIGINT,
  hate BIGINT,
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
  JSON_VALUE(text, '$.type'),
  JSON_QUERY(text, '$.timestamp' WITH UNCONDITIONAL ARRAY WRAPPER)
)]) AS parsed (is_json, is_object, type, written_time);

-- `kind` is the type of a click, or why a record is none. What is unreadable marks no identity.
CREATE TEMPORARY VIEW kinds AS
SELECT
  `partition`,
  `offset`,
  `offset` / ${DEDUP_OFFSETS} AS generation,
  arrival,
  kafka_time,
  tapped,
  kind,
  CASE
    WHEN kind IN ('cheers', 'hate')
      AND CAST(SPLIT_INDEX(click_id, ':', 1) AS BIGINT) <= 9007199254740991 THEN click_id
  END AS click_id
FROM fields
CROSS JOIN UNNEST(ARRAY[
  CASE
    WHEN `value` IS NULL THEN 'no value'
    WHEN NOT is_json AND REGEXP(text, '^\x00') THEN 'schema registry bytes'
    WHEN NOT is_json THEN 'not JSON'
    WHEN NOT is_object THEN 'not an object'
    WHEN type IS NULL OR type NOT IN ('cheers', 'fuck', 'hate') THEN 'unknown type'
    WHEN REGEXP(written_time, '^\["') THEN 'timestamp is text'
    WHEN tapped > 1e11 THEN 'timestamp not in seconds'
    WHEN tapped IS NULL OR tapped < 0 THEN 'bad timestamp'
    WHEN type = 'cheers' THEN 'cheers'
    ELSE 'hate'
  END
]) AS judgement (kind);

-- As dash_app/counting/dedup.py and second_counts.py judge: a repeat was seen in this generation or
-- the last; nothing is drawn later than its record's own time, which is 0 or less if it has none.
CREATE TEMPORARY VIEW judged AS
SELECT
  `partition`,
  `offset`,
  generation,
  kafka_time,
  CASE WHEN kafka_time > 0 THEN LEAST(tapped, kafka_time) ELSE tapped END AS drawn_at,
  kind,
  MOD(`offset`, ${DEDUP_OFFSETS}) <= ${DEDUP_OFFSETS} / 100 AS is_turn,
  kind IN ('cheers', 'hate') AND (kafka_time <= 0 OR tapped >= kafka_time - 3600) AS is_timely,
  click_id IS NOT NULL
    AND COALESCE(LAG(generation) OVER same >= generation - 1, FALSE) AS is_repeat
FROM kinds
WINDOW same AS (PARTITION BY `partition`, click_id ORDER BY arrival);

EXECUTE STATEMENT SET BEGIN
INSERT INTO totals
SELECT /*+ STATE_TTL('judged' = '0 s') */
  `partition`,
  '${LOG}',
  MAX(`offset`) + 1,
  COUNT(*) FILTER (WHERE kind = 'cheers' AND NOT is_repeat),
  COUNT(*) FILTER (WHERE kind = 'hate' AND NOT is_repeat),
  COUNT(*) FILTER (WHERE is_repeat),
  COUNT(*) FILTER (WHERE kind IN ('cheers', 'hate') AND NOT is_repeat AND NOT is_timely),
  COUNT(*) FILTER (WHERE kind = 'no value'),
  COUNT(*) FILTER (WHERE kind = 'schema registry bytes'),
  COUNT(*) FILTER (WHERE kind = 'not JSON'),
  COUNT(*) FILTER (WHERE kind = 'not an object'),
  COUNT(*) FILTER (WHERE kind = 'unknown type'),
  COUNT(*) FILTER (WHERE kind = 'timestamp is text'),
  COUNT(*) FILTER (WHERE kind = 'timestamp not in seconds'),
  COUNT(*) FILTER (WHERE kind = 'bad timestamp'),
  MIN(`offset`),
  MIN(kafka_time),
  MAX(kafka_time) FILTER (WHERE is_turn AND generation % 2 = 0),
  MAX(kafka_time) FILTER (WHERE is_turn AND generation % 2 = 1),
  ${STATE_TTL_SECONDS}
FROM judged
GROUP BY `partition`;
INSERT INTO bins
SELECT
  CAST(drawn_at AS BIGINT),
  '${LOG}',
  COUNT(*) FILTER (WHERE kind = 'cheers'),
  COUNT(*) FILTER (WHERE kind = 'hate')
FROM judged
WHERE is_timely AND NOT is_repeat
GROUP BY CAST(drawn_at AS BIGINT);
END;
