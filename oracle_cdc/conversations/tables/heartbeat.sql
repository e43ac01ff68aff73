-- CDC_PROCESSING_STATUS: the sign of life of the two modes.

-- record_cycle --
-- The heartbeat, of both modes while the service runs; moves the watermark, or the
-- cursor of this job, only if nobody moved it meanwhile.
UPDATE CDC_PROCESSING_STATUS
SET LAST_UPDATED = CAST(SYSTIMESTAMP AS TIMESTAMP),
  TOTAL_PROCESSED = NVL(TOTAL_PROCESSED, 0) + CASE WHEN TABLE_NAME = :mode_name THEN :accepted /*number*/ ELSE 0 END,
  LAST_PROCESSED_TIMESTAMP = CASE
    WHEN TABLE_NAME = :mode_name
      AND (:job_id IS NULL OR JOB_ID = :job_id)
      AND NVL(LAST_PROCESSED_TIMESTAMP, JOB_START) >= :seen_watermark /*timestamp*/
      AND NVL(LAST_PROCESSED_TIMESTAMP, JOB_START) - :seen_watermark < INTERVAL '0.000001' SECOND THEN :new_watermark /*timestamp*/
    ELSE LAST_PROCESSED_TIMESTAMP
  END
WHERE TABLE_NAME IN ('CDC_NORMAL_MODE', 'CDC_HISTORICAL_MODE')
AND (:is_one_mode /*number*/ = 0 OR TABLE_NAME = :mode_name)
