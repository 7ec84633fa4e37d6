"""Users: agents, marketers, analysts; who works here."""
