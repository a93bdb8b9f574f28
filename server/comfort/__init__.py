"""Whether people feel well in the hall: checks of its places, faults, the time to mend them."""
