"""Learning waits, forecasts and rotas: reads the log, never stands in the hall's way."""
