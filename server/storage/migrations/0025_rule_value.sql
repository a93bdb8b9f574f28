-- The number in the rule that chose the latest call: calls, minutes or percent (events.Called).
ALTER TABLE turns ADD COLUMN rule_value INTEGER;
