"""The catalogue: organisations, services and journeys."""
