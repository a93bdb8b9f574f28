"""Days that are proposed for the calendar: a person looks at them, and takes over what is right."""
