-- The limits of the user's profile.

-- read_session_limit --
-- How many sessions the user's profile allows: a number, UNLIMITED or DEFAULT.
SELECT LIMIT AS SESSION_LIMIT
FROM USER_RESOURCE_LIMITS
WHERE RESOURCE_NAME = 'SESSIONS_PER_USER'
