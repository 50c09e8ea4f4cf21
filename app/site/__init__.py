"""The installation itself: settings, modules and system pages."""
