-- Finds a number in the log of many years: a label's turns, in the order of their days.
CREATE INDEX turns_label ON turns (branch, label, day);
