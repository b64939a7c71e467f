"""Speed and memory from file to stored row, against the bare decode of the same frames."""
