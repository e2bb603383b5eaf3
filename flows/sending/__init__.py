"""From approved to sent: what goes over the wire, to whom, and what became of it."""
