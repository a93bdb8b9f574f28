"""What is kept of people: the inventory of all data, one visit's data, and forgetting notes."""
