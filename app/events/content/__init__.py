"""What an event's page tells beside its programme: sponsors, exhibitors, links, questions, copyright."""
