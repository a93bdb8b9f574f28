-- What is kept beside the log for some weeks only is found by its age.
CREATE INDEX told_waits_age ON told_waits (branch, at);
CREATE INDEX display_acks_age ON display_acks (branch, at);
