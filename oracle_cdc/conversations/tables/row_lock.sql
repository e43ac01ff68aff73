-- CDC_PROCESSING_STATUS: whether its rows are locked.

-- lock_modes --
-- Is a mode's row locked by another session (ORA-00054)?
SELECT TABLE_NAME
FROM CDC_PROCESSING_STATUS
WHERE TABLE_NAME IN ('CDC_NORMAL_MODE', 'CDC_HISTORICAL_MODE')
FOR UPDATE NOWAIT
