-- Who changed or looked at what, besides the turns: log-ins, passwords, settings, files, keys.
CREATE TABLE deeds (
    id     INTEGER PRIMARY KEY,
    branch INTEGER NOT NULL REFERENCES branches (id),
    at     INTEGER NOT NULL,
    actor  TEXT NOT NULL,
    role   TEXT NOT NULL,
    name   TEXT NOT NULL,  -- as they were called then
    what   TEXT NOT NULL,
    about  TEXT NOT NULL,  -- JSON: what fills the places of its sentence
    place  TEXT NOT NULL   -- the network address, 'command-line', or '' where nobody knows
);
CREATE INDEX deeds_at ON deeds (branch, at, id);

-- A password that somebody else made counts until then, and is changed at the first log-in.
ALTER TABLE users ADD COLUMN given_until INTEGER;

-- What the log knows already of the time before.
INSERT INTO deeds (branch, at, actor, role, name, what, about, place)
SELECT events.branch, events.at, actor,
    COALESCE(users.role, tokens.role, actor), COALESCE(users.name, tokens.name, ''),
    json_extract(data, '$.kind'),
    CASE json_extract(data, '$.kind')
        WHEN 'configured' THEN json_object('version', json_extract(data, '$.version'))
        WHEN 'figures_seen' THEN json_object(
            'person', json_extract(data, '$.person'), 'first', json_extract(data, '$.first'), 'last', json_extract(data, '$.last'))
        WHEN 'reprint_ordered' THEN json_object('label', json_extract(data, '$.label'))
        WHEN 'day_reopened' THEN json_object('day', json_extract(data, '$.day'))
        WHEN 'notice_changed' THEN json_object('notice', json_extract(data, '$.notice'))
        WHEN 'service_paused' THEN json_object(
            'service', json_extract(data, '$.service'), 'notice', json_extract(data, '$.notice'))
        WHEN 'service_resumed' THEN json_object('service', json_extract(data, '$.service'))
        ELSE '{}'
    END,
    CASE WHEN actor = 'command-line' THEN actor ELSE '' END
FROM events
LEFT JOIN users ON actor = 'user:' || users.id
LEFT JOIN tokens ON actor = 'token:' || tokens.id
WHERE json_extract(data, '$.kind') IN ('configured', 'figures_seen', 'reprint_ordered', 'day_reopened',
    'clock_set', 'notice_changed', 'service_paused', 'service_resumed');
