"""How people felt and what was done about it: quick words, the survey by the rule."""
