-- An office's own provider of log-ins (OpenID Connect), set up on the command line.
CREATE TABLE providers (
    branch     INTEGER PRIMARY KEY REFERENCES branches (id),
    issuer     TEXT NOT NULL,
    client_id  TEXT NOT NULL,
    secret     TEXT NOT NULL,  -- "" for a public client
    name       TEXT NOT NULL,
    role_claim TEXT NOT NULL,
    roles      TEXT NOT NULL   -- JSON: value of the claim -> role
);

ALTER TABLE users ADD COLUMN subject TEXT;  -- issuer and subject, of who comes by a provider
CREATE UNIQUE INDEX users_subject ON users (branch, subject) WHERE subject IS NOT NULL;
