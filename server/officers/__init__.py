"""How those who serve are looked after: thanks, a break in time, help without a sound, a pulse."""
