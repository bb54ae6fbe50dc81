"""Small controls that know words and values, never services."""
