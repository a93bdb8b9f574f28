-- What a wait and a service are is said here for every question; server/domain/records.py says it in
-- Python. Both are NULL until they are known.
ALTER TABLE turns ADD COLUMN wait_ms INTEGER GENERATED ALWAYS AS (
    CASE WHEN first_called_at > eligible_at THEN first_called_at - eligible_at
        WHEN first_called_at IS NOT NULL THEN 0 END) VIRTUAL;
ALTER TABLE turns ADD COLUMN served_ms INTEGER GENERATED ALWAYS AS (
    CASE WHEN started_at IS NOT NULL AND ended_at IS NOT NULL THEN service_ms END) VIRTUAL;
DROP VIEW bi_turns;
CREATE VIEW bi_turns AS
SELECT branches.code AS branch, turns.day, turns.ticket, turns.leg, turns.label, turns.service,
    turns.counter_number AS counter, turns.priority, tickets.language, tickets.channel,
    CASE turns.leg WHEN 1 THEN tickets.people ELSE 0 END AS people,
    CASE turns.leg WHEN 1 THEN tickets.issued_at ELSE turns.eligible_at END AS issued_ms,
    turns.eligible_at AS eligible_ms, turns.first_called_at AS called_ms,
    turns.started_at AS started_ms, turns.ended_at AS ended_ms,
    turns.wait_ms, turns.walk_ms, turns.served_ms AS service_ms,
    turns.calls, turns.recalls, turns.state, turns.outcome, turns.outcome_code, turns.ended_by
FROM turns JOIN tickets ON tickets.id = turns.ticket JOIN branches ON branches.id = turns.branch;
