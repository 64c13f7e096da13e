"""Calendars in Microsoft 365, by Microsoft Graph. Only this folder knows msal and requests."""
