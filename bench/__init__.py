"""The benchmark: a synthetic catalogue, the portal beside the least code that answers the same."""
