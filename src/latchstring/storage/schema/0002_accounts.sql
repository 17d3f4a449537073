-- Failures of sign-ins that are over are deleted by those that follow, a few at a time: no clean-up job.
CREATE INDEX sign_in_failures_by_age ON sign_in_failures (window_started_at);
