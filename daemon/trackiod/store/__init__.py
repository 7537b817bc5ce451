"""What is kept: LMDB and nothing above it; every function takes the transaction that it works in."""
