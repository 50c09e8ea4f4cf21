"""An event and its schedule in the formats other programs read: iCalendar, xCal and schedule XML."""
