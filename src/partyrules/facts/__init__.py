"""Facts: what may be recorded, what a fact is on the wire, which may join the others, and the files they come in."""
