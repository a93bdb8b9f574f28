"""Who sits at which counter when: a week's rota, from the forecast, tried in a simulation."""
