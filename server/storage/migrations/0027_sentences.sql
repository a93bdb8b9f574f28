-- Sentences are few and erased by age; looking for them must not read every answer there is.
CREATE INDEX survey_answers_said ON survey_answers (branch, day) WHERE said <> '';
