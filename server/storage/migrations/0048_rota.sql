-- Who works at which counter when: what plans have to meet, the plans, and shifts that change hands.

CREATE TABLE rota_rules (
    branch  INTEGER PRIMARY KEY REFERENCES branches (id),
    version INTEGER NOT NULL,
    rules   TEXT NOT NULL      -- JSON of server.plan.rota.values.RotaRules
);

-- Each saved plan of a week is a version of its own; the last twenty of a week are kept.
CREATE TABLE rotas (
    branch  INTEGER NOT NULL REFERENCES branches (id),
    week    TEXT NOT NULL,     -- its Monday
    version INTEGER NOT NULL,
    at      INTEGER NOT NULL,
    name    TEXT NOT NULL,     -- who saved it
    rota    TEXT NOT NULL,     -- JSON of server.plan.rota.values.Rota, with what was expected
    PRIMARY KEY (branch, week, version)
);

CREATE TABLE rota_swaps (
    id      TEXT PRIMARY KEY,
    branch  INTEGER NOT NULL REFERENCES branches (id),
    week    TEXT NOT NULL,
    day     TEXT NOT NULL,
    officer TEXT NOT NULL,     -- key of who offers the shift
    taker   TEXT,              -- key of who takes it
    state   TEXT NOT NULL,     -- offered, taken, accepted, refused, withdrawn
    at      INTEGER NOT NULL
);
CREATE INDEX rota_swaps_of ON rota_swaps (branch, week);
