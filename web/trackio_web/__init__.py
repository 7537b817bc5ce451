"""The dashboard's server: it reads the store through `trackiod.query` and writes nothing."""
