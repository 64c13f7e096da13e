"""From what should stand in calendars to iCalendar, and to the changes that bring it there. Renders no words."""
