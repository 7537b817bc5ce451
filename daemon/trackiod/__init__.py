"""The daemon: keeps what training processes log, encodes their media, and answers every question about it."""
