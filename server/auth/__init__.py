"""Who may do what: people with sessions, devices and scripts with tokens."""
