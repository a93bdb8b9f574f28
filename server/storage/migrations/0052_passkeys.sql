-- Passkeys (WebAuthn): a second step at log-in that no other site can ask for. Public keys only.
CREATE TABLE passkeys (
    id         TEXT PRIMARY KEY,
    user       TEXT NOT NULL REFERENCES users (id),
    credential TEXT NOT NULL,    -- what the key calls itself, base64url
    public_key TEXT NOT NULL,    -- COSE, base64url
    rp         TEXT NOT NULL,    -- the host that it was made for; it answers to no other
    transports TEXT NOT NULL,    -- JSON: how the browser finds it
    sign_count INTEGER NOT NULL, -- its own counter at its last use; 0 where it has none
    name       TEXT NOT NULL,
    made_at    INTEGER NOT NULL,
    used_at    INTEGER
) WITHOUT ROWID;
CREATE UNIQUE INDEX passkeys_credential ON passkeys (credential);
CREATE INDEX passkeys_user ON passkeys (user);

-- What a browser was asked to have signed: once, by that browser, within minutes.
CREATE TABLE passkey_questions (
    asked     TEXT PRIMARY KEY,  -- purpose, and the digest of what that browser shows
    user      TEXT NOT NULL REFERENCES users (id),
    challenge TEXT NOT NULL,
    origin    TEXT NOT NULL,
    rp        TEXT NOT NULL,
    ends_at   INTEGER NOT NULL
) WITHOUT ROWID;
