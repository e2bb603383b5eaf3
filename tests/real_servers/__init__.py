"""Real servers, asked over raw sockets: what they log is compared with what was sent."""
